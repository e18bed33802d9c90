"""What UpdateUsagePlan can change: the table of its paths.

Source: "UpdateUsagePlan" in "Patch operations" of the "Amazon API Gateway REST API Reference".
"""

import json
from typing import Any

from gatewright.control.apigateway.api_stages import api_stage_name
from gatewright.control.apigateway.errors import bad_request, not_found
from gatewright.control.apigateway.patch import (
    ADD,
    REMOVE,
    REPLACE,
    Change,
    Parse,
    PatchPath,
    PatchTable,
    integer,
    name_paths_of_op,
    number,
)
from gatewright.store.types import Document

_THROTTLE = "/apiStages/{apiStage}/throttle"
_THROTTLE_SHOWN = "/apiStages/<apidId:stageName>/throttle"
_METHOD = "{path+}/{method}"
_METHOD_SHOWN = "<resourcePath>/<httpMethod>"


def _api_stages(plan: Document, change: Change, parse: Parse) -> None:
    api_id, colon, stage = (change.text or "").partition(":")
    if not (api_id and colon and stage):
        raise bad_request("Invalid API Stage specified")
    others = [api_stage for api_stage in plan["apiStages"] if api_stage_name(api_stage) != change.text]
    if change.op == REMOVE:
        if len(others) == len(plan["apiStages"]):
            named = f"{{api: {api_id}, stage: {stage}}}"
            raise not_found(f"Invalid API Stage {named} specified for usageplan {plan['id']}")
        plan["apiStages"] = others
    else:
        plan["apiStages"].append({"apiId": api_id, "stage": stage})


def _api_stage(plan: Document, change: Change) -> Document:
    for api_stage in plan["apiStages"]:
        if api_stage_name(api_stage) == change.captures["apiStage"]:
            found: Document = api_stage
            return found
    raise not_found(f"API Stage not found: {change.captures['apiStage']}")


def _method_limit(plan: Document, change: Change, parse: Parse) -> None:
    throttles = _api_stage(plan, change).setdefault("throttle", {})
    throttles.setdefault(_method(change), {})[change.last] = parse(change.text, change.path)


def _throttles(plan: Document, change: Change, parse: Parse) -> None:
    """Remove the throttles of all methods, or replace them by those of a JSON text.

    Source: "Manage a usage plan by using the AWS CLI", whose example is a JSON text within another.
    """
    api_stage = _api_stage(plan, change)
    api_stage.pop("throttle", None)
    if change.op == REMOVE:
        return
    value = _json(_json(change.text))
    if not isinstance(value, dict) or not all(isinstance(throttle, dict) for throttle in value.values()):
        raise bad_request(f"Invalid value for path: {change.path}")
    throttles: Document = {}
    for method, throttle in value.items():
        limits = {"rateLimit": number, "burstLimit": integer}
        throttles[method] = {
            name: limits[name](str(limit), change.path) for name, limit in throttle.items() if name in limits
        }
    if throttles:
        api_stage["throttle"] = throttles


def _json(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None


def _remove_method_throttle(plan: Document, change: Change, parse: Parse) -> None:
    api_stage = _api_stage(plan, change)
    throttles = api_stage.get("throttle", {})
    throttles.pop(_method(change), None)
    if not throttles:
        api_stage.pop("throttle", None)


def _method(change: Change) -> str:
    """Return the key of a method's throttle: `/pets/{petId}/GET`."""
    return f"/{change.captures['path'].removeprefix('/')}/{change.captures['method']}"


USAGE_PLAN_PATCH = PatchTable(
    (
        PatchPath("/name"),
        PatchPath("/description"),
        PatchPath("/apiStages", (ADD, REMOVE), apply=_api_stages),
        PatchPath("/quota", (REMOVE,)),
        PatchPath("/quota/limit", (ADD, REPLACE), integer),
        PatchPath("/quota/offset", (ADD, REPLACE), integer),
        PatchPath("/quota/period", (ADD, REPLACE)),
        PatchPath("/throttle", (REMOVE,)),
        PatchPath("/throttle/rateLimit", (ADD, REPLACE), number),
        PatchPath("/throttle/burstLimit", (ADD, REPLACE), integer),
        PatchPath("/productCode", (ADD, REPLACE, REMOVE)),
        PatchPath(
            f"{_THROTTLE}/{_METHOD}",
            (REMOVE,),
            apply=_remove_method_throttle,
            shown=f"{_THROTTLE_SHOWN}/{_METHOD_SHOWN}",
        ),
        PatchPath(
            f"{_THROTTLE}/{_METHOD}/rateLimit",
            (ADD, REPLACE),
            number,
            _method_limit,
            shown=f"{_THROTTLE_SHOWN}/{_METHOD_SHOWN}/rateLimit",
        ),
        PatchPath(
            f"{_THROTTLE}/{_METHOD}/burstLimit",
            (ADD, REPLACE),
            integer,
            _method_limit,
            shown=f"{_THROTTLE_SHOWN}/{_METHOD_SHOWN}/burstLimit",
        ),
        PatchPath(_THROTTLE, (REMOVE, REPLACE), apply=_throttles, shown=_THROTTLE_SHOWN, shown_ops=(REMOVE,)),
    ),
    name_paths_of_op,
)
