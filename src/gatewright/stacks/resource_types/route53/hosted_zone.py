"""`AWS::Route53::HostedZone`. Ref is the id.

Source: AWS::Route53::HostedZone (AWS CloudFormation User Guide).
"""

from collections.abc import Mapping
from typing import Any, Final

from gatewright.base.errors import OperationNotImplemented
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import given_tags
from gatewright.stacks.resource_types.outcomes import absence_is_done
from gatewright.stacks.resource_types.tags import as_list, tag_change

_NOT_BUILT: Final = ("HostedZoneFeatures", "QueryLoggingConfig")


def create(call: Call, properties: Properties) -> Resource:
    """Create the zone; a repeated CreateHostedZone with its reference is refused, so its id is kept."""
    for name in _NOT_BUILT:
        if name in properties:
            raise OperationNotImplemented(f"AWS::Route53::HostedZone: the property {name} is not implemented.")
    zone_id = call.earlier_id
    vpcs = [_vpc(one) for one in properties.get("VPCs", ())]
    if zone_id is None:
        parameters: dict[str, Any] = {"Name": properties["Name"], "CallerReference": call.token}
        if "HostedZoneConfig" in properties or vpcs:
            parameters["HostedZoneConfig"] = {**properties.get("HostedZoneConfig", {}), "PrivateZone": bool(vpcs)}
        if vpcs:
            parameters["VPC"] = vpcs[0]
        if "DelegationSetId" in properties:
            parameters["DelegationSetId"] = properties["DelegationSetId"]
        found = call.services.call("route53", "CreateHostedZone", parameters)
        zone_id = _bare(found["HostedZone"]["Id"])
        call.keep_id(zone_id)
        for vpc in vpcs[1:]:
            call.services.call("route53", "AssociateVPCWithHostedZone", {"HostedZoneId": zone_id, "VPC": vpc})
    _set_tags(call, zone_id, {}, given_tags(call, properties.get("HostedZoneTags")))
    return _resource(call, zone_id)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the comment, the VPCs and the tags."""
    zone_id = there.physical_id
    before, after = (one.get("HostedZoneConfig", {}).get("Comment", "") for one in (old, new))
    if before != after:
        call.services.call("route53", "UpdateHostedZoneComment", {"Id": zone_id, "Comment": after})
    present, wanted = ([_vpc(vpc) for vpc in one.get("VPCs", ())] for one in (old, new))
    for vpc in wanted:
        if vpc not in present:
            call.services.call("route53", "AssociateVPCWithHostedZone", {"HostedZoneId": zone_id, "VPC": vpc})
    for vpc in present:
        if vpc not in wanted:
            call.services.call("route53", "DisassociateVPCFromHostedZone", {"HostedZoneId": zone_id, "VPC": vpc})
    tags = (given_tags(call, one.get("HostedZoneTags")) for one in (old, new))
    _set_tags(call, zone_id, *tags)
    return _resource(call, zone_id)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the zone."""
    with absence_is_done():
        call.services.call("route53", "DeleteHostedZone", {"Id": there.physical_id})


def _vpc(given: Mapping[str, str]) -> dict[str, str]:
    return {"VPCId": given["VPCId"], "VPCRegion": given["VPCRegion"]}


def _set_tags(call: Call, zone_id: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
    change = tag_change(old, new)
    if change.put or change.remove:
        request: dict[str, Any] = {"ResourceType": "hostedzone", "ResourceId": zone_id}
        request |= {"AddTags": as_list(change.put)} if change.put else {}
        request |= {"RemoveTagKeys": change.remove} if change.remove else {}
        call.services.call("route53", "ChangeTagsForResource", request)


def _bare(zone_id: str) -> str:
    return zone_id.rpartition("/")[2]


def _resource(call: Call, zone_id: str) -> Resource:
    found = call.services.call("route53", "GetHostedZone", {"Id": zone_id})
    servers = found.get("DelegationSet", {}).get("NameServers", [])
    return Resource(zone_id, {"Id": zone_id, "NameServers": servers})


TYPE: Final = ResourceType("AWS::Route53::HostedZone", create, update, delete, is_record=True)
