"""What the API answers, phase by phase: one table for however it was made."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.integration.three_ways import texts
from tests.integration.three_ways.stages import CANARY, NO_CANARY, STAGE

PNG = b"\x89PNG\r\n\x1a\n\x00\xff"
JSON = (("Content-Type", "application/json"),)
CLIENT = (*JSON, ("X-Client", "c1"))


@dataclass(frozen=True)
class Exchange:
    """A request, and what is expected of its response."""

    method: str
    target: str
    status: int
    json: Any = None
    """The body as a JSON document, if it is one."""
    has: Mapping[str, Any] = field(default_factory=dict)
    """Members of that document."""
    body: bytes | None = None
    headers: Mapping[str, list[str]] = field(default_factory=dict)
    send: tuple[tuple[str, str], ...] = ()
    content: bytes | None = None
    key: str = ""
    """The usage plan whose key is sent."""
    stage: str = STAGE
    flushes: bool = False
    """Whether the stage's cache is flushed first."""


@dataclass(frozen=True)
class Row:
    """One behaviour: exchanges one after the other, and their page of the API Gateway Developer Guide."""

    name: str
    page: str
    exchanges: tuple[Exchange, ...]


def row(name: str, page: str, *exchanges: Exchange) -> Row:
    return Row(name, page, exchanges)


def get(target: str, status: int = 200, **expected: Any) -> Exchange:
    return Exchange("GET", target, status, **expected)


def post(target: str, document: Any, status: int = 200, **expected: Any) -> Exchange:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Exchange("POST", target, status, **{"content": content, "send": JSON, **expected})


def message(text: str) -> dict[str, str]:
    return {"message": text}


def header(name: str, *values: str) -> dict[str, list[str]]:
    return {name: list(values)}


def mocked(resource: str) -> dict[str, str]:
    return {"resource": resource, "colour": "blue"}


def items(*skus: str) -> list[dict[str, Any]]:
    return [{"sku": sku, "count": 1} for sku in skus]


PROXY_INPUT = "Lambda proxy integrations in API Gateway: Input format of a Lambda function for proxy integration"
PROXY_OUTPUT = "Lambda proxy integrations in API Gateway: Output format of a Lambda function for proxy integration"
GATEWAY_RESPONSES = "Gateway responses for REST APIs in API Gateway"
RESPONSE_TYPES = "Gateway response types for API Gateway"
VALIDATION = "Request validation for REST APIs in API Gateway"
TEMPLATES = "Mapping template transformations for REST APIs in API Gateway"
USAGE_PLANS = "Usage plans and API keys for REST APIs in API Gateway"
THROTTLING = "Throttle requests to your REST APIs for better throughput in API Gateway"
CACHING = "Cache settings for REST APIs in API Gateway"
MAPPING = "Parameter mapping examples for REST APIs in API Gateway"
HTTP = "Set up HTTP integrations in API Gateway"
BINARY = "Binary media types for REST APIs in API Gateway"
COMPRESSION = "Payload compression for REST APIs in API Gateway"
CANARIES = "Set up an API Gateway canary release deployment"
MOCK = "Mock integrations for REST APIs in API Gateway"
PASSTHROUGH = "Method request behavior for payloads without mapping templates for REST APIs in API Gateway"

RESOURCES = (
    row(
        "a literal part wins over a parameter, a parameter over a greedy one",
        "Set up a proxy integration with a proxy resource",
        get("/items/new", has={"resource": "/items/new", "pathParameters": None}),
        get("/items/7%20b", has={"resource": "/items/{item}", "pathParameters": {"item": "7%20b"}}),
        Exchange(
            "DELETE",
            "/items/a/b/c",
            200,
            has={"resource": "/items/{item}/{proxy+}", "pathParameters": {"item": "a", "proxy": "b/c"}},
        ),
    ),
    row(
        "what is not there gets the customised gateway response",
        GATEWAY_RESPONSES,
        get(
            "/nothing",
            404,
            json={
                "message": "Missing Authentication Token",
                "type": "MISSING_AUTHENTICATION_TOKEN",
                "path": f"/{STAGE}/nothing",
            },
            headers={
                "Access-Control-Allow-Origin": ["*"],
                "x-amzn-ErrorType": ["MissingAuthenticationTokenException"],
            },
        ),
        Exchange("DELETE", "/limited", 404, has=message("Missing Authentication Token")),
        Exchange("TRACE", "/echo", 404, has=message("Missing Authentication Token")),
        get("/", 403, stage="unknown", json=message("Forbidden")),
    ),
)

