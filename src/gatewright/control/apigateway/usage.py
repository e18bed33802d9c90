"""GetUsage and UpdateUsage: what API keys have used of the quotas of a usage plan.

The data plane counts; these operations check what is asked and put the answer in order.

Source: the Usage type and its operations in the "Amazon API Gateway REST API Reference".
"""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from gatewright.base.clock import utc
from gatewright.base.operations import Shape
from gatewright.control.apigateway.documents import USAGE_PLAN, USAGE_PLAN_KEY, find_part, page_of_items, require
from gatewright.control.apigateway.errors import bad_request, not_found
from gatewright.control.apigateway.patch import REPLACE, PatchPath, PatchTable, integer, name_paths_of_op, patched
from gatewright.control.apigateway.usage_plan_keys import INVALID_PLAN
from gatewright.control.context import Context
from gatewright.store.types import Reader

_MOST_DAYS = 366
"""What `QuotaUsage.read` answers at once."""

_USAGE_PATCH = PatchTable((PatchPath("/remaining", (REPLACE,), integer),), name_paths_of_op)


def get_usage(context: Context, request: Shape) -> Shape:
    """Return, by key, what was used and what was left on each day from `startDate` to `endDate`."""
    plan_id, key_id = request["usagePlanId"], request.get("keyId") or None
    start, end = _day(request, "startDate"), _day(request, "endDate")
    if start > end:
        raise bad_request("Invalid date range specified: startDate must not be after endDate")
    if (end - start).days >= _MOST_DAYS:
        raise bad_request(f"Invalid date range specified: it must not be longer than {_MOST_DAYS} days")
    with context.store.read() as reader:
        require(context, reader, USAGE_PLAN, plan_id, INVALID_PLAN)
        if key_id is not None:
            _require_key(context, reader, plan_id, key_id)
    caller = context.caller
    usage = context.node.usage.read(caller.account_id, caller.region, plan_id, key_id, start, end)
    page = page_of_items(
        request,
        f"GetUsage/{plan_id}/{key_id}/{start}/{end}",
        [(each, {"id": each, "days": days}) for each, days in usage.items()],
    )
    answer = _answer(plan_id, start, end, {item["id"]: item["days"] for item in page["items"]})
    return {**answer, "position": page["position"]} if "position" in page else answer


def update_usage(context: Context, request: Shape) -> Shape:
    """Let a key make `remaining` more requests in the current period of the quota."""
    plan_id, key_id = request["usagePlanId"], request["keyId"]
    with context.store.read() as reader:
        plan = require(context, reader, USAGE_PLAN, plan_id, INVALID_PLAN)
        _require_key(context, reader, plan_id, key_id)
    if "quota" not in plan:
        raise bad_request(f"Usage Plan {plan_id} has no quota")
    remaining = patched({}, request.get("patchOperations", []), _USAGE_PATCH).get("remaining")
    caller, today = context.caller, utc(context.clock.now()).date()
    if remaining is not None:
        if remaining < 0:
            raise bad_request("Invalid value specified for remaining: it must be a non-negative numeric")
        context.node.usage.set_remaining(caller.account_id, caller.region, plan_id, key_id, remaining)
    return _answer(
        plan_id,
        today,
        today,
        context.node.usage.read(caller.account_id, caller.region, plan_id, key_id, today, today),
    )


def _answer(plan_id: str, start: date, end: date, items: Mapping[str, list[list[int]]]) -> Shape:
    return {
        "usagePlanId": plan_id,
        "startDate": start.isoformat(),
        "endDate": end.isoformat(),
        "items": dict(items),
    }


def _day(request: Shape, member: str) -> date:
    text = request[member]
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # `fromisoformat` also reads 20261231 and 2026-W01-1.
    if day is None or day.isoformat() != text:
        raise bad_request(f"Invalid {member} specified: {text}. It must be a date such as 2016-12-31")
    return day


def _require_key(context: Context, reader: Reader, plan_id: str, key_id: str) -> None:
    if find_part(context, reader, USAGE_PLAN_KEY, plan_id, key_id) is None:
        raise not_found("Invalid API Key identifier specified")


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {"GetUsage": get_usage, "UpdateUsage": update_usage}
)
