"""Links to deployment packages and layers."""

import hashlib
from urllib.parse import urlsplit

import pytest

from gatewright.base.messages import Headers, Request, Response
from gatewright.server.blob_links import BlobLinks
from gatewright.store.memory import MemoryStore

CONTENT = b"a zip file"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = 1_795_400_000.0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time


class Links:
    """Links to one blob."""

    def __init__(self) -> None:
        self.clock = Clock()
        store = MemoryStore()
        store.blobs.put(CONTENT)
        self.links = BlobLinks("http://127.0.0.1:4566", store.blobs, self.clock)

    async def follow(self, url: str) -> Response:
        parts = urlsplit(url)
        return await self.links.handle(Request("GET", parts.path, parts.query, Headers()))


async def content_of(response: Response) -> bytes:
    assert not isinstance(response.body, bytes)
    return b"".join([piece async for piece in response.body])


async def test_a_link_leads_to_the_content() -> None:
    links = Links()
    url = links.links.url(SHA256)
    assert url.startswith(f"http://127.0.0.1:4566/_gatewright/blobs/{SHA256}?")
    response = await links.follow(url)
    assert (response.status, await content_of(response)) == (200, CONTENT)
    assert response.headers.get("content-length") == str(len(CONTENT))
    assert response.headers.get("content-type") == "application/zip"


async def test_it_holds_for_ten_minutes() -> None:
    links = Links()
    url = links.links.url(SHA256)
    links.clock.time += 600
    assert (await links.follow(url)).status == 200
    links.clock.time += 1
    assert (await links.follow(url)).status == 403


@pytest.mark.parametrize(
    "change",
    [
        lambda url: url.replace("Expires=1", "Expires=2"),
        lambda url: url[:-1] + ("0" if url[-1] != "0" else "1"),
        lambda url: url.partition("&")[0],
        lambda url: url.partition("?")[0],
        lambda url: url.replace(SHA256, "0" * 64),
        lambda url: url.replace("Signature=", "Signature=%C3%BC"),
    ],
)
async def test_nobody_can_make_one(change: object) -> None:
    links = Links()
    assert callable(change)
    assert (await links.follow(change(links.links.url(SHA256)))).status == 403


async def test_content_that_has_gone() -> None:
    links = Links()
    assert (await links.follow(links.links.url("0" * 64))).status == 404


async def test_a_link_that_names_no_blob() -> None:
    links = Links()
    assert (await links.follow(links.links.url("../../secret"))).status == 403


async def test_another_start_of_the_node_has_another_key() -> None:
    assert (await Links().follow(Links().links.url(SHA256))).status == 403
