"""From a template's text to its document.

AWS CloudFormation User Guide, "CloudFormation template format"; errors as recorded in localstack's
api/test_templates.snapshot.json and api/test_validations.snapshot.json.
"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatewright.stacks.template import TemplateError, read_template, text_of
from gatewright.stacks.template.documents import read_document
from gatewright.stacks.template.json_text import write_json
from gatewright.stacks.template.scalars import WrittenFloat


def refusal(text: str) -> str:
    with pytest.raises(TemplateError) as caught:
        read_template(text)
    return caught.value.message


def properties(text: str) -> dict[str, object]:
    document = read_template(f"Resources:\n  A:\n    Type: T::T::T\n    Properties:\n{text}").document
    found: dict[str, object] = document["Resources"]["A"]["Properties"]
    return found


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref X", {"Ref": "X"}),
        ("!GetAtt A.B", {"Fn::GetAtt": ["A", "B"]}),
        ("!GetAtt A.Outputs.B", {"Fn::GetAtt": ["A", "Outputs.B"]}),
        ("!GetAtt [A, B]", {"Fn::GetAtt": ["A", "B"]}),
        ("{Fn::GetAtt: A.B.C}", {"Fn::GetAtt": ["A", "B.C"]}),
        ("!Sub 'a-${B}'", {"Fn::Sub": "a-${B}"}),
        ("!Sub ['${v}', {v: !Ref X}]", {"Fn::Sub": ["${v}", {"v": {"Ref": "X"}}]}),
        ("!Join ['-', [a, !Ref X]]", {"Fn::Join": ["-", ["a", {"Ref": "X"}]]}),
        ("!Select [1, !GetAZs '']", {"Fn::Select": [1, {"Fn::GetAZs": ""}]}),
        ("!If [C, a, !Ref AWS::NoValue]", {"Fn::If": ["C", "a", {"Ref": "AWS::NoValue"}]}),
        ("!Base64 !Sub x", None),
        ("!ImportValue x", {"Fn::ImportValue": "x"}),
        ("!FindInMap [M, a, b]", {"Fn::FindInMap": ["M", "a", "b"]}),
        ("!Not [!Condition C]", {"Fn::Not": [{"Condition": "C"}]}),
        ("!Cidr [10.0.0.0/16, 2, 8]", {"Fn::Cidr": ["10.0.0.0/16", 2, 8]}),
        ("!ToJsonString {a: 1}", {"Fn::ToJsonString": {"a": 1}}),
        ("!Length [1, 2]", {"Fn::Length": [1, 2]}),
        ("!Base64 0123", {"Fn::Base64": "0123"}),
    ],
)
def test_short_forms_become_long_ones(short: str, long: dict[str, object] | None) -> None:
    if long is None:
        assert "YAML not well-formed" in refusal(f"Resources: {{A: {{Type: T::T::T, Properties: {{V: {short}}}}}}}")
    else:
        assert properties(f"      V: {short}") == {"V": long}


def test_scalars_are_text_numbers_or_booleans_and_keep_how_they_were_written() -> None:
    found = properties(
        "      version: 1.10\n      account: 012345678901\n      other: 123456789012\n      date: 2012-10-17\n"
        "      hex: 0x1F\n      time: 22:22\n      thousand: 1_000\n      plus: +1\n      exponent: 1e3\n"
        "      yes: yes\n      off: off\n      quoted: '1'\n      tagged: !!str 1\n      stamp: 2020-01-01T00:00:00Z\n"
        "      octal: 0o17\n      inf: .inf\n      block: |\n        true\n"
    )
    assert {name: text_of(value) for name, value in found.items()} == {
        "version": "1.10",
        "account": "012345678901",
        "other": "123456789012",
        "date": "2012-10-17",
        "hex": "0x1F",
        "time": "22:22",
        "thousand": "1_000",
        "plus": "+1",
        "exponent": "1e3",
        "yes": "true",
        "off": "false",
        "quoted": "1",
        "tagged": "1",
        "stamp": "2020-01-01T00:00:00Z",
        "octal": "0o17",
        "inf": ".inf",
        "block": "true\n",
    }
    assert (found["version"], found["other"], found["yes"], found["off"]) == (1.1, 123456789012, True, False)
    assert isinstance(found["quoted"], str)
    assert isinstance(found["account"], str)


def test_json_keeps_how_numbers_were_written() -> None:
    text = '{"Resources":{"A":{"Type":"T::T::T","Properties":{"V":1.10,"W":[1,true,1e2,-0]}}}}'
    document = read_template(text).document
    assert write_json(document) == text
    assert str(document["Resources"]["A"]["Properties"]["V"]) == "1.10"


def test_order_is_kept() -> None:
    document = read_template("Resources:\n  Z: {Type: T::T::T}\n  A: {Type: T::T::T}\n  M: {Type: T::T::T}\n").document
    assert list(document["Resources"]) == ["Z", "A", "M"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"this is invalid JSON"="bobbins"}', "Template format error: JSON not well-formed. (line 1, column 25)"),
        ("a: [", "Template format error: YAML not well-formed. (line 2, column 1)"),
        ("a: b: c", "Template format error: YAML not well-formed. (line 1, column 5)"),
        ("template.yaml", "Template format error: unsupported structure."),
        ("[1, 2]", "Template format error: unsupported structure."),
        ("", "Template format error: unsupported structure."),
        ("# nothing", "Template format error: unsupported structure."),
        (
            "Resources: {A: {Type: &t T::T::T}, B: {Type: *t}}",
            "Template error: YAML aliases are not allowed in CloudFormation templates.",
        ),
        (
            "Resources: {A: {Type: !Foo x}}",
            "Template format error: YAML tag !Foo is not supported in CloudFormation templates.",
        ),
        (
            "Resources: {A: {Type: T::T::T, Properties: {V: !!binary aGk=}}}",
            "Template format error: YAML tag !!binary is not supported in CloudFormation templates.",
        ),
        (
            "Resources: {A: {Type: T::T::T}, A: {Type: U::U::U}}",
            "Template format error: the key 'A' is there more than once.",
        ),
        ('{"Resources":{},"Resources":{}}', "Template format error: the key 'Resources' is there more than once."),
        (
            "Resources: {A: {Type: T::T::T}}\n---\nb: 1",
            "Template format error: YAML not well-formed. (more than one document)",
        ),
        ("? [a]\n: b", "Template format error: YAML not well-formed. (a key that is not a scalar)"),
        (
            "Resources:\n  A:\n    Type: T::T::T\n    Properties:",
            "[/Resources/A/Properties] 'null' values are not allowed in templates",
        ),
        (
            "Resources: {A: {Type: T::T::T}}\nOutputs: {MyOutput: {Value: }}",
            "[/Outputs/MyOutput/Value] 'null' values are not allowed in templates",
        ),
        (
            '{"Resources":{"A":{"Type":"T","Properties":{"V":[1,null]}}}}',
            "[/Resources/A/Properties/V/1] 'null' values are not allowed in templates",
        ),
        ('{"a": NaN}', "Template format error: JSON not well-formed. (NaN is not a value of JSON)"),
    ],
)
def test_what_is_no_template_is_refused_in_awss_words(text: str, message: str) -> None:
    assert refusal(text) == message


def test_a_template_has_a_largest_size() -> None:
    text = "Description: " + "x" * 1_000_000
    assert refusal(text) == "Template may not exceed 1000000 bytes in size."


def test_included_content_may_have_aliases_and_merges() -> None:
    found = read_document("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: [*a]\n", aliases=True)
    assert found == {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}, "c": [{"x": 1, "y": 2}]}


values = st.recursive(
    st.text(max_size=5)
    | st.integers(-(10**12), 10**12)
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False).map(lambda number: WrittenFloat(repr(number))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=5), values, max_size=4))
def test_what_is_written_as_json_is_read_again(value: dict[str, object]) -> None:
    text = write_json(value)
    assert json.loads(text) == value
    assert read_document(text) == value
    assert write_json(read_document(text)) == text
