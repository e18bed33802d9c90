"""What the benchmark calls of REST APIs: one API whose methods take their requests through different phases."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.load import Target
from benchmarks.node import Node, create_function, execute_api

_STAGE = "bench"

REQUEST_TEMPLATE = """#set($allParams = $input.params())
{
  "path": "$context.resourcePath",
  "method": "$context.httpMethod",
  "stage": "$context.stage",
  "requestId": "$context.requestId",
  "sourceIp": "$context.identity.sourceIp",
  "params": {
#foreach($type in $allParams.keySet())
    #set($params = $allParams.get($type))
    "$type": {
#foreach($paramName in $params.keySet())
      "$paramName": "$util.escapeJavaScript($params.get($paramName))"#if($foreach.hasNext),#end

#end
    }#if($foreach.hasNext),#end

#end
  },
  "limit": #if($input.params('limit') != "")$input.params('limit')#{else}20#end

}
"""
"""A request template of the size that tutorials have: the whole request, passed through by name."""

RESPONSE_TEMPLATE = """#set($root = $input.path('$'))
#set($body = $util.parseJson($root.body))
{
  "status": "$root.statusCode",
  "message": "$body.message",
  "contentType": "$root.headers.get('content-type')",
  "links": [{"rel": "self", "href": "https://$context.domainName/$context.stage$body.path"}],
  "requestTime": "$context.requestTime"
}
"""
MOCK_TEMPLATE = """{
  #if($input.params('scope') == "internal")
  "statusCode": 200,
  "message": "Welcome, colleague",
  #else
  "statusCode": 200,
  "message": "Go ahead without me",
  #end
  "requestId": "$context.requestId",
  "path": "$context.path",
  "stage": "$context.stage"
}
"""
"""A response of a mock, after the example of "Mock integrations for REST APIs in API Gateway"."""

_MODEL: Mapping[str, Any] = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "required": ["order", "customer", "items"],
    "properties": {
        "order": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{6}$"},
        "customer": {
            "type": "object",
            "required": ["name", "email"],
            "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 80},
                "email": {"type": "string", "maxLength": 120},
                "isMember": {"type": "boolean"},
            },
        },
        "items": {
            "type": "array",
            "minItems": 1,
            "maxItems": 100,
            "items": {
                "type": "object",
                "required": ["sku", "quantity", "price"],
                "properties": {
                    "sku": {"type": "string", "minLength": 3},
                    "quantity": {"type": "integer", "minimum": 1, "maximum": 1000},
                    "price": {"type": "number", "minimum": 0},
                    "color": {"enum": ["red", "green", "blue"]},
                },
            },
        },
    },
}


def order_of_2_kib() -> bytes:
    """Return a body of 2 KiB that fits the model."""
    items = [
        {"sku": f"SKU-{number:05}", "quantity": number % 9 + 1, "price": number * 1.25, "color": "green"}
        for number in range(26)
    ]
    customer = {"name": "Ada Lovelace", "email": "ada@example.com", "isMember": True, "note": ""}
    order: dict[str, Any] = {"order": "AB-123456", "customer": customer, "items": items}
    customer["note"] = "x" * (2048 - len(json.dumps(order)))
    return json.dumps(order).encode()


def rest_targets(node: Node, directory: Path) -> list[Target]:
    """Deploy one REST API and return what is called of it: proxy, custom integration, mock, validated mock."""
    name = "rest-benchmark"
    arn = create_function(node, name)
    gateway = node.client("apigateway")
    api = gateway.create_rest_api(name=name)
    _, _, _, region, account, *_ = arn.split(":")
    node.client("lambda").add_permission(
        FunctionName=name,
        StatementId="benchmark",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{region}:{account}:{api['id']}/*/*",
    )
    uri = f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations"
    methods = _Methods(gateway, api["id"], api["rootResourceId"])
    methods.add("proxy", "GET", type="AWS_PROXY", uri=uri)
    methods.add(
        "custom", "GET", RESPONSE_TEMPLATE, type="AWS", uri=uri, requestTemplates={"application/json": REQUEST_TEMPLATE}
    )
    methods.add("mock", "GET", MOCK_TEMPLATE, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    validator = gateway.create_request_validator(restApiId=api["id"], name="body", validateRequestBody=True)["id"]
    gateway.create_model(restApiId=api["id"], name="Order", contentType="application/json", schema=json.dumps(_MODEL))
    methods.validated = {"requestValidatorId": validator, "requestModels": {"application/json": "Order"}}
    methods.add("validated", "POST", type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    gateway.create_deployment(restApiId=api["id"], stageName=_STAGE)
    body = directory / "order.json"
    body.write_bytes(order_of_2_kib())
    return [
        Target(
            label,
            node.port,
            f"/{_STAGE}/{path}?limit=10",
            execute_api(node, api["id"]),
            node.process.pid,
            body if path == "validated" else None,
        )
        for label, path in (
            ("REST proxy", "proxy"),
            ("REST custom integration", "custom"),
            ("REST mock", "mock"),
            ("REST validated 2 KiB", "validated"),
        )
    ]


class _Methods:
    """Adds resources with one method each."""

    def __init__(self, gateway: Any, api_id: str, root_id: str) -> None:
        self._gateway = gateway
        self._api_id = api_id
        self._root_id = root_id
        self.validated: dict[str, Any] = {}

    def add(self, path: str, method: str, response_template: str | None = None, **integration: Any) -> None:
        """Add a method with its integration, and for a custom one its response."""
        gateway = self._gateway
        resource = gateway.create_resource(restApiId=self._api_id, parentId=self._root_id, pathPart=path)["id"]
        where = {"restApiId": self._api_id, "resourceId": resource, "httpMethod": method}
        gateway.put_method(**where, authorizationType="NONE", **self.validated)
        gateway.put_integration(**where, integrationHttpMethod="POST", **integration)
        if integration["type"] == "AWS_PROXY":
            return
        gateway.put_method_response(**where, statusCode="200")
        templates = {} if response_template is None else {"responseTemplates": {"application/json": response_template}}
        gateway.put_integration_response(**where, statusCode="200", **templates)