LIMITS = (
    row(
        "a method that asks for an API key",
        USAGE_PLANS,
        get("/keyed", 403, json=message("Forbidden"), headers=header("x-amzn-ErrorType", "ForbiddenException")),
        get("/keyed", 403, json=message("Forbidden"), send=(("X-Api-Key", "wrong"),)),
        get("/keyed", json=mocked("/keyed"), key="open"),
    ),
    row(
        "the throttle of a usage plan",
        USAGE_PLANS,
        get("/keyed", json=mocked("/keyed"), key="throttled"),
        get(
            "/keyed",
            429,
            json=message("Too Many Requests"),
            headers=header("x-amzn-ErrorType", "TooManyRequestsException"),
            key="throttled",
        ),
    ),
    row(
        "the quota of a usage plan",
        USAGE_PLANS,
        get("/keyed", json=mocked("/keyed"), key="spent"),
        get(
            "/keyed",
            429,
            json=message("Limit Exceeded"),
            headers=header("x-amzn-ErrorType", "LimitExceededException"),
            key="spent",
        ),
    ),
    row(
        "a body that is too large",
        RESPONSE_TYPES,
        post(
            "/strict",
            b" " * (10 * 1024 * 1024 + 1),
            413,
            json=message("Request Too Long"),
            headers=header("x-amzn-ErrorType", "RequestTooLargeException"),
        ),
        post("/strict", b" " * (10 * 1024 * 1024), json=mocked("/strict")),
    ),
    row(
        "the throttle of a method",
        THROTTLING,
        get("/limited", json=mocked("/limited")),
        get("/limited", 429, json=message("Too Many Requests")),
    ),
)

VALIDATED = (
    row(
        "required parameters",
        VALIDATION,
        post("/orders/1", {"items": []}, 400, json=message("Missing required request parameters: [X-Client]")),
        get("/things/5", 400, json=message("Missing required request parameters: [max]")),
        get("/things/5?max=", 400, json=message("Missing required request parameters: [max]")),
    ),
    row(
        "bodies that do not fit a model, or one that it refers to",
        VALIDATION,
        post(
            "/orders/1",
            {"items": []},
            400,
            send=CLIENT,
            json={
                "message": "Invalid request body",
                "errors": "[array is too short: must have at least 1 elements but instance has 0 elements]",
            },
            headers=header("x-amzn-ErrorType", "BadRequestException"),
        ),
        post(
            "/orders/1",
            {"items": [{"sku": "a", "count": 0}]},
            400,
            send=CLIENT,
            has={"errors": "[numeric instance is lower than the required minimum (minimum: 1, found: 0)]"},
        ),
        post("/orders/1", {}, 400, send=CLIENT, headers=header("x-amzn-ErrorType", "BadRequestException")),
        post("/orders/1", b"{", 400, send=CLIENT, has={"errors": "[Invalid JSON in request body]"}),
    ),
)

