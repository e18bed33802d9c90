"""Changing functions. Source: UpdateFunctionCode, UpdateFunctionConfiguration in the "API reference" (AWS Lambda)."""

import base64
import hashlib
from typing import Any

import pytest

from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, CODE, OTHER_CODE, call, create, creation, failure, updated

STALE = (
    "PreconditionFailedException",
    (
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the GetFunction/GetAlias API to retrieve the latest Revision Id"
    ),
)


class TestUpdateFunctionCode:
    def test_code_revision_and_time_change(self, contexts: Contexts) -> None:
        context = contexts.context()
        created = create(context)
        contexts.clock.advance(60)
        after = updated(context, "UpdateFunctionCode", ZipFile=OTHER_CODE)
        assert after.pop("RevisionId") != created.pop("RevisionId")
        assert after == {
            **created,
            "CodeSize": len(OTHER_CODE),
            "CodeSha256": base64.b64encode(hashlib.sha256(OTHER_CODE).digest()).decode(),
            "LastModified": "2026-01-01T00:01:00.000+0000",
        }
        assert hashlib.sha256(OTHER_CODE).hexdigest() in set(contexts.store.blobs.names())

    def test_the_same_code_is_a_new_revision_too(self, context: Context) -> None:
        created = create(context)
        assert (
            call(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=CODE)["RevisionId"] != created["RevisionId"]
        )

    def test_a_dry_run_changes_nothing(self, contexts: Contexts) -> None:
        context = contexts.context()
        created = create(context)
        revision = contexts.store.revision()
        answer = call(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=OTHER_CODE, DryRun=True)
        assert answer["CodeSize"] == len(OTHER_CODE)
        assert answer["RevisionId"] == created["RevisionId"]
        assert contexts.store.revision() == revision
        assert contexts.document("lambda", "function", "my-function") == created
        assert failure(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=b"x", DryRun=True)

    def test_architectures_may_change(self, context: Context) -> None:
        create(context)
        answer = call(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=CODE, Architectures=["arm64"])
        assert answer["Architectures"] == ["arm64"]

    @pytest.mark.parametrize(
        ("request_members", "expected"),
        [
            ({"FunctionName": "other", "ZipFile": CODE}, "Function not found: " + ARN.replace("my-function", "other")),
            ({"FunctionName": "my-function"}, "Please provide a source for function code."),
            ({"FunctionName": "my-function", "ZipFile": b""}, "Uploaded file must be a non-empty zip"),
            (
                {"FunctionName": "my-function:1", "ZipFile": CODE},
                "Current operation does not support versions other than $LATEST. ",
            ),
        ],
    )
    def test_what_lambda_refuses(self, context: Context, request_members: dict[str, Any], expected: str) -> None:
        create(context)
        assert failure(context, "UpdateFunctionCode", **request_members)[1].startswith(expected)


class TestUpdateFunctionConfiguration:
    def test_only_what_the_request_has_changes(self, contexts: Contexts) -> None:
        context = contexts.context()
        created = create(context, Environment={"Variables": {"A": "1", "B": "2"}}, Description="first")
        contexts.clock.advance(1)
        after = updated(
            context,
            "UpdateFunctionConfiguration",
            Timeout=900,
            Environment={"Variables": {"C": "3"}},
            Description="",
        )
        assert after["RevisionId"] != created["RevisionId"]
        expected = {
            **created,
            "Timeout": 900,
            "Environment": {"Variables": {"C": "3"}},
            "Description": "",
            "RevisionId": after["RevisionId"],
            "LastModified": "2026-01-01T00:00:01.000+0000",
        }
        assert after == expected
        assert contexts.document("lambda", "function", "my-function") == expected

    def test_an_update_that_asks_for_nothing_is_a_new_revision(self, context: Context) -> None:
        created = create(context)
        after = updated(context, "UpdateFunctionConfiguration", FunctionName=f"{ARN}:$LATEST")
        assert after == {**created, "RevisionId": after["RevisionId"]}
        assert after["RevisionId"] != created["RevisionId"]

    def test_an_update_that_fails_changes_nothing(self, contexts: Contexts) -> None:
        context = contexts.context()
        created = create(context)
        assert failure(context, "UpdateFunctionConfiguration", FunctionName=ARN, Description="x", Timeout=901)
        assert contexts.document("lambda", "function", "my-function") == created


