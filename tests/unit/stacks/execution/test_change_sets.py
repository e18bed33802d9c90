"""Change sets.

Members and messages as recorded of AWS (localstack, test_change_sets.snapshot.json: test_single_resource_static_update,
TestCaptureUpdateProcess; api/test_changesets.snapshot.json: test_empty_changeset, test_name_conflicts,
test_create_while_in_review, test_delete_change_set_exception).
"""

import json
from typing import Any

from tests.unit.stacks.execution.nodes import FIXED, Stacks, template, thing


def change_set(stacks: Stacks, body: str, kind: str = "UPDATE", name: str = "change", **options: Any) -> dict[str, Any]:
    """Make a change set and describe it."""
    answer = stacks.call(
        "CreateChangeSet", StackName="app", ChangeSetName=name, ChangeSetType=kind, TemplateBody=body, **options
    )
    assert ":changeSet/" in answer["Id"]
    return stacks.call("DescribeChangeSet", ChangeSetName=answer["Id"], IncludePropertyValues=True)


def test_a_stack_is_reviewed_before_it_is_created(stacks: Stacks) -> None:
    body = template({"A": thing("1")})
    described = change_set(stacks, body, "CREATE")
    assert (described["Status"], described["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    assert stacks.events() == [("app", "REVIEW_IN_PROGRESS", "User Initiated")]
    assert stacks.stack()["StackStatusReason"] == "User Initiated"
    assert stacks.call("GetTemplate", StackName="app")["TemplateBody"] == "{}"
    assert stacks.call("GetTemplate", ChangeSetName="change", StackName="app")["TemplateBody"] == body
    assert described["Changes"] == [
        {
            "Type": "Resource",
            "ResourceChange": {
                "Action": "Add",
                "LogicalResourceId": "A",
                "ResourceType": "AWS::SSM::Parameter",
                "Scope": [],
                "Details": [],
                "AfterContext": '{"Properties":{"Type":"String","Value":"1"}}',
            },
        }
    ]
    stacks.call("ExecuteChangeSet", ChangeSetName=described["ChangeSetId"])
    stack = stacks.stack()
    assert (stack["StackStatus"], stack["ChangeSetId"]) == ("CREATE_COMPLETE", described["ChangeSetId"])
    assert [status for _, status, _ in stacks.events()][:2] == ["REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS"]
    assert stacks.call("ListChangeSets", StackName="app")["Summaries"] == []
    executed = stacks.call("DescribeChangeSet", ChangeSetName=described["ChangeSetId"])
    assert executed["ExecutionStatus"] == "EXECUTE_COMPLETE"


def test_a_value_that_changes_in_place_is_shown(stacks: Stacks) -> None:
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"A": thing("foo")}))
    physical_id = stacks.resources()["A"]["PhysicalResourceId"]
    change_set(stacks, template({"A": thing("bar")}))
    (change,) = stacks.call("DescribeChangeSet", ChangeSetName="change", StackName="app")["Changes"]
    assert change["ResourceChange"] == {
        "Action": "Modify",
        "LogicalResourceId": "A",
        "PhysicalResourceId": physical_id,
        "ResourceType": "AWS::SSM::Parameter",
        "Replacement": "False",
        "Scope": ["Properties"],
        "Details": [
            {
                "ChangeSource": "DirectModification",
                "Evaluation": "Static",
                "Target": {"Attribute": "Properties", "Name": "Value", "RequiresRecreation": "Never"},
            }
        ],
    }


def test_what_a_replaced_resource_is_called_nobody_knows(stacks: Stacks) -> None:
    def body(name: str) -> str:
        return template({"Foo": thing(Properties={"Name": name}), "Parameter": thing({"Fn::GetAtt": ["Foo", "Name"]})})

    stacks.call("CreateStack", StackName="app", TemplateBody=body("topic-1"))
    described = change_set(stacks, body("topic-2"))
    foo, parameter = (change["ResourceChange"] for change in described["Changes"])
    assert (foo["Replacement"], foo["PolicyAction"]) == ("True", "ReplaceAndDelete")
    assert foo["Details"][0]["Target"] == {
        "Attribute": "Properties",
        "RequiresRecreation": "Always",
        "Name": "Name",
        "Path": "/Properties/Name",
        "AttributeChangeType": "Modify",
        "BeforeValue": "topic-1",
        "AfterValue": "topic-2",
    }
    assert json.loads(parameter["AfterContext"])["Properties"]["Value"] == "{{changeSet:KNOWN_AFTER_APPLY}}"
    assert [(detail["ChangeSource"], detail["Evaluation"]) for detail in parameter["Details"]] == [
        ("ResourceAttribute", "Static"),
        ("DirectModification", "Dynamic"),
    ]
    assert parameter["Details"][0]["CausingEntity"] == "Foo.Name"
    brief = stacks.call("DescribeChangeSet", ChangeSetName="change", StackName="app")["Changes"][1]["ResourceChange"]
    assert [detail["ChangeSource"] for detail in brief["Details"]] == ["ResourceAttribute"]


