"""Nested stacks: made, changed, rolled back and removed with their parents.

Sources: "AWS::CloudFormation::Stack", "Embed stacks within other stacks", "Nested stacks are stuck in
UPDATE_COMPLETE_CLEANUP_IN_PROGRESS" (AWS CloudFormation User Guide). Reasons as people quote them of AWS ("Embedded
stack arn:… was not successfully updated. Currently in UPDATE_ROLLBACK_IN_PROGRESS with reason: …").
"""

import threading

import pytest

from gatewright.stacks.execution.errors import ResourceFailed
from gatewright.stacks.execution.nesting import DEEPEST, MOST, count_new
from gatewright.stacks.execution.places import STACK
from tests.unit.stacks.execution.nodes import FIXED, PLACE, Stacks, child, nested, template, thing


def parent(**parameters: str) -> str:
    user = thing({"Fn::GetAtt": ["Child", "Outputs.Made"]})
    return template({"Child": nested(**parameters), "User": user})


def test_a_nested_stack_is_a_resource(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child()
    stacks.call("CreateStack", StackName="app", TemplateBody=parent(Value="1"))
    assert stacks.status() == "CREATE_COMPLETE"
    child_id = stacks.resources()["Child"]["PhysicalResourceId"]
    described = stacks.stack(child_id)
    assert described["StackName"].startswith("app-Child-")
    assert described["RootId"] == described["ParentId"] == stacks.stack()["StackId"]
    made = stacks.resources(child_id)["Thing"]["PhysicalResourceId"]
    assert {each["Value"] for each in stacks.world.things.values()} == {"1", made}
    stacks.call("UpdateStack", StackName="app", TemplateBody=parent(Value="2"))
    assert stacks.status(child_id) == "UPDATE_COMPLETE"
    assert stacks.world.things[made]["Value"] == "2"
    stacks.call("DeleteStack", StackName="app")
    assert stacks.status(child_id) == "DELETE_COMPLETE"
    assert stacks.world.things == {}


def test_a_nested_stack_that_fails_fails_its_parent(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child()
    stacks.world.failing = {"create Thing": "No"}
    stacks.call("CreateStack", StackName="app", TemplateBody=parent())
    assert stacks.status() == "ROLLBACK_COMPLETE"
    child_id = stacks.resources()["Child"]["PhysicalResourceId"]
    reason = "The following resource(s) failed to create: [Thing]. "
    failed = ("Child", "CREATE_FAILED", f"Embedded stack {child_id} was not successfully created: {reason}")
    assert failed in stacks.events()
    assert stacks.status(child_id) == "DELETE_COMPLETE"


def test_a_nested_stack_is_given_up_with_its_parent(stacks: Stacks) -> None:
    """ "Resource creation cancelled": what waits in it does not hold up the roll-back."""
    wait = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": {"Handle": {"Ref": "H"}, "Timeout": "60"}}
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    stacks.world.objects["templates/child.json"] = child(H=handle, W=wait)
    release = threading.Event()
    stacks.world.blocked = {"create Failing": release}
    stacks.world.failing = {"create Failing": "No"}
    body = template({"Child": nested(), "Failing": thing()})
    context = stacks.begin("CreateStack", {"StackName": "app", "TemplateBody": body})
    while ("Child", "CREATE_IN_PROGRESS", "Resource creation Initiated") not in stacks.events():
        threading.Event().wait(0.01)
    release.set()
    assert stacks.settled(context.begun[0]) == "ROLLBACK_COMPLETE"
    assert ("Child", "CREATE_FAILED", "Resource creation cancelled") in stacks.events()
    child_id = stacks.resources()["Child"]["PhysicalResourceId"]
    assert stacks.status(child_id) == "DELETE_COMPLETE"


def test_a_template_that_is_not_there_fails_the_nested_stack(stacks: Stacks) -> None:
    stacks.call("CreateStack", StackName="app", TemplateBody=parent())
    (reason,) = [reason for name, status, reason in stacks.events() if (name, status) == ("Child", "CREATE_FAILED")]
    assert reason.startswith("S3 error: The specified key does not exist.")


def test_a_parents_rollback_restores_its_nested_stacks(stacks: Stacks) -> None:
    """The template of before is not read again: its object may be gone."""
    stacks.world.objects["templates/child.json"] = child()
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"Child": nested(Value="1")}))
    child_id = stacks.resources()["Child"]["PhysicalResourceId"]
    del stacks.world.objects["templates/child.json"]
    stacks.world.objects["templates/next.json"] = child(Added=thing())
    stacks.world.failing = {"create Failing": "No"}
    new = {"Child": nested("next.json", Value="2"), "Failing": thing(DependsOn="Child")}
    stacks.call("UpdateStack", StackName="app", TemplateBody=template(new))
    assert stacks.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert [each["Value"] for each in stacks.world.things.values()] == ["1"]
    assert list(stacks.resources(child_id)) == ["Thing"]


