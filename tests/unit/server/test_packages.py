import hashlib
from collections.abc import Mapping
from typing import Any

import pytest

from gatewright.base.errors import AwsError
from gatewright.base.messages import BytesBody, Headers, Request, Response
from gatewright.base.operations import Caller
from gatewright.server.blobs import BlobSweep, collect_unused_blobs
from gatewright.server.packages import BUCKET, PREFIX, Packages
from gatewright.store import open_store
from gatewright.store.types import Key, Store

CONTENT = b"a package"
NAME = hashlib.sha256(CONTENT).hexdigest()
CALLER = Caller("123456789012", "us-east-1", "request")


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def now(self) -> float:
        return self.seconds

    def monotonic(self) -> float:
        return self.seconds


def fetch_elsewhere(caller: Caller, bucket: str, key: str, version: str | None) -> bytes:
    return f"{bucket}/{key}/{version}".encode()


def call_elsewhere(service: str, region: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"called": f"{service} {operation}"}


class Node:
    def __init__(self) -> None:
        self.store: Store = open_store(None)
        self.clock = Clock()
        self.packages = Packages(self.store.blobs, self.clock, fetch_elsewhere, call_elsewhere)

    async def send(self, method: str, name: str = NAME, content: bytes = CONTENT, **headers: str) -> Response:
        request = Request(method, f"{PREFIX}{name}", "", Headers(headers.items()), BytesBody(content))
        return await self.packages.handle(request)


async def test_what_was_brought_is_there() -> None:
    node = Node()
    assert (await node.send("HEAD")).status == 404
    assert (await node.send("PUT")).status == 204
    assert (await node.send("HEAD")).status == 200
    assert node.packages.fetch_object(CALLER, BUCKET, NAME, None) == CONTENT
    read = node.packages.call("s3", "us-east-1", "GetObject", {"Bucket": BUCKET, "Key": NAME})
    assert read == {"Body": CONTENT}


@pytest.mark.parametrize(
    ("method", "name", "headers", "status"),
    [
        ("PUT", "0" * 64, {}, 400),
        ("PUT", "../database", {}, 404),
        ("HEAD", NAME.upper(), {}, 404),
        ("PUT", NAME, {"Origin": "null"}, 403),
        ("HEAD", NAME, {"Origin": "http://example.com"}, 403),
        ("GET", NAME, {}, 405),
        ("DELETE", NAME, {}, 405),
    ],
)
async def test_what_is_refused(method: str, name: str, headers: dict[str, str], status: int) -> None:
    node = Node()
    assert (await node.send(method, name, **headers)).status == status
    assert list(node.store.blobs.names()) == []


async def test_what_is_not_there() -> None:
    node = Node()
    with pytest.raises(AwsError, match="S3 Error Code: NoSuchKey") as raised:
        node.packages.fetch_object(CALLER, BUCKET, NAME, None)
    assert raised.value.code == "InvalidParameterValueException"
    with pytest.raises(AwsError, match="The specified key does not exist"):
        node.packages.call("s3", "us-east-1", "GetObject", {"Bucket": BUCKET, "Key": "../database"})


def test_other_buckets_are_elsewhere() -> None:
    node = Node()
    assert node.packages.fetch_object(CALLER, "mine", "k", "v") == b"mine/k/v"
    for service, operation in (("s3", "GetObject"), ("s3", "PutObject"), ("sqs", "GetObject")):
        called = node.packages.call(service, "us-east-1", operation, {"Bucket": "mine", "Key": "k"})
        assert called == {"called": f"{service} {operation}"}


@pytest.mark.parametrize("kind", ["template", "changeset"])
async def test_what_a_template_names_stays(kind: str) -> None:
    node = Node()
    await node.send("PUT")
    code = {"S3Bucket": BUCKET, "S3Key": NAME}
    template = {"Template": {"Original": f'{{"Code": "s3://{BUCKET}/{NAME}"}}', "Document": {"Code": code}}}
    key = Key("123456789012", "us-east-1", "cloudformation", kind, "uuid/current")
    with node.store.write() as writer:
        writer.put(key, template)
    assert collect_unused_blobs(node.store) == 0
    with node.store.write() as writer:
        writer.delete(key)
    assert collect_unused_blobs(node.store) == 1


@pytest.mark.parametrize("method", ["PUT", "HEAD"])
async def test_what_was_asked_for_stays_for_a_while(method: str) -> None:
    """A deployment that found its package there must not find it gone when the stack makes the function."""
    node = Node()
    node.store.blobs.put(CONTENT)
    await node.send(method)
    sweep = BlobSweep(node.store, lambda: node.packages.recent)
    assert [sweep.look(), sweep.look()] == [0, 0]
    node.clock.seconds += 3601
    assert [sweep.look(), sweep.look()] == [0, 1]
