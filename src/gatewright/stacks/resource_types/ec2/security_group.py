"""`AWS::EC2::SecurityGroup`. Ref is the id.

Source: AWS::EC2::SecurityGroup (AWS CloudFormation User Guide): rules for what goes out replace the one that lets
everything out.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.ec2.permissions import permission
from gatewright.stacks.resource_types.ec2.tags import retag, tag_specifications
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_LONGEST_NAME: Final = 255
_EVERYTHING: Final = MappingProxyType({"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"})
_DIRECTIONS: Final = (("SecurityGroupIngress", "Ingress"), ("SecurityGroupEgress", "Egress"))
_ABSENT_RULE: Final = "InvalidPermission.NotFound"
_PRESENT_RULE: Final = "InvalidPermission.Duplicate"


def create(call: Call, properties: Properties) -> Resource:
    """Create the group, then set its rules."""
    group_id = call.earlier_id
    if group_id is None:
        parameters = {
            "GroupName": properties.get("GroupName") or call.physical_name(_LONGEST_NAME),
            "Description": properties["GroupDescription"],
            **picked(properties, ["VpcId"]),
            **tag_specifications(call, "security-group", properties),
        }
        group_id = call.services.call("ec2", "CreateSecurityGroup", parameters)["GroupId"]
        call.keep_id(group_id)
    _set_rules(call, group_id, {}, properties)
    return _resource(call, group_id)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the rules and the tags."""
    _set_rules(call, there.physical_id, old, new)
    retag(call, there.physical_id, old, new)
    return _resource(call, there.physical_id)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the group."""
    with absence_is_done():
        call.services.call("ec2", "DeleteSecurityGroup", {"GroupId": there.physical_id})


def _set_rules(call: Call, group_id: str, old: Properties, new: Properties) -> None:
    for name, direction in _DIRECTIONS:
        before, after = _rules(old, name), _rules(new, name)
        for rule in before:
            if rule not in after:
                _call(call, f"RevokeSecurityGroup{direction}", group_id, rule, _ABSENT_RULE)
        for rule in after:
            if rule not in before:
                _call(call, f"AuthorizeSecurityGroup{direction}", group_id, rule, _PRESENT_RULE)


def _rules(properties: Properties, name: str) -> list[Mapping[str, Any]]:
    rules = properties.get(name, [])
    given = rules if isinstance(rules, list) else [rules]
    return given or ([_EVERYTHING] if name == "SecurityGroupEgress" else [])


def _call(call: Call, operation: str, group_id: str, rule: Mapping[str, Any], passed_over: str) -> None:
    try:
        call.services.call("ec2", operation, {"GroupId": group_id, "IpPermissions": [permission(rule)]})
    except AwsError as error:
        if error.code != passed_over:
            raise


def _resource(call: Call, group_id: str) -> Resource:
    found = call.services.call("ec2", "DescribeSecurityGroups", {"GroupIds": [group_id]})["SecurityGroups"][0]
    return Resource(group_id, {"GroupId": group_id, "Id": group_id, "VpcId": found.get("VpcId", "")})


TYPE: Final = ResourceType("AWS::EC2::SecurityGroup", create, update, delete, is_record=True)
