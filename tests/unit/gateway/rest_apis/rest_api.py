"""REST APIs over fakes, for tests of their data plane."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from gatewright.snapshot.types.rest_api import (
    RestApi,
    RestDeployment,
    RestIntegration,
    RestIntegrationResponse,
    RestMethod,
    RestMethodResponse,
    RestResource,
    RestStage,
)
from tests.unit.gateway.fakes import ACCOUNT, API_ID, FUNCTION_ARN, REGION

INVOCATIONS = f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{FUNCTION_ARN}/invocations"
STAGE = "prod"


def integration(integration_type: str = "AWS_PROXY", **changes: Any) -> RestIntegration:
    members: dict[str, Any] = {
        "integration_type": integration_type,
        "http_method": "POST",
        "uri": INVOCATIONS if integration_type.startswith("AWS") else "",
        "credentials": None,
        "request_parameters": (),
        "request_templates": (),
        "passthrough_behavior": "WHEN_NO_MATCH",
        "content_handling": None,
        "timeout_ms": 29_000,
        "cache_namespace": "res1",
        "cache_key_parameters": (),
        "responses": (),
    }
    return RestIntegration(**{**members, **changes})


def outcome(status: str = "200", pattern: str | None = None, template: str | None = None, **changes: Any) -> Any:
    members: dict[str, Any] = {
        "status_code": status,
        "selection_pattern": pattern,
        "response_parameters": (),
        "response_templates": () if template is None else (("application/json", template),),
        "content_handling": None,
    }
    return RestIntegrationResponse(**{**members, **changes})


def mock(template: str | None = None, request_template: str = '{"statusCode": 200}', **changes: Any) -> RestIntegration:
    return integration(
        "MOCK",
        request_templates=(("application/json", request_template),),
        **{"responses": (outcome(template=template),), **changes},
    )


def method(http_method: str = "GET", target: RestIntegration | None = None, **changes: Any) -> RestMethod:
    """Return a method that declares what its integration responds, unless `changes` say otherwise."""
    target = target or integration()
    statuses = dict.fromkeys(each.status_code for each in target.responses)
    members: dict[str, Any] = {
        "http_method": http_method,
        "operation_name": None,
        "is_api_key_required": False,
        "required_parameters": (),
        "request_models": (),
        "responses": tuple(RestMethodResponse(status, (), ()) for status in statuses),
        "integration": target,
    }
    return RestMethod(**{**members, **changes})


def resource(path: str, *methods: RestMethod, resource_id: str = "res1") -> RestResource:
    return RestResource(resource_id, path, methods)


def deployment(*resources: RestResource, **changes: Any) -> RestDeployment:
    members: dict[str, Any] = {
        "deployment_id": "dep1",
        "name": "my-api",
        "is_endpoint_disabled": False,
        "endpoint_type": "EDGE",
        "api_key_source": "HEADER",
        "binary_media_types": (),
        "minimum_compression_bytes": None,
        "resources": resources,
        "models": (),
        "gateway_responses": (),
    }
    return RestDeployment(**{**members, **changes})


def stage(
    *resources: RestResource, name: str = STAGE, variables: Mapping[str, str] | None = None, **changes: Any
) -> RestStage:
    stage_members = {field: changes.pop(field) for field in tuple(changes) if field in RestStage.__slots__}
    members: dict[str, Any] = {
        "name": name,
        "deployment": deployment(*resources, **changes),
        "variables": MappingProxyType(dict(variables or {})),
        "is_cache_enabled": False,
        "cache_size_gb": None,
        "cache_generation": 0,
        "method_settings": MappingProxyType({}),
        "canary": None,
    }
    return RestStage(**{**members, **stage_members})


def rest_api(*stages: RestStage) -> RestApi:
    return RestApi(API_ID, ACCOUNT, REGION, "aws", "my-api", stages)