def made(stacks: Stacks, **nested_parameters: str) -> str:
    """Make a stack with a nested one; return the id of that."""
    stacks.call("CreateStack", StackName="app", TemplateBody=parent(**nested_parameters))
    assert stacks.status() == "CREATE_COMPLETE"
    return str(stacks.resources()["Child"]["PhysicalResourceId"])


def statuses(stacks: Stacks, name: str) -> list[str]:
    """Return the statuses that a stack itself has had."""
    stack_name = stacks.stack(name)["StackName"]
    return [status for logical_id, status, _ in stacks.events(name) if logical_id == stack_name]


def test_another_template_behind_the_same_url_updates_the_nested_stack(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child("1")
    child_id = made(stacks)
    assert "No updates are to be performed." in stacks.refused("UpdateStack", StackName="app", TemplateBody=parent())
    stacks.world.objects["templates/child.json"] = child("2")
    stacks.call("UpdateStack", StackName="app", UsePreviousTemplate=True)
    assert (stacks.status(), stacks.status(child_id)) == ("UPDATE_COMPLETE", "UPDATE_COMPLETE")
    thing_id = stacks.resources(child_id)["Thing"]["PhysicalResourceId"]
    assert stacks.world.things[thing_id]["Value"] == "2"
    assert "No updates are to be performed." in stacks.refused("UpdateStack", StackName="app", UsePreviousTemplate=True)


def test_a_nested_stack_that_stays_is_left_alone(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child()
    stacks.world.objects["templates/other.json"] = child("other")
    body = template({"Child": nested(Value="1"), "Other": nested("other.json")})
    stacks.call("CreateStack", StackName="app", TemplateBody=body)
    other_id = stacks.resources()["Other"]["PhysicalResourceId"]
    before = stacks.events(other_id)
    body = template({"Child": nested(Value="2"), "Other": nested("other.json")})
    stacks.call("UpdateStack", StackName="app", TemplateBody=body)
    assert stacks.events(other_id) == before
    assert ("Other", "UPDATE_COMPLETE", "") not in stacks.events()


def test_a_template_within_a_nested_template_is_read_again(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = template({"Inner": nested("inner.json")})
    stacks.world.objects["templates/inner.json"] = child("1")
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"Child": nested()}))
    stacks.world.objects["templates/inner.json"] = child("2")
    stacks.call("UpdateStack", StackName="app", UsePreviousTemplate=True)
    assert stacks.status() == "UPDATE_COMPLETE"
    assert [each["Value"] for each in stacks.world.things.values()] == ["2"]


