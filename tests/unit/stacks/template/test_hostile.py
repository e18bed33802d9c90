"""Small templates that ask for a great deal: refused with a clear error, in little time and memory."""

import json
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatewright.stacks.template import TemplateError, read_template
from gatewright.stacks.template.documents import read_document
from tests.unit.stacks.template.surroundings import FakeSeams, properties_of

SECONDS = 3.0
"""Of the processor, as the machine may be busy with something else."""


def resource(value: object, **sections: object) -> str:
    return json.dumps({"Resources": {"A": {"Type": "T::T::T", "Properties": {"V": value}}}} | sections)


def bombs_of_sub(depth: int) -> object:
    value: object = "x" * 100
    for _ in range(depth):
        value = {"Fn::Sub": ["${a}" * 100, {"a": value}]}
    return value


def loops(depth: int, fragment: object) -> object:
    for number in range(depth):
        fragment = {f"Fn::ForEach::L{number}": [f"N{number}", [str(item) for item in range(20)], fragment]}
    return fragment


NAMED = "R" + "".join(f"${{N{number}}}x" for number in range(6))
LOOPS = {"Transform": "AWS::LanguageExtensions"}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: "[" * 200_000, "YAML not well-formed"),
        (lambda: "[" * 200 + "]" * 200, "nested more than 100 levels"),
        (lambda: '{"a":' * 200_000, "nested more than 100 levels"),
        (lambda: "a: " + "{a: " * 150 + "1" + "}" * 150, "nested more than 100 levels"),
        (lambda: "a:\n" + "".join(" " * level + "- \n" for level in range(1, 300)), "nested more than 100 levels"),
        (lambda: resource({"Fn::Join": ["y" * 400_000, ["x"] * 50_000]}), "a text longer than 1000000 characters"),
        (lambda: resource(bombs_of_sub(20)), "a text longer than 1000000 characters"),
        (lambda: resource([{"Fn::Join": ["x" * 9_000, ["a"] * 100]}] * 60), "longer than 20000000 characters together"),
        (lambda: resource({"Fn::ToJsonString": {"a": bombs_of_sub(20)}}, **LOOPS), "a text longer than 1000000"),
        (lambda: resource({"Fn::Cidr": ["::/0", 10**9, 1]}), "Fn::Cidr"),
        (lambda: resource({"Fn::Select": ["9" * 5000, ["a"]]}), "Fn::Select"),
        (lambda: json.dumps(LOOPS | {"Resources": loops(6, {NAMED: {"Type": "T"}})}), "more than 200000 values"),
        (lambda: resource({"Fn::Select": ["²", ["a"]]}), "Fn::Select"),
        (lambda: resource("{{resolve:ssm:a:" + "9" * 5000 + "}}"), "Incorrect format"),
        (lambda: resource("{{resolve:ssm:a:²}}"), "Incorrect format"),
        (
            lambda: json.dumps(LOOPS | {"Resources": loops(2, {"R${N0}": {"Type": "T", "P": "${N0}" * 10_000}})}),
            "Duplicate key|more than 10000000 characters",
        ),
        (
            lambda: json.dumps(
                LOOPS
                | {"Resources": {"Fn::ForEach::L": ["N", ["x" * 100_000, "y" * 100_000], {"R": "${N}" * 100_000}]}}
            ),
            "more than 10000000 characters",
        ),
        (
            lambda: json.dumps({"Resources": {"A": {"Type": "T", "Properties": {"V": ["x" * 1_000_000]}}}}),
            "1000000 bytes",
        ),
        (lambda: "Resources: {A: &a [" + ",".join(["*a"] * 50_000) + "]}", "YAML aliases are not allowed"),
        (lambda: "Resources: {A: {Type: T}}\n" + "x: 1\n" * 90_000, "more than once"),
    ],
)
def test_bombs_are_refused(make: Callable[[], str], message: str) -> None:
    text = make()
    began = time.process_time()
    with pytest.raises(TemplateError, match=message):
        properties_of(text)
    assert time.process_time() - began < SECONDS


def test_included_aliases_are_counted() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(TemplateError, match="more than 500000 values"):
        read_document("\n".join(lines), aliases=True)
    with pytest.raises(TemplateError, match="without an anchor before it"):
        read_document("a: &a [*a]", aliases=True)
    included = FakeSeams(objects={"s3://b/k": "\n".join(lines)})
    inner = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}}
    with pytest.raises(TemplateError, match="should be valid Yaml/JSON"):
        properties_of(resource(inner), seams=included)


def test_included_parts_are_counted() -> None:
    part = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}}
    included = FakeSeams(objects={"s3://b/k": json.dumps({"a": [part, part]})})
    with pytest.raises(TemplateError, match="can have 200 included parts"):
        properties_of(resource([part] * 3), seams=included)
    large = FakeSeams(objects={"s3://b/k": "x" * 300_000})
    with pytest.raises(TemplateError, match="processed template may not exceed 1000000 bytes"):
        properties_of(resource([part] * 4), seams=large)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="{}[]:,-&*!|>'\"\n #%@abT0.Rf", max_size=60))
def test_any_text_is_a_template_or_refused(text: str) -> None:
    with suppress(TemplateError):
        read_template(text)


names = st.sampled_from(
    [
        "Ref",
        "Fn::Sub",
        "Fn::Join",
        "Fn::If",
        "Fn::GetAtt",
        "Fn::Select",
        "Fn::Split",
        "Fn::Cidr",
        "Fn::FindInMap",
        "Fn::Length",
        "Fn::ToJsonString",
        "Fn::Base64",
        "Fn::ForEach::L",
        "Fn::Transform",
        "Fn::Foo",
        "Condition",
        "Fn::Equals",
        "A",
        "Type",
    ]
)
anything = st.recursive(
    st.sampled_from(
        ["A", "B", "", "x", "${A}", "${A.b}", "${!x}", "C", "AWS::NoValue", "AWS::Region", 0, 1, True, 1.5]
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=2),
    max_leaves=15,
)


@settings(max_examples=400, deadline=None)
@given(anything, anything, anything, st.booleans())
def test_any_value_is_evaluated_or_refused(value: object, condition: object, output: object, is_extended: bool) -> None:
    document = {
        "Conditions": {"C": condition},
        "Resources": {"A": {"Type": "T::T::T", "Properties": {"V": value}}, "B": {"Type": "T::T::T"}},
        "Outputs": {"O": {"Value": output}},
    } | (LOOPS if is_extended else {})
    with suppress(TemplateError):
        properties_of(json.dumps(document))
