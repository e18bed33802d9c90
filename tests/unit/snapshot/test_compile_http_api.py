"""An HTTP API's documents, compiled."""

from typing import Any

import pytest

from gatewright.snapshot.compile_http_api import compile_http_api, validate_route_path
from gatewright.snapshot.types import Cors, HttpApi, HttpIntegration, HttpStage, Throttle
from gatewright.store.memory import MemoryStore
from gatewright.store.types import Document, Key
from tests.unit.snapshot.documents import (
    ACCOUNT,
    API_ID,
    FUNCTION_ARN,
    REGION,
    api_document,
    integration_document,
    key,
    put_api,
    put_deployed,
    put_stage,
    put_whole_api,
    route_document,
)

KEY = key("apigatewayv2", "api", API_ID)


def compile_from(store: MemoryStore) -> HttpApi:
    with store.read() as reader:
        api = compile_http_api(reader, KEY)
    assert api is not None
    return api


def compiled(
    *, api: dict[str, Any] | None = None, stage: dict[str, Any] | None = None, deployed: dict[str, Any] | None = None
) -> HttpApi:
    store = MemoryStore()
    with store.write() as writer:
        put_api(writer, **(api or {}))
        parts = deployed or {}
        put_deployed(writer, *parts.pop("routes", ()), **parts)
        put_stage(writer, **(stage or {}))
    return compile_from(store)


def the_stage(**parts: Any) -> HttpStage:
    return compiled(**parts).stages[0]


def the_integration(**changes: Any) -> HttpIntegration:
    stage = the_stage(deployed={"integrations": [integration_document(**changes)]})
    integration = stage.routes[0].integration
    assert integration is not None
    return integration


def test_an_api() -> None:
    api = compiled()
    assert (api.api_id, api.account_id, api.region, api.partition, api.name) == (
        API_ID,
        ACCOUNT,
        REGION,
        "aws",
        "my-api",
    )
    assert not api.disable_execute_api_endpoint
    assert api.cors is None
    (stage,) = api.stages
    assert (stage.name, stage.deployment_id, dict(stage.variables)) == ("$default", "dep1", {})
    assert (stage.default_throttle, dict(stage.route_throttles)) == (Throttle(None, None), {})
    (route,) = stage.routes
    assert (route.route_id, route.route_key, route.operation_name) == ("rt1", "GET /pets/{petId}", None)


def test_an_integration() -> None:
    assert the_integration() == HttpIntegration(
        integration_id="int1",
        integration_type="AWS_PROXY",
        integration_method="POST",
        integration_uri=FUNCTION_ARN,
        payload_format_version="2.0",
        timeout_ms=30_000,
        request_parameters=(),
        response_parameters=(),
    )


def test_an_integration_with_everything() -> None:
    integration = the_integration(
        IntegrationType="HTTP_PROXY",
        IntegrationMethod="ANY",
        IntegrationUri="https://${stageVariables.host}/x",
        PayloadFormatVersion="1.0",
        TimeoutInMillis=50,
        RequestParameters={"append:header.header1": "$context.requestId"},
        ResponseParameters={"500": {"overwrite:statuscode": "403"}},
        CredentialsArn="arn:aws:iam::123456789012:role/r",
        TlsConfig={"ServerNameToVerify": "example.com"},
    )
    assert integration.timeout_ms == 50
    assert integration.request_parameters == (("append:header.header1", "$context.requestId"),)
    assert integration.response_parameters == (("500", (("overwrite:statuscode", "403"),)),)
    assert integration.credentials_arn == "arn:aws:iam::123456789012:role/r"
    assert integration.server_name_to_verify == "example.com"


def test_cors() -> None:
    configuration = {
        "AllowOrigins": ["http://localhost:3000"],
        "AllowMethods": ["POST", "GET"],
        "AllowHeaders": ["testHeader"],
        "AllowCredentials": True,
        "ExposeHeaders": ["exposedHeader"],
        "MaxAge": 10,
    }
    api = compiled(api={"CorsConfiguration": configuration})
    expected = Cors(("http://localhost:3000",), ("POST", "GET"), ("testHeader",), ("exposedHeader",), 10, True)
    assert api.cors == expected
    assert api.stages[0].cors == expected


def test_a_deployment_that_recorded_cors_serves_its_own() -> None:
    """A change of the CORS configuration reaches a stage without AutoDeploy by a deployment."""
    recorded: list[tuple[Document | None, Cors | None]] = [
        (None, None),
        ({"AllowOrigins": ["*"]}, Cors(("*",), (), (), (), None, False)),
    ]
    for document, cors in recorded:
        stage = the_stage(
            api={"CorsConfiguration": {"AllowOrigins": ["https://new.example.com"]}},
            deployed={"CorsConfiguration": document},
        )
        assert stage.cors == cors


