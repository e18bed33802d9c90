"""CORS of function URLs ("Cross-origin resource sharing (CORS)")."""

from dataclasses import replace
from typing import Any

import pytest

from gatewright.base.messages import Headers
from gatewright.snapshot.types import Cors
from tests.unit.gateway.fakes import request
from tests.unit.gateway.function_urls.fakes import FUNCTION, Urls, fields, function_with_url

SITE = "https://www.example.com"
CORS = Cors((SITE, "http://localhost:60905"), ("GET", "PUT"), ("X-One", "X-Two"), ("X-Out",), 300, False)
ANY = Cors(("*",), ("*",), ("*",), (), None, False)

PREFLIGHTS: list[tuple[Cors, str, dict[str, str]]] = [
    (
        CORS,
        SITE,
        {
            "access-control-allow-origin": SITE,
            "access-control-allow-methods": "GET,PUT",
            "access-control-allow-headers": "X-One,X-Two",
            "access-control-max-age": "300",
        },
    ),
    (CORS, "https://www.example.org", {}),
    (CORS, "null", {}),
    (
        ANY,
        SITE,
        {
            "access-control-allow-origin": SITE,
            "access-control-allow-methods": "*",
            "access-control-allow-headers": "*",
        },
    ),
    (
        replace(ANY, allow_credentials=True, max_age_seconds=0),
        SITE,
        {
            "access-control-allow-origin": SITE,
            "access-control-allow-methods": "PUT",
            "access-control-allow-headers": "x-one, authorization",
            "access-control-max-age": "0",
            "access-control-allow-credentials": "true",
        },
    ),
    (Cors(("*",), (), (), (), None, False), SITE, {"access-control-allow-origin": SITE}),
]


def preflight(origin: str) -> Any:
    return request(
        "OPTIONS",
        "/any/path",
        ("Origin", origin),
        ("Access-Control-Request-Method", "PUT"),
        ("Access-Control-Request-Headers", "x-one, authorization"),
    )


@pytest.mark.parametrize("auth_type", ["NONE", "AWS_IAM"])
@pytest.mark.parametrize(("cors", "origin", "headers"), PREFLIGHTS)
async def test_preflights_never_reach_the_function(
    cors: Cors, origin: str, headers: dict[str, str], auth_type: str
) -> None:
    urls = Urls({"statusCode": 418}, function_with_url(auth_type=auth_type, cors=cors))
    response = await urls.send(preflight(origin))
    assert (response.status, response.body) == (200, b"")
    assert fields(response) == {"vary": "Origin", **headers}
    assert urls.invoker.events == []


@pytest.mark.parametrize("missing", ["Origin", "Access-Control-Request-Method"])
async def test_other_options_requests_are_the_functions(missing: str) -> None:
    sent = preflight(SITE)
    sent.headers.discard(missing)
    assert (await Urls({"statusCode": 418}, function_with_url(cors=CORS)).send(sent)).status == 418


async def test_without_a_configuration_the_function_answers_preflights() -> None:
    urls = Urls({"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}, "body": "x"})
    response = await urls.send(preflight(SITE))
    assert fields(response) == {"access-control-allow-origin": "*", "content-type": "application/json"}


@pytest.mark.parametrize(
    ("cors", "origin", "headers"),
    [
        (CORS, SITE, {"access-control-allow-origin": SITE, "access-control-expose-headers": "X-Out"}),
        (CORS, SITE.upper(), {"access-control-allow-origin": SITE.upper(), "access-control-expose-headers": "X-Out"}),
        (CORS, "https://www.example.org", {}),
        (CORS, None, {}),
        (ANY, SITE, {"access-control-allow-origin": SITE}),
        (
            replace(ANY, allow_credentials=True),
            SITE,
            {"access-control-allow-origin": SITE, "access-control-allow-credentials": "true"},
        ),
    ],
)
async def test_actual_responses(cors: Cors, origin: str | None, headers: dict[str, str]) -> None:
    urls = Urls({}, function_with_url(cors=cors))
    response = await urls.get("/", *([("Origin", origin)] if origin else []))
    assert fields(response) == {"content-type": "application/json", "vary": "Origin", **headers}


async def test_the_functions_own_cors_headers_stay() -> None:
    """On AWS this "can result in duplicate CORS headers in the response"."""
    urls = Urls({"statusCode": 200, "headers": {"access-control-allow-origin": "*"}}, function_with_url(cors=ANY))
    response = await urls.get("/", ("Origin", SITE))
    assert response.headers.get_all("access-control-allow-origin") == ["*", SITE]


async def test_errors_can_be_read_by_the_page() -> None:
    forbidden = await Urls({}, function_with_url(FUNCTION, cors=ANY)).get("/", ("Origin", SITE))
    assert (forbidden.status, Headers(forbidden.headers).get("access-control-allow-origin")) == (403, SITE)
    failed = await Urls(b"{", function_with_url(cors=ANY)).get("/", ("Origin", SITE))
    assert (failed.status, Headers(failed.headers).get("access-control-allow-origin")) == (502, SITE)
