"""The API as an OpenAPI document with API Gateway's extensions.

Source: "OpenAPI extensions for API Gateway" (API Gateway Developer Guide).
"""

from typing import Any

from tests.integration.three_ways import texts
from tests.integration.three_ways.texts import Addresses

JSON = "application/json"
INTEGRATION = "x-amazon-apigateway-integration"


def document(addresses: Addresses) -> dict[str, Any]:
    """Return the API as a document of OpenAPI 3.0."""
    order = {
        "type": "object",
        "required": ["items"],
        "properties": {"items": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Item"}}},
    }
    return {
        "openapi": "3.0.1",
        "info": {"title": "shop", "description": "By document", "version": "1"},
        "x-amazon-apigateway-binary-media-types": ["image/png"],
        "x-amazon-apigateway-minimum-compression-size": 1000,
        "x-amazon-apigateway-request-validators": {
            "all": {"validateRequestBody": True, "validateRequestParameters": True},
            "parameters": {"validateRequestBody": False, "validateRequestParameters": True},
        },
        "x-amazon-apigateway-gateway-responses": gateway_responses(),
        "paths": {**functions(addresses), **orders(addresses), **endpoints(addresses.origin), **mocks()},
        "components": {
            "schemas": {"Item": texts.ITEM, "Order": order},
            "securitySchemes": {"api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"}},
        },
    }


