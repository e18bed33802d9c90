"""The parameters of a template.

AWS CloudFormation User Guide, "CloudFormation template Parameters syntax" and "Specify existing resources at runtime
with CloudFormation-supplied parameter types".
"""

import json
from collections.abc import Mapping

import pytest

from gatewright.stacks.template import ParameterValues, TemplateError, declared_parameters, resolve_parameters
from tests.unit.stacks.template.surroundings import FakeSeams

SEAMS = FakeSeams(ssm={"/vpc": "vpc-1", "/subnets": "subnet-1, subnet-2"})


def resolve(
    declared: Mapping[str, object],
    given: Mapping[str, str] | None = None,
    previous: Mapping[str, str] | None = None,
    use_previous: list[str] | None = None,
) -> ParameterValues:
    return resolve_parameters({"Parameters": declared}, given or {}, previous or {}, use_previous or [], SEAMS)


def refusal(declared: Mapping[str, object], given: Mapping[str, str] | None = None) -> str:
    with pytest.raises(TemplateError) as caught:
        resolve(declared, given)
    return caught.value.message


@pytest.mark.parametrize(
    ("parameter_type", "given", "value"),
    [
        ("String", "a,b ", "a,b "),
        ("Number", "007", "007"),
        ("Number", "-1.50", "-1.50"),
        ("List<Number>", "1, 2,3", ["1", "2", "3"]),
        ("CommaDelimitedList", " a, b ,c", ["a", "b", "c"]),
        ("CommaDelimitedList", "", [""]),
        ("List<String>", "a,b", ["a", "b"]),
        ("AWS::EC2::AvailabilityZone::Name", "eu-central-1a", "eu-central-1a"),
        ("AWS::EC2::KeyPair::KeyName", "mine", "mine"),
        ("List<AWS::EC2::Subnet::Id>", "subnet-1,subnet-2", ["subnet-1", "subnet-2"]),
        ("List<AWS::EC2::SecurityGroup::Id>", "sg-1", ["sg-1"]),
        ("AWS::Route53::HostedZone::Id", "Z1", "Z1"),
        ("AWS::SSM::Parameter::Name", "/vpc", "/vpc"),
        ("AWS::SSM::Parameter::Value<String>", "/vpc", "vpc-1"),
        ("AWS::SSM::Parameter::Value<AWS::EC2::VPC::Id>", "/vpc:3", "vpc-1"),
        ("AWS::SSM::Parameter::Value<List<String>>", "/subnets", ["subnet-1", "subnet-2"]),
        ("AWS::SSM::Parameter::Value<CommaDelimitedList>", "/subnets", ["subnet-1", "subnet-2"]),
        ("AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>", "/subnets", ["subnet-1", "subnet-2"]),
    ],
)
def test_each_type_has_its_value(parameter_type: str, given: str, value: object) -> None:
    found = resolve({"P": {"Type": parameter_type}}, {"P": given})
    assert found.values == {"P": value}
    assert found.raw == {"P": given}


@pytest.mark.parametrize(
    "parameter_type",
    [
        "Stringgg",
        "string",
        "List<>",
        "List<List<String>>",
        "List<AWS::EC2::KeyPair::KeyName>",
        "AWS::EC2::Thing::Id",
        "AWS::SSM::Parameter::Value<Number>",
        "AWS::SSM::Parameter::Value<AWS::SSM::Parameter::Name>",
        "",
    ],
)
def test_other_types_are_refused(parameter_type: str) -> None:
    message = f"Template format error: Unrecognized parameter type: {parameter_type}"
    assert refusal({"P": {"Type": parameter_type, "Default": "x"}}) == message


