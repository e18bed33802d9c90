"""Routing, validation and trace ids of REST APIs: localstack's recordings of AWS, tests/aws/services/apigateway/
test_apigateway_common.py.
"""

import json
import re
from typing import Any

import pytest

from gatewright.snapshot.types.rest_api import RestGatewayResponse
from tests.unit.gateway.fakes import Gateway, request
from tests.unit.gateway.rest_apis.recorded import IDS, error_of, json_of, names_of, serving
from tests.unit.gateway.rest_apis.rest_api import integration, method, mock, outcome, resource

_UNMATCHED = (403, {"message": "Missing Authentication Token"}, "MissingAuthenticationTokenException")
_SCHEMA = {"title": "testSchema", "type": "object", "properties": {"a": {"type": "number"}}, "required": ["a", "b"]}
_PARAMETERS = ("method.request.querystring.qs1", "method.request.path.issuer", "method.request.header.x-header-param")


@pytest.mark.parametrize(
    ("http_method", "path", "message"),
    [
        ("OPTIONS", "/test", "OPTIONS"),
        ("POST", "/test", "POST"),
        ("OPTIONS", "/test/any", "ANY"),
        ("GET", "/test/any", "ANY"),
        ("OPTIONS", "/other", "OPTIONS"),
    ],
)
async def test_a_greedy_sibling_serves_what_a_resource_does_not(http_method: str, path: str, message: str) -> None:
    """`TestApigatewayRouting::test_proxy_routing_with_hardcoded_resource_sibling`."""
    gateway = serving(
        resource("/test", method("POST", mock('{"message": "POST"}'))),
        resource("/test/any", method("ANY", mock('{"message": "ANY"}'))),
        resource("/{proxy+}", method("OPTIONS", mock('{"message": "OPTIONS"}'))),
    )
    assert await json_of(await gateway.send(request(http_method, f"/prod{path}"))) == {"message": message}


async def test_what_is_not_found() -> None:
    """`TestApigatewayRouting::test_routing_not_found`."""
    gateway = serving(resource("/existing", method("GET", mock('{"message": "exists"}'))))
    assert await json_of(await gateway.get("/prod/existing")) == {"message": "exists"}
    assert await error_of(await gateway.get("/prod/random-non-existing-route")) == _UNMATCHED
    assert await error_of(await gateway.send(request("PUT", "/prod/existing"))) == _UNMATCHED


def validating(**changes: Any) -> Gateway:
    return serving(
        resource("/test/{test}", method("GET", **changes), method("POST", **changes)),
        answer={"statusCode": 200},
        models=(("testSchema", json.dumps(_SCHEMA)),),
    )


@pytest.mark.parametrize(
    ("http_method", "query", "headers", "missing"),
    [
        ("POST", "", (), "x-header-param, issuer, qs1"),
        ("GET", "?qs1=x", (), "x-header-param, issuer"),
        ("GET", "", (("x-header-param", "test"),), "issuer, qs1"),
        # "Header names and query parameters are processed in a case-sensitive way" ("... important notes").
        ("GET", "?QS1=x", (("X-Header-Param", "test"),), "x-header-param, issuer, qs1"),
    ],
)
async def test_which_parameters_are_missing(
    http_method: str, query: str, headers: tuple[tuple[str, str], ...], missing: str
) -> None:
    """`TestApiGatewayCommon::test_api_gateway_request_validator`."""
    gateway = validating(required_parameters=_PARAMETERS)
    response = await gateway.send(request(http_method, f"/prod/test/value{query}", *headers))
    message = f"Missing required request parameters: [{missing}]"
    assert await error_of(response) == (400, {"message": message}, "BadRequestException")


@pytest.mark.parametrize(
    ("http_method", "headers", "body", "status"),
    [
        ("POST", (), b'{"test": "test"}', 400),
        ("POST", (), b'{"a": 1, "b": 2}', 200),
        ("GET", (), b"", 400),
        ("GET", (("Content-Type", "application/json"),), b"", 400),
    ],
)
async def test_which_bodies_fit_their_model(
    http_method: str, headers: tuple[tuple[str, str], ...], body: bytes, status: int
) -> None:
    """`TestApiGatewayCommon::test_api_gateway_request_validator`."""
    gateway = validating(request_models=(("application/json", "testSchema"),))
    response = await gateway.send(request(http_method, "/prod/test/value", *headers, body=body))
    assert response.status == status
    if status == 400:
        assert await error_of(response) == (400, {"message": "Invalid request body"}, "BadRequestException")


