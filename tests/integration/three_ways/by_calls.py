"""The API made by calls of the AWS CLI, from an empty one.

Source: "Tutorial: Create a REST API by using AWS SDKs or the AWS CLI" (API Gateway Developer Guide).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.integration.three_ways import texts
from tests.integration.three_ways.aws_cli import AwsCli
from tests.integration.three_ways.texts import Addresses

JSON = "application/json"


@dataclass
class ApiByCalls:
    """An API while it is made."""

    cli: AwsCli
    addresses: Addresses
    api_id: str
    resources: dict[str, str] = field(default_factory=dict)
    """Ids of resources by path."""
    validators: dict[str, str] = field(default_factory=dict)

    def call(self, operation: str, **members: Any) -> Any:
        return self.cli.run("apigateway", operation, restApiId=self.api_id, **members)

    def resource(self, path: str) -> str:
        """Return the resource of a path, made with all that is above it."""
        if path not in self.resources:
            parent, _, part = path.rpartition("/")
            made = self.call("create-resource", parentId=self.resource(parent or "/"), pathPart=part)
            self.resources[path] = made["id"]
        return self.resources[path]

    def method(self, key: str, integration: Mapping[str, Any], *responses: Mapping[str, Any], **members: Any) -> None:
        """Make a method: `responses` are integration responses, each with the method response that it needs."""
        http_method, path = key.split(" ")
        named = {"resourceId": self.resource(path), "httpMethod": http_method}
        # As an import does it: every variable of the path is a parameter that is required.
        parameters = {f"method.request.path.{name}": True for name in re.findall(r"{(\w+)\+?}", path)}
        parameters |= members.pop("requestParameters", {})
        if parameters:
            members["requestParameters"] = parameters
        self.call("put-method", **named, authorizationType="NONE", **members)
        if "httpMethod" in integration:
            integration = {**integration, "integrationHttpMethod": integration["httpMethod"]}
        self.call("put-integration", **{**integration, **named})
        for response in responses:
            status: dict[str, Any] = {"statusCode": response["statusCode"]}
            if "responseParameters" in response:
                status["responseParameters"] = dict.fromkeys(response["responseParameters"], False)
            self.call("put-method-response", **named, **status)
            self.call("put-integration-response", **named, **response)

    def invokes(self, arn: str, kind: str = "AWS_PROXY", **members: Any) -> dict[str, Any]:
        """Return an integration with a function."""
        return {"type": kind, "httpMethod": "POST", "uri": self.addresses.invocation(arn), **members}

    def endpoint(self, kind: str, method: str, path: str, **members: Any) -> dict[str, Any]:
        """Return an integration with the origin."""
        return {"type": kind, "httpMethod": method, "uri": f"{self.addresses.origin}{path}", **members}


def make_by_calls(cli: AwsCli, addresses: Addresses) -> str:
    """Make the API; return its id."""
    made = cli.run(
        "apigateway",
        "create-rest-api",
        name="shop",
        description="By calls",
        binaryMediaTypes=["image/png"],
        minimumCompressionSize=1000,
        endpointConfiguration={"types": ["REGIONAL"]},
    )
    api = ApiByCalls(cli, addresses, made["id"], {"/": made["rootResourceId"]})
    add_models(api)
    add_functions(api)
    add_orders(api)
    add_things(api)
    add_other_endpoints(api)
    add_mocks(api)
    add_gateway_responses(api)
    return api.api_id


def add_models(api: ApiByCalls) -> None:
    item = f"https://apigateway.amazonaws.com/restapis/{api.api_id}/models/Item"
    order = {
        "type": "object",
        "required": ["items"],
        "properties": {"items": {"type": "array", "minItems": 1, "items": {"$ref": item}}},
    }
    api.call("create-model", name="Item", contentType=JSON, schema=json.dumps(texts.ITEM))
    api.call("create-model", name="Order", contentType=JSON, schema=json.dumps(order))
    for name, members in (
        ("all", {"validateRequestBody": True, "validateRequestParameters": True}),
        ("parameters", {"validateRequestBody": False, "validateRequestParameters": True}),
    ):
        api.validators[name] = api.call("create-request-validator", name=name, **members)["id"]


def add_functions(api: ApiByCalls) -> None:
    """Add what is a proxy integration with a function."""
    function = api.addresses.function
    for key in ("GET /items/new", "GET /items/{item}", "ANY /items/{item}/{proxy+}", "ANY /echo"):
        api.method(key, api.invokes(function))
    api.method("GET /by-variable", {**api.invokes(function), "uri": api.addresses.of_variable})
    api.method("GET /denied", api.invokes(api.addresses.locked))
    api.method("GET /slow", api.invokes(function, timeoutInMillis=300))


def add_orders(api: ApiByCalls) -> None:
    """Add what is a custom integration with a function."""
    api.method(
        "POST /orders/{order}",
        api.invokes(
            api.addresses.function,
            "AWS",
            passthroughBehavior="WHEN_NO_TEMPLATES",
            requestTemplates={JSON: texts.ORDER_REQUEST},
        ),
        {
            "statusCode": "200",
            "responseParameters": {
                "method.response.header.X-Order": "integration.response.body.order",
                "method.response.header.X-Stage": "context.stage",
                "method.response.header.X-Colour": "stageVariables.colour",
            },
            "responseTemplates": {JSON: texts.ORDER_RESPONSE},
        },
        {
            "statusCode": "404",
            "selectionPattern": ".*not found.*",
            "responseTemplates": {JSON: texts.ORDER_NOT_FOUND},
        },
        requestValidatorId=api.validators["all"],
        requestModels={JSON: "Order"},
        requestParameters={
            "method.request.header.X-Client": True,
            "method.request.querystring.express": False,
        },
    )
    api.method(
        "POST /jobs",
        api.invokes(
            api.addresses.function,
            "AWS",
            requestParameters={"integration.request.header.X-Amz-Invocation-Type": "'Event'"},
            requestTemplates={JSON: texts.JOB_REQUEST},
        ),
        {"statusCode": "202", "responseTemplates": {JSON: texts.JOB_RESPONSE}},
    )


def add_things(api: ApiByCalls) -> None:
    """Add what is mapped to an HTTP endpoint and back."""
    path = {"integration.request.path.id": "method.request.path.id"}
    missing = {
        "statusCode": "404",
        "selectionPattern": r"4\d{2}",
        "responseTemplates": {JSON: texts.THING_MISSING},
    }
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
    api.method(
        "GET /things/{id}",
        api.endpoint("HTTP", "GET", "/things/{id}", requestParameters=mapped),
        found,
        missing,
        requestValidatorId=api.validators["parameters"],
        requestParameters={"method.request.querystring.max": True},
    )
    renamed = {**path, "integration.request.querystring.name": "method.request.body.name"}
    api.method(
        "PUT /things/{id}",
        api.endpoint(
            "HTTP", "POST", "/things/{id}", requestParameters=renamed, requestTemplates={JSON: texts.THING_PUT}
        ),
        {"statusCode": "200"},
    )


def add_other_endpoints(api: ApiByCalls) -> None:
    """Add what is passed on to an HTTP endpoint, cached or converted."""
    api.method(
        "ANY /files/{proxy+}",
        api.endpoint(
            "HTTP_PROXY",
            "ANY",
            "/files/{proxy}",
            requestParameters={"integration.request.path.proxy": "method.request.path.proxy"},
        ),
    )
    streamed = api.endpoint("HTTP_PROXY", "GET", "/streamed", responseTransferMode="STREAM")
    api.method("GET /streamed", streamed)
    api.method(
        "GET /account",
        {"type": "AWS", "httpMethod": "GET", "uri": texts.ACCOUNT_URI, "credentials": texts.ROLE},
        {"statusCode": "200", "responseTemplates": {JSON: texts.ACCOUNT}},
    )
    api.method(
        "GET /cached",
        api.endpoint(
            "HTTP",
            "GET",
            "/count",
            requestParameters={"integration.request.querystring.page": "method.request.querystring.page"},
            cacheKeyParameters=["method.request.querystring.page"],
            cacheNamespace="counts",
        ),
        {"statusCode": "200"},
        requestParameters={"method.request.querystring.page": False},
    )
    api.method(
        "POST /convert",
        api.endpoint("HTTP", "POST", "/convert", contentHandling="CONVERT_TO_TEXT"),
        {"statusCode": "200", "contentHandling": "CONVERT_TO_BINARY"},
    )


def add_mocks(api: ApiByCalls) -> None:
    """Add what is at no endpoint."""
    mock = {"type": "MOCK", "requestTemplates": {JSON: texts.MOCK_OK}}
    answer = {"statusCode": "200", "responseTemplates": {JSON: texts.MOCK_RESPONSE}}
    cors = {f"method.response.header.{name}": f"'{value}'" for name, value in texts.CORS}
    api.method("OPTIONS /cors", mock, {"statusCode": "204", "responseParameters": cors})
    api.method(
        "GET /mock/{status}",
        {"type": "MOCK", "requestTemplates": {JSON: texts.MOCK_REQUEST}},
        answer,
        {"statusCode": "400", "selectionPattern": r"4\d\d", "responseTemplates": {JSON: texts.MOCK_REFUSED}},
    )
    api.method("POST /strict", {**mock, "passthroughBehavior": "NEVER"}, answer)
    api.method("GET /keyed", mock, answer, apiKeyRequired=True)
    api.method("GET /limited", mock, answer)


def add_gateway_responses(api: ApiByCalls) -> None:
    api.call(
        "put-gateway-response",
        responseType="MISSING_AUTHENTICATION_TOKEN",
        statusCode="404",
        responseParameters={"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"},
        responseTemplates={JSON: texts.NO_RESOURCE},
    )
    api.call("put-gateway-response", responseType="BAD_REQUEST_BODY", responseTemplates={JSON: texts.BAD_BODY})
    api.call(
        "put-gateway-response",
        responseType="DEFAULT_5XX",
        responseParameters={"gatewayresponse.header.X-Fault": "'gateway'"},
    )
