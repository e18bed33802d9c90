"""Usage plan keys: which API keys a usage plan counts.

Source: the UsagePlanKey type and its operations in the "Amazon API Gateway REST API Reference"; texts as AWS answers
them where known.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.api_keys import newest_first, require_api_key
from gatewright.control.apigateway.api_stages import api_stage_name
from gatewright.control.apigateway.constraints import USAGE_PLANS_PER_API_KEY
from gatewright.control.apigateway.documents import (
    API_KEY,
    USAGE,
    USAGE_PLAN,
    USAGE_PLAN_KEY,
    find,
    find_part,
    list_documents,
    list_parts,
    page_of_items,
    part_key,
    require,
)
from gatewright.control.apigateway.errors import bad_request, conflict, limit_exceeded, not_found
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader, Writer

INVALID_PLAN = "Invalid Usage Plan ID specified"

_KEY_TYPE = "API_KEY"


def create_usage_plan_key(context: Context, request: Shape) -> Shape:
    """Add an API key to a usage plan."""
    if request["keyType"] != _KEY_TYPE:
        raise bad_request(f"Invalid key type specified: {request['keyType']}. Must be one of: [{_KEY_TYPE}]")
    with context.store.write() as writer:
        plan = require(context, writer, USAGE_PLAN, request["usagePlanId"], INVALID_PLAN)
        api_key = require_api_key(context, writer, request["keyId"])
        return add_usage_plan_key(context, writer, plan, api_key)


def get_usage_plan_key(context: Context, request: Shape) -> Shape:
    """Return a key of a usage plan."""
    plan_id, key_id = request["usagePlanId"], request["keyId"]
    with context.store.read() as reader:
        api_key = require_api_key(context, reader, key_id)
        if find_part(context, reader, USAGE_PLAN_KEY, plan_id, key_id) is None:
            # AWS says so of the plan, whether it is the plan or its key that is not there.
            raise not_found(INVALID_PLAN)
    return _presented(api_key)


def get_usage_plan_keys(context: Context, request: Shape) -> Shape:
    """List the keys of a usage plan whose name begins with `nameQuery`."""
    plan_id, prefix = request["usagePlanId"], request.get("nameQuery") or ""
    # Recorded of AWS: a plan that is not there has no keys, and is no error.
    with context.store.read() as reader:
        keys = keys_of_plan(context, reader, plan_id) if "/" not in plan_id else []
    items = [
        (newest_first(api_key), _presented(api_key)) for api_key in keys if api_key.get("name", "").startswith(prefix)
    ]
    return page_of_items(request, f"GetUsagePlanKeys/{plan_id}/{prefix}", items)


def delete_usage_plan_key(context: Context, request: Shape) -> Shape:
    """Take an API key out of a usage plan; what it has used is forgotten."""
    plan_id, key_id = request["usagePlanId"], request["keyId"]
    with context.store.write() as writer:
        require(context, writer, USAGE_PLAN, plan_id, INVALID_PLAN)
        if find_part(context, writer, USAGE_PLAN_KEY, plan_id, key_id) is None:
            raise not_found("Invalid API Key identifier specified")
        for kind in (USAGE_PLAN_KEY, USAGE):
            writer.delete(part_key(context, kind, plan_id, key_id))
    return {}


def keys_of_plan(context: Context, reader: Reader, plan_id: str) -> list[Document]:
    """Return the API keys of a usage plan, in the order of their ids."""
    found = (
        find(context, reader, API_KEY, plan_key["id"])
        for plan_key in list_parts(context, reader, USAGE_PLAN_KEY, plan_id)
    )
    return [api_key for api_key in found if api_key is not None]


def add_usage_plan_key(
    context: Context, writer: Writer, plan: Document, api_key: Document, *, is_import: bool = False
) -> Document:
    """Write a key of a plan and return it. Raises ConflictException; an import may repeat itself."""
    if find_part(context, writer, USAGE_PLAN_KEY, plan["id"], api_key["id"]) is not None and not is_import:
        raise conflict("API Key already exists in the usage plan")
    plans = [other["id"] for other in list_documents(context, writer, USAGE_PLAN) if other["id"] != plan["id"]]
    used = sum(find_part(context, writer, USAGE_PLAN_KEY, other, api_key["id"]) is not None for other in plans)
    if used >= USAGE_PLANS_PER_API_KEY:
        raise limit_exceeded("Usage Plans per API Key")
    shared = stage_in_other_plan(context, writer, plan, [api_key["id"]])
    if shared is not None:
        raise conflict(
            f"Usage Plan {plan['id']} cannot be added because API Key cannot reference multiple Usage Plans "
            f"with the same API Stage: {shared}"
        )
    plan_key = _presented(api_key)
    writer.put(part_key(context, USAGE_PLAN_KEY, plan["id"], api_key["id"]), plan_key)
    return plan_key


def stage_in_other_plan(context: Context, reader: Reader, plan: Document, key_ids: Iterable[str]) -> str | None:
    """Return the API stage that one of the keys could use by another plan already, or None.

    "An API key can be associated with more than one usage plan, but not by the same API stage": which plan counted a
    request would be chance.
    """
    stages = {api_stage_name(api_stage) for api_stage in plan["apiStages"]}
    for other in list_documents(context, reader, USAGE_PLAN):
        shared = sorted(stages & {api_stage_name(api_stage) for api_stage in other["apiStages"]})
        if other["id"] == plan["id"] or not shared:
            continue
        if any(find_part(context, reader, USAGE_PLAN_KEY, other["id"], key_id) for key_id in key_ids):
            return shared[0]
    return None


def _presented(api_key: Document) -> Document:
    plan_key = {"id": api_key["id"], "type": _KEY_TYPE, "value": api_key["value"]}
    return {**plan_key, "name": api_key["name"]} if "name" in api_key else plan_key


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateUsagePlanKey": create_usage_plan_key,
        "GetUsagePlanKey": get_usage_plan_key,
        "GetUsagePlanKeys": get_usage_plan_keys,
        "DeleteUsagePlanKey": delete_usage_plan_key,
    }
)
