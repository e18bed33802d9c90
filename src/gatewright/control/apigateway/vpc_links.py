"""VPC links of REST APIs, kept as records: there is no VPC here, and no integration can use one.

Sources: the VpcLink type and its operations in the "Amazon API Gateway REST API Reference"; `update-vpc-link` in the
"AWS CLI Command Reference" (what an available one looks like); hashicorp/terraform-provider-aws pull request 2512 (the
refusals, seen of AWS). AWS takes minutes to connect one; here it is `AVAILABLE` at the next look.
"""

import logging
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.constraints import VPC_LINKS_PER_REGION
from gatewright.control.apigateway.documents import (
    PART_ID_LENGTH,
    VPC_LINK,
    key,
    list_documents,
    listed,
    page_of_documents,
    require,
)
from gatewright.control.apigateway.errors import bad_request, limit_exceeded
from gatewright.control.apigateway.patch import PatchPath, PatchTable, name_paths_of_op, patched
from gatewright.control.apigatewayv2.tag_sets import checked_tags
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader

_log = logging.getLogger("gatewright.control")

_LOAD_BALANCER = re.compile(r"arn:[^:]+:elasticloadbalancing:[^:]*:\d{12}:loadbalancer/net/[^/]+/[^/]+")
_PATCH = PatchTable((PatchPath("/name"), PatchPath("/description")), name_paths_of_op)


def create_vpc_link(context: Context, request: Shape) -> Shape:
    """Keep a VPC link. The answer is that of AWS, which is not done when it answers."""
    if not request["name"]:
        raise bad_request("Name cannot be empty")
    if len(request["targetArns"]) > 1:
        raise bad_request("More than one target arn specified for vpc link.")
    tags = checked_tags(context.caller, request.get("tags") or {})
    link: Document = {
        "id": context.ids.resource_id(PART_ID_LENGTH),
        "name": request["name"],
        "targetArns": list(request["targetArns"]),
        "tags": tags,
    }
    if request.get("description"):
        link["description"] = request["description"]
    with context.store.write() as writer:
        if len(list_documents(context, writer, VPC_LINK)) >= VPC_LINKS_PER_REGION:
            raise limit_exceeded("VPC Links")
        writer.put(key(context, VPC_LINK, link["id"]), link)
    _log.warning("VPC link %s (%s) is kept as a record only; it has no effect outside AWS", link["id"], link["name"])
    return {**_without_empty_tags(link), "status": "PENDING"}


def get_vpc_link(context: Context, request: Shape) -> Shape:
    """Return a VPC link."""
    with context.store.read() as reader:
        return _presented(_require_link(context, reader, request["vpcLinkId"]))


def get_vpc_links(context: Context, request: Shape) -> Shape:
    """List the VPC links."""
    with context.store.read() as reader:
        links, position = page_of_documents(context, reader, request, VPC_LINK)
    return listed([_without_empty_tags(_presented(link)) for link in links], position)


def update_vpc_link(context: Context, request: Shape) -> Shape:
    """Change the name or the description of a VPC link."""
    operations = request.get("patchOperations", ())
    if any(each.get("path", "").startswith("/targetArns") for each in operations):
        raise bad_request("Target arns are not allowed to be changed/added.")
    with context.store.write() as writer:
        link = patched(_require_link(context, writer, request["vpcLinkId"]), operations, _PATCH)
        if not link.get("name"):
            raise bad_request("Name cannot be empty")
        writer.put(key(context, VPC_LINK, link["id"]), link)
    return _presented(link)


def delete_vpc_link(context: Context, request: Shape) -> Shape:
    """Delete a VPC link."""
    with context.store.write() as writer:
        link = _require_link(context, writer, request["vpcLinkId"])
        writer.delete(key(context, VPC_LINK, link["id"]))
    return {}


def _require_link(context: Context, reader: Reader, link_id: str) -> Document:
    return require(context, reader, VPC_LINK, link_id, "Invalid Vpc Link identifier specified")


def _presented(link: Document) -> Document:
    if all(_LOAD_BALANCER.fullmatch(arn) for arn in link["targetArns"]):
        return {**link, "status": "AVAILABLE", "statusMessage": "Your vpc link is ready for use"}
    return {**link, "status": "FAILED", "statusMessage": "NLB ARN is malformed."}


def _without_empty_tags(link: Document) -> Document:
    return {name: value for name, value in link.items() if name != "tags" or value}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateVpcLink": create_vpc_link,
        "GetVpcLink": get_vpc_link,
        "GetVpcLinks": get_vpc_links,
        "UpdateVpcLink": update_vpc_link,
        "DeleteVpcLink": delete_vpc_link,
    }
)
