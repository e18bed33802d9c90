"""Wildcards, variables and ARN patterns by themselves. Source: "IAM policy elements: Variables and tags"."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.base.policy_patterns import PolicyError, compile_arn_pattern, compile_pattern, match_arn


@given(
    pattern=st.text(alphabet="ab*?", max_size=10),
    value=st.text(alphabet="ab", max_size=12),
)
def test_wildcards_mean_what_the_regular_expression_says(pattern: str, value: str) -> None:
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    expected = re.fullmatch(expression, value) is not None
    assert compile_pattern(pattern, has_variables=True).matches(value, {}) is expected


@given(
    pattern=st.text(alphabet="ab*?{}$", max_size=8),
    name=st.text(alphabet="ab*?", min_size=1, max_size=4),
)
def test_what_a_variable_holds_is_text(pattern: str, name: str) -> None:
    """A pattern with a variable matches what the pattern with the value, escaped, in its place matches."""
    try:
        compiled = compile_pattern(pattern + "${v}", has_variables=True)
    except PolicyError:
        return
    literal = name.replace("*", "\0").replace("?", "${?}").replace("\0", "${*}")
    expected = compile_pattern(pattern + literal, has_variables=True)
    for value in (name, "ab" + name, pattern + name, "a*b?"):
        assert compiled.matches(value, {"v": (name,)}) is expected.matches(value, {})


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("${aws:username}", "ana", True),
        ("${ aws:username , 'x' }", "ana", True),
        ("${aws:missing, 'a b, c'}", "a b, c", True),
        ("${aws:missing, ''}", "", True),
        ("${AWS:USERNAME}${$}{x}", "ana${x}", True),
        ("$${aws:username}", "$ana", True),
        ("${aws:username", "${aws:username", True),
        ("}{", "}{", True),
    ],
)
def test_variables(text: str, value: str, expected: bool) -> None:
    assert compile_pattern(text, has_variables=True).matches(value, {"aws:username": ("ana",)}) is expected


@pytest.mark.parametrize("text", ["${}", "${ }", "${a b}", "${a,}", "${a, b}", "${a, 'b}", "${,'b'}"])
def test_malformed_variables(text: str) -> None:
    with pytest.raises(PolicyError, match="Invalid policy variable"):
        compile_pattern(text, has_variables=True)


def test_case_is_ignored_where_asked() -> None:
    pattern = compile_pattern("Lambda:Get*${v}", has_variables=True, ignore_case=True)
    assert pattern.matches("LAMBDA:getPOLICYx", {"v": ("X",)})


@pytest.mark.parametrize(
    ("text", "components"),
    [
        ("arn:aws:s3:::a/b:c", ["arn", "aws", "s3", "", "", "a/b:c"]),
        ("arn:aws:*", ["arn", "aws", "*"]),
        ("*", ["*"]),
        ("arn:aws:iam::${aws:PrincipalAccount}:role/x", ["arn", "aws", "iam", "", "${aws:PrincipalAccount}", "role/x"]),
        ("", [""]),
        (":", ["", ""]),
    ],
)
def test_arn_patterns_are_split_at_colons_outside_of_variables(text: str, components: list[str]) -> None:
    assert [pattern.text for pattern in compile_arn_pattern(text, has_variables=True)] == components


@given(text=st.text(alphabet="a:*?", max_size=10), value=st.text(alphabet="a:", max_size=10))
def test_no_arn_pattern_fails(text: str, value: str) -> None:
    match_arn(compile_arn_pattern(text, has_variables=True), value, {})