def gateway_responses() -> dict[str, Any]:
    return {
        "MISSING_AUTHENTICATION_TOKEN": {
            "statusCode": 404,
            "responseParameters": {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"},
            "responseTemplates": {JSON: texts.NO_RESOURCE},
        },
        "BAD_REQUEST_BODY": {"responseTemplates": {JSON: texts.BAD_BODY}},
        "DEFAULT_5XX": {"responseParameters": {"gatewayresponse.header.X-Fault": "'gateway'"}},
    }


def parameter(place: str, name: str, *, required: bool = True) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": {"type": "string"}}


def responses(*statuses: str, headers: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return method responses; the first one has headers."""
    first = {"headers": {name: {"schema": {"type": "string"}} for name in headers}} if headers else {}
    return {status: {"description": status, **(first if status == statuses[0] else {})} for status in statuses}


def functions(addresses: Addresses) -> dict[str, Any]:
    """Return what is a proxy integration with a function."""
    proxy = {"type": "aws_proxy", "httpMethod": "POST", "uri": addresses.invocation(addresses.function)}
    any_method = "x-amazon-apigateway-any-method"
    return {
        "/items/new": {"get": {"responses": {}, INTEGRATION: proxy}},
        "/items/{item}": {"get": {"responses": {}, INTEGRATION: proxy}},
        "/items/{item}/{proxy+}": {any_method: {INTEGRATION: proxy}},
        "/echo": {any_method: {INTEGRATION: proxy}},
        "/by-variable": {"get": {"responses": {}, INTEGRATION: {**proxy, "uri": addresses.of_variable}}},
        "/denied": {"get": {"responses": {}, INTEGRATION: {**proxy, "uri": addresses.invocation(addresses.locked)}}},
        "/slow": {"get": {"responses": {}, INTEGRATION: {**proxy, "timeoutInMillis": 300}}},
    }


def orders(addresses: Addresses) -> dict[str, Any]:
    """Return what is a custom integration with a function."""
    custom = {"type": "aws", "httpMethod": "POST", "uri": addresses.invocation(addresses.function)}
    made = {
        "statusCode": "200",
        "responseParameters": {
            "method.response.header.X-Order": "integration.response.body.order",
            "method.response.header.X-Stage": "context.stage",
            "method.response.header.X-Colour": "stageVariables.colour",
        },
        "responseTemplates": {JSON: texts.ORDER_RESPONSE},
    }
    order = {
        "x-amazon-apigateway-request-validator": "all",
        "parameters": [
            parameter("path", "order"),
            parameter("header", "X-Client"),
            parameter("query", "express", required=False),
        ],
        "requestBody": {"required": True, "content": {JSON: {"schema": {"$ref": "#/components/schemas/Order"}}}},
        "responses": responses("200", "404", headers=("X-Order", "X-Stage", "X-Colour")),
        INTEGRATION: {
            **custom,
            "passthroughBehavior": "when_no_templates",
            "requestTemplates": {JSON: texts.ORDER_REQUEST},
            "responses": {
                "default": made,
                ".*not found.*": {"statusCode": "404", "responseTemplates": {JSON: texts.ORDER_NOT_FOUND}},
            },
        },
    }
    job = {
        "responses": responses("202"),
        INTEGRATION: {
            **custom,
            "requestParameters": {"integration.request.header.X-Amz-Invocation-Type": "'Event'"},
            "requestTemplates": {JSON: texts.JOB_REQUEST},
            "responses": {"default": {"statusCode": "202", "responseTemplates": {JSON: texts.JOB_RESPONSE}}},
        },
    }
    return {"/orders/{order}": {"post": order}, "/jobs": {"post": job}}


def endpoints(origin: str) -> dict[str, Any]:
    """Return what is at an HTTP endpoint."""
    files = {
        "parameters": [parameter("path", "proxy")],
        INTEGRATION: {
            "type": "http_proxy",
            "httpMethod": "ANY",
            "uri": f"{origin}/files/{{proxy}}",
            "requestParameters": {"integration.request.path.proxy": "method.request.path.proxy"},
        },
    }
    cached = {
        "parameters": [parameter("query", "page", required=False)],
        "responses": responses("200"),
        INTEGRATION: {
            "type": "http",
            "httpMethod": "GET",
            "uri": f"{origin}/count",
            "requestParameters": {"integration.request.querystring.page": "method.request.querystring.page"},
            "cacheKeyParameters": ["method.request.querystring.page"],
            "cacheNamespace": "counts",
            "responses": {"default": {"statusCode": "200"}},
        },
    }
    streamed = {
        "type": "http_proxy",
        "httpMethod": "GET",
        "uri": f"{origin}/streamed",
        "responseTransferMode": "STREAM",
    }
    account = {
        "type": "aws",
        "httpMethod": "GET",
        "uri": texts.ACCOUNT_URI,
        "credentials": texts.ROLE,
        "responses": {"default": {"statusCode": "200", "responseTemplates": {JSON: texts.ACCOUNT}}},
    }
    convert = {
        "responses": responses("200"),
        INTEGRATION: {
            "type": "http",
            "httpMethod": "POST",
            "uri": f"{origin}/convert",
            "contentHandling": "CONVERT_TO_TEXT",
            "responses": {"default": {"statusCode": "200", "contentHandling": "CONVERT_TO_BINARY"}},
        },
    }
    return {
        "/things/{id}": things(f"{origin}/things/{{id}}"),
        "/files/{proxy+}": {"x-amazon-apigateway-any-method": files},
        "/streamed": {"get": {"responses": {}, INTEGRATION: streamed}},
        "/account": {"get": {"responses": responses("200"), INTEGRATION: account}},
        "/cached": {"get": cached},
        "/convert": {"post": convert},
    }


def things(uri: str) -> dict[str, Any]:
    path = {"integration.request.path.id": "method.request.path.id"}
    found = {
        "statusCode": "200",
        "responseParameters": {"method.response.header.X-Served-By": "integration.response.header.X-Origin"},
    }
    mapped = {
        **path,
        "integration.request.querystring.limit": "method.request.querystring.max",
        "integration.request.header.X-Stage": "context.stage",
        "integration.request.header.X-Colour": "stageVariables.colour",
        "integration.request.header.X-Kind": "'thing'",
    }
    get = {
        "x-amazon-apigateway-request-validator": "parameters",
        "parameters": [parameter("path", "id"), parameter("query", "max")],
        "responses": responses("200", "404", headers=("X-Served-By",)),
        INTEGRATION: {
            "type": "http",
            "httpMethod": "GET",
            "uri": uri,
            "requestParameters": mapped,
            "responses": {
                "default": found,
                r"4\d{2}": {"statusCode": "404", "responseTemplates": {JSON: texts.THING_MISSING}},
            },
        },
    }
    put = {
        "parameters": [parameter("path", "id")],
        "responses": responses("200"),
        INTEGRATION: {
            "type": "http",
            "httpMethod": "POST",
            "uri": uri,
            "requestParameters": {**path, "integration.request.querystring.name": "method.request.body.name"},
            "requestTemplates": {JSON: texts.THING_PUT},
            "responses": {"default": {"statusCode": "200"}},
        },
    }
    return {"get": get, "put": put}


def mocks() -> dict[str, Any]:
    """Return what is at no endpoint."""
    answer = {"statusCode": "200", "responseTemplates": {JSON: texts.MOCK_RESPONSE}}
    mock = {"type": "mock", "requestTemplates": {JSON: texts.MOCK_OK}, "responses": {"default": answer}}
    headers = {f"method.response.header.{name}": f"'{value}'" for name, value in texts.CORS}
    preflight = {**mock, "responses": {"default": {"statusCode": "204", "responseParameters": headers}}}
    by_status = {
        "type": "mock",
        "requestTemplates": {JSON: texts.MOCK_REQUEST},
        "responses": {
            "default": answer,
            r"4\d\d": {"statusCode": "400", "responseTemplates": {JSON: texts.MOCK_REFUSED}},
        },
    }
    names = tuple(name for name, _ in texts.CORS)
    return {
        "/cors": {"options": {"responses": responses("204", headers=names), INTEGRATION: preflight}},
        "/mock/{status}": {"get": {"responses": responses("200", "400"), INTEGRATION: by_status}},
        "/strict": {"post": {"responses": responses("200"), INTEGRATION: {**mock, "passthroughBehavior": "never"}}},
        "/keyed": {"get": {"security": [{"api_key": []}], "responses": responses("200"), INTEGRATION: mock}},
        "/limited": {"get": {"responses": responses("200"), INTEGRATION: mock}},
    }