_MODELS = (
    ("StatusModel", {"type": "object", "properties": {"Order": {"type": "integer"}}, "required": ["Status", "Order"]}),
    (
        "TestModel",
        {
            "type": "object",
            "properties": {
                "status": {
                    "oneOf": [
                        {"type": "null"},
                        {"$ref": "https://apigateway.amazonaws.com/restapis/mnh1xmpli7/models/StatusModel"},
                    ]
                }
            },
            "required": ["status"],
        },
    ),
    (
        "Statuses",
        {"type": "array", "items": {"$ref": "https://apigateway.amazonaws.com/restapis/a/models/StatusModel"}},
    ),
)


@pytest.mark.parametrize(
    ("model", "document", "status"),
    [
        ("TestModel", {"status": None}, 200),
        ("TestModel", {"status": {"Status": "TEST", "Order": 1}}, 200),
        ("TestModel", {}, 400),
        ("TestModel", {"status": {"Status": "TEST"}}, 400),
        ("Statuses", [{"Status": "TEST", "Order": 1}], 200),
        ("Statuses", [{"Order": 1}], 400),
    ],
)
async def test_models_refer_to_each_other(model: str, document: object, status: int) -> None:
    """`test_api_gateway_request_validator_with_ref_models`, `..._with_ref_one_ofmodels`."""
    gateway = serving(
        resource("/a", method("POST", request_models=(("application/json", model),))),
        answer={"statusCode": 200},
        models=tuple((name, json.dumps(schema)) for name, schema in _MODELS),
    )
    assert (await gateway.send(request("POST", "/prod/a", body=json.dumps(document).encode()))).status == status


_PARENT = r"Parent=[0-9a-f]{16}"


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (None, rf"Root=1-[0-9a-f]{{8}}-[0-9a-f]{{24}};{_PARENT};Sampled=0"),
        ("Root=1-3152b799-8954dae64eda91bc9a23a7e8", rf"Root=1-3152b799-8954dae64eda91bc9a23a7e8;{_PARENT};Sampled=0"),
        (
            "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1",
            r"Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1",
        ),
    ],
)
async def test_trace_ids_of_responses(sent: str | None, answered: str) -> None:
    """`TestApiGatewayCommon::test_invocation_trace_id`; the form: test_apigateway_basic.py, test_invoke_method_api."""
    resources = [resource("/f", method("GET")), resource("/m", method("GET", mock()), resource_id="res2")]
    gateway = serving(*resources, answer={"statusCode": 200})
    headers = [] if sent is None else [("X-Amzn-Trace-Id", sent)]
    assert names_of(await gateway.get("/prod/m", *headers)) == IDS | {"content-type"}
    response = await gateway.get("/prod/f", *headers)
    assert names_of(response) == IDS | {"content-type", "x-amzn-trace-id"}
    assert re.fullmatch(answered, response.headers.get("x-amzn-trace-id") or "")


async def test_what_a_gateway_response_says() -> None:
    """ "Gateway responses for REST APIs in API Gateway": its example of a customised body and header."""
    template = '{"message":$context.error.messageString,"type":"$context.error.responseType","id":"$context.requestId"'
    template += (
        ',"path":"$context.path","user":"$context.identity.user","authorizer":"$context.authorizer.principalId"}'
    )
    customised = RestGatewayResponse(
        "DEFAULT_4XX",
        "404",
        (
            ("gatewayresponse.header.Access-Control-Allow-Origin", "'*'"),
            ("gatewayresponse.header.q", "method.request.querystring.q"),
        ),
        (("application/json", template),),
    )
    gateway = serving(resource("/a", method("GET", mock())), gateway_responses=(customised,))
    response = await gateway.get("/prod/none?q=1")
    body = await json_of(response)
    assert (response.status, response.headers.get("access-control-allow-origin")) == (404, "*")
    assert response.headers.get("q") == "1"
    assert response.headers.get("x-amzn-errortype") == "MissingAuthenticationTokenException"
    assert body.pop("id") == response.headers.get("x-amzn-requestid")
    assert body == {
        "message": "Missing Authentication Token",
        "type": "MISSING_AUTHENTICATION_TOKEN",
        "path": "/prod/none",
        "user": "",
        "authorizer": "",
    }


async def test_a_function_behind_a_custom_integration_gets_the_trace_id() -> None:
    """The `AWS` type has X-Amzn-Trace-Id on its responses too: ...TestApiGatewayHeaderRemapping[AWS]."""
    gateway = serving(resource("/a", method("GET", integration("AWS", responses=(outcome(),)))), answer={})
    assert "x-amzn-trace-id" in names_of(await gateway.get("/prod/a"))
