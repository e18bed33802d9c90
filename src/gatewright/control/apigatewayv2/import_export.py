"""ImportApi, ReimportApi and ExportApi: HTTP APIs from and to OpenAPI documents.

What of a document cannot be made is a warning of the import, as AWS has it for HTTP APIs; with FailOnWarnings nothing
of it is kept. A reimport replaces routes and integrations; stages stay, and those with AutoDeploy serve it.

Sources: "Import an HTTP API", "Export an HTTP API" (API Gateway Developer Guide); the operations in the "API Gateway
Version 2 API Reference"; texts as AWS answers them where known.
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.base.operations import Shape
from gatewright.control.apigatewayv2.apis import change_api, new_api, presented
from gatewright.control.apigatewayv2.auto_deploy import TARGET_PREFIX, deploy_automatically
from gatewright.control.apigatewayv2.documents import (
    DEPLOYED_ROUTES,
    INTEGRATION,
    ROUTE,
    api_key,
    list_parts,
    part_key,
    require_api,
    require_part,
)
from gatewright.control.apigatewayv2.errors import bad_request, not_built
from gatewright.control.apigatewayv2.integrations import add_integration
from gatewright.control.apigatewayv2.routes import add_route
from gatewright.control.apigatewayv2.stages import require_stage
from gatewright.control.apigatewayv2.tag_sets import checked_tags
from gatewright.control.context import Context
from gatewright.languages.openapi.document import parse
from gatewright.languages.openapi.errors import OpenApiError
from gatewright.languages.openapi.read_http_api import read_http_api
from gatewright.languages.openapi.text import json_text, yaml_text
from gatewright.languages.openapi.types import HttpApiDefinition
from gatewright.languages.openapi.write_http_api import EXPORT_VERSION, ExportedStage, write_http_api
from gatewright.store.types import Document, Reader, Writer

_SPECIFICATION = "OAS30"
_OUTPUT_TYPES = ("JSON", "YAML")


def import_api(context: Context, request: Shape) -> Shape:
    """Create an API as a document describes it; it has no stage yet."""
    definition = _definition(request)
    if not definition.api.get("Name"):
        raise bad_request("Name cannot be empty")
    api = new_api(context, definition.api)
    with context.store.write() as writer:
        writer.put(api_key(context, api["ApiId"]), api)
        warnings = [*definition.warnings, *_put_parts(context, writer, api["ApiId"], definition)]
        _check_warnings(warnings, request)
    return {**api, "Warnings": warnings} if warnings else api


def reimport_api(context: Context, request: Shape) -> Shape:
    """Put a document in the place of an API: its routes and integrations, its CORS configuration, its description."""
    api_id = request["ApiId"]
    definition = _definition(request)
    with context.store.write() as writer:
        api = require_api(context, writer, api_id)
        # An empty member takes away what the document does not have.
        change_api(api, {"Description": "", "Version": "", "CorsConfiguration": {}, **definition.api})
        if definition.api.get("Tags"):
            api["Tags"] = checked_tags(context.caller, definition.api["Tags"], api.get("Tags", {}))
        writer.put(api_key(context, api_id), api)
        for kind, member in ((ROUTE, "RouteId"), (INTEGRATION, "IntegrationId")):
            for part in list_parts(context, writer, kind, api_id):
                writer.delete(part_key(context, kind, api_id, part[member]))
        warnings = [*definition.warnings, *_put_parts(context, writer, api_id, definition)]
        _check_warnings(warnings, request)
        deploy_automatically(context, writer, api_id)
    return {**presented(context, api), "Warnings": warnings} if warnings else presented(context, api)


def export_api(context: Context, request: Shape) -> Shape:
    """Return an API as a document of OpenAPI 3.0: what a stage serves, or without `StageName` what is configured."""
    _check_export(request)
    api_id, stage_name = request["ApiId"], request.get("StageName")
    with context.store.read() as reader:
        api = require_api(context, reader, api_id)
        parts = _configured(context, reader, api) if not stage_name else _served(context, reader, api, stage_name)
    definition = HttpApiDefinition(
        {**api, "CorsConfiguration": parts.get("CorsConfiguration")},
        {integration["IntegrationId"]: integration for integration in parts["Integrations"]},
        [{**route, "Target": route.get("Target", "").removeprefix(TARGET_PREFIX)} for route in parts["Routes"]],
    )
    url = context.node.execute_api_url.format(api_id=api_id)
    stage = ExportedStage(url, stage_name) if stage_name else None
    has_extensions = request.get("IncludeExtensions", True)
    document = write_http_api(definition, api["CreatedDate"], stage, has_extensions=has_extensions)
    text = yaml_text(document) if request["OutputType"] == "YAML" else json_text(document)
    return {"body": text.encode()}


def _definition(request: Shape) -> HttpApiDefinition:
    try:
        definition = read_http_api(parse(request["Body"]), request.get("Basepath"))
    except OpenApiError as error:
        raise bad_request(str(error)) from None
    for option in definition.not_built:
        raise not_built(option)
    return definition


def _put_parts(context: Context, writer: Writer, api_id: str, definition: HttpApiDefinition) -> list[str]:
    """Write the routes and integrations of a definition; return what is wrong with those that cannot be written."""
    warnings: list[str] = []
    targets: dict[str, str] = {}
    for name, members in definition.integrations.items():
        add = partial(add_integration, context, writer, api_id, members)
        integration = _attempt(f"Unable to create Integration '{name}'", add, warnings)
        if integration is not None:
            targets[name] = TARGET_PREFIX + integration["IntegrationId"]
    for route in definition.routes:
        route_key, target = route["RouteKey"], targets.get(route.get("Target", ""))
        add = partial(add_route, context, writer, api_id, route_key, target, route.get("OperationName"))
        _attempt(f"Unable to create Route '{route_key}'", add, warnings)
    return warnings


def _attempt(what: str, make: Callable[[], Document], warnings: list[str]) -> Document | None:
    try:
        return make()
    except OperationNotImplemented:
        raise
    except AwsError as error:
        warnings.append(f"{what}: {error.message}")
        return None


def _check_warnings(warnings: list[str], request: Shape) -> None:
    if warnings and request.get("FailOnWarnings"):
        raise bad_request("Warnings found during import:\n\t" + "\n\t".join(warnings))


def _configured(context: Context, reader: Reader, api: Document) -> Document:
    return {
        "Routes": list_parts(context, reader, ROUTE, api["ApiId"]),
        "Integrations": list_parts(context, reader, INTEGRATION, api["ApiId"]),
        "CorsConfiguration": api.get("CorsConfiguration"),
    }


def _served(context: Context, reader: Reader, api: Document, stage_name: str) -> Document:
    stage = require_stage(context, reader, api["ApiId"], stage_name)
    if not stage.get("DeploymentId"):
        return {"Routes": [], "Integrations": []}
    missing = "Invalid Deployment identifier specified"
    return require_part(context, reader, DEPLOYED_ROUTES, api["ApiId"], stage["DeploymentId"], missing)


def _check_export(request: Shape) -> None:
    if request["Specification"] != _SPECIFICATION:
        raise bad_request(f"Invalid specification: {request['Specification']}. Valid options are {_SPECIFICATION}")
    if request["OutputType"] not in _OUTPUT_TYPES:
        raise bad_request(f"Invalid outputType: {request['OutputType']}. Valid options are {','.join(_OUTPUT_TYPES)}")
    if request.get("ExportVersion", EXPORT_VERSION) != EXPORT_VERSION:
        raise bad_request(f"Invalid exportVersion: {request['ExportVersion']}. Valid options are {EXPORT_VERSION}")


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {"ImportApi": import_api, "ReimportApi": reimport_api, "ExportApi": export_api}
)
