"""ImportRestApi, PutRestApi and GetExport: REST APIs from and to OpenAPI documents.

An import is one transaction: when anything of it is refused, nothing of it is kept. Stages and deployments are left
alone, so that what is imported is served with the next deployment.

Sources: "Develop REST APIs using OpenAPI in API Gateway", "Update an existing API with an OpenAPI definition" and
"Export a REST API from API Gateway" (API Gateway Developer Guide); texts as AWS answers them.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from gatewright.base.operations import Shape
from gatewright.control.apigateway.deployed_definition import deployed_definition
from gatewright.control.apigateway.documents import (
    DEPLOYED_API,
    MODEL,
    REST_API,
    delete_parts,
    key,
    require_api,
    require_part,
    require_stage,
)
from gatewright.control.apigateway.errors import bad_request, not_built
from gatewright.control.apigateway.import_parts import Imported, import_parts
from gatewright.control.apigateway.rest_apis import check_rest_api, new_rest_api, presented, put_new_rest_api
from gatewright.control.apigatewayv2.tag_sets import checked_tags
from gatewright.control.context import Context
from gatewright.languages.openapi.document import Version, parse
from gatewright.languages.openapi.errors import OpenApiError
from gatewright.languages.openapi.read_rest_api import read_rest_api
from gatewright.languages.openapi.text import json_text, yaml_text
from gatewright.languages.openapi.types import RestApiDefinition
from gatewright.languages.openapi.write_rest_api import EXTENSIONS, Deployed, version_text, write_rest_api
from gatewright.store.types import Document

_MERGE, _OVERWRITE = "merge", "overwrite"
_YAML = "application/yaml"
_ACCEPTED = frozenset({"", "*/*", "application/json", _YAML})
# "Any API configuration that isn't explicitly included in the import body is reset to its default."
_OVERWRITTEN = ("description", "version", "binaryMediaTypes", "minimumCompressionSize", "endpointAccessMode")
_RESET = ("apiKeySource", "disableExecuteApiEndpoint", "securityPolicy")
_CHANGED = (*_OVERWRITTEN, *_RESET, "name")


def import_rest_api(context: Context, request: Shape) -> Shape:
    """Create an API as a document describes it; its only models are those of the document."""
    api_id = context.ids.resource_id()
    definition = _definition(request, api_id)
    with context.store.write() as writer:
        api = {**new_rest_api(context, _creation(request, definition)), "id": api_id}
        put_new_rest_api(context, writer, api)
        delete_parts(context, writer, MODEL, api_id)
        imported = import_parts(context, writer, api, definition, ignores_documentation=_ignores_documentation(request))
        warnings = _checked(imported, definition, request)
    return {**api, "warnings": warnings} if warnings else api


def put_rest_api(context: Context, request: Shape) -> Shape:
    """Merge a document into an API, or put it in the API's place; resources of the same path keep their ids."""
    api_id = request["restApiId"]
    mode = request.get("mode") or _MERGE
    if mode not in {_MERGE, _OVERWRITE}:
        raise bad_request('Enumeration value of OpenAPI import mode must be "overwrite" or "merge"')
    with context.store.write() as writer:
        api = require_api(context, writer, api_id)
        definition = _definition(request, api_id)
        _change(context, api, definition, is_overwritten=mode == _OVERWRITE)
        writer.put(key(context, REST_API, api_id), api)
        imported = import_parts(
            context,
            writer,
            api,
            definition,
            is_overwritten=mode == _OVERWRITE,
            ignores_documentation=_ignores_documentation(request),
        )
        warnings = _checked(imported, definition, request)
    return {**presented(api), "warnings": warnings} if warnings else presented(api)


