"""Log groups: their retention, encryption key and protection.

Source: "API Reference" (CloudWatch Logs). The key of `kmsKeyId` is a record: nothing is encrypted with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from gatewright.aws.pagination import page
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.logs.errors import constraint_violation, invalid_parameter, validation
from gatewright.control.logs.names import (
    archive,
    group_arn,
    group_key,
    group_of,
    group_of_arn,
    identified_group,
    now_ms,
)
from gatewright.observe.log_archive import GroupKey, GroupMissing, LogGroup

RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096),
    *(1827, 2192, 2557, 2922, 3288, 3653),
)
_LARGEST_PAGE = 50


def create_log_group(context: Context, request: Shape) -> Shape:
    """Create a log group."""
    archive(context).groups.create(
        LogGroup(
            group_key(context, request["logGroupName"]),
            now_ms(context),
            kms_key_id=request.get("kmsKeyId"),
            log_class=request.get("logGroupClass") or "STANDARD",
            is_protected=bool(request.get("deletionProtectionEnabled")),
            tags=dict(request.get("tags") or {}),
        )
    )
    return {}


def delete_log_group(context: Context, request: Shape) -> Shape:
    """Delete a log group with all that is in it."""
    key = group_key(context, request["logGroupName"])
    groups = archive(context).groups
    if groups.get(key).is_protected:
        raise validation(f"Log group {key.name} has deletion protection enabled and cannot be deleted.")
    groups.delete(key)
    return {}


def describe_log_groups(context: Context, request: Shape) -> Shape:
    """List log groups by their names."""
    prefix, part = request.get("logGroupNamePrefix"), request.get("logGroupNamePattern")
    if prefix is not None and part is not None:
        raise invalid_parameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
    if request.get("logGroupIdentifiers"):
        return {"logGroups": _identified(context, request)}
    caller = context.caller
    accounts = request.get("accountIdentifiers")
    if accounts and caller.account_id not in accounts:
        return {"logGroups": []}

    def fetch(after: str, limit: int) -> list[tuple[str, LogGroup]]:
        found = archive(context).groups.by_name(
            caller.account_id,
            caller.region,
            prefix=prefix or "",
            part=part or "",
            log_class=request.get("logGroupClass"),
            after=after,
            limit=limit,
        )
        return [(group.key.name, group) for group in found]

    groups, token = page(
        fetch,
        request.get("nextToken"),
        request.get("limit") or _LARGEST_PAGE,
        listing=f"DescribeLogGroups/{prefix}/{part}",
        error_code="InvalidParameterException",
        error_message="The specified nextToken is invalid.",
    )
    return {"logGroups": [_described(context, group) for group in groups], "nextToken": token}


def put_retention_policy(context: Context, request: Shape) -> Shape:
    """Set how many days events of a log group are kept."""
    days = request["retentionInDays"]
    if days not in RETENTION_DAYS:
        allowed = ", ".join(str(each) for each in RETENTION_DAYS)
        raise constraint_violation(days, "retentionInDays", f"Member must satisfy enum value set: [{allowed}]")
    _change(context, group_key(context, request["logGroupName"]), retention_days=days)
    return {}


def delete_retention_policy(context: Context, request: Shape) -> Shape:
    """Keep the events of a log group for ever; that it did so already is no error."""
    _change(context, group_key(context, request["logGroupName"]), retention_days=None)
    return {}


def associate_kms_key(context: Context, request: Shape) -> Shape:
    """Note the key of a log group."""
    _change(context, _key_holder(context, request), kms_key_id=request["kmsKeyId"])
    return {}


def disassociate_kms_key(context: Context, request: Shape) -> Shape:
    """Forget the key of a log group."""
    _change(context, _key_holder(context, request), kms_key_id=None)
    return {}


def put_log_group_deletion_protection(context: Context, request: Shape) -> Shape:
    """Protect a log group from being deleted, or no longer."""
    key = identified_group(context, request["logGroupIdentifier"])
    _change(context, key, is_protected=request["deletionProtectionEnabled"])
    return {}


def _key_holder(context: Context, request: Shape) -> GroupKey:
    identifier = request.get("resourceIdentifier")
    return group_of(context, request) if identifier is None else group_of_arn(context, identifier)


def _change(context: Context, key: GroupKey, **attributes: Any) -> None:
    archive(context).groups.change(key, lambda group: replace(group, **attributes))


def _identified(context: Context, request: Shape) -> list[Shape]:
    others = ("logGroupNamePrefix", "logGroupNamePattern", "logGroupClass", "accountIdentifiers", "nextToken")
    if any(request.get(name) is not None for name in others):
        raise invalid_parameter("logGroupIdentifiers and the other filters are mutually exclusive parameters.")
    found = []
    for identifier in request["logGroupIdentifiers"]:
        try:
            group = archive(context).groups.get(identified_group(context, identifier))
        except GroupMissing:
            continue
        found.append(_described(context, group))
    return found


def _described(context: Context, group: LogGroup) -> Shape:
    arn = group_arn(context, group.key)
    return {
        "logGroupName": group.key.name,
        "creationTime": group.created_ms,
        "retentionInDays": group.retention_days,
        "metricFilterCount": 0,
        "arn": f"{arn}:*",
        "storedBytes": group.stored_bytes,
        "kmsKeyId": group.kms_key_id,
        "logGroupClass": group.log_class,
        "logGroupArn": arn,
        "deletionProtectionEnabled": group.is_protected,
        "bearerTokenAuthenticationEnabled": False,
    }


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateLogGroup": create_log_group,
        "DeleteLogGroup": delete_log_group,
        "DescribeLogGroups": describe_log_groups,
        "PutRetentionPolicy": put_retention_policy,
        "DeleteRetentionPolicy": delete_retention_policy,
        "AssociateKmsKey": associate_kms_key,
        "DisassociateKmsKey": disassociate_kms_key,
        "PutLogGroupDeletionProtection": put_log_group_deletion_protection,
    }
)
