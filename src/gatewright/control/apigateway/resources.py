"""The resources of a REST API: a tree of path parts.

Source: the Resource resource in the "Amazon API Gateway REST API Reference".
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.constraints import RESOURCES_PER_API
from gatewright.control.apigateway.documents import (
    PART_ID_LENGTH,
    RESOURCE,
    list_parts,
    listed,
    page_of_documents,
    part_key,
    require_api,
    require_part,
)
from gatewright.control.apigateway.errors import bad_request, limit_exceeded
from gatewright.control.apigateway.patch import PatchPath, PatchTable, name_paths_of_op, patched, raw_text
from gatewright.control.apigateway.resource_tree import check_place, joined_path, subtree
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader, Writer


def create_resource(context: Context, request: Shape) -> Shape:
    """Create a resource below another one."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        parent = require_resource(context, writer, api_id, request["parentId"])
        return add_resource(context, writer, api_id, parent, request["pathPart"])


def get_resource(context: Context, request: Shape) -> Shape:
    """Return a resource; its methods in full when `embed` asks for them."""
    with context.store.read() as reader:
        resource = require_resource(context, reader, request["restApiId"], request["resourceId"])
    return _presented(resource, request.get("embed", ()))


def get_resources(context: Context, request: Shape) -> Shape:
    """List the resources of an API in the order of their ids."""
    api_id = request["restApiId"]
    with context.store.read() as reader:
        require_api(context, reader, api_id)
        resources, position = page_of_documents(context, reader, request, RESOURCE, parent_id=api_id)
    return listed([_presented(resource, request.get("embed", ())) for resource in resources], position)


def update_resource(context: Context, request: Shape) -> Shape:
    """Rename or move a resource by a patch; the paths of what is below it follow."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        before = require_resource(context, writer, api_id, request["resourceId"])
        resource = patched(before, request.get("patchOperations", ()), PATCH)
        _check_root(before, resource)
        if "parentId" in before:
            _place(context, writer, api_id, resource)
    return _presented(resource, ())


def delete_resource(context: Context, request: Shape) -> Shape:
    """Delete a resource with everything below it."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        resource = require_resource(context, writer, api_id, request["resourceId"])
        if "parentId" not in resource:
            raise bad_request("Root resource cannot be deleted.")
        for below in subtree(list_parts(context, writer, RESOURCE, api_id), resource["id"]):
            writer.delete(part_key(context, RESOURCE, api_id, below["id"]))
    return {}


def require_resource(context: Context, reader: Reader, api_id: str, resource_id: str) -> Document:
    """Return a resource. Raises NotFoundException, which AWS words the same when the API is not there."""
    return require_part(context, reader, RESOURCE, api_id, resource_id, "Invalid Resource identifier specified")


def put_resource(context: Context, writer: Writer, api_id: str, resource: Document) -> None:
    """Write a resource."""
    writer.put(part_key(context, RESOURCE, api_id, resource["id"]), resource)


def new_root(context: Context, writer: Writer, api: Document) -> None:
    """Write the root resource of a new API."""
    put_resource(context, writer, api["id"], {"id": api["rootResourceId"], "path": "/"})


def add_resource(context: Context, writer: Writer, api_id: str, parent: Document, path_part: str) -> Document:
    """Write a new resource and return it. Raises BadRequestException, ConflictException, LimitExceededException."""
    resources = list_parts(context, writer, RESOURCE, api_id)
    resource: Document = {
        "id": context.ids.resource_id(PART_ID_LENGTH),
        "parentId": parent["id"],
        "pathPart": path_part,
        "path": joined_path(parent["path"], path_part),
    }
    check_place(resources, parent, resource)
    if len(resources) >= RESOURCES_PER_API:
        raise limit_exceeded("Resources")
    put_resource(context, writer, api_id, resource)
    return resource


def _check_root(before: Document, resource: Document) -> None:
    for member in ("pathPart", "parentId"):
        if "parentId" not in before and member in resource:
            raise bad_request(f"Root resource cannot update its {member}.")


def _place(context: Context, writer: Writer, api_id: str, resource: Document) -> None:
    resources = list_parts(context, writer, RESOURCE, api_id)
    parent = require_resource(context, writer, api_id, resource["parentId"])
    below = subtree(resources, resource["id"])
    if any(parent["id"] == each["id"] for each in below):
        raise bad_request("Resources cannot be cyclical.")
    check_place(resources, parent, resource)
    paths = {parent["id"]: parent["path"]}
    for each in below:
        moved = resource if each["id"] == resource["id"] else each
        moved["path"] = paths[moved["id"]] = joined_path(paths[moved["parentId"]], moved["pathPart"])
        put_resource(context, writer, api_id, moved)


def _presented(resource: Document, embed: object) -> Document:
    methods = resource.get("resourceMethods")
    if not methods or (isinstance(embed, list) and "methods" in embed):
        return resource
    return {**resource, "resourceMethods": {http_method: {} for http_method in methods}}


PATCH = PatchTable((PatchPath("/parentId", parse=raw_text), PatchPath("/pathPart", parse=raw_text)), name_paths_of_op)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateResource": create_resource,
        "GetResource": get_resource,
        "GetResources": get_resources,
        "UpdateResource": update_resource,
        "DeleteResource": delete_resource,
    }
)
