"""Documents as the control plane writes them."""

from typing import Any

from gatewright.store.types import Document, Key, Writer

ACCOUNT = "123456789012"
REGION = "us-east-2"
API_ID = "mnh1xmpli7"
FUNCTION_ARN = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:my-function"


def key(service: str, kind: str, identifier: str) -> Key:
    return Key(ACCOUNT, REGION, service, kind, identifier)


def function_document(**changes: Any) -> Document:
    """As GetFunctionConfiguration returns it."""
    return {
        "FunctionName": "my-function",
        "FunctionArn": FUNCTION_ARN,
        "Runtime": "nodejs22.x",
        "Role": f"arn:aws:iam::{ACCOUNT}:role/r",
        "Handler": "index.handler",
        "CodeSize": 300,
        "Timeout": 7,
        "MemorySize": 256,
        "LastModified": "2020-03-12T19:03:58.000+0000",
        "CodeSha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "Version": "$LATEST",
        "Environment": {"Variables": {"B": "2", "A": "1"}},
        "TracingConfig": {"Mode": "PassThrough"},
        "RevisionId": "rev-1",
        "EphemeralStorage": {"Size": 512},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/my-function"},
        **changes,
    }


def function_policy_document() -> Document:
    """As AddPermission leaves it."""
    return {
        "Policy": {
            "Version": "2012-10-17",
            "Id": "default",
            "Statement": [
                {
                    "Sid": "apigateway-get",
                    "Effect": "Allow",
                    "Principal": {"Service": "apigateway.amazonaws.com"},
                    "Action": "lambda:InvokeFunction",
                    "Resource": FUNCTION_ARN,
                }
            ],
        },
        "RevisionId": "p1",
    }


def api_document(**changes: Any) -> Document:
    return {
        "ApiId": API_ID,
        "ApiEndpoint": f"http://{API_ID}.execute-api.localhost:4566",
        "ApiKeySelectionExpression": "$request.header.x-api-key",
        "CreatedDate": "2020-03-12T19:03:58Z",
        "DisableExecuteApiEndpoint": False,
        "Name": "my-api",
        "ProtocolType": "HTTP",
        "RouteSelectionExpression": "$request.method $request.path",
        **changes,
    }


def integration_document(**changes: Any) -> Document:
    return {
        "ConnectionType": "INTERNET",
        "IntegrationId": "int1",
        "IntegrationMethod": "POST",
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": FUNCTION_ARN,
        "PayloadFormatVersion": "2.0",
        "TimeoutInMillis": 30000,
        **changes,
    }


def route_document(**changes: Any) -> Document:
    return {
        "ApiKeyRequired": False,
        "AuthorizationType": "NONE",
        "RouteId": "rt1",
        "RouteKey": "GET /pets/{petId}",
        "Target": "integrations/int1",
        **changes,
    }


def stage_document(**changes: Any) -> Document:
    return {
        "AutoDeploy": True,
        "CreatedDate": "2020-03-12T19:03:58Z",
        "DefaultRouteSettings": {"DetailedMetricsEnabled": False},
        "DeploymentId": "dep1",
        "RouteSettings": {},
        "StageName": "$default",
        "StageVariables": {},
        **changes,
    }


def put_function(writer: Writer, **changes: Any) -> None:
    writer.put(key("lambda", "function", "my-function"), function_document(**changes))


def put_api(writer: Writer, **changes: Any) -> None:
    writer.put(key("apigatewayv2", "api", API_ID), api_document(**changes))


def put_deployed(writer: Writer, *routes: Document, integrations: list[Document] | None = None, **more: Any) -> None:
    served = {
        "Routes": list(routes) or [route_document()],
        "Integrations": [integration_document()] if integrations is None else integrations,
        **more,
    }
    writer.put(key("apigatewayv2", "deployed-routes", f"{API_ID}/dep1"), served)


def put_stage(writer: Writer, **changes: Any) -> None:
    stage = stage_document(**changes)
    writer.put(key("apigatewayv2", "stage", f"{API_ID}/{stage['StageName']}"), stage)


def put_whole_api(writer: Writer, **changes: Any) -> None:
    put_api(writer, **changes)
    put_deployed(writer)
    put_stage(writer)
