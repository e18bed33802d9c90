"""`AWS::Route53::RecordSet`, whose Ref is the name, and `AWS::Route53::RecordSetGroup`.

Source: the pages of the types (AWS CloudFormation User Guide); ChangeResourceRecordSets (Amazon Route 53 API
Reference).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_SAME: Final = (
    "CidrRoutingConfig",
    "Failover",
    "GeoLocation",
    "GeoProximityLocation",
    "HealthCheckId",
    "MultiValueAnswer",
    "Name",
    "Region",
    "SetIdentifier",
    "Type",
    "Weight",
)
_IDENTITY: Final = ("Name", "Type", "SetIdentifier")


def create(call: Call, properties: Properties) -> Resource:
    """Create the record set; one that is there is somebody else's."""
    _change(call, properties, [("UPSERT" if call.is_repeated else "CREATE", properties)])
    return Resource(properties["Name"])


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Put it in the place of the old one."""
    _change(call, new, _changes([old], [new]))
    return Resource(new["Name"])


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the record set."""
    _delete(call, properties, [properties])


def create_group(call: Call, properties: Properties) -> Resource:
    """Create all record sets, or none."""
    action = "UPSERT" if call.is_repeated else "CREATE"
    _change(call, properties, [(action, one) for one in properties.get("RecordSets", ())])
    name = call.physical_name()
    return Resource(name, {"Id": name})


def update_group(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change those that differ."""
    _change(call, new, _changes(old.get("RecordSets", ()), new.get("RecordSets", ())))
    return there


def delete_group(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the record sets."""
    _delete(call, properties, properties.get("RecordSets", ()))


def replaces(old: Properties, new: Properties) -> bool:
    """Tell whether what identifies a record set differs: changed, it would be another one."""
    return any(old.get(name) != new.get(name) for name in _IDENTITY)


def _changes(old: Iterable[Properties], new: Iterable[Properties]) -> list[tuple[str, Properties]]:
    def key(record_set: Properties) -> tuple[Any, ...]:
        return tuple(record_set.get(name) for name in _IDENTITY)

    before, after = {key(one): one for one in old}, {key(one): one for one in new}
    removed = [("DELETE", one) for name, one in before.items() if name not in after]
    return removed + [("UPSERT", one) for name, one in after.items() if before.get(name) != one]


def _delete(call: Call, where: Properties, record_sets: Iterable[Properties]) -> None:
    try:
        zone_id = _zone(call, where)
    except AwsError:
        return  # with its zone a record set is gone as well
    for one in record_sets:
        # One by one: a batch that holds one that is gone does nothing.
        with absence_is_done("InvalidChangeBatch"):
            _send(call, zone_id, [("DELETE", one)])


def _change(call: Call, where: Properties, changes: list[tuple[str, Properties]]) -> None:
    if changes:
        _send(call, _zone(call, where), changes)


def _send(call: Call, zone_id: str, changes: list[tuple[str, Properties]]) -> None:
    listed = [{"Action": action, "ResourceRecordSet": _record_set(one)} for action, one in changes]
    request = {"HostedZoneId": zone_id, "ChangeBatch": {"Changes": listed}}
    call.services.call("route53", "ChangeResourceRecordSets", request)


def _zone(call: Call, properties: Properties) -> str:
    """Return the id of the zone, which may be named in place of it."""
    if "HostedZoneId" in properties:
        zone_id: str = properties["HostedZoneId"]
        return zone_id
    name = properties.get("HostedZoneName", "")
    found = call.services.call("route53", "ListHostedZonesByName", {"DNSName": name})["HostedZones"]
    zones = [zone["Id"].rpartition("/")[2] for zone in found if zone["Name"].rstrip(".") == name.rstrip(".")]
    if len(zones) != 1:
        reason = f"No hosted zones named {name} found" if not zones else f"Multiple hosted zones named {name} found"
        raise AwsError("ValidationError", reason)
    return str(zones[0])


def _record_set(properties: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = picked(properties, _SAME)
    if "TTL" in properties:
        made["TTL"] = int(properties["TTL"])
    if "ResourceRecords" in properties:
        made["ResourceRecords"] = [{"Value": value} for value in properties["ResourceRecords"]]
    if "AliasTarget" in properties:
        made["AliasTarget"] = {"EvaluateTargetHealth": False, **properties["AliasTarget"]}
    return made


RECORD_SET: Final = ResourceType("AWS::Route53::RecordSet", create, update, delete, is_record=True, replaces=replaces)
GROUP: Final = ResourceType("AWS::Route53::RecordSetGroup", create_group, update_group, delete_group, is_record=True)
