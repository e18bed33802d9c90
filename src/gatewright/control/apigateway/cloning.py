"""A new REST API out of another one: the copy that `cloneFrom` of CreateRestApi makes.

Deployments and stages stay where they are; resources get ids of their own. Source: cloneFrom of CreateRestApi in the
"Amazon API Gateway REST API Reference".
"""

from gatewright.control.apigateway.documents import (
    DOCUMENTATION_PART,
    GATEWAY_RESPONSE,
    MODEL,
    PART_ID_LENGTH,
    REQUEST_VALIDATOR,
    RESOURCE,
    list_parts,
    part_key,
)
from gatewright.control.context import Context
from gatewright.store.types import Document, Writer

_COPIED = ((MODEL, "name"), (REQUEST_VALIDATOR, "id"), (GATEWAY_RESPONSE, "responseType"), (DOCUMENTATION_PART, "id"))
"""The kinds that are copied as they are, and the member that names each."""


def clone_parts(context: Context, writer: Writer, source_id: str, api: Document) -> None:
    """Write copies of the parts of an API into another one that is new."""
    for kind, name in _COPIED:
        for part in list_parts(context, writer, kind, source_id):
            writer.put(part_key(context, kind, api["id"], part[name]), part)
    resources = list_parts(context, writer, RESOURCE, source_id)
    new_ids = {resource["id"]: _new_id(context, resource, api) for resource in resources}
    for resource in resources:
        copied = _with_new_ids(resource, new_ids)
        writer.put(part_key(context, RESOURCE, api["id"], copied["id"]), copied)


def _new_id(context: Context, resource: Document, api: Document) -> str:
    return str(context.ids.resource_id(PART_ID_LENGTH) if "parentId" in resource else api["rootResourceId"])


def _with_new_ids(resource: Document, new_ids: dict[str, str]) -> Document:
    resource["id"] = new_ids[resource["id"]]
    if "parentId" in resource:
        resource["parentId"] = new_ids[resource["parentId"]]
    for method in resource.get("resourceMethods", {}).values():
        integration = method.get("methodIntegration")
        # The namespace of a cache is the resource's id unless somebody chose another one.
        if integration is not None:
            namespace = integration["cacheNamespace"]
            integration["cacheNamespace"] = new_ids.get(namespace, namespace)
    return resource
