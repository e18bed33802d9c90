"""AWS::LanguageExtensions.

AWS CloudFormation Template Reference Guide, "AWS::LanguageExtensions transform" and the examples of "Fn::ForEach";
messages as in aws-cloudformation/cfn-language-discussion, issues 147 and 156.
"""

import json

import pytest

from gatewright.stacks.template import Template, TemplateError, expand, read_template, resolve_parameters
from tests.unit.stacks.template.surroundings import ENVIRONMENT, SEAMS, FakeMacros, evaluation_of


def expanded(text: str) -> Template:
    template = read_template("Transform: AWS::LanguageExtensions\n" + text)
    parameters = resolve_parameters(template.document, {}, {}, [], SEAMS)
    return expand(template, parameters, ENVIRONMENT, SEAMS, FakeMacros())


def refusal(text: str) -> str:
    with pytest.raises(TemplateError) as caught:
        expanded(text)
    return caught.value.message.removeprefix("Transform AWS::LanguageExtensions failed with: ")


def test_a_loop_over_resources() -> None:
    found = expanded(
        """
Parameters: {Names: {Type: CommaDelimitedList, Default: "Success, Failure"}}
Resources:
  First: {Type: T::T::T}
  Fn::ForEach::Topics:
    - TopicName
    - !Ref Names
    - SnsTopic${TopicName}:
        Type: AWS::SNS::Topic
        DependsOn: First
        Properties: {TopicName: !Ref TopicName, Url: !Sub "x-${TopicName}-${AWS::Region}", Text: "${TopicName}"}
  Last: {Type: T::T::T, Properties: {V: !GetAtt [SnsTopicFailure, Arn]}}
Outputs:
  Fn::ForEach::Arns:
    - TopicName
    - [Success, Failure]
    - "Arn${TopicName}": {Value: !GetAtt ["SnsTopic${TopicName}", Arn]}
"""
    )
    assert list(found.document) == ["Parameters", "Resources", "Outputs"]
    assert list(found.document["Resources"]) == ["First", "SnsTopicSuccess", "SnsTopicFailure", "Last"]
    assert found.document["Resources"]["SnsTopicSuccess"] == {
        "Type": "AWS::SNS::Topic",
        "DependsOn": "First",
        "Properties": {
            "TopicName": "Success",
            "Url": {"Fn::Sub": "x-Success-${AWS::Region}"},
            "Text": "Success",
        },
    }
    assert found.document["Outputs"] == {
        "ArnSuccess": {"Value": {"Fn::GetAtt": ["SnsTopicSuccess", "Arn"]}},
        "ArnFailure": {"Value": {"Fn::GetAtt": ["SnsTopicFailure", "Arn"]}},
    }
    assert read_template(found.text).document == found.document
    assert json.loads(found.text) == found.document


def test_loops_in_each_other_in_properties_and_in_conditions() -> None:
    found = expanded(
        """
Mappings: {Zones: {a: {Names: ["1", "2"]}, b: {Names: ["3"]}}}
Conditions:
  Fn::ForEach::Is:
    - Letter
    - [a, b]
    - "Is${Letter}": !Equals [!Ref Letter, a]
Resources:
  Fn::ForEach::Outer:
    - Letter
    - [a, b]
    - Fn::ForEach::Inner:
        - Number
        - !FindInMap [Zones, !Ref Letter, Names]
        - R${Letter}${Number}:
            Type: T::T::T
            Condition: Is${Letter}
            Properties:
              Fn::ForEach::Props:
                - Key
                - [x, y]
                - "P${Key}": {Ref: Key}
"""
    )
    assert list(found.document["Resources"]) == ["Ra1", "Ra2", "Rb3"]
    assert found.document["Resources"]["Rb3"] == {
        "Type": "T::T::T",
        "Condition": "Isb",
        "Properties": {"Px": "x", "Py": "y"},
    }
    assert found.document["Conditions"] == {
        "Isa": {"Fn::Equals": ["a", "a"]},
        "Isb": {"Fn::Equals": ["b", "a"]},
    }


