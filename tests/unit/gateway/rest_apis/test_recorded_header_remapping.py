"""Which header fields pass a REST API: localstack's recordings of AWS, tests/aws/services/apigateway/
test_apigateway_integrations.py::TestApiGatewayHeaderRemapping (17 and 18 July 2024, a regional API).

Fields that an endpoint's server writes (Content-Length, Host) are not here, nor what httpbin hides: X-Forwarded-*.
"""

import json
from typing import Any

import pytest

from gatewright.base.messages import Headers, Response
from tests.unit.gateway.fakes import API_ID, Gateway, request
from tests.unit.gateway.rest_apis.recorded import IDS, INTERNAL_SERVER_ERROR, error_of, json_of, names_of, serving
from tests.unit.gateway.rest_apis.rest_api import integration, method, outcome, resource

_TYPES = ("HTTP", "HTTP_PROXY", "AWS", "AWS_PROXY")
_MAPPED = {
    "Accept": "'text/html'",
    "Accept-Charset": "'UTF-16'",
    "Accept-Encoding": "'zstd'",
    "Age": "'request_params_age'",
    "Authorization": "'request_params_authorization'",
    "Content-Encoding": "'compress'",
    "Content-Length": "'0'",
    "Content-MD5": "'request_params_Content-MD5'",
    "Content-Type": "'application/json'",
    "Date": "'request_params_Date'",
    "Expect": "'200-ok'",
    "Host": "method.request.header.Host",
    "Max-Forwards": "'2'",
    "Pragma": "'no-cache'",
    "Range": "'bytes=0-499'",
    "Referer": "'https://example.com/page'",
    "Server": "'https://example.com/page'",
    "Trailer": "'user-agent'",
    "Transfer-Encoding": "'deflate'",
    "Upgrade": "'HTTP/2.0'",
    "User-Agent": "'Override-Agent'",
    "Warn": "'110 anderson/1.3.37'",
    "WWW-Authenticate": "'Basic YWxhZGRpbjpvcGVuc2VzYW1l'",
    "Connection": "'keep-alive'",
    "Proxy-Authenticate": "'Basic realm'",
    "TE": "'gzip'",
    "Via": "'othersite.net'",
}
_SENT = {
    "Accept": "application/json",
    "Accept-Charset": "UTF-8",
    "Accept-Encoding": "br",
    "Age": "request_Age",
    "Authorization": "Unauthorized",
    "Connection": "close",
    "Content-Encoding": "deflate",
    "Content-MD5": "request_Content-MD5",
    "Content-Type": "application/json",
    "Date": "request_Date",
    "Expect": "100-continue",
    "Max-Forwards": "2",
    "Pragma": "cache",
    "Proxy-Authenticate": "Basic",
    "Range": "bytes=500-999",
    "Referer": "https://example.com/",
    "Server": "https://example.com/",
    "TE": "deflate",
    "Trailer": "Expires",
    "Upgrade": "HTTP/2.0",
    "User-Agent": "localStack/0.0",
    "Via": "p.example.net",
    "Warn": "299 localStack/0.0",
    "WWW-Authenticate": "Basic YWxhZGRpbjpvcGVuc2VzYW1l",
}
_HEADERS = (*_SENT, "Content-Length", "Host", "Transfer-Encoding")
_ILLEGAL = {
    "HTTP": ("Content-Length", "Transfer-Encoding"),
    "AWS": ("Content-Length", "Transfer-Encoding", "Authorization", "Connection", "Expect", "Proxy-Authenticate", "TE"),
}
_ILLEGAL |= {"HTTP_PROXY": _ILLEGAL["HTTP"], "AWS_PROXY": _ILLEGAL["AWS"]}
_TEMPLATE = "{" + ",".join([f'"{name}": "$input.params(\'{name}\')"' for name in _HEADERS]) + "}"
# What of the client's is seen, by templates and in proxy events.
_UNSEEN = {
    "Connection",
    "Content-Length",
    "Content-MD5",
    "Expect",
    "Max-Forwards",
    "Proxy-Authenticate",
    "Server",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "WWW-Authenticate",
}


def serving_headers(kind: str, *mapped: str, **changes: Any) -> Gateway:
    target = integration(
        kind,
        request_parameters=tuple((f"integration.request.header.{name}", _MAPPED[name]) for name in mapped),
        **{
            "responses": (outcome(),),
            **({} if "AWS" in kind else {"uri": "https://origin.example.com/post"}),
            **changes,
        },
    )
    gateway = serving(resource("/a", method("GET", target)), answer={"statusCode": 200, "body": "{}"})
    gateway.client.answer = Response(200, Headers([("Content-Type", "application/json")]), b"{}")
    return gateway


