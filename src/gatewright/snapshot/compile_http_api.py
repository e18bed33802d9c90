"""An HTTP API's documents, compiled and validated: what links has a form that linking can rely on.

A stage serves the frozen copy of routes and integrations of its deployment; a stage with automatic deployment that has
no deployment yet serves the API's current ones.
"""

import re
from types import MappingProxyType

from gatewright.base.arn import parse_arn
from gatewright.languages.parameter_mapping import compile_request_mappings, compile_response_mappings, compile_value
from gatewright.snapshot.partitions import partition_of
from gatewright.snapshot.types import Cors, HttpApi, HttpIntegration, HttpRoute, HttpStage, Throttle
from gatewright.store.types import Document, Key, Reader

DEFAULT_TIMEOUT_MS = 30_000
"""TimeoutInMillis: "The default timeout is 30 seconds" for HTTP APIs (CreateIntegration)."""

_INTEGRATION_TYPES = frozenset({"AWS_PROXY", "HTTP_PROXY"})
_ROUTE_KEY = re.compile(r"\$default|(?P<method>[A-Z]+) (?P<path>/\S*)")
_STATUS_CODE = re.compile(r"[1-5][0-9]{2}")


def compile_http_api(reader: Reader, key: Key) -> HttpApi | None:
    """Compile an API; None when there is no HTTP API of that id. Raises `ValueError`, `KeyError`, `TypeError`."""
    document = reader.get(key)
    if document is None or document.get("ProtocolType") != "HTTP":
        return None
    cors = _compile_cors(document.get("CorsConfiguration"))
    stages = tuple(
        _compile_stage(reader, key, stage, cors)
        for _, stage in reader.list(key.account, key.region, "apigatewayv2", "stage", prefix=f"{key.id}/")
    )
    return HttpApi(
        api_id=key.id,
        account_id=key.account,
        region=key.region,
        partition=partition_of(key.region),
        name=document["Name"],
        disable_execute_api_endpoint=bool(document.get("DisableExecuteApiEndpoint")),
        cors=cors,
        stages=stages,
    )


def _compile_cors(document: Document | None) -> Cors | None:
    if not document:
        return None
    return Cors(
        allow_origins=tuple(document.get("AllowOrigins") or ()),
        allow_methods=tuple(document.get("AllowMethods") or ()),
        allow_headers=tuple(document.get("AllowHeaders") or ()),
        expose_headers=tuple(document.get("ExposeHeaders") or ()),
        max_age_seconds=document.get("MaxAge"),
        allow_credentials=bool(document.get("AllowCredentials")),
    )


def _compile_stage(reader: Reader, key: Key, stage: Document, cors: Cors | None) -> HttpStage:
    deployment_id = stage.get("DeploymentId")
    deployed = _deployed(reader, key, stage)
    integrations = {each["IntegrationId"]: _compile_integration(each) for each in deployed["Integrations"]}
    routes = tuple(_compile_route(route, integrations) for route in deployed["Routes"])
    keys = [route.route_key for route in routes]
    if len(set(keys)) != len(keys):
        raise ValueError(f"stage {stage['StageName']} has two routes with one route key")
    settings = stage.get("RouteSettings") or {}
    return HttpStage(
        name=stage["StageName"],
        deployment_id=deployment_id,
        routes=routes,
        variables=MappingProxyType(dict(stage.get("StageVariables") or {})),
        default_throttle=_compile_throttle(stage.get("DefaultRouteSettings") or {}),
        route_throttles=MappingProxyType({name: _compile_throttle(each) for name, each in settings.items()}),
        # Like routes, a change of the CORS configuration reaches a stage with its next deployment.
        cors=_compile_cors(deployed["CorsConfiguration"]) if "CorsConfiguration" in deployed else cors,
    )


