"""`gatewright apis`: the APIs and function URLs of a node, with their stages, routes and integrations."""

import json
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, TextIO
from urllib.parse import quote, urlsplit

from gatewright.cli.calls import Call
from gatewright.cli.tables import columns
from gatewright.cli.target import Target

_FUNCTION: Final = re.compile(r":function:([^/]+?)(?:/invocations)?$")
_SERVICE: Final = re.compile(r"arn:[^:]+:apigateway:[^:]*:([^:]+):(?:path|action)/(.*)$")
_METHOD_ORDER: Final = ("ANY", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_DEFAULT_STAGE: Final = "$default"
_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage and where it is called."""

    name: str
    url: str
    path_url: str
    """The same for clients that do not resolve names below `localhost`."""


@dataclass(frozen=True, slots=True)
class Route:
    """What is called, and what serves it."""

    method: str
    path: str
    integration: str
    authorization: str
    """`NONE`, or what a caller needs."""


@dataclass(frozen=True, slots=True)
class Api:
    """A REST, HTTP or WebSocket API."""

    protocol: str
    api_id: str
    name: str
    stages: tuple[Stage, ...]
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class FunctionUrl:
    """A function URL."""

    function: str
    """With the alias behind a colon, where it is of one."""
    url: str
    authorization: str
    invoke_mode: str


def show_apis(call: Call, target: Target, output: TextIO, *, is_json: bool) -> int:
    """Print them. Return 0. Raises `CallFailed`."""
    apis, urls = list(find_apis(call, target)), list(find_urls(call))
    if is_json:
        listed = {"apis": [asdict(api) for api in apis], "function_urls": [asdict(url) for url in urls]}
        print(json.dumps(listed, indent=2), file=output)
        return 0
    blocks = [list(_lines(api)) for api in apis]
    if urls:
        rows = [(url.function, url.url, url.authorization, url.invoke_mode.lower()) for url in urls]
        blocks.append(["Function URLs", *columns(rows, "  ")])
    print("\n\n".join("\n".join(block) for block in blocks) or f"no APIs in {target.region}", file=output)
    return 0


def find_apis(call: Call, target: Target, only: Container[str] | None = None) -> Iterator[Api]:
    """Yield all APIs of a region, or those with certain ids; REST APIs first. Raises `CallFailed`."""
    for api in _pages(call, "apigateway", "GetRestApis", "items", "position", limit=_MOST):
        api_id = api["id"]
        if only is not None and api_id not in only:
            continue
        stages = call("apigateway", "GetStages", restApiId=api_id)["item"]
        names = sorted(stage["stageName"] for stage in stages)
        routes = sorted(_methods(call, api_id), key=_route_order)
        yield Api("REST", api_id, api["name"], tuple(_stage(target, api_id, name) for name in names), tuple(routes))
    for api in _pages(call, "apigatewayv2", "GetApis", "Items", "NextToken"):
        api_id = api["ApiId"]
        if only is not None and api_id not in only:
            continue
        stages = _pages(call, "apigatewayv2", "GetStages", "Items", "NextToken", ApiId=api_id)
        names = sorted(stage["StageName"] for stage in stages)
        routes = sorted(_routes(call, api_id), key=_route_order)
        yield Api(
            api["ProtocolType"],
            api_id,
            api["Name"],
            tuple(_stage(target, api_id, name) for name in names),
            tuple(routes),
        )


def find_urls(call: Call) -> Iterator[FunctionUrl]:
    """Yield all function URLs of a region. Raises `CallFailed`."""
    for function in _pages(call, "lambda", "ListFunctions", "Functions", "NextMarker", sent_as="Marker"):
        name = function["FunctionName"]
        found = _pages(
            call,
            "lambda",
            "ListFunctionUrlConfigs",
            "FunctionUrlConfigs",
            "NextMarker",
            sent_as="Marker",
            FunctionName=name,
        )
        for config in found:
            alias = config["FunctionArn"].split(":")[7:]
            yield FunctionUrl(
                ":".join([name, *alias]),
                config["FunctionUrl"],
                config["AuthType"],
                config.get("InvokeMode", "BUFFERED"),
            )


def _pages(
    call: Call, service: str, operation: str, items: str, next_token: str, *, sent_as: str = "", **parameters: Any
) -> Iterator[Mapping[str, Any]]:
    page = call(service, operation, **parameters)
    yield from page.get(items, ())
    while page.get(next_token):
        page = call(service, operation, **{sent_as or next_token: page[next_token]}, **parameters)
        yield from page.get(items, ())


def _methods(call: Call, api_id: str) -> Iterator[Route]:
    resources = _pages(
        call, "apigateway", "GetResources", "items", "position", restApiId=api_id, embed=["methods"], limit=_MOST
    )
    for resource in resources:
        for method, settings in resource.get("resourceMethods", {}).items():
            integration = settings.get("methodIntegration", {})
            kind, uri = integration.get("type", ""), integration.get("uri", "")
            served_by = integration_name(kind, uri, integration.get("httpMethod", "")) if kind else "no integration"
            authorization = settings.get("authorizationType", "NONE")
            if settings.get("apiKeyRequired"):
                authorization = "API key" if authorization == "NONE" else f"{authorization}, API key"
            yield Route(method, resource["path"], served_by, authorization)


def _routes(call: Call, api_id: str) -> Iterator[Route]:
    integrations = {
        f"integrations/{integration['IntegrationId']}": integration
        for integration in _pages(call, "apigatewayv2", "GetIntegrations", "Items", "NextToken", ApiId=api_id)
    }
    for route in _pages(call, "apigatewayv2", "GetRoutes", "Items", "NextToken", ApiId=api_id):
        method, _, path = route["RouteKey"].rpartition(" ")
        found = integrations.get(route.get("Target", ""))
        served_by = "no integration"
        if found is not None:
            kind, uri = found.get("IntegrationSubtype") or found["IntegrationType"], found.get("IntegrationUri", "")
            served_by = integration_name(kind, uri, found.get("IntegrationMethod", ""))
        yield Route(method, path, served_by, route.get("AuthorizationType", "NONE"))


def integration_name(kind: str, uri: str, method: str) -> str:
    """Return an integration in a few words, from its type (or subtype), URI and method."""
    function = _FUNCTION.search(uri)
    if function is not None:
        return f"lambda {function[1]}"
    service = _SERVICE.match(uri)
    if service is not None:
        return f"{service[1]} {service[2]}"
    if kind.startswith("HTTP"):
        return f"{method} {uri}".strip()
    return f"{kind} {uri}".strip()


def _stage(target: Target, api_id: str, name: str) -> Stage:
    below = "" if name == _DEFAULT_STAGE else f"{quote(name)}/"
    path_url = f"{target.url}/_aws/execute-api/{api_id}/{quote(name, safe='')}/"
    parts = urlsplit(target.url)
    if parts.hostname not in ("127.0.0.1", "::1"):  # whether names below that of another machine lead to it is unknown
        return Stage(name, path_url, path_url)
    return Stage(name, f"{parts.scheme}://{api_id}.execute-api.localhost:{parts.port or 80}/{below}", path_url)


def _route_order(route: Route) -> tuple[str, int, str]:
    order = _METHOD_ORDER.index(route.method) if route.method in _METHOD_ORDER else len(_METHOD_ORDER)
    return route.path, order, route.method


def _lines(api: Api) -> Iterator[str]:
    yield f"{api.protocol} API {api.name} ({api.api_id})"
    if api.stages:
        yield from columns([(stage.name, stage.url) for stage in api.stages], "  ")
    if api.routes:
        yield from columns([(route.method, route.path, f"→ {_served(route)}") for route in api.routes], "    ")


def _served(route: Route) -> str:
    return route.integration if route.authorization == "NONE" else f"{route.integration} ({route.authorization})"
