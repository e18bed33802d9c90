"""Creating, reading, listing and deleting functions.

Sources: CreateFunction, GetFunction, GetFunctionConfiguration, ListFunctions, ListVersionsByFunction and DeleteFunction
in the "API reference" (AWS Lambda).
"""

import base64
import hashlib
from typing import Any

import pytest

from gatewright.base.errors import AwsError
from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, CODE, OTHER_CODE, ROLE, call, create, creation_failure, failure

SHA256 = hashlib.sha256(CODE)


class TestCreateFunction:
    def test_the_configuration_has_lambdas_defaults(self, context: Context) -> None:
        created = create(context)
        version_arn = created.pop("RuntimeVersionConfig")["RuntimeVersionArn"]
        assert version_arn.startswith("arn:aws:lambda:us-east-1::runtime:")
        assert created.pop("RevisionId")
        assert created == {
            "FunctionName": "my-function",
            "FunctionArn": ARN,
            "Runtime": "python3.12",
            "Role": ROLE,
            "Handler": "index.handler",
            "CodeSize": len(CODE),
            "Description": "",
            "Timeout": 3,
            "MemorySize": 128,
            "LastModified": "2026-01-01T00:00:00.000+0000",
            "CodeSha256": base64.b64encode(SHA256.digest()).decode(),
            "Version": "$LATEST",
            "TracingConfig": {"Mode": "PassThrough"},
            "State": "Active",
            "LastUpdateStatus": "Successful",
            "PackageType": "Zip",
            "Architectures": ["x86_64"],
            "EphemeralStorage": {"Size": 512},
            "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/my-function"},
        }

    def test_document_and_blob_are_kept(self, contexts: Contexts) -> None:
        created = create(contexts.context(), Tags={"team": "a"})
        assert contexts.document("lambda", "function", "my-function") == created
        assert contexts.document("lambda", "function-tags", "my-function") == {"Tags": {"team": "a"}}
        with contexts.store.blobs.open(SHA256.hexdigest()) as file:
            assert file.read() == CODE
        assert contexts.store.revision() == 1

    def test_times_have_milliseconds(self, contexts: Contexts) -> None:
        contexts.clock.advance(86_399.9879)
        assert create(contexts.context())["LastModified"] == "2026-01-01T23:59:59.987+0000"

    @pytest.mark.parametrize(
        "name",
        ["my-function", "123456789012:function:my-function", "function:my-function", ARN],
    )
    def test_names_and_arns_are_accepted(self, context: Context, name: str) -> None:
        assert create(context, name)["FunctionArn"] == ARN

    def test_other_partitions_and_regions(self, contexts: Contexts) -> None:
        context = contexts.context(region="cn-north-1", partition="aws-cn")
        assert create(context)["FunctionArn"] == "arn:aws-cn:lambda:cn-north-1:123456789012:function:my-function"

    def test_an_existing_name_is_a_conflict(self, contexts: Contexts) -> None:
        create(contexts.context())
        expected = ("ResourceConflictException", "Function already exist: my-function")
        assert creation_failure(contexts.context()) == expected
        assert creation_failure(contexts.context(), name=ARN, Code={"ZipFile": OTHER_CODE}) == expected
        assert list(contexts.store.blobs.names()) == [SHA256.hexdigest()]
        create(contexts.context(region="eu-west-1"))
        create(contexts.context(account_id="999999999999"))

    @pytest.mark.parametrize(
        ("settings", "code", "message"),
        [
            (
                {"name": "x" * 65},  # the code as localstack recorded it of AWS in test_function_arns
                "InvalidParameterValueException",
                (
                    f"1 validation error detected: Value '{'x' * 65}' at 'functionName' failed to satisfy constraint: "
                    "Member must have length less than or equal to 64"
                ),
            ),
            (
                {"name": f"{ARN}:1"},
                "InvalidParameterValueException",
                (
                    "This operation is permitted on Lambda functions only. Aliases and versions do not support this "
                    "operation. Please specify either a function name or an unqualified function ARN."
                ),
            ),
            (
                {"name": "arn:aws:lambda:eu-west-1:123456789012:function:my-function"},
                "ResourceNotFoundException",
                "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
            ),
            (
                {"Runtime": None},
                "InvalidParameterValueException",
                "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
            ),
            (
                {"Handler": None},
                "InvalidParameterValueException",
                "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
            ),
            (
                {"Code": {}},
                "InvalidParameterValueException",
                "Please provide a source for function code.",
            ),
            (
                {"Code": {"ZipFile": b"not a zip"}},
                "InvalidParameterValueException",
                "Could not unzip uploaded file. Please check your file, then try to upload again.",
            ),
            (
                {"Tags": {"aws:x": "y"}},
                "InvalidParameterValueException",
                "aws: prefixed tag key names are not allowed for external use.",
            ),
        ],
    )
    def test_what_lambda_refuses(self, contexts: Contexts, settings: dict[str, Any], code: str, message: str) -> None:
        assert creation_failure(contexts.context(), **settings) == (code, message)
        assert contexts.store.revision() == 0
        assert list(contexts.store.blobs.names()) == []

    def test_a_code_signing_configuration_is_attached(self, contexts: Contexts) -> None:
        context = contexts.context()
        arn = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdefg"
        code, _ = creation_failure(context, CodeSigningConfigArn=arn)
        assert code == "CodeSigningConfigNotFoundException"
        assert contexts.document("lambda", "function", "my-function") is None
        publishers = {"SigningProfileVersionArns": ["arn:aws:signer:us-east-1:123456789012:/signing-profiles/p/1"]}
        config = call(context, "CreateCodeSigningConfig", AllowedPublishers=publishers)["CodeSigningConfig"]
        create(context, CodeSigningConfigArn=config["CodeSigningConfigArn"])
        attached = call(context, "GetFunctionCodeSigningConfig", FunctionName=ARN)
        assert attached["CodeSigningConfigArn"] == config["CodeSigningConfigArn"]

    def test_the_name_of_64_characters_is_the_longest(self, context: Context) -> None:
        assert create(context, "x" * 64)["FunctionName"] == "x" * 64


