"""Policies as a whole, by ARN, and permissions of versions and aliases.

Sources: PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy, AddPermission in the "API reference" (AWS Lambda).
"""

import json
from typing import Any

import pytest

from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, call, create, failure

NOT_FOUND = "ResourceNotFoundException"
INVALID = "InvalidParameterValueException"


def statement(resource: str = ARN, **elements: Any) -> dict[str, Any]:
    return {
        "Sid": "s",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
        "Action": "lambda:InvokeFunction",
        "Resource": resource,
        **elements,
    }


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture
def published(context: Context) -> Context:
    create(context, Publish=True)
    call(context, "CreateAlias", FunctionName=ARN, Name="prod", FunctionVersion="1")
    return context


def add(context: Context, name: str, **members: Any) -> dict[str, Any]:
    request = {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}
    answer = call(context, "AddPermission", FunctionName=name, **request, **members)
    added: dict[str, Any] = json.loads(answer["Statement"])
    return added


class TestPermissionsOfQualifiers:
    def test_each_has_a_policy_of_its_own(self, published: Context, contexts: Contexts) -> None:
        for name, members, identifier in (
            (ARN, {}, "my-function"),
            (f"{ARN}:1", {}, "my-function/1"),
            ("my-function", {"Qualifier": "prod"}, "my-function/prod"),
        ):
            added = add(published, name, **members)
            qualifier = identifier.removeprefix("my-function").replace("/", ":")
            assert added["Resource"] == ARN + qualifier
            answer = call(published, "GetPolicy", FunctionName=name, **members)
            assert json.loads(answer["Policy"])["Statement"] == [added]
            stored = contexts.document("lambda", "function-policy", identifier)
            assert stored is not None
            assert json.loads(answer["Policy"]) == stored["Policy"]
        call(published, "RemovePermission", FunctionName=f"{ARN}:prod", StatementId="s")
        assert failure(published, "GetPolicy", FunctionName=f"{ARN}:prod")[0] == NOT_FOUND
        assert call(published, "GetPolicy", FunctionName=f"{ARN}:1")

    def test_the_first_revision_is_that_of_the_version(self, published: Context) -> None:
        revision_id = call(published, "GetFunctionConfiguration", FunctionName=f"{ARN}:1")["RevisionId"]
        add(published, f"{ARN}:1", RevisionId=revision_id)


class TestPutResourcePolicy:
    @pytest.mark.parametrize("resource", [ARN, f"{ARN}:1", f"{ARN}:prod"])
    def test_it_replaces_the_policy(self, published: Context, resource: str) -> None:
        add(published, resource)
        put = call(published, "PutResourcePolicy", ResourceArn=resource, Policy=policy(statement(resource)))
        assert json.loads(put["Policy"]) == {"Version": "2012-10-17", "Statement": [statement(resource)]}
        assert call(published, "GetResourcePolicy", ResourceArn=resource) == put
        assert call(published, "GetPolicy", FunctionName=resource) == put

    def test_permissions_can_be_added_to_it(self, published: Context) -> None:
        single = {"Version": "2012-10-17", "Id": "mine", "Statement": statement(Sid="first")}
        call(published, "PutResourcePolicy", ResourceArn=ARN, Policy=json.dumps(single))
        added = add(published, ARN)
        answer = json.loads(call(published, "GetPolicy", FunctionName=ARN)["Policy"])
        assert answer == {**single, "Statement": [statement(Sid="first"), added]}
        without_sid = statement()
        del without_sid["Sid"]
        call(published, "PutResourcePolicy", ResourceArn=ARN, Policy=policy(without_sid))
        assert failure(published, "RemovePermission", FunctionName=ARN, StatementId="s")[0] == NOT_FOUND

    def test_revisions_are_preconditions(self, published: Context) -> None:
        first = call(published, "PutResourcePolicy", ResourceArn=ARN, Policy=policy(statement()))["RevisionId"]
        request = {"ResourceArn": ARN, "Policy": policy(statement(Sid="t"))}
        second = call(published, "PutResourcePolicy", **request, RevisionId=first)["RevisionId"]
        assert failure(published, "PutResourcePolicy", **request, RevisionId=first)[0] == "PreconditionFailedException"
        delete = {"ResourceArn": ARN, "RevisionId": first}
        assert failure(published, "DeleteResourcePolicy", **delete)[0] == "PreconditionFailedException"
        assert call(published, "DeleteResourcePolicy", ResourceArn=ARN, RevisionId=second) == {}
        expected = (NOT_FOUND, "The resource you requested does not exist.")
        assert failure(published, "GetResourcePolicy", ResourceArn=ARN) == expected
        assert call(published, "DeleteResourcePolicy", ResourceArn=ARN) == {}, "as AWS has it"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("no JSON", "The policy is not valid JSON."),
            ("[" * 10_000, "The policy is not valid JSON."),
            ("[]", "The policy must be a JSON object."),
            ("{}", "A policy must have a Statement"),
            (policy(), None),
            (json.dumps({"Statement": ["x"]}), "A statement must be a JSON object."),
            (policy(statement(Effect="Maybe")), "Effect must be Allow or Deny, not Maybe"),
            (policy(statement(f"{ARN}:1")), f"The Resource of every statement must be {ARN}."),
            (
                json.dumps({"Statement": [{"Effect": "Allow", "Action": "lambda:*", "Resource": ARN}]}),
                "Every statement of a resource-based policy must have a Principal.",
            ),
        ],
    )
    def test_what_is_no_policy(self, published: Context, text: str, message: str | None) -> None:
        if message is None:
            call(published, "PutResourcePolicy", ResourceArn=ARN, Policy=text)
            return
        assert failure(published, "PutResourcePolicy", ResourceArn=ARN, Policy=text) == (INVALID, message)

    def test_what_is_not_there(self, published: Context) -> None:
        for resource, code, message in (
            (ARN.replace("my-", "no-"), NOT_FOUND, "Function not found: " + ARN.replace("my-", "no-")),
            (f"{ARN}:7", NOT_FOUND, f"Function not found: {ARN}:7"),
            (f"{ARN}:beta", NOT_FOUND, f"Cannot find alias arn: {ARN}:beta"),
            (f"{ARN}:$LATEST", INVALID, "We currently do not support adding policies for $LATEST."),
        ):
            request = {"ResourceArn": resource, "Policy": policy(statement(resource))}
            assert failure(published, "PutResourcePolicy", **request) == (code, message)

    def test_policies_of_runtimes_are_not_built(self, context: Context) -> None:
        runtime = "arn:aws:lambda:us-east-1:123456789012:runtime/mine"
        assert failure(context, "GetResourcePolicy", ResourceArn=runtime)[0] == "NotImplemented"
