"""Change sets with those of nested stacks.

Source: "Change sets for nested stacks" (AWS CloudFormation User Guide): members, statuses, what is done from the root
only, and what is deleted with it. The reasons as people quote them of AWS.
"""

import threading
from typing import Any

from gatewright.stacks.execution.nesting import DEEPEST, MOST
from tests.unit.stacks.execution.nodes import FIXED, Stacks, child, nested, template, thing

FROM_ROOT = "Only executable from the root change set."


def change_set(stacks: Stacks, body: str, kind: str = "UPDATE", **options: Any) -> dict[str, Any]:
    """Make a change set with those of nested stacks, and describe it."""
    request = {"StackName": "app", "ChangeSetName": "change", "ChangeSetType": kind, "TemplateBody": body, **options}
    answer = stacks.call("CreateChangeSet", IncludeNestedStacks=True, **request)
    return described(stacks, answer["Id"])


def described(stacks: Stacks, change_set_id: str) -> dict[str, Any]:
    return stacks.call("DescribeChangeSet", ChangeSetName=change_set_id)


def changes(change_set: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the changes by logical id."""
    resources = [change["ResourceChange"] for change in change_set["Changes"]]
    return {resource["LogicalResourceId"]: resource for resource in resources}


def execute(stacks: Stacks, root: dict[str, Any]) -> None:
    stacks.call("ExecuteChangeSet", ChangeSetName=root["ChangeSetId"])


def made(stacks: Stacks, **resources: Any) -> None:
    stacks.call("CreateStack", StackName="app", TemplateBody=template(resources))
    assert stacks.status() == "CREATE_COMPLETE"


def test_new_nested_stacks_are_in_review_until_the_root_is_executed(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = template({"Inner": nested("inner.json")})
    stacks.world.objects["templates/inner.json"] = child()
    root = change_set(stacks, template({"Child": nested(), "A": thing()}), "CREATE")
    assert (root["Status"], root["ExecutionStatus"], root["IncludeNestedStacks"]) == (
        "CREATE_COMPLETE",
        "AVAILABLE",
        True,
    )
    assert "ParentChangeSetId" not in root
    assert "ChangeSetId" not in changes(root)["A"]
    middle = described(stacks, changes(root)["Child"]["ChangeSetId"])
    assert (middle["Status"], middle["ExecutionStatus"], middle["StatusReason"]) == (
        "CREATE_COMPLETE",
        "UNAVAILABLE",
        FROM_ROOT,
    )
    inner = described(stacks, changes(middle)["Inner"]["ChangeSetId"])
    assert middle["ParentChangeSetId"] == middle["RootChangeSetId"] == root["ChangeSetId"]
    assert (inner["ParentChangeSetId"], inner["RootChangeSetId"]) == (middle["ChangeSetId"], root["ChangeSetId"])
    assert changes(inner)["Thing"]["Action"] == "Add"
    assert stacks.status(middle["StackId"]) == stacks.status(inner["StackId"]) == "REVIEW_IN_PROGRESS"
    assert stacks.stack(inner["StackId"])["RootId"] == root["StackId"]
    (listed,) = stacks.call("ListChangeSets", StackName=middle["StackId"])["Summaries"]
    assert listed["RootChangeSetId"] == root["ChangeSetId"]
    execute(stacks, root)
    assert stacks.status() == "CREATE_COMPLETE"
    assert stacks.resources()["Child"]["PhysicalResourceId"] == middle["StackId"]
    assert stacks.resources(middle["StackId"])["Inner"]["PhysicalResourceId"] == inner["StackId"]
    assert stacks.stack(inner["StackId"])["ChangeSetId"] == inner["ChangeSetId"]
    assert described(stacks, inner["ChangeSetId"])["ExecutionStatus"] == "EXECUTE_COMPLETE"
    stacks.call("DeleteStack", StackName="app")
    assert stacks.status(inner["StackId"]) == "DELETE_COMPLETE"


def test_a_nested_change_set_is_neither_executed_nor_deleted_by_itself(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child()
    root = change_set(stacks, template({"Child": nested()}), "CREATE")
    nested_id = changes(root)["Child"]["ChangeSetId"]
    for operation, what in (("ExecuteChangeSet", "executed"), ("DeleteChangeSet", "deleted")):
        assert stacks.refused(operation, ChangeSetName=nested_id) == (
            f"InvalidChangeSetStatus: ChangeSet [{nested_id}] cannot be {what} in its current execution status of "
            "[UNAVAILABLE]"
        )


def test_changes_within_nested_stacks_are_shown_and_made(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child("1")
    stacks.world.objects["templates/other.json"] = child("other")
    resources = {"Child": nested(), "Other": nested("other.json")}
    made(stacks, **resources)
    child_id = stacks.resources()["Child"]["PhysicalResourceId"]
    stacks.world.objects["templates/child.json"] = child("2")
    root = change_set(stacks, template(resources))
    assert list(changes(root)) == ["Child"]
    change = changes(root)["Child"]
    inner = described(stacks, change.pop("ChangeSetId"))
    assert change == {
        "Action": "Modify",
        "LogicalResourceId": "Child",
        "PhysicalResourceId": child_id,
        "ResourceType": "AWS::CloudFormation::Stack",
        "Replacement": "False",
        "Scope": ["Properties"],
        "Details": [
            {
                "Target": {"Attribute": "Properties", "RequiresRecreation": "Never"},
                "Evaluation": "Dynamic",
                "ChangeSource": "Automatic",
            }
        ],
    }
    assert (inner["StackId"], changes(inner)["Thing"]["Action"]) == (child_id, "Modify")
    stacks.world.objects["templates/child.json"] = child("3")
    execute(stacks, root)
    assert (stacks.status(), stacks.status(child_id)) == ("UPDATE_COMPLETE", "UPDATE_COMPLETE")
    # What was read for the change set is what is done.
    assert sorted(each["Value"] for each in stacks.world.things.values()) == ["2", "other"]


def test_what_nobody_knows_yet_is_a_value_of_a_nested_stack(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child()
    resource = nested(Value={"Ref": "Topic"})
    made(stacks, Topic={"Type": FIXED, "Properties": {"TopicName": "one"}}, Child=resource)
    body = template({"Topic": {"Type": FIXED, "Properties": {"TopicName": "two"}}, "Child": resource})
    root = change_set(stacks, body)
    inner = described(stacks, changes(root)["Child"]["ChangeSetId"])
    unknown = "{{changeSet:KNOWN_AFTER_APPLY}}"
    assert inner["Parameters"] == [{"ParameterKey": "Value", "ParameterValue": unknown}]
    execute(stacks, root)
    assert [each["Value"] for each in stacks.world.things.values() if "Value" in each] == ["two"]


def test_outputs_of_nested_stacks_are_the_cause_of_changes(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child(outputs={"More": {"Value": "1"}})
    resources = {"Child": nested(), "User": thing({"Fn::GetAtt": ["Child", "Outputs.More"]})}
    made(stacks, **resources)
    stacks.world.objects["templates/child.json"] = child(outputs={"More": {"Value": "2"}})
    user = changes(change_set(stacks, template(resources)))["User"]
    assert (user["Details"][0]["ChangeSource"], user["Details"][0]["CausingEntity"]) == (
        "ResourceAttribute",
        "Child.Outputs.More",
    )


def test_without_changes_there_are_no_nested_change_sets(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child()
    made(stacks, Child=nested())
    root = change_set(stacks, template({"Child": nested()}))
    assert (root["Status"], root["Changes"]) == ("FAILED", [])
    assert "didn't contain changes" in root["StatusReason"]
    child_id = stacks.resources()["Child"]["PhysicalResourceId"]
    assert stacks.call("ListChangeSets", StackName=child_id)["Summaries"] == []


def test_a_nested_change_set_that_fails_fails_those_above_it(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = template({"Inner": nested("inner.json")})
    stacks.world.objects["templates/inner.json"] = child(Bad={"Type": "AWS::No::Such"})
    root = change_set(stacks, template({"Child": nested()}), "CREATE")
    middle_id = changes(root)["Child"]["ChangeSetId"]
    middle = described(stacks, middle_id)
    inner_id = changes(middle)["Inner"]["ChangeSetId"]
    inner = described(stacks, inner_id)
    failed = "Nested change set {} was not successfully created: Currently in FAILED."
    assert (root["Status"], root["StatusReason"]) == ("FAILED", failed.format(middle_id))
    assert (middle["Status"], middle["StatusReason"]) == ("FAILED", failed.format(inner_id))
    assert inner["StatusReason"] == "Template format error: Unrecognized resource types: [AWS::No::Such]"
    assert "current status of [FAILED]" in stacks.refused("ExecuteChangeSet", ChangeSetName=root["ChangeSetId"])


def test_the_hierarchy_is_deleted_from_the_root(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child()
    root = change_set(stacks, template({"Child": nested()}), "CREATE")
    inner = described(stacks, changes(root)["Child"]["ChangeSetId"])
    stacks.call("DeleteChangeSet", ChangeSetName="change", StackName="app")
    assert stacks.refused("DescribeChangeSet", ChangeSetName=inner["ChangeSetId"]).startswith("ChangeSetNotFound")
    assert stacks.status(inner["StackId"]) == "DELETE_COMPLETE"
    assert "does not exist" in stacks.refused("DescribeStacks", StackName=inner["StackName"])
    assert stacks.status() == "REVIEW_IN_PROGRESS"


def test_another_operation_deletes_what_was_made_for_a_change_set(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child()
    made(stacks, A=thing())
    root = change_set(stacks, template({"Child": nested()}))
    inner = described(stacks, changes(root)["Child"]["ChangeSetId"])
    stacks.call("UpdateStack", StackName="app", TemplateBody=template({"A": thing("2")}))
    assert stacks.status(inner["StackId"]) == "DELETE_COMPLETE"
    assert described(stacks, root["ChangeSetId"])["ExecutionStatus"] == "OBSOLETE"
    root = change_set(stacks, template({"Child": nested()}))
    inner = described(stacks, changes(root)["Child"]["ChangeSetId"])
    stacks.call("DeleteStack", StackName="app")
    assert stacks.status(inner["StackId"]) == "DELETE_COMPLETE"


def test_a_nested_stack_that_was_not_come_to_is_deleted(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child()
    stacks.world.failing = {"create A": "No"}
    root = change_set(stacks, template({"A": thing(), "Child": {**nested(), "DependsOn": "A"}}), "CREATE")
    inner = described(stacks, changes(root)["Child"]["ChangeSetId"])
    execute(stacks, root)
    assert stacks.status() == "ROLLBACK_COMPLETE"
    assert stacks.status(inner["StackId"]) == "DELETE_COMPLETE"


def test_a_nested_stack_that_fails_is_deleted_with_its_change_set_executed(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child()
    made(stacks, A=thing())
    stacks.world.failing = {"create Thing": "No"}
    root = change_set(stacks, template({"A": thing(), "Child": nested()}))
    inner = described(stacks, changes(root)["Child"]["ChangeSetId"])
    execute(stacks, root)
    assert (stacks.status(), stacks.status(inner["StackId"])) == ("UPDATE_ROLLBACK_COMPLETE", "DELETE_COMPLETE")


def reviewed(stacks: Stacks, root: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the change sets of the nested stack Child, and of Inner within it."""
    middle = described(stacks, changes(root)["Child"]["ChangeSetId"])
    return middle, described(stacks, changes(middle)["Inner"]["ChangeSetId"])


def test_nested_stacks_within_one_that_was_not_come_to_are_deleted(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = template({"Inner": nested("inner.json")})
    stacks.world.objects["templates/inner.json"] = child()
    stacks.world.failing = {"create A": "No"}
    root = change_set(stacks, template({"A": thing(), "Child": {**nested(), "DependsOn": "A"}}), "CREATE")
    middle, inner = reviewed(stacks, root)
    execute(stacks, root)
    assert stacks.status() == "ROLLBACK_COMPLETE"
    assert stacks.status(middle["StackId"]) == stacks.status(inner["StackId"]) == "DELETE_COMPLETE"
    assert "does not exist" in stacks.refused("DescribeStacks", StackName=inner["StackName"])


def test_nested_stacks_within_one_that_cannot_be_made_are_deleted(stacks: Stacks) -> None:
    """A parameter's value is known only when the change set is executed, and is refused then."""
    parameters = {"Value": {"Type": "String", "AllowedPattern": ".*[^o]"}}
    stacks.world.objects["templates/child.json"] = template({"Inner": nested("inner.json")}, Parameters=parameters)
    stacks.world.objects["templates/inner.json"] = child()
    made(stacks, A=thing())
    topic = {"Type": FIXED, "Properties": {"TopicName": "two"}}
    root = change_set(stacks, template({"A": thing(), "Topic": topic, "Child": nested(Value={"Ref": "Topic"})}))
    assert root["Status"] == "CREATE_COMPLETE"
    middle, inner = reviewed(stacks, root)
    execute(stacks, root)
    assert stacks.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert "must match pattern" in " ".join(reason for name, _, reason in stacks.events() if name == "Child")
    assert stacks.status(middle["StackId"]) == stacks.status(inner["StackId"]) == "DELETE_COMPLETE"


def test_what_is_executed_is_not_deleted(stacks: Stacks) -> None:
    """The operation still reads it: "the stack status might be UPDATE_IN_PROGRESS" (DeleteChangeSet, API Reference)."""
    stacks.world.objects["templates/child.json"] = template({"Inner": nested("inner.json")})
    stacks.world.objects["templates/inner.json"] = child()
    release = threading.Event()
    stacks.world.blocked = {"create A": release}
    root = change_set(stacks, template({"A": thing(), "Child": {**nested(), "DependsOn": "A"}}), "CREATE")
    middle, inner = reviewed(stacks, root)
    context = stacks.begin("ExecuteChangeSet", {"ChangeSetName": root["ChangeSetId"]})
    while "create A" not in stacks.world.calls:
        threading.Event().wait(0.01)
    for each in (root, middle, inner):
        assert stacks.refused("DeleteChangeSet", ChangeSetName=each["ChangeSetId"]) == (
            f"InvalidChangeSetStatus: ChangeSet [{each['ChangeSetId']}] cannot be deleted in its current execution "
            "status of [EXECUTE_IN_PROGRESS]"
        )
    assert stacks.status(inner["StackId"]) == "REVIEW_IN_PROGRESS"
    release.set()
    assert stacks.settled(context.begun[0]) == "CREATE_COMPLETE"
    assert stacks.resources(middle["StackId"])["Inner"]["PhysicalResourceId"] == inner["StackId"]
    stacks.call("DeleteChangeSet", ChangeSetName=root["ChangeSetId"])
    assert stacks.refused("DescribeChangeSet", ChangeSetName=inner["ChangeSetId"]).startswith("ChangeSetNotFound")
    assert stacks.status(inner["StackId"]) == "CREATE_COMPLETE"


def test_a_template_that_nests_itself_is_planned_to_a_bound(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = template({"Child": nested()})
    each = change_set(stacks, template({"Child": nested()}), "CREATE")
    for _ in range(DEEPEST):
        assert each["Status"] == "FAILED"
        each = described(stacks, changes(each)["Child"]["ChangeSetId"])
    each = described(stacks, changes(each)["Child"]["ChangeSetId"])
    assert each["StatusReason"] == f"Stacks cannot be nested more than {DEEPEST} deep."


def test_a_template_that_nests_itself_twice_is_planned_to_a_bound(stacks: Stacks) -> None:
    """Each level has twice as many as the one above it."""
    stacks.world.objects["templates/child.json"] = template({"Child": nested(), "Other": nested()})
    root = change_set(stacks, template({"Child": nested(), "Other": nested()}), "CREATE")
    other = described(stacks, changes(root)["Other"]["ChangeSetId"])
    assert other["StatusReason"] == f"One operation cannot create more than {MOST} nested stacks."
