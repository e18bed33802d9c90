"""Facts of AWS's resource provider schemas, values as they ask for them, and AWS's words for what is wrong.

Messages as they were seen in failed deployments: "Properties validation failed for resource X with message:
[#/Content: expected type: String, found: JSONObject]", "#: required key [IsLogging] not found",
"[#/MethodResponses/0: extraneous key [ResponseHeaders] is not permitted]", "[#/SamplingRule/RuleName: expected
maxLength: 32, actual: 33]",
"#/Role: failed validation constraint for keyword [pattern]".
"""

from importlib.metadata import version
from typing import Any

import pytest
import regex

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.coercion import coerced
from gatewright.stacks.resource_types.schemas import Schema, known_types, schema_of
from tools import registry_schemas

ROLE = "arn:aws:iam::123456789012:role/service-role/my-role"


def schema(name: str) -> Schema:
    found = schema_of(name)
    assert found is not None
    return found


def message(type_name: str, **properties: Any) -> str:
    facts = schema(type_name)
    with pytest.raises(AwsError) as caught:
        facts.check("Thing", facts.coerce(properties))
    assert caught.value.code == "ValidationError"
    return caught.value.message


def test_an_unknown_type_has_no_schema() -> None:
    assert schema_of("AWS::Foo::Bar") is None


def test_facts_of_a_function() -> None:
    function = schema("AWS::Lambda::Function")
    assert function.required == ("Code", "Role")
    assert function.create_only == ("FunctionName", "PackageType", "TenancyConfig")
    assert {"Arn", "SnapStartResponse", "SnapStartResponse/ApplyOn"} <= set(function.read_only)
    assert "Code/ZipFile" in function.write_only
    assert function.primary_identifier == ("FunctionName",)
    assert (function.tag_property, function.has_system_tags) == ("Tags", True)
    assert not function.is_legacy
    assert (schema("AWS::IAM::Role").tag_property, schema("AWS::IAM::Role").has_system_tags) == ("Tags", False)
    assert schema("AWS::Lambda::Url").tag_property is None
    assert schema("AWS::CloudFormation::WaitCondition").is_legacy


@pytest.mark.parametrize("name", sorted(known_types()))
def test_every_schema_can_be_read(name: str) -> None:
    facts = schema(name)
    assert facts.type_name == name
    assert set(facts.required) <= set(facts.properties) or name == "AWS::CloudFormation::CustomResource"
    for shape in [facts.shape, *facts.definitions.values()]:
        for part in parts(shape):
            if isinstance(part, str):
                assert part.startswith("#") is (part[1:] in facts.definitions and part[0] == "#")
            else:
                regex.compile(part.get("pattern", ""))
    assert isinstance(facts.violations({}), list)


def parts(shape: Any) -> list[Any]:
    """Return a shape and all shapes inside of it."""
    if isinstance(shape, str):
        return [shape]
    inner = [
        *shape.get("properties", {}).values(),
        *shape.get("map", {}).values(),
        *([shape["items"]] if "items" in shape else []),
    ]
    return [shape, *(deep for one in inner for deep in parts(one))]


@pytest.mark.parametrize(
    ("shape", "given", "expected"),
    [
        ("integer", "30", 30),
        ("integer", "-1", -1),
        ("integer", 30.0, 30),
        ("integer", "thirty", "thirty"),
        ("integer", "1.5", "1.5"),
        ("number", "0.5", 0.5),
        ("number", "10", 10.0),
        ("boolean", "true", True),
        ("boolean", "False", False),
        ("boolean", "yes", "yes"),
        ("boolean", 1, 1),
        ("string", 30, "30"),
        ("string", 1.5, "1.5"),
        ("string", 2.0, "2"),
        ("string", True, "true"),
        ("string", ["a"], ["a"]),
        ("any", "30", "30"),
        ("object", {"a": 1}, {"a": 1}),
        ({"type": "array", "items": "integer"}, ["1", 2], [1, 2]),
        ({"type": "array", "items": "integer"}, "1", "1"),
        ({"type": "object", "map": {"^[A-Z]": "string"}}, {"A": 1, "b": 1}, {"A": "1", "b": 1}),
        ({"type": "object", "properties": {"Size": "#Size"}}, {"Size": "512", "Else": "1"}, {"Size": 512, "Else": "1"}),
    ],
)
def test_values_become_what_their_shape_asks_for(shape: Any, given: object, expected: object) -> None:
    result = coerced(given, shape, {"Size": "integer"})
    assert result == expected
    assert type(result) is type(expected)


def test_a_function_is_coerced_throughout() -> None:
    properties = {
        "Timeout": "30",
        "Description": 7,
        "Environment": {"Variables": {"LEVEL": 3, "IS_ON": True}},
        "Tags": [{"Key": "team", "Value": 1}],
        "EphemeralStorage": {"Size": "1024"},
        "VpcConfig": {"Ipv6AllowedForDualStack": "true"},
    }
    assert schema("AWS::Lambda::Function").coerce(properties) == {
        "Timeout": 30,
        "Description": "7",
        "Environment": {"Variables": {"LEVEL": "3", "IS_ON": "true"}},
        "Tags": [{"Key": "team", "Value": "1"}],
        "EphemeralStorage": {"Size": 1024},
        "VpcConfig": {"Ipv6AllowedForDualStack": True},
    }


