"""DeleteStack, termination protection, exports in use.

Statuses as recorded of AWS (localstack, api/test_stacks.snapshot.json, test_blocked_stack_deletion); an export in use
as people saw it (github.com/rlister/stax/issues/40).
"""

import threading

from tests.unit.stacks.execution.nodes import Stacks, template, thing

CHAIN = template({"A": thing(), "B": thing({"Ref": "A"}), "C": thing({"Ref": "B"})})


def test_resources_go_before_those_that_they_need(stacks: Stacks) -> None:
    stack_id = stacks.call("CreateStack", StackName="app", TemplateBody=CHAIN)["StackId"]
    stacks.world.calls.clear()
    stacks.call("DeleteStack", StackName="app")
    assert stacks.world.calls == ["delete C", "delete B", "delete A"]
    assert stacks.refused("DescribeStacks", StackName="app") == ("ValidationError: Stack with id app does not exist")
    deleted = stacks.stack(stack_id)
    assert deleted["StackStatus"] == "DELETE_COMPLETE"
    assert "DeletionTime" in deleted
    assert {each["ResourceStatus"] for each in stacks.resources(stack_id).values()} == {"DELETE_COMPLETE"}
    assert stacks.events(stack_id)[-1] == ("app", "DELETE_COMPLETE", "")


def test_what_is_not_there_is_deleted(stacks: Stacks) -> None:
    assert stacks.call("DeleteStack", StackName="app") == {}


def test_what_cannot_be_deleted_is_reported_and_may_be_retained(stacks: Stacks) -> None:
    stack_id = stacks.call("CreateStack", StackName="app", TemplateBody=CHAIN)["StackId"]
    assert "only when the stack is in the DELETE_FAILED state" in stacks.refused(
        "DeleteStack", StackName="app", RetainResources=["B"]
    )
    stacks.world.failing = {"delete B": "It is not empty"}
    stacks.call("DeleteStack", StackName="app")
    assert stacks.status() == "DELETE_FAILED"
    assert stacks.stack()["StackStatusReason"] == "The following resource(s) failed to delete: [B]. "
    statuses = {name: each["ResourceStatus"] for name, each in stacks.resources().items()}
    assert statuses == {"A": "CREATE_COMPLETE", "B": "DELETE_FAILED", "C": "DELETE_COMPLETE"}
    stacks.call("DeleteStack", StackName="app", RetainResources=["B"])
    assert stacks.status(stack_id) == "DELETE_COMPLETE"
    assert ("B", "DELETE_SKIPPED", "") in stacks.events(stack_id)
    assert len(stacks.world.things) == 1


def test_policies_retain(stacks: Stacks) -> None:
    body = template({"A": thing(DeletionPolicy="Retain"), "B": thing(DeletionPolicy="RetainExceptOnCreate")})
    stack_id = stacks.call("CreateStack", StackName="app", TemplateBody=body)["StackId"]
    stacks.call("DeleteStack", StackName="app")
    assert stacks.status(stack_id) == "DELETE_COMPLETE"
    assert len(stacks.world.things) == 2


def test_a_protected_stack_stays(stacks: Stacks) -> None:
    """ "Protect CloudFormation stacks from being deleted" (AWS CloudFormation User Guide)."""
    stacks.call("CreateStack", StackName="app", TemplateBody=CHAIN, EnableTerminationProtection=True)
    assert stacks.refused("DeleteStack", StackName="app") == (
        "ValidationError: Stack [app] cannot be deleted while TerminationProtection is enabled"
    )
    stacks.call("UpdateTerminationProtection", StackName="app", EnableTerminationProtection=False)
    stacks.call("DeleteStack", StackName="app")
    assert stacks.call("DescribeStacks")["Stacks"] == []


def test_an_export_in_use_keeps_its_stack(stacks: Stacks) -> None:
    exported = {"It": {"Value": {"Ref": "A"}, "Export": {"Name": "shared"}}}
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"A": thing()}, Outputs=exported))
    imports = template({"B": thing({"Fn::ImportValue": "shared"})})
    stacks.call("CreateStack", StackName="user", TemplateBody=imports)
    assert stacks.status("user") == "CREATE_COMPLETE"
    (export,) = stacks.call("ListExports")["Exports"]
    assert (export["Name"], export["Value"]) == ("shared", stacks.resources()["A"]["PhysicalResourceId"])
    assert stacks.call("ListImports", ExportName="shared") == {"Imports": ["user"]}
    stacks.call("DeleteStack", StackName="app")
    reason = "Export shared cannot be deleted as it is in use by user"
    assert stacks.events()[-2:] == [("app", "DELETE_IN_PROGRESS", "User Initiated"), ("app", "CREATE_COMPLETE", reason)]
    stacks.call("UpdateStack", StackName="app", TemplateBody=template({"A": thing()}))
    assert ("app", "UPDATE_ROLLBACK_IN_PROGRESS", reason) in stacks.events()
    stacks.call("DeleteStack", StackName="user")
    assert "is not imported by any stack" in stacks.refused("ListImports", ExportName="shared")
    stacks.call("DeleteStack", StackName="app")
    assert stacks.call("ListExports") == {"Exports": []}


def test_an_export_has_one_owner(stacks: Stacks) -> None:
    exported = {"It": {"Value": "1", "Export": {"Name": "shared"}}}
    body = template({"A": thing()}, Outputs=exported)
    stacks.call("CreateStack", StackName="app", TemplateBody=body)
    stacks.call("CreateStack", StackName="other", TemplateBody=body)
    assert stacks.status("other") == "ROLLBACK_COMPLETE"
    reason = "Export with name shared is already exported by stack app. Rollback requested by user."
    assert ("other", "ROLLBACK_IN_PROGRESS", reason) in stacks.events("other")


def test_a_stack_is_deleted_while_it_is_created(stacks: Stacks) -> None:
    wait = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": {"Handle": {"Ref": "H"}, "Timeout": "60"}}
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    body = template({"A": thing(), "H": handle, "W": wait, "B": thing(DependsOn="W")})
    context = stacks.begin("CreateStack", {"StackName": "app", "TemplateBody": body})
    stack_id = stacks.answer["StackId"]
    while not {"A", "W"} <= stacks.resources().keys():
        threading.Event().wait(0.01)
    stacks.call("DeleteStack", StackName="app")
    future = stacks.runs.future(context.begun[0])
    assert future is None or future.result(20) is None
    assert stacks.status(stack_id) == "DELETE_COMPLETE"
    assert stacks.world.things == {}
    assert ("W", "CREATE_FAILED", "Resource creation cancelled") in stacks.events(stack_id)
    assert "create B" not in stacks.world.calls
