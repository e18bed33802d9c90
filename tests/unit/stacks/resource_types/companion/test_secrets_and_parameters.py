"""Sources: AWS::SecretsManager::Secret, ResourcePolicy, AWS::SSM::Parameter (AWS CloudFormation User Guide)."""

import json

import pytest

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Resource
from tests.unit.stacks.resource_types.companion.companion_stack import Stack

SECRET, PARAMETER = "AWS::SecretsManager::Secret", "AWS::SSM::Parameter"


def value(stack: Stack, made: Resource) -> str:
    found: str = stack.ask("secretsmanager", "GetSecretValue", SecretId=made.physical_id)["SecretString"]
    return found


def test_a_secret(stack: Stack) -> None:
    properties = {"SecretString": "s", "Description": "d", "Tags": [{"Key": "a", "Value": "1"}]}
    made = stack.create(SECRET, **properties)
    prefix = f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:Thing-{stack.random_part}-"
    assert made.physical_id.startswith(prefix)
    assert made.attributes == {"Id": made.physical_id}
    assert value(stack, made) == "s"
    assert stack.repeat(SECRET, **properties) == made
    assert stack.read(SECRET, made) == {
        "Name": f"Thing-{stack.random_part}",
        "Description": "d",
        "Tags": [{"Key": "a", "Value": "1"}],
    }
    stack.delete(SECRET, made)
    assert stack.read(SECRET, made) is None


def test_a_generated_secret(stack: Stack) -> None:
    made = stack.create(SECRET, GenerateSecretString={"PasswordLength": "20", "ExcludePunctuation": True})
    assert len(value(stack, made)) == 20
    assert value(stack, made).isalnum()
    template = {"SecretStringTemplate": '{"username":"admin"}', "GenerateStringKey": "password"}
    keyed = stack.create(SECRET, "Keyed", GenerateSecretString={**template, "PasswordLength": 8})
    document = json.loads(value(stack, keyed))
    assert (document["username"], len(document["password"])) == ("admin", 8)
    with pytest.raises(AwsError, match="both"):
        stack.create(SECRET, "Both", SecretString="s", GenerateSecretString={})


def test_a_secret_changes(stack: Stack) -> None:
    old, new = {"GenerateSecretString": {}, "Description": "d"}, {"SecretString": "new"}
    made = stack.create(SECRET, **old)
    generated = value(stack, made)
    stack.update(SECRET, made, old, {**old, "Description": "e"})
    assert value(stack, made) == generated
    call = stack.call(token="7b1f1d2e-0000-4000-8000-00000000000b")
    from gatewright.stacks.resource_types.secrets_manager.secret import TYPE

    assert TYPE.update is not None
    TYPE.update(call, made, old, new)
    assert value(stack, made) == "new"


def test_a_policy_of_a_secret(stack: Stack) -> None:
    secret = stack.create(SECRET, "Secret", SecretString="s")
    policy = {"Version": "2012-10-17", "Statement": []}
    properties = {"SecretId": secret.physical_id, "ResourcePolicy": policy}
    made = stack.create("AWS::SecretsManager::ResourcePolicy", **properties)
    assert made.physical_id == secret.physical_id
    stack.update("AWS::SecretsManager::ResourcePolicy", made, properties, properties)
    found = stack.ask("secretsmanager", "GetResourcePolicy", SecretId=secret.physical_id)
    assert json.loads(found["ResourcePolicy"]) == policy
    stack.delete("AWS::SecretsManager::ResourcePolicy", made)
    assert "ResourcePolicy" not in stack.ask("secretsmanager", "GetResourcePolicy", SecretId=secret.physical_id)


def test_a_parameter(stack: Stack) -> None:
    name = f"/shop/{stack.random_part}"
    properties = {"Name": name, "Type": "String", "Value": "v", "Tags": {"a": "1"}}
    made = stack.create(PARAMETER, **properties)
    assert made.physical_id == name
    arn = f"arn:aws:ssm:eu-west-1:123456789012:parameter{name}"
    assert made.attributes == {"Arn": arn, "Type": "String", "Value": "v"}
    assert stack.ask("ssm", "GetParameter", Name=name)["Parameter"]["ARN"] == arn
    assert stack.read(PARAMETER, made) == {"Name": name, "Type": "String", "Value": "v"}
    changed = stack.update(PARAMETER, made, properties, {**properties, "Value": "w", "Tags": {"b": "2"}})
    assert changed.attributes["Value"] == "w"
    tags = stack.ask("ssm", "ListTagsForResource", ResourceType="Parameter", ResourceId=name)["TagList"]
    assert tags == [{"Key": "b", "Value": "2"}]
    stack.delete(PARAMETER, made)
    assert stack.read(PARAMETER, made) is None


def test_a_parameter_without_a_name(stack: Stack) -> None:
    properties = {"Type": "StringList", "Value": "a,b"}
    made = stack.create(PARAMETER, **properties)
    assert made.physical_id == f"CFN-Thing-{stack.random_part}"
    assert stack.repeat(PARAMETER, **properties) == made


def test_a_parameter_of_somebody_else(stack: Stack) -> None:
    properties = {"Name": f"taken-by-{stack.random_part}x", "Type": "String", "Value": "v"}
    stack.create(PARAMETER, **properties)
    with pytest.raises(AwsError, match="ParameterAlreadyExists"):
        stack.create(PARAMETER, "Other", **properties)
