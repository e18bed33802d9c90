"""Parameter mappings: "Transform API requests and responses for HTTP APIs in API Gateway" (Developer Guide).

The texts of the errors, and what becomes of empty values, are as the service answers them.
"""

from typing import Any

import pytest

from tests.unit.control.apigatewayv2.calls import Calls
from tests.unit.control.apigatewayv2.test_integrations import HTTP

PREFIX = "Invalid mapping expression specified: Validation Result: warnings : [], errors : "


@pytest.fixture
def integration(calls: Calls, api_id: str) -> dict[str, str]:
    created = calls("CreateIntegration", ApiId=api_id, **HTTP)
    return {"ApiId": api_id, "IntegrationId": created["IntegrationId"]}


@pytest.mark.parametrize(
    "parameters",
    [
        {
            "append:header.header_append": "static value",
            "overwrite:header.header_overwrite": "$request.header.foo",
            "remove:header.header_remove": "''",
        },
        {"append:header.multi_header.1": "$request.header.foo", "append:header.multi_header.2": "static value"},
        {"append:header.a": "${request.body}followed with text$request.path"},
        {"append:header.a": "${request.path.name} ${request.path.id}"},
        {"append:HEADER.DestinatioN": "static"},
        {"append:header.a": "$request.path$"},
        {"append:header.a": "$a"},
        {"append:header.a": "${request.header.foo{}"},
        {"append:header.a": "${request.header.foo$request.header.foo$}"},
        {"append:header.a": "$request.header.foo, $context.requestId"},
        {"append:header.a": "$request.body"},
        {"append:header.a": "$request.body.pets[0].name"},
        {"append:header.a": "$context.authorizer.claims.sub"},
        {"append:header.a": "$stageVariables.environmentId"},
        {"overwrite:querystring.a": "1", "append:querystring.A": "2", "remove:querystring.b": "''"},
        {"overwrite:path": "$request.header.foo"},
        {"overwrite:Path": "/static/${request.path.id}"},
        {"overwrite:header.path": "x", "overwrite:path": "/x"},
    ],
)
def test_request_parameters(calls: Calls, api_id: str, parameters: dict[str, str]) -> None:
    created = calls("CreateIntegration", ApiId=api_id, **HTTP, RequestParameters=parameters)
    assert created["RequestParameters"] == parameters


