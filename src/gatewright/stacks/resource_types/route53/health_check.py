"""`AWS::Route53::HealthCheck`. Ref is the id.

Source: AWS::Route53::HealthCheck (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import given_tags
from gatewright.stacks.resource_types.outcomes import absence_is_done
from gatewright.stacks.resource_types.tags import as_list

_NOT_IN_UPDATES: Final = frozenset({"MeasureLatency", "RequestInterval", "RoutingControlArn", "Type"})


def create(call: Call, properties: Properties) -> Resource:
    """Create the check; a repeated CreateHealthCheck with its reference answers with the same one."""
    parameters = {"CallerReference": call.token, "HealthCheckConfig": properties["HealthCheckConfig"]}
    check_id = call.services.call("route53", "CreateHealthCheck", parameters)["HealthCheck"]["Id"]
    call.keep_id(check_id)
    if tags := given_tags(call, properties.get("HealthCheckTags")):
        request = {"ResourceType": "healthcheck", "ResourceId": check_id, "AddTags": as_list(tags)}
        call.services.call("route53", "ChangeTagsForResource", request)
    return Resource(check_id, {"HealthCheckId": check_id})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change its configuration."""
    given: dict[str, Any] = new["HealthCheckConfig"]
    changes = {name: value for name, value in given.items() if name not in _NOT_IN_UPDATES}
    call.services.call("route53", "UpdateHealthCheck", {"HealthCheckId": there.physical_id, **changes})
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the check."""
    with absence_is_done():
        call.services.call("route53", "DeleteHealthCheck", {"HealthCheckId": there.physical_id})


TYPE: Final = ResourceType("AWS::Route53::HealthCheck", create, update, delete, is_record=True)