@pytest.mark.parametrize(
    ("declared", "given", "message"),
    [
        ({"Type": "Number"}, "x", "Parameter 'P' must be a number"),
        ({"Type": "List<Number>"}, "1,x", "Parameter 'P' must be a number"),
        ({"Type": "String", "AllowedValues": ["a", "b"]}, "c", "Parameter 'P' must be one of AllowedValues"),
        ({"Type": "String", "AllowedValues": [True, False]}, "Yes", "Parameter 'P' must be one of AllowedValues"),
        (
            {"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]},
            "a,c",
            "Parameter 'P' must be one of AllowedValues",
        ),
        ({"Type": "String", "AllowedPattern": "^[a-z]+$"}, "A", "Parameter 'P' must match pattern ^[a-z]+$"),
        ({"Type": "String", "AllowedPattern": "[a-z]"}, "ab", "Parameter 'P' must match pattern [a-z]"),
        ({"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]+"}, "a,B", "Parameter 'P' must match pattern [a-z]+"),
        ({"Type": "String", "MinLength": 3}, "ab", "Parameter 'P' must contain at least 3 characters"),
        ({"Type": "String", "MaxLength": "3"}, "abcd", "Parameter 'P' must contain at most 3 characters"),
        ({"Type": "Number", "MinValue": 1}, "0", "Parameter 'P' must be a number not less than 1"),
        ({"Type": "Number", "MaxValue": 5}, "5.1", "Parameter 'P' must be a number not greater than 5"),
        ({"Type": "List<Number>", "MaxValue": 5}, "1,6", "Parameter 'P' must be a number not greater than 5"),
        (
            {"Type": "String", "MinLength": 3, "ConstraintDescription": "three letters"},
            "ab",
            "Parameter 'P' failed to satisfy constraint: three letters",
        ),
        (
            {"Type": "String", "AllowedPattern": "("},
            "a",
            "Template format error: AllowedPattern of parameter P is no regular expression: (",
        ),
        (
            {"Type": "AWS::SSM::Parameter::Value<String>"},
            "/nothing",
            "Unable to fetch parameters [/nothing] from parameter store for this account.",
        ),
    ],
)
def test_constraints(declared: Mapping[str, object], given: str, message: str) -> None:
    assert refusal({"P": declared}, {"P": given}) == message


def test_constraints_hold_for_defaults_and_values_within_them_pass() -> None:
    declared = {"Type": "Number", "Default": 9, "MinValue": 1, "MaxValue": 5, "AllowedValues": [1, 9]}
    assert refusal({"P": declared}) == "Parameter 'P' must be a number not greater than 5"
    assert resolve({"P": declared}, {"P": "1"}).values == {"P": "1"}
    pattern = {"Type": "String", "AllowedPattern": r"\p{Alpha}\p{Alnum}*+"}
    assert resolve({"P": pattern}, {"P": "a1"}).values == {"P": "a1"}
    # Constraints of an SSM type are about the name that is given.
    named = {"Type": "AWS::SSM::Parameter::Value<String>", "AllowedPattern": "/.*"}
    assert resolve({"P": named}, {"P": "/vpc"}).values == {"P": "vpc-1"}


def test_a_pattern_that_takes_forever_is_given_up() -> None:
    declared = {"Type": "String", "AllowedPattern": "(a|aa)+b"}
    assert "takes too long" in refusal({"P": declared}, {"P": "a" * 60 + "c"})


def test_values_that_are_missing_unknown_or_given_again() -> None:
    declared = {"A": {"Type": "String"}, "B": {"Type": "String", "Default": "b"}, "C": {"Type": "Number"}}
    assert refusal(declared) == "Parameters: [A, C] must have values"
    assert refusal(declared, {"A": "", "C": "1", "D": "x", "E": ""}) == (
        "Parameters: [D, E] do not exist in the template"
    )
    in_ssm = {"InputValue": {"Type": "AWS::SSM::Parameter::Value<String>"}}
    # Recorded in localstack's test_template_engine.snapshot.json.
    assert refusal(in_ssm) == "Parameter InputValue should either have input value or default value"


def test_previous_values() -> None:
    declared = {"A": {"Type": "String"}, "B": {"Type": "String", "Default": "b"}}
    previous = {"A": "old", "B": "old", "Gone": "x"}
    assert resolve(declared, {}, previous, ["A", "B"]).raw == {"A": "old", "B": "old"}
    # Without UsePreviousValue the default counts again.
    assert resolve(declared, {"A": "new"}, previous, []).raw == {"A": "new", "B": "b"}
    with pytest.raises(TemplateError) as caught:
        resolve(declared, {}, {}, ["A"])
    assert caught.value.message == (
        "Invalid input for parameter key A. Cannot specify usePreviousValue as true for a parameter key not in the "
        "previous template"
    )


def test_what_describe_stacks_shows() -> None:
    declared = {
        "Secret": {"Type": "String", "NoEcho": "true"},
        "Named": {"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/subnets"},
        "Words": {"Type": "CommaDelimitedList", "Default": "a, b"},
    }
    found = resolve(declared, {"Secret": "s3cret"})
    assert found.values["Secret"] == "s3cret"
    assert found.shown() == [
        {"ParameterKey": "Secret", "ParameterValue": "****"},
        {"ParameterKey": "Named", "ParameterValue": "/subnets", "ResolvedValue": "subnet-1, subnet-2"},
        {"ParameterKey": "Words", "ParameterValue": "a, b"},
    ]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ("x", "Template format error: Any Parameters member must be an object."),
        ({}, "Template format error: Every Parameters object must contain a Type member."),
        ({"Type": "String", "Name": "x"}, "Invalid template parameter property 'Name'"),
        ({"Type": "String", "Default": []}, "Template format error: Every Default member must be a string."),
        (
            {"Type": "String", "AllowedValues": "a b"},
            "Template format error: Every AllowedValues member must be a list.",
        ),
    ],
)
def test_declarations_of_another_form_are_refused(members: object, message: str) -> None:
    assert refusal({"P": members}) == message


def test_declarations_have_text() -> None:
    document = json.loads(
        '{"Parameters":{"P":{"Type":"Number","Default":5,"NoEcho":true,"AllowedValues":[5,6],"MinValue":1,"MaxLength":2}}}'
    )
    (found,) = declared_parameters(document)
    assert (found.default, found.no_echo, found.allowed_values, found.min_value, found.max_length) == (
        "5",
        True,
        ("5", "6"),
        "1",
        "2",
    )
