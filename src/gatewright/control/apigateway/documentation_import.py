"""ImportDocumentationParts: the documentation of an OpenAPI document, without the API that it describes.

Source: "Import API documentation" (API Gateway Developer Guide).
"""

import json
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.control.apigateway.documentation_locations import LOCATION_TYPES, checked_location, location_key
from gatewright.control.apigateway.documentation_parts import add_part, check_room_for_part
from gatewright.control.apigateway.documents import DOCUMENTATION_PART, delete_parts, list_parts, part_key, require_api
from gatewright.control.apigateway.errors import bad_request
from gatewright.control.context import Context
from gatewright.languages.openapi.document import parse, version_of
from gatewright.languages.openapi.errors import OpenApiError
from gatewright.languages.openapi.read_documentation import documentation_of
from gatewright.languages.openapi.types import DocumentationPart
from gatewright.store.types import Document, Writer

_OVERWRITE = "overwrite"


def import_documentation_parts(context: Context, request: Shape) -> Shape:
    """Merge the documentation parts of a document into those of an API, or put them in their place."""
    api_id = request["restApiId"]
    try:
        document = parse(request["body"])
        parts, _ = documentation_of(document, version_of(document))
    except OpenApiError:
        raise bad_request("Unable to build importer with provided input.") from None
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        if request.get("mode") == _OVERWRITE:
            delete_parts(context, writer, DOCUMENTATION_PART, api_id)
        ids, warnings = put_parts(context, writer, api_id, parts)
        if warnings and request.get("failOnWarnings"):
            raise bad_request("Warnings found during import:\n\t" + "\n\t".join(warnings))
    return {"ids": ids, "warnings": warnings} if warnings else {"ids": ids}


def put_parts(
    context: Context, writer: Writer, api_id: str, parts: Iterable[DocumentationPart]
) -> tuple[list[str], list[str]]:
    """Write imported documentation parts; return their ids, and what is wrong with those that cannot be written."""
    known = {location_key(part["location"]): part for part in list_parts(context, writer, DOCUMENTATION_PART, api_id)}
    ids, warnings = [], []
    for part in parts:
        try:
            location = _location(part)
        except AwsError as error:
            warnings.append(error.message)
            continue
        existing = known.get(location_key(location))
        if existing is None:
            check_room_for_part(len(known))
            existing = add_part(context, writer, api_id, location, _text(part.properties))
            known[location_key(location)] = existing
        else:
            # "An imported attribute replaces the existing one if the two are different. Other existing documentation
            # attributes remain unaffected."
            existing["properties"] = _text({**json.loads(existing["properties"]), **part.properties})
            writer.put(part_key(context, DOCUMENTATION_PART, api_id, existing["id"]), existing)
        ids.append(existing["id"])
    return ids, warnings


def _location(part: DocumentationPart) -> Document:
    if part.location["type"] not in LOCATION_TYPES:
        raise bad_request(f"[Location type: {part.location['type']} is invalid.]")
    return checked_location(part.location)


def _text(properties: Mapping[str, object]) -> str:
    return json.dumps(properties, ensure_ascii=False, separators=(",", ":"))


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {"ImportDocumentationParts": import_documentation_parts}
)