def test_an_output_that_is_new_is_there_for_the_parent(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child()
    made(stacks)
    stacks.world.objects["templates/child.json"] = child(outputs={"More": {"Value": "more"}})
    user = thing({"Fn::GetAtt": ["Child", "Outputs.More"]})
    stacks.call("UpdateStack", StackName="app", TemplateBody=template({"Child": nested(), "User": user}))
    assert stacks.status() == "UPDATE_COMPLETE"
    assert "more" in {each["Value"] for each in stacks.world.things.values()}
    missing = thing({"Fn::GetAtt": ["Child", "Outputs.Nothing"]})
    body = template({"Child": nested(), "User": missing})
    assert "Output 'Nothing' not found in stack" in stacks.refused("UpdateStack", StackName="app", TemplateBody=body)


def test_what_a_nested_stack_became_by_itself_is_known_after_the_next_update(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child(outputs={"More": {"Value": "1"}})
    body = template({"Child": nested(), "User": thing({"Fn::GetAtt": ["Child", "Outputs.More"]})})
    stacks.call("CreateStack", StackName="app", TemplateBody=body)
    child_id = stacks.resources()["Child"]["PhysicalResourceId"]
    stacks.world.objects["templates/child.json"] = new = child(outputs={"More": {"Value": "2"}})
    stacks.call("UpdateStack", StackName=child_id, TemplateBody=new)
    assert stacks.status(child_id) == "UPDATE_COMPLETE"
    stacks.call("UpdateStack", StackName="app", TemplateBody=body)
    assert "2" in {each["Value"] for each in stacks.world.things.values()}


def test_a_failed_update_says_what_failed_in_the_nested_stack(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child("1")
    child_id = made(stacks)
    stacks.world.failing = {"update Thing": "No"}
    stacks.world.objects["templates/child.json"] = child("2")
    stacks.call("UpdateStack", StackName="app", UsePreviousTemplate=True)
    reason = (
        f"Embedded stack {child_id} was not successfully updated. Currently in UPDATE_ROLLBACK_IN_PROGRESS with "
        "reason: The following resource(s) failed to update: [Thing]. "
    )
    assert ("Child", "UPDATE_FAILED", reason) in stacks.events()


def test_a_nested_stack_is_rolled_back_with_what_its_update_replaced(stacks: Stacks) -> None:
    """Nothing that is needed again was deleted: the clean-up waits for that of the parent."""
    topic = {"Type": FIXED, "Properties": {"TopicName": "one"}}
    stacks.world.objects["templates/child.json"] = child("1", Topic=topic)
    child_id = made(stacks)
    before = {name: dict(each) for name, each in stacks.world.things.items()}
    other = {"Type": FIXED, "Properties": {"TopicName": "two"}}
    stacks.world.objects["templates/child.json"] = child("2", Topic=other, Added=thing())
    stacks.world.failing = {"create Failing": "No"}
    stacks.world.calls.clear()
    resources = {"Child": nested(), "Failing": thing(DependsOn="Child")}
    stacks.call("UpdateStack", StackName="app", TemplateBody=template(resources))
    assert (stacks.status(), stacks.status(child_id)) == ("UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
    assert {name: each for name, each in stacks.world.things.items() if name in before} == before
    assert stacks.world.calls.count("create Topic") == 1
    assert statuses(stacks, child_id)[2:] == [
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
    ]


def test_a_clean_up_waits_for_that_of_the_parent(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child(Gone=thing())
    child_id = made(stacks)
    stacks.world.objects["templates/child.json"] = child()
    release = threading.Event()
    stacks.world.blocked = {"create Slow": release}
    resources = {"Child": nested(), "User": thing(), "Slow": thing(DependsOn="Child")}
    context = stacks.begin("UpdateStack", {"StackName": "app", "TemplateBody": template(resources)})
    while "create Slow" not in stacks.world.calls:
        threading.Event().wait(0.01)
    assert stacks.status(child_id) == "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    assert "delete Gone" not in stacks.world.calls
    assert "can not be updated" in stacks.refused("UpdateStack", StackName=child_id, TemplateBody=child("2"))
    release.set()
    assert stacks.settled(context.begun[0]) == "UPDATE_COMPLETE"
    assert stacks.status(child_id) == "UPDATE_COMPLETE"
    assert "delete Gone" in stacks.world.calls


def test_who_waits_for_a_stack_sees_that_its_nested_stacks_get_on(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child(Next=thing(DependsOn="Thing"), Last=thing(DependsOn="Next"))
    waits = {name: threading.Event() for name in ("create Next", "create Last")}
    stacks.world.blocked = waits
    context = stacks.begin("CreateStack", {"StackName": "app", "TemplateBody": template({"Child": nested()})})
    (uuid,) = context.begun
    seen = []
    for name, release in waits.items():
        while name not in stacks.world.calls:
            threading.Event().wait(0.01)
        seen.append(stacks.runs.steps(uuid))
        release.set()
    assert stacks.settled(uuid) == "CREATE_COMPLETE"
    assert 0 < seen[0] < seen[1]


def test_a_nested_stack_that_somebody_deleted_cannot_be_updated(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child()
    body = template({"Child": nested(), "A": thing("1")})
    stacks.call("CreateStack", StackName="app", TemplateBody=body)
    child_id = stacks.resources()["Child"]["PhysicalResourceId"]
    stacks.call("DeleteStack", StackName=child_id)
    body = template({"Child": nested(), "A": thing("2", DependsOn="Child")})
    stacks.call("UpdateStack", StackName="app", TemplateBody=body)
    assert ("Child", "UPDATE_FAILED", f"Stack [{child_id}] does not exist") in stacks.events()
    assert (stacks.status(), stacks.status(child_id)) == ("UPDATE_ROLLBACK_COMPLETE", "DELETE_COMPLETE")
    stacks.call("UpdateStack", StackName="app", TemplateBody=template({"A": thing("2")}))
    assert stacks.status() == "UPDATE_COMPLETE"


def test_a_template_that_is_gone_fails_the_update(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child()
    child_id = made(stacks)
    del stacks.world.objects["templates/child.json"]
    stacks.call("UpdateStack", StackName="app", UsePreviousTemplate=True)
    (reason,) = [reason for name, status, reason in stacks.events() if (name, status) == ("Child", "UPDATE_FAILED")]
    assert reason.startswith("S3 error: The specified key does not exist.")
    assert (stacks.status(), stacks.status(child_id)) == ("UPDATE_ROLLBACK_COMPLETE", "CREATE_COMPLETE")


def test_what_was_kept_as_it_failed_is_updated_again(stacks: Stacks) -> None:
    """DisableRollback is the parent's and that of all within it."""
    stacks.world.objects["templates/child.json"] = child("1")
    child_id = made(stacks)
    stacks.world.objects["templates/child.json"] = child("2", Added=thing())
    stacks.world.failing = {"create Added": "No"}
    stacks.call("UpdateStack", StackName="app", UsePreviousTemplate=True, DisableRollback=True)
    assert (stacks.status(), stacks.status(child_id)) == ("UPDATE_FAILED", "UPDATE_FAILED")
    stacks.world.failing = {}
    stacks.call("UpdateStack", StackName="app", UsePreviousTemplate=True, DisableRollback=True)
    assert (stacks.status(), stacks.status(child_id)) == ("UPDATE_COMPLETE", "UPDATE_COMPLETE")
    assert sorted(stacks.resources(child_id)) == ["Added", "Thing"]


def test_what_was_kept_as_it_failed_is_rolled_back(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child("1")
    child_id = made(stacks)
    stacks.world.objects["templates/child.json"] = child("2", Added=thing())
    stacks.world.failing = {"create Failing": "No"}
    resources = {"Child": nested(), "Failing": thing(DependsOn="Child")}
    body = template(resources)
    stacks.call("UpdateStack", StackName="app", TemplateBody=body, DisableRollback=True)
    assert stacks.status() == "UPDATE_FAILED"
    assert sorted(stacks.resources(child_id)) == ["Added", "Thing"]
    stacks.call("RollbackStack", StackName="app")
    assert (stacks.status(), stacks.status(child_id)) == ("UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
    thing_id = stacks.resources(child_id)["Thing"]["PhysicalResourceId"]
    assert (list(stacks.resources(child_id)), stacks.world.things[thing_id]["Value"]) == (["Thing"], "1")


def test_a_roll_back_that_failed_within_is_continued_from_the_parent(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child("1")
    child_id = made(stacks)
    stacks.world.objects["templates/child.json"] = child("2", Added=thing(DependsOn="Thing"))
    stacks.world.failing = {"create Added": "No"}
    stacks.world.failing_again = {"update Thing": "No"}
    stacks.call("UpdateStack", StackName="app", UsePreviousTemplate=True)
    assert (stacks.status(), stacks.status(child_id)) == ("UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED")
    stacks.world.failing_again = {}
    stacks.call("ContinueUpdateRollback", StackName="app")
    assert (stacks.status(), stacks.status(child_id)) == ("UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
    assert "1" in {each["Value"] for each in stacks.world.things.values()}


def test_what_cannot_be_rolled_back_in_a_nested_stack_is_skipped(stacks: Stacks) -> None:
    """ResourcesToSkip names resources of nested stacks by the name of their stack."""
    stacks.world.objects["templates/child.json"] = child("1")
    child_id = made(stacks)
    stacks.world.objects["templates/child.json"] = child("2", Added=thing(DependsOn="Thing"))
    stacks.world.failing = {"create Added": "No"}
    stacks.world.failing_again = {"update Thing": "No"}
    stacks.call("UpdateStack", StackName="app", UsePreviousTemplate=True)
    assert stacks.status() == "UPDATE_ROLLBACK_FAILED"
    refused = stacks.refused("ContinueUpdateRollback", StackName=child_id)
    assert refused == "ValidationError: RollbackUpdatedStack cannot be invoked on child stacks"
    name = stacks.stack(child_id)["StackName"]
    refused = stacks.refused("ContinueUpdateRollback", StackName="app", ResourcesToSkip=["Child"])
    assert refused == "ValidationError: Nested stacks could not be skipped"
    refused = stacks.refused("ContinueUpdateRollback", StackName="app", ResourcesToSkip=[f"{name}.Nothing"])
    assert refused == f"ValidationError: Resource Nothing does not belong to stack {name}"
    stacks.call("ContinueUpdateRollback", StackName="app", ResourcesToSkip=[f"{name}.Thing"])
    assert (stacks.status(), stacks.status(child_id)) == ("UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


def test_a_root_protects_its_nested_stacks(stacks: Stacks) -> None:
    """ "Protect CloudFormation stacks from being deleted": of nested stacks, the root says it."""
    stacks.world.objects["templates/child.json"] = child()
    body = template({"Child": nested()})
    stacks.call("CreateStack", StackName="app", TemplateBody=body, EnableTerminationProtection=True)
    child_id = stacks.resources()["Child"]["PhysicalResourceId"]
    assert stacks.stack(child_id)["EnableTerminationProtection"] is True
    assert "while TerminationProtection is enabled" in stacks.refused("DeleteStack", StackName=child_id)
    stacks.call("UpdateTerminationProtection", StackName="app", EnableTerminationProtection=False)
    stacks.call("DeleteStack", StackName=child_id)
    assert stacks.status(child_id) == "DELETE_COMPLETE"


def test_a_nested_template_with_a_transform_needs_its_capability(stacks: Stacks) -> None:
    """CAPABILITY_AUTO_EXPAND of the parent is that of the stacks within it."""
    expanded = template({"Thing": thing()}, Transform="AWS::LanguageExtensions")
    stacks.world.objects["templates/child.json"] = expanded
    body = template({"Child": nested()})
    stacks.call("CreateStack", StackName="app", TemplateBody=body)
    reasons = [reason for name, status, reason in stacks.events() if (name, status) == ("Child", "CREATE_FAILED")]
    assert reasons == ["Requires capabilities : [CAPABILITY_AUTO_EXPAND]"]
    stacks.call("CreateStack", StackName="other", TemplateBody=body, Capabilities=["CAPABILITY_AUTO_EXPAND"])
    assert stacks.status("other") == "CREATE_COMPLETE"


def test_tags_are_handed_down_and_topics_are_not(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child()
    resource = nested()
    resource["Properties"] |= {"Tags": [{"Key": "own", "Value": "1"}, {"Key": "both", "Value": "child"}]}
    resource["Properties"]["NotificationARNs"] = ["arn:aws:sns:us-east-1:123456789012:own"]
    tags = [{"Key": "team", "Value": "a"}, {"Key": "both", "Value": "parent"}]
    request = {"StackName": "app", "TemplateBody": template({"Child": resource}), "Tags": tags}
    stacks.call("CreateStack", NotificationARNs=["arn:aws:sns:us-east-1:123456789012:top"], **request)
    described = stacks.stack(stacks.resources()["Child"]["PhysicalResourceId"])
    assert {tag["Key"]: tag["Value"] for tag in described["Tags"]} == {"team": "a", "own": "1", "both": "child"}
    assert described["NotificationARNs"] == ["arn:aws:sns:us-east-1:123456789012:own"]


def test_a_nested_stack_that_cannot_be_deleted_fails_its_parent(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = child()
    child_id = made(stacks)
    stacks.world.failing = {"delete Thing": "No"}
    stacks.call("DeleteStack", StackName="app")
    reason = (
        f"Embedded stack {child_id} was not successfully deleted: The following resource(s) failed to delete: [Thing]. "
    )
    assert ("Child", "DELETE_FAILED", reason) in stacks.events()
    assert (stacks.status(), stacks.status(child_id)) == ("DELETE_FAILED", "DELETE_FAILED")
    stacks.world.failing = {}
    stack_id = stacks.stack()["StackId"]
    stacks.call("DeleteStack", StackName="app")
    assert (stacks.status(stack_id), stacks.status(child_id)) == ("DELETE_COMPLETE", "DELETE_COMPLETE")


def test_a_template_that_nests_itself_fails_at_a_bound(stacks: Stacks) -> None:
    stacks.world.objects["templates/child.json"] = template({"Child": nested()})
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"Child": nested()}), OnFailure="DO_NOTHING")
    assert stacks.status() == "CREATE_FAILED"
    found = stacks.call("DescribeStacks")["Stacks"]
    assert len(found) == DEEPEST + 1
    reasons = [reason for each in found for _, _, reason in stacks.events(each["StackId"])]
    assert f"Stacks cannot be nested more than {DEEPEST} deep." in reasons
    stacks.call("DeleteStack", StackName="app")
    assert stacks.call("DescribeStacks")["Stacks"] == []


def test_an_operation_makes_so_many_nested_stacks(stacks: Stacks) -> None:
    """The topmost stack that is worked on counts all of those within it."""
    root_id, middle_id = (PLACE.stack_arn(name, name) for name in ("root", "middle"))
    root = {"Uuid": "root", "StackId": root_id, "Operation": {"NewNestedStacks": MOST - 1}}
    middle = {"Uuid": "middle", "StackId": middle_id, "ParentId": root_id, "Operation": {}}
    with stacks.store.write() as writer:
        for stack in (root, middle):
            writer.put(PLACE.key(STACK, str(stack["Uuid"])), stack)
        count_new(writer, PLACE, middle)
        with pytest.raises(ResourceFailed, match=f"more than {MOST} nested stacks"):
            count_new(writer, PLACE, middle)
