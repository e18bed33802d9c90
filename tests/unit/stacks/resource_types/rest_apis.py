"""What tests of the resource types of REST APIs have in common."""

from typing import Any

from gatewright.stacks.resource_types.contract import Resource
from tests.unit.stacks.resource_types.stack import Stack

PREFIX = "AWS::ApiGateway::"
API = f"{PREFIX}RestApi"


def read(stack: Stack, operation: str, **parameters: Any) -> dict[str, Any]:
    return stack.services.call("apigateway", operation, parameters)


def method_of(api: Resource, **changes: Any) -> dict[str, Any]:
    """Return the properties of a method of an API's root, that a mock serves."""
    method = {
        "RestApiId": api.physical_id,
        "ResourceId": api.attributes["RootResourceId"],
        "HttpMethod": "GET",
        "AuthorizationType": "NONE",
        "Integration": {"Type": "MOCK", "RequestTemplates": {"application/json": '{"statusCode": 200}'}},
    }
    return {name: value for name, value in {**method, **changes}.items() if value is not None}
