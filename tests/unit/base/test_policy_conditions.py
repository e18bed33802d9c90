"""Condition operators, qualifiers and missing keys, one row each.

Sources: "IAM JSON policy elements: Condition operators", "Single-valued vs. multivalued context keys" and "IAM policy
elements: Variables and tags" (IAM User Guide).
"""

from typing import Any

import pytest

from gatewright.base.policy import AccessRequest, PolicyError, parse_policy

ARN = "arn:aws:execute-api:us-east-2:123456789012:mnh1xmpli7/prod/GET/users"


def holds(condition: dict[str, Any], context: dict[str, Any]) -> bool:
    document = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition},
    }
    return parse_policy(document).evaluate(AccessRequest(None, "s3:GetObject", "*", context)).is_allowed


# (operator, value in the policy, value of the request, whether it holds)
VALUES = [
    ("StringEquals", "ana", "ana", True),
    ("StringEquals", "ana", "Ana", False),
    ("StringEquals", "an*", "ana", False),
    ("StringEquals", "an*", "an*", True),
    ("StringEquals", ["bob", "ana"], "ana", True),
    ("StringEquals", "${test:name}", "ana", True),
    ("StringEquals", "${test:name}", "bob", False),
    ("StringEquals", "${*}", "*", True),
    ("StringEquals", "", "", True),
    ("StringNotEquals", "ana", "bob", True),
    ("StringNotEquals", ["ana", "bob"], "bob", False),
    ("StringNotEquals", ["ana", "bob"], "eve", True),
    ("StringEqualsIgnoreCase", "ANA", "ana", True),
    ("StringEqualsIgnoreCase", "${test:name}", "ANA", True),
    ("StringNotEqualsIgnoreCase", "ANA", "ana", False),
    ("StringNotEqualsIgnoreCase", "ANA", "bob", True),
    ("StringLike", "a*", "ana", True),
    ("StringLike", "*", "", True),
    ("StringLike", "?", "", False),
    ("StringLike", "a?a", "ana", True),
    ("StringLike", "a??a", "ana", False),
    ("StringLike", "A*", "ana", False),
    ("StringLike", "a*a", "a", False),
    ("StringLike", "a**a", "aa", True),
    ("StringLike", "*n*", "ana", True),
    ("StringLike", "*?a", "a", False),
    ("StringLike", "home/${test:name}/*", "home/ana/x", True),
    ("StringLike", "home/${test:name}/*", "home/bob/x", False),
    ("StringLike", "a.a", "ana", False),
    ("StringLike", "${*}n", "ana", False),
    ("StringNotLike", "a*", "ana", False),
    ("StringNotLike", "b*", "ana", True),
    ("NumericEquals", "5", "5", True),
    ("NumericEquals", 5, "5.0", True),
    ("NumericEquals", "5", "five", False),
    ("NumericNotEquals", "5", "6", True),
    ("NumericNotEquals", "5", "5.00", False),
    ("NumericLessThan", "10", "9", True),
    ("NumericLessThan", "10", "10", False),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericGreaterThan", "10", "9", False),
    ("NumericGreaterThan", "9", "10", True),
    ("NumericGreaterThanEquals", "10", "10", True),
    ("NumericGreaterThanEquals", "10", "NaN", False),
    ("DateEquals", "2026-01-01T00:00:00Z", "1767225600", True),
    ("DateEquals", "2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00Z", True),
    ("DateEquals", "2026", "2026-01-01", True),
    ("DateEquals", "2026-02", "2026-02-01T00:00:00Z", True),
    ("DateNotEquals", "2026-01-01", "2026-01-01", False),
    ("DateNotEquals", "2026-01-01", "2026-01-02", True),
    ("DateLessThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", True),
    ("DateLessThan", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", False),
    ("DateLessThanEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", True),
    ("DateGreaterThan", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.001Z", True),
    ("DateGreaterThan", "2026-01-01T00:00:00Z", "yesterday", False),
    ("DateGreaterThanEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", True),
    ("DateGreaterThanEquals", "2026-01-01", "9" * 30, False),
    ("Bool", "true", "true", True),
    ("Bool", True, "true", True),
    ("Bool", "True", "TRUE", True),
    ("Bool", "true", "false", False),
    ("Bool", "false", "false", True),
    ("Bool", "false", "no", False),
    ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", True),
    ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5", False),
    ("BinaryEquals", "QmluYXJ5", "not base64!", False),
    ("IpAddress", "203.0.113.0/24", "203.0.113.7", True),
    ("IpAddress", "203.0.113.7", "203.0.113.7", True),
    ("IpAddress", "203.0.113.7/24", "203.0.113.9", True),
    ("IpAddress", "203.0.113.0/24", "203.0.114.7", False),
    ("IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1", True),
    ("IpAddress", "203.0.113.0/24", "2001:db8::1", False),
    ("IpAddress", "203.0.113.0/24", "somewhere", False),
    ("IpAddress", ["10.0.0.0/8", "203.0.113.0/24"], "203.0.113.7", True),
    ("NotIpAddress", "203.0.113.0/24", "203.0.113.7", False),
    ("NotIpAddress", "203.0.113.0/24", "203.0.114.7", True),
    ("ArnEquals", ARN, ARN, True),
    ("ArnLike", ARN, ARN, True),
    ("ArnEquals", "arn:aws:execute-api:us-east-2:123456789012:mnh1xmpli7/*/GET/*", ARN, True),
    ("ArnLike", "arn:aws:execute-api:*:123456789012:mnh1xmpli7/*", ARN, True),
    ("ArnLike", "arn:aws:execute-api:us-east-?:*:mnh1xmpli7/????/GET/users", ARN, True),
    ("ArnLike", "arn:*:execute-api:*:*:*", ARN, True),
    ("ArnLike", "arn:aws:execute-api:us-west-2:123456789012:mnh1xmpli7/*", ARN, False),
    # Each of the six components is checked separately: a wildcard does not reach over a colon …
    ("ArnLike", "arn:aws:*:mnh1xmpli7/prod/GET/users", ARN, False),
    ("ArnLike", "arn:aws:*:*:mnh1xmpli7/prod/GET/users:*", ARN, False),
    ("ArnLike", "arn:aws:execute-api:us-east-2:*", "arn:aws:execute-api:us-east-2:1:2", True),
    # … save in the sixth, which holds all that is left.
    ("ArnLike", "arn:aws:lambda:*:*:function:*", "arn:aws:lambda:us-east-1:123456789012:function:f:1", True),
    ("ArnLike", "arn:aws:lambda:*:*:function:f", "arn:aws:lambda:us-east-1:123456789012:function:f:1", False),
    ("ArnLike", "arn:aws:s3:::${test:name}-bucket", "arn:aws:s3:::ana-bucket", True),
    ("ArnLike", "*", ARN, True),
    ("ArnLike", "*", "not an ARN", False),
    ("ArnLike", "arn:aws:execute-api", ARN, False),
    ("ArnNotEquals", ARN, ARN, False),
    ("ArnNotLike", "arn:aws:s3:::*", ARN, True),
    ("ArnNotLike", "arn:aws:execute-api:*:*:*", ARN, False),
    ("ArnNotLike", ["arn:aws:s3:::*", "arn:aws:execute-api:*:*:*"], ARN, False),
]


@pytest.mark.parametrize(("operator", "wanted", "actual", "expected"), VALUES)
def test_operators(operator: str, wanted: Any, actual: str, expected: bool) -> None:
    context = {"Test:Key": actual, "test:name": "ana"}
    assert holds({operator: {"test:KEY": wanted}}, context) is expected
    # With the key present, IfExists changes nothing.
    assert holds({operator + "IfExists": {"test:key": wanted}}, context) is expected


WANTED = {"Numeric": "5", "Date": "2026-01-01", "Bool": "true", "Binary": "QUJD", "Ip": "10.0.0.0/8", "Not": "10.0.0.1"}


@pytest.mark.parametrize("operator", sorted({operator for operator, *_ in VALUES}))
def test_a_missing_key_matches_only_what_is_negated_or_optional(operator: str) -> None:
    wanted = next((value for prefix, value in WANTED.items() if operator.startswith(prefix)), "x")
    is_negated = "Not" in operator
    for context in ({}, {"test:key": []}, {"test:other": "x"}):
        assert holds({operator: {"test:key": wanted}}, context) is is_negated
        assert holds({operator + "IfExists": {"test:key": wanted}}, context) is True
        assert holds({f"ForAllValues:{operator}": {"test:key": wanted}}, context) is True
        assert holds({f"ForAnyValue:{operator}": {"test:key": wanted}}, context) is False
        assert holds({f"ForAnyValue:{operator}IfExists": {"test:key": wanted}}, context) is True


@pytest.mark.parametrize(
    ("operator", "wanted", "actual", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a"], True),
        ("ForAllValues:StringEquals", ["a", "b"], "a", True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c", "a"], True),
        ("ForAnyValue:StringEquals", ["a", "b"], ["c", "d"], False),
        ("ForAnyValue:StringLike", "a*", ["c", "abc"], True),
        ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], True),
        ("ForAllValues:StringNotEquals", ["a", "b"], ["c", "a"], False),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ["c", "a"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], ["b", "a"], False),
        ("ForAllValues:StringLikeIfExists", "a*", ["ab", "b"], False),
        ("ForAllValues:ArnLike", "arn:aws:s3:::*", ["arn:aws:s3:::a", "arn:aws:s3:::b"], True),
        ("ForAnyValue:NumericGreaterThan", "5", ["1", "9"], True),
        # Without a qualifier, one of several values is enough, and a negation means none.
        ("StringEquals", "a", ["b", "a"], True),
        ("StringNotEquals", "a", ["b", "a"], False),
    ],
)
def test_keys_with_several_values(operator: str, wanted: Any, actual: Any, expected: bool) -> None:
    assert holds({operator: {"aws:TagKeys": wanted}}, {"aws:tagkeys": actual}) is expected


