"""AWS::Include, in the Transform section and by Fn::Transform.

AWS CloudFormation Template Reference Guide, "AWS::Include transform"; a name that is no string as recorded in
localstack's test_template_engine.snapshot.json, which also has the order of snippets and the Transform section.
"""

import pytest

from gatewright.stacks.template import TemplateError, TransformError
from tests.unit.stacks.template.surroundings import FakeSeams, evaluation_of, properties_of

SEAMS = FakeSeams(
    objects={
        "s3://b/props.yaml": "V: 1\nW: !Sub '${AWS::Region}'\n",
        "s3://b/list.json": '{"a": [1, 2]}',
        "s3://b/text.yaml": "just text",
        "s3://b/resources.yaml": "Resources:\n  A: {Type: T::T::T, Properties: {V: !Ref B}}\n  B: {Type: T::T::T}\n",
        "s3://b/mappings.yaml": "Mappings: {M: {a: {b: mapped}}}\nOutputs: {O: {Value: x}}\n",
        "s3://b/anchors.yaml": "V: &v {x: 1}\nW: {<<: *v, y: 2}\n",
        "s3://b/nested.yaml": "V: {Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: 's3://b/text.yaml'}}}",
        "s3://b/again.yaml": "V: {Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: 's3://b/again.yaml'}}}",
        "s3://b/broken.yaml": "a: [",
        "s3://b/empty.yaml": "",
        "https://b.s3.amazonaws.com/props.yaml": "V: 3",
    }
)

NOT_YAML = "Transform AWS::Include failed with: The specified S3 object's content should be valid Yaml/JSON"
NOT_OBJECT = "Transform AWS::Include failed with: The included content must be an object to stand beside other members."
NOT_TEXT = (
    "The value of parameter Location under transform Include must resolve to a string, number, boolean or a list "
    "of any of these."
)
TOO_DEEP = (
    "Transform AWS::Include failed with: A template can have 200 included parts, and 10 of them within each other."
)


def include(location: str) -> str:
    return f"Fn::Transform: {{Name: 'AWS::Include', Parameters: {{Location: {location}}}}}"


def properties(inner: str, head: str = "") -> object:
    return properties_of(f"{head}\nResources: {{A: {{Type: T::T::T, Properties: {{{inner}}}}}}}", seams=SEAMS)


def refusal(text: str) -> str:
    with pytest.raises(TransformError) as caught:
        evaluation_of(text, seams=SEAMS)
    return caught.value.message


def test_what_is_included_stands_beside_what_is_there() -> None:
    found = properties(f"X: 2, W: mine, {include('s3://b/props.yaml')}")
    assert found == {"V": 1, "W": "mine", "X": 2}


def test_what_is_included_takes_the_place_of_a_value() -> None:
    assert properties(f"V: {{{include('s3://b/text.yaml')}}}") == {"V": "just text"}
    assert properties(f"V: [{{{include('s3://b/list.json')}}}]") == {"V": [{"a": [1, 2]}]}
    assert properties(include("https://b.s3.amazonaws.com/props.yaml")) == {"V": 3}
    assert properties("V: !Transform {Name: 'AWS::Include', Parameters: {Location: 's3://b/text.yaml'}}") == {
        "V": "just text"
    }


def test_a_location_may_depend_on_parameters() -> None:
    head = "Parameters: {Bucket: {Type: String, Default: b}}"
    assert properties(include("!Sub 's3://${Bucket}/text.yaml'").join(["V: {", "}"]), head) == {"V": "just text"}


def test_several_in_a_list_and_within_each_other_and_with_anchors() -> None:
    one = "{Name: 'AWS::Include', Parameters: {Location: 's3://b/props.yaml'}}"
    two = "{Name: 'AWS::Include', Parameters: {Location: 's3://b/list.json'}}"
    assert properties(f"Fn::Transform: [{one}, {two}]") == {"V": 1, "W": "eu-central-1", "a": [1, 2]}
    assert properties(include("s3://b/nested.yaml")) == {"V": "just text"}
    assert properties(include("s3://b/anchors.yaml")) == {"V": {"x": 1}, "W": {"x": 1, "y": 2}}


def test_whole_sections() -> None:
    text = "Transform: {Name: 'AWS::Include', Parameters: {Location: 's3://b/resources.yaml'}}\n" + include(
        "s3://b/mappings.yaml"
    )
    evaluation = evaluation_of(text, seams=SEAMS)
    assert list(evaluation.resources) == ["A", "B"]
    assert list(evaluation.output_declarations) == ["O"]


@pytest.mark.parametrize(
    ("inner", "message"),
    [
        (include("s3://b/nothing"), "Transform AWS::Include failed with: The specified key does not exist."),
        (include("b/nothing"), "Transform AWS::Include failed with: The location parameter is not a valid S3 uri."),
        (include("s3://b/broken.yaml"), NOT_YAML),
        (include("s3://b/empty.yaml"), NOT_YAML),
        (f"X: 1, {include('s3://b/text.yaml')}", NOT_OBJECT),
        (include("!Ref B"), NOT_TEXT),
        ("Fn::Transform: {Name: 'AWS::Include'}", NOT_TEXT),
        (include("s3://b/again.yaml"), TOO_DEEP),
        ("Fn::Transform: {Name: !Ref B}", "Key Name of transform definition must be a string."),
        ("Fn::Transform: ConvertTopicToFifo", "No transform named 012345678901::ConvertTopicToFifo found."),
        ("Fn::Transform: {Name: 'AWS::Serverless-2016-10-31'}", "No transform named AWS::Serverless-2016-10-31 found."),
    ],
)
def test_what_cannot_be_included(inner: str, message: str) -> None:
    assert refusal(f"Resources: {{A: {{Type: T::T::T, Properties: {{{inner}}}}}, B: {{Type: T::T::T}}}}") == message


def test_macros_are_not_there() -> None:
    assert refusal("Transform: [Count]\nResources: {A: {Type: T::T::T}}") == (
        "No transform named 012345678901::Count found."
    )
    assert refusal("Transform: {Name: 'AWS::CodeStar', Parameters: {}}\nResources: {A: {Type: T::T::T}}") == (
        "No transform named AWS::CodeStar found."
    )
    assert refusal("Transform: [{Name: [x]}]\nResources: {A: {Type: T::T::T}}") == (
        "Key Name of transform definition must be a string."
    )


def test_what_transforms_leave_is_checked_like_any_template() -> None:
    with pytest.raises(TemplateError, match=r"Invalid template property or properties \[V, W\]"):
        evaluation_of(f"Resources: {{A: {{Type: T}}}}\n{include('s3://b/props.yaml')}", seams=SEAMS)
