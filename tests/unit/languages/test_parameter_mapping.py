"""Parameter mapping: "Transform API requests and responses for HTTP APIs in API Gateway"."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.languages.parameter_mapping import (
    BODY_LIMIT_BYTES,
    Action,
    Location,
    MappingError,
    compile_request_mappings,
    compile_response_mappings,
    compile_value,
    is_reserved_header,
)


class Message:
    """One message to read from."""

    def __init__(self, body: bytes = b'{"pets":[{"name":"Rex","age":7}],"ok":true,"none":null}') -> None:
        self._body = body

    def header(self, name: str) -> str | None:
        return {"header1": "value1,value2"}.get(name)

    def querystring(self, name: str) -> str | None:
        return {"q": "Value1,Value2"}.get(name)

    def body(self) -> bytes:
        return self._body

    def path(self) -> str:
        return "/pets/6"

    def path_parameter(self, name: str) -> str | None:
        return {"petId": "6"}.get(name)

    def context(self, name: str) -> str | None:
        return {"requestId": "JKJaXmPLvHcESHA=", "identity.sourceIp": "192.0.2.1"}.get(name)

    def stage_variable(self, name: str) -> str | None:
        return {"environmentId": "dev"}.get(name)


VALUES = [
    ("static", "static"),
    ("$request.header.header1", "value1,value2"),
    ("$request.header.HEADER1", "value1,value2"),
    ("${request.header.Header1}", "value1,value2"),
    ("$request.header.other", None),
    ("$request.querystring.q", "Value1,Value2"),
    ("$request.querystring.Q", None),
    ("$request.body.pets[0].name", "Rex"),
    ("$request.body.pets[0].age", "7"),
    ("$request.body.ok", "true"),
    ("$request.body.pets", '[{"name":"Rex","age":7}]'),
    ("$request.body.none", None),
    ("$request.body.missing", None),
    ("$request.body", '{"pets":[{"name":"Rex","age":7}],"ok":true,"none":null}'),
    ("$request.path", "/pets/6"),
    ("$request.path.petId", "6"),
    ("$request.path.other", None),
    ("$context.requestId", "JKJaXmPLvHcESHA="),
    ("$context.identity.sourceIp", "192.0.2.1"),
    ("$context.unknown", None),
    ("$stageVariables.environmentId", "dev"),
    ("$stageVariables.other", None),
    ("${request.path.petId} ${context.requestId}", "6 JKJaXmPLvHcESHA="),
    ("/v1/${request.path.petId}/x", "/v1/6/x"),
    ("a-${request.path.other}-b", "a--b"),
    ("id $request.path.petId and $stageVariables.environmentId", "id 6 and dev"),
    ("costs 5$", "costs 5$"),
    ("$5", "$5"),
]


@pytest.mark.parametrize(("value", "read"), VALUES)
def test_values(value: str, read: str | None) -> None:
    assert compile_value(value, "request").read(Message()) == read


def test_selections_in_a_row_are_joined() -> None:
    value = compile_value("$request.path.petId$stageVariables.environmentId", "request")
    assert value.read(Message()) == "6dev"


def test_only_body_selections_read_the_body() -> None:
    assert compile_value("x ${request.body.a}", "request").reads_body
    assert not compile_value("$request.path", "request").reads_body
    assert not compile_value("$request.header.body", "request").reads_body


def test_a_json_path_sees_the_first_100_kb_only() -> None:
    """ "API Gateway truncates the request body at 100 KB and then applies the selection expression." """
    long = b'{"a":"' + b"x" * BODY_LIMIT_BYTES + b'"}'
    assert compile_value("$request.body.a", "request").read(Message(long)) is None
    whole = compile_value("$request.body", "request").read(Message(long))
    assert whole is not None
    assert len(whole) == len(long)


@pytest.mark.parametrize("body", [b"", b"not json", b"\xff\xfe", b"[" * 100_000, b'{"a":'])
def test_a_body_that_is_no_json_selects_nothing(body: bytes) -> None:
    assert compile_value("$request.body.a", "request").read(Message(body)) is None


REFUSED_VALUES = [
    "$request",
    "$request.",
    "$request.header",
    "$request.cookies.a",
    "$request.body..name",
    "$request.body[?(@.a)]",
    "$response.header.x",
    "$context",
    "$other.x",
    "${request.nothing}",
    "${}",
]


@pytest.mark.parametrize("value", REFUSED_VALUES)
def test_refused_values(value: str) -> None:
    with pytest.raises(MappingError, match=r"Invalid mapping|JSON path"):
        compile_value(value, "request")


def test_keys() -> None:
    mappings = compile_request_mappings(
        [
            ("append:header.header1", "$context.requestId"),
            ("overwrite:header.Header2", "x"),
            ("remove:header.header3", "''"),
            ("append:querystring.Q", "x"),
            ("overwrite:path", "/x"),
            ("remove:querystring.a.b", "''"),
        ]
    )
    assert [(mapping.action, mapping.location, mapping.name) for mapping in mappings] == [
        (Action.APPEND, Location.HEADER, "header1"),
        (Action.OVERWRITE, Location.HEADER, "Header2"),
        (Action.REMOVE, Location.HEADER, "header3"),
        (Action.APPEND, Location.QUERYSTRING, "Q"),
        (Action.OVERWRITE, Location.PATH, ""),
        (Action.REMOVE, Location.QUERYSTRING, "a.b"),
    ]


def test_keys_of_responses() -> None:
    mappings = compile_response_mappings(
        [("overwrite:statusCode", "403"), ("append:header.error", "$stageVariables.environmentId")]
    )
    assert [mapping.location for mapping in mappings] == [Location.STATUS_CODE, Location.HEADER]


def test_an_empty_value_takes_a_mapping_away() -> None:
    """ "Remove configured parameter mappings"."""
    assert compile_request_mappings([("append:header.header1", "")]) == ()


REFUSED_KEYS = [
    "append:path",
    "remove:path",
    "overwrite:path.x",
    "overwrite:statuscode",
    "overwrite:body",
    "set:header.x",
    "append:header",
    "append:header.",
    "append:header.a b",
    "append:header.a\r\nb",
    "header.x",
    "",
]


@pytest.mark.parametrize("key", REFUSED_KEYS)
def test_refused_keys(key: str) -> None:
    with pytest.raises(MappingError):
        compile_request_mappings([(key, "x")])


@pytest.mark.parametrize("key", ["append:querystring.x", "overwrite:path", "append:statuscode"])
def test_refused_keys_of_responses(key: str) -> None:
    with pytest.raises(MappingError):
        compile_response_mappings([(key, "x")])


# "Reserved headers"
RESERVED = [
    "access-control-allow-origin",
    "apigw-requestid",
    "Authorization",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Content-Location",
    "Forwarded",
    "Keep-Alive",
    "Origin",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "TE",
    "Trailers",
    "Transfer-Encoding",
    "Upgrade",
    "x-amz-date",
    "x-amzn-trace-id",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "Via",
]


@pytest.mark.parametrize("name", RESERVED)
def test_reserved_headers(name: str) -> None:
    assert is_reserved_header(name)
    for action in ("append", "overwrite", "remove"):
        with pytest.raises(MappingError, match="restricted"):
            compile_request_mappings([(f"{action}:header.{name}", "x")])


@given(st.text(alphabet="${}.abcrequesthdy[]'* ", max_size=40))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    try:
        value = compile_value(text, "request")
    except MappingError:
        return
    value.read(Message())
