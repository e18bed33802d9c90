"""Where code comes from. Source: FunctionCode and UpdateFunctionCode in the "API reference" (AWS Lambda)."""

from dataclasses import replace
from typing import Any

import pytest

from gatewright.base.errors import AwsError
from gatewright.base.operations import Caller
from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, CODE, call, create, creation_failure, failure, zip_of


class Objects:
    """S3 with the objects of a test."""

    def __init__(self, **contents: bytes) -> None:
        self.contents = contents
        self.asked: list[tuple[str, str, str | None]] = []

    def __call__(self, caller: Caller, bucket: str, key: str, version: str | None) -> bytes:
        self.asked.append((bucket, key, version))
        if key not in self.contents:
            raise AwsError("InvalidParameterValueException", "S3 Error Code: NoSuchKey.")
        return self.contents[key]

    def context(self, contexts: Contexts) -> Context:
        context = contexts.context()
        return replace(context, node=replace(context.node, fetch_object=self))


class TestS3:
    def test_functions_are_made_of_objects(self, contexts: Contexts) -> None:
        objects = Objects(code=CODE)
        context = objects.context(contexts)
        created = create(context, Code={"S3Bucket": "bucket", "S3Key": "code"})
        assert created["CodeSize"] == len(CODE)
        source = {"S3Bucket": "bucket", "S3Key": "code", "S3ObjectVersion": "v", "S3ObjectStorageMode": "COPY"}
        updated = call(context, "UpdateFunctionCode", FunctionName=ARN, **source)
        assert updated["CodeSha256"] == created["CodeSha256"]
        assert objects.asked == [("bucket", "code", None), ("bucket", "code", "v")]
        call(context, "UpdateFunctionCode", FunctionName=ARN, **source, DryRun=True)

    def test_what_is_in_s3_may_be_larger_than_what_is_uploaded(self, contexts: Contexts) -> None:
        large = zip_of({"index.py": "x", "data": bytes(52_428_800)}, compression=0)
        context = Objects(large=large).context(contexts)
        assert creation_failure(context, Code={"ZipFile": large})[0] == "RequestEntityTooLargeException"
        assert create(context, Code={"S3Bucket": "bucket", "S3Key": "large"})["CodeSize"] == len(large)

    def test_errors_of_s3_are_the_answer(self, contexts: Contexts) -> None:
        context = Objects().context(contexts)
        expected = ("InvalidParameterValueException", "S3 Error Code: NoSuchKey.")
        assert creation_failure(context, Code={"S3Bucket": "bucket", "S3Key": "none"}) == expected
        assert contexts.store.revision() == 0

    def test_without_a_companion_it_is_not_implemented(self, context: Context) -> None:
        assert creation_failure(context, Code={"S3Bucket": "bucket", "S3Key": "code"})[0] == "NotImplemented"


def test_the_key_of_a_package_is_a_record(contexts: Contexts, caplog: pytest.LogCaptureFixture) -> None:
    context = contexts.context()
    key = "arn:aws:kms:us-east-1:123456789012:key/k"
    create(context, Code={"ZipFile": CODE, "SourceKMSKeyArn": key}, Publish=True)
    assert "SourceKMSKeyArn is kept as a record only" in caplog.text
    call(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=zip_of({"index.py": "1"}), Publish=True)
    keys = {
        qualifier: call(context, "GetFunction", FunctionName=ARN, Qualifier=qualifier)["Code"].get("SourceKMSKeyArn")
        for qualifier in ("1", "2", "$LATEST")
    }
    assert keys == {"1": key, "2": None, "$LATEST": None}
    call(context, "DeleteFunction", FunctionName=ARN, Qualifier="1")
    assert contexts.document("lambda", "source-kms-key", "my-function/1") is None


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({}, "Please provide a source for function code."),
        ({"S3Bucket": "bucket"}, "Please provide a source for function code."),
        ({"S3Key": "key"}, "Please provide a source for function code."),
        (
            {"ZipFile": CODE, "S3Key": "key"},
            "Please do not provide other FunctionCode parameters when providing a ZipFile.",
        ),
        (
            {"ZipFile": CODE, "S3Bucket": "bucket", "S3Key": "key"},
            "Please do not provide other FunctionCode parameters when providing a ZipFile.",
        ),
    ],
)
def test_there_is_exactly_one_source(context: Context, source: dict[str, Any], message: str) -> None:
    expected = ("InvalidParameterValueException", message)
    assert creation_failure(context, Code=source) == expected
    create(context)
    assert failure(context, "UpdateFunctionCode", FunctionName=ARN, **source) == expected
