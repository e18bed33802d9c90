"""Event patterns, after the examples of their two pages.

AWS documentation: "Control which events Lambda sends to your function" (AWS Lambda Developer Guide); "Comparison
operators for use in event patterns in Amazon EventBridge" (Amazon EventBridge User Guide).
"""

import json
import time
from typing import Any

import pytest

from gatewright.languages.event_patterns import PatternInvalid, compile_pattern

MATCHES: list[tuple[dict[str, Any], Any, bool]] = [
    # Comparison operators of the Lambda page
    ({"UserID": [None]}, {"UserID": None}, True),
    ({"UserID": [None]}, {}, False),
    ({"LastName": [""]}, {"LastName": ""}, True),
    ({"Name": ["Alice"]}, {"Name": "Alice"}, True),
    ({"Name": ["Alice"]}, {"Name": "alice"}, False),
    ({"Name": [{"equals-ignore-case": "alice"}]}, {"Name": "Alice"}, True),
    ({"Location": ["New York"], "Day": ["Monday"]}, {"Location": "New York", "Day": "Monday"}, True),
    ({"Location": ["New York"], "Day": ["Monday"]}, {"Location": "New York", "Day": "Sunday"}, False),
    ({"PaymentType": ["Credit", "Debit"]}, {"PaymentType": "Debit"}, True),
    ({"$or": [{"Location": ["New York"]}, {"Day": ["Monday"]}]}, {"Day": "Monday"}, True),
    ({"$or": [{"Location": ["New York"]}, {"Day": ["Monday"]}]}, {"Day": "Sunday"}, False),
    ({"Weather": [{"anything-but": ["Raining"]}]}, {"Weather": "Sunny"}, True),
    ({"Weather": [{"anything-but": ["Raining"]}]}, {"Weather": "Raining"}, False),
    ({"Weather": [{"anything-but": ["Raining"]}]}, {}, False),
    ({"Price": [{"numeric": ["=", 100]}]}, {"Price": 100.0}, True),
    ({"Price": [{"numeric": [">", 10, "<=", 20]}]}, {"Price": 20}, True),
    ({"Price": [{"numeric": [">", 10, "<=", 20]}]}, {"Price": 10}, False),
    ({"Price": [{"numeric": [">", 10]}]}, {"Price": "11"}, False),
    ({"ProductName": [{"exists": True}]}, {"ProductName": None}, True),
    ({"ProductName": [{"exists": False}]}, {}, True),
    ({"ProductName": [{"exists": True}]}, {"ProductName": {"a": 1}}, False),
    ({"Region": [{"prefix": "us-"}]}, {"Region": "us-east-1"}, True),
    ({"FileName": [{"suffix": ".png"}]}, {"FileName": "a.png"}, True),
    # Those of EventBridge
    ({"a": [{"anything-but": {"prefix": "init"}}]}, {"a": "initial"}, False),
    ({"a": [{"anything-but": {"suffix": [".txt", ".rtf"]}}]}, {"a": "a.rtf"}, False),
    ({"a": [{"anything-but": 0}]}, {"a": 1}, True),
    ({"a": [{"prefix": {"equals-ignore-case": "EC2"}}]}, {"a": "ec2-1"}, True),
    ({"a": [{"wildcard": "dir/*.png"}]}, {"a": "dir/x/y.png"}, True),
    ({"a": [{"wildcard": "*.png"}]}, {"a": "png"}, False),
    ({"a": [{"cidr": "10.0.0.0/24"}]}, {"a": "10.0.0.255"}, True),
    ({"a": [{"cidr": "10.0.0.0/24"}]}, {"a": "10.0.1.0"}, False),
    # Structure
    ({"a": {"b": {"c": [1]}}}, {"a": {"b": {"c": 1, "d": 2}}}, True),
    ({"a": {"b": [1]}}, {"a": [{"b": 2}, {"b": 1}]}, True),
    ({"a": ["x"]}, {"a": ["y", "x"]}, True),
    ({"a": ["x"]}, {"a": []}, False),
    ({"a": [True]}, {"a": 1}, False),
    ({"a": [1]}, {"a": True}, False),
    ({"a": ["x"]}, "no object", False),
]


@pytest.mark.parametrize(("pattern", "event", "expected"), MATCHES)
def test_matching(pattern: dict[str, Any], event: Any, *, expected: bool) -> None:
    assert compile_pattern(json.dumps(pattern))(event) is expected


INVALID = [
    "",
    "[]",
    "{}",
    '"a"',
    '{"a": 1}',
    '{"a": []}',
    '{"a": {}}',
    '{"a": [[1]]}',
    '{"a": [{"unknown": 1}]}',
    '{"a": [{"prefix": "a", "suffix": "b"}]}',
    '{"a": [{"prefix": 1}]}',
    '{"a": [{"numeric": [">"]}]}',
    '{"a": [{"numeric": [">", "1"]}]}',
    '{"a": [{"numeric": ["~", 1]}]}',
    '{"a": [{"exists": "yes"}]}',
    '{"a": [{"cidr": "10.0.0.0/99"}]}',
    '{"a": [{"wildcard": "a**b"}]}',
    '{"a": [{"anything-but": []}]}',
    '{"a": [{"anything-but": {"numeric": [">", 1]}}]}',
    '{"$or": [{"a": [1]}]}',
    '{"a":' * 70 + "[1]" + "}" * 70,
    "[" * 100_000,
]


@pytest.mark.parametrize("text", INVALID, ids=lambda text: text[:40])
def test_what_is_no_pattern(text: str) -> None:
    with pytest.raises(PatternInvalid):
        compile_pattern(text)


def test_wildcards_take_no_more_than_linear_time() -> None:
    test = compile_pattern(json.dumps({"a": [{"wildcard": "*a" * 500 + "*b"}]}))
    began = time.perf_counter()
    assert not test({"a": "a" * 200_000})
    assert time.perf_counter() - began < 1
