"""Layers: publishing, listing, versions and their deletion.

Sources: PublishLayerVersion, ListLayers, ListLayerVersions, GetLayerVersion, GetLayerVersionByArn and
DeleteLayerVersion in the "API reference"; "Managing Lambda dependencies with layers" (AWS Lambda Developer Guide).
"""

import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import OTHER_CODE, call, create, failure, zip_of

LAYER = zip_of({"python/lib.py": "X = 1\n"})
SHA256 = hashlib.sha256(LAYER)
ARN = "arn:aws:lambda:us-east-1:123456789012:layer:my-layer"
ABSENT = ("ResourceNotFoundException", "The resource you requested does not exist.")


def publish(context: Context, name: str = "my-layer", content: bytes = LAYER, **members: Any) -> dict[str, Any]:
    return call(context, "PublishLayerVersion", LayerName=name, Content={"ZipFile": content}, **members)


def versions(context: Context, **request: Any) -> list[int]:
    listed = call(context, "ListLayerVersions", **{"LayerName": "my-layer", **request})["LayerVersions"]
    return [version["Version"] for version in listed]


class TestPublishLayerVersion:
    def test_what_is_answered_and_kept(self, contexts: Contexts) -> None:
        context = contexts.context()
        published = publish(
            context,
            Description="libraries",
            LicenseInfo="MIT",
            CompatibleRuntimes=["python3.12", "python3.13", "python3.12"],
            CompatibleArchitectures=["arm64"],
        )
        location = f"http://127.0.0.1:4566/_gatewright/blobs/{SHA256.hexdigest()}"
        assert published == {
            "Content": {
                "Location": location,
                "CodeSha256": base64.b64encode(SHA256.digest()).decode(),
                "CodeSize": len(LAYER),
            },
            "LayerArn": ARN,
            "LayerVersionArn": f"{ARN}:1",
            "Description": "libraries",
            "CreatedDate": "2026-01-01T00:00:00.000+0000",
            "Version": 1,
            "CompatibleRuntimes": ["python3.12", "python3.13"],
            "CompatibleArchitectures": ["arm64"],
            "LicenseInfo": "MIT",
        }
        assert call(context, "GetLayerVersion", LayerName="my-layer", VersionNumber=1) == published
        assert call(context, "GetLayerVersionByArn", Arn=f"{ARN}:1") == published
        with contexts.store.blobs.open(SHA256.hexdigest()) as file:
            assert file.read() == LAYER
        document = contexts.document("lambda", "layer-version", "my-layer/0000000001")
        assert document is not None
        assert "Location" not in document["Content"]  # it would be of no use after a restart

    def test_each_call_makes_a_version(self, context: Context) -> None:
        assert [publish(context)["Version"] for _ in range(3)] == [1, 2, 3]
        assert publish(context, f"{ARN}")["Version"] == 4
        assert publish(context, "other")["Version"] == 1

    def test_empty_lists_are_answered(self, context: Context) -> None:
        """As AWS was recorded to (localstack, test_layer_exceptions)."""
        published = publish(context, CompatibleRuntimes=[], CompatibleArchitectures=[])
        assert (published["CompatibleRuntimes"], published["CompatibleArchitectures"]) == ([], [])
        assert "CompatibleRuntimes" not in publish(context)

    def test_runtimes_and_architectures_that_lambda_never_had(self, context: Context) -> None:
        """The names of the members differ (localstack, test_layer_exceptions); deprecated runtimes will do."""
        assert publish(context, CompatibleRuntimes=["python3.7", "java8"])["CompatibleRuntimes"] == [
            "python3.7",
            "java8",
        ]
        content = {"ZipFile": LAYER}
        request = {"LayerName": "my-layer", "Content": content, "CompatibleRuntimes": ["invalid", "python3.12"]}
        code, message = failure(context, "PublishLayerVersion", **request)
        assert code == "ValidationException"
        assert message.startswith(
            "1 validation error detected: Value '[invalid, python3.12]' at 'compatibleRuntimes' failed to satisfy "
            "constraint: Member must satisfy enum value set: [nodejs18.x, "
        )
        assert "python3.7" not in message
        of_architectures = (
            "Value '[x86_64, mips]' at 'compatibleArchitectures' failed to satisfy constraint: Member must satisfy "
            "constraint: [Member must satisfy enum value set: [x86_64, arm64]]"
        )
        request["CompatibleArchitectures"] = ["x86_64", "mips"]
        both = failure(context, "PublishLayerVersion", **request)[1]
        assert both == f"2{message[1:].replace('error', 'errors', 1)}; {of_architectures}"
        del request["CompatibleRuntimes"]
        expected = f"1 validation error detected: {of_architectures}"
        assert failure(context, "PublishLayerVersion", **request) == ("ValidationException", expected)
        for operation, request in (("ListLayers", {}), ("ListLayerVersions", {"LayerName": "my-layer"})):
            code, message = failure(context, operation, CompatibleRuntime="invalid", **request)
            assert code == "ValidationException"
            assert message.startswith("1 validation error detected: Value 'invalid' at 'compatibleRuntime' failed ")
            assert "python3.7" in message
            call(context, operation, CompatibleRuntime="python3.7", **request)

    def test_numbers_are_not_used_again(self, context: Context) -> None:
        publish(context)
        publish(context)
        for version in (1, 2):
            assert call(context, "DeleteLayerVersion", LayerName="my-layer", VersionNumber=version) == {}
        assert call(context, "ListLayers")["Layers"] == []
        assert publish(context)["Version"] == 3

    def test_content_from_s3(self, context: Context) -> None:
        asked = []

        def fetch_object(caller: object, bucket: str, key: str, version: str | None) -> bytes:
            asked.append((bucket, key, version))
            return LAYER

        context = replace(context, node=replace(context.node, fetch_object=fetch_object))
        content = {"S3Bucket": "b", "S3Key": "k.zip", "S3ObjectVersion": "v"}
        published = call(context, "PublishLayerVersion", LayerName="my-layer", Content=content)
        assert (published["Content"]["CodeSize"], asked) == (len(LAYER), [("b", "k.zip", "v")])

    @pytest.mark.parametrize(
        ("name", "content", "code", "message"),
        [
            ("my-layer", b"", "InvalidParameterValueException", "Uploaded file must be a non-empty zip"),
            (
                "my-layer",
                b"no zip",
                "InvalidParameterValueException",
                "Could not unzip uploaded file. Please check your file, then try to upload again.",
            ),
            (
                "my-layer",
                b"PK" + bytes(50 * 1024 * 1024),
                "RequestEntityTooLargeException",
                "Zipped size must be smaller than 52428800 bytes",
            ),
            (ARN.replace("us-east-1", "eu-west-1"), LAYER, *ABSENT),
            (
                ARN.replace("123456789012", "999999999999"),
                LAYER,
                "AccessDeniedException",
                (
                    "User: arn:aws:iam::123456789012:root is not authorized to perform: lambda:PublishLayerVersion on "
                    "resource: arn:aws:lambda:us-east-1:999999999999:layer:my-layer because no resource-based policy "
                    "allows the lambda:PublishLayerVersion action"
                ),
            ),
        ],
        ids=["empty", "no zip", "too large", "other Region", "other account"],
    )
    def test_what_is_refused(self, contexts: Contexts, name: str, content: bytes, code: str, message: str) -> None:
        refused = failure(contexts.context(), "PublishLayerVersion", LayerName=name, Content={"ZipFile": content})
        assert refused == (code, message)
        assert list(contexts.store.blobs.names()) == []


