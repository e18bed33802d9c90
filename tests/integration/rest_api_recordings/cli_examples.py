"""The examples of the "AWS CLI Command Reference" (apigateway), each by the name of its command."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.integration.rest_api_recordings.methods import GET, MADE, MOCK, RESPONSE, method
from tests.integration.rest_api_recordings.replay import Recordings, Step, patch
from tests.integration.rest_api_recordings.stages import settings, stage
from tests.integration.rest_api_recordings.usage_plans import of_usage_plan

_DEPLOYED: tuple[Step, ...] = (
    *MOCK,
    (
        "create_deployment",
        {"restApiId": "<api>", "stageName": "dev", "description": "First deployment to the dev stage"},
        201,
        {"id": "<one>", "description": "First deployment to the dev stage", "createdDate": "datetime"},
    ),
)
_FUNCTION = "arn:aws:lambda:<region>:<account>:function:f"
_URI = f"arn:aws:apigateway:<region>:lambda:path//2015-03-31/functions/{_FUNCTION}/invocations"
_NO_MODELS: Mapping[str, Any] = MappingProxyType({"statusCode": "200", "responseModels": {}})
_LAMBDA: Mapping[str, Any] = MappingProxyType(
    {
        "type": "AWS",
        "httpMethod": "POST",
        "uri": _URI,
        "passthroughBehavior": "WHEN_NO_MATCH",
        "contentHandling": "CONVERT_TO_TEXT",
        "timeoutInMillis": 29000,
        "cacheNamespace": "<root>",
        "cacheKeyParameters": [],
    }
)
_TEMPLATE = "/requestTemplates/application~1json"
_ORIGIN = "method.response.header.Access-Control-Allow-Origin"
_KEY: Mapping[str, Any] = MappingProxyType(
    {
        "id": "<key>",
        "name": "Dev API Key",
        "description": "Used for development",
        "enabled": True,
        "createdDate": "datetime",
        "lastUpdatedDate": "datetime",
        "stageKeys": ["<api>/dev"],
    }
)


def _update_stage(change: tuple[str, ...], key: str, **changed: Any) -> Step:
    return (
        "update_stage",
        {"restApiId": "<api>", "stageName": "dev", "patchOperations": patch(change)},
        200,
        stage("dev", methodSettings={key: {**settings(), "cachingEnabled": False, **changed}}),
    )


def _update_integration(*change: str, template: Mapping[str, Any]) -> Step:
    whole = {
        "cacheKeyParameters": [],
        "cacheNamespace": "<root>",
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": 29000,
        "type": "MOCK",
        **template,
    }
    return "update_integration", {**GET, "patchOperations": patch(change)}, 200, whole


RECORDINGS: Recordings = MappingProxyType(
    {
        "update-stage: the settings of a resource and method": (
            *_DEPLOYED,
            _update_stage(("replace", "/~1resourceName/GET/logging/dataTrace", "false"), "~1resourceName/GET"),
        ),
        "update-stage: the settings of all": (
            *_DEPLOYED,
            _update_stage(("replace", "/*/*/logging/dataTrace", "true"), "*/*", dataTraceEnabled=True),
        ),
        "update-deployment": (
            *_DEPLOYED,
            (
                "update_deployment",
                {
                    "restApiId": "<api>",
                    "deploymentId": "<one>",
                    "patchOperations": patch(("replace", "/description", "newDescription")),
                },
                200,
                {"description": "newDescription", "id": "<one>", "createdDate": "datetime"},
            ),
        ),
        "update-integration": (
            *MOCK,
            _update_integration("remove", _TEMPLATE, template={}),
            _update_integration("add", _TEMPLATE, template={"requestTemplates": {"application/json": None}}),
            _update_integration(
                "replace",
                _TEMPLATE,
                '{"example": "json"}',
                template={"requestTemplates": {"application/json": {"example": "json"}}},
            ),
        ),
        "update-method": (
            MADE,
            ("put_method", {**GET, "authorizationType": "NONE"}, 201, None),
            (
                "put_method_response",
                {**RESPONSE, "responseModels": {}},
                201,
                {"statusCode": "200", "responseModels": {}},
            ),
            (
                "put_integration",
                {
                    **GET,
                    "type": "AWS",
                    "integrationHttpMethod": "POST",
                    "uri": _URI,
                    "contentHandling": "CONVERT_TO_TEXT",
                },
                201,
                _LAMBDA,
            ),
            (
                "put_integration_response",
                {**RESPONSE, "responseTemplates": {}},
                201,
                {"statusCode": "200", "responseTemplates": {}},
            ),
            (
                "update_method",
                {**GET, "patchOperations": patch(("replace", "/apiKeyRequired", "true"))},
                200,
                method(
                    httpMethod="GET",
                    apiKeyRequired=True,
                    methodResponses={"200": _NO_MODELS},
                    methodIntegration={
                        **_LAMBDA,
                        "integrationResponses": {"200": {"statusCode": "200", "responseTemplates": {}}},
                    },
                ),
            ),
        ),
        "update-integration-response": (
            *MOCK,
            ("put_method_response", {**RESPONSE, "responseParameters": {_ORIGIN: False}}, 201, None),
            ("put_integration_response", {**RESPONSE, "responseParameters": {_ORIGIN: "'x'"}}, 201, None),
            (
                "update_integration_response",
                {**RESPONSE, "patchOperations": patch(("replace", f"/responseParameters/{_ORIGIN}", "'*'"))},
                200,
                {"statusCode": "200", "responseParameters": {_ORIGIN: "'*'"}},
            ),
            (
                "update_integration_response",
                {**RESPONSE, "patchOperations": patch(("remove", f"/responseParameters/{_ORIGIN}"))},
                200,
                {"statusCode": "200"},
            ),
        ),
        "create-api-key, update-api-key": (
            *_DEPLOYED,
            (
                "create_api_key",
                {
                    "name": "Dev API Key",
                    "description": "Used for development",
                    "enabled": True,
                    "stageKeys": [{"restApiId": "<api>", "stageName": "dev"}],
                },
                201,
                {**_KEY, "value": "<value>"},
            ),
            (
                "update_api_key",
                {"apiKey": "<key>", "patchOperations": patch(("replace", "/name", "newName"))},
                200,
                {**_KEY, "name": "newName", "tags": {}},
            ),
        ),
        "update-usage-plan": (
            (
                "create_usage_plan",
                {
                    "name": "p",
                    "quota": {"limit": 10, "period": "DAY"},
                    "throttle": {"rateLimit": 1, "burstLimit": 2},
                },
                201,
                {**of_usage_plan(10, "DAY", 1.0, 2)},
            ),
            *(
                (
                    "update_usage_plan",
                    {"usagePlanId": "<plan>", "patchOperations": patch(("replace", path, value))},
                    200,
                    {**whole, "tags": {}},
                )
                for path, value, whole in (
                    ("/quota/period", "MONTH", of_usage_plan(10, "MONTH", 1.0, 2)),
                    ("/quota/limit", "500", of_usage_plan(500, "MONTH", 1.0, 2)),
                    ("/throttle/rateLimit", "10", of_usage_plan(500, "MONTH", 10.0, 2)),
                    ("/throttle/burstLimit", "20", of_usage_plan(500, "MONTH", 10.0, 20)),
                )
            ),
        ),
    }
)