@pytest.mark.parametrize(
    ("operation", "change"),
    [("UpdateFunctionCode", {"ZipFile": OTHER_CODE}), ("UpdateFunctionConfiguration", {"Timeout": 5})],
)
def test_a_stale_revision_is_refused(context: Context, operation: str, change: dict[str, Any]) -> None:
    first = create(context)["RevisionId"]
    second = updated(context, operation, RevisionId=first, **change)["RevisionId"]
    assert failure(context, operation, FunctionName=ARN, RevisionId=first, **change) == STALE
    call(context, operation, FunctionName=ARN, RevisionId=second, **change)


PENDING = {"State": "Pending", "StateReason": "The function is being created.", "StateReasonCode": "Creating"}


class TestStates:
    """Lambda answers before the function is ready, which gives it another revision (localstack, test_lambda_api).

    Recorded in test_function_lifecycle, test_function_revisions_basic, test_publish_version_on_create and
    test_publish_with_update.
    """

    @pytest.mark.parametrize("version", ["$LATEST", "1"])
    def test_a_new_function_is_pending(self, context: Context, version: str) -> None:
        answer = creation(context, Publish=version != "$LATEST")
        ready = call(context, "GetFunctionConfiguration", FunctionName="my-function", Qualifier=version)
        assert (ready["State"], ready["LastUpdateStatus"]) == ("Active", "Successful")
        assert answer["RevisionId"] != ready["RevisionId"]
        del ready["LastUpdateStatus"]
        assert answer == {**ready, **PENDING, "FunctionArn": ARN, "RevisionId": answer["RevisionId"]}

    @pytest.mark.parametrize(
        ("operation", "change"),
        [("UpdateFunctionCode", {"ZipFile": OTHER_CODE}), ("UpdateFunctionConfiguration", {"Timeout": 5})],
    )
    def test_an_update_is_in_progress(self, context: Context, operation: str, change: dict[str, Any]) -> None:
        create(context)
        answer = call(context, operation, FunctionName="my-function", **change)
        ready = call(context, "GetFunctionConfiguration", FunctionName="my-function")
        assert answer["RevisionId"] != ready["RevisionId"]
        assert answer == {
            **ready,
            "LastUpdateStatus": "InProgress",
            "LastUpdateStatusReason": "The function is being created.",
            "LastUpdateStatusReasonCode": "Creating",
            "RevisionId": answer["RevisionId"],
        }

    def test_a_version_that_an_update_publishes_is_pending(self, context: Context) -> None:
        create(context)
        answer = call(context, "UpdateFunctionCode", FunctionName="my-function", ZipFile=OTHER_CODE, Publish=True)
        assert (answer["Version"], answer["FunctionArn"]) == ("1", f"{ARN}:1")
        assert {name: answer[name] for name in PENDING} == PENDING
        assert "LastUpdateStatus" not in answer

    def test_a_version_that_is_published_later_is_active(self, context: Context) -> None:
        create(context)
        answer = call(context, "PublishVersion", FunctionName="my-function")
        assert (answer["State"], answer["LastUpdateStatus"]) == ("Active", "Successful")


def test_no_image_for_a_function_of_a_zip_archive(context: Context) -> None:
    """Refused as AWS was recorded to (localstack, test_lambda_zip_file_to_image), after the function is looked for."""
    request = {"FunctionName": "my-function", "ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/x:latest"}
    expected = ("ResourceNotFoundException", f"Function not found: {ARN}")
    assert failure(context, "UpdateFunctionCode", **request) == expected
    create(context)
    assert failure(context, "UpdateFunctionCode", **request) == (
        "InvalidParameterValueException",
        "Please don't provide ImageUri when updating a function with packageType Zip.",
    )
