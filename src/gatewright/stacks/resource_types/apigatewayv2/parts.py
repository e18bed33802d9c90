"""Parts of HTTP and WebSocket APIs, and what maps domain names to them. Ref is the id.

Sources: the pages of the types (AWS CloudFormation User Guide), "Amazon API Gateway Version 2 API Reference" for the
operations.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.stacks.resource_types.apigatewayv2.updated_types import UpdatedType
from gatewright.stacks.resource_types.coercion import as_text

_PREFIX: Final = "AWS::ApiGatewayV2::"


def _texts(value: Any) -> Any:
    """Return a map whose values a template may have as anything, as one of text."""
    return {name: json_text(one) for name, one in value.items()} if isinstance(value, Mapping) else value


def json_text(value: Any) -> str:
    """Return a document that a template has as text or as an object, as text."""
    text = as_text(value)
    return text if isinstance(text, str) else json.dumps(text, separators=(",", ":"))


def _response_mappings(value: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the parameter mappings of responses, by status, as operations have them: destination → source."""
    return {
        status: {one["Destination"]: one["Source"] for one in mappings.get("ResponseParameters", ())}
        for status, mappings in value.items()
    }


def _constraints(value: Any) -> Any:
    """Return which request parameters are required; templates have a constraint, or its one member alone."""
    if not isinstance(value, Mapping):
        return value
    return {
        name: {"Required": str(one.get("Required") if isinstance(one, Mapping) else one).lower() == "true"}
        for name, one in value.items()
    }


INTEGRATION: Final = UpdatedType(
    name=f"{_PREFIX}Integration",
    noun="Integration",
    properties=(
        "ConnectionId",
        "ConnectionType",
        "ContentHandlingStrategy",
        "CredentialsArn",
        "Description",
        "IntegrationMethod",
        "IntegrationSubtype",
        "IntegrationType",
        "IntegrationUri",
        "PassthroughBehavior",
        "PayloadFormatVersion",
        "RequestParameters",
        "RequestTemplates",
        "ResponseParameters",
        "TemplateSelectionExpression",
        "TimeoutInMillis",
        "TlsConfig",
    ),
    defaults=MappingProxyType(
        {
            "ConnectionId": "",
            "ConnectionType": "INTERNET",
            "ContentHandlingStrategy": "",
            "CredentialsArn": "",
            "Description": "",
            "IntegrationMethod": "",
            "IntegrationSubtype": "",
            "IntegrationUri": "",
            "PassthroughBehavior": "",
            "PayloadFormatVersion": "1.0",
            "RequestParameters": {},
            "RequestTemplates": {},
            "ResponseParameters": {},
            "TemplateSelectionExpression": "",
            "TimeoutInMillis": 30_000,
            "TlsConfig": {},
        }
    ),
    maps=("RequestParameters", "RequestTemplates"),
    converted=MappingProxyType({"ResponseParameters": _response_mappings}),
)
INTEGRATION_RESPONSE: Final = UpdatedType(
    name=f"{_PREFIX}IntegrationResponse",
    noun="IntegrationResponse",
    properties=(
        "ContentHandlingStrategy",
        "IntegrationResponseKey",
        "ResponseParameters",
        "ResponseTemplates",
        "TemplateSelectionExpression",
    ),
    defaults=MappingProxyType(
        {
            "ContentHandlingStrategy": "",
            "ResponseParameters": {},
            "ResponseTemplates": {},
            "TemplateSelectionExpression": "",
        }
    ),
    parents=("ApiId", "IntegrationId"),
    maps=("ResponseParameters", "ResponseTemplates"),
    converted=MappingProxyType({"ResponseParameters": _texts, "ResponseTemplates": _texts}),
    key="IntegrationResponseKey",
)
ROUTE: Final = UpdatedType(
    name=f"{_PREFIX}Route",
    noun="Route",
    properties=(
        "ApiKeyRequired",
        "AuthorizationScopes",
        "AuthorizationType",
        "AuthorizerId",
        "ModelSelectionExpression",
        "OperationName",
        "RequestModels",
        "RequestParameters",
        "RouteKey",
        "RouteResponseSelectionExpression",
        "Target",
    ),
    defaults=MappingProxyType(
        {
            "ApiKeyRequired": False,
            "AuthorizationScopes": [],
            "AuthorizationType": "NONE",
            "AuthorizerId": "",
            "ModelSelectionExpression": "",
            "OperationName": "",
            "RequestModels": {},
            "RequestParameters": {},
            "RouteResponseSelectionExpression": "",
            "Target": "",
        }
    ),
    maps=("RequestModels",),
    converted=MappingProxyType({"RequestModels": _texts, "RequestParameters": _constraints}),
    key="RouteKey",
)
ROUTE_RESPONSE: Final = UpdatedType(
    name=f"{_PREFIX}RouteResponse",
    noun="RouteResponse",
    properties=("ModelSelectionExpression", "ResponseModels", "ResponseParameters", "RouteResponseKey"),
    defaults=MappingProxyType({"ModelSelectionExpression": "", "ResponseModels": {}, "ResponseParameters": {}}),
    parents=("ApiId", "RouteId"),
    maps=("ResponseModels",),
    converted=MappingProxyType({"ResponseModels": _texts, "ResponseParameters": _constraints}),
    key="RouteResponseKey",
)
DEPLOYMENT: Final = UpdatedType(
    name=f"{_PREFIX}Deployment",
    noun="Deployment",
    properties=("Description",),
    defaults=MappingProxyType({"Description": ""}),
    only_at_creation=("StageName",),
)
AUTHORIZER: Final = UpdatedType(
    name=f"{_PREFIX}Authorizer",
    noun="Authorizer",
    properties=(
        "AuthorizerCredentialsArn",
        "AuthorizerPayloadFormatVersion",
        "AuthorizerResultTtlInSeconds",
        "AuthorizerType",
        "AuthorizerUri",
        "EnableSimpleResponses",
        "IdentitySource",
        "IdentityValidationExpression",
        "JwtConfiguration",
        "Name",
    ),
    defaults=MappingProxyType(
        {
            "AuthorizerCredentialsArn": "",
            "AuthorizerPayloadFormatVersion": "1.0",
            "AuthorizerResultTtlInSeconds": 0,
            "AuthorizerUri": "",
            "EnableSimpleResponses": False,
            "IdentitySource": [],
            "IdentityValidationExpression": "",
            "JwtConfiguration": {},
        }
    ),
    key="Name",
)
MODEL: Final = UpdatedType(
    name=f"{_PREFIX}Model",
    noun="Model",
    properties=("ContentType", "Description", "Name", "Schema"),
    defaults=MappingProxyType({"ContentType": "application/json", "Description": ""}),
    converted=MappingProxyType({"Schema": json_text}),
    key="Name",
)
API_MAPPING: Final = UpdatedType(
    name=f"{_PREFIX}ApiMapping",
    noun="ApiMapping",
    properties=("ApiId", "ApiMappingKey", "Stage"),
    defaults=MappingProxyType({"ApiMappingKey": ""}),
    parents=("DomainName",),
    always_sent=("ApiId",),
    key="ApiMappingKey",
)
_PARTS: Final = (
    API_MAPPING,
    AUTHORIZER,
    DEPLOYMENT,
    INTEGRATION,
    INTEGRATION_RESPONSE,
    MODEL,
    ROUTE,
    ROUTE_RESPONSE,
)
TYPES: Final = tuple(part.resource_type() for part in _PARTS)