class TestListings:
    def test_layers_show_their_newest_version_if_it_matches(self, context: Context) -> None:
        publish(context, "b", CompatibleRuntimes=["python3.12"], CompatibleArchitectures=["x86_64"])
        publish(context, "b", CompatibleRuntimes=["python3.13"], CompatibleArchitectures=["arm64", "x86_64"])
        publish(context, "a", Description="first")
        layers = call(context, "ListLayers")["Layers"]
        assert layers[0] == {
            "LayerName": "a",
            "LayerArn": ARN.replace("my-layer", "a"),
            "LatestMatchingVersion": {
                "LayerVersionArn": ARN.replace("my-layer", "a") + ":1",
                "Version": 1,
                "Description": "first",
                "CreatedDate": "2026-01-01T00:00:00.000+0000",
            },
        }
        assert [(layer["LayerName"], layer["LatestMatchingVersion"]["Version"]) for layer in layers] == [
            ("a", 1),
            ("b", 2),
        ]
        for filters, expected in (
            ({"CompatibleRuntime": "python3.12"}, []),
            ({"CompatibleRuntime": "python3.13"}, [("b", 2)]),
            ({"CompatibleArchitecture": "x86_64"}, [("b", 2)]),
            ({"CompatibleRuntime": "python3.12", "CompatibleArchitecture": "arm64"}, []),
        ):
            matching = call(context, "ListLayers", **filters)["Layers"]
            assert [(layer["LayerName"], layer["LatestMatchingVersion"]["Version"]) for layer in matching] == expected

    def test_pages_of_layers(self, context: Context) -> None:
        for number in range(7):
            publish(context, f"layer-{number}", CompatibleRuntimes=["nodejs22.x"] if number % 2 else [])
        names, marker = [], None
        while names == [] or marker:
            request = {"Marker": marker} if marker else {}
            page = call(context, "ListLayers", MaxItems=2, CompatibleRuntime="nodejs22.x", **request)
            names += [layer["LayerName"] for layer in page["Layers"]]
            marker = page["NextMarker"]
        assert names == ["layer-1", "layer-3", "layer-5"]

    def test_versions_are_listed_from_the_newest(self, context: Context) -> None:
        assert versions(context) == []  # a layer that is not there
        for number in range(12):
            publish(context, CompatibleRuntimes=["python3.12"] if number % 2 else ["python3.13"])
        publish(context, "my-layer-2")
        assert versions(context) == list(range(12, 0, -1))
        assert versions(context, LayerName=ARN, CompatibleRuntime="python3.13") == [11, 9, 7, 5, 3, 1]
        first = call(context, "ListLayerVersions", LayerName="my-layer", MaxItems=5)
        assert [version["Version"] for version in first["LayerVersions"]] == [12, 11, 10, 9, 8]
        publish(context)  # what comes meanwhile moves nothing
        assert versions(context, Marker=first["NextMarker"]) == [7, 6, 5, 4, 3, 2, 1]
        assert "Content" not in first["LayerVersions"][0]


