"""Tags of roles, users, policies and instance profiles.

Order and messages as AWS answered them (localstack, test_iam_roles.snapshot.json, test_iam_policies.snapshot.json).
"""

from typing import Any

import pytest

from gatewright.control.context import Context
from tests.unit.control.iam.calls import ACCOUNT, READ, TRUST, call, failure

NAMED: dict[str, dict[str, str]] = {
    "Role": {"RoleName": "thing"},
    "User": {"UserName": "thing"},
    "Policy": {"PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/thing"},
    "InstanceProfile": {"InstanceProfileName": "thing"},
}
CREATED: dict[str, dict[str, Any]] = {
    "Role": {"RoleName": "thing", "AssumeRolePolicyDocument": TRUST},
    "User": {"UserName": "thing"},
    "Policy": {"PolicyName": "thing", "PolicyDocument": READ},
    "InstanceProfile": {"InstanceProfileName": "thing"},
}


def tags(**values: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in values.items()]


def listed(context: Context, kind: str) -> list[tuple[str, str]]:
    found = call(context, f"List{kind}Tags", **NAMED[kind])
    assert found["IsTruncated"] is False
    return [(tag["Key"], tag["Value"]) for tag in found["Tags"]]


@pytest.mark.parametrize("kind", NAMED)
def test_life(context: Context, kind: str) -> None:
    created = call(context, f"Create{kind}", **CREATED[kind], Tags=tags(somekey="somevalue"))[kind]
    assert created["Tags"] == tags(somekey="somevalue")
    call(context, f"Tag{kind}", **NAMED[kind], Tags=tags(someotherkey="other", somekey=""))
    assert listed(context, kind) == [("somekey", ""), ("someotherkey", "other")]
    first = call(context, f"List{kind}Tags", **NAMED[kind], MaxItems=1)
    second = call(context, f"List{kind}Tags", **NAMED[kind], Marker=first["Marker"])
    assert [first["Tags"], second["Tags"]] == [tags(somekey=""), tags(someotherkey="other")]
    call(context, f"Untag{kind}", **NAMED[kind], TagKeys=["somekey", "missing"])
    assert listed(context, kind) == [("someotherkey", "other")]


@pytest.mark.parametrize("kind", ["Role", "User"])
def test_principals_do_not_tell_keys_apart_by_case(context: Context, kind: str) -> None:
    text = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    doubled = [*tags(a="1"), *tags(A="2")]
    assert failure(context, f"Create{kind}", **CREATED[kind], Tags=doubled) == ("InvalidInput", text)
    call(context, f"Create{kind}", **CREATED[kind], Tags=tags(Department="foo"))
    assert failure(context, f"Tag{kind}", **NAMED[kind], Tags=doubled) == ("InvalidInput", text)
    call(context, f"Tag{kind}", **NAMED[kind], Tags=tags(department="bar"))
    assert listed(context, kind) == [("department", "bar")]
    call(context, f"Untag{kind}", **NAMED[kind], TagKeys=["DEPARTMENT"])
    assert listed(context, kind) == []


def test_policies_do(context: Context) -> None:
    call(context, "CreatePolicy", **CREATED["Policy"], Tags=[*tags(a="lowercase"), *tags(A="uppercase")])
    assert listed(context, "Policy") == [("A", "uppercase"), ("a", "lowercase")]
    twice = failure(context, "TagPolicy", **NAMED["Policy"], Tags=[*tags(b="1"), *tags(b="2")])
    assert twice == ("InvalidInput", "Duplicate tag keys found.")
    call(context, "UntagPolicy", **NAMED["Policy"], TagKeys=["a"])
    assert listed(context, "Policy") == [("A", "uppercase")]


def test_the_shortest_keys_of_policies_come_first(context: Context) -> None:
    given = tags(abc="first", b="second", z="third", a="fourth")
    assert call(context, "CreatePolicy", **CREATED["Policy"], Tags=given)["Policy"]["Tags"] == given
    assert [key for key, _ in listed(context, "Policy")] == ["a", "b", "z", "abc"]


def test_fifty_at_most(context: Context) -> None:
    call(context, "CreateRole", **CREATED["Role"], Tags=[{"Key": str(n), "Value": ""} for n in range(50)])
    call(context, "TagRole", **NAMED["Role"], Tags=[{"Key": "7", "Value": "x"}])
    assert failure(context, "TagRole", **NAMED["Role"], Tags=tags(more="")) == (
        "LimitExceeded",
        "The number of tags has reached the maximum limit.",
    )