FUNCTIONS = (
    row(
        "the event and the response of a proxy integration",
        PROXY_INPUT,
        Exchange(
            "PATCH",
            "/echo?a=1&a=2",
            200,
            content=b"text",
            json={
                "resource": "/echo",
                "path": "/echo",
                "httpMethod": "PATCH",
                "pathParameters": None,
                "multiValueQueryStringParameters": {"a": ["1", "2"]},
                "body": "text",
                "isBase64Encoded": False,
                "stage": STAGE,
            },
            headers={"X-One": ["a"], "X-Two": ["b", "c"]},
        ),
    ),
    row(
        "binary bodies both ways",
        BINARY,
        Exchange(
            "POST",
            "/echo?do=image",
            201,
            content=PNG,
            send=(("Content-Type", "image/png"), ("Accept", "image/png")),
            body=PNG,
            headers=header("Content-Type", "image/png"),
        ),
    ),
    row(
        "functions that fail, or answer what is no response",
        PROXY_OUTPUT,
        *(
            get(f"/echo?do={what}", 502, json=message("Internal server error"), headers=header("X-Fault", "gateway"))
            for what in ("raise", "malformed")
        ),
    ),
    row(
        "a function that may not be invoked",
        RESPONSE_TYPES,
        get("/denied", 500, json=message("Internal server error"), headers=header("X-Fault", "gateway")),
    ),
    row(
        "a function that takes too long",
        RESPONSE_TYPES,
        get("/slow?do=sleep", 504, json=message("Endpoint request timed out")),
    ),
    row(
        "a stage variable in the place of a function's name",
        "API Gateway stage variables reference for REST APIs in API Gateway",
        get("/by-variable", has={"resource": "/by-variable"}),
    ),
    row(
        "a canary for all requests, and one for none",
        CANARIES,
        get("/echo", stage=CANARY, has={"stage": CANARY}),
        get("/mock/200", stage=CANARY, json={"resource": "/mock/{status}", "colour": "green"}),
        get("/mock/200", stage=NO_CANARY, json=mocked("/mock/{status}")),
    ),
)


def order(skus: list[str], **members: Any) -> dict[str, Any]:
    """Return what the function answers to an order."""
    made = {"order": "7", "client": "c1", "express": False, "skus": skus, "colour": "blue", "stage": STAGE, "fail": ""}
    return {"order": "7", "all": {**made, "lines": len(skus), **members}}


CUSTOM = (
    row(
        "templates and parameters of a custom integration",
        TEMPLATES,
        post(
            "/orders/7?express=yes",
            {"items": items("a", "b")},
            send=CLIENT,
            json=order(["a", "b"], express=True),
            headers={"X-Order": ["7"], "X-Stage": [STAGE], "X-Colour": ["blue"], "Content-Type": ["application/json"]},
        ),
    ),
    row(
        "a template that overrides status and headers",
        "Override your API's request and response parameters and status codes for REST APIs in API Gateway",
        post(
            "/orders/7",
            {"items": items("a", "b", "c")},
            202,
            send=CLIENT,
            json=order(["a", "b", "c"]),
            headers=header("X-Large", "yes"),
        ),
    ),
    row(
        "a selection pattern on the error message of a function",
        "Handle custom Lambda errors in API Gateway",
        post(
            "/orders/7",
            {"items": items("a"), "fail": "item not found in stock"},
            404,
            send=CLIENT,
            json={"error": "item not found in stock"},
        ),
    ),
    row(
        "an asynchronous invocation",
        "Set up asynchronous invocation of the backend Lambda function",
        post("/jobs", {"name": "n1"}, 202, json={"queued": True}),
    ),
    row(
        "a body without a template",
        PASSTHROUGH,
        post(
            "/orders/7",
            b"text",
            415,
            send=(("Content-Type", "text/plain"), ("X-Client", "c1")),
            json=message("Unsupported Media Type"),
        ),
        post("/strict", b"text", 415, send=(("Content-Type", "text/plain"),), json=message("Unsupported Media Type")),
        post("/strict", {}, json=mocked("/strict")),
    ),
)

