"""Policies of buckets as the companion sees them: "AWS JSON policy elements: Condition" (IAM User Guide)."""

import json
from typing import Any

import pytest

from gatewright.companion.bucket_policies import applicable


def statement(condition: Any = None, effect: str = "Deny") -> dict[str, Any]:
    made = {"Effect": effect, "Principal": "*", "Action": "s3:*", "Resource": "*"}
    return made if condition is None else {**made, "Condition": condition}


def left(statements: Any) -> Any:
    return json.loads(applicable(json.dumps({"Version": "2012-10-17", "Statement": statements})))["Statement"]


def test_statements_without_conditions_stay() -> None:
    assert left([statement(), statement({})]) == [statement(), statement({})]
    assert left(statement()) == [statement()]


@pytest.mark.parametrize("value", ["true", True])
def test_calls_count_as_secure(value: object) -> None:
    """The policy that SAM CLI and CDK put on their buckets denies what is not."""
    assert left([statement({"Bool": {"aws:SecureTransport": "false"}})]) == []
    assert left([statement({"Bool": {"aws:SecureTransport": value}}, "Allow")]) != []
    assert left([statement({"NumericLessThan": {"s3:TlsVersion": 1.2}})]) == []


def test_other_conditions_apply_to_nobody() -> None:
    """Also where they would hold for want of a value, as negated ones do."""
    both = {"Bool": {"aws:SecureTransport": "true"}, "StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}
    assert left([statement(both)]) == []
    assert left([statement({"NoSuchOperator": {"aws:SecureTransport": "false"}})]) == []
