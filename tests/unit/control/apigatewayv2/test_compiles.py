"""What the operations accept, the data plane can serve: every document that they write compiles."""

from typing import Any

import pytest

from gatewright.snapshot.compile_http_api import compile_http_api
from gatewright.snapshot.types import HttpApi
from tests.unit.control.apigatewayv2.calls import FUNCTION, INVOCATION, Calls
from tests.unit.control.apigatewayv2.test_integrations import HTTP


def compiled(calls: Calls, api_id: str) -> HttpApi:
    with calls.contexts.store.read() as reader:
        api = compile_http_api(reader, calls.context.key("apigatewayv2", "api", api_id))
    assert api is not None
    return api


@pytest.mark.parametrize(
    "integration",
    [
        {"IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION, "PayloadFormatVersion": "2.0"},
        {"IntegrationType": "AWS_PROXY", "IntegrationUri": INVOCATION, "PayloadFormatVersion": "1.0"},
        {
            "IntegrationType": "AWS_PROXY",
            "IntegrationUri": "${stageVariables.function}",
            "PayloadFormatVersion": "2.0",
        },
        HTTP,
        {**HTTP, "IntegrationUri": "http://[::1]:8080/{proxy}?a=b", "IntegrationMethod": "ANY"},
        {
            **HTTP,
            "RequestParameters": {
                "append:HEADER.A": "$request.body.pets[0].name",
                "overwrite:querystring.b": "${request.path.id} ${context.requestId}",
                "overwrite:Path": "$request.path$",
                "remove:header.c": "''",
            },
            "ResponseParameters": {"599": {"overwrite:StatusCode": "100", "append:header.d": "$response.header.e"}},
        },
    ],
)
@pytest.mark.parametrize("route_key", ["$default", "GET /", "ANY /a/{b}/{c.d+}", "HEAD /a//b/", "PUT /é%20"])
def test_routes_and_integrations(calls: Calls, api_id: str, route_key: str, integration: dict[str, Any]) -> None:
    integration_id = calls("CreateIntegration", ApiId=api_id, **integration)["IntegrationId"]
    calls.route(api_id, route_key, Target=f"integrations/{integration_id}")
    calls("CreateStage", ApiId=api_id, StageName="$default", AutoDeploy=True)

    [stage] = compiled(calls, api_id).stages
    [route] = stage.routes
    assert route.route_key == route_key
    assert route.integration is not None
    assert route.integration.integration_uri == integration["IntegrationUri"]


def test_stages_and_cors(calls: Calls) -> None:
    api_id = calls.api(Target=FUNCTION, CorsConfiguration={"AllowOrigins": ["*"], "MaxAge": 5})
    calls(
        "CreateStage",
        ApiId=api_id,
        StageName="prod",
        DeploymentId=calls("CreateDeployment", ApiId=api_id)["DeploymentId"],
        StageVariables={"a": "b"},
        DefaultRouteSettings={"ThrottlingRateLimit": 10, "ThrottlingBurstLimit": 5},
        RouteSettings={"$default": {"ThrottlingRateLimit": 0.5}},
    )
    calls("CreateStage", ApiId=api_id, StageName="empty")

    stages = {stage.name: stage for stage in compiled(calls, api_id).stages}
    assert len(stages["$default"].routes) == len(stages["prod"].routes) == 1
    assert stages["empty"].routes == ()
    assert stages["prod"].variables == {"a": "b"}
    assert stages["prod"].default_throttle.rate_limit == 10
    assert stages["prod"].route_throttles["$default"].rate_limit == 0.5
    cors = stages["prod"].cors
    assert cors is not None
    assert cors.allow_origins == ("*",)


def test_a_route_without_a_target_and_an_api_without_anything(calls: Calls, api_id: str) -> None:
    assert compiled(calls, api_id).stages == ()
    calls("CreateStage", ApiId=api_id, StageName="$default", AutoDeploy=True)
    calls.route(api_id, "GET /")
    [stage] = compiled(calls, api_id).stages
    assert stage.routes[0].integration is None
