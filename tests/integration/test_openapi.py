"""APIs from and to OpenAPI documents by the AWS CLI and boto3, on a started node.

Sources: "Develop REST APIs using OpenAPI in API Gateway", "Export a REST API from API Gateway", "Working with OpenAPI
definitions for HTTP APIs" (API Gateway Developer Guide).
"""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.nodes import Node

DOCUMENT = """
openapi: 3.0.1
info: {title: pets, version: 2026-01-01}
servers: [{url: "https://example.com/v1"}]
paths:
  /pets:
    get:
      operationId: ListPets
      responses:
        200:
          description: The pets
          content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: 200, responseTemplates: {application/json: '["cat"]'}}}
components:
  schemas:
    Pet: {type: object, properties: {name: {type: string}}}
"""
HTTP_API = {
    "openapi": "3.0.1",
    "info": {"title": "pets", "version": "1"},
    "paths": {
        "/pets/{proxy+}": {
            "x-amazon-apigateway-any-method": {
                "responses": {},
                "x-amazon-apigateway-integration": {
                    "type": "http_proxy",
                    "httpMethod": "ANY",
                    "uri": "http://127.0.0.1:9/{proxy}",
                    "payloadFormatVersion": "1.0",
                },
            }
        }
    },
}


def test_a_rest_api_with_the_aws_cli(node: Node, tmp_path: Path) -> None:
    document, exported = tmp_path / "pets.yaml", tmp_path / "exported.json"
    document.write_text(DOCUMENT)
    api = node.aws(
        *("apigateway", "import-rest-api", "--fail-on-warnings", "--body", f"fileb://{document}"),
        *("--parameters", "endpointConfigurationTypes=REGIONAL,basepath=prepend"),
    )
    assert (api["name"], api["version"]) == ("pets", "2026-01-01")
    assert api["endpointConfiguration"]["types"] == ["REGIONAL"]

    where = ("--rest-api-id", api["id"])
    resources = node.aws("apigateway", "get-resources", *where)["items"]
    assert sorted(resource["path"] for resource in resources) == ["/", "/v1", "/v1/pets"]
    node.aws("apigateway", "create-deployment", *where, "--stage-name", "prod")
    answer = node.aws(
        *("apigateway", "get-export", *where, "--stage-name", "prod", "--export-type", "oas30"),
        *("--parameters", "extensions=apigateway", str(exported)),
    )
    assert answer == {
        "contentType": "application/octet-stream",
        "contentDisposition": 'attachment; filename="oas30_2026-01-01.json"',
    }
    assert node.call(api["id"], "GET", "/prod/v1/pets").json() == ["cat"]
    operation = json.loads(exported.read_text())["paths"]["/v1/pets"]["get"]
    assert operation["operationId"] == "ListPets"
    assert operation["x-amazon-apigateway-integration"]["type"] == "mock"
    again = node.aws("apigateway", "put-rest-api", *where, "--mode", "overwrite", "--body", f"fileb://{exported}")
    assert again["name"] == "pets"


def test_a_rest_api_with_boto3(node: Node) -> None:
    client = node.client("apigateway")
    api: Any = client.import_rest_api(body=DOCUMENT.encode())
    client.create_deployment(restApiId=api["id"], stageName="prod")
    export: Any = client.get_export(
        restApiId=api["id"], stageName="prod", exportType="swagger", accepts="application/yaml"
    )

    assert export["contentDisposition"] == 'attachment; filename="swagger_2026-01-01.yaml"'
    assert export["body"].read().startswith(b'---\nswagger: "2.0"\n')
    with pytest.raises(ClientError, match=r"Invalid OpenAPI input\."):
        client.put_rest_api(restApiId=api["id"], mode="merge", body=b"{}")


def test_an_http_api_with_the_aws_cli(node: Node, tmp_path: Path) -> None:
    exported = tmp_path / "exported.yaml"
    api = node.aws("apigatewayv2", "import-api", "--body", json.dumps(HTTP_API), "--fail-on-warnings")
    where = ("--api-id", api["ApiId"])
    [route] = node.aws("apigatewayv2", "get-routes", *where)["Items"]
    assert route["RouteKey"] == "ANY /pets/{proxy+}"
    node.aws("apigatewayv2", "create-stage", *where, "--stage-name", "$default", "--auto-deploy")

    node.aws(
        *("apigatewayv2", "export-api", *where, "--specification", "OAS30", "--output-type", "YAML"),
        *("--stage-name", "$default", str(exported)),
    )
    text = exported.read_text()
    assert 'x-amazon-apigateway-importexport-version: "1.0"' in text
    again = node.aws("apigatewayv2", "reimport-api", *where, "--body", text, "--basepath", "ignore")
    assert again["ApiId"] == api["ApiId"]
    [route] = node.aws("apigatewayv2", "get-routes", *where)["Items"]
    assert route["RouteKey"] == "ANY /pets/{proxy+}"