def get_export(context: Context, request: Shape) -> Shape:
    """Return what a stage serves as a document of OpenAPI 2.0 (`swagger`) or 3.0 (`oas30`)."""
    api_id = request["restApiId"]
    with context.store.read() as reader:
        # AWS misses the stage of an API that is not there in DeleteStage; moto's tests say the same of GetExport.
        stage = require_stage(context, reader, api_id, request["stageName"])
        version = _export_version(request["exportType"])
        is_yaml = _is_yaml(request)
        extensions = _extensions(request)
        api = require_api(context, reader, api_id)
        served = require_part(
            context, reader, DEPLOYED_API, api_id, stage["deploymentId"], "Invalid Deployment identifier specified"
        )
        definition, documentation_created = deployed_definition(context, reader, stage, served)
    url = urlsplit(context.node.execute_api_url.format(api_id=api_id))
    deployed = Deployed(url.netloc, stage["stageName"], api["createdDate"], url.scheme, documentation_created)
    document = write_rest_api(definition, version, extensions, deployed)
    text = yaml_text(document) if is_yaml else json_text(document)
    name = f"{version.value}_{version_text(definition, deployed)}.{'yaml' if is_yaml else 'json'}"
    return {
        # Recorded of AWS, for JSON too.
        "contentType": "application/octet-stream",
        "contentDisposition": f'attachment; filename="{_in_header(name)}"',
        "body": text.encode(),
    }


def _definition(request: Shape, api_id: str) -> RestApiDefinition:
    try:
        definition = read_rest_api(parse(request["body"]), _parameters(request).get("basepath"), api_id)
    except OpenApiError as error:
        raise bad_request(str(error)) from None
    for option in definition.not_built:
        raise not_built(option)
    return definition


def _creation(request: Shape, definition: RestApiDefinition) -> Document:
    members = {"name": "", **definition.rest_api}
    types = _parameters(request).get("endpointConfigurationTypes")
    if types:
        configuration = members.get("endpointConfiguration", {})
        members["endpointConfiguration"] = {**configuration, "types": [text.strip() for text in types.split(",")]}
    return members


def _change(context: Context, api: Document, definition: RestApiDefinition, *, is_overwritten: bool) -> None:
    # The endpoint configuration stays: an import can't change it.
    described = definition.rest_api
    if is_overwritten:
        for member in _OVERWRITTEN:
            api.pop(member, None)
        defaults = new_rest_api(context, {"name": api["name"]})
        api |= {member: defaults[member] for member in _RESET}
    api |= {member: described[member] for member in _CHANGED if member in described}
    if "tags" in described:
        api["tags"] = checked_tags(context.caller, described["tags"], api.get("tags", {}))
    check_rest_api(api)


def _checked(imported: Imported, definition: RestApiDefinition, request: Shape) -> list[str]:
    """Return the warnings of an import. Raises BadRequestException for errors, and for warnings that fail it."""
    warnings = [*definition.warnings, *imported.warnings]
    if imported.errors:
        message = "Errors found during import:\n\t" + "\n\t".join(imported.errors)
        if warnings:
            message += "\nAdditionally, these warnings were found:\n\t" + "\n\t".join(warnings)
        raise bad_request(message)
    if warnings and request.get("failOnWarnings"):
        raise bad_request("Warnings found during import:\n\t" + "\n\t".join(warnings))
    return warnings


def _parameters(request: Shape) -> Mapping[str, str]:
    return request.get("parameters") or {}


def _ignores_documentation(request: Shape) -> bool:
    return _parameters(request).get("ignore") == "documentation"


def _export_version(export_type: str) -> Version:
    try:
        return Version(export_type)
    except ValueError:
        raise bad_request(f"No API exporter for type '{export_type}'") from None


def _is_yaml(request: Shape) -> bool:
    accepted = (request.get("accepts") or "").partition(";")[0].strip().lower()
    if accepted not in _ACCEPTED:
        raise bad_request(f"Invalid accept header specified: {accepted}. Valid options are application/json,{_YAML}")
    return accepted == _YAML


def _extensions(request: Shape) -> frozenset[str]:
    listed = {name.strip() for name in (_parameters(request).get("extensions") or "").split(",")} - {""}
    for name in sorted(listed - EXTENSIONS):
        raise bad_request(f"Invalid extensions specified: {name}. Valid options are {','.join(sorted(EXTENSIONS))}")
    return frozenset(listed)


def _in_header(name: str) -> str:
    # The version is the author's: nothing of it may end the quotes or the header field.
    return "".join(each if each.isascii() and each.isprintable() and each not in '"\\' else "_" for each in name)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {"ImportRestApi": import_rest_api, "PutRestApi": put_rest_api, "GetExport": get_export}
)
