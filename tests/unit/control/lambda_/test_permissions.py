"""Function policies. Source: AddPermission, RemovePermission and GetPolicy in the "API reference" (AWS Lambda)."""

import json
from typing import Any

import pytest

from gatewright.base.policy import AccessRequest, Principal, PrincipalType, parse_policy
from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, call, create, failure

STALE = (
    "PreconditionFailedException",
    (
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
    ),
)


def permission(statement_id: str = "apigateway-get", **members: Any) -> dict[str, Any]:
    return {
        "FunctionName": "my-function",
        "StatementId": statement_id,
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        **members,
    }


def add(context: Context, statement_id: str = "apigateway-get", **members: Any) -> dict[str, Any]:
    statement: dict[str, Any] = json.loads(
        call(context, "AddPermission", **permission(statement_id, **members))["Statement"]
    )
    return statement


class TestAddPermission:
    def test_statements_make_a_policy(self, contexts: Contexts) -> None:
        context = contexts.context()
        function = create(context)
        first = add(context, SourceArn="arn:aws:execute-api:us-east-1:123456789012:mnh1xmpli7/*/GET/*")
        second = add(context, "s3", Principal="s3.amazonaws.com", SourceAccount="123456789012", FunctionName=ARN)
        policy = {"Version": "2012-10-17", "Id": "default", "Statement": [first, second]}
        answer = call(context, "GetPolicy", FunctionName="my-function")
        assert answer["Policy"] == json.dumps(policy, separators=(",", ":"))
        stored = contexts.document("lambda", "function-policy", "my-function")
        assert stored == {"Policy": policy}
        # Of the function only the revision changes: see `snapshot.compile_version` for what that means.
        changed = {**function, "RevisionId": answer["RevisionId"]}
        assert contexts.document("lambda", "function", "my-function") == changed != function

    def test_the_policy_allows_what_it_says(self, context: Context) -> None:
        create(context)
        add(context, SourceArn="arn:aws:execute-api:us-east-1:123456789012:mnh1xmpli7/*/GET/*")
        policy = parse_policy(json.loads(call(context, "GetPolicy", FunctionName=ARN)["Policy"]))
        gateway = Principal(PrincipalType.SERVICE, ("apigateway.amazonaws.com",))
        for source, allowed in (("mnh1xmpli7/prod/GET/users", True), ("mnh1xmpli7/prod/POST/users", False)):
            source_arn = f"arn:aws:execute-api:us-east-1:123456789012:{source}"
            request = AccessRequest(gateway, "lambda:InvokeFunction", ARN, {"aws:SourceArn": source_arn})
            assert policy.evaluate(request).is_allowed is allowed

    def test_statement_ids_are_unique(self, contexts: Contexts) -> None:
        context = contexts.context()
        create(context)
        add(context)
        assert failure(context, "AddPermission", **permission()) == (
            "ResourceConflictException",
            (
                "The statement id (apigateway-get) provided already exists. Please provide a new statement id, or "
                "remove the existing statement."
            ),
        )
        # Before its revision is looked at, as AWS was recorded to (radkawar/stackd, docs/lambda.md).
        stale = permission(RevisionId="stale")
        assert failure(context, "AddPermission", **stale)[0] == "ResourceConflictException"
        assert contexts.store.revision() == 2

    @pytest.mark.parametrize(
        ("members", "code", "message"),
        [
            (
                {"FunctionName": "other"},
                "ResourceNotFoundException",
                "Function not found: " + ARN.replace("my-function", "other"),
            ),
            (
                {"Qualifier": "$LATEST"},
                "InvalidParameterValueException",
                "We currently do not support adding policies for $LATEST.",
            ),
            ({"Qualifier": "1"}, "ResourceNotFoundException", f"Function not found: {ARN}:1"),
            ({"Qualifier": "prod"}, "ResourceNotFoundException", f"Cannot find alias arn: {ARN}:prod"),
            (
                {"SourceArn": "arn:aws:s3:::${}"},
                "InvalidParameterValueException",
                "Invalid policy variable: ${}",
            ),
            ({"RevisionId": "stale"}, *STALE),
        ],
    )
    def test_what_lambda_refuses(self, contexts: Contexts, members: dict[str, str], code: str, message: str) -> None:
        create(contexts.context())
        assert failure(contexts.context(), "AddPermission", **permission(**members)) == (code, message)
        assert contexts.document("lambda", "function-policy", "my-function") is None

    def test_revisions_are_preconditions(self, context: Context) -> None:
        created = create(context)
        add(context, "first", RevisionId=created["RevisionId"])
        assert failure(context, "AddPermission", **permission("second", RevisionId=created["RevisionId"])) == STALE
        revision = call(context, "GetPolicy", FunctionName=ARN)["RevisionId"]
        add(context, "second", RevisionId=revision)
        assert call(context, "GetPolicy", FunctionName=ARN)["RevisionId"] != revision

    def test_a_policy_holds_20_kib(self, context: Context) -> None:
        create(context)

        def request(number: int) -> dict[str, Any]:
            return permission(f"statement-{number:02}", SourceArn="arn:aws:s3:::" + "x" * 1000)

        statement_size = len(call(context, "AddPermission", **request(0))["Statement"])
        frame_size = len('{"Version":"2012-10-17","Id":"default","Statement":[]}')
        # n statements have n - 1 commas between them.
        most = (20_480 - frame_size + 1) // (statement_size + 1)
        for number in range(1, most):
            call(context, "AddPermission", **request(number))
        size = frame_size + (most + 1) * statement_size + most
        assert failure(context, "AddPermission", **request(most)) == (
            "PolicyLengthExceededException",
            f"The final policy size ({size}) is bigger than the limit (20480).",
        )
        assert len(json.loads(call(context, "GetPolicy", FunctionName=ARN)["Policy"])["Statement"]) == most