@pytest.mark.parametrize(
    ("parameters", "errors"),
    [
        ({"append:header.a": "$request.headers.foo"}, "[Invalid mapping expression specified: $request.headers.foo]"),
        (
            {"append:header.header_1": "static value", "overwrite:header.header_1": "static value"},
            "[Parameter header.header_1 is not unique]",
        ),
        (
            {"append:header.header_1": "static value", "overwrite:header.HEADER_1": "static value"},
            "[Parameter header.header_1 is not unique]",
        ),
        ({"remove:header.a": '""'}, '[Remove action has improper source ""]'),
        (
            {"append:header": "static value"},
            "[Invalid Request Actioned Parameter destination specified: append:header]",
        ),
        ({"append:header.": "v"}, "[Invalid Request Actioned Parameter destination specified: append:header.]"),
        ({"invalid": "v"}, "[Invalid Request Actioned Parameter destination specified: invalid]"),
        ({"add:header.a": "v"}, "[Invalid Request Actioned Parameter destination specified: add:header.a]"),
        ({"append:body.a": "v"}, "[Invalid Request Actioned Parameter destination specified: append:body.a]"),
        ({"overwrite:path.a": "v"}, "[Invalid Request Actioned Parameter destination specified: overwrite:path.a]"),
        (
            {"overwrite:statuscode": "200"},
            "[Invalid Request Actioned Parameter destination specified: overwrite:statuscode]",
        ),
        ({"append:header.a": "${request.body"}, "[Invalid mapping expression specified: ${request.body]"),
        ({"append:header.a": "$request.body}"}, "[Invalid mapping expression specified: $request.body}]"),
        (
            {"append:header.first": "valid", "append:header.First": "$invalid"},
            "[Invalid mapping expression specified: $invalid, Parameter header.first is not unique]",
        ),
        ({"append:header.authorization": "illegal"}, "[Operations on header authorization are restricted]"),
        ({"append:header.apigw-any-suffix": "illegal"}, "[Operations on header apigw-any-suffix are restricted]"),
        ({"remove:header.X-Forwarded-For": "''"}, "[Operations on header x-forwarded-for are restricted]"),
        (
            {"append:header.authorization": "$illegal"},
            "[Invalid mapping expression specified: $illegal, Operations on header authorization are restricted]",
        ),
        ({"append:header.a": "$aa"}, "[Invalid mapping expression specified: $aa]"),
        ({"append:header.a": "{"}, "[Invalid mapping expression specified: {]"),
        ({"append:header.a": "}"}, "[Invalid mapping expression specified: }]"),
        ({"append:header.a": "$request.header.foo{"}, "[Invalid mapping expression specified: $request.header.foo{]"),
        ({"append:header.a": "$request.header.foo}"}, "[Invalid mapping expression specified: $request.header.foo}]"),
        (
            {"append:header.a": "${request.header.foo}}"},
            "[Invalid mapping expression specified: ${request.header.foo}}]",
        ),
        ({"append:header.a": "${}"}, "[Invalid mapping expression specified: ${}]"),
        ({"append:header.a": "$request.body..name"}, "[Invalid mapping expression specified: $request.body..name]"),
        (
            {"append:header.a": "${request.body.pets[?(@.id)]}"},
            "[Invalid mapping expression specified: ${request.body.pets[?(@.id)]}]",
        ),
        ({"append:header.a": "$response.header.b"}, "[Invalid mapping expression specified: $response.header.b]"),
        (
            {"append:header.foo%": ""},
            "[Parameter name should match the following regular expression: ^[a-zA-Z0-9._$-]+$]",
        ),
        (
            {"overwrite:Path": "/x", "append:path": "/y"},
            "[Action append is not supported on path., Parameter path. is not unique]",
        ),
        ({"remove:path": "''"}, "[Action remove is not supported on path.]"),
    ],
)
def test_request_parameters_that_are_refused(
    calls: Calls, api_id: str, integration: dict[str, str], parameters: dict[str, str], errors: str
) -> None:
    for error in (
        calls.error("CreateIntegration", ApiId=api_id, **HTTP, RequestParameters=parameters),
        calls.error("UpdateIntegration", **integration, RequestParameters=parameters),
    ):
        assert (error.code, error.message) == ("BadRequestException", PREFIX + errors)


@pytest.mark.parametrize(
    "header",
    [
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
    ],
)
def test_reserved_headers(calls: Calls, integration: dict[str, str], header: str) -> None:
    expected = f"{PREFIX}[Operations on header {header.lower()} are restricted]"
    mapping = {f"overwrite:header.{header}": "x"}
    assert calls.error("UpdateIntegration", **integration, RequestParameters=mapping).message == expected
    assert calls.error("UpdateIntegration", **integration, ResponseParameters={"200": mapping}).message == expected


def test_an_empty_mapping_is_left_out_on_creation(calls: Calls, api_id: str) -> None:
    created = calls("CreateIntegration", ApiId=api_id, **HTTP, RequestParameters={"append:header.header_1": ""})
    assert created["RequestParameters"] == {}


def test_updates_merge_request_parameters(calls: Calls, integration: dict[str, str]) -> None:
    def update(parameters: dict[str, str]) -> Any:
        return calls("UpdateIntegration", **integration, RequestParameters=parameters).get("RequestParameters")

    assert update({"append:header.a": "1", "remove:header.b": "''"}) == {
        "append:header.a": "1",
        "remove:header.b": "''",
    }
    assert update({"remove:header.b": ""}) == {"append:header.a": "1"}
    assert update({"append:header.a": "${request.header.a}"}) == {"append:header.a": "${request.header.a}"}
    for clash in ("append:header.A", "overwrite:header.a"):
        error = calls.error("UpdateIntegration", **integration, RequestParameters={clash: "2"})
        assert error.message == f"{PREFIX}[Parameter header.a is not unique]"
    assert update({"append:header.a": "", "overwrite:header.a": "2"}) == {"overwrite:header.a": "2"}
    assert update({"overwrite:header.a": ""}) is None


