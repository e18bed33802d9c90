"""A REST API made with the AWS CLI, and what boto3 reads of answers and errors.

Source: the "Amazon API Gateway REST API Reference": status codes, members and errors of each operation.
"""

import datetime
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.nodes import Node


@dataclass
class Api:
    """A REST API on a node, and calls about it."""

    node: Node
    id: str
    root: str

    def cli(self, operation: str, *arguments: str) -> Any:
        return self.node.aws("apigateway", operation, "--rest-api-id", self.id, *arguments)

    def call(self, operation: str, **request: Any) -> tuple[int, dict[str, Any]]:
        """Call an operation with boto3; return its status code and its output."""
        answer = getattr(self.node.client("apigateway"), operation)(restApiId=self.id, **request)
        return answer.pop("ResponseMetadata")["HTTPStatusCode"], answer

    def refusal(self, operation: str, *, is_checking: bool = True, **request: Any) -> tuple[int, str, str]:
        """Call an operation that fails; return status code, error code and text."""
        client = self.node.client("apigateway", is_checking=is_checking)
        with pytest.raises(ClientError) as caught:
            getattr(client, operation)(**{"restApiId": self.id, **request})
        response: Any = caught.value.response
        error = response["Error"]
        if error["Code"].endswith("Exception") and error["Code"] != "ValidationException":
            assert response["message"] == error["Message"]
        return response["ResponseMetadata"]["HTTPStatusCode"], error["Code"], error["Message"]


@pytest.fixture
def api(node: Node) -> Iterator[Api]:
    made = node.aws("apigateway", "create-rest-api", "--name", f"pets-{uuid.uuid4()}")
    yield Api(node, made["id"], made["rootResourceId"])
    node.client("apigateway").delete_rest_api(restApiId=made["id"])


def test_an_api_made_with_the_aws_cli(api: Api) -> None:
    resource = api.cli("create-resource", "--parent-id", api.root, "--path-part", "pets")["id"]
    where = ("--resource-id", resource, "--http-method", "GET")
    api.cli("put-method", *where, "--authorization-type", "NONE")
    api.cli(
        "put-method-response",
        *where,
        *("--status-code", "200", "--response-models", "application/json=Empty"),
        *("--response-parameters", "method.response.header.x-pets=true"),
    )
    templates = json.dumps({"application/json": '{"statusCode": 200}'})
    api.cli("put-integration", *where, "--type", "MOCK", "--request-templates", templates)
    api.cli(
        "put-integration-response",
        *where,
        *("--status-code", "200", "--selection-pattern", ""),
        *("--response-parameters", json.dumps({"method.response.header.x-pets": "'2'"})),
        *("--response-templates", json.dumps({"application/json": '{"pets": 2}'})),
    )
    api.cli("update-integration", *where, "--patch-operations", "op=replace,path=/timeoutInMillis,value=1000")
    check_method(api, resource)


def check_method(api: Api, resource: str) -> None:
    """Hold what the API answers to what it was given."""
    where = ("--resource-id", resource, "--http-method", "GET")
    listed = api.cli("get-resources", "--embed", "methods")["items"]
    assert sorted(item["path"] for item in listed) == ["/", "/pets"]
    method = next(item["resourceMethods"]["GET"] for item in listed if item["path"] == "/pets")
    assert method == {
        "apiKeyRequired": False,
        "authorizationType": "NONE",
        "httpMethod": "GET",
        "methodResponses": {
            "200": {
                "responseModels": {"application/json": "Empty"},
                "responseParameters": {"method.response.header.x-pets": True},
                "statusCode": "200",
            }
        },
        "methodIntegration": {
            "cacheKeyParameters": [],
            "cacheNamespace": resource,
            "integrationResponses": {
                "200": {
                    "responseParameters": {"method.response.header.x-pets": "'2'"},
                    "responseTemplates": {"application/json": '{"pets": 2}'},
                    "selectionPattern": "",
                    "statusCode": "200",
                }
            },
            "passthroughBehavior": "WHEN_NO_MATCH",
            "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "timeoutInMillis": 1000,
            "type": "MOCK",
        },
    }
    assert api.cli("get-method", *where) == method


