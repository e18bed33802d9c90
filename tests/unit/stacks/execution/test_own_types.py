"""Custom resources, wait conditions, creation policies, the CDK's metadata, macros.

Sources: "Custom resource request and response reference", "Create wait conditions in a CloudFormation template",
"CreationPolicy attribute" (AWS CloudFormation User Guide).
"""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.stacks.execution.nodes import Stacks, template, thing

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:maker"
Function = Callable[[dict[str, Any]], dict[str, Any]]


def custom(**properties: Any) -> dict[str, Any]:
    return {"Type": "Custom::Maker", "Properties": {"ServiceToken": FUNCTION, **properties}}


def answering(stacks: Stacks, requests: list[dict[str, Any]], **answer: Any) -> Function:
    """Return a function that answers as told."""

    def function(event: dict[str, Any]) -> dict[str, Any]:
        requests.append(event)
        response = {"Status": "SUCCESS", "PhysicalResourceId": "made-1", "Data": {"Color": "red"}, **answer}
        stacks.responses.receive(event["ResponseURL"].rpartition("/")[2], json.dumps(response).encode())
        return {"Payload": b"null"}

    return function


def test_a_function_makes_a_custom_resource(stacks: Stacks) -> None:
    requests: list[dict[str, Any]] = []
    stacks.world.functions[FUNCTION] = answering(stacks, requests)
    resources = {"It": custom(Size=1, Flags=[True, "x"]), "User": thing({"Fn::GetAtt": ["It", "Color"]})}
    stack_id = stacks.call("CreateStack", StackName="app", TemplateBody=template(resources))["StackId"]
    assert stacks.status() == "CREATE_COMPLETE"
    assert stacks.resources()["It"]["PhysicalResourceId"] == "made-1"
    assert [each["Value"] for each in stacks.world.things.values()] == ["red"]
    (request,) = requests
    request.pop("RequestId"), request.pop("ResponseURL")
    assert request == {
        "RequestType": "Create",
        "ResourceType": "Custom::Maker",
        "StackId": stack_id,
        "LogicalResourceId": "It",
        "ResourceProperties": {"ServiceToken": FUNCTION, "Size": "1", "Flags": ["true", "x"]},
    }


def test_what_is_answered_with_no_echo_is_not_shown(stacks: Stacks) -> None:
    """NoEcho in "Custom resource request and response reference": values are masked when they are shown."""
    stacks.world.functions[FUNCTION] = answering(stacks, [], NoEcho=True)
    resources = {"It": custom(), "User": thing({"Fn::GetAtt": ["It", "Color"]})}
    stacks.call("CreateStack", StackName="app", TemplateBody=template(resources))
    assert [each["Value"] for each in stacks.world.things.values()] == ["red"]
    events = stacks.call("DescribeStackEvents", StackName="app")["StackEvents"]
    shown = [event["ResourceProperties"] for event in events if event["LogicalResourceId"] == "User"]
    assert len(shown) == 3
    assert all('"Value":"****"' in properties for properties in shown)
    assert "No updates" in stacks.refused("UpdateStack", StackName="app", TemplateBody=template(resources))


def test_another_physical_id_replaces(stacks: Stacks) -> None:
    """ "If the value returned is different from that of the create, the update is a replacement": Delete comes last."""
    requests: list[dict[str, Any]] = []
    stacks.world.functions[FUNCTION] = answering(stacks, requests)
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"It": custom(Size="1")}))
    stacks.world.functions[FUNCTION] = answering(stacks, requests, PhysicalResourceId="made-2")
    stacks.call("UpdateStack", StackName="app", TemplateBody=template({"It": custom(Size="2")}))
    assert stacks.resources()["It"]["PhysicalResourceId"] == "made-2"
    assert [(each["RequestType"], each.get("PhysicalResourceId")) for each in requests] == [
        ("Create", None),
        ("Update", "made-1"),
        ("Delete", "made-1"),
    ]
    assert requests[1]["OldResourceProperties"] == {"ServiceToken": FUNCTION, "Size": "1"}


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (
            lambda stacks: answering(stacks, [], Status="FAILED", Reason="Out of paint"),
            "Received response status [FAILED] from custom resource. Message returned: Out of paint (RequestId: ",
        ),
        (lambda stacks: answering(stacks, [], PhysicalResourceId=""), "Invalid PhysicalResourceId"),
        (lambda stacks: answering(stacks, [], Data="x" * 5000), "Response object is too long."),
        (
            lambda stacks: (
                lambda event: {
                    "FunctionError": "Unhandled",
                    "Payload": b'{"errorType": "Runtime.ImportModuleError", "errorMessage": "No module"}',
                }
            ),
            f"The function {FUNCTION} failed before it answered: Runtime.ImportModuleError: No module",
        ),
        (
            lambda stacks: lambda event: {"Payload": b"null"},
            "CloudFormation did not receive a response from your Custom Resource.",
        ),
    ],
)
def test_a_custom_resource_fails(stacks: Stacks, function: Callable[[Stacks], Function], reason: str) -> None:
    stacks.world.functions[FUNCTION] = function(stacks)
    body = template({"It": custom(ServiceTimeout="1")})
    stacks.call("CreateStack", StackName="app", TemplateBody=body)
    found = [text for name, status, text in stacks.events() if (name, status) == ("It", "CREATE_FAILED")]
    assert found[0].startswith(reason)


