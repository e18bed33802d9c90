"""Documentation versions: snapshots of an API's documentation parts, which stages publish.

Source: the DocumentationVersion type and its operations in the "Amazon API Gateway REST API Reference".
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.documents import (
    DOCUMENTATION_PART,
    DOCUMENTATION_VERSION,
    STAGE,
    find_part,
    list_parts,
    listed,
    page_of_documents,
    part_key,
    require_api,
    require_part,
    require_stage,
    timestamp,
)
from gatewright.control.apigateway.errors import bad_request, conflict
from gatewright.control.apigateway.patch import PatchPath, PatchTable, name_paths_of_op, patched
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader

PARTS_OF_VERSION = "documentationParts"
"""The member of the document that holds the snapshot; GetExport reads it, no other operation returns it."""

_LONGEST_VERSION = 64
_VERSION_PATCH = PatchTable((PatchPath("/description"),), name_paths_of_op)


def create_documentation_version(context: Context, request: Shape) -> Shape:
    """Keep the documentation parts as they are, and publish them on the stage `stageName` when one is named."""
    api_id, version = request["restApiId"], request["documentationVersion"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        if not version or "/" in version or len(version) > _LONGEST_VERSION:
            raise bad_request("Invalid Documentation version specified")
        if find_part(context, writer, DOCUMENTATION_VERSION, api_id, version) is not None:
            raise conflict("Documentation version already exists")
        document: Document = {"version": version, "createdDate": timestamp(context)}
        if request.get("description"):
            document["description"] = request["description"]
        document[PARTS_OF_VERSION] = list_parts(context, writer, DOCUMENTATION_PART, api_id)
        writer.put(part_key(context, DOCUMENTATION_VERSION, api_id, version), document)
        if request.get("stageName"):
            stage = require_stage(context, writer, api_id, request["stageName"])
            stage |= {"documentationVersion": version, "lastUpdatedDate": timestamp(context)}
            writer.put(part_key(context, STAGE, api_id, stage["stageName"]), stage)
    return _presented(document)


def get_documentation_version(context: Context, request: Shape) -> Shape:
    """Return a documentation version."""
    with context.store.read() as reader:
        return _presented(_require_version(context, reader, request))


def get_documentation_versions(context: Context, request: Shape) -> Shape:
    """List the documentation versions of an API."""
    api_id = request["restApiId"]
    with context.store.read() as reader:
        require_api(context, reader, api_id)
        versions, position = page_of_documents(context, reader, request, DOCUMENTATION_VERSION, parent_id=api_id)
    return listed([_presented(version) for version in versions], position)


def update_documentation_version(context: Context, request: Shape) -> Shape:
    """Change the description of a documentation version."""
    with context.store.write() as writer:
        version = _require_version(context, writer, request)
        version = patched(version, request.get("patchOperations", []), _VERSION_PATCH)
        writer.put(part_key(context, DOCUMENTATION_VERSION, request["restApiId"], version["version"]), version)
    return _presented(version)


def delete_documentation_version(context: Context, request: Shape) -> Shape:
    """Delete a documentation version; stages that published it publish none."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        version = _require_version(context, writer, request)["version"]
        writer.delete(part_key(context, DOCUMENTATION_VERSION, api_id, version))
        for stage in list_parts(context, writer, STAGE, api_id):
            if stage.get("documentationVersion") == version:
                del stage["documentationVersion"]
                writer.put(part_key(context, STAGE, api_id, stage["stageName"]), stage)
    return {}


def _require_version(context: Context, reader: Reader, request: Shape) -> Document:
    return require_part(
        context,
        reader,
        DOCUMENTATION_VERSION,
        request["restApiId"],
        request["documentationVersion"],
        "Invalid Documentation version specified",
    )


def _presented(version: Document) -> Document:
    return {member: value for member, value in version.items() if member != PARTS_OF_VERSION}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateDocumentationVersion": create_documentation_version,
        "GetDocumentationVersion": get_documentation_version,
        "GetDocumentationVersions": get_documentation_versions,
        "UpdateDocumentationVersion": update_documentation_version,
        "DeleteDocumentationVersion": delete_documentation_version,
    }
)