def test_names_lose_what_is_no_letter_or_digit() -> None:
    found = expanded(
        """
Resources:
  Fn::ForEach::Subnets:
    - Cidr
    - [10.0.0.0/24, 10.0.1.0/24]
    - "Subnet&{Cidr}": {Type: T::T::T, Properties: {CidrBlock: "${Cidr}", N: 1}}
"""
    )
    assert found.document["Resources"] == {
        "Subnet1000024": {"Type": "T::T::T", "Properties": {"CidrBlock": "10.0.0.0/24", "N": 1}},
        "Subnet1001024": {"Type": "T::T::T", "Properties": {"CidrBlock": "10.0.1.0/24", "N": 1}},
    }


def test_what_depends_on_parameters_only_is_worked_out() -> None:
    found = expanded(
        """
Parameters: {Names: {Type: CommaDelimitedList, Default: "a,b"}, Name: {Type: String, Default: B}}
Mappings: {M: {eu-central-1: {V: 1.10}}}
Conditions: {IsLong: !Equals [!Length [a, b], 2]}
Resources:
  A:
    Type: T::T::T
    Properties:
      Length: !Length {Ref: Names}
      Json: !ToJsonString {a: !Ref Name, b: !If [IsLong, 1.10, 2]}
      Later: !ToJsonString {a: !Ref B}
      Mapped: !FindInMap [M, !Ref AWS::Region, V]
      Default: !FindInMap [M, nowhere, V, {DefaultValue: !Sub "${Name}!"}]
      None: !FindInMap [M, nowhere, V, {DefaultValue: !Ref AWS::NoValue}]
      Ref: {Ref: !Ref Name}
      GetAtt: {Fn::GetAtt: [!Sub "${Name}", !Join ["", [A, rn]]]}
  B: {Type: T::T::T}
"""
    )
    properties = found.document["Resources"]["A"]["Properties"]
    assert properties == {
        "Length": 2,
        "Json": '{"a":"B","b":1.10}',
        "Later": {"Fn::ToJsonString": {"a": {"Ref": "B"}}},
        "Mapped": 1.1,
        "Default": "B!",
        "None": {"Ref": "AWS::NoValue"},
        "Ref": {"Ref": "B"},
        "GetAtt": {"Fn::GetAtt": ["B", "Arn"]},
    }
    assert '"Mapped":1.10' in found.text


@pytest.mark.parametrize(
    ("loop", "message"),
    [
        ("x", "Fn::ForEach layout is incorrect"),
        ("[N, [a]]", "Fn::ForEach layout is incorrect"),
        ("[N, [a], x]", "Fn::ForEach layout is incorrect"),
        ("['N-1', [a], {'A${N-1}': {Type: T}}]", "Fn::ForEach layout is incorrect"),
        ("[N, a, {'A${N}': {Type: T}}]", "Fn::ForEach layout is incorrect: its collection must be a list of strings"),
        (
            "[N, [[a]], {'A${N}': {Type: T}}]",
            "Fn::ForEach layout is incorrect: its collection must be a list of strings",
        ),
        ("[N, [a, a], {'A${N}': {Type: T}}]", "Duplicate key Aa in Fn::ForEach::L"),
        ("[N, [a, b], {A: {Type: T}}]", "Duplicate key A in Fn::ForEach::L"),
        ("[P, [a], {'A${P}': {Type: T}}]", "Fn::ForEach cannot use the name of a parameter as its identifier: P"),
        (
            "[N, !Ref Nothing, {'A${N}': {Type: T}}]",
            "Template error: Nothing is no parameter, and no resource can be named here.",
        ),
        ("[N, [a-b], {'A${N}': {Type: T}}]", "Template format error: Resource name Aa-b is non alphanumeric."),
    ],
)
def test_loops_that_cannot_be(loop: str, message: str) -> None:
    assert refusal(f"Parameters: {{P: {{Type: String, Default: x}}}}\nResources: {{Fn::ForEach::L: {loop}}}") == message


@pytest.mark.parametrize(
    "resources",
    [
        "{A: {Type: T, Properties: {V: !Length [1]}}}",
        "{A: {Type: T, Properties: {V: !ToJsonString {a: 1}}}}",
        "{A: {Type: T, Properties: {V: !FindInMap [M, a, b, {DefaultValue: 1}]}}}",
    ],
)
def test_extensions_need_their_transform(resources: str) -> None:
    with pytest.raises(TemplateError, match="Template error: Encountered unsupported function: "):
        evaluation_of(f"Resources: {resources}")
    with pytest.raises(TemplateError, match=r"Resource name Fn::ForEach::L is non alphanumeric\."):
        evaluation_of("Resources: {Fn::ForEach::L: {Type: T}}")
