"""CORS: "Configure CORS for HTTP APIs in API Gateway"."""

from dataclasses import replace

import pytest

from gatewright.base.messages import Headers, Response
from gatewright.gateway.cors import LinkedCors
from gatewright.snapshot.types import Cors
from tests.unit.gateway.fakes import Gateway, request, stage

ORIGIN = "http://localhost:4000"
FULL = Cors((ORIGIN,), ("POST", "GET"), ("testHeader",), ("exposedHeader",), 10, allow_credentials=True)
BARE = Cors((ORIGIN,), (), (), (), None, allow_credentials=False)

PREFLIGHT = (("Origin", ORIGIN), ("Access-Control-Request-Method", "GET"))


def cors_of(response: Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers if name.lower().startswith("access-control-")}


def preflight(cors: Cors, *headers: tuple[str, str]) -> dict[str, str]:
    response = LinkedCors(cors).preflight(request("OPTIONS", "/x", *headers))
    assert (response.status, response.body) == (204, b"")
    return cors_of(response)


def actual(cors: Cors, *headers: tuple[str, str], method: str = "GET") -> dict[str, str]:
    response = Response(200, Headers([("X", "1")]))
    LinkedCors(cors).decorate(request(method, "/x", *headers), response)
    assert response.headers.get("X") == "1"
    return cors_of(response)


def test_a_preflight_with_everything() -> None:
    assert preflight(FULL, *PREFLIGHT) == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-headers": "testHeader",
        "access-control-allow-methods": "POST,GET",
        "access-control-max-age": "10",
        "access-control-allow-credentials": "true",
    }


def test_an_actual_request_with_everything() -> None:
    assert actual(FULL, ("Origin", ORIGIN)) == {
        "access-control-allow-origin": ORIGIN,
        "access-control-expose-headers": "exposedHeader",
        "access-control-allow-credentials": "true",
    }


ANY_METHOD = replace(BARE, allow_methods=("*",))
ANY_HEADER = replace(ANY_METHOD, allow_headers=("*",))

# "To return CORS headers, your request must contain an origin header. For the OPTIONS method, your request must contain
# an origin header and an Access-Control-Request-Method header."
REFUSED_PREFLIGHTS: list[tuple[Cors, tuple[tuple[str, str], ...]]] = [
    (FULL, ()),
    (FULL, (("Origin", ORIGIN),)),
    (FULL, (("Access-Control-Request-Method", "GET"),)),
    (FULL, (("Origin", "http://localhost:3000"), ("Access-Control-Request-Method", "GET"))),
    (FULL, (("Origin", ORIGIN), ("Access-Control-Request-Method", "PATCH"))),
    (FULL, (*PREFLIGHT, ("Access-Control-Request-Headers", "other"))),
    (FULL, (*PREFLIGHT, ("Access-Control-Request-Headers", "testHeader, other"))),
    # Without AllowMethods no method is allowed; without AllowHeaders no header.
    (BARE, PREFLIGHT),
    (ANY_METHOD, (*PREFLIGHT, ("Access-Control-Request-Headers", "test,test2"))),
]


@pytest.mark.parametrize(("cors", "headers"), REFUSED_PREFLIGHTS)
def test_a_preflight_that_is_not_allowed_has_no_cors_headers(cors: Cors, headers: tuple[tuple[str, str], ...]) -> None:
    assert preflight(cors, *headers) == {}


def test_allowed_headers_ignore_case() -> None:
    assert preflight(FULL, *PREFLIGHT, ("Access-Control-Request-Headers", "TESTHEADER"))


def test_no_allowed_headers_are_said_to_be_none() -> None:
    assert preflight(ANY_METHOD, *PREFLIGHT) == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-headers": "",
        "access-control-allow-methods": "*",
    }


def test_any_header() -> None:
    asked = ("Access-Control-Request-Headers", "test,test2")
    assert preflight(ANY_HEADER, *PREFLIGHT, asked)["access-control-allow-headers"] == "*"