class TestDeleteLayerVersion:
    def test_a_deleted_version_cannot_be_viewed_or_added(self, context: Context) -> None:
        publish(context)
        call(context, "DeleteLayerVersion", LayerName="my-layer", VersionNumber=1)
        assert failure(context, "GetLayerVersion", LayerName="my-layer", VersionNumber=1) == ABSENT
        assert failure(context, "GetLayerVersionByArn", Arn=f"{ARN}:1") == ABSENT
        assert versions(context) == []
        expected = ("InvalidParameterValueException", f"Layer version {ARN}:1 does not exist.")
        request = {"FunctionName": "my-function", "Layers": [f"{ARN}:1"]}
        create(context)
        assert failure(context, "UpdateFunctionConfiguration", **request) == expected

    def test_deleting_twice_and_what_never_was(self, context: Context) -> None:
        for version in (1, 1, 12_345_678_901):
            assert call(context, "DeleteLayerVersion", LayerName="my-layer", VersionNumber=version) == {}

    @pytest.mark.parametrize("operation", ["DeleteLayerVersion", "GetLayerVersion", "GetLayerVersionPolicy"])
    def test_numbers_begin_with_one(self, context: Context, operation: str) -> None:
        refused = failure(context, operation, LayerName="my-layer", VersionNumber=0)
        assert refused == ("InvalidParameterValueException", "Layer Version Cannot be less than 1")

    def test_functions_keep_it_and_it_is_forgotten_with_the_last_of_them(self, contexts: Contexts) -> None:
        context = contexts.context()
        publish(context)
        create(context, Layers=[f"{ARN}:1"])
        call(context, "PublishVersion", FunctionName="my-function")
        call(context, "DeleteLayerVersion", LayerName="my-layer", VersionNumber=1)

        def kept() -> bool:
            return contexts.document("lambda", "deleted-layer-version", "my-layer/0000000001") is not None

        assert kept()
        assert contexts.document("lambda", "layer-version", "my-layer/0000000001") is None
        configuration = call(context, "GetFunctionConfiguration", FunctionName="my-function")
        assert configuration["Layers"] == [{"Arn": f"{ARN}:1", "CodeSize": len(LAYER)}]
        call(context, "UpdateFunctionCode", FunctionName="my-function", ZipFile=OTHER_CODE)
        call(context, "UpdateFunctionConfiguration", FunctionName="my-function", Layers=[])
        publish(context)
        assert kept()  # version 1 of the function has it
        call(context, "DeleteFunction", FunctionName="my-function", Qualifier="1")
        assert not kept()

    def test_without_functions_nothing_is_kept(self, contexts: Contexts) -> None:
        context = contexts.context()
        publish(context)
        call(context, "DeleteLayerVersion", LayerName=ARN, VersionNumber=1)
        assert contexts.document("lambda", "deleted-layer-version", "my-layer/0000000001") is None


