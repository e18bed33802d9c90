"""Policies of buckets as the companion sees them: "AWS JSON policy elements: Condition" (IAM User Guide)."""

import json
from typing import Any

import pytest

from gatewright.companion.bucket_policies import applicable, takes_logs


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


LOGS = "arn:aws:s3:::logs"
SERVICE = {"Service": "logging.s3.amazonaws.com"}


def granting(*others: dict[str, Any], **changes: Any) -> str:
    """Return the policy of "Permissions for log delivery", which names the bucket that is logged, and its account."""
    condition = {
        "ArnLike": {"aws:SourceArn": "arn:aws:s3:::shop"},
        "StringEquals": {"aws:SourceAccount": "123456789012"},
    }
    allow = {"Effect": "Allow", "Principal": SERVICE, "Action": "s3:PutObject", "Resource": f"{LOGS}/*"}
    statements = [{**allow, "Condition": condition, **changes}, *others]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (granting(), True),
        (granting(Resource=f"{LOGS}/a/*"), True),
        (granting(Resource=f"{LOGS}/b/*"), False),
        (granting(Condition={"StringEquals": {"aws:SourceAccount": "210987654321"}}), False),
        (granting(Principal={"Service": "s3.amazonaws.com"}), False),
        (granting(statement({"Bool": {"aws:SecureTransport": "false"}})), True),
        # What the CDK's handler puts on a bucket before it empties it.
        (granting({"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"{LOGS}/*"}), False),
        ('{"Statement": 1}', False),
        ("no JSON", False),
    ],
)
def test_which_policies_take_logs(policy: str, expected: bool) -> None:
    assert takes_logs(policy, "arn:aws:s3:::shop", "123456789012", f"{LOGS}/a/log") is expected