def test_stage_settings() -> None:
    stage = the_stage(
        stage={
            "StageName": "prod",
            "StageVariables": {"host": "example.com"},
            "DefaultRouteSettings": {"ThrottlingRateLimit": 100, "ThrottlingBurstLimit": 50},
            "RouteSettings": {"GET /pets/{petId}": {"ThrottlingRateLimit": 0.5}},
        }
    )
    assert stage.name == "prod"
    assert dict(stage.variables) == {"host": "example.com"}
    assert stage.default_throttle == Throttle(100.0, 50)
    assert dict(stage.route_throttles) == {"GET /pets/{petId}": Throttle(0.5, None)}


def test_a_stage_serves_its_deployment_not_the_current_routes() -> None:
    store = MemoryStore()
    with store.write() as writer:
        put_whole_api(writer)
        writer.put(
            key("apigatewayv2", "route", f"{API_ID}/rt2"), route_document(RouteId="rt2", RouteKey="GET /undeployed")
        )
    assert [route.route_key for route in compile_from(store).stages[0].routes] == ["GET /pets/{petId}"]


@pytest.mark.parametrize(("auto_deploy", "keys"), [(True, ["GET /now"]), (False, [])])
def test_a_stage_without_deployment(auto_deploy: bool, keys: list[str]) -> None:
    store = MemoryStore()
    with store.write() as writer:
        put_api(writer)
        put_stage(writer, DeploymentId=None, AutoDeploy=auto_deploy)
        writer.put(key("apigatewayv2", "route", f"{API_ID}/rt1"), route_document(RouteKey="GET /now"))
        writer.put(key("apigatewayv2", "integration", f"{API_ID}/int1"), integration_document())
        writer.put(key("apigatewayv2", "route", f"{API_ID}x/rt1"), route_document(RouteKey="GET /of/another/api"))
    assert [route.route_key for route in compile_from(store).stages[0].routes] == keys


def test_a_route_without_target_has_no_integration() -> None:
    route = route_document()
    del route["Target"]
    assert the_stage(deployed={"routes": [route]}).routes[0].integration is None


def test_a_websocket_api_is_none_of_these() -> None:
    store = MemoryStore()
    with store.write() as writer:
        writer.put(KEY, api_document(ProtocolType="WEBSOCKET"))
    with store.read() as reader:
        assert compile_http_api(reader, KEY) is None


@pytest.mark.parametrize(
    ("region", "partition"), [("us-east-2", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_partitions(region: str, partition: str) -> None:
    store = MemoryStore()
    where = Key(ACCOUNT, region, "apigatewayv2", "api", API_ID)
    with store.write() as writer:
        writer.put(where, api_document())
    with store.read() as reader:
        api = compile_http_api(reader, where)
    assert api is not None
    assert api.partition == partition


REFUSED_ROUTES: list[tuple[dict[str, Any], str]] = [
    ({"RouteKey": "GET"}, "malformed route key"),
    ({"RouteKey": "get /x"}, "malformed route key"),
    ({"RouteKey": "GET x"}, "malformed route key"),
    ({"RouteKey": "$connect"}, "malformed route key"),
    ({"RouteKey": "GET /{a}/{a}"}, "twice"),
    ({"RouteKey": "GET /{a+}/b"}, "must be the last"),
    ({"RouteKey": "GET /x{a}"}, "malformed path variable"),
    ({"Target": "integrations/other"}, "not deployed"),
    ({"AuthorizationType": "JWT"}, "JWT authorization, which is not built"),
    ({"AuthorizationType": "AWS_IAM"}, "AWS_IAM authorization, which is not built"),
    ({"ApiKeyRequired": True}, "not built"),
]


@pytest.mark.parametrize(("changes", "reason"), REFUSED_ROUTES)
def test_refused_routes(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        compiled(deployed={"routes": [route_document(**changes)]})


def test_two_routes_with_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="two routes with one route key"):
        compiled(deployed={"routes": [route_document(), route_document(RouteId="rt2")]})


REFUSED_INTEGRATIONS: list[tuple[dict[str, Any], str]] = [
    ({"IntegrationType": "MOCK"}, "MOCK"),
    ({"ConnectionType": "VPC_LINK"}, "VPC_LINK"),
    ({"IntegrationUri": "my-function"}, "names no function"),
    ({"RequestParameters": {"append:header.via": "x"}}, "restricted"),
    ({"ResponseParameters": {"600": {}}}, "no status code"),
    ({"ResponseParameters": {"200": {"append:header.x": "$request.path"}}}, "Invalid mapping"),
]


@pytest.mark.parametrize(("changes", "reason"), REFUSED_INTEGRATIONS)
def test_refused_integrations(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        compiled(deployed={"integrations": [integration_document(**changes)]})


@pytest.mark.parametrize("path", ["/", "/pets", "/pets/", "/{a}/{b}", "/{proxy+}", "/a/{b.c-d_e}/{f+}"])
def test_paths_of_routes(path: str) -> None:
    validate_route_path(path)