def _brief(stacks: Stacks) -> list[tuple[str, str, list[tuple[str, str, str, str]]]]:
    """Return the changes of the change set as those see them who do not ask for property values."""
    changes = stacks.call("DescribeChangeSet", ChangeSetName="change", StackName="app")["Changes"]
    return [
        (
            change["ResourceChange"]["LogicalResourceId"],
            change["ResourceChange"]["Replacement"],
            [
                (each["ChangeSource"], each["Evaluation"], each.get("CausingEntity", ""), each["Target"]["Name"])
                for each in change["ResourceChange"]["Details"]
            ],
        )
        for change in changes
    ]


def test_what_names_an_attribute_of_an_updated_resource_may_change(stacks: Stacks) -> None:
    """localstack, test_change_set_fn_get_attr.snapshot.json: test_direct_attribute_value_change_in_get_attr_chain."""

    def body(value: str) -> str:
        second, third = ({"Fn::GetAtt": [name, "Value"]} for name in ("First", "Second"))
        resources = {"First": thing(value), "Second": thing(second), "Third": thing(third)}
        return template(resources | {"Other": thing({"Ref": "First"})})

    stacks.call("CreateStack", StackName="app", TemplateBody=body("1"))
    described = change_set(stacks, body("2"))
    assert [change["ResourceChange"]["LogicalResourceId"] for change in described["Changes"]] == ["First"]
    assert _brief(stacks) == [
        ("First", "False", [("DirectModification", "Static", "", "Value")]),
        ("Second", "False", [("ResourceAttribute", "Dynamic", "First.Value", "Value")]),
        ("Third", "False", [("ResourceAttribute", "Dynamic", "Second.Value", "Value")]),
    ]


def test_what_may_need_another_resource_is_conditional(stacks: Stacks) -> None:
    """ResourceChange, Replacement (AWS CloudFormation API Reference): Always and Dynamic make Conditional."""

    def body(value: str) -> str:
        fixed = {"Type": FIXED, "Properties": {"TopicName": {"Fn::GetAtt": ["First", "Value"]}}}
        return template({"First": thing(value), "Fixed": fixed, "Last": thing({"Ref": "Fixed"})})

    stacks.call("CreateStack", StackName="app", TemplateBody=body("1"))
    change_set(stacks, body("2"))
    assert _brief(stacks)[1:] == [
        ("Fixed", "Conditional", [("ResourceAttribute", "Dynamic", "First.Value", "TopicName")]),
        ("Last", "False", [("ResourceReference", "Dynamic", "Fixed", "Value")]),
    ]


def test_what_may_change_alone_is_nothing_to_do(stacks: Stacks) -> None:
    resources = {"First": thing("1"), "Second": thing({"Fn::GetAtt": ["First", "Value"]})}
    stacks.call("CreateStack", StackName="app", TemplateBody=template(resources))
    assert change_set(stacks, template(resources))["Status"] == "FAILED"


def test_changes_show_nothing_of_hidden_parameters(stacks: Stacks) -> None:
    """localstack, api/test_stacks.snapshot.json, test_no_echo_parameter."""
    resources = {"A": thing({"Ref": "Secret"}, Metadata={"Said": {"Ref": "Secret"}})}
    body = template(resources, Parameters={"Secret": {"Type": "String", "NoEcho": True}})
    values = [{"Parameters": [{"ParameterKey": "Secret", "ParameterValue": value}]} for value in ("first", "second")]
    stacks.call("CreateStack", StackName="app", TemplateBody=body, **values[0])
    described = change_set(stacks, body, **values[1])
    (change,) = (each["ResourceChange"] for each in described["Changes"])
    assert change["Scope"] == ["Metadata", "Properties"]
    shown = [(each["ChangeSource"], each["Evaluation"], each["Target"]["Attribute"]) for each in change["Details"]]
    assert sorted(shown) == [
        ("DirectModification", "Dynamic", "Metadata"),
        ("DirectModification", "Dynamic", "Properties"),
        ("ParameterReference", "Static", "Metadata"),
        ("ParameterReference", "Static", "Properties"),
    ]
    assert "first" not in json.dumps(change)
    assert "second" not in json.dumps(change)