@pytest.mark.parametrize(
    ("wanted", "context", "expected"),
    [
        ("true", {}, True),
        ("true", {"aws:TokenIssueTime": []}, True),
        ("true", {"aws:TokenIssueTime": "1"}, False),
        ("false", {"aws:TokenIssueTime": "1"}, True),
        ("false", {}, False),
        (True, {}, True),
        (["true", "false"], {}, True),
        (["true", "false"], {"aws:TokenIssueTime": "1"}, True),
    ],
)
def test_null(wanted: Any, context: dict[str, Any], expected: bool) -> None:
    assert holds({"Null": {"aws:TokenIssueTime": wanted}}, context) is expected


@pytest.mark.parametrize(
    ("context", "expected"),
    [
        ({"a": "1", "b": "2", "c": "3"}, True),
        ({"a": "1", "b": "2"}, False),
        ({"a": "x", "b": "2", "c": "3"}, False),
    ],
)
def test_all_operators_and_all_keys_must_hold(context: dict[str, str], expected: bool) -> None:
    assert holds({"StringEquals": {"a": "1", "b": "2"}, "NumericEquals": {"c": "3"}}, context) is expected


@pytest.mark.parametrize("wanted", ["${test:missing}", "a${test:missing}*", "${test:several}"])
def test_a_variable_without_a_single_value_matches_nothing(wanted: str) -> None:
    context = {"test:key": "a", "test:several": ["a", "b"]}
    assert holds({"StringLike": {"test:key": wanted}}, context) is False
    assert holds({"StringNotLike": {"test:key": wanted}}, context) is True


