"""How requests name log groups and streams, and what their ARNs are.

Source: LogGroup ("API Reference", CloudWatch Logs): `arn` ends with `:*`, `logGroupArn` does not; which operations take
which form differs, and here all take both.
"""

from gatewright.base.arn import Arn, parse_arn
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.logs.errors import group_missing, invalid_parameter, validation
from gatewright.observe.log_archive import GroupKey, LogArchive

_LONGEST = 512
_GROUP = "log-group:"


def archive(context: Context) -> LogArchive:
    """Return what is kept, with what functions wrote until now: their first line makes their group."""
    logs = context.node.logs()
    logs.catch_up()
    return logs


def now_ms(context: Context) -> int:
    """Return the time in milliseconds since the epoch, as this service has all times."""
    return int(context.clock.now() * 1000)


def group_key(context: Context, name: str) -> GroupKey:
    """Return the log group of a name in the caller's account and region. Raises InvalidParameterException."""
    return GroupKey(context.caller.account_id, context.caller.region, checked_name(name))


def checked_name(name: str) -> str:
    """Return the name of a group or stream. Raises InvalidParameterException when it is too long.

    The model has the bound as well, but AWS does not use its words for it (corrections/logs.json).
    """
    if len(name) > _LONGEST:
        raise invalid_parameter("Invalid LogGroup or LogStream, both must have length less than or equal to 512.")
    return name


def group_of(context: Context, request: Shape) -> GroupKey:
    """Return the log group that `logGroupName` or `logGroupIdentifier` of a request names."""
    name, identifier = request.get("logGroupName"), request.get("logGroupIdentifier")
    if name is not None and identifier is not None:
        raise validation("LogGroup name and LogGroup ARN are mutually exclusive parameters.")
    if name is not None:
        return group_key(context, name)
    if identifier is None:
        raise invalid_parameter("Either logGroupName or logGroupIdentifier must be specified.")
    return identified_group(context, identifier)


def identified_group(context: Context, identifier: str) -> GroupKey:
    """Return the log group of a name or an ARN. One of another account or region is not there."""
    arn = parse_arn(identifier)
    return group_key(context, identifier) if arn is None else _group_of_arn(context, arn)


def group_of_arn(context: Context, text: str) -> GroupKey:
    """Return the log group of an ARN. Raises InvalidParameterException for anything else."""
    arn = parse_arn(text)
    if arn is None or arn.service != "logs" or not arn.resource.startswith(_GROUP):
        raise invalid_parameter(f"Invalid resource ARN: {text}")
    return _group_of_arn(context, arn)


def group_arn(context: Context, key: GroupKey) -> str:
    """Return the ARN of a log group, without `:*`."""
    return f"arn:{context.caller.partition}:logs:{key.region}:{key.account_id}:{_GROUP}{key.name}"


def _group_of_arn(context: Context, arn: Arn) -> GroupKey:
    key = group_key(context, arn.resource.removeprefix(_GROUP).removesuffix(":*"))
    if (arn.account, arn.region) != (key.account_id, key.region):
        raise group_missing()
    return key
