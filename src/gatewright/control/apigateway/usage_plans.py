"""Usage plans: who may call which API stages, how often and how much.

Source: the UsagePlan type and its operations in the "Amazon API Gateway REST API Reference"; texts as AWS answers them
where known.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.api_keys import require_api_key
from gatewright.control.apigateway.api_stages import api_stage_name
from gatewright.control.apigateway.constraints import USAGE_PLANS_PER_REGION
from gatewright.control.apigateway.documents import (
    PART_ID_LENGTH,
    STAGE,
    USAGE,
    USAGE_PLAN,
    USAGE_PLAN_KEY,
    delete_parts,
    find_part,
    key,
    list_documents,
    page_of_items,
    require,
)
from gatewright.control.apigateway.errors import bad_request, conflict, limit_exceeded, not_found
from gatewright.control.apigateway.patch import patched
from gatewright.control.apigateway.usage_plan_keys import INVALID_PLAN, keys_of_plan, stage_in_other_plan
from gatewright.control.apigateway.usage_plan_patch import USAGE_PLAN_PATCH
from gatewright.control.apigateway.usage_plan_settings import check_quota, check_throttle
from gatewright.control.apigatewayv2.tag_sets import checked_tags
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader, Writer


def create_usage_plan(context: Context, request: Shape) -> Shape:
    """Create a usage plan."""
    plan: Document = {"id": context.ids.resource_id(PART_ID_LENGTH), "name": request["name"]}
    if request.get("description"):
        plan["description"] = request["description"]
    plan["apiStages"] = [_api_stage(api_stage) for api_stage in request.get("apiStages") or ()]
    if request.get("throttle"):
        plan["throttle"] = dict(request["throttle"])
    if request.get("quota"):
        plan["quota"] = dict(request["quota"])
    if request.get("tags"):
        plan["tags"] = checked_tags(context.caller, request["tags"])
    with context.store.write() as writer:
        if len(list_documents(context, writer, USAGE_PLAN)) >= USAGE_PLANS_PER_REGION:
            raise limit_exceeded("Usage Plans")
        return _put_plan(context, writer, plan)


def get_usage_plan(context: Context, request: Shape) -> Shape:
    """Return a usage plan."""
    with context.store.read() as reader:
        return _presented(require(context, reader, USAGE_PLAN, request["usagePlanId"], INVALID_PLAN))


def get_usage_plans(context: Context, request: Shape) -> Shape:
    """List the usage plans, or those that have the key `keyId`."""
    key_id = request.get("keyId")
    with context.store.read() as reader:
        plans = list_documents(context, reader, USAGE_PLAN)
        if key_id:
            require_api_key(context, reader, key_id)
            plans = [plan for plan in plans if find_part(context, reader, USAGE_PLAN_KEY, plan["id"], key_id)]
    return page_of_items(request, f"GetUsagePlans/{key_id}", [(plan["id"], plan) for plan in plans])


def update_usage_plan(context: Context, request: Shape) -> Shape:
    """Patch a usage plan."""
    with context.store.write() as writer:
        plan = require(context, writer, USAGE_PLAN, request["usagePlanId"], INVALID_PLAN)
        changed = patched(plan, request.get("patchOperations", []), USAGE_PLAN_PATCH)
        keys = [api_key["id"] for api_key in keys_of_plan(context, writer, plan["id"])]
        shared = stage_in_other_plan(context, writer, changed, keys)
        if shared is not None and shared not in map(api_stage_name, plan["apiStages"]):
            raise conflict(
                f"API Stage {shared} cannot be added because API Key cannot reference multiple Usage Plans "
                "with the same API Stage"
            )
        return _presented(_put_plan(context, writer, changed))


def delete_usage_plan(context: Context, request: Shape) -> Shape:
    """Delete a usage plan that has no API stages, with its keys and what they have used."""
    with context.store.write() as writer:
        plan = require(context, writer, USAGE_PLAN, request["usagePlanId"], INVALID_PLAN)
        if plan["apiStages"]:
            raise bad_request(
                f"Cannot delete Usage Plan {plan['id']} because there are API Stages associated with it, "
                f"including {api_stage_name(plan['apiStages'][0])}"
            )
        writer.delete(key(context, USAGE_PLAN, plan["id"]))
        for kind in (USAGE_PLAN_KEY, USAGE):
            delete_parts(context, writer, kind, plan["id"])
    return {}


def _put_plan(context: Context, writer: Writer, plan: Document) -> Document:
    """Check a plan, write it and return it. Raises BadRequestException, NotFoundException."""
    if not plan.get("name"):
        raise bad_request("Usage Plan name cannot be blank")
    _check_api_stages(context, writer, plan)
    if "throttle" in plan:
        plan["throttle"] = check_throttle(plan["throttle"])
    if "quota" in plan:
        plan["quota"] = check_quota(plan["quota"])
    writer.put(key(context, USAGE_PLAN, plan["id"]), plan)
    return plan


def _check_api_stages(context: Context, reader: Reader, plan: Document) -> None:
    for api_stage in plan["apiStages"]:
        if find_part(context, reader, STAGE, api_stage["apiId"], api_stage["stage"]) is None:
            raise not_found(f"API Stage not found: {api_stage_name(api_stage)}")
        for method, throttle in api_stage.get("throttle", {}).items():
            _check_method(method)
            api_stage["throttle"][method] = check_throttle(throttle)
    names = [api_stage_name(api_stage) for api_stage in plan["apiStages"]]
    if len(set(names)) != len(names):
        raise conflict(f"API Stage {max(names, key=names.count)} is already associated with the Usage Plan")


def _check_method(name: str) -> None:
    """Raise BadRequestException unless the key of a method's throttle is `/path/METHOD` (`//GET` for the root)."""
    path, slash, method = name.rpartition("/")
    if not (slash and path.startswith("/") and method):
        raise bad_request(
            f"Invalid method {{resourcePath: {path or name},method: {method if slash else ''}}} specified"
        )


def _api_stage(api_stage: Shape) -> Document:
    document: Document = {"apiId": api_stage.get("apiId") or "", "stage": api_stage.get("stage") or ""}
    if not (document["apiId"] and document["stage"]):
        # AWS fills nothing in (aws/aws-sdk, issue 354).
        raise bad_request("Invalid API Stage {api: %s, stage: %s} specified for usageplan %s")
    if api_stage.get("throttle"):
        document["throttle"] = {method: dict(throttle) for method, throttle in api_stage["throttle"].items()}
    return document


def _presented(plan: Document) -> Document:
    # As AWS answers: tags even when there are none, but not in CreateUsagePlan and not in GetUsagePlans.
    return {**plan, "tags": plan.get("tags", {})}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateUsagePlan": create_usage_plan,
        "GetUsagePlan": get_usage_plan,
        "GetUsagePlans": get_usage_plans,
        "UpdateUsagePlan": update_usage_plan,
        "DeleteUsagePlan": delete_usage_plan,
    }
)
