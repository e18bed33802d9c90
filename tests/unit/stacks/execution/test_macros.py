"""AWS::CloudFormation::Macro, and templates that name one.

What functions are asked and what is said of those that fail as recorded of AWS (localstack,
test_template_engine.snapshot.json, TestMacros; test_change_set_fn_transform.py).
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.unit.stacks.execution.nodes import Stacks, template, thing

EXPAND = {"Capabilities": ["CAPABILITY_AUTO_EXPAND"]}
Answer = Callable[[dict[str, Any]], Any]


def macro(stacks: Stacks, name: str, answer: Answer, stack: str = "macros") -> list[dict[str, Any]]:
    """Make a macro whose function answers so; return what it will be asked."""
    asked: list[dict[str, Any]] = []

    def function(event: dict[str, Any]) -> dict[str, Any]:
        asked.append(event)
        return {"Payload": json.dumps(answer(event)).encode()}

    stacks.world.functions[f"{name}-function"] = function
    properties = {"Name": name, "FunctionName": f"{name}-function"}
    body = template({"It": {"Type": "AWS::CloudFormation::Macro", "Properties": properties}})
    stacks.call("CreateStack", StackName=stack, TemplateBody=body)
    assert stacks.resources(stack)["It"]["PhysicalResourceId"] == name
    return asked


def made(event: Mapping[str, Any], fragment: Any) -> dict[str, Any]:
    """Return the answer of a macro that made something."""
    return {"requestId": event["requestId"], "status": "SUCCESS", "fragment": fragment}


def append(event: dict[str, Any]) -> dict[str, Any]:
    """Add the parameter Input to all texts that have a `~`."""
    text = json.dumps(event["fragment"]).replace("~", f"{event['params']['Input']} ~")
    return made(event, json.loads(text))


def test_a_macro_of_the_transform_section_gets_the_whole_template(stacks: Stacks) -> None:
    asked = macro(stacks, "Append", append)
    body = template(
        {"A": thing("~"), "B": thing({"Ref": "Said"})},
        Parameters={"Said": {"Type": "String", "Default": "x"}, "Many": {"Type": "CommaDelimitedList"}},
        Transform={"Name": "Append", "Parameters": {"Input": {"Ref": "Said"}}},
    )
    given = [{"ParameterKey": "Many", "ParameterValue": "a,b"}]
    stacks.call("CreateStack", StackName="app", TemplateBody=body, Parameters=given, **EXPAND)
    assert stacks.status() == "CREATE_COMPLETE"
    assert stacks.world.things[stacks.resources()["A"]["PhysicalResourceId"]]["Value"] == "x ~"
    (request,) = asked
    assert request.pop("requestId")
    assert request == {
        "accountId": "123456789012",
        "region": "us-east-1",
        "transformId": "123456789012::Append",
        "params": {"Input": "x"},
        "templateParameterValues": {"Said": "x", "Many": ["a", "b"]},
        "fragment": {name: member for name, member in json.loads(body).items() if name != "Transform"},
    }
    assert json.loads(stacks.call("GetTemplate", StackName="app")["TemplateBody"]) == json.loads(body)
    processed = json.loads(stacks.call("GetTemplate", StackName="app", TemplateStage="Processed")["TemplateBody"])
    assert "Transform" not in processed
    assert processed["Resources"]["A"]["Properties"]["Value"] == "x ~"


def test_parts_come_before_the_whole_and_in_their_order(stacks: Stacks) -> None:
    macro(stacks, "Append", append)

    def named(text: str) -> dict[str, Any]:
        return {"Name": "Append", "Parameters": {"Input": text}}

    resources = {"A": thing(Properties={"Value": "~", "Fn::Transform": [named("1"), named("2")]})}
    body = template(resources, Transform=[named("3"), named("4")])
    stacks.call("CreateStack", StackName="app", TemplateBody=body, **EXPAND)
    assert stacks.world.things[stacks.resources()["A"]["PhysicalResourceId"]]["Value"] == "1 2 3 4 ~"


def test_a_macro_may_make_a_text_of_a_part(stacks: Stacks) -> None:
    asked = macro(stacks, "Text", lambda event: made(event, event["params"]["Prefix"] + "!"))
    value = {"Fn::Transform": {"Name": "Text", "Parameters": {"Prefix": {"Fn::Join": ["-", ["a", "b"]]}}}}
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"A": thing(value)}), **EXPAND)
    assert stacks.world.things[stacks.resources()["A"]["PhysicalResourceId"]]["Value"] == "a-b!"
    assert asked[0]["fragment"] == {}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            lambda event: {"requestId": event["requestId"], "status": "failed", "fragment": {}, "errorMessage": "so"},
            "Transform 123456789012::Bad failed with: so",
        ),
        (
            lambda event: {"requestId": event["requestId"], "status": "failed", "fragment": {}},
            "Transform 123456789012::Bad failed without an error message.",
        ),
        (lambda event: made(event, "text"), "Template format error: unsupported structure."),
        (lambda event: {"status": "success"}, "Received malformed response from transform 123456789012::Bad"),
        (
            lambda event: {"requestId": "other", "status": "success", "fragment": {}},
            "Received malformed response from transform 123456789012::Bad",
        ),
    ],
)
def test_a_macro_that_fails_has_the_stack_rolled_back(stacks: Stacks, answer: Answer, reason: str) -> None:
    macro(stacks, "Bad", answer)
    body = template({"A": thing()}, Transform="Bad", Description="mine")
    stacks.call("CreateStack", StackName="app", TemplateBody=body, **EXPAND)
    assert stacks.events() == [
        ("app", "CREATE_IN_PROGRESS", "User Initiated"),
        ("app", "ROLLBACK_IN_PROGRESS", f"{reason}. Rollback requested by user."),
        ("app", "ROLLBACK_COMPLETE", ""),
    ]
    assert stacks.stack()["Description"] == "mine"
    request = {"ChangeSetName": "first", "ChangeSetType": "CREATE", "TemplateBody": body}
    answer_ = stacks.call("CreateChangeSet", StackName="other", **request)
    described = stacks.call("DescribeChangeSet", ChangeSetName=answer_["Id"])
    assert (described["Status"], described["StatusReason"]) == ("FAILED", reason)


def test_a_macro_that_fails_has_an_update_rolled_back(stacks: Stacks) -> None:
    macro(stacks, "Bad", lambda event: None)
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"A": thing("1")}))
    before = len(stacks.events())
    body = template({"A": thing("2")}, Transform="Bad")
    stacks.call("UpdateStack", StackName="app", TemplateBody=body, **EXPAND)
    assert [status for _, status, _ in stacks.events()[before:]] == [
        "UPDATE_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
    ]
    assert json.loads(stacks.call("GetTemplate", StackName="app")["TemplateBody"])["Resources"] == {"A": thing("1")}
    stacks.call("UpdateStack", StackName="app", TemplateBody=template({"A": thing("3")}))
    assert stacks.status() == "UPDATE_COMPLETE"


def test_functions_that_are_not_there_are_said(stacks: Stacks) -> None:
    macro(stacks, "Gone", lambda event: None)
    del stacks.world.functions["Gone-function"]
    body = template({"A": thing()}, Transform="Gone")
    stacks.call("CreateStack", StackName="app", TemplateBody=body, **EXPAND)
    reason = "Failed to execute transform 123456789012::Gone. Rollback requested by user."
    assert ("app", "ROLLBACK_IN_PROGRESS", reason) in stacks.events()


def test_transforms_are_acknowledged_before_they_are_run(stacks: Stacks) -> None:
    asked = macro(stacks, "Append", append)
    body = template({"A": thing()}, Transform={"Name": "Append", "Parameters": {"Input": "x"}})
    assert stacks.refused("CreateStack", StackName="app", TemplateBody=body) == (
        "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_AUTO_EXPAND]"
    )
    assert asked == []


def test_what_macros_get_must_be_known(stacks: Stacks) -> None:
    """DataDog/datadog-cloudformation-macro 25."""
    macro(stacks, "Append", append)
    transform = {"Name": "Append", "Parameters": {"Input": {"Fn::GetAtt": ["A", "Arn"]}}}
    body = template({"A": thing()}, Transform=transform)
    assert stacks.refused("CreateStack", StackName="app", TemplateBody=body, **EXPAND) == (
        "ValidationError: The value of parameter Input under transform Append must resolve to a string, number, "
        "boolean or a list of any of these."
    )


def test_a_macro_is_gone_with_its_stack_and_its_name_is_taken_once(stacks: Stacks) -> None:
    macro(stacks, "Append", append)
    body = template({"A": thing()}, Transform={"Name": "Append", "Parameters": {"Input": "x"}})
    properties = {"Name": "Append", "FunctionName": "f"}
    again = template({"It": {"Type": "AWS::CloudFormation::Macro", "Properties": properties}})
    stacks.call("CreateStack", StackName="again", TemplateBody=again)
    assert stacks.status("again") == "ROLLBACK_COMPLETE"
    stacks.call("CreateStack", StackName="app", TemplateBody=body, **EXPAND)
    assert stacks.status() == "CREATE_COMPLETE"
    stacks.call("DeleteStack", StackName="macros")
    assert stacks.refused("CreateStack", StackName="other", TemplateBody=body, **EXPAND) == (
        "ValidationError: No transform named 123456789012::Append found."
    )