def test_a_url_is_good_for_one_answer(stacks: Stacks) -> None:
    name = stacks.responses.open(is_single=True)
    assert stacks.responses.receive(name, b"{}").value == 200
    assert stacks.responses.receive(name, b"{}").value == 403
    assert stacks.responses.receive("guessed", b"{}").value == 404


def waiting(**properties: str) -> str:
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    condition = {"Handle": {"Ref": "Handle"}, "Timeout": "20", **properties}
    wait = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": condition}
    outputs = {"Data": {"Value": {"Fn::GetAtt": ["Wait", "Data"]}}}
    return template({"Handle": handle, "Wait": wait}, Outputs=outputs)


def signal(stacks: Stacks, **members: str) -> None:
    """Send a signal to the handle of the stack, when it is there."""
    while not stacks.resources().get("Handle", {}).get("PhysicalResourceId"):
        threading.Event().wait(0.01)
    url = stacks.resources()["Handle"]["PhysicalResourceId"]
    stacks.responses.receive(url.rpartition("/")[2], json.dumps({"UniqueId": "1", **members}).encode())


def test_a_stack_waits_for_signals(stacks: Stacks) -> None:
    context = stacks.begin("CreateStack", {"StackName": "app", "TemplateBody": waiting(Count="2")})
    signal(stacks, Status="SUCCESS", Data="first")
    signal(stacks, Status="SUCCESS", Data="ignored, of the same id")
    assert stacks.status() == "CREATE_IN_PROGRESS"
    signal(stacks, Status="SUCCESS", Data="second", UniqueId="2")
    assert stacks.settled(context.begun[0]) == "CREATE_COMPLETE"
    assert json.loads(stacks.stack()["Outputs"][0]["OutputValue"]) == {"1": "first", "2": "second"}


def test_a_signal_may_say_failure(stacks: Stacks) -> None:
    context = stacks.begin("CreateStack", {"StackName": "app", "TemplateBody": waiting()})
    signal(stacks, Status="FAILURE", Reason="No disk")
    assert stacks.settled(context.begun[0]) == "ROLLBACK_COMPLETE"
    reason = "WaitCondition received failed message: 'No disk' for uniqueId: 1"
    assert ("Wait", "CREATE_FAILED", reason) in stacks.events()


def test_a_wait_ends(stacks: Stacks) -> None:
    stacks.call("CreateStack", StackName="app", TemplateBody=waiting(Timeout="0"))
    reason = "WaitCondition timed out. Received 0 conditions when expecting 1"
    assert ("Wait", "CREATE_FAILED", reason) in stacks.events()


def test_a_creation_policy_waits_for_signal_resource(stacks: Stacks) -> None:
    policy = {"ResourceSignal": {"Count": 1, "Timeout": "PT20S"}}
    wait = {"Type": "AWS::CloudFormation::WaitCondition", "CreationPolicy": policy}
    context = stacks.begin("CreateStack", {"StackName": "app", "TemplateBody": template({"Wait": wait})})
    while ("Wait", "CREATE_IN_PROGRESS", "Resource creation Initiated") not in stacks.events():
        threading.Event().wait(0.01)
    request = {"StackName": "app", "LogicalResourceId": "Wait", "UniqueId": "1", "Status": "SUCCESS"}
    stacks.call("SignalResource", **request)
    assert stacks.settled(context.begun[0]) == "CREATE_COMPLETE"
    assert "is not accepted" in stacks.refused("SignalResource", **request)


def test_the_cdks_metadata_is_a_record(stacks: Stacks) -> None:
    metadata = {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": "v2:deflate64:x"}}
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"CDKMetadata": metadata}))
    assert stacks.status() == "CREATE_COMPLETE"