class TestGetFunction:
    def test_configuration_code_and_tags(self, context: Context) -> None:
        created = create(context, Tags={"team": "a"})
        assert call(context, "GetFunction", FunctionName="my-function") == {
            "Configuration": created,
            "Code": {
                "RepositoryType": "S3",
                "Location": f"http://127.0.0.1:4566/_gatewright/blobs/{SHA256.hexdigest()}",
            },
            "Tags": {"team": "a"},
        }
        assert call(context, "GetFunctionConfiguration", FunctionName=ARN) == created

    def test_no_tags_no_member(self, context: Context) -> None:
        create(context)
        assert "Tags" not in call(context, "GetFunction", FunctionName="my-function")

    @pytest.mark.parametrize(
        "request_members",
        [{"FunctionName": "my-function", "Qualifier": "$LATEST"}, {"FunctionName": f"{ARN}:$LATEST"}],
    )
    def test_a_qualifier_qualifies_the_arn(self, context: Context, request_members: dict[str, str]) -> None:
        created = create(context)
        expected = {**created, "FunctionArn": f"{ARN}:$LATEST"}
        assert call(context, "GetFunctionConfiguration", **request_members) == expected
        assert call(context, "GetFunction", **request_members)["Configuration"] == expected

    @pytest.mark.parametrize("operation", ["GetFunction", "GetFunctionConfiguration"])
    def test_what_is_not_there(self, context: Context, operation: str) -> None:
        create(context)
        other = f"{ARN[: -len('my-function')]}other"
        for request, arn in (
            ({"FunctionName": "other"}, other),
            ({"FunctionName": "other", "Qualifier": "$LATEST"}, f"{other}:$LATEST"),
            ({"FunctionName": "my-function", "Qualifier": "1"}, f"{ARN}:1"),
            ({"FunctionName": "my-function:prod"}, f"{ARN}:prod"),
            ({"FunctionName": "MY-FUNCTION"}, ARN.replace("my-function", "MY-FUNCTION")),
        ):
            assert failure(context, operation, **request) == (
                "ResourceNotFoundException",
                f"Function not found: {arn}",
            )


