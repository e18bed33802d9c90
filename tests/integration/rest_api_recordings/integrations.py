"""Integrations and their responses as AWS was recorded to answer about them (test_apigateway_api.snapshot.json).

test_create_integration_with_vpc_link is left out: VPC links are not built.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.integration.rest_api_recordings.methods import GET, MADE, MOCK, NO_METHOD, RESPONSE, method
from tests.integration.rest_api_recordings.replay import (
    Error,
    Log,
    Recordings,
    Step,
    bad_request,
    invalid,
    not_found,
    patch,
)
from tests.integration.rest_api_recordings.resources import NO_RESOURCE

_NO_INTEGRATION = not_found("Invalid Integration identifier specified")
_NO_STATUS = not_found("Invalid Response status code specified")
_WRONG_STATUS = invalid(
    "1 validation error detected: Value 'wrong' at 'statusCode' failed to satisfy constraint: "
    "Member must satisfy regular expression pattern: [1-5]\\d\\d"
)
_MOCKED: Mapping[str, Any] = MappingProxyType(
    {
        "integrationHttpMethod": "GET",
        "type": "MOCK",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
    }
)
_EMPTY: Mapping[str, Any] = MappingProxyType({"selectionPattern": "", "responseTemplates": {"application/json": "{}"}})


def _not_a_string(kind: str) -> tuple[int, Error]:
    return 400, Error("SerializationException", f"class {kind} can not be converted to an String")


def _responded(pattern: str = "", template: str | None = '"created"') -> dict[str, Any]:
    return {"responseTemplates": {"application/json": template}, "selectionPattern": pattern, "statusCode": "200"}


def _created(pattern: str = "", template: str | None = '"created"') -> Step:
    return (
        "put_integration_response",
        {**RESPONSE, "responseTemplates": {"application/json": template}, "selectionPattern": pattern},
        201,
        _responded(pattern, template or None),
    )


_POST: Mapping[str, Any] = MappingProxyType({**GET, "httpMethod": "POST"})
_BOOLEAN = "java.lang.Boolean"
_TRUE_PARAMETER = bad_request(
    "Invalid mapping expression specified: "
    "Validation Result: warnings : [], errors : [Invalid mapping expression specified: true]"
)


def _invoked(
    path: str, parameters: str, query: str, body: str, result: str, http_method: str = "GET"
) -> dict[str, Any]:
    return {
        "body": result,
        "headers": {"Content-Type": "application/json"},
        "latency": ...,
        "log": Log(
            [
                "Execution log for request ID",
                "Starting execution for request: ID",
                f"HTTP Method: {http_method}, Resource Path: {path}",
                f"Method request path: {parameters}",
                f"Method request query string: {query}",
                "Method request headers: {}",
                f"Method request body before transformations: {body}",
                f"Method response body after transformations: {result}",
                "Method response headers: {Content-Type=application/json}",
                "Successfully completed execution",
                "Method completed with status: 200",
                "",
            ]
        ),
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "status": 200,
    }


_POSTED: Mapping[str, Any] = MappingProxyType(
    {
        "cacheKeyParameters": [],
        "cacheNamespace": "<root>",
        "connectionType": "INTERNET",
        "httpMethod": "POST",
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": 29000,
        "type": "HTTP",
        "uri": "http://example.com",
    }
)
_FAILED: Mapping[str, Any] = MappingProxyType(
    {
        "body": '{"message":"Internal server error"}',
        "headers": {"x-amzn-ErrorType": "InternalServerErrorException"},
        "latency": ...,
        "log": Log(
            [
                "Execution log for request ID",
                "Starting execution for request: ID",
                "HTTP Method: GET, Resource Path: /",
                "Method request path: {}",
                "Method request query string: {}",
                "Method request headers: {}",
                "Method request body before transformations: ",
                "Execution failed due to configuration error: Invalid endpoint address",
                "Method completed with status: 500",
                "",
            ]
        ),
        "multiValueHeaders": {"x-amzn-ErrorType": ["InternalServerErrorException"]},
        "status": 500,
    }
)


def _invokable(resource: str, http_method: str, template: str, **integration: Any) -> tuple[Step, ...]:
    where = {"restApiId": "<api>", "resourceId": resource, "httpMethod": http_method}
    mock = {"type": "MOCK", "integrationHttpMethod": http_method, "requestTemplates": _MOCKED["requestTemplates"]}
    return (
        ("put_method", {**where, "authorizationType": "NONE", **integration.pop("method", {})}, 201, None),
        ("put_method_response", {**where, "statusCode": "200"}, 201, None),
        ("put_integration", {**where, **mock, **integration}, 201, None),
        (
            "put_integration_response",
            {**where, "statusCode": "200", "responseTemplates": {"application/json": template}},
            201,
            None,
        ),
    )


_PETS = '{"pets": "all the pets"}'
_PET = json.dumps({"petId": "$input.params('petId')"})
_PATH: Mapping[str, Any] = MappingProxyType(
    {
        "method": {"requestParameters": {"method.request.path.petId": True}},
        "requestParameters": {"integration.request.path.id": "method.request.path.petId"},
    }
)


def _invoke(resource: str, path: str = "", http_method: str = "GET", body: str = "") -> tuple[str, dict[str, Any]]:
    request = {"restApiId": "<api>", "resourceId": resource, "httpMethod": http_method}
    return "test_invoke_method", {
        **request,
        **({"pathWithQueryString": path} if path else {}),
        **({"body": body} if body else {}),
    }


RECORDINGS: Recordings = MappingProxyType(
    {
        "test_put_integration_wrong_type": (
            MADE,
            (
                "put_integration",
                {**GET, "type": "HTTPS_PROXY"},
                *invalid(
                    "1 validation error detected: Value 'HTTPS_PROXY' at 'putIntegrationInput.type' failed to satisfy "
                    "constraint: Member must satisfy enum value set: [HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]"
                ),
            ),
        ),
        "test_put_integration_response_validation": (
            MADE,
            ("put_method", {**_POST, "authorizationType": "NONE"}, 201, None),
            ("put_integration", {**GET, **_MOCKED}, *NO_METHOD),
            ("put_integration", {**GET, **_MOCKED, "resourceId": "badresource"}, *NO_RESOURCE),
            ("put_integration", {**_POST, **_MOCKED}, 201, None),
            ("put_integration_response", {**RESPONSE, **_EMPTY}, *NO_METHOD),
            ("put_integration_response", {**RESPONSE, **_EMPTY, "resourceId": "badresource"}, *NO_RESOURCE),
        ),
        "test_put_integration_request_parameter_bool_type": (
            MADE,
            (
                "put_method",
                {**GET, "authorizationType": "NONE", "requestParameters": {"method.request.path.testPath": True}},
                201,
                method(httpMethod="GET", requestParameters={"method.request.path.testPath": True}),
            ),
            (
                "put_method",
                {
                    **_POST,
                    "authorizationType": "NONE",
                    "requestParameters": {"method.request.path.testPath": True, True: True},
                },
                *_TRUE_PARAMETER,
            ),
            (
                "put_integration",
                {**GET, "type": "HTTP_PROXY", "requestParameters": {True: True}},
                *_not_a_string(_BOOLEAN),
            ),
            (
                "put_integration",
                {**GET, "type": "HTTP_PROXY", "requestParameters": {"integration.request.path.testPath": True}},
                *_not_a_string(_BOOLEAN),
            ),
        ),
        "test_lifecycle_integration_response": (
            *MOCK,
            _created(),
            ("get_integration_response", RESPONSE, 200, _responded()),
            (
                "update_integration_response",
                {**RESPONSE, "patchOperations": patch(("replace", "/selectionPattern", "updated-pattern"))},
                200,
                _responded("updated-pattern"),
            ),
            _created("overwrite-pattern", "overwrite"),
            (
                "get_method",
                GET,
                200,
                method(
                    httpMethod="GET",
                    methodIntegration={
                        "cacheKeyParameters": [],
                        "cacheNamespace": "<root>",
                        "integrationResponses": {"200": _responded("overwrite-pattern", "overwrite")},
                        "passthroughBehavior": "WHEN_NO_MATCH",
                        "requestTemplates": {"application/json": {"statusCode": 200}},
                        "timeoutInMillis": 29000,
                        "type": "MOCK",
                    },
                ),
            ),
            ("delete_integration_response", RESPONSE, 204, {}),
        ),
        "test_integration_response_wrong": (
            ("put_integration_response", {**RESPONSE, "restApiId": "wrong", "resourceId": "x"}, *NO_RESOURCE),
            ("get_integration_response", {**RESPONSE, "restApiId": "wrong", "resourceId": "x"}, *NO_RESOURCE),
            MADE,
            ("put_integration_response", {**RESPONSE, "resourceId": "wrong-resource"}, *NO_RESOURCE),
            ("get_integration_response", {**RESPONSE, "resourceId": "wrong-resource"}, *NO_RESOURCE),
            ("put_integration_response", {**RESPONSE, "httpMethod": "wrong-method"}, *NO_METHOD),
            ("get_integration_response", {**RESPONSE, "httpMethod": "wrong-method"}, *NO_METHOD),
            ("put_integration_response", {**RESPONSE, **_EMPTY, "statusCode": "wrong"}, *_WRONG_STATUS),
            ("get_integration_response", {**RESPONSE, "statusCode": "wrong"}, *_WRONG_STATUS),
        ),
        "test_integration_response_invalid_responsetemplates": (
            *MOCK,
            (
                "put_integration_response",
                {**RESPONSE, "selectionPattern": "", "responseTemplates": {"application/json": 123}},
                *_not_a_string("com.amazon.coral.value.json.numbers.TruncatingBigNumber"),
            ),
            (
                "put_integration_response",
                {**RESPONSE, "selectionPattern": "", "responseTemplates": {123: '{"statusCode": 200}'}},
                *bad_request("Validation Result: warnings : [], errors : [Invalid content type specified: 123]"),
            ),
        ),
        "test_integration_response_invalid_integration": (
            *MOCK[:2],
            ("get_integration_response", RESPONSE, *_NO_INTEGRATION),
        ),
        "test_integration_response_wrong_status_code": (
            *MOCK,
            ("get_integration_response", {**RESPONSE, "statusCode": "201"}, *_NO_STATUS),
        ),
        "test_delete_integration_response_errors": (
            *MOCK,
            _created(),
            ("delete_integration_response", {**RESPONSE, "resourceId": "badresource"}, *NO_RESOURCE),
            ("delete_integration_response", {**RESPONSE, "restApiId": "badapi"}, *NO_RESOURCE),
            ("delete_integration_response", {**RESPONSE, "httpMethod": "POST"}, *_NO_INTEGRATION),
            ("delete_integration_response", {**RESPONSE, "statusCode": "201"}, *_NO_STATUS),
            ("delete_integration_response", {**RESPONSE, "httpMethod": "bad-method"}, *_NO_INTEGRATION),
        ),
        "test_get_integration_non_existent": (
            MADE,
            ("get_integration", {**GET, "restApiId": "badapi"}, *NO_RESOURCE),
            ("get_integration", {**GET, "resourceId": "badresource"}, *NO_RESOURCE),
            ("get_integration", GET, *NO_METHOD),
            ("put_method", {**GET, "authorizationType": "NONE"}, 201, None),
            ("get_integration", GET, *_NO_INTEGRATION),
        ),
        "test_put_integration_response_templates": (
            *MOCK,
            _created(template=None),
            _created(template=""),
            (
                "put_integration_response",
                {**RESPONSE, "selectionPattern": ""},
                201,
                {"selectionPattern": "", "statusCode": "200"},
            ),
        ),
        "test_put_integration_responses": (
            *MOCK[:2],
            ("put_method_response", RESPONSE, 201, {"statusCode": "200"}),
            (
                "put_integration",
                {**GET, "type": "HTTP", "integrationHttpMethod": "POST", "uri": "http://example.com"},
                201,
                _POSTED,
            ),
            (
                "put_integration_response",
                {**RESPONSE, "selectionPattern": "2\\d{2}", "responseTemplates": {}},
                201,
                {"responseTemplates": {}, "selectionPattern": "2\\d{2}", "statusCode": "200"},
            ),
            (
                "get_method",
                GET,
                200,
                method(
                    httpMethod="GET",
                    methodIntegration={
                        **_POSTED,
                        "integrationResponses": {
                            "200": {"responseTemplates": {}, "selectionPattern": "2\\d{2}", "statusCode": "200"}
                        },
                    },
                    methodResponses={"200": {"statusCode": "200"}},
                ),
            ),
            ("delete_integration_response", RESPONSE, 204, {}),
            (
                "get_method",
                GET,
                200,
                method(httpMethod="GET", methodIntegration=_POSTED, methodResponses={"200": {"statusCode": "200"}}),
            ),
            (
                "put_integration_response",
                {**RESPONSE, "selectionPattern": "2\\d{2}", "contentHandling": "CONVERT_TO_BINARY"},
                201,
                {"contentHandling": "CONVERT_TO_BINARY", "selectionPattern": "2\\d{2}", "statusCode": "200"},
            ),
            (
                "get_integration_response",
                RESPONSE,
                200,
                {"contentHandling": "CONVERT_TO_BINARY", "selectionPattern": "2\\d{2}", "statusCode": "200"},
            ),
        ),
        "test_failed_invoke_test_method": (
            *MOCK[:2],
            (
                "put_integration",
                {
                    **GET,
                    "type": "HTTP_PROXY",
                    "integrationHttpMethod": "GET",
                    "uri": "http://${stageVariables.unknown}/",
                },
                201,
                None,
            ),
            ("test_invoke_method", GET, 200, _FAILED),
        ),
        "test_invoke_test_method": (
            MADE,
            (
                "create_resource",
                {"restApiId": "<api>", "parentId": "<root>", "pathPart": "pets"},
                201,
                {"id": "<pets>", ...: ...},
            ),
            (
                "create_resource",
                {"restApiId": "<api>", "parentId": "<pets>", "pathPart": "{petId}"},
                201,
                {"id": "<pet>", ...: ...},
            ),
            *_invokable("<pets>", "GET", _PETS),
            *_invokable("<pet>", "GET", _PET, **_PATH),
            *_invokable("<pet>", "POST", _PET, **_PATH),
            (*_invoke("<pets>"), 200, _invoked("/pets", "{}", "{}", "", _PETS)),
            (*_invoke("<pets>", "/random/test"), 200, _invoked("/random/test", "{}", "{}", "", _PETS)),
            (
                *_invoke("<pet>", "/pets/123"),
                200,
                _invoked("/pets/123", "{petId=123}", "{}", "", '{"petId": "123"}'),
            ),
            (
                *_invoke("<pet>"),
                200,
                _invoked("/pets/{petId}", "{petId={petId}}", "{}", "", '{"petId": "{petId}"}'),
            ),
            (*_invoke("<pet>", "/random/test"), 200, _invoked("/random/test", "{}", "{}", "", '{"petId": ""}')),
            (
                *_invoke("<pet>", "/pets/123?foo=bar"),
                200,
                _invoked("/pets/123", "{petId=123}", "{foo=bar}", "", '{"petId": "123"}'),
            ),
            (
                *_invoke("<pet>", "/pets/123", "POST", '{"foo": "bar"}'),
                200,
                _invoked("/pets/123", "{petId=123}", "{}", '{"foo": "bar"}', '{"petId": "123"}', "POST"),
            ),
            (*_invoke("<pets>", "/pets", "POST"), *NO_METHOD),
            (*_invoke("invalid_res", "/pets/123", "POST"), *NO_RESOURCE),
            ("test_invoke_method", {**GET, "restApiId": "bad"}, *NO_RESOURCE),
        ),
    }
)
