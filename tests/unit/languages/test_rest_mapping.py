"""Parameter mapping: "Parameter mapping for REST APIs", "Parameter mapping source reference for REST APIs
in API Gateway" (API Gateway Developer Guide).

What AWS does with absent bodies, and with those that are no JSON, was observed by the tests of localstack's mapper
(`tests/unit/services/apigateway/test_parameters_mapping.py`).
"""

import pytest

from gatewright.languages.jayway import Path, PayloadError, parse_payload
from gatewright.languages.rest_mapping import (
    Location,
    MappingError,
    compile_gateway_response_mappings,
    compile_request_mappings,
    compile_request_value,
    compile_response_mappings,
)

BODY = (
    b'{"petstore": {"pets": [{"name": "Bill", "age": 3, "price": 1.5, "ok": true, "none": null, "tags": ["a", "b"]}]}}'
)
HEADERS = {"Accept": ["text/html", "text/plain"], "X-One": ["1"]}
QUERY = {"type": ["dog", "cat"], "page": ["2"]}


class Message:
    """A message with one of everything."""

    def __init__(self, body: bytes = b"") -> None:
        self._body = body

    def header(self, name: str) -> str | None:
        return HEADERS.get(name, [None])[-1]

    def multi_header(self, name: str) -> list[str]:
        return HEADERS.get(name, [])

    def querystring(self, name: str) -> str | None:
        return QUERY.get(name, [None])[-1]

    def multi_querystring(self, name: str) -> list[str]:
        return QUERY.get(name, [])

    def path_parameter(self, name: str) -> str | None:
        return {"petId": "7"}.get(name)

    def body(self) -> bytes:
        return self._body

    def body_json(self) -> object:
        return parse_payload(self._body)

    def select(self, path: Path) -> object:
        return path.read(self.body_json())

    def context(self, name: str) -> str | None:
        return {"identity.sourceIp": "1.2.3.4"}.get(name)

    def stage_variable(self, name: str) -> str | None:
        return {"version": "v2"}.get(name)


REQUESTS: list[tuple[str, str | list[str] | None]] = [
    ("method.request.path.petId", "7"),
    ("method.request.path.petid", None),
    ("method.request.querystring.page", "2"),
    ("method.request.querystring.type", "cat"),
    ("method.request.querystring.Type", None),
    ("method.request.multivaluequerystring.type", ["dog", "cat"]),
    ("method.request.multivaluequerystring.none", None),
    ("method.request.header.X-One", "1"),
    ("method.request.header.Accept", "text/plain"),
    ("method.request.multivalueheader.Accept", "text/html,text/plain"),
    ("method.request.multivalueheader.none", None),
    ("method.request.body.petstore.pets[0].name", "Bill"),
    ("method.request.body.$.petstore.pets[0].name", "Bill"),
    ("method.request.body['petstore'].pets[0].name", "Bill"),
    ("method.request.body.petstore.pets[0].age", "3"),
    ("method.request.body.petstore.pets[0].price", "1.5"),
    ("method.request.body.petstore.pets[0].ok", "true"),
    ("method.request.body.petstore.pets[0].none", None),
    ("method.request.body.petstore.pets[0].tags", '["a","b"]'),
    ("method.request.body.petstore.pets[*].name", '["Bill"]'),
    ("method.request.body.petstore.pets.name", None),
    ("method.request.body", BODY.decode()),
    ("context.identity.sourceIp", "1.2.3.4"),
    ("context.authorizer.claims.custom:tenant", None),
    ("stageVariables.version", "v2"),
    ("stageVariables.none", None),
    ("'static'", "static"),
    ("''", ""),
    ("'it's'", "it's"),
]


@pytest.mark.parametrize(("expression", "value"), REQUESTS)
def test_integration_requests(expression: str, value: str | list[str] | None) -> None:
    (mapping,) = compile_request_mappings([("integration.request.header.DogsAge0", expression)])
    assert (mapping.location, mapping.name) == (Location.HEADER, "DogsAge0")
    assert mapping.value.read(Message(BODY)) == value


@pytest.mark.parametrize(
    ("key", "location", "name"),
    [
        ("integration.request.path.petId", Location.PATH, "petId"),
        ("integration.request.querystring.a.b", Location.QUERYSTRING, "a.b"),
        ("integration.request.header.X-Amz-Invocation-Type", Location.HEADER, "X-Amz-Invocation-Type"),
    ],
)
def test_destinations(key: str, location: Location, name: str) -> None:
    (mapping,) = compile_request_mappings([(key, "'x'")])
    assert (mapping.location, mapping.name) == (location, name)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("integration.response.header.Accept", "text/plain"),
        ("integration.response.multivalueheader.Accept", "text/html,text/plain"),
        ("integration.response.body", BODY.decode()),
        ("integration.response.body.petstore.pets[0].name", "Bill"),
        ("context.identity.sourceIp", "1.2.3.4"),
        ("stageVariables.version", "v2"),
        ("'*'", "*"),
    ],
)
def test_integration_responses(expression: str, value: str) -> None:
    (mapping,) = compile_response_mappings([("method.response.header.X", expression)])
    assert mapping.value.read(Message(BODY)) == value


def test_gateway_responses() -> None:
    """ "Gateway responses for REST APIs": headers from the request, static values, context and stage variables."""
    expressions = [
        "method.request.header.Accept",
        "method.request.querystring.page",
        "method.request.path.petId",
        "'a'",
    ]
    mappings = compile_gateway_response_mappings([("gatewayresponse.header.x", text) for text in expressions])
    assert [mapping.value.read(Message()) for mapping in mappings] == ["text/plain", "2", "7", "a"]


def test_no_body_reads_as_an_empty_object() -> None:
    assert compile_request_value("method.request.body").read(Message()) == "{}"
    assert compile_request_value("method.request.body.a").read(Message()) is None


def test_a_body_need_not_be_json() -> None:
    assert compile_request_value("method.request.body").read(Message(b"<This is>")) == "<This is>"
    assert compile_request_value("method.request.body.a").read(Message(b"<a/>")) is None


@pytest.mark.parametrize("expression", ["method.request.body", "method.request.body.a"])
def test_a_body_that_only_begins_like_json_is_an_error(expression: str) -> None:
    with pytest.raises(PayloadError):
        compile_request_value(expression).read(Message(b"\n{wrongjson"))


@pytest.mark.parametrize(
    "expression",
    [
        "static",
        "",
        "'",
        "'x",
        "method.request.cookie.a",
        "method.request.header.",
        "method.request.header",
        "context.",
        "integration.response.header.a",
        "method.request.path",
        "method.request.body.a[",
        "method.request.bodyX",
        "stageVariables",
        "$context.requestId",
        "'Content-Type',Authorization",
    ],
)
def test_what_is_no_expression(expression: str) -> None:
    with pytest.raises(MappingError, match=r"^Invalid mapping expression specified: "):
        compile_request_mappings([("integration.request.header.a", expression)])


@pytest.mark.parametrize(
    "key", ["integration.request.body.a", "method.request.header.a", "integration.request.header."]
)
def test_what_is_no_destination(key: str) -> None:
    with pytest.raises(MappingError, match=r"^Invalid mapping expression parameter specified: "):
        compile_request_mappings([(key, "'x'")])