def full(kind: str) -> Gateway:
    responses = tuple((f"method.response.header.{name}", f"'response_param_{name}'") for name in _HEADERS)
    return serving_headers(
        kind,
        *(name for name in _MAPPED if name not in _ILLEGAL[kind]),
        request_templates=(("application/json", _TEMPLATE),),
        responses=(outcome(response_parameters=responses),),
    )


async def send(gateway: Gateway) -> Response:
    return await gateway.send(request("GET", "/prod/a", *_SENT.items()))


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in _TYPES for name in _ILLEGAL[kind]])
async def test_some_fields_no_mapping_may_set(kind: str, name: str) -> None:
    gateway = serving_headers(kind, name)
    response = await send(gateway)
    assert await error_of(response) == INTERNAL_SERVER_ERROR
    assert names_of(response) == IDS | {"content-type", "x-amzn-errortype"}
    assert not gateway.client.requests
    assert not gateway.invoker.events


async def test_http_endpoints_see_nothing_of_the_client() -> None:
    gateway = serving_headers("HTTP")
    response = await send(gateway)
    assert names_of(response) == IDS | {"content-type", "x-amzn-trace-id"}
    headers = dict(gateway.client.requests[0].headers)
    assert {name: value for name, value in headers.items() if name != "X-Amzn-Trace-Id"} == {
        "Accept": "application/json",
        "User-Agent": f"AmazonAPIGateway_{API_ID}",
        "x-amzn-apigateway-api-id": API_ID,
    }


async def test_proxied_endpoints_see_some_of_the_client() -> None:
    gateway = serving_headers("HTTP_PROXY")
    assert names_of(await send(gateway)) == IDS | {"content-type"}
    added = {"X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"}
    headers = {name: value for name, value in gateway.client.requests[0].headers if name not in added}
    kept = {name: _SENT[name] for name in _SENT.keys() - _UNSEEN - {"Content-Encoding", "Via"}}
    assert headers == kept | {"x-amzn-apigateway-api-id": API_ID}


@pytest.mark.parametrize("kind", ["HTTP", "HTTP_PROXY"])
async def test_endpoints_see_what_is_mapped_but_for_hops(kind: str) -> None:
    gateway = full(kind)
    await send(gateway)
    headers = {name.lower(): value for name, value in gateway.client.requests[0].headers}
    dropped = {"Connection", "Content-Length", "Expect", "Host", "Proxy-Authenticate", "TE", "Transfer-Encoding", "Via"}
    mapped = {name.lower(): text.strip("'") for name, text in _MAPPED.items() if name not in dropped}
    assert mapped.items() <= headers.items()
    assert not headers.keys() & {name.lower() for name in dropped - {"Host"}}


@pytest.mark.parametrize("kind", ["HTTP", "AWS"])
async def test_responses_are_remapped(kind: str) -> None:
    response = await send(full(kind))
    passed = (
        *("Accept", "Accept-Charset", "Accept-Encoding", "Age", "Content-Encoding", "Content-Type", "Pragma", "Range"),
        *("Referer", "TE", "Via", "Warn"),
    )
    remapped = (
        *("Authorization", "Connection", "Content-Length", "Content-MD5", "Date", "Expect", "Host", "Max-Forwards"),
        *("Proxy-Authenticate", "Server", "Trailer", "Upgrade", "User-Agent", "WWW-Authenticate"),
    )
    ours = {name: text for name, text in response.headers if name.lower() not in IDS | {"x-amzn-trace-id"}}
    assert ours == {name: f"response_param_{name}" for name in passed} | {
        f"x-amzn-Remapped-{name}": f"response_param_{name}" for name in remapped
    }


@pytest.mark.parametrize("kind", ["HTTP", "AWS"])
async def test_templates_see_some_of_the_client(kind: str) -> None:
    gateway = full(kind)
    await send(gateway)
    seen = json.loads(gateway.client.bodies[0]) if kind == "HTTP" else gateway.invoker.events[0]
    assert seen.pop("Host")
    assert seen == {name: "" if name in _UNSEEN else _SENT[name] for name in _HEADERS if name != "Host"}


async def test_functions_see_some_of_the_client_whatever_is_mapped() -> None:
    added = {"Host", "X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"}
    for gateway in (serving_headers("AWS_PROXY"), full("AWS_PROXY")):
        response = await send(gateway)
        assert names_of(response) == IDS | {"content-type", "x-amzn-trace-id"}
        event = gateway.invoker.events[0]
        assert event["headers"].keys() == _SENT.keys() - _UNSEEN | added
        assert event["body"] is None


async def test_functions_without_a_template_get_an_empty_event() -> None:
    gateway = serving_headers("AWS")
    response = await send(gateway)
    assert names_of(response) == IDS | {"content-type", "x-amzn-trace-id"}
    assert gateway.invoker.events == [{}]
    assert await json_of(response) == {"statusCode": 200, "body": "{}"}
