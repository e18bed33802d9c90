"""Layers in the configurations of functions.

Sources: Layers of CreateFunction and UpdateFunctionConfiguration in the "API reference", "Managing Lambda dependencies
with layers", "Lambda quotas" (AWS Lambda). The texts of errors are AWS's answers.
"""

import base64
import hashlib
import json
from typing import Any

import pytest

from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_.calls import ARN, CODE, call, create, creation_failure, failure, zip_of

LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:libraries"
ZIP = zip_of({"python/library.py": "x"})


def put_layer(
    contexts: Contexts, version: int = 1, content: bytes = ZIP, kind: str = "layer-version", **caller: Any
) -> str:
    """Keep a version of a layer as PublishLayerVersion would, and return its ARN."""
    context = contexts.context(**caller)
    account, region = context.caller.account_id, context.caller.region
    arn = f"arn:aws:lambda:{region}:{account}:layer:libraries:{version}"
    document = {
        "Content": {
            "CodeSha256": base64.b64encode(hashlib.sha256(content).digest()).decode(),
            "CodeSize": len(content),
        },
        "LayerArn": arn.rpartition(":")[0],
        "LayerVersionArn": arn,
        "Version": version,
    }
    with contexts.store.write() as writer:
        contexts.store.blobs.put(content)
        writer.put(context.key("lambda", kind, f"libraries/{version:010}"), document)
    return arn


def update(context: Context, **members: Any) -> dict[str, Any]:
    return call(context, "UpdateFunctionConfiguration", FunctionName=ARN, **members)


def test_a_configuration_shows_arns_and_sizes(contexts: Contexts) -> None:
    context = contexts.context()
    arn = put_layer(contexts)
    assert create(context, Layers=[arn])["Layers"] == [{"Arn": arn, "CodeSize": len(ZIP)}]
    assert update(context, Timeout=5)["Layers"] == [{"Arn": arn, "CodeSize": len(ZIP)}]
    assert "Layers" not in update(context, Layers=[])
    assert update(context, Layers=[arn])["Layers"]


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([f"{LAYER}:9"], f"Layer version {LAYER}:9 does not exist."),
        (
            [LAYER.replace("libraries", "none") + ":1"],
            f"Layer version {LAYER.replace('libraries', 'none')}:1 does not exist.",
        ),
        (
            [f"{LAYER}:1", f"{LAYER}:2"],
            (
                "Two different versions of the same layer are not allowed to be referenced in the same function. "
                f"{LAYER}:1 and {LAYER}:2 are versions of the same layer."
            ),
        ),
        ([f"{LAYER}{number}:1" for number in range(6)], "Cannot reference more than 5 layers."),
        (
            [LAYER.replace("us-east-1", "eu-west-1") + ":1"],
            "Layers are not in the same region as the function. Layers are expected to be in region us-east-1.",
        ),
    ],
)
def test_what_lambda_refuses(contexts: Contexts, layers: list[str], message: str) -> None:
    context = contexts.context()
    put_layer(contexts, 1)
    put_layer(contexts, 2)
    put_layer(contexts, 1, region="eu-west-1")
    expected = ("InvalidParameterValueException", message)
    assert creation_failure(context, Layers=layers) == expected
    created = create(context)
    assert failure(context, "UpdateFunctionConfiguration", FunctionName=ARN, Layers=layers) == expected
    assert contexts.document("lambda", "function", "my-function") == created


def test_a_deleted_version_stays_with_the_functions_that_have_it(contexts: Contexts) -> None:
    context = contexts.context()
    arn = put_layer(contexts)
    create(context, Layers=[arn], Publish=True)
    call(context, "DeleteLayerVersion", LayerName="libraries", VersionNumber=1)
    updated = call(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=CODE)
    assert updated["Layers"]
    expected = ("InvalidParameterValueException", f"Layer version {arn} does not exist.")
    assert failure(context, "UpdateFunctionConfiguration", FunctionName=ARN, Layers=[arn]) == expected
    # Version 1 still has it when $LATEST has it no longer; with the function goes its last user.
    update(context, Layers=[])
    assert contexts.document("lambda", "deleted-layer-version", "libraries/0000000001") is not None
    call(context, "DeleteFunction", FunctionName=ARN, Qualifier="1")
    assert contexts.document("lambda", "deleted-layer-version", "libraries/0000000001") is None


def test_with_a_function_go_its_deleted_layers(contexts: Contexts) -> None:
    context = contexts.context()
    create(context, Layers=[put_layer(contexts)], Publish=True)
    call(context, "DeleteLayerVersion", LayerName="libraries", VersionNumber=1)
    call(context, "DeleteFunction", FunctionName=ARN)
    assert contexts.document("lambda", "deleted-layer-version", "libraries/0000000001") is None


@pytest.mark.slow
def test_code_and_layers_together_are_limited(contexts: Contexts) -> None:
    context = contexts.context()
    half = 131_072_000
    # Zeros: 250 MB unzipped are not many octets.
    large = put_layer(contexts, 1, zip_of({"data": bytes(half)}))
    code = zip_of({"index.py": bytes(half)})
    message = (
        "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. "
        f"The actual size is {half + half + 1} bytes."
    )
    expected = ("InvalidParameterValueException", message)
    larger = zip_of({"index.py": bytes(half + 1)})
    assert creation_failure(context, Layers=[large], Code={"ZipFile": larger}) == expected
    create(context, Layers=[large], Code={"ZipFile": code})
    for dry_run in (True, False):
        request = {"FunctionName": ARN, "ZipFile": larger, "DryRun": dry_run}
        assert failure(context, "UpdateFunctionCode", **request) == expected
    update(context, Layers=[])
    call(context, "UpdateFunctionCode", FunctionName=ARN, ZipFile=larger)
    assert failure(context, "UpdateFunctionConfiguration", FunctionName=ARN, Layers=[large]) == expected


def test_layers_of_other_accounts_need_their_permission(contexts: Contexts) -> None:
    context = contexts.context()
    arn = put_layer(contexts, account_id="999999999999")
    assert creation_failure(context, Layers=[arn])[0] == "AccessDeniedException"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                "Action": "lambda:GetLayerVersion",
                "Resource": arn,
            }
        ],
    }
    owner = contexts.context(account_id="999999999999")
    with contexts.store.write() as writer:
        document = {"Policy": json.loads(json.dumps(policy)), "RevisionId": "r"}
        writer.put(owner.key("lambda", "layer-version-policy", "libraries/0000000001"), document)
    assert create(context, Layers=[arn])["Layers"] == [{"Arn": arn, "CodeSize": len(ZIP)}]


def test_layers_of_aws_itself_are_not_here(context: Context) -> None:
    arn = "arn:aws:lambda:::awslayer:AmazonLinux1803"
    expected = ("InvalidParameterValueException", f"Layer version {arn} does not exist.")
    assert creation_failure(context, Layers=[arn]) == expected
