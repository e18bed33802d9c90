"""Methods and method responses as AWS was recorded to answer about them (test_apigateway_api.snapshot.json).

The steps with AWS_IAM and with an authorizer are left out: they are not built.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.integration.rest_api_recordings.replay import Recordings, Step, bad_request, invalid, not_found, patch
from tests.integration.rest_api_recordings.resources import NO_RESOURCE

MADE = ("create_rest_api", {"name": "a"}, 201, {"id": "<api>", "rootResourceId": "<root>", ...: ...})
ROOT: Mapping[str, Any] = MappingProxyType({"restApiId": "<api>", "resourceId": "<root>"})
GET: Mapping[str, Any] = MappingProxyType({**ROOT, "httpMethod": "GET"})
ANY: Mapping[str, Any] = MappingProxyType({**ROOT, "httpMethod": "ANY"})
RESPONSE: Mapping[str, Any] = MappingProxyType({**GET, "statusCode": "200"})
NO_METHOD = not_found("Invalid Method identifier specified")
MOCK: tuple[Step, ...] = (
    MADE,
    ("put_method", {**GET, "authorizationType": "NONE"}, 201, None),
    (
        "put_integration",
        {**GET, "type": "MOCK", "requestTemplates": {"application/json": '{"statusCode": 200}'}},
        201,
        None,
    ),
)
_NO_AUTHORIZER = bad_request(
    "Invalid authorizer ID specified. "
    "Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer."
)
_REPLACE_ONLY = bad_request("Invalid patch operation specified. Must be one of: [replace]")
_QUERY = "method.request.querystring."
_PARAMETERS: Mapping[str, Any] = MappingProxyType(
    {
        "method.request.querystring.q_optional": False,
        "method.request.querystring.q_required": True,
        "method.request.header.h_optional": False,
        "method.request.header.h_required": True,
    }
)
_HEADER = "/responseParameters/method.response.header.my-header"
_MODEL = "/responseModels/application~1json"
_WITH_HEADER: Step = (
    "put_method_response",
    {
        **RESPONSE,
        "responseParameters": {"method.response.header.my-header": False},
        "responseModels": {"application/json": "Empty"},
    },
    201,
    None,
)
_FULL: Mapping[str, Any] = MappingProxyType(
    {
        "responseModels": {"application/json": "Empty"},
        "responseParameters": {"method.response.header.my-header": True},
        "statusCode": "200",
    }
)
_BARE: Mapping[str, Any] = MappingProxyType({"responseModels": {}, "responseParameters": {}, "statusCode": "200"})
_NO_PARAMETER = not_found("Invalid parameter name specified")
_NO_TYPE = not_found("Content-Type specified was not found")


def method(**members: Any) -> dict[str, Any]:
    return {"apiKeyRequired": False, "authorizationType": "NONE", "httpMethod": "ANY", **members}


def _put(**members: Any) -> tuple[str, dict[str, Any]]:
    return "put_method", {**ANY, "authorizationType": "NONE", **members}


def _update(*changes: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    return "update_method", {**ANY, "patchOperations": patch(*changes)}


def _update_response(*changes: tuple[str, ...], **members: str) -> tuple[str, dict[str, Any]]:
    return "update_method_response", {**RESPONSE, **members, "patchOperations": patch(*changes)}


def _op(number: int) -> str:
    return (
        f"Value 'wrong_op' at 'updateMethodResponseInput.patchOperations.{number}.member.op' failed to satisfy "
        "constraint: Member must satisfy enum value set: [add, remove, move, test, replace, copy]"
    )


_STATUS = (
    "Value 'wrong' at 'statusCode' failed to satisfy constraint: "
    "Member must satisfy regular expression pattern: [1-5]\\d\\d"
)
_WRONG_HEADER = ("wrong_op", _HEADER, "true")
_WRONG_MODEL = ("wrong_op", _MODEL, "Empty")

RECORDINGS: Recordings = MappingProxyType(
    {
        "test_method_lifecycle": (
            MADE,
            (*_put(), 201, method()),
            ("get_method", ANY, 200, method()),
            ("delete_method", ANY, 204, {}),
            ("get_method", ANY, *NO_METHOD),
            ("delete_method", ANY, *NO_METHOD),
        ),
        "test_method_request_parameters": (
            MADE,
            (*_put(requestParameters=dict(_PARAMETERS)), 201, method(requestParameters=dict(_PARAMETERS))),
            ("get_method", ANY, 200, method(requestParameters=dict(_PARAMETERS))),
            (
                *_put(
                    httpMethod="GET",
                    requestParameters={f"{_QUERY}optional": False, "method.request.header.optional": False},
                ),
                *bad_request("Parameter names must be unique across querystring, header and path"),
            ),
        ),
        "test_put_method_validation": (
            MADE,
            (*_put(restApiId="fake-api", httpMethod="WRONG"), *NO_RESOURCE),
            (*_put(resourceId="fake-resource-id", httpMethod="WRONG"), *NO_RESOURCE),
            (
                *_put(httpMethod="WRONG"),
                *bad_request(
                    "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY"
                ),
            ),
            (*_put(authorizationType="CUSTOM"), *_NO_AUTHORIZER),
            (*_put(requestValidatorId="fake"), *bad_request("Invalid Request Validator identifier specified")),
            (
                *_put(requestModels={"application/json": "petModel"}),
                *bad_request("Invalid model identifier specified: petModel"),
            ),
        ),
        "test_update_method": (
            MADE,
            (*_put(), 201, method()),
            (
                *_update(
                    ("add", f"/requestParameters/{_QUERY}optional", "true"),
                    ("add", "/requestModels/application~1json", "Empty"),
                ),
                200,
                method(requestModels={"application/json": "Empty"}, requestParameters={f"{_QUERY}optional": True}),
            ),
            (
                *_update(
                    ("replace", "/operationName", "ReplacedOperationName"),
                    ("replace", "/apiKeyRequired", "true"),
                    ("replace", f"/requestParameters/{_QUERY}optional", "false"),
                ),
                200,
                method(
                    apiKeyRequired=True,
                    operationName="ReplacedOperationName",
                    requestModels={"application/json": "Empty"},
                    requestParameters={f"{_QUERY}optional": False},
                ),
            ),
            (
                *_update(
                    ("remove", f"/requestParameters/{_QUERY}optional", "true"),
                    ("remove", "/requestModels/application~1json", "Empty"),
                ),
                200,
                method(apiKeyRequired=True, operationName="ReplacedOperationName"),
            ),
        ),
        "test_update_method_validation": (
            MADE,
            ("update_method", {**ANY, "restApiId": "fake-api", "patchOperations": []}, *NO_RESOURCE),
            ("update_method", {**ANY, "resourceId": "fake-resource-id", "patchOperations": []}, *NO_RESOURCE),
            (*_update(("replace", "/operationName", "x")), *NO_METHOD),
            (*_put(apiKeyRequired=True), 201, method(apiKeyRequired=True)),
            (*_update(("add", "/operationName", "x")), *_REPLACE_ONLY),
            (*_update(("add", "/requestValidatorId", "wrong-id")), *_REPLACE_ONLY),
            (*_update(("add", "/httpMethod", "PUT")), *bad_request("Invalid patch path /httpMethod")),
            (
                *_update(("replace", "/requestParameters", f"{_QUERY}optional=false")),
                *bad_request("Invalid patch path /requestParameters"),
            ),
            (
                *_update(("add", "/requestModels/application/json", "Empty")),
                *bad_request("Invalid patch path /requestModels/application/json"),
            ),
            (*_update(("replace", "/apiKeyRequired", "whatever")), 200, method()),
            (*_update(("replace", "/authorizationType", "CUSTOM")), *_NO_AUTHORIZER),
            (*_update(("replace", "/authorizerId", "abc123")), 200, method()),
            (
                *_update(("replace", "/authorizationType", "CUSTOM"), ("replace", "/authorizerId", "abc123")),
                *_NO_AUTHORIZER,
            ),
            (
                *_update(("replace", "/requestValidatorId", "fake-id")),
                *bad_request("Invalid Request Validator identifier specified"),
            ),
        ),
        "test_lifecycle_method_response": (
            *MOCK,
            ("put_method_response", {**RESPONSE, "responseParameters": {}, "responseModels": {}}, 201, _BARE),
            ("get_method_response", RESPONSE, 200, _BARE),
            (*_update_response(("add", _HEADER, "true"), ("add", _MODEL, "Empty")), 201, _FULL),
            (*_update_response(("replace", _HEADER, "true"), ("replace", _MODEL, "Empty")), 201, _FULL),
            (
                "get_method",
                GET,
                200,
                method(
                    httpMethod="GET",
                    methodIntegration={
                        "cacheKeyParameters": [],
                        "cacheNamespace": "<root>",
                        "passthroughBehavior": "WHEN_NO_MATCH",
                        "requestTemplates": {"application/json": {"statusCode": 200}},
                        "timeoutInMillis": 29000,
                        "type": "MOCK",
                    },
                    methodResponses={"200": _FULL},
                ),
            ),
            ("delete_method_response", RESPONSE, 204, {}),
        ),
        "test_update_method_response": (
            *MOCK,
            _WITH_HEADER,
            (*_update_response(("remove", _HEADER, "true"), ("remove", _MODEL, "Empty")), 201, {"statusCode": "200"}),
            (*_update_response(("add", _HEADER, "true"), ("add", _MODEL, "Empty")), 201, _FULL),
        ),
        "test_update_method_response_wrong_operations": (
            *MOCK,
            _WITH_HEADER,
            (*_update_response(_WRONG_HEADER), *invalid(f"1 validation error detected: {_op(1)}")),
            (*_update_response(_WRONG_MODEL), *invalid(f"1 validation error detected: {_op(1)}")),
            (
                *_update_response(_WRONG_HEADER, _WRONG_MODEL),
                *invalid(f"2 validation errors detected: {_op(1)}; {_op(2)}"),
            ),
            (
                *_update_response(_WRONG_HEADER, _WRONG_MODEL, _WRONG_HEADER, _WRONG_MODEL),
                *invalid(f"4 validation errors detected: {_op(1)}; {_op(2)}; {_op(3)}; {_op(4)}"),
            ),
            (
                *_update_response(_WRONG_HEADER, ("remove", _MODEL, "Empty"), _WRONG_MODEL),
                *invalid(f"2 validation errors detected: {_op(1)}; {_op(3)}"),
            ),
        ),
        "test_update_method_response_negative_tests": (
            *MOCK,
            _WITH_HEADER,
            (
                *_update_response(("replace", _HEADER, "true"), statusCode="201"),
                *not_found("Invalid Response status code specified"),
            ),
            (
                *_update_response(("replace", _HEADER, "true"), statusCode="wrong"),
                *invalid(f"1 validation error detected: {_STATUS}"),
            ),
            (
                *_update_response(_WRONG_HEADER, statusCode="wrong"),
                *invalid(f"2 validation errors detected: {_op(1)}; {_STATUS}"),
            ),
            (*_update_response(("replace", _HEADER, "true"), resourceId="wrong"), *NO_RESOURCE),
            (*_update_response(("replace", _HEADER, "true"), httpMethod="POST"), *NO_METHOD),
        ),
        "test_update_method_lack_response_parameters_and_models": (
            *MOCK,
            ("put_method_response", {**RESPONSE, "responseParameters": {}, "responseModels": {}}, 201, _BARE),
            (*_update_response(("remove", _HEADER, "true")), *_NO_PARAMETER),
            (*_update_response(("remove", _MODEL, "Empty")), *_NO_TYPE),
            (
                *_update_response(("remove", "/wrong/method.response.header.my-header", "true")),
                *bad_request("Invalid patch path /wrong/method.response.header.my-header"),
            ),
        ),
        "test_update_method_wrong_param_names": (
            *MOCK,
            _WITH_HEADER,
            (*_update_response(("replace", "/responseParameters/wrong", "true")), *_NO_PARAMETER),
            (*_update_response(("remove", "/responseParameters/wrong", "true")), *_NO_PARAMETER),
            (*_update_response(("replace", "/responseModels/wrong", "Empty")), *_NO_TYPE),
            (*_update_response(("remove", "/responseModels/wrong", "Empty")), *_NO_TYPE),
        ),
    }
)
