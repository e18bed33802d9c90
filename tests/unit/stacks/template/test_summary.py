"""What GetTemplateSummary and ValidateTemplate say.

GetTemplateSummary in the CloudFormation API Reference; as recorded in localstack's api/test_templates.snapshot.json.
"""

import json

import pytest

from gatewright.stacks.template import TemplateError, read_template, summarize


def test_all_that_is_said() -> None:
    found = summarize(
        read_template(
            """
AWSTemplateFormatVersion: 2010-09-09
Description: about it
Metadata: {TopicName: sns-topic-simple, Version: 1.10}
Parameters:
  KeyExample: {Type: "AWS::EC2::KeyPair::KeyName", Description: The key}
  Size: {Type: Number, Default: 2, AllowedValues: [1, 2]}
  Secret: {Type: String, NoEcho: true}
Resources:
  topic123: {Type: AWS::SNS::Topic}
  Role: {Type: AWS::IAM::Role, Properties: {}}
  other: {Type: AWS::SNS::Topic}
"""
        )
    )
    assert found.parameters == [
        {
            "ParameterKey": "KeyExample",
            "ParameterType": "AWS::EC2::KeyPair::KeyName",
            "NoEcho": False,
            "Description": "The key",
            "ParameterConstraints": {},
        },
        {
            "ParameterKey": "Size",
            "DefaultValue": "2",
            "ParameterType": "Number",
            "NoEcho": False,
            "ParameterConstraints": {"AllowedValues": ["1", "2"]},
        },
        {"ParameterKey": "Secret", "ParameterType": "String", "NoEcho": True, "ParameterConstraints": {}},
    ]
    assert (found.version, found.description) == ("2010-09-09", "about it")
    assert found.metadata == '{"TopicName":"sns-topic-simple","Version":1.10}'
    assert found.resource_types == ["AWS::SNS::Topic", "AWS::IAM::Role"]
    assert found.resource_identifier_summaries == [
        {"ResourceType": "AWS::SNS::Topic", "LogicalResourceIds": ["topic123", "other"]},
        {"ResourceType": "AWS::IAM::Role", "LogicalResourceIds": ["Role"]},
    ]
    assert found.capabilities == ["CAPABILITY_IAM"]
    assert found.capabilities_reason == "The following resource(s) require capabilities: [AWS::IAM::Role]"
    assert found.declared_transforms == []


@pytest.mark.parametrize(
    ("text", "capabilities", "reason"),
    [
        ("Resources: {A: {Type: AWS::SQS::Queue}}", [], None),
        ("Resources: {A: {Type: AWS::IAM::Policy}}", ["CAPABILITY_IAM"], "AWS::IAM::Policy"),
        (
            "Resources: {A: {Type: AWS::IAM::Role, Properties: {RoleName: x}}}",
            ["CAPABILITY_NAMED_IAM"],
            "AWS::IAM::Role",
        ),
        (
            "Resources: {A: {Type: AWS::IAM::Policy, Properties: {PolicyName: x}}}",
            ["CAPABILITY_IAM"],
            "AWS::IAM::Policy",
        ),
        (
            "Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: AWS::Serverless::Function}}",
            ["CAPABILITY_AUTO_EXPAND"],
            "AWS::Serverless-2016-10-31",
        ),
        (
            "Transform: [Macro]\nResources: {A: {Type: AWS::IAM::User, Properties: {UserName: x}}, Fn::ForEach::L: []}",
            ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            "AWS::IAM::User, Macro",
        ),
    ],
)
def test_capabilities(text: str, capabilities: list[str], reason: str | None) -> None:
    found = summarize(read_template(text))
    assert found.capabilities == capabilities
    said = found.capabilities_reason
    assert said == (reason and f"The following resource(s) require capabilities: [{reason}]")


def test_a_template_is_checked_without_parameters() -> None:
    with pytest.raises(TemplateError) as caught:
        summarize(read_template("Parameters: {P: {Type: String}}\nResources: {A: {Type: T, Properties: {V: !Ref B}}}"))
    assert caught.value.message == (
        "Template format error: Unresolved resource dependencies [B] in the Resources block of the template"
    )


def test_what_transforms_have_yet_to_make_is_summarized_as_it_is() -> None:
    found = summarize(read_template(json.dumps({"Transform": "Macro", "Resources": {"A": {"Type": "T"}, "B": 1}})))
    assert (found.declared_transforms, found.resource_types) == (["Macro"], ["T"])