def test_a_parameter_is_named_as_the_cause(stacks: Stacks) -> None:
    body = template({"A": thing({"Ref": "P"})}, Parameters={"P": {"Type": "String"}})
    given = {"Parameters": [{"ParameterKey": "P", "ParameterValue": "1"}]}
    stacks.call("CreateStack", StackName="app", TemplateBody=body, **given)
    change_set(stacks, body, Parameters=[{"ParameterKey": "P", "ParameterValue": "2"}])
    described = stacks.call("DescribeChangeSet", ChangeSetName="change", StackName="app")
    details = described["Changes"][0]["ResourceChange"]["Details"]
    assert [(detail["ChangeSource"], detail["Evaluation"], detail.get("CausingEntity")) for detail in details] == [
        ("ParameterReference", "Static", "P"),
        ("DirectModification", "Dynamic", None),
    ]
    assert described["Parameters"] == [{"ParameterKey": "P", "ParameterValue": "2"}]


def test_what_goes_away_is_shown(stacks: Stacks) -> None:
    resources = {"A": thing(), "B": thing(DeletionPolicy="Retain"), "C": thing()}
    stacks.call("CreateStack", StackName="app", TemplateBody=template(resources))
    described = change_set(stacks, template({"C": thing()}))
    changes = [change["ResourceChange"] for change in described["Changes"]]
    assert [(change["Action"], change["LogicalResourceId"], change["PolicyAction"]) for change in changes] == [
        ("Remove", "A", "Delete"),
        ("Remove", "B", "Retain"),
    ]


def test_a_change_set_without_changes_fails(stacks: Stacks) -> None:
    body = template({"A": thing()})
    stacks.call("CreateStack", StackName="app", TemplateBody=body)
    described = change_set(stacks, body)
    assert (described["Status"], described["ExecutionStatus"], described["Changes"]) == ("FAILED", "UNAVAILABLE", [])
    assert described["StatusReason"] == (
        "The submitted information didn't contain changes. Submit different information to create a change set."
    )
    assert stacks.refused("ExecuteChangeSet", ChangeSetName="change", StackName="app") == (
        f"InvalidChangeSetStatus: ChangeSet [{described['ChangeSetId']}] cannot be executed in its current status of "
        "[FAILED]"
    )
    assert len(stacks.call("ListChangeSets", StackName="app")["Summaries"]) == 1
    stacks.call("DeleteChangeSet", ChangeSetName="change", StackName="app")
    assert stacks.call("ListChangeSets", StackName="app")["Summaries"] == []


def test_outputs_alone_can_be_executed(stacks: Stacks) -> None:
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"A": thing()}))
    described = change_set(stacks, template({"A": thing()}, Outputs={"It": {"Value": "1"}}))
    assert (described["Status"], described["Changes"]) == ("CREATE_COMPLETE", [])
    stacks.call("ExecuteChangeSet", ChangeSetName="change", StackName="app")
    assert stacks.stack()["Outputs"] == [{"OutputKey": "It", "OutputValue": "1"}]


def test_an_update_makes_other_change_sets_obsolete(stacks: Stacks) -> None:
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"A": thing("1")}))
    first = change_set(stacks, template({"A": thing("2")}), name="first")
    change_set(stacks, template({"A": thing("3")}), name="second")
    stacks.call("ExecuteChangeSet", ChangeSetName="second", StackName="app")
    assert stacks.status() == "UPDATE_COMPLETE"
    obsolete = stacks.call("DescribeChangeSet", ChangeSetName=first["ChangeSetId"])
    assert obsolete["ExecutionStatus"] == "OBSOLETE"


def test_a_new_stack_has_nothing_before_it(stacks: Stacks) -> None:
    """Messages as reported of AWS (issue 38 of glassechidna/stackit, issue 182 of mapbox/cfn-config)."""
    new = {"StackName": "app", "ChangeSetName": "change", "ChangeSetType": "CREATE"}
    assert stacks.refused("CreateChangeSet", **new, UsePreviousTemplate=True) == (
        "ValidationError: Cannot specify usePreviousTemplate as true for a changeSetType CREATE"
    )
    previous = [{"ParameterKey": "Size", "UsePreviousValue": True}]
    body = template({"A": thing({"Ref": "Size"})}, Parameters={"Size": {"Type": "String"}})
    assert stacks.refused("CreateChangeSet", **new, TemplateBody=body, Parameters=previous) == (
        "ValidationError: Cannot specify UsePreviousValue on Parameters when ChangeSetType is CREATE"
    )


