"""The API keys and usage plans of an account in a region, compiled and validated.

They are compiled as a whole: plans name keys and keys are found by value, and an account has few enough of both
("Amazon API Gateway quotas": 10,000 keys and 300 plans per account and region).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gatewright.snapshot.types.usage_plan import (
    ApiKey,
    ApiStageId,
    PlanMember,
    QuotaSettings,
    ThrottleSettings,
    UsagePlan,
    UsagePlans,
)
from gatewright.store.types import Document, Reader

USAGE_PLAN_KINDS: Final = frozenset({"apikey", "usageplan", "usageplankey"})
"""The kinds of documents of the service `apigateway` that are compiled here. What is counted (`usage`) is not."""

_MOST_OFFSET: Final = MappingProxyType({"DAY": 0, "WEEK": 6, "MONTH": 27})
"""Offsets of a quota by its period: the day on which the period begins, as UpdateUsagePlan accepts them."""


def compile_usage_plans(reader: Reader, account: str, region: str) -> UsagePlans | None:
    """Compile them; None when there is neither a key nor a plan. Raises `ValueError`, `KeyError`, `TypeError`."""
    keys = {
        identifier: _compile_key(document)
        for identifier, document in reader.list(account, region, "apigateway", "apikey")
    }
    keys_of_plans: dict[str, set[str]] = {}
    for identifier, _ in reader.list(account, region, "apigateway", "usageplankey"):
        plan_id, _, key_id = identifier.partition("/")
        if key_id in keys:
            keys_of_plans.setdefault(plan_id, set()).add(key_id)
    plans = {
        identifier: _compile_plan(document, account, region, frozenset(keys_of_plans.get(identifier, ())))
        for identifier, document in reader.list(account, region, "apigateway", "usageplan")
    }
    if not keys and not plans:
        return None
    return UsagePlans(account, region, MappingProxyType(keys), MappingProxyType(plans), members_of(keys, plans))


def members_of(keys: Mapping[str, ApiKey], plans: Mapping[str, UsagePlan]) -> Mapping[str, PlanMember]:
    """Return the keys that may call something, by value."""
    of_keys: dict[str, list[UsagePlan]] = {}
    for plan in plans.values():
        for key_id in plan.key_ids:
            of_keys.setdefault(key_id, []).append(plan)
    return MappingProxyType(
        {
            keys[key_id].value: PlanMember(keys[key_id], tuple(its_plans))
            for key_id, its_plans in of_keys.items()
            if keys[key_id].is_enabled
        }
    )


def _compile_key(document: Document) -> ApiKey:
    return ApiKey(
        key_id=document["id"],
        value=document["value"],
        name=document.get("name") or "",
        # "enabled: Specifies whether the ApiKey can be used by callers" (CreateApiKey); absent is false.
        is_enabled=bool(document.get("enabled")),
        customer_id=document.get("customerId"),
    )


def _compile_plan(document: Document, account: str, region: str, key_ids: frozenset[str]) -> UsagePlan:
    stages = {_stage_id(each): _compile_method_throttles(each) for each in document.get("apiStages") or ()}
    throttle, quota = document.get("throttle"), document.get("quota")
    return UsagePlan(
        plan_id=document["id"],
        account_id=account,
        region=region,
        throttle=_compile_throttle(throttle) if throttle else None,
        quota=_compile_quota(quota) if quota else None,
        api_stages=MappingProxyType(stages),
        key_ids=key_ids,
    )


def _stage_id(stage: Document) -> ApiStageId:
    return stage["apiId"], stage["stage"]


def _compile_method_throttles(stage: Document) -> MappingProxyType[str, ThrottleSettings]:
    throttles = (stage.get("throttle") or {}).items()
    return MappingProxyType({_method_key(method): _compile_throttle(settings) for method, settings in throttles})


def _method_key(method: str) -> str:
    """Return `/{resource path}/{method}`: `//GET` for the root, which `/GET` means as well."""
    return f"/{method}" if method.startswith("/") and method.count("/") == 1 else method


def _compile_throttle(settings: Document) -> ThrottleSettings:
    rate, burst = settings.get("rateLimit"), settings.get("burstLimit")
    return ThrottleSettings(None if rate is None else float(rate), None if burst is None else int(burst))


def _compile_quota(settings: Document) -> QuotaSettings:
    period, offset, limit = settings["period"], int(settings.get("offset") or 0), int(settings["limit"])
    if period not in _MOST_OFFSET:
        raise ValueError(f"quota period {period} is none of {', '.join(_MOST_OFFSET)}")
    if not 0 <= offset <= _MOST_OFFSET[period]:
        raise ValueError(f"quota offset {offset} is not between 0 and {_MOST_OFFSET[period]} for the period {period}")
    if limit < 0:
        raise ValueError(f"quota limit {limit} is negative")
    return QuotaSettings(limit, offset, period)
