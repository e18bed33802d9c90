"""UpdateStack: what is updated, what is replaced, clean-up, roll-back.

Reasons and order as recorded of AWS (localstack, engine/test_replacement.snapshot.json,
api/test_update_stack.snapshot.json) and "Understand update behaviors of stack resources" (AWS CloudFormation User
Guide).
"""

import json
import re
import threading
from typing import Any

import pytest

from tests.unit.stacks.execution.nodes import FIXED, Stacks, template, thing

REPLACING = "Requested update requires the creation of a new physical resource; hence creating one."


def created(stacks: Stacks, resources: dict[str, Any], **sections: Any) -> list[tuple[str, str, str]]:
    """Create the stack; return its events."""
    stacks.call("CreateStack", StackName="app", TemplateBody=template(resources, **sections))
    assert stacks.status() == "CREATE_COMPLETE"
    stacks.world.calls.clear()
    return stacks.events()


def update(stacks: Stacks, resources: dict[str, Any], **options: Any) -> list[tuple[str, str, str]]:
    """Update the stack; return the events of the update."""
    before = len(stacks.events())
    sections = options.pop("sections", {})
    stacks.call("UpdateStack", StackName="app", TemplateBody=template(resources, **sections), **options)
    return stacks.events()[before:]


def test_only_what_changed_is_updated(stacks: Stacks) -> None:
    created(stacks, {"A": thing("1"), "B": thing("1")})
    physical_id = stacks.resources()["A"]["PhysicalResourceId"]
    events = update(stacks, {"A": thing("2"), "B": thing("1")})
    assert stacks.world.calls == ["update A"]
    assert stacks.world.things[physical_id]["Value"] == "2"
    assert events == [
        ("app", "UPDATE_IN_PROGRESS", "User Initiated"),
        ("A", "UPDATE_IN_PROGRESS", ""),
        ("A", "UPDATE_COMPLETE", ""),
        ("app", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ""),
        ("app", "UPDATE_COMPLETE", ""),
    ]


def test_a_replaced_resource_is_deleted_last(stacks: Stacks) -> None:
    """The new one first, what refers to it next, the old one in the clean-up."""
    created(stacks, {"A": thing(Properties={"Name": "old"}), "B": thing({"Ref": "A"})})
    events = update(stacks, {"A": thing(Properties={"Name": "new"}), "B": thing({"Ref": "A"})})
    assert stacks.world.calls == ["create A", "update B", "delete A"]
    assert "old" not in stacks.world.things
    assert stacks.resources()["A"]["PhysicalResourceId"] == "new"
    assert events == [
        ("app", "UPDATE_IN_PROGRESS", "User Initiated"),
        ("A", "UPDATE_IN_PROGRESS", REPLACING),
        ("A", "UPDATE_IN_PROGRESS", "Resource creation Initiated"),
        ("A", "UPDATE_COMPLETE", ""),
        ("B", "UPDATE_IN_PROGRESS", ""),
        ("B", "UPDATE_COMPLETE", ""),
        ("app", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ""),
        ("A", "DELETE_IN_PROGRESS", ""),
        ("A", "DELETE_COMPLETE", ""),
        ("app", "UPDATE_COMPLETE", ""),
    ]


def shown(stacks: Stacks, logical_id: str) -> list[tuple[str, str]]:
    """Return status and properties of a resource's events, the oldest first."""
    found = stacks.call("DescribeStackEvents", StackName="app")["StackEvents"]
    return [
        (event["ResourceStatus"], event.get("ResourceProperties", ""))
        for event in reversed(found)
        if event["LogicalResourceId"] == logical_id
    ]


