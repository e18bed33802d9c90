"""Policies of layers' versions.

Sources: AddLayerVersionPermission, RemoveLayerVersionPermission and GetLayerVersionPolicy in the "API reference";
"Granting Lambda layer access to other accounts" (AWS Lambda Developer Guide).
"""

import json
from typing import Any

import pytest

from gatewright.base.errors import AwsError
from gatewright.control.context import Context
from tests.unit.control.lambda_.calls import call, failure
from tests.unit.control.lambda_.test_layers import ARN, publish

STATEMENT = {"LayerName": "my-layer", "VersionNumber": 1, "StatementId": "xaccount"}
GRANT = {**STATEMENT, "Action": "lambda:GetLayerVersion", "Principal": "*"}
MISMATCH = (
    "PreconditionFailedException",
    (
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the GetLayerPolicy API to retrieve the latest Revision Id"
    ),
)


@pytest.fixture
def published(context: Context) -> Context:
    publish(context)
    return context


@pytest.mark.parametrize(
    ("members", "principal", "condition"),
    [
        ({"Principal": "111122223333"}, {"AWS": "arn:aws:iam::111122223333:root"}, None),
        ({"Principal": "arn:aws:iam::111122223333:root"}, {"AWS": "arn:aws:iam::111122223333:root"}, None),
        ({"Principal": "*"}, "*", None),
        (
            {"Principal": "*", "OrganizationId": "o-t194hfs8cz"},
            "*",
            {"StringEquals": {"aws:PrincipalOrgID": "o-t194hfs8cz"}},
        ),
    ],
)
def test_the_statement(published: Context, members: dict[str, str], principal: Any, condition: Any) -> None:
    added = call(published, "AddLayerVersionPermission", **{**GRANT, **members})
    expected = {
        "Sid": "xaccount",
        "Effect": "Allow",
        "Principal": principal,
        "Action": "lambda:GetLayerVersion",
        "Resource": f"{ARN}:1",
    }
    expected |= {"Condition": condition} if condition else {}
    assert json.loads(added["Statement"]) == expected
    policy = call(published, "GetLayerVersionPolicy", LayerName="my-layer", VersionNumber=1)
    assert policy["RevisionId"] == added["RevisionId"]
    assert json.loads(policy["Policy"]) == {"Version": "2012-10-17", "Id": "default", "Statement": [expected]}


def test_revisions(published: Context) -> None:
    assert failure(published, "AddLayerVersionPermission", **GRANT, RevisionId="wrong") == MISMATCH
    first = call(published, "AddLayerVersionPermission", **GRANT)["RevisionId"]
    more = {**GRANT, "StatementId": "more"}
    second = call(published, "AddLayerVersionPermission", **more, RevisionId=first)["RevisionId"]
    assert second != first
    assert failure(published, "RemoveLayerVersionPermission", **STATEMENT, RevisionId=first) == MISMATCH
    assert call(published, "RemoveLayerVersionPermission", **STATEMENT, RevisionId=second) == {}
    left = call(published, "GetLayerVersionPolicy", LayerName="my-layer", VersionNumber=1)
    assert [statement["Sid"] for statement in json.loads(left["Policy"])["Statement"]] == ["more"]
    assert left["RevisionId"] not in (first, second)


def test_what_is_refused(published: Context) -> None:
    no_policy = ("ResourceNotFoundException", "No policy is associated with the given resource.")
    assert failure(published, "GetLayerVersionPolicy", LayerName="my-layer", VersionNumber=1) == no_policy
    assert failure(published, "RemoveLayerVersionPermission", **STATEMENT) == no_policy
    call(published, "AddLayerVersionPermission", **GRANT)
    assert failure(published, "AddLayerVersionPermission", **GRANT) == (
        "ResourceConflictException",
        (
            "The statement id (xaccount) provided already exists. "
            "Please provide a new statement id, or remove the existing statement."
        ),
    )
    assert failure(published, "RemoveLayerVersionPermission", **{**STATEMENT, "StatementId": "absent"}) == (
        "ResourceNotFoundException",
        "Statement absent is not found in resource policy.",
    )
    organization = {"OrganizationId": "o-t194hfs8cz", "Principal": "111122223333", "StatementId": "org"}
    refused = failure(published, "AddLayerVersionPermission", **{**GRANT, **organization})
    assert refused[0] == "InvalidParameterValueException"
    call(published, "RemoveLayerVersionPermission", **STATEMENT)
    assert failure(published, "GetLayerVersionPolicy", LayerName="my-layer", VersionNumber=1) == no_policy


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("AddLayerVersionPermission", GRANT),
        ("RemoveLayerVersionPermission", STATEMENT),
        ("GetLayerVersionPolicy", {"LayerName": "my-layer"}),
    ],
)
def test_versions_that_are_not_there(published: Context, operation: str, request_: dict[str, Any]) -> None:
    refused = failure(published, operation, **{**request_, "VersionNumber": 2})
    assert refused == ("ResourceNotFoundException", f"Layer version {ARN}:2 does not exist.")


def test_a_policy_has_a_largest_size(published: Context) -> None:
    code = message = ""
    for number in range(200):
        request = {**GRANT, "StatementId": f"{'s' * 90}-{number}"}
        try:
            call(published, "AddLayerVersionPermission", **request)
        except AwsError:
            code, message = failure(published, "AddLayerVersionPermission", **request)
            break
    assert code == "PolicyLengthExceededException"
    assert message.endswith("is bigger than the limit (20480).")


def test_the_policy_goes_with_its_version(published: Context) -> None:
    call(published, "AddLayerVersionPermission", **GRANT)
    call(published, "DeleteLayerVersion", LayerName="my-layer", VersionNumber=1)
    absent = ("ResourceNotFoundException", f"Layer version {ARN}:1 does not exist.")
    assert failure(published, "GetLayerVersionPolicy", LayerName="my-layer", VersionNumber=1) == absent