def _deployed(reader: Reader, key: Key, stage: Document) -> Document:
    def parts(kind: str) -> list[Document]:
        listed = reader.list(key.account, key.region, "apigatewayv2", kind, prefix=f"{key.id}/")
        return [document for _, document in listed]

    deployment_id = stage.get("DeploymentId")
    if deployment_id:
        where = Key(key.account, key.region, "apigatewayv2", "deployed-routes", f"{key.id}/{deployment_id}")
        deployed = reader.get(where)
        if deployed is None:
            raise ValueError(f"stage {stage['StageName']} has no deployment {deployment_id}")
        return deployed
    if stage.get("AutoDeploy"):
        return {"Routes": parts("route"), "Integrations": parts("integration")}
    return {"Routes": [], "Integrations": []}


def _compile_throttle(settings: Document) -> Throttle:
    rate = settings.get("ThrottlingRateLimit")
    return Throttle(None if rate is None else float(rate), settings.get("ThrottlingBurstLimit"))


def _compile_route(route: Document, integrations: dict[str, HttpIntegration]) -> HttpRoute:
    key = route["RouteKey"]
    match = _ROUTE_KEY.fullmatch(key)
    if match is None:
        raise ValueError(f"malformed route key: {key}")
    if match["path"]:
        validate_route_path(match["path"])
    # Serving a route without the authorization that it asks for would open it.
    if route.get("AuthorizationType", "NONE") != "NONE" or route.get("ApiKeyRequired"):
        raise ValueError(f"route {key} asks for {route.get('AuthorizationType')} authorization, which is not built")
    target = route.get("Target")
    integration = None
    if target:
        integration = integrations.get(target.removeprefix("integrations/"))
        if integration is None:
            raise ValueError(f"route {key} has a target that is not deployed: {target}")
    return HttpRoute(route["RouteId"], key, route.get("OperationName"), integration)


def validate_route_path(path: str) -> None:
    """Hold a route's path to AWS's rules: whole-segment variables, each name once, a greedy one at the end only."""
    names = set()
    segments = path[1:].split("/")
    for position, segment in enumerate(segments):
        if "{" not in segment and "}" not in segment:
            continue
        match = re.fullmatch(r"\{([a-zA-Z0-9._-]+)(\+?)\}", segment)
        if match is None:
            raise ValueError(f"malformed path variable in {path}")
        if match[2] and position != len(segments) - 1:
            raise ValueError(f"a greedy path variable must be the last: {path}")
        if match[1] in names:
            raise ValueError(f"path variable {match[1]} twice in {path}")
        names.add(match[1])


def _compile_integration(document: Document) -> HttpIntegration:
    integration_type = document["IntegrationType"]
    if integration_type not in _INTEGRATION_TYPES:
        raise ValueError(f"integration type {integration_type} of {document['IntegrationId']} is not supported")
    if document.get("ConnectionType", "INTERNET") != "INTERNET":
        raise ValueError(f"connection type {document['ConnectionType']} is not supported")
    subtype = document.get("IntegrationSubtype")
    uri = "" if subtype else document["IntegrationUri"]
    request_parameters = tuple((document.get("RequestParameters") or {}).items())
    if subtype:
        for _, value in request_parameters:
            compile_value(value, "request")
    else:
        compile_request_mappings(request_parameters)
        if integration_type == "AWS_PROXY" and "${" not in uri and parse_arn(uri) is None:
            raise ValueError(f"integration {document['IntegrationId']} names no function: {uri}")
    response_parameters = []
    for status, mappings in (document.get("ResponseParameters") or {}).items():
        if _STATUS_CODE.fullmatch(status) is None:
            raise ValueError(f"response parameters for {status}, which is no status code")
        compile_response_mappings(mappings.items())
        response_parameters.append((status, tuple(mappings.items())))
    return HttpIntegration(
        integration_id=document["IntegrationId"],
        integration_type=integration_type,
        integration_method=document.get("IntegrationMethod") or ("POST" if integration_type == "AWS_PROXY" else "ANY"),
        integration_uri=uri,
        payload_format_version=document.get("PayloadFormatVersion") or "1.0",
        timeout_ms=document.get("TimeoutInMillis") or DEFAULT_TIMEOUT_MS,
        request_parameters=request_parameters,
        response_parameters=tuple(response_parameters),
        credentials_arn=document.get("CredentialsArn"),
        integration_subtype=subtype,
        server_name_to_verify=(document.get("TlsConfig") or {}).get("ServerNameToVerify"),
    )