def test_events_show_the_properties_that_an_update_is_to_give(stacks: Stacks) -> None:
    """localstack, test_change_set_ref.snapshot.json: test_immutable_property_update_causes_resource_replacement.

    What the clean-up deletes is shown without properties, by events whose ids do not say the status.
    """
    created(stacks, {"A": thing("1"), "B": thing(Properties={"Name": "old"})})
    update(stacks, {"A": thing("2"), "B": thing(Properties={"Name": "new"})})
    new = '{"Type":"String","Value":"2"}'
    assert shown(stacks, "A")[-2:] == [("UPDATE_IN_PROGRESS", new), ("UPDATE_COMPLETE", new)]
    replaced = '{"Type":"String","Value":"1","Name":"new"}'
    assert shown(stacks, "B")[-5:] == [
        ("UPDATE_IN_PROGRESS", replaced),
        ("UPDATE_IN_PROGRESS", replaced),
        ("UPDATE_COMPLETE", replaced),
        ("DELETE_IN_PROGRESS", ""),
        ("DELETE_COMPLETE", ""),
    ]
    events = stacks.call("DescribeStackEvents", StackName="app")["StackEvents"]
    ids = [event["EventId"] for event in events if event["ResourceStatus"].startswith("DELETE_")]
    assert all(re.fullmatch(r"B-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", each) for each in ids)
    stacks.call("DeleteStack", StackName="app")


def test_events_of_a_failed_update_show_what_was_tried_and_what_was_given_back(stacks: Stacks) -> None:
    created(stacks, {"A": thing("1"), "B": thing("1", DependsOn="A")})
    stacks.world.failing = {"update B": "No"}
    update(stacks, {"A": thing("2"), "B": thing("2", DependsOn="A")})
    assert [(status, json.loads(properties)["Value"]) for status, properties in shown(stacks, "A")[-4:]] == [
        ("UPDATE_IN_PROGRESS", "2"),
        ("UPDATE_COMPLETE", "2"),
        ("UPDATE_IN_PROGRESS", "1"),
        ("UPDATE_COMPLETE", "1"),
    ]
    assert [(status, json.loads(properties)["Value"]) for status, properties in shown(stacks, "B")[-4:]] == [
        ("UPDATE_IN_PROGRESS", "2"),
        ("UPDATE_FAILED", "2"),
        ("UPDATE_IN_PROGRESS", "1"),
        ("UPDATE_FAILED", "1"),
    ]


def test_what_is_left_out_is_deleted_in_reverse(stacks: Stacks) -> None:
    created(stacks, {"A": thing(), "B": thing({"Ref": "A"}), "C": thing({"Ref": "B"}), "D": thing()})
    update(stacks, {"D": thing()})
    assert stacks.world.calls == ["delete C", "delete B", "delete A"]
    assert list(stacks.resources()) == ["D"]


@pytest.mark.parametrize(("policy", "is_left"), [("Retain", True), ("Delete", False)])
def test_policies_hold_in_a_clean_up(stacks: Stacks, policy: str, is_left: bool) -> None:
    old = thing(Properties={"Name": "old"}, UpdateReplacePolicy=policy)
    gone = thing(Properties={"Name": "gone"}, DeletionPolicy=policy)
    created(stacks, {"A": old, "Gone": gone})
    update(stacks, {"A": thing(Properties={"Name": "new"}, UpdateReplacePolicy=policy)})
    assert ("old" in stacks.world.things, "gone" in stacks.world.things) == (is_left, is_left)
    assert stacks.status() == "UPDATE_COMPLETE"