def test_a_stack_in_review_may_be_created_without_its_change_set(stacks: Stacks) -> None:
    described = change_set(stacks, template({"A": thing()}), "CREATE")
    answer = stacks.call("CreateStack", StackName="app", TemplateBody=template({"A": thing()}))
    assert answer["StackId"] == described["StackId"]
    assert stacks.status() == "CREATE_COMPLETE"
    again = stacks.call("DescribeChangeSet", ChangeSetName=described["ChangeSetId"])
    assert again["ExecutionStatus"] == "OBSOLETE"


def test_a_stack_in_review_is_deleted(stacks: Stacks) -> None:
    described = change_set(stacks, template({"A": thing()}), "CREATE")
    stacks.call("DeleteStack", StackName="app")
    assert stacks.status(described["StackId"]) == "DELETE_COMPLETE"


def test_what_is_not_there_is_said(stacks: Stacks) -> None:
    body = template({"A": thing()})
    request = {"ChangeSetName": "change", "StackName": "app"}
    assert stacks.refused("DescribeChangeSet", **request) == "ValidationError: Stack [app] does not exist"
    assert stacks.refused("DeleteChangeSet", **request) == "ValidationError: Stack [app] does not exist"
    assert stacks.refused("DeleteChangeSet", ChangeSetName="change") == (
        "ValidationError: StackName must be specified if ChangeSetName is not specified as an ARN."
    )
    assert stacks.refused("CreateChangeSet", TemplateBody=body, **request) == (
        "ValidationError: Stack [app] does not exist"
    )
    stacks.call("CreateStack", StackName="app", TemplateBody=body)
    assert stacks.refused("DescribeChangeSet", **request) == "ChangeSetNotFound: ChangeSet [change] does not exist"
    assert stacks.call("DeleteChangeSet", **request) == {}
    assert stacks.refused("CreateChangeSet", TemplateBody=body, ChangeSetType="CREATE", **request) == (
        "ValidationError: Stack [app] already exists and cannot be created again with the changeSet [change]."
    )
    stack_id = stacks.stack()["StackId"]
    by_id = {"StackName": stack_id, "ChangeSetName": "change", "ChangeSetType": "CREATE"}
    assert stacks.refused("CreateChangeSet", TemplateBody=body, **by_id) == (
        f"ValidationError: Stack [{stack_id}] already exists and cannot be created again with the changeSet [change]."
    )


def test_imports_are_not_built(stacks: Stacks) -> None:
    refusal = stacks.refused("CreateChangeSet", StackName="app", ChangeSetName="change", ChangeSetType="IMPORT")
    assert refusal.startswith("NotImplemented: Change sets that import")
    refusal = stacks.refused("CreateChangeSet", StackName="app", ChangeSetName="change", DeploymentMode="REVERT_DRIFT")
    assert refusal.startswith("NotImplemented: Change sets of the deployment mode REVERT_DRIFT")


def test_what_exists_may_be_imported_where_nothing_exists(stacks: Stacks) -> None:
    """The CDK bootstraps so. What does exist is not taken over: its creation fails."""
    body = template({"A": thing(Properties={"Name": "mine"})})
    change_set(stacks, body, "CREATE", ImportExistingResources=True)
    stacks.call("ExecuteChangeSet", ChangeSetName="change", StackName="app")
    assert stacks.status() == "CREATE_COMPLETE"
    request = {"StackName": "other", "ChangeSetName": "change", "ImportExistingResources": True}
    stacks.call("CreateChangeSet", ChangeSetType="CREATE", TemplateBody=body, **request)
    stacks.call("ExecuteChangeSet", ChangeSetName="change", StackName="other")
    reasons = [reason for _, status, reason in stacks.events("other") if status == "CREATE_FAILED"]
    assert "mine already exists" in reasons[0]


def test_old_change_sets_are_forgotten(stacks: Stacks) -> None:
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"A": thing("0")}))
    made = []
    for number in range(1, 24):
        made.append(change_set(stacks, template({"A": thing(str(number))}), name=f"c{number}")["ChangeSetId"])
        stacks.call("ExecuteChangeSet", ChangeSetName=made[-1])
        assert stacks.status() == "UPDATE_COMPLETE"
    assert stacks.call("DescribeChangeSet", ChangeSetName=made[-1])["ExecutionStatus"] == "EXECUTE_COMPLETE"
    assert stacks.refused("DescribeChangeSet", ChangeSetName=made[0]) == (
        f"ChangeSetNotFound: ChangeSet [{made[0]}] does not exist"
    )