class TestListFunctions:
    def test_pages_by_name(self, context: Context) -> None:
        names = [f"function-{number:02}" for number in range(12)]
        for name in reversed(names):
            create(context, name)
        found: list[str] = []
        marker: dict[str, Any] = {}
        while True:
            page = call(context, "ListFunctions", MaxItems=5, **marker)
            found += [function["FunctionName"] for function in page["Functions"]]
            if page["NextMarker"] is None:
                break
            marker = {"Marker": page["NextMarker"]}
        assert found == names

    def test_a_page_has_at_most_50(self, context: Context) -> None:
        for number in range(51):
            create(context, f"function-{number:02}")
        for limit in ({}, {"MaxItems": 10_000}):
            page = call(context, "ListFunctions", **limit)
            assert len(page["Functions"]) == 50
            assert page["NextMarker"]

    def test_listings_show_a_subset(self, context: Context) -> None:
        """ListFunctions: "To get the additional fields (State, … RuntimeVersionConfig) … use GetFunction"."""
        created = create(context)
        for name in ("State", "LastUpdateStatus", "RuntimeVersionConfig"):
            del created[name]
        assert call(context, "ListFunctions")["Functions"] == [created]
        qualified = {**created, "FunctionArn": f"{ARN}:$LATEST"}
        assert call(context, "ListFunctions", FunctionVersion="ALL")["Functions"] == [qualified]
        versions = call(context, "ListVersionsByFunction", FunctionName="my-function", MaxItems=10_000)
        assert versions == {"Versions": [qualified], "NextMarker": None}

    def test_other_accounts_and_regions_are_not_listed(self, contexts: Contexts) -> None:
        create(contexts.context(region="eu-west-1"))
        create(contexts.context(account_id="999999999999"))
        assert call(contexts.context(), "ListFunctions")["Functions"] == []

    def test_master_regions_have_no_replicas_here(self, context: Context) -> None:
        create(context)
        assert call(context, "ListFunctions", MasterRegion="us-east-1")["Functions"] == []
        assert len(call(context, "ListFunctions", MasterRegion="ALL")["Functions"]) == 1

    def test_a_made_up_marker_is_refused(self, context: Context) -> None:
        assert failure(context, "ListFunctions", Marker="made-up")[0] == "InvalidParameterValueException"


class TestDeleteFunction:
    def test_policy_and_tags_go_too(self, contexts: Contexts) -> None:
        context = contexts.context()
        create(context, Tags={"team": "a"})
        call(
            context,
            "AddPermission",
            FunctionName="my-function",
            StatementId="s",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
        )
        revision = contexts.store.revision()
        assert call(context, "DeleteFunction", FunctionName=ARN) == {"StatusCode": 204}
        for kind in ("function", "function-policy", "function-tags"):
            assert contexts.document("lambda", kind, "my-function") is None
        assert contexts.store.revision() == revision + 1
        create(context)
        assert call(context, "ListTags", Resource=ARN) == {"Tags": {}}

    def test_what_cannot_be_deleted(self, context: Context) -> None:
        missing = ("ResourceNotFoundException", f"Function not found: {ARN}")
        assert failure(context, "DeleteFunction", FunctionName="my-function") == missing
        assert failure(context, "DeleteFunction", FunctionName="my-function", Qualifier="1") == missing
        latest = ("InvalidParameterValueException", "$LATEST version cannot be deleted without deleting the function.")
        assert failure(context, "DeleteFunction", FunctionName=f"{ARN}:$LATEST") == latest
        create(context)
        alias = ("InvalidParameterValueException", "Deletion of aliases is not currently supported.")
        assert failure(context, "DeleteFunction", FunctionName="my-function", Qualifier="prod") == alias
        assert call(context, "GetFunction", FunctionName="my-function")


def test_two_creations_at_once_make_one_function(contexts: Contexts) -> None:
    """The check before the transaction is only for speed: a second creation that passed it loses in the first's."""

    def create_meanwhile(runtime: str) -> str | None:
        contexts.runtime_problem = lambda runtime: None
        create(contexts.context(), Description="first")
        return None

    contexts.runtime_problem = create_meanwhile
    with pytest.raises(AwsError, match="Function already exist"):
        create(contexts.context(), Description="second")
    document = contexts.document("lambda", "function", "my-function")
    assert document is not None
    assert document["Description"] == "first"