def test_the_rest_of_an_api_with_the_aws_cli(api: Api) -> None:
    updated = api.cli("update-rest-api", "--patch-operations", "op=add,path=/binaryMediaTypes/image~1png")
    assert updated["binaryMediaTypes"] == ["image/png"]
    responses = api.cli("get-gateway-responses")["items"]
    assert len(responses) == 21
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{api.id}"
    api.node.aws("apigateway", "tag-resource", "--resource-arn", arn, "--tags", "team=a")
    assert api.node.aws("apigateway", "get-tags", "--resource-arn", arn) == {"tags": {"team": "a"}}
    api.node.aws("apigateway", "untag-resource", "--resource-arn", arn, "--tag-keys", "team")
    assert api.cli("get-rest-api")["tags"] == {}


def test_status_codes_are_those_of_each_operation(api: Api) -> None:
    status, made = api.call("get_rest_api")
    assert (status, type(made["createdDate"])) == (200, datetime.datetime)
    status, resource = api.call("create_resource", parentId=api.root, pathPart="pets")
    assert status == 201
    where = {"resourceId": resource["id"], "httpMethod": "GET"}
    assert api.call("put_method", **where, authorizationType="NONE")[0] == 201
    assert api.call("put_method_response", **where, statusCode="200")[0] == 201
    change = [{"op": "add", "path": "/responseModels/application~1json", "value": "Empty"}]
    assert api.call("update_method_response", **where, statusCode="200", patchOperations=change)[0] == 201
    assert api.call("put_integration", **where, type="MOCK")[0] == 201
    empty = {"application/json": ""}
    status, response = api.call("put_integration_response", **where, statusCode="200", responseTemplates=empty)
    assert (status, response["responseTemplates"]) == (201, {"application/json": None})
    assert api.call("delete_integration_response", **where, statusCode="200")[0] == 204
    assert api.call("delete_integration", **where)[0] == 204
    assert api.call("delete_method_response", **where, statusCode="200")[0] == 204
    assert api.call("delete_method", **where)[0] == 204
    assert api.call("delete_resource", resourceId=resource["id"])[0] == 202
    assert api.call("put_gateway_response", responseType="THROTTLED")[0] == 201
    assert api.call("delete_gateway_response", responseType="THROTTLED")[0] == 202
    status, validator = api.call("create_request_validator", name="all")
    assert status == 201
    assert api.call("delete_request_validator", requestValidatorId=validator["id"])[0] == 202
    model = {"name": "Pet", "contentType": "application/json", "schema": '{"type": "object"}'}
    assert api.call("create_model", **model)[0] == 201
    assert api.call("delete_model", modelName="Pet")[0] == 202


def test_errors_are_those_of_the_model(api: Api) -> None:
    invalid = "Invalid API identifier specified 000000000000:fake"
    status, code, message = api.refusal("get_rest_api", restApiId="fake")
    assert (status, code) == (404, "NotFoundException")
    assert message.startswith(invalid[:33])
    missing = (404, "NotFoundException", "Invalid Resource identifier specified")
    assert api.refusal("get_resource", resourceId="fake") == missing
    resource = api.call("create_resource", parentId=api.root, pathPart="pets")[1]["id"]
    assert api.refusal("create_resource", parentId=api.root, pathPart="pets") == (
        409,
        "ConflictException",
        "Another resource with the same parent already has this name: pets",
    )
    assert api.refusal("create_resource", parentId=api.root, pathPart="a b")[:2] == (400, "BadRequestException")
    operations = [{"op": "wrong", "path": "/pathPart", "value": "x"}]
    named = {"resourceId": resource, "patchOperations": operations}
    status, code, message = api.refusal("update_resource", is_checking=False, **named)
    assert (status, code) == (400, "ValidationException")
    assert message.startswith(
        "1 validation error detected: Value 'wrong' at 'updateResourceInput.patchOperations.1.member.op' failed"
    )
    status, code, message = api.refusal(
        "put_method", resourceId=resource, httpMethod="GET", authorizationType="AWS_IAM"
    )
    assert (status, code) == (501, "NotImplemented")
    assert "AWS_IAM" in message