ORIGINS = [
    (("*",), "http://anything", "*"),
    (("http://*",), "http://localhost:4000", "http://localhost:4000"),
    (("https://*",), "http://localhost:4000", None),
    (("https://*",), "https://localhost:4000", "https://localhost:4000"),
    (("https://*",), "https://", None),
    (("https://*.example.com",), "https://a.example.com", "https://a.example.com"),
    (("https://*.example.com",), "https://example.com", None),
    (("https://*.example.com",), "https://a.example.com.evil.org", None),
    (("http://MyORIGIN.com",), "http://myorigin.com", "http://myorigin.com"),
    (("http://myorigin.com",), "http://MyORIGIN.com", "http://MyORIGIN.com"),
    (("https://a.com", "https://b.com"), "https://b.com", "https://b.com"),
    (("https://a.com",), "https://a.com:8443", None),
    (("https://a.com",), "null", None),
    ((), "https://a.com", None),
]


@pytest.mark.parametrize(("allowed", "origin", "answered"), ORIGINS)
def test_origins(allowed: tuple[str, ...], origin: str, answered: str | None) -> None:
    cors = replace(ANY_HEADER, allow_origins=allowed)
    assert preflight(cors, ("Origin", origin), PREFLIGHT[1]).get("access-control-allow-origin") == answered
    assert actual(cors, ("Origin", origin)).get("access-control-allow-origin") == answered


def test_the_integrations_own_headers_are_ignored() -> None:
    """ "If you configure CORS for an API, API Gateway ignores CORS headers returned from your backend integration." """
    for headers, expected in (
        ((), None),
        ((("Origin", "http://localhost:3000"),), None),
        ((("Origin", ORIGIN),), ORIGIN),
    ):
        response = Response(
            200,
            Headers(
                [
                    ("Access-Control-Allow-Origin", "https://localhost:3000"),
                    ("access-control-expose-headers", "X-My-Custom-Header"),
                ]
            ),
        )
        LinkedCors(BARE).decorate(request("GET", "/x", *headers), response)
        assert response.headers.get_all("access-control-allow-origin") == ([expected] if expected else [])
        assert response.headers.get("access-control-expose-headers") is None


async def test_preflight_without_an_options_route() -> None:
    """ "API Gateway automatically sends a response to preflight OPTIONS requests, even if there isn't an OPTIONS
    route configured for your API." """
    gateway = Gateway({"statusCode": 200}).serve(stage("GET /get-cors", cors=FULL))
    response = await gateway.send(request("OPTIONS", "/get-cors", *PREFLIGHT))
    assert (response.status, response.body) == (204, b"")
    assert cors_of(response)["access-control-allow-origin"] == ORIGIN
    assert response.headers.get("Apigw-Requestid")
    for headers in ((), (("Origin", ORIGIN),)):
        response = await gateway.send(request("OPTIONS", "/get-cors", *headers))
        assert (response.status, cors_of(response)) == (204, {})
    assert gateway.invoker.events == []


async def test_no_configuration_no_preflight() -> None:
    gateway = Gateway({"statusCode": 200}).serve(stage("GET /get-cors"))
    assert (await gateway.send(request("OPTIONS", "/get-cors", *PREFLIGHT))).status == 404


@pytest.mark.parametrize("route_key", ["OPTIONS /get-cors", "ANY /{proxy+}", "$default"])
async def test_a_route_that_takes_options_serves_it(route_key: str) -> None:
    """ "The $default route catches requests for all methods and routes that you haven't explicitly defined, including
    OPTIONS requests." The configured headers are added to what it answers."""
    gateway = Gateway({"statusCode": 200, "body": "mine", "headers": {"Access-Control-Allow-Methods": "TRACE"}})
    gateway.serve(stage(route_key, cors=FULL))
    response = await gateway.send(request("OPTIONS", "/get-cors", *PREFLIGHT))
    assert (response.status, response.body) == (200, b"mine")
    assert cors_of(response)["access-control-allow-methods"] == "POST,GET"
    assert len(gateway.invoker.events) == 1


async def test_errors_of_a_route_have_cors_headers_too() -> None:
    gateway = Gateway(b"no json").serve(stage("GET /x", cors=FULL))
    response = await gateway.get("/x", ("Origin", ORIGIN))
    assert response.status == 500
    assert cors_of(response)["access-control-allow-origin"] == ORIGIN