ENDPOINTS = (
    row(
        "mapped parameters of an HTTP integration",
        MAPPING,
        get(
            "/things/5?max=3&other=1",
            json={
                "line": "GET /things/5?limit=3 HTTP/1.1",
                "headers": {"x-stage": STAGE, "x-colour": "blue", "x-kind": "thing"},
                "body": "",
            },
            headers=header("X-Served-By", "origin"),
        ),
    ),
    row(
        "a template that overrides parameters of the request",
        "Override your API's request and response parameters and status codes for REST APIs in API Gateway",
        Exchange(
            "PUT",
            "/things/5",
            200,
            content=b'{"name": "new name"}',
            send=JSON,
            json={
                "line": "POST /things/other-5?name=new%20name HTTP/1.1",
                "headers": {"x-override": "header of PUT"},
                "body": '{"renamed": "new name"}',
            },
        ),
    ),
    row(
        "a selection pattern on the status of an endpoint",
        HTTP,
        get("/things/missing?max=1", 404, json={"missing": "no such thing"}),
    ),
    row(
        "what an HTTP proxy integration passes on",
        HTTP,
        Exchange(
            "POST",
            "/files/a/b?x=1",
            200,
            content=b"octets",
            send=(("Content-Type", "text/plain"), ("X-Kind", "own")),
            json={"line": "POST /files/a/b?x=1 HTTP/1.1", "headers": {"x-kind": "own"}, "body": "octets"},
            headers=header("X-Origin", "origin"),
        ),
        get("/files/missing", 404, json={"error": "no such thing"}),
    ),
    row(
        "bodies that are converted",
        "Content type conversions in API Gateway",
        post("/convert", PNG, send=(("Content-Type", "image/png"), ("Accept", "image/png")), body=PNG),
    ),
    row(
        "a response that is streamed",
        "Stream the integration response for your proxy integrations in API Gateway",
        get("/streamed", has={"line": "GET /streamed HTTP/1.1"}, headers=header("X-Origin", "origin")),
    ),
    row(
        "an AWS service",
        "Basic tasks of an API integration request",
        get("/account", json={"burst": 5000}),
    ),
    row(
        "who may empty a cache",
        CACHING,
        get("/account", json={"burst": 5000}),
        get("/account", 403, json=message("Unauthorized"), send=(("Cache-Control", "max-age=0"),)),
    ),
    row(
        "what a cache keeps, by its key, until it is flushed",
        CACHING,
        get("/cached?page=1", body=b"0"),
        get("/cached?page=1&other=2", body=b"0"),
        get("/cached?page=2", body=b"1"),
        get("/cached?page=1", body=b"2", send=(("Cache-Control", "max-age=0"),)),
        get("/cached?page=1", body=b"2"),
        get("/cached?page=1", body=b"3", flushes=True),
    ),
)

MOCKS = (
    row(
        "a preflight request",
        "CORS for REST APIs in API Gateway",
        Exchange("OPTIONS", "/cors", 204, headers={name: [value] for name, value in texts.CORS}, body=b""),
    ),
    row(
        "a selection pattern on the status of a mock",
        MOCK,
        get("/mock/200", json=mocked("/mock/{status}")),
        get("/mock/418", 400, json={"refused": "418"}),
        get("/mock/no", 500, json=message("Internal server error")),
    ),
    row(
        "what is compressed",
        COMPRESSION,
        get(
            "/echo?do=large",
            body=gzip.compress(b"x" * 5000),
            headers=header("Content-Encoding", "gzip"),
            send=(("Accept-Encoding", "gzip"),),
        ),
        get("/echo?do=large", body=b"x" * 5000, headers=header("Content-Encoding")),
        get("/mock/200", headers=header("Content-Encoding"), send=(("Accept-Encoding", "gzip"),)),
        post(
            "/orders/7",
            gzip.compress(json.dumps({"items": items("a"), "note": list(range(1000))}).encode()),
            send=(*CLIENT, ("Content-Encoding", "gzip")),
            json=order(["a"]),
        ),
        Exchange(
            "POST",
            "/echo",
            415,
            content=b"x" * 2000,
            send=(("Content-Encoding", "br"),),
            json=message("Unsupported Media Type"),
        ),
    ),
)

ROWS = (*RESOURCES, *LIMITS, *VALIDATED, *FUNCTIONS, *CUSTOM, *ENDPOINTS, *MOCKS)
