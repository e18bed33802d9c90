"""The patches that the Terraform provider for AWS sends, and what its acceptance tests expect of the answers.

Source: hashicorp/terraform-provider-aws, internal/service/apigateway.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.integration.rest_api_recordings.methods import GET, MADE, MOCK, RESPONSE, method
from tests.integration.rest_api_recordings.replay import Recordings, Step, patch
from tests.integration.rest_api_recordings.rest_apis import api
from tests.integration.rest_api_recordings.stages import canary, settings, stage

_DEPLOYED: tuple[Step, ...] = (*MOCK, ("create_deployment", {"restApiId": "<api>"}, 201, {"id": "<one>", ...: ...}))
_STAGED: tuple[Step, ...] = (
    *_DEPLOYED,
    ("create_stage", {"restApiId": "<api>", "stageName": "prod", "deploymentId": "<one>"}, 201, stage("prod")),
)
_XML = "#set($inputRoot = $input.path('$'))"
_HTTP: Mapping[str, Any] = MappingProxyType(
    {
        "cacheKeyParameters": [],
        "cacheNamespace": "<root>",
        "connectionType": "INTERNET",
        "httpMethod": "GET",
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": 29000,
        "type": "HTTP",
        "uri": "https://www.google.de",
    }
)


def _update_stage(*changes: tuple[str, ...]) -> tuple[str, dict[str, Any]]:
    return "update_stage", {"restApiId": "<api>", "stageName": "prod", "patchOperations": patch(*changes)}


def _method_settings(*changes: tuple[str, str], **changed: Any) -> Step:
    return (
        *_update_stage(*(("replace", f"/test/GET/{path}", value) for path, value in changes)),
        200,
        stage("prod", methodSettings={"test/GET": {**settings(), "cachingEnabled": False, **changed}}),
    )


def _update_integration(*changes: tuple[str, ...], **members: Any) -> Step:
    return "update_integration", {**GET, "patchOperations": patch(*changes)}, 200, {**_HTTP, **members}


def _update_plan(*changes: tuple[str, ...], **members: Any) -> Step:
    whole = {"id": "<plan>", "name": "p", "tags": {}, "apiStages": [], **members}
    return "update_usage_plan", {"usagePlanId": "<plan>", "patchOperations": patch(*changes)}, 200, whole


def _update_api(*changes: tuple[str, ...], **members: Any) -> Step:
    whole = api(rootResourceId="<root>", tags={}, **members)
    return "update_rest_api", {"restApiId": "<api-1>", "patchOperations": patch(*changes)}, 200, whole


_REGIONAL: Mapping[str, Any] = MappingProxyType(
    {"endpointConfiguration": {"ipAddressType": "ipv4", "types": ["REGIONAL"]}}
)
_API_STAGE: Mapping[str, Any] = MappingProxyType({"apiId": "<api>", "stage": "prod"})
_THROTTLE = "/apiStages/<api>:prod/throttle//test/GET"

RECORDINGS: Recordings = MappingProxyType(
    {
        "aws_api_gateway_rest_api": (
            ("create_rest_api", {"name": "a"}, 201, api(rootResourceId="<root>")),
            _update_api(("replace", "/endpointConfiguration/types/0", "REGIONAL"), **_REGIONAL),
            _update_api(
                ("add", "/binaryMediaTypes/application~1octet-stream"),
                ("replace", "/description", "d"),
                ("replace", "/disableExecuteApiEndpoint", "true"),
                ("replace", "/minimumCompressionSize", "0"),
                ("replace", "/apiKeySource", "AUTHORIZER"),
                **_REGIONAL,
                binaryMediaTypes=["application/octet-stream"],
                description="d",
                disableExecuteApiEndpoint=True,
                minimumCompressionSize=0,
                apiKeySource="AUTHORIZER",
            ),
            _update_api(
                ("remove", "/binaryMediaTypes/application~1octet-stream"),
                ("add", "/binaryMediaTypes/*~1*"),
                ("replace", "/description", ""),
                ("replace", "/minimumCompressionSize"),
                ("replace", "/apiKeySource", "HEADER"),
                **_REGIONAL,
                binaryMediaTypes=["*/*"],
                disableExecuteApiEndpoint=True,
            ),
        ),
        "aws_api_gateway_method_settings": (
            *_STAGED,
            # The provider sends every setting that differs from its own default; -1 is "no limit of this method".
            _method_settings(
                ("throttling/burstLimit", "-1"),
                ("throttling/rateLimit", "-1.000000"),
                throttlingBurstLimit=-1,
                throttlingRateLimit=-1.0,
            ),
            _method_settings(
                ("metrics/enabled", "true"),
                ("logging/dataTrace", "true"),
                ("caching/enabled", "true"),
                ("caching/ttlInSeconds", "60"),
                ("caching/dataEncrypted", "true"),
                ("caching/requireAuthorizationForCacheControl", "false"),
                ("caching/unauthorizedCacheControlHeaderStrategy", "SUCCEED_WITHOUT_RESPONSE_HEADER"),
                ("throttling/burstLimit", "10"),
                ("throttling/rateLimit", "2.500000"),
                metricsEnabled=True,
                dataTraceEnabled=True,
                cachingEnabled=True,
                cacheTtlInSeconds=60,
                cacheDataEncrypted=True,
                requireAuthorizationForCacheControl=False,
                unauthorizedCacheControlHeaderStrategy="SUCCEED_WITHOUT_RESPONSE_HEADER",
                throttlingBurstLimit=10,
                throttlingRateLimit=2.5,
            ),
            (*_update_stage(("remove", "/test/GET")), 200, stage("prod")),
        ),
        "aws_api_gateway_stage": (
            *_STAGED,
            (
                "create_documentation_part",
                {"restApiId": "<api>", "location": {"type": "API"}, "properties": '{"description": "d"}'},
                201,
                None,
            ),
            ("create_documentation_version", {"restApiId": "<api>", "documentationVersion": "v"}, 201, None),
            (
                *_update_stage(
                    ("replace", "/cacheClusterEnabled", "true"),
                    ("replace", "/cacheClusterSize", "0.5"),
                    ("replace", "/description", "Hello world"),
                    ("replace", "/tracingEnabled", "true"),
                    ("replace", "/documentationVersion", "v"),
                    ("replace", "/variables/one", "1"),
                    ("replace", "/variables/three", "3"),
                ),
                200,
                stage(
                    "prod",
                    cacheClusterEnabled=True,
                    cacheClusterSize="0.5",
                    cacheClusterStatus=...,
                    description="Hello world",
                    tracingEnabled=True,
                    documentationVersion="v",
                    variables={"one": "1", "three": "3"},
                ),
            ),
            (
                *_update_stage(
                    ("replace", "/cacheClusterEnabled", "false"),
                    ("replace", "/tracingEnabled", "false"),
                    ("remove", "/variables/three"),
                    ("replace", "/variables/one", "2"),
                    ("replace", "/canarySettings/percentTraffic", "33.330000"),
                    ("replace", "/canarySettings/stageVariableOverrides/one", "3"),
                    ("replace", "/canarySettings/useStageCache", "true"),
                ),
                200,
                stage(
                    "prod",
                    cacheClusterSize="0.5",
                    cacheClusterStatus=...,
                    description="Hello world",
                    documentationVersion="v",
                    variables={"one": "2"},
                    canarySettings={**canary("one", 33.33, one="3"), "useStageCache": True},
                ),
            ),
        ),
        "aws_api_gateway_integration": (
            *MOCK[:2],
            (
                "put_integration",
                {
                    **GET,
                    "type": "HTTP",
                    "integrationHttpMethod": "GET",
                    "uri": "https://www.google.de",
                    "requestParameters": {"integration.request.header.X-Authorization": "'static'"},
                    "requestTemplates": {
                        "application/json": "",
                        "application/xml": _XML,
                    },
                },
                201,
                {
                    **_HTTP,
                    "requestParameters": {"integration.request.header.X-Authorization": "'static'"},
                    "requestTemplates": {
                        "application/json": None,
                        "application/xml": _XML,
                    },
                },
            ),
            _update_integration(
                ("remove", "/requestTemplates/application~1xml"),
                ("replace", "/requestTemplates/application~1json", "{'foobar': 'bar}"),
                ("add", "/requestTemplates/text~1html", "<html>Foo</html>"),
                ("replace", "/requestParameters/integration.request.header.X-Authorization", "'updated'"),
                ("add", "/requestParameters/integration.request.header.X-FooBar", "'Baz'"),
                ("replace", "/contentHandling", "CONVERT_TO_TEXT"),
                ("replace", "/passthroughBehavior", "NEVER"),
                ("replace", "/timeoutInMillis", "2000"),
                ("replace", "/uri", "https://www.google.de/updated"),
                ("replace", "/cacheNamespace", "foobar"),
                ("replace", "/tlsConfig/insecureSkipVerification", "true"),
                requestTemplates={"application/json": "{'foobar': 'bar}", "text/html": "<html>Foo</html>"},
                requestParameters={
                    "integration.request.header.X-Authorization": "'updated'",
                    "integration.request.header.X-FooBar": "'Baz'",
                },
                contentHandling="CONVERT_TO_TEXT",
                passthroughBehavior="NEVER",
                timeoutInMillis=2000,
                uri="https://www.google.de/updated",
                cacheNamespace="foobar",
                tlsConfig={"insecureSkipVerification": True},
            ),
            _update_integration(
                ("remove", "/requestTemplates/application~1json"),
                ("remove", "/requestTemplates/text~1html"),
                ("remove", "/requestParameters/integration.request.header.X-Authorization"),
                ("remove", "/requestParameters/integration.request.header.X-FooBar"),
                ("replace", "/contentHandling", ""),
                ("replace", "/passthroughBehavior", "WHEN_NO_MATCH"),
                ("replace", "/timeoutInMillis", "29000"),
                ("replace", "/uri", "https://www.google.de"),
                ("replace", "/cacheNamespace", "foobar"),
                ("replace", "/tlsConfig/insecureSkipVerification", "false"),
                cacheNamespace="foobar",
                tlsConfig={"insecureSkipVerification": False},
            ),
        ),
        "aws_api_gateway_integration cache keys": (
            MADE,
            (
                "put_method",
                {**GET, "authorizationType": "NONE", "requestParameters": {"method.request.querystring.q": False}},
                201,
                method(httpMethod="GET", requestParameters={"method.request.querystring.q": False}),
            ),
            (
                "put_integration",
                {**GET, "type": "HTTP", "integrationHttpMethod": "GET", "uri": "https://www.google.de"},
                201,
                _HTTP,
            ),
            _update_integration(
                ("add", "/cacheKeyParameters/method.request.querystring.q", ""),
                cacheKeyParameters=["method.request.querystring.q"],
            ),
            _update_integration(("remove", "/cacheKeyParameters/method.request.querystring.q")),
        ),
        "aws_api_gateway_method": (
            *MOCK[:2],
            ("create_request_validator", {"restApiId": "<api>", "name": "v"}, 201, {"id": "<validator>", ...: ...}),
            (
                "update_method",
                {
                    **GET,
                    "patchOperations": patch(
                        ("replace", "/requestValidatorId", "<validator>"),
                        ("add", "/requestModels/application~1json", "Error"),
                        ("add", "/requestParameters/method.request.header.Content-Type", "false"),
                        ("replace", "/operationName", "getTest"),
                    ),
                },
                200,
                method(
                    httpMethod="GET",
                    requestValidatorId="<validator>",
                    requestModels={"application/json": "Error"},
                    requestParameters={"method.request.header.Content-Type": False},
                    operationName="getTest",
                ),
            ),
            (
                "update_method",
                {
                    **GET,
                    "patchOperations": patch(
                        ("replace", "/requestValidatorId", ""),
                        ("remove", "/requestModels/application~1json"),
                        ("replace", "/requestParameters/method.request.header.Content-Type", "true"),
                        ("replace", "/operationName", ""),
                    ),
                },
                200,
                method(httpMethod="GET", requestParameters={"method.request.header.Content-Type": True}),
            ),
        ),
        "aws_api_gateway_method_response": (
            *MOCK,
            ("put_method_response", {**RESPONSE, "responseModels": {"application/json": "Error"}}, 201, None),
            (
                "update_method_response",
                {
                    **RESPONSE,
                    "patchOperations": patch(
                        ("replace", "/responseModels/application~1json", "Empty"),
                        ("add", "/responseParameters/method.response.header.Host", "true"),
                    ),
                },
                201,
                {
                    "statusCode": "200",
                    "responseModels": {"application/json": "Empty"},
                    "responseParameters": {"method.response.header.Host": True},
                },
            ),
        ),
        "aws_api_gateway_usage_plan": (
            *_STAGED,
            ("create_usage_plan", {"name": "p"}, 201, {"id": "<plan>", "name": "p", "apiStages": []}),
            _update_plan(
                ("add", "/throttle/rateLimit", "5.000000"),
                ("add", "/throttle/burstLimit", "2"),
                throttle={"burstLimit": 2, "rateLimit": 5.0},
            ),
            _update_plan(
                ("add", "/quota/limit", "100"),
                ("add", "/quota/offset", "6"),
                ("add", "/quota/period", "WEEK"),
                throttle={"burstLimit": 2, "rateLimit": 5.0},
                quota={"limit": 100, "offset": 6, "period": "WEEK"},
            ),
            _update_plan(("remove", "/throttle"), quota={"limit": 100, "offset": 6, "period": "WEEK"}),
            _update_plan(("remove", "/quota")),
            _update_plan(("add", "/apiStages", "<api>:prod"), apiStages=[_API_STAGE]),
            _update_plan(
                ("replace", f"{_THROTTLE}/rateLimit", "3.000000"),
                ("replace", f"{_THROTTLE}/burstLimit", "3"),
                apiStages=[{**_API_STAGE, "throttle": {"/test/GET": {"burstLimit": 3, "rateLimit": 3.0}}}],
            ),
            _update_plan(("replace", "/productCode", "MYCODE"), productCode="MYCODE", apiStages=...),
            _update_plan(("remove", "/apiStages", "<api>:prod"), productCode="MYCODE"),
            ("delete_usage_plan", {"usagePlanId": "<plan>"}, 202, {}),
        ),
        "aws_api_gateway_account": (
            (
                "update_account",
                {"patchOperations": patch(("replace", "/cloudwatchRoleArn", ""))},
                200,
                {"throttleSettings": {"burstLimit": ..., "rateLimit": ...}, "features": ..., "apiKeyVersion": ...},
            ),
        ),
        "aws_api_gateway_client_certificate": (
            (
                "generate_client_certificate",
                {"description": "Hello from TF acceptance test"},
                201,
                {
                    "clientCertificateId": "<certificate>",
                    "description": "Hello from TF acceptance test",
                    "pemEncodedCertificate": ...,
                    "createdDate": "datetime",
                    "expirationDate": "datetime",
                },
            ),
            (
                "update_client_certificate",
                {
                    "clientCertificateId": "<certificate>",
                    "patchOperations": patch(("replace", "/description", "Hello from TF acceptance test - updated")),
                },
                200,
                {"description": "Hello from TF acceptance test - updated", ...: ...},
            ),
            ("delete_client_certificate", {"clientCertificateId": "<certificate>"}, 202, {}),
        ),
    }
)
