"""`AWS::ApiGatewayV2::RoutingRule`. Ref is its ARN.

Source: AWS::ApiGatewayV2::RoutingRule (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_SERVICE: Final = "apigatewayv2"
_SETTINGS: Final = ("Actions", "Conditions", "Priority")


def create(call: Call, properties: Properties) -> Resource:
    """Create the rule."""
    request = {**_target(properties), **picked(properties, _SETTINGS)}
    rule = call.services.call(_SERVICE, "CreateRoutingRule", request)
    return Resource(rule["RoutingRuleArn"], picked(rule, ("RoutingRuleArn", "RoutingRuleId")))


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Put the rule in the place of the old one."""
    call.services.call(_SERVICE, "PutRoutingRule", {**_rule(there, new), **picked(new, _SETTINGS)})
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the rule."""
    with absence_is_done():
        call.services.call(_SERVICE, "DeleteRoutingRule", _rule(there, properties))


def _rule(there: Resource, properties: Properties) -> dict[str, Any]:
    return {**_target(properties), "RoutingRuleId": there.physical_id.rpartition("/")[2]}


def _target(properties: Properties) -> dict[str, Any]:
    """Return the parameters that name the domain; the ARN of a private one ends with `+` and its id."""
    name, _, identifier = properties["DomainNameArn"].rpartition("/")[2].partition("+")
    return {"DomainName": name, **({"DomainNameId": identifier} if identifier else {})}


ROUTING_RULE: Final = ResourceType("AWS::ApiGatewayV2::RoutingRule", create, update, delete)