@pytest.mark.parametrize(
    "parameters",
    [
        {"200": {"overwrite:header.header": "$response.header.foo"}},
        {"200": {"overwrite:statuscode": "$response.header.foo"}},
        {
            "500": {"append:header.header1": "$context.requestId", "overwrite:statuscode": "403"},
            "404": {"append:header.error": "$stageVariables.environmentId"},
        },
        {"599": {"remove:header.a": "''", "append:header.b": "$response.body.error"}},
    ],
)
def test_response_parameters(calls: Calls, api_id: str, parameters: dict[str, dict[str, str]]) -> None:
    created = calls("CreateIntegration", ApiId=api_id, **HTTP, ResponseParameters=parameters)
    assert created["ResponseParameters"] == parameters


@pytest.mark.parametrize(
    ("parameters", "errors"),
    [
        ({"199": {"overwrite:header.a": "$response.header.foo"}}, "[Status Code 199 is not valid.]"),
        ({"600": {"overwrite:header.a": "$response.header.foo"}}, "[Status Code 600 is not valid.]"),
        ({"200 ": {"overwrite:header.a": "$response.header.foo"}}, "[Status Code 200  is not valid.]"),
        ({"²00": {"overwrite:header.a": "x"}}, "[Status Code ²00 is not valid.]"),
        (
            {"200": {"overwrite:statuscode": "$resp.header.foo"}},
            "[Invalid mapping expression specified: $resp.header.foo]",
        ),
        (
            {"200": {"overwrite:header.a": "$request.header.foo"}},
            "[Invalid mapping expression specified: $request.header.foo]",
        ),
        ({"200": {"overwrite:statuscode": "99"}}, "[Invalid StatusCode Provided: 99]"),
        ({"200": {"overwrite:statuscode": "600"}}, "[Invalid StatusCode Provided: 600]"),
        ({"200": {"overwrite:statuscode": "20.1"}}, "[Invalid StatusCode Provided: 20.1]"),
        ({"200": {"append:statuscode": "201"}}, "[Action append is not supported on statuscode.]"),
        (
            {"200": {"overwrite:statuscode": "201"}, "201": {"append:statuscode": "201"}},
            "[Action append is not supported on statuscode.]",
        ),
        (
            {"200": {"overwrite:querystring.a": "1"}},
            "[Invalid Response Actioned Parameter destination specified: overwrite:querystring.a]",
        ),
    ],
)
def test_response_parameters_that_are_refused(
    calls: Calls, integration: dict[str, str], parameters: dict[str, dict[str, str]], errors: str
) -> None:
    error = calls.error("UpdateIntegration", **integration, ResponseParameters=parameters)
    assert (error.code, error.message) == ("BadRequestException", PREFIX + errors)
    assert "ResponseParameters" not in calls("GetIntegration", **integration)


def test_updates_merge_response_parameters(calls: Calls, integration: dict[str, str]) -> None:
    def update(parameters: dict[str, dict[str, str]]) -> Any:
        return calls("UpdateIntegration", **integration, ResponseParameters=parameters).get("ResponseParameters")

    assert update({"200": {"append:header.a": "1"}}) == {"200": {"append:header.a": "1"}}
    assert update({"404": {"overwrite:statuscode": "200"}}) == {
        "200": {"append:header.a": "1"},
        "404": {"overwrite:statuscode": "200"},
    }
    # An empty block takes the mappings of a status code away.
    assert update({"404": {}}) == {"200": {"append:header.a": "1"}}
    # After an empty value the map stays, after an empty block it goes: so AWS answers.
    assert update({"200": {"append:header.a": ""}}) == {}
    assert update({"200": {"append:header.a": "1"}}) == {"200": {"append:header.a": "1"}}
    assert update({"200": {}}) is None
