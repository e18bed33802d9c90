"""Response parameter mapping: "Transform API requests and responses for HTTP APIs in API Gateway"."""

from collections.abc import AsyncIterator

import pytest

from gatewright.base.messages import Headers, Response
from gatewright.gateway.phases.integration_response import BODY_LIMIT_BYTES
from gatewright.wire.client_errors import ResponseBroken
from tests.unit.gateway.fakes import Gateway, http_proxy, integration, read, stage

# "Change the response from an integration".
PAGE = (
    ("500", (("append:header.header1", "$context.requestId"), ("overwrite:statuscode", "403"))),
    ("404", (("append:header.error", "$stageVariables.environmentId"),)),
)


async def served(
    parameters: tuple[tuple[str, tuple[tuple[str, str], ...]], ...], answer: Response
) -> tuple[Response, Gateway]:
    gateway = Gateway()
    gateway.client.answer = answer
    target = http_proxy("https://example.com", response_parameters=parameters)
    gateway.serve(stage("GET /x", target=target, variables={"environmentId": "dev"}))
    return await gateway.get("/x"), gateway


async def test_the_example_of_the_page() -> None:
    response, _ = await served(PAGE, Response(500, Headers(), b"failed"))
    assert (response.status, response.body) == (403, b"failed")
    assert response.headers.get("header1") == response.headers.get("Apigw-Requestid")
    response, _ = await served(PAGE, Response(404, Headers(), b""))
    assert (response.status, response.headers.get("error")) == (404, "dev")
    response, _ = await served(PAGE, Response(200, Headers([("A", "b")]), b""))
    assert list(response.headers)[:-1] == [("A", "b")]


HEADERS = [
    (("append:header.x", "new"), ["1", "2", "new"]),
    (("overwrite:header.X", "new"), ["new"]),
    (("remove:header.x", "''"), []),
    (("overwrite:header.x", "$response.header.other"), ["o"]),
    (("overwrite:header.x", "$response.header.x"), ["1,2"]),
    (("overwrite:header.x", "$response.body.pets[0].name"), ["Rex"]),
    (("overwrite:header.x", "$response.body.missing"), ["1", "2"]),
]


@pytest.mark.parametrize(("mapping", "values"), HEADERS)
@pytest.mark.parametrize("is_streamed", [False, True])
async def test_headers(mapping: tuple[str, str], values: list[str], is_streamed: bool) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b'{"pets":[{"na'
        yield b'me":"Rex"}]}'

    body = b'{"pets":[{"name":"Rex"}]}'
    headers = Headers([("X", "1"), ("Other", "o"), ("x", "2")])
    response, _ = await served((("200", (mapping,)),), Response(200, headers, parts() if is_streamed else body))
    assert response.headers.get_all("x") == values
    assert await read(response) == body


async def test_a_stream_is_not_read_when_no_value_needs_it() -> None:
    taken = []

    async def parts() -> AsyncIterator[bytes]:
        taken.append(1)
        yield b"x"

    response, _ = await served((("200", (("append:header.a", "b"),)),), Response(200, Headers(), parts()))
    assert taken == []
    assert await read(response) == b"x"


async def test_a_response_that_is_too_large_to_be_mapped() -> None:
    closed = []

    async def parts() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * (BODY_LIMIT_BYTES // 2)
        finally:
            closed.append(1)

    mapping = (("200", (("append:header.a", "$response.body.b"),)),)
    response, _ = await served(mapping, Response(200, Headers(), parts()))
    assert (response.status, response.body) == (500, b'{"message":"Internal Server Error"}')
    assert closed == [1], "the origin's connection is released"


async def test_a_response_that_breaks_off_while_it_is_mapped() -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"{"
        raise ResponseBroken("cut off")

    mapping = (("200", (("append:header.a", "$response.body.b"),)),)
    response, _ = await served(mapping, Response(200, Headers(), parts()))
    assert (response.status, response.body) == (503, b'{"message":"Service Unavailable"}')


@pytest.mark.parametrize(("value", "status"), [("403", 403), ("$response.body.code", 418), ("$response.body.no", 200)])
async def test_status_codes(value: str, status: int) -> None:
    mapping = (("200", (("overwrite:statuscode", value),)),)
    response, _ = await served(mapping, Response(200, Headers(), b'{"code":418}'))
    assert response.status == status


@pytest.mark.parametrize("code", ["99", "600", "100", "abc", "2000"])
async def test_a_status_code_that_is_none(code: str) -> None:
    mapping = (("200", (("overwrite:statuscode", "$response.body.code"),)),)
    response, _ = await served(mapping, Response(200, Headers(), f'{{"code":"{code}"}}'.encode()))
    assert response.status == 500


async def test_the_responses_of_functions_are_mapped_too() -> None:
    gateway = Gateway({"statusCode": 500, "body": "x"})
    gateway.serve(stage("$default", target=integration(response_parameters=PAGE)))
    response = await gateway.get("/")
    assert response.status == 403
