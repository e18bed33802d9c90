"""A REST API made by calls, the same one imported, and one exported and imported again answer alike.

Sources: "Develop REST APIs using OpenAPI in API Gateway", "Export a REST API from API Gateway"; each request is about a
phase: resource match, API key, request validation, integration request and response, gateway responses, binary types.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.nodes import Answer, Node

MODEL = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
GATEWAY_RESPONSE = {
    "statusCode": "422",
    "responseParameters": {"gatewayresponse.header.X-Reason": "context.error.validationErrorString"},
    "responseTemplates": {"application/json": '{"type": "$context.error.responseType"}'},
}
MOCK_200 = {"application/json": '{"statusCode": 200}'}
DOCUMENT = {
    "openapi": "3.0.1",
    "info": {"title": "books", "version": "1"},
    "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": True, "validateRequestParameters": True}},
    "x-amazon-apigateway-gateway-responses": {"BAD_REQUEST_BODY": GATEWAY_RESPONSE},
    "components": {
        "schemas": {"Book": MODEL},
        "securitySchemes": {"api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"}},
    },
    "paths": {
        "/books/{id}": {
            "post": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "shelf", "in": "query", "required": True, "schema": {"type": "string"}},
                ],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Book"}}}},
                "responses": {
                    "200": {"description": "200 response", "headers": {"X-Fixed": {"schema": {"type": "string"}}}},
                    "404": {"description": "404 response"},
                },
                "x-amazon-apigateway-request-validator": "all",
                "x-amazon-apigateway-integration": {
                    "type": "mock",
                    "passthroughBehavior": "never",
                    "requestTemplates": {
                        "application/json": '{"statusCode": #if($input.params("id") == "0")404#{else}200#end}'
                    },
                    "responses": {
                        "default": {
                            "statusCode": "200",
                            "responseParameters": {"method.response.header.X-Fixed": "'fixed'"},
                            "responseTemplates": {"application/json": '{"id": "$input.params(\'id\')"}'},
                        },
                        "404": {"statusCode": "404", "responseTemplates": {"application/json": '{"found": false}'}},
                    },
                },
            }
        },
        "/keyed": {
            "get": {
                "security": [{"api_key": []}],
                "responses": {"200": {"description": "200 response"}},
                "x-amazon-apigateway-integration": {
                    "type": "mock",
                    "requestTemplates": MOCK_200,
                    "responses": {"default": {"statusCode": "200"}},
                },
            }
        },
    },
}
BODY = json.dumps({"name": "Dune"}).encode()
JSON = {"Content-Type": "application/json"}
REQUESTS = (
    ("POST", "/books/7?shelf=a", JSON, BODY),
    ("POST", "/books/0?shelf=a", JSON, BODY),
    ("POST", "/books/7", JSON, BODY),
    ("POST", "/books/7?shelf=a", JSON, b"{}"),
    ("POST", "/books/7?shelf=a", {"Content-Type": "text/plain"}, b"x"),
    ("GET", "/books/7", {}, b""),
    ("GET", "/keyed", {}, b""),
    ("GET", "/nothing", {}, b""),
)


def made_by_calls(client: Any) -> str:
    api = client.create_rest_api(name="books", version="1")
    api_id = str(api["id"])
    client.create_model(restApiId=api_id, name="Book", contentType="application/json", schema=json.dumps(MODEL))
    validator = client.create_request_validator(
        restApiId=api_id, name="all", validateRequestBody=True, validateRequestParameters=True
    )
    client.put_gateway_response(restApiId=api_id, responseType="BAD_REQUEST_BODY", **GATEWAY_RESPONSE)
    books = client.create_resource(restApiId=api_id, parentId=api["rootResourceId"], pathPart="books")
    book = client.create_resource(restApiId=api_id, parentId=books["id"], pathPart="{id}")
    put_post(client, {"restApiId": api_id, "resourceId": book["id"], "httpMethod": "POST"}, validator["id"])
    keyed = client.create_resource(restApiId=api_id, parentId=api["rootResourceId"], pathPart="keyed")
    get = {"restApiId": api_id, "resourceId": keyed["id"], "httpMethod": "GET"}
    client.put_method(**get, authorizationType="NONE", apiKeyRequired=True)
    client.put_method_response(**get, statusCode="200")
    client.put_integration(**get, type="MOCK", requestTemplates=MOCK_200)
    client.put_integration_response(**get, statusCode="200")
    return api_id


def put_post(client: Any, post: dict[str, str], validator_id: str) -> None:
    described: Any = DOCUMENT["paths"]["/books/{id}"]["post"]
    integration = described["x-amazon-apigateway-integration"]
    client.put_method(
        **post,
        authorizationType="NONE",
        requestValidatorId=validator_id,
        requestModels={"application/json": "Book"},
        requestParameters={"method.request.path.id": True, "method.request.querystring.shelf": True},
    )
    client.put_method_response(**post, statusCode="200", responseParameters={"method.response.header.X-Fixed": False})
    client.put_method_response(**post, statusCode="404")
    client.put_integration(
        **post, type="MOCK", passthroughBehavior="NEVER", requestTemplates=integration["requestTemplates"]
    )
    found, missing = integration["responses"]["default"], integration["responses"]["404"]
    client.put_integration_response(**post, **found)
    client.put_integration_response(**post, selectionPattern="404", **missing)


@pytest.fixture(scope="module")
def api_ids(node: Node) -> Iterator[tuple[str, str, str]]:
    """The API by calls, by import, and by export of the first in YAML and import."""
    client = node.client("apigateway")
    first = made_by_calls(client)
    second = client.import_rest_api(failOnWarnings=True, body=json.dumps(DOCUMENT).encode())["id"]
    for api_id in (first, second):
        client.create_deployment(restApiId=api_id, stageName="prod")
    export = client.get_export(
        restApiId=first,
        stageName="prod",
        exportType="swagger",
        accepts="application/yaml",
        parameters={"extensions": "apigateway"},
    )
    third = client.import_rest_api(failOnWarnings=True, body=export["body"].read())["id"]
    client.create_deployment(restApiId=third, stageName="prod")
    yield first, second, third
    for api_id in (first, second, third):
        client.delete_rest_api(restApiId=api_id)


def comparable(answer: Answer) -> Any:
    changing = ("date", "x-amzn-requestid", "x-amz-apigw-id", "x-amzn-trace-id")
    return answer.status, [each for each in answer.headers if each[0].lower() not in changing], answer.body


@pytest.mark.parametrize(("method", "path", "headers", "body"), REQUESTS)
def test_all_answer_alike(
    node: Node, api_ids: tuple[str, str, str], method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    answers = [comparable(node.call(api_id, method, f"/prod{path}", headers, body)) for api_id in api_ids]

    assert answers[1] == answers[0]
    assert answers[2] == answers[0]


def test_they_answer_what_they_should(node: Node, api_ids: tuple[str, str, str]) -> None:
    statuses = [
        node.call(api_ids[2], method, f"/prod{path}", headers, body).status for method, path, headers, body in REQUESTS
    ]

    assert statuses == [200, 404, 400, 422, 415, 403, 403, 403]
    answer = node.call(api_ids[2], "POST", "/prod/books/7?shelf=a", JSON, BODY)
    assert answer.json() == {"id": "7"}
    assert answer.get_all("X-Fixed") == ["fixed"]
