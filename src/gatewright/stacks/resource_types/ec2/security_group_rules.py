"""`AWS::EC2::SecurityGroupIngress` and `AWS::EC2::SecurityGroupEgress`. Ref is the rule's id.

Source: the pages of the types (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.ec2.permissions import permission
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done


def _rule(type_name: str, direction: str) -> ResourceType:
    """Return the type of rules of a direction, `Ingress` or `Egress`."""

    def create(call: Call, properties: Properties) -> Resource:
        if call.earlier_id is not None:
            return Resource(call.earlier_id, {"Id": call.earlier_id})
        output = call.services.call("ec2", f"AuthorizeSecurityGroup{direction}", _parameters(properties))
        rules = output.get("SecurityGroupRules", ())
        rule_id = rules[-1]["SecurityGroupRuleId"] if rules else call.physical_name()
        call.keep_id(rule_id)
        return Resource(rule_id, {"Id": rule_id})

    def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
        operation = f"UpdateSecurityGroupRuleDescriptions{direction}"
        call.services.call("ec2", operation, _parameters(new))
        return there

    def delete(call: Call, there: Resource, properties: Properties) -> None:
        with absence_is_done():
            call.services.call("ec2", f"RevokeSecurityGroup{direction}", _parameters(properties))

    return ResourceType(type_name, create, update, delete, is_record=True)


def _parameters(properties: Properties) -> dict[str, Any]:
    group = picked(properties, ("GroupId", "GroupName"))
    return {**group, "IpPermissions": [permission(properties)]}


INGRESS: Final = _rule("AWS::EC2::SecurityGroupIngress", "Ingress")
EGRESS: Final = _rule("AWS::EC2::SecurityGroupEgress", "Egress")
