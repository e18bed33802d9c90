"""The form of a template: sections, members, names and numbers.

As recorded in localstack's api/test_validations.snapshot.json, api/test_stacks.snapshot.json and
engine/test_mappings.snapshot.json, or shown in the issues that `structure` names.
"""

import json

import pytest

from gatewright.stacks.template import TemplateError, read_template


def refusal(text: str) -> str:
    with pytest.raises(TemplateError) as caught:
        read_template(text)
    return caught.value.message


RESOURCES = "Resources: {A: {Type: T::T::T}}\n"
EXPORT_NAME = (
    "Template format error: Output O is malformed. The Name field of every Export member must be specified and consist "
    "only of alphanumeric characters, colons, or hyphens."
)
LONG_EXPORT_NAME = (
    "Template format error: Output O is malformed. The Name field of every Export member must not be longer than 256 "
    "characters."
)
MAPPING_ATTRIBUTE = (
    "Template format error: Mappings attribute name 'LAMBDA_EXECUTION_ROLE' must contain only alphanumeric characters."
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Description: x", "Template format error: At least one Resources member must be defined."),
        ("Resources: {}", "Template format error: At least one Resources member must be defined."),
        ("Resources: []", "Template format error: Any Resources member must be an object."),
        ("Resources: ''", "Template format error: Any Resources member must be an object."),
        ("Resources: {A: x}", "Template format error: Any Resources member must be an object."),
        (
            "Resources: {A: {}}",
            "Template format error: [/Resources/A] Every Resources object must contain a Type member.",
        ),
        ("Resources: {A: {Type: T::T::T, Invalid: 1}}", "Invalid template resource property 'Invalid'"),
        (
            "Resources: {SNS_TOPIC: {Type: T::T::T}}",
            "Template format error: Resource name SNS_TOPIC is non alphanumeric.",
        ),
        (
            "Resources: {A: {Type: [T]}}",
            "Template format error: [/Resources/A/Type] Every Type member must be a string.",
        ),
        (
            "Resources: {A: {Type: T, Properties: []}}",
            "Template format error: [/Resources/A/Properties] must be an object.",
        ),
        (
            "Resources: {A: {Type: T, DependsOn: [{}]}}",
            "Template format error: [/Resources/A] Every DependsOn value must be a string.",
        ),
        (
            "Resources: {A: {Type: T, DependsOn: {}}}",
            "Template format error: [/Resources/A] Every DependsOn value must be a string.",
        ),
        (
            "Resources: {A: {Type: T, Condition: [C]}}",
            "Template format error: [/Resources/A] Every Condition member must be a string.",
        ),
        (
            "Resources: {A: {Type: T, DeletionPolicy: Keep}}",
            "Template error: Unrecognized DeletionPolicy Keep for resource A",
        ),
        (
            "Resources: {A: {Type: T, UpdateReplacePolicy: RetainExceptOnCreate}}",
            "Template error: Unrecognized UpdateReplacePolicy RetainExceptOnCreate for resource A",
        ),
        (RESOURCES + "Resource: {}\nFoo: {}", "Invalid template property or properties [Resource, Foo]"),
        (RESOURCES + "Globals: {}", "Invalid template property or properties [Globals]"),
        (
            RESOURCES + "AWSTemplateFormatVersion: 2010-09-08",
            "Template format error: unsupported value for AWSTemplateFormatVersion.",
        ),
        (RESOURCES + "Description: {}", "Template format error: Description must be a string."),
        (RESOURCES + "Description: " + "x" * 1025, "Template format error: 'Description' length is greater than 1024."),
        (RESOURCES + "Outputs: []", "Template format error: Outputs section must be an object."),
        (RESOURCES + "Outputs: {O: {}}", "Template format error: Every Outputs member must contain a Value object"),
        (RESOURCES + "Outputs: {O: {Value: x, Foo: y}}", "Invalid template output property 'Foo'"),
        (RESOURCES + "Outputs: {o-1: {Value: x}}", "Template format error: Output name o-1 is non alphanumeric."),
        (
            RESOURCES + "Outputs: {O: {Value: x, Export: {Name: a b}}}",
            EXPORT_NAME,
        ),
        (
            RESOURCES + "Outputs: {O: {Value: x, Export: {}}}",
            EXPORT_NAME,
        ),
        (
            RESOURCES + f"Outputs: {{O: {{Value: x, Export: {{Name: {'x' * 257}}}}}}}",
            LONG_EXPORT_NAME,
        ),
        (RESOURCES + "Mappings: {M: {A: B}}", "Template format error: Every Mappings member A must be a map"),
        (
            RESOURCES + "Mappings: {M: {A: {B: {C: D}}}}",
            "Template format error: Every Mappings attribute must be a String or a List.",
        ),
        (
            RESOURCES + "Mappings: {M: {A: {B: !Ref P}}}",
            "Template format error: Every Mappings attribute must be a String or a List.",
        ),
        (
            RESOURCES + "Mappings: {EnvToRoleMap: {MY-DEV: {LAMBDA_EXECUTION_ROLE: x}}}",
            MAPPING_ATTRIBUTE,
        ),
    ],
)
def test_what_is_not_formed_like_a_template_is_refused(text: str, message: str) -> None:
    assert refusal(text) == message


@pytest.mark.parametrize(
    ("section", "most", "member"),
    [
        ("Resources", 500, {"Type": "T::T::T"}),
        ("Outputs", 200, {"Value": "x"}),
        ("Parameters", 200, {"Type": "String"}),
        ("Mappings", 200, {"a": {"b": "c"}}),
    ],
)
def test_a_section_has_a_largest_number_of_members(section: str, most: int, member: object) -> None:
    document = {"Resources": {"A": {"Type": "T::T::T"}}} | {section: {f"M{number}": member for number in range(most)}}
    assert read_template(json.dumps(document)).document == document
    document[section]["M"] = member  # type: ignore[assignment]
    assert refusal(json.dumps(document)) == (
        f"Template format error: Number of {section.lower()}, {most + 1}, is greater than maximum allowed, {most}"
    )


def test_all_that_a_template_may_have() -> None:
    read_template(
        """
AWSTemplateFormatVersion: 2010-09-09
Description: all of it
Metadata: {AWS::CloudFormation::Interface: {ParameterGroups: []}}
Parameters: {P: {Type: String, Default: x}}
Rules: {R: {Assertions: [{Assert: !Equals [a, a], AssertDescription: d}]}}
Mappings: {M: {eu-central-1: {A: 1, B: [x, 2]}}}
Conditions: {C&1: !Equals [!Ref P, x]}
Hooks: {}
Resources:
  A:
    Type: T::T::T
    Condition: C&1
    DependsOn: [B]
    DeletionPolicy: RetainExceptOnCreate
    UpdateReplacePolicy: Snapshot
    CreationPolicy: {ResourceSignal: {Count: 1}}
    UpdatePolicy: {AutoScalingReplacingUpdate: {WillReplace: true}}
    Metadata: {a: b}
    Properties: {V: 1}
  B: {Type: Custom::Thing, Version: 1.0, Description: d, DependsOn: C}
  C: {Type: T::T::T}
Outputs: {O: {Value: x, Description: d, Condition: C&1, Export: {Name: "a:b-c"}}}
"""
    )


def test_what_transforms_have_yet_to_make_is_not_looked_at() -> None:
    read_template("Transform: Macro\nAnything: [1]\n")
    read_template("Resources: {A: {Fn::Transform: {Name: Macro}}}\n")