@pytest.mark.parametrize(
    "condition",
    [
        {"StringMatches": {"a": "b"}},
        {"stringequals": {"a": "b"}},
        {"": {"a": "b"}},
        {"IfExists": {"a": "b"}},
        {"NullIfExists": {"a": "true"}},
        {"ForAllValues:Null": {"a": "true"}},
        {"ForSomeValues:StringEquals": {"a": "b"}},
        {"ForAllValues:": {"a": "b"}},
        {"NumericEquals": {"a": "five"}},
        {"NumericEquals": {"a": "Infinity"}},
        {"DateEquals": {"a": "soon"}},
        {"DateEquals": {"a": "9" * 30}},
        {"Bool": {"a": "yes"}},
        {"Null": {"a": "maybe"}},
        {"BinaryEquals": {"a": "not base64!"}},
        {"IpAddress": {"a": "10.0.0.0/33"}},
        {"IpAddress": {"a": "${aws:SourceIp}"}},
        {"StringEquals": {"a": "${aws:username"[:2] + "}"}},
        {"StringEquals": {"a": None}},
        {"StringEquals": {"a": [["b"]]}},
    ],
)
def test_malformed_conditions_are_refused(condition: dict[str, Any]) -> None:
    with pytest.raises(PolicyError):
        holds(condition, {})
