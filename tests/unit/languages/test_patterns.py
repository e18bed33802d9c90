"""Patterns of strangers: the dialect of ECMA 262, and that no pattern hangs a node.

"Data models for REST APIs" (API Gateway Developer Guide): models are JSON Schema draft 4, its patterns ECMA 262's.
"""

import time

import pytest

from gatewright.languages.java_patterns import compile_java
from gatewright.languages.patterns import Pattern, PatternError, PatternTimeout, check_ecma, compile_ecma


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        ("^[0-9]+$", "12", True),
        ("^[0-9]+$", "12\n", False),
        ("a", "xax", True),
        (r"^\d$", "٣", False),
        (r"^\w$", "é", False),
        (r"^\s$", "\u00a0", True),
        (r"^[\s]$", "\ufeff", True),
        (r"^\S$", "\u00a0", False),
        ("^.$", "\u2028", False),
        ("[]", "a", False),
        ("^[^]$", "\n", True),
        ("^[[]$", "[", True),
        (r"^\/\-\Z$", "/-Z", True),
        (r"^\p{2}$", "pp", True),
        (r"^\u00e9\x41\cJ$", "éA\n", True),
        ("^a{,3}$", "a{,3}", True),
        ("^{}$", "{}", True),
        (r"^(?:a|b)(?=c)(?!d)c$", "bc", True),
        (r"^(a)\1$", "aa", True),
        (r"^\+++$", "+++", False),
    ],
)
def test_ecma(pattern: str, text: str, is_found: bool) -> None:
    if pattern == r"^\+++$":
        with pytest.raises(PatternError):
            compile_ecma(pattern)
        return
    assert compile_ecma(pattern).is_found(text) is is_found


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "[a",
        "a{2,1}",
        "a**",
        "a++",
        "*",
        "(?<n>a)",
        "(?P<n>a)",
        "(?i)a",
        "(?<=a)b",
        "a\\",
        "x" * 10001,
        "(((a{1000}){1000}){1000})",
        "((a|b){60000}){2}",
        "a{99999999999}",
    ],
)
def test_no_pattern(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_ecma(pattern)


def test_java_has_flags_and_possessive_quantifiers() -> None:
    assert compile_java("a++B", "i").is_match("AAAb")
    assert not compile_java("a").is_match("ab")


def test_whether_a_text_is_a_pattern_is_found_without_its_repeats() -> None:
    check_ecma("(((a{1000}){1000}){1000,})")
    for pattern in ("(a{2,1})", "a{1}{1}", "(a{3}", f"a{{{'9' * 5000}}}"):
        with pytest.raises(PatternError):
            check_ecma(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "is_match"),
    [
        (r"\QError.\E.*", "Error. The end", True),
        (r"\QError.\E.*", "Errors", False),
        (".*", "a\u2028b", False),
        ("(?s).*", "a\nb", True),
        (r"[\p{Alpha}_]+", "a_b", True),
        (r"[\p{L}\d]{2}", "e1", True),
        ("[a-z&&[^b]]+", "ac", True),
        ("[a-z&&[^b]]+", "abc", False),
        ("(?<word>a)b", "ab", True),
        ("(?i:A)b", "ab", True),
        ("(?x) a b # both", "ab", True),
    ],
)
def test_java(pattern: str, text: str, is_match: bool) -> None:
    """Class Pattern, "Java Platform, Standard Edition API Specification"."""
    assert compile_java(pattern).is_match(text) is is_match


@pytest.mark.parametrize(
    "pattern",
    [
        "a{,3}",
        "(?#no comment)a",
        "(a)?(?(1)b)",
        "(?P<n>a)",
        "(?R)",
        "(*FAIL)",
        "(?:abc){e<=1}",
        "((a{500})(?#(){500})(?#(){20}",
        "(?x)((a{500})#(\n{500})#(\n{20}",
        "((a{500}[[(])]){500}[[(])]){20}",
        "((a{500}[a&&](]){500}[a&&](]){20}",
    ],
)
def test_no_java_pattern(pattern: str) -> None:
    """Neither what only `regex` knows, nor repeats that a bracket in a comment or a class hides."""
    with pytest.raises(PatternError):
        compile_java(pattern)


def _outcome(pattern: Pattern, text: str) -> str:
    try:
        return str(pattern.is_found(text))
    except PatternTimeout:
        return "timeout"


@pytest.mark.parametrize("pattern", ["^(a|a)*$", "^(a+)+$", "^(a|aa)+$", r"^(.*a){20}b$", "^.*.*.*.*.*.*.*.*=$"])
def test_catastrophes_end_soon(pattern: str) -> None:
    start = time.monotonic()
    assert _outcome(compile_ecma(pattern), "a" * 2000 + "!") in ("False", "timeout")
    assert time.monotonic() - start < 1.0