def test_documents_stay_as_they_are() -> None:
    document = {"Statement": [{"Condition": {"Bool": {"aws:SecureTransport": False}}}]}
    for policy in (document, "{}"):
        assert schema("AWS::IAM::Policy").coerce({"PolicyDocument": policy})["PolicyDocument"] == policy


PATTERN = "failed validation constraint for keyword [pattern]"
MISSING = "#: required key [{}] not found"
GOOD = {"Code": {"ZipFile": "pass"}, "Role": ROLE}


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"Role": ROLE}, "[#: required key [Code] not found]"),
        (GOOD | {"Foo": "1"}, "[#: extraneous key [Foo] is not permitted]"),
        (GOOD | {"Arn": "arn"}, "[#: extraneous key [Arn] is not permitted]"),
        (GOOD | {"Code": {"Zip": "x"}}, "[#/Code: extraneous key [Zip] is not permitted]"),
        (GOOD | {"Tags": [{"Key": "a", "Value": "b"}, {"Value": "c"}]}, "[#/Tags/1: required key [Key] not found]"),
        (GOOD | {"Role": ["a"]}, "[#/Role: expected type: String, found: JSONArray]"),
        (GOOD | {"Role": "my-role"}, "[#/Role: failed validation constraint for keyword [pattern]]"),
        (GOOD | {"Timeout": "soon"}, "[#/Timeout: expected type: Integer, found: String]"),
        (GOOD | {"Timeout": 0}, "[#/Timeout: failed validation constraint for keyword [minimum]]"),
        (GOOD | {"MemorySize": 99999}, "[#/MemorySize: failed validation constraint for keyword [maximum]]"),
        (GOOD | {"PackageType": "Tar"}, "[#/PackageType: failed validation constraint for keyword [enum]]"),
        (GOOD | {"Description": "x" * 257}, "[#/Description: expected maxLength: 256, actual: 257]"),
        (
            GOOD | {"FunctionName": ""},
            f"[#/FunctionName: expected minLength: 1, actual: 0, #/FunctionName: {PATTERN}]",
        ),
        (GOOD | {"Architectures": []}, "[#/Architectures: expected minimum item count: 1, found: 0]"),
        (GOOD | {"Architectures": ["arm64", "x86_64"]}, "[#/Architectures: expected maximum item count: 1, found: 2]"),
        (GOOD | {"Tags": [{"Key": "a", "Value": "b"}] * 2}, "[#/Tags: array items are not unique]"),
        (
            GOOD | {"Environment": {"Variables": {"": "x"}}},
            "[#/Environment/Variables: extraneous key [] is not permitted]",
        ),
        (
            GOOD | {"Environment": {"Variables": {"LIST": ["x"]}}},
            "[#/Environment/Variables/LIST: expected type: String, found: JSONArray]",
        ),
        (
            {"Foo": 1},
            f"[{MISSING.format('Code')}, {MISSING.format('Role')}, #: extraneous key [Foo] is not permitted]",
        ),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_aws(properties: dict[str, Any], expected: str) -> None:
    start = "Properties validation failed for resource Thing with message:\n"
    assert message("AWS::Lambda::Function", **properties) == start + expected


def test_what_is_right_passes() -> None:
    function = schema("AWS::Lambda::Function")
    function.check("Thing", function.coerce(GOOD | {"Runtime": "python9.9", "Timeout": "900"}))


def test_types_older_than_the_registry_have_other_words() -> None:
    assert message("AWS::CloudFormation::WaitCondition", Color="red") == "Encountered unsupported property Color"
    assert message("AWS::IAM::AccessKey", Status="Active") == "Property UserName cannot be empty."


@pytest.mark.parametrize(
    ("type_name", "old", "new", "paths"),
    [
        ("AWS::Lambda::Function", {"FunctionName": "a"}, {"FunctionName": "b"}, ("FunctionName",)),
        ("AWS::Lambda::Function", {"FunctionName": "a"}, {}, ("FunctionName",)),
        ("AWS::Lambda::Function", {"FunctionName": "a", "Timeout": 1}, {"FunctionName": "a"}, ()),
        ("AWS::Lambda::Url", {"TargetFunctionArn": "f"}, {"TargetFunctionArn": "g"}, ("TargetFunctionArn",)),
    ],
)
def test_which_changes_replace(
    type_name: str, old: dict[str, Any], new: dict[str, Any], paths: tuple[str, ...]
) -> None:
    assert schema(type_name).replaced_by(old, new) == paths


def test_paths_pass_through_lists() -> None:
    facts = schema("AWS::Cognito::UserPool")
    deep = Schema("X", facts.shape, {}, ("Replicas/*/Name",), (), (), (), (), None, False, is_legacy=False)
    old = {"Replicas": [{"Name": "a", "Size": 1}, {"Name": "b"}]}
    assert deep.replaced_by(old, {"Replicas": [{"Name": "a", "Size": 2}, {"Name": "b"}]}) == ()
    assert deep.replaced_by(old, {"Replicas": [{"Name": "a"}]}) == ("Replicas/*/Name",)


def test_the_file_is_what_its_program_makes() -> None:
    head, *lines = registry_schemas.TARGET.read_text().rstrip("\n").split("\n")
    if not head.endswith(f" {version('cfn-lint')}."):
        pytest.skip(f"made with another version: {head}")
    assert lines == list(registry_schemas.lines())
