"""Documentation parts: what is written about an API's entities.

Source: the DocumentationPart type and its operations in the "Amazon API Gateway REST API Reference"; texts as AWS
answers them where known.
"""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.constraints import DOCUMENTATION_PARTS_PER_API
from gatewright.control.apigateway.documentable_entities import entities
from gatewright.control.apigateway.documentation_locations import (
    checked_location,
    location_key,
    location_text,
    undocumented,
)
from gatewright.control.apigateway.documents import (
    DOCUMENTATION_PART,
    PART_ID_LENGTH,
    list_parts,
    page_of_items,
    part_key,
    require_api,
    require_part,
)
from gatewright.control.apigateway.errors import bad_request, conflict, limit_exceeded
from gatewright.control.apigateway.patch import REPLACE, PatchPath, PatchTable, name_paths_of_op, patched
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader, Writer

_UNDOCUMENTED = "UNDOCUMENTED"


def create_documentation_part(context: Context, request: Shape) -> Shape:
    """Document an entity that has no documentation yet; the entity itself need not exist."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        location = checked_location(request["location"])
        parts = list_parts(context, writer, DOCUMENTATION_PART, api_id)
        if location_key(location) in (location_key(part["location"]) for part in parts):
            raise conflict(f"Documentation part already exists for the specified location: {location_text(location)}")
        check_room_for_part(len(parts))
        return add_part(context, writer, api_id, location, checked_properties(request["properties"]))


def get_documentation_part(context: Context, request: Shape) -> Shape:
    """Return a documentation part."""
    with context.store.read() as reader:
        return _require_part(context, reader, request["restApiId"], request["documentationPartId"])


def get_documentation_parts(context: Context, request: Shape) -> Shape:
    """List the documentation parts of an API, or the locations that have none (`locationStatus`)."""
    api_id = request["restApiId"]
    with context.store.read() as reader:
        require_api(context, reader, api_id)
        parts = list_parts(context, reader, DOCUMENTATION_PART, api_id)
        if request.get("locationStatus") == _UNDOCUMENTED:
            documented = [part["location"] for part in parts]
            parts = [{"location": place} for place in undocumented(entities(context, reader, api_id), documented)]
    wanted = [part for part in parts if _is_wanted(part["location"], request)]
    items = [(part.get("id") or "/".join(location_key(part["location"])), part) for part in wanted]
    return page_of_items(request, f"GetDocumentationParts/{api_id}", items)


def update_documentation_part(context: Context, request: Shape) -> Shape:
    """Replace the properties of a documentation part."""
    api_id, part_id = request["restApiId"], request["documentationPartId"]
    with context.store.write() as writer:
        part = _require_part(context, writer, api_id, part_id)
        part = patched(part, request.get("patchOperations", []), _PART_PATCH)
        writer.put(part_key(context, DOCUMENTATION_PART, api_id, part_id), part)
    return part


def delete_documentation_part(context: Context, request: Shape) -> Shape:
    """Delete a documentation part; the versions that have it keep it."""
    api_id, part_id = request["restApiId"], request["documentationPartId"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        _require_part(context, writer, api_id, part_id)
        writer.delete(part_key(context, DOCUMENTATION_PART, api_id, part_id))
    return {}


def check_room_for_part(existing: int) -> None:
    """Raise LimitExceededException when the API has all the documentation parts that it can have."""
    if existing >= DOCUMENTATION_PARTS_PER_API:
        raise limit_exceeded("Documentation Parts")


def add_part(context: Context, writer: Writer, api_id: str, location: Document, properties: str) -> Document:
    """Write a new documentation part and return it."""
    part: Document = {"id": context.ids.resource_id(PART_ID_LENGTH), "location": location, "properties": properties}
    writer.put(part_key(context, DOCUMENTATION_PART, api_id, part["id"]), part)
    return part


def checked_properties(text: str) -> str:
    """Return the properties of a documentation part, which are the text of a JSON object."""
    if not text:
        raise bad_request("Documentation part properties must be non-empty")
    try:
        properties = json.loads(text)
    except ValueError:
        properties = None
    if not isinstance(properties, dict):
        raise bad_request("Documentation part properties must be a JSON object")
    return text


def _require_part(context: Context, reader: Reader, api_id: str, part_id: str) -> Document:
    return require_part(
        context, reader, DOCUMENTATION_PART, api_id, part_id, "Invalid Documentation part identifier specified"
    )


def _is_wanted(location: Document, request: Shape) -> bool:
    wanted = {"type": request.get("type"), "name": request.get("nameQuery"), "path": request.get("path")}
    return all(value in (None, "", location.get(member)) for member, value in wanted.items())


def _properties(value: str | None, path: str) -> object:
    return checked_properties(value or "")


_PART_PATCH = PatchTable((PatchPath("/properties", (REPLACE,), _properties),), name_paths_of_op)

OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateDocumentationPart": create_documentation_part,
        "GetDocumentationPart": get_documentation_part,
        "GetDocumentationParts": get_documentation_parts,
        "UpdateDocumentationPart": update_documentation_part,
        "DeleteDocumentationPart": delete_documentation_part,
    }
)
