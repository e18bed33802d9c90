"""Gateway responses as AWS was recorded to answer about them (test_apigateway_api.snapshot.json)."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.integration.rest_api_recordings.methods import MADE
from tests.integration.rest_api_recordings.replay import By, Recordings, bad_request, invalid, not_found, patch

_DEFAULT_TEMPLATE = '{"message":$context.error.messageString}'
_STATUS_CODES: Mapping[str, Any] = MappingProxyType(
    {
        "ACCESS_DENIED": "403",
        "API_CONFIGURATION_ERROR": "500",
        "AUTHORIZER_CONFIGURATION_ERROR": "500",
        "AUTHORIZER_FAILURE": "500",
        "BAD_REQUEST_BODY": "400",
        "BAD_REQUEST_PARAMETERS": "400",
        "DEFAULT_4XX": "",
        "DEFAULT_5XX": "",
        "EXPIRED_TOKEN": "403",
        "INTEGRATION_FAILURE": "504",
        "INTEGRATION_TIMEOUT": "504",
        "INVALID_API_KEY": "403",
        "INVALID_SIGNATURE": "403",
        "MISSING_AUTHENTICATION_TOKEN": "403",
        "QUOTA_EXCEEDED": "429",
        "REQUEST_TOO_LARGE": "413",
        "RESOURCE_NOT_FOUND": "404",
        "THROTTLED": "429",
        "UNAUTHORIZED": "401",
        "UNSUPPORTED_MEDIA_TYPE": "415",
        "WAF_FILTERED": "403",
    }
)
_PARAMETERS: Mapping[str, Any] = MappingProxyType(
    {
        "gatewayresponse.header.Access-Control-Allow-Origin": "'a.b.c'",
        "gatewayresponse.header.x-request-header": "method.request.header.Accept",
        "gatewayresponse.header.x-request-path": "method.request.path.petId",
        "gatewayresponse.header.x-request-query": "method.request.querystring.q",
    }
)
_ONE_PARAMETER: Mapping[str, Any] = MappingProxyType(
    {"gatewayresponse.header.x-request-header": "method.request.header.Accept"}
)
_TEMPLATE = '{\n     "message": $context.error.messageString,\n     "type":  "$context.error.responseType"\n}'
_TEMPLATES: Mapping[str, Any] = MappingProxyType({"application/json": _TEMPLATE})
_TOKEN = "MISSING_AUTHENTICATION_TOKEN"
_NO_API = not_found("Invalid API identifier specified <account>:apiid123")
_WRONG_TYPE = invalid(
    "1 validation error detected: Value 'FAKE_RESPONSE_TYPE' at 'responseType' failed to satisfy constraint: "
    "Member must satisfy enum value set: [REQUEST_TOO_LARGE, RESOURCE_NOT_FOUND, AUTHORIZER_CONFIGURATION_ERROR, "
    "MISSING_AUTHENTICATION_TOKEN, BAD_REQUEST_BODY, INVALID_SIGNATURE, INVALID_API_KEY, BAD_REQUEST_PARAMETERS, "
    "AUTHORIZER_FAILURE, UNAUTHORIZED, INTEGRATION_TIMEOUT, ACCESS_DENIED, DEFAULT_4XX, DEFAULT_5XX, WAF_FILTERED, "
    "QUOTA_EXCEEDED, THROTTLED, API_CONFIGURATION_ERROR, UNSUPPORTED_MEDIA_TYPE, INTEGRATION_FAILURE, EXPIRED_TOKEN]"
)
_ORIGIN = "/responseParameters/gatewayresponse.header.Access-Control-Allow-Origin"
_XML = "<gatewayResponse><message>$context.error.messageString</message></gatewayResponse>"


def response(kind: str, *, is_default: bool = True, status: str | None = None, **members: Any) -> dict[str, Any]:
    """Return a gateway response as it was recorded."""
    status = _STATUS_CODES[kind] if status is None else status
    return {
        "defaultResponse": is_default,
        "responseParameters": {},
        "responseTemplates": {"application/json": _DEFAULT_TEMPLATE},
        "responseType": kind,
        **({"statusCode": status} if status else {}),
        **members,
    }


def _on(operation: str, kind: str, api: str = "<api>", **members: Any) -> tuple[str, dict[str, Any]]:
    return operation, {"restApiId": api, "responseType": kind, **members}


def _put(kind: str, **members: Any) -> tuple[str, dict[str, Any]]:
    return _on("put_gateway_response", kind, **members)


def _update(kind: str, *changes: tuple[Any, ...]) -> tuple[str, dict[str, Any]]:
    return _on("update_gateway_response", kind, patchOperations=patch(*changes))


def _listed(**changed: Mapping[str, Any]) -> dict[str, Any]:
    return {"items": By("responseType", [changed.get(kind, response(kind)) for kind in _STATUS_CODES])}


_CHANGED = response(
    _TOKEN, is_default=False, status="404", responseParameters=_PARAMETERS, responseTemplates=_TEMPLATES
)
_OF_5XX: Mapping[str, Any] = MappingProxyType(
    {"status": "599", "responseParameters": _ONE_PARAMETER, "responseTemplates": _TEMPLATES}
)
_FOLLOWING_5XX = (
    "API_CONFIGURATION_ERROR",
    "AUTHORIZER_CONFIGURATION_ERROR",
    "INTEGRATION_FAILURE",
    "INTEGRATION_TIMEOUT",
)
_BAR: Mapping[str, Any] = MappingProxyType({"gatewayresponse.header.foo": "'bar'"})
_NESTED: Mapping[str, Any] = MappingProxyType({"application/json": json.dumps({"application/json": _DEFAULT_TEMPLATE})})

RECORDINGS: Recordings = MappingProxyType(
    {
        "test_gateway_response_crud": (
            MADE,
            (*_on("get_gateway_response", _TOKEN), 200, response(_TOKEN)),
            (
                *_put(
                    _TOKEN, statusCode="404", responseParameters=dict(_PARAMETERS), responseTemplates=dict(_TEMPLATES)
                ),
                201,
                _CHANGED,
            ),
            ("get_gateway_responses", {"restApiId": "<api>"}, 200, _listed(MISSING_AUTHENTICATION_TOKEN=_CHANGED)),
            (*_on("get_gateway_response", _TOKEN), 200, _CHANGED),
            (*_on("delete_gateway_response", _TOKEN), 202, {}),
            (*_on("get_gateway_response", _TOKEN), 200, response(_TOKEN)),
        ),
        "test_gateway_response_put": (
            MADE,
            (
                *_put(
                    _TOKEN, statusCode="404", responseParameters=dict(_PARAMETERS), responseTemplates=dict(_TEMPLATES)
                ),
                201,
                _CHANGED,
            ),
            (*_put(_TOKEN, statusCode="404"), 201, response(_TOKEN, is_default=False, status="404")),
            (
                *_put(_TOKEN, responseParameters=dict(_ONE_PARAMETER)),
                201,
                response(_TOKEN, is_default=False, responseParameters=_ONE_PARAMETER),
            ),
            (
                *_put(_TOKEN, responseTemplates=dict(_TEMPLATES)),
                201,
                response(_TOKEN, is_default=False, responseTemplates=_TEMPLATES),
            ),
            (
                *_put(
                    "DEFAULT_5XX",
                    statusCode="599",
                    responseParameters=dict(_ONE_PARAMETER),
                    responseTemplates=dict(_TEMPLATES),
                ),
                201,
                response("DEFAULT_5XX", is_default=False, **_OF_5XX),
            ),
            (
                *_put("AUTHORIZER_FAILURE", responseParameters=dict(_BAR)),
                201,
                response("AUTHORIZER_FAILURE", is_default=False, responseParameters=_BAR),
            ),
            (
                "get_gateway_responses",
                {"restApiId": "<api>"},
                200,
                _listed(
                    DEFAULT_5XX=response("DEFAULT_5XX", is_default=False, **_OF_5XX),
                    AUTHORIZER_FAILURE=response("AUTHORIZER_FAILURE", is_default=False, responseParameters=_BAR),
                    MISSING_AUTHENTICATION_TOKEN=response(_TOKEN, is_default=False, responseTemplates=_TEMPLATES),
                    **{kind: response(kind, **_OF_5XX) for kind in _FOLLOWING_5XX},
                ),
            ),
        ),
        "test_gateway_response_validation": (
            MADE,
            ("get_gateway_responses", {"restApiId": "apiid123"}, *_NO_API),
            (*_on("get_gateway_response", "DEFAULT_4XX", "apiid123"), *_NO_API),
            (*_on("delete_gateway_response", "DEFAULT_4XX", "apiid123"), *_NO_API),
            (*_on("update_gateway_response", "DEFAULT_4XX", "apiid123", patchOperations=[]), *_NO_API),
            (
                *_on("delete_gateway_response", "DEFAULT_4XX"),
                *not_found("Gateway response type not defined on api"),
            ),
            (*_on("get_gateway_response", "FAKE_RESPONSE_TYPE"), *_WRONG_TYPE),
            (*_on("delete_gateway_response", "FAKE_RESPONSE_TYPE"), *_WRONG_TYPE),
            (*_on("update_gateway_response", "FAKE_RESPONSE_TYPE", patchOperations=[]), *_WRONG_TYPE),
            (
                *_put("FAKE_RESPONSE_TYPE", statusCode="404", responseParameters={}, responseTemplates={}),
                *_WRONG_TYPE,
            ),
        ),
        "test_update_gateway_response": (
            MADE,
            (
                *_update("DEFAULT_4XX", ("replace", "/statusCode", "444")),
                200,
                response("DEFAULT_4XX", is_default=False, status="444"),
            ),
            (
                *_on("get_gateway_response", "DEFAULT_4XX"),
                200,
                response("DEFAULT_4XX", is_default=False, status="444"),
            ),
            (
                *_put(
                    "DEFAULT_4XX",
                    statusCode="404",
                    responseParameters=dict(_PARAMETERS),
                    responseTemplates=dict(_NESTED),
                ),
                201,
                response(
                    "DEFAULT_4XX",
                    is_default=False,
                    status="404",
                    responseParameters=_PARAMETERS,
                    responseTemplates=_NESTED,
                ),
            ),
            (
                *_update(
                    "DEFAULT_4XX",
                    ("replace", "/statusCode", "444"),
                    ("replace", _ORIGIN, "'example.com'"),
                    ("add", "/responseTemplates/application~1xml", _XML),
                ),
                200,
                response(
                    "DEFAULT_4XX",
                    is_default=False,
                    status="444",
                    responseParameters={
                        **_PARAMETERS,
                        "gatewayresponse.header.Access-Control-Allow-Origin": "'example.com'",
                    },
                    responseTemplates={**_NESTED, "application/xml": _XML},
                ),
            ),
            (
                *_update("DEFAULT_4XX", ("add", "/statusCode", "444")),
                *bad_request("Invalid patch path /statusCode"),
            ),
            (*_update("DEFAULT_4XX", ("remove", "/statusCode")), *bad_request("Invalid patch path /statusCode")),
            (
                *_update("DEFAULT_5XX", ("replace", _ORIGIN, "'example.com'")),
                *not_found("Invalid parameter name specified"),
            ),
            (
                *_on(
                    "update_gateway_response",
                    "DEFAULT_4XX",
                    patchOperations=[{"op": "add", "value": "'example.com'"}],
                ),
                *bad_request("Invalid patch path null"),
            ),
            (
                *_update("DEFAULT_4XX", ("wrong-op", "/statusCode", "'example.com'")),
                *invalid(
                    "1 validation error detected: Value 'wrong-op' at "
                    "'updateGatewayResponseInput.patchOperations.1.member.op' failed to satisfy constraint: "
                    "Member must satisfy enum value set: [add, remove, move, test, replace, copy]"
                ),
            ),
            (
                *_update("DEFAULT_4XX", ("add", "/wrongPath", "'example.com'")),
                *bad_request("Invalid patch path /wrongPath"),
            ),
            (
                *_update("DEFAULT_4XX", ("replace", "/responseTemplates/application~1xml", None)),
                *bad_request("Invalid null or empty value in responseTemplates"),
            ),
            (
                *_update("DEFAULT_4XX", ("replace", _ORIGIN, None)),
                *bad_request("Invalid null or empty value in responseParameters"),
            ),
        ),
    }
)
