"""The configuration of one version of a function, compiled."""

import base64
import hashlib
from typing import Any

import pytest

from gatewright.snapshot.compile_version import compile_version
from gatewright.snapshot.types import FunctionVersion, Layer
from gatewright.store.memory import MemoryStore
from gatewright.store.types import Key
from tests.unit.snapshot.documents import ACCOUNT, FUNCTION_ARN, REGION, function_document


def compiled(kind: str = "layer-version", version: int = 1, account: str = ACCOUNT, **changes: Any) -> FunctionVersion:
    """Compile a version in a store that has one version of a layer."""
    store = MemoryStore()
    with store.write() as writer:
        content = {"CodeSha256": base64.b64encode(hashlib.sha256(b"layer").digest()).decode()}
        writer.put(Key(account, REGION, "lambda", kind, f"libraries/{version:010}"), {"Content": content})
    with store.read() as reader:
        return compile_version(reader, FUNCTION_ARN, function_document(**changes))


def layer_arn(version: object, account: str = ACCOUNT) -> str:
    return f"arn:aws:lambda:{REGION}:{account}:layer:libraries:{version}"


@pytest.mark.parametrize("kind", ["layer-version", "deleted-layer-version"])
@pytest.mark.parametrize(("version", "account"), [(1, ACCOUNT), (12, ACCOUNT), (3, "999999999999")])
def test_layers_are_found(kind: str, version: int, account: str) -> None:
    arn = layer_arn(version, account)
    layers = compiled(kind, version, account, Layers=[{"Arn": arn, "CodeSize": 5}]).layers
    assert layers == (Layer(arn, hashlib.sha256(b"layer").hexdigest()),)


@pytest.mark.parametrize("arn", ["nonsense", layer_arn(2), layer_arn("x"), layer_arn(1).rpartition(":")[0]])
def test_layers_that_are_not_there_are_refused(arn: str) -> None:
    with pytest.raises(ValueError):
        compiled(Layers=[{"Arn": arn, "CodeSize": 5}])


@pytest.mark.parametrize(
    ("config", "expected"),
    [({"TargetArn": "arn:aws:sqs:us-east-2:123456789012:q"}, "arn:aws:sqs:us-east-2:123456789012:q"), ({}, None)],
)
def test_the_dead_letter_queue(config: dict[str, str], expected: str | None) -> None:
    assert compiled(DeadLetterConfig=config).dead_letter_arn == expected
    assert compiled().dead_letter_arn is None


def test_a_function_without_an_arn_is_refused() -> None:
    with MemoryStore().read() as reader, pytest.raises(ValueError):
        compile_version(reader, "nonsense", function_document())


def test_a_permission_or_a_publication_ends_no_environment_and_every_update_does() -> None:
    """RevisionId changes with all three (AddPermission, PublishVersion: API reference), LastModified with updates."""
    identity = compiled().identity
    assert compiled(RevisionId="another").identity == identity
    assert compiled(LastModified="2026-11-23T12:00:00.001+0000").identity != identity
    assert compiled(Description="another").identity != identity