def test_a_failed_update_restores_what_was(stacks: Stacks) -> None:
    old = {
        "Kept": thing("old", Properties={"Name": "kept"}),
        "Replaced": thing("old", Properties={"Name": "replaced"}, DependsOn="Kept"),
        "Gone": thing("old", Properties={"Name": "gone"}),
    }
    created(stacks, old, Outputs={"It": {"Value": {"Ref": "Replaced"}}})
    outputs, things = stacks.stack()["Outputs"], json.loads(json.dumps(stacks.world.things))
    stacks.world.failing = {"create Failing": "No"}
    new = {
        "Kept": thing("new", Properties={"Name": "kept"}),
        "Replaced": thing("new", Properties={"Name": "other"}, DependsOn="Kept"),
        "Added": thing("new", Properties={"Name": "added"}),
        "Failing": thing(DependsOn=["Replaced", "Added"]),
    }
    events = update(stacks, new, Tags=[{"Key": "color", "Value": "red"}])
    assert stacks.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.world.things == things
    assert stacks.stack()["Outputs"] == outputs
    assert stacks.stack()["Tags"] == []
    assert json.loads(stacks.call("GetTemplate", StackName="app")["TemplateBody"])["Resources"] == old
    assert sorted(stacks.resources()) == ["Gone", "Kept", "Replaced"]
    assert [event for event in events if event[0] == "app"] == [
        ("app", "UPDATE_IN_PROGRESS", "User Initiated"),
        ("app", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Failing]. "),
        ("app", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", ""),
        ("app", "UPDATE_ROLLBACK_COMPLETE", ""),
    ]
    assert sorted(stacks.world.calls[-3:]) == ["delete Added", "delete Replaced", "update Kept"]
    assert stacks.world.calls.index("delete Replaced") > stacks.world.calls.index("create Failing")
    update(stacks, {**old, "Gone": thing("again", Properties={"Name": "gone"})})
    assert stacks.status() == "UPDATE_COMPLETE"


def test_an_update_that_failed_half_way_is_undone_too(stacks: Stacks) -> None:
    created(stacks, {"A": thing("old")})
    stacks.world.failing = {"update A": "No"}
    update(stacks, {"A": thing("new")})
    # The attempt to undo fails as well.
    assert stacks.status() == "UPDATE_ROLLBACK_FAILED"
    assert stacks.stack()["StackStatusReason"] == "The following resource(s) failed to update: [A]. "
    stacks.world.failing = {}
    stacks.call("ContinueUpdateRollback", StackName="app")
    assert stacks.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.world.calls == ["update A", "update A", "update A"]
    assert [each["Value"] for each in stacks.world.things.values()] == ["old"]


def test_a_rollback_goes_on_without_what_is_skipped(stacks: Stacks) -> None:
    """ContinueUpdateRollback, ResourcesToSkip."""
    created(stacks, {"A": thing("old"), "B": thing("old")})
    stacks.world.failing = {"update A": "No"}
    update(stacks, {"A": thing("new"), "B": thing("old")})
    refusals = {
        "B": "Only the resources failed during UpdateRollback are allowed to be skipped",
        "C": "Resource C does not belong to stack app",
        "Other.A": "Stack [Other] does not exist",
    }
    for name, message in refusals.items():
        refused = stacks.refused("ContinueUpdateRollback", StackName="app", ResourcesToSkip=[name])
        assert refused == f"ValidationError: {message}"
    stacks.call("ContinueUpdateRollback", StackName="app", ResourcesToSkip=["A"])
    assert stacks.status() == "UPDATE_ROLLBACK_COMPLETE"


def test_a_failure_may_be_kept_and_rolled_back_later(stacks: Stacks) -> None:
    """DisableRollback, RollbackStack."""
    created(stacks, {"A": thing("old")})
    stacks.world.failing = {"create B": "No"}
    new = {"A": thing("new"), "B": thing(DependsOn="A")}
    update(stacks, new, DisableRollback=True)
    assert stacks.status() == "UPDATE_FAILED"
    assert [each["Value"] for each in stacks.world.things.values()] == ["new"]
    stacks.call("RollbackStack", StackName="app")
    assert stacks.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert [each["Value"] for each in stacks.world.things.values()] == ["old"]


def test_what_failed_may_be_tried_again(stacks: Stacks) -> None:
    """ "Choose how to handle failures when provisioning resources": retry an update of a stack that failed."""
    stacks.world.failing = {"create B": "No"}
    resources = {"A": thing(), "B": thing(DependsOn="A")}
    stacks.call("CreateStack", StackName="app", TemplateBody=template(resources), DisableRollback=True)
    assert stacks.status() == "CREATE_FAILED"
    stacks.world.failing = {}
    update(stacks, resources)
    assert stacks.status() == "UPDATE_COMPLETE"
    assert stacks.world.calls == ["create A", "create B", "create B"]


def test_nothing_to_do_is_said(stacks: Stacks) -> None:
    resources = {"A": thing()}
    created(stacks, resources)
    refusal = stacks.refused("UpdateStack", StackName="app", TemplateBody=template(resources))
    assert refusal == "ValidationError: No updates are to be performed."
    described = template(resources, Description="New words")
    assert "No updates" in stacks.refused("UpdateStack", StackName="app", TemplateBody=described)
    previous = stacks.refused("UpdateStack", StackName="app", UsePreviousTemplate=True)
    assert "No updates" in previous


def test_outputs_alone_are_a_change(stacks: Stacks) -> None:
    created(stacks, {"A": thing("1")})
    update(stacks, {"A": thing("1")}, sections={"Outputs": {"It": {"Value": "new"}}})
    assert stacks.world.calls == []
    assert stacks.stack()["Outputs"] == [{"OutputKey": "It", "OutputValue": "new"}]


def test_tags_of_the_stack_reach_its_resources(stacks: Stacks) -> None:
    created(stacks, {"A": thing("1")})
    update(stacks, {"A": thing("1")}, Tags=[{"Key": "color", "Value": "red"}])
    assert stacks.world.calls == ["update A"]
    assert stacks.stack()["Tags"] == [{"Key": "color", "Value": "red"}]


def test_parameters_are_taken_over(stacks: Stacks) -> None:
    parameters = {"Size": {"Type": "String"}, "Color": {"Type": "String", "Default": "red"}}
    body = template({"A": thing({"Fn::Sub": "${Size} ${Color}"})}, Parameters=parameters)
    given = [{"ParameterKey": "Size", "ParameterValue": "small"}]
    stacks.call("CreateStack", StackName="app", TemplateBody=body, Parameters=given)
    changed = [{"ParameterKey": "Size", "UsePreviousValue": True}, {"ParameterKey": "Color", "ParameterValue": "blue"}]
    stacks.call("UpdateStack", StackName="app", UsePreviousTemplate=True, Parameters=changed)
    assert [each["Value"] for each in stacks.world.things.values()] == ["small blue"]


def test_a_previous_value_has_no_other(stacks: Stacks) -> None:
    """As verified with AWS by moto (its test_update_stack_with_previous_value): an empty value is none."""
    body = template({"A": thing({"Ref": "Size"})}, Parameters={"Size": {"Type": "String"}})
    given = [{"ParameterKey": "Size", "ParameterValue": "small"}]
    stacks.call("CreateStack", StackName="app", TemplateBody=body, Parameters=given)
    both = [{"ParameterKey": "Size", "ParameterValue": "large", "UsePreviousValue": True}]
    assert stacks.refused("UpdateStack", StackName="app", TemplateBody=body, Parameters=both) == (
        "ValidationError: Invalid input for parameter key Size. Cannot specify usePreviousValue as true and non empty "
        "value for a parameter"
    )
    new = template({"A": thing({"Fn::Sub": "${Size}!"})}, Parameters={"Size": {"Type": "String"}})
    empty = [{"ParameterKey": "Size", "ParameterValue": "", "UsePreviousValue": True}]
    stacks.call("UpdateStack", StackName="app", TemplateBody=new, Parameters=empty)
    assert [each["Value"] for each in stacks.world.things.values()] == ["small!"]


def test_there_is_one_template(stacks: Stacks) -> None:
    """Messages as reported of AWS (pull request 2843 of boto/boto, issue 4534 of hashicorp/terraform)."""
    body = template({"A": thing()})
    created(stacks, {"A": thing()})
    previous = {"StackName": "app", "UsePreviousTemplate": True}
    for one in ({"TemplateBody": body}, {"TemplateURL": "https://bucket.s3.amazonaws.com/key"}):
        assert stacks.refused("UpdateStack", **previous, **one) == (
            "ValidationError: You cannot specify both usePreviousTemplate and Template Body/Template URL."
        )
    two = {"TemplateBody": body, "TemplateURL": "https://bucket.s3.amazonaws.com/key"}
    assert stacks.refused("UpdateStack", StackName="app", **two) == (
        "ValidationError: You cannot specify both Template URL and Template Body."
    )


def test_a_type_never_changes(stacks: Stacks) -> None:
    created(stacks, {"A": thing()})
    other = template({"A": {"Type": FIXED}})
    assert stacks.refused("UpdateStack", StackName="app", TemplateBody=other) == (
        "ValidationError: Update of resource type is not permitted. The new template modifies resource type of the "
        "following resources: [A]"
    )


def test_a_policy_protects_resources(stacks: Stacks) -> None:
    """ "Prevent updates to stack resources" (AWS CloudFormation User Guide)."""
    created(stacks, {"Open": thing("1"), "Closed": thing("1"), "Gone": thing("1")})
    statements = [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "Update:Modify", "Principal": "*", "Resource": "LogicalResourceId/Closed"},
        {"Effect": "Deny", "Action": "Update:Delete", "Principal": "*", "Resource": "LogicalResourceId/Gone"},
    ]
    stacks.call("SetStackPolicy", StackName="app", StackPolicyBody=json.dumps({"Statement": statements}))
    events = update(stacks, {"Open": thing("1"), "Closed": thing("2"), "Gone": thing("1")})
    denied = "Action denied by stack policy: Statement [#2] does not allow [Update:Modify] for resource"
    assert ("Closed", "UPDATE_FAILED", f"{denied} [LogicalResourceId/Closed]") in events
    assert stacks.status() == "UPDATE_ROLLBACK_COMPLETE"
    update(stacks, {"Open": thing("2"), "Closed": thing("1")})
    assert stacks.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert len(stacks.world.things) == 3
    allowed = json.dumps({"Statement": statements[:1]})
    update(stacks, {"Open": thing("2"), "Closed": thing("3")}, StackPolicyDuringUpdateBody=allowed)
    assert stacks.status() == "UPDATE_COMPLETE"


