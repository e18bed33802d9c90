"""Request parameter mapping: "Transform API requests and responses for HTTP APIs in API Gateway"."""

from typing import Any

import pytest

from gatewright.wire.client_request import UpstreamRequest
from tests.unit.gateway.fakes import API_ID, Gateway, http_proxy, integration, request, stage

URI = "https://example.com/base/{petId}"


async def mapped(
    parameters: dict[str, str], *headers: tuple[str, str], query: str = "", body: bytes = b""
) -> UpstreamRequest:
    gateway = Gateway()
    target = http_proxy(URI, request_parameters=tuple(parameters.items()))
    gateway.serve(stage("ANY /pets/{petId}", target=target, name="prod", variables={"environmentId": "dev"}))
    framing = [("Content-Length", str(len(body)))] if body else []
    path = "/prod/pets/6" + (f"?{query}" if query else "")
    response = await gateway.send(request("POST", path, *headers, *framing, body=body))
    assert response.status == 200, response.body
    assert gateway.client.bodies == [body]
    return gateway.client.requests[0]


async def test_add_a_header() -> None:
    """ "Add a header to an API request"."""
    upstream = await mapped({"append:header.header1": "$context.extendedRequestId"})
    assert upstream.headers.get("header1")


async def test_rename_a_header() -> None:
    """ "Rename a request header"."""
    upstream = await mapped(
        {"append:header.header2": "$request.header.header1", "remove:header.header1": "''"},
        ("Header1", "a"),
        ("header1", "b"),
    )
    assert upstream.headers.get("header1") is None
    assert upstream.headers.get_all("header2") == ["a,b"]


HEADERS: list[tuple[dict[str, str], list[str]]] = [
    ({"append:header.x": "new"}, ["1", "2", "new"]),
    ({"overwrite:header.X": "new"}, ["new"]),
    ({"remove:header.X": "''"}, []),
    ({"overwrite:header.x": "$request.header.missing"}, ["1", "2"]),
    ({"overwrite:header.x": "a${request.header.missing}b"}, ["ab"]),
    ({"overwrite:header.x": "$request.body.broken"}, ["1", "2"]),
    ({"overwrite:header.x": "$request.body.name"}, ["na\xc3\xafve"]),
    ({"overwrite:header.x": "$request.body.id"}, ["7"]),
    ({"overwrite:header.x": "$request.querystring.q"}, ["1,2"]),
    ({"overwrite:header.x": "$request.path"}, ["/pets/6"]),
    ({"overwrite:header.x": "$context.path"}, ["/prod/pets/6"]),
    ({"overwrite:header.x": "${request.path.petId}-${stageVariables.environmentId}"}, ["6-dev"]),
]


@pytest.mark.parametrize(("parameters", "values"), HEADERS)
async def test_headers(parameters: dict[str, str], values: list[str]) -> None:
    body = '{"name":"naïve","id":7,"broken":null}'.encode()
    upstream = await mapped(parameters, ("X", "1"), ("x", "2"), query="q=1&q=2", body=body)
    assert upstream.headers.get_all("x") == values


async def test_a_value_cannot_break_the_message() -> None:
    upstream = await mapped({"append:header.x": "$request.body.evil"}, body=b'{"evil":"a\\r\\nb: c"}')
    assert upstream.headers.get("x") is None


QUERIES = [
    ({"append:querystring.a": "x y&z"}, "a=1&A=2", "a=1&A=2&a=x%20y%26z"),
    ({"overwrite:querystring.a": "x"}, "a=1&b=2&%61=3", "b=2&a=x"),
    ({"remove:querystring.a": "''"}, "a=1&b=2&a", "b=2"),
    ({"remove:querystring.a": "''"}, "a=1", None),
    ({"append:querystring.host": "$context.domainPrefix"}, "", f"host={API_ID}"),
]


@pytest.mark.parametrize(("parameters", "query", "expected"), QUERIES)
async def test_queries(parameters: dict[str, str], query: str, expected: str | None) -> None:
    upstream = await mapped(parameters, query=query)
    assert upstream.target == "/base/6" + (f"?{expected}" if expected else "")


@pytest.mark.parametrize(
    ("value", "target"),
    [
        ("$request.path", "/pets/6?a=1"),
        ("/x/$request.path.petId", "/x/6?a=1"),
        ("no slash", "/no%20slash?a=1"),
        ("/a%20b", "/a%20b?a=1"),
        ("$request.header.missing", "/base/6?a=1"),
    ],
)
async def test_the_path(value: str, target: str) -> None:
    assert (await mapped({"overwrite:path": value}, query="a=1")).target == target


async def test_functions_see_the_mapping_too() -> None:
    gateway = Gateway({"statusCode": 200})
    parameters = (
        ("append:header.x", "$request.body.a"),
        ("overwrite:querystring.q", "new"),
        ("overwrite:path", "/other"),
    )
    gateway.serve(stage("POST /x", target=integration(request_parameters=parameters)))
    response = await gateway.send(request("POST", "/x?q=1", ("Content-Type", "application/json"), body=b'{"a":"b"}'))
    assert response.status == 200
    event: dict[str, Any] = gateway.invoker.events[0]
    assert event["headers"]["x"] == "b"
    assert event["queryStringParameters"] == {"q": "new"}
    assert event["body"] == '{"a":"b"}'
    assert event["rawPath"] == "/other"
    assert event["requestContext"]["http"]["path"] == "/x"