class TestReading:
    @pytest.mark.parametrize(
        ("operation", "request_"),
        [
            ("GetLayerVersion", {"LayerName": "other", "VersionNumber": 1}),
            ("GetLayerVersion", {"LayerName": "my-layer", "VersionNumber": 2}),
            ("GetLayerVersion", {"LayerName": "my-layer", "VersionNumber": 10**18}),
            ("GetLayerVersion", {"LayerName": ARN.replace("us-east-1", "eu-west-1"), "VersionNumber": 1}),
            ("GetLayerVersionByArn", {"Arn": f"{ARN}:2"}),
            ("GetLayerVersionByArn", {"Arn": f"{ARN}:{'9' * 1000}"}),
            ("GetLayerVersionByArn", {"Arn": ARN.replace("us-east-1", "eu-west-1") + ":1"}),
            ("GetLayerVersionByArn", {"Arn": "arn:aws:lambda:::awslayer:AmazonLinux1803"}),
        ],
    )
    def test_what_is_not_there(self, context: Context, operation: str, request_: dict[str, Any]) -> None:
        publish(context)
        assert failure(context, operation, **request_) == ABSENT

    def test_layers_of_other_accounts(self, contexts: Contexts) -> None:
        publish(contexts.context())
        other = contexts.context(account_id="999999999999")
        code, message = failure(other, "GetLayerVersionByArn", Arn=f"{ARN}:1")
        assert code == "AccessDeniedException"
        assert message == (
            "User: arn:aws:iam::999999999999:root is not authorized to perform: lambda:GetLayerVersion on resource: "
            f"{ARN}:1 because no resource-based policy allows the lambda:GetLayerVersion action"
        )
        grant = {"LayerName": "my-layer", "VersionNumber": 1, "StatementId": "s", "Action": "lambda:GetLayerVersion"}
        call(contexts.context(), "AddLayerVersionPermission", Principal="999999999999", **grant)
        assert call(other, "GetLayerVersionByArn", Arn=f"{ARN}:1")["Version"] == 1
        assert call(other, "GetLayerVersion", LayerName=ARN, VersionNumber=1)["Version"] == 1
        assert failure(other, "GetLayerVersion", LayerName=ARN, VersionNumber=2)[0] == "AccessDeniedException"
        assert failure(other, "DeleteLayerVersion", LayerName=ARN, VersionNumber=1)[0] == "AccessDeniedException"
        assert failure(other, "ListLayerVersions", LayerName=ARN)[0] == "AccessDeniedException"
        call(contexts.context(), "DeleteLayerVersion", LayerName="my-layer", VersionNumber=1)
        assert failure(other, "GetLayerVersionByArn", Arn=f"{ARN}:1")[0] == "AccessDeniedException"