@pytest.mark.parametrize(
    ("trigger", "refusal"),
    [
        ({"Arn": "x", "Type": "Another"}, "ValidationError: Rollback Trigger Type not supported"),
        (
            {"Arn": "arn:aws:cloudwatch:us-east-1:123456789012:example-name", "Type": "AWS::CloudWatch::Alarm"},
            "ValidationError: RelativeId of a Rollback Trigger's ARN is incorrect",
        ),
        (
            {"Arn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a", "Type": "AWS::CloudWatch::Alarm"},
            "NotImplemented: Rollback triggers (RollbackConfiguration) are not implemented by gatewright.",
        ),
    ],
)
def test_triggers_are_checked_and_not_built(stacks: Stacks, trigger: dict[str, str], refusal: str) -> None:
    """localstack, api/test_update_stack.snapshot.json: test_update_with_invalid_rollback_configuration_errors."""
    created(stacks, {"A": thing("1")})
    configuration = {"RollbackTriggers": [trigger]}
    request = {"TemplateBody": template({"A": thing("2")}), "RollbackConfiguration": configuration}
    assert stacks.refused("UpdateStack", StackName="app", **request) == refusal


def test_a_stack_in_another_state_is_not_updated(stacks: Stacks) -> None:
    stacks.world.failing = {"create A": "No"}
    stack_id = stacks.call("CreateStack", StackName="app", TemplateBody=template({"A": thing()}))["StackId"]
    assert stacks.refused("UpdateStack", StackName="app", TemplateBody=template({"A": thing("2")})) == (
        f"ValidationError: Stack:{stack_id} is in ROLLBACK_COMPLETE state and can not be updated."
    )
    assert stacks.refused("UpdateStack", StackName="none", TemplateBody=template({"A": thing()})) == (
        "ValidationError: Stack [none] does not exist"
    )


def test_an_update_is_cancelled(stacks: Stacks) -> None:
    created(stacks, {"A": thing("old")})
    stacks.world.blocked = {"update A": threading.Event()}
    context = stacks.begin(
        "UpdateStack", {"StackName": "app", "TemplateBody": template({"A": thing("new"), "B": thing()})}
    )
    while "update A" not in stacks.world.calls:
        threading.Event().wait(0.01)
    stacks.call("CancelUpdateStack", StackName="app")
    stacks.world.blocked.pop("update A").set()
    future = stacks.runs.future(context.begun[0])
    assert future is None or future.result(20) is None
    assert stacks.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert [each["Value"] for each in stacks.world.things.values()] == ["old"]
    assert "cannot be called from current stack status" in stacks.refused("CancelUpdateStack", StackName="app")