class TestRemovePermission:
    def test_with_the_last_statement_goes_the_policy(self, contexts: Contexts) -> None:
        context = contexts.context()
        create(context)
        first = add(context, "first")
        add(context, "second")
        before = call(context, "GetPolicy", FunctionName=ARN)["RevisionId"]
        assert call(context, "RemovePermission", FunctionName="my-function", StatementId="second") == {}
        answer = call(context, "GetPolicy", FunctionName=ARN)
        assert json.loads(answer["Policy"])["Statement"] == [first]
        assert answer["RevisionId"] != before
        call(context, "RemovePermission", FunctionName=ARN, StatementId="first")
        assert contexts.document("lambda", "function-policy", "my-function") is None
        add(context, "first")

    def test_what_is_not_there(self, context: Context) -> None:
        request = {"FunctionName": "my-function", "StatementId": "s"}
        not_found = "ResourceNotFoundException"
        assert failure(context, "RemovePermission", **request) == (not_found, f"No policy found for: {ARN}")
        create(context)
        expected = (not_found, "No policy is associated with the given resource.")
        assert failure(context, "RemovePermission", **request) == expected
        add(context)
        expected = (not_found, "Statement s is not found in resource policy.")
        assert failure(context, "RemovePermission", **request) == expected
        expected = (not_found, f"Cannot find alias arn: {ARN}:prod")
        assert failure(context, "RemovePermission", **request, Qualifier="prod") == expected
        # What no alias can be called (localstack recorded it of AddPermission in test_permission_exceptions).
        expected = (not_found, f"Function not found: {ARN}:with-$")
        assert failure(context, "RemovePermission", **request, Qualifier="with-$") == expected

    def test_a_stale_revision_is_refused(self, context: Context) -> None:
        create(context)
        add(context)
        request = {"FunctionName": ARN, "StatementId": "apigateway-get", "RevisionId": "stale"}
        assert failure(context, "RemovePermission", **request) == STALE
        request["RevisionId"] = call(context, "GetPolicy", FunctionName=ARN)["RevisionId"]
        call(context, "RemovePermission", **request)


class TestGetPolicy:
    def test_what_is_not_there(self, context: Context) -> None:
        not_found = "ResourceNotFoundException"
        expected = (not_found, f"Function not found: {ARN}")
        assert failure(context, "GetPolicy", FunctionName="my-function") == expected
        create(context)
        expected = (not_found, "The resource you requested does not exist.")
        assert failure(context, "GetPolicy", FunctionName="my-function") == expected
        # The same for a version that is not there (localstack recorded it of AWS in test_permission_exceptions).
        assert failure(context, "GetPolicy", FunctionName="my-function", Qualifier="7") == expected
