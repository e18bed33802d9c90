"""Sources: AWS::StepFunctions::StateMachine, AWS::StepFunctions::Activity (AWS CloudFormation User Guide)."""

import json
from typing import Any

import pytest

from gatewright.base.errors import AwsError
from tests.unit.stacks.resource_types.companion.companion_stack import Stack

MACHINE = "AWS::StepFunctions::StateMachine"
ROLE = "arn:aws:iam::123456789012:role/r"


def passing(result: str) -> dict[str, Any]:
    return {"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": result, "End": True}}}


def definition(stack: Stack, arn: str) -> Any:
    return json.loads(stack.ask("stepfunctions", "DescribeStateMachine", stateMachineArn=arn)["definition"])


def test_a_state_machine(stack: Stack) -> None:
    made = stack.create(
        MACHINE,
        Definition=passing("${Text}"),
        DefinitionSubstitutions={"Text": "hello"},
        RoleArn=ROLE,
        StateMachineType="EXPRESS",
        TracingConfiguration={"Enabled": True},
        LoggingConfiguration={
            "Level": "ALL",
            "Destinations": [
                {"CloudWatchLogsLogGroup": {"LogGroupArn": "arn:aws:logs:eu-west-1:123456789012:log-group:g:*"}}
            ],
        },
        Tags=[{"Key": "a", "Value": "1"}],
    )
    name = f"shop-Thing-{stack.random_part}"
    arn = f"arn:aws:states:eu-west-1:123456789012:stateMachine:{name}"
    assert made.physical_id == arn
    assert (made.attributes["Arn"], made.attributes["Name"]) == (arn, name)
    found = stack.ask("stepfunctions", "DescribeStateMachine", stateMachineArn=arn)
    assert (found["type"], found["tracingConfiguration"]) == ("EXPRESS", {"enabled": True})
    assert found["loggingConfiguration"]["level"] == "ALL"
    assert definition(stack, arn) == passing("hello")
    assert stack.ask("stepfunctions", "ListTagsForResource", resourceArn=arn)["tags"] == [{"key": "a", "value": "1"}]
    assert (
        stack.repeat(MACHINE, Definition=passing("hello"), RoleArn=ROLE, StateMachineType="EXPRESS").physical_id == arn
    )
    stack.delete(MACHINE, made)
    assert stack.read(MACHINE, made) is None


def test_updates(stack: Stack) -> None:
    old = {"DefinitionString": json.dumps(passing("a")), "RoleArn": ROLE, "TracingConfiguration": {"Enabled": True}}
    new = {"DefinitionString": json.dumps(passing("b")), "RoleArn": f"{ROLE}2"}
    made = stack.create(MACHINE, **old)
    stack.update(MACHINE, made, old, new)
    found = stack.ask("stepfunctions", "DescribeStateMachine", stateMachineArn=made.physical_id)
    assert (found["roleArn"], found["tracingConfiguration"]) == (f"{ROLE}2", {"enabled": False})
    assert definition(stack, made.physical_id) == passing("b")
    now = stack.read(MACHINE, made)
    assert now is not None
    assert now["RoleArn"] == f"{ROLE}2"


@pytest.mark.parametrize(
    "text", [json.dumps(passing("${Word}")), "StartAt: P\nStates:\n  P: {Type: Pass, Result: '${Word}', End: true}\n"]
)
def test_a_definition_in_s3(stack: Stack, text: str) -> None:
    bucket = stack.create("AWS::S3::Bucket", "Bucket").physical_id
    stack.ask("s3", "PutObject", Bucket=bucket, Key="machine", Body=text.encode())
    made = stack.create(
        MACHINE,
        DefinitionS3Location={"Bucket": bucket, "Key": "machine"},
        DefinitionSubstitutions={"Word": "hello", "Unused": 1},
        RoleArn=ROLE,
    )
    assert definition(stack, made.physical_id) == passing("hello")


def test_a_definition_is_given_once(stack: Stack) -> None:
    with pytest.raises(AwsError, match="Exactly one of"):
        stack.create(MACHINE, RoleArn=ROLE)
    with pytest.raises(AwsError, match="Exactly one of"):
        stack.create(MACHINE, RoleArn=ROLE, Definition={}, DefinitionString="{}")


def test_an_activity(stack: Stack) -> None:
    name = f"work-{stack.random_part}"
    made = stack.create("AWS::StepFunctions::Activity", Name=name)
    arn = f"arn:aws:states:eu-west-1:123456789012:activity:{name}"
    assert made.physical_id == arn
    assert made.attributes == {"Arn": arn, "Name": name}
    new = {"Name": name, "Tags": [{"Key": "a", "Value": "1"}]}
    stack.update("AWS::StepFunctions::Activity", made, {"Name": name}, new)
    assert stack.ask("stepfunctions", "ListTagsForResource", resourceArn=arn)["tags"] == [{"key": "a", "value": "1"}]
    stack.delete("AWS::StepFunctions::Activity", made)
