"""Rules of security groups: properties of templates as `IpPermissions` of operations.

Sources: AWS::EC2::SecurityGroup Ingress and Egress (AWS CloudFormation Template Reference); IpPermission (Amazon EC2
API Reference).
"""

from collections.abc import Mapping
from typing import Any

from gatewright.stacks.resource_types.members import picked, renamed


def permission(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule of either direction as the operations take it."""
    made: dict[str, Any] = picked(rule, ("IpProtocol", "FromPort", "ToPort"))
    described = picked(rule, ["Description"])
    if "CidrIp" in rule:
        made["IpRanges"] = [{"CidrIp": rule["CidrIp"], **described}]
    if "CidrIpv6" in rule:
        made["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **described}]
    lists = renamed(rule, {"SourcePrefixListId": "PrefixListId", "DestinationPrefixListId": "PrefixListId"})
    if lists:
        made["PrefixListIds"] = [lists | described]
    names = {
        "SourceSecurityGroupId": "GroupId",
        "DestinationSecurityGroupId": "GroupId",
        "SourceSecurityGroupName": "GroupName",
        "SourceSecurityGroupOwnerId": "UserId",
    }
    if group := renamed(rule, names):
        made["UserIdGroupPairs"] = [group | described]
    return made
