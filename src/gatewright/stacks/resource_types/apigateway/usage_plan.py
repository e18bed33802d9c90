"""`AWS::ApiGateway::UsagePlan`, whose Ref is the id, and `AWS::ApiGateway::UsagePlanKey`, whose Ref is the key's id
and the plan's.

Source: the pages of these types (AWS CloudFormation User Guide). API Gateway deletes no plan that has stages: AWS
takes them from it first (its handler's permissions).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.apigateway.names import earlier, members, parameters, set_tags
from gatewright.stacks.resource_types.apigateway.patches import (
    PatchOperation,
    changes,
    escaped,
    patch,
    settings_of,
    value_changes,
)
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present
from gatewright.stacks.resource_types.tags import tags_of

NAME: Final = "AWS::ApiGateway::UsagePlan"
_PLAN: Final = MappingProxyType({"Description": "/description", "UsagePlanName": "/name"})
_QUOTA: Final = MappingProxyType({"Limit": "/quota/limit", "Offset": "/quota/offset", "Period": "/quota/period"})
_THROTTLE: Final = MappingProxyType({"BurstLimit": "burstLimit", "RateLimit": "rateLimit"})
_DEFAULTS: Final = MappingProxyType({"/description": "", "/quota/offset": "0"})


def create(call: Call, properties: Properties) -> Resource:
    """Create the plan."""
    plan = earlier(call, "GetUsagePlans")
    if plan is None:
        request = parameters(properties, ("Description", "Quota", "Throttle"))
        request["name"] = properties.get("UsagePlanName") or call.physical_name()
        if "ApiStages" in properties:
            request["apiStages"] = [_api_stage(one) for one in properties["ApiStages"]]
        if tags := tags_of(call, NAME, properties):
            request["tags"] = tags
        plan = call.services.call("apigateway", "CreateUsagePlan", request)
    return Resource(plan["id"], {"Id": plan["id"]})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the plan, its stages, and the throttles of their methods."""
    operations = value_changes("/apiStages", _stages(old), _stages(new))
    operations += changes(_settings(old), _settings(new), _DEFAULTS, ("/quota", "/throttle"))
    operations += _method_changes(old, new)
    patch(call, "UpdateUsagePlan", {"usagePlanId": there.physical_id}, operations)
    set_tags(call, f"/usageplans/{there.physical_id}", tags_of(call, NAME, new))
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Take its stages from the plan, and delete it."""
    target = {"usagePlanId": there.physical_id}
    plan = if_present(call, "apigateway", "GetUsagePlan", target)
    if plan is None:
        return
    names = [f"{stage['apiId']}:{stage['stage']}" for stage in plan.get("apiStages", ())]
    with absence_is_done():
        patch(call, "UpdateUsagePlan", target, value_changes("/apiStages", names, []))
        call.services.call("apigateway", "DeleteUsagePlan", target)


def create_key(call: Call, properties: Properties) -> Resource:
    """Give the plan a key."""
    try:
        request = parameters(properties, ("KeyId", "KeyType", "UsagePlanId"))
        call.services.call("apigateway", "CreateUsagePlanKey", request)
    except AwsError as error:
        if error.code != "ConflictException" or not call.is_repeated:
            raise
    identifier = f"{properties['KeyId']}:{properties['UsagePlanId']}"
    return Resource(identifier, {"Id": identifier})


def delete_key(call: Call, there: Resource, properties: Properties) -> None:
    """Take the key from the plan."""
    with absence_is_done():
        call.services.call("apigateway", "DeleteUsagePlanKey", parameters(properties, ("KeyId", "UsagePlanId")))


def _settings(properties: Properties) -> dict[str, str]:
    throttle = {name: f"/throttle/{member}" for name, member in _THROTTLE.items()}
    return {
        **settings_of(properties, _PLAN),
        **settings_of(properties.get("Quota", {}), _QUOTA),
        **settings_of(properties.get("Throttle", {}), throttle),
    }


def _api_stage(stage: Mapping[str, Any]) -> dict[str, Any]:
    request = parameters(stage, ("ApiId", "Stage"))
    if "Throttle" in stage:
        request["throttle"] = {method: members(limits) for method, limits in stage["Throttle"].items()}
    return request


def _stages(properties: Properties) -> list[str]:
    return [f"{one.get('ApiId', '')}:{one.get('Stage', '')}" for one in properties.get("ApiStages", ())]


def _method_changes(old: Properties, new: Properties) -> list[PatchOperation]:
    """Return the operations for the throttles of methods, of stages that are in the plan when these come."""
    kept = set(_stages(new))
    before = {path: value for stage, path, value in _method_limits(old) if stage in kept}
    after = {path: value for _, path, value in _method_limits(new)}
    added = kept - set(_stages(old))
    before = {path: value for path, value in before.items() if not any(f"/{stage}/" in path for stage in added)}
    methods = {path.rpartition("/")[0] for path in before}
    return changes(before, after, {}, sorted(methods))


def _method_limits(properties: Properties) -> list[tuple[str, str, str]]:
    """Return (stage, path, value) of each limit of a method; methods are keyed `/pets/GET`."""
    limits: list[tuple[str, str, str]] = []
    for stage in properties.get("ApiStages", ()):
        name = f"{stage.get('ApiId', '')}:{stage.get('Stage', '')}"
        for key, throttle in stage.get("Throttle", {}).items():
            path, _, method = key.rpartition("/")
            prefix = f"/apiStages/{name}/throttle/{escaped(path)}/{method}"
            paths = {one: f"{prefix}/{member}" for one, member in _THROTTLE.items()}
            limits += [(name, at, value) for at, value in settings_of(throttle, paths).items()]
    return limits


USAGE_PLAN: Final = ResourceType(NAME, create, update, delete)
USAGE_PLAN_KEY: Final = ResourceType("AWS::ApiGateway::UsagePlanKey", create_key, None, delete_key)
