import orjson

from gatewright.base.messages import Headers, Request, Response
from gatewright.server.own_paths import OwnPaths


async def blobs(request: Request) -> Response:
    return Response(200, Headers(), f"the blob at {request.path}".encode())


async def packages(request: Request) -> Response:
    return Response(200, Headers(), f"{request.method} of the package at {request.path}".encode())


async def responses(request: Request) -> Response:
    return Response(200, Headers(), f"{request.method} of the response at {request.path}".encode())


async def reset(request: Request) -> Response:
    return Response(204 if request.method == "POST" else 405, Headers())


OWN = OwnPaths(lambda: {"status": "ready"}, blobs, packages, responses, reset)


async def answer(method: str, path: str) -> Response:
    return await OWN.handle(Request(method, path, "", Headers()))


async def test_health() -> None:
    response = await answer("GET", "/_gatewright/health")
    assert isinstance(response.body, bytes)
    assert (response.status, orjson.loads(response.body)) == (200, {"status": "ready"})


async def test_blobs() -> None:
    assert (await answer("GET", "/_gatewright/blobs/abc")).body == b"the blob at /_gatewright/blobs/abc"


async def test_responses() -> None:
    path = "/_gatewright/cloudformation/responses/abc"
    assert (await answer("PUT", path)).body == f"PUT of the response at {path}".encode()


async def test_packages() -> None:
    path = "/_gatewright/packages/abc"
    assert (await answer("PUT", path)).body == f"PUT of the package at {path}".encode()


async def test_reset() -> None:
    assert (await answer("POST", "/_gatewright/reset")).status == 204
    assert (await answer("GET", "/_gatewright/reset")).status == 405


async def test_what_is_not_there() -> None:
    assert (await answer("GET", "/_gatewright/nothing")).status == 404
    refused = await answer("POST", "/_gatewright/health")
    assert (refused.status, refused.headers.get("allow")) == (405, "GET, HEAD")
