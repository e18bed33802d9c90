"""Destinations of asynchronous invocations: which ARNs a function may send its records to.

Source: "Capturing records of Lambda asynchronous invocations" (AWS Lambda Developer Guide); DestinationConfig in the
"API reference". Whether a queue, topic or bus exists is another service's to say, when a record is sent.
"""

from typing import Any

from gatewright.base.arn import Arn, parse_arn, parse_function_name
from gatewright.control.lambda_.errors import invalid_parameter
from gatewright.control.lambda_.names import ALIAS, FUNCTION, LATEST, SERVICE, VERSION, FunctionTarget, is_version
from gatewright.store.types import Document, Key, Reader

_SERVICES = frozenset({"lambda", "sns", "sqs", "events"})
_ON_SUCCESS, _ON_FAILURE = "OnSuccess", "OnFailure"


def checked_destinations(reader: Reader, target: FunctionTarget, config: Document) -> Document:
    """Return a DestinationConfig as it is kept and answered: with both members, empty where nothing is sent.

    Raises InvalidParameterValueException.
    """
    arns = {member: (config.get(member) or {}).get("Destination") for member in (_ON_SUCCESS, _ON_FAILURE)}
    for member, destination in arns.items():
        if destination:
            _check(reader, target, member, destination, arns)
    return {member: {"Destination": arn} if arn else {} for member, arn in arns.items()}


def _check(reader: Reader, target: FunctionTarget, member: str, destination: str, arns: dict[str, Any]) -> None:
    arn = parse_arn(destination)
    if arn is not None and arn.service == "s3" and member == _ON_FAILURE:  # buckets take records of failures only
        return
    if arn is None or arn.service not in _SERVICES or arn.resource.endswith(".fifo"):
        texts = [
            f"{name[0].lower()}{name[1:]}={f'{name}(destination={value})' if value else 'null'}"
            for name, value in arns.items()
        ]
        raise invalid_parameter(f"The provided destination config DestinationConfig({', '.join(texts)}) is invalid.")
    if arn.service == "lambda":
        _check_function(reader, target, arn)


def _check_function(reader: Reader, target: FunctionTarget, arn: Arn) -> None:
    """Raise the error of a function that is not there, or that is the one whose records are sent."""
    reference = parse_function_name(str(arn))
    if reference is None or not _exists(reader, arn, reference.name, reference.qualifier):
        raise invalid_parameter(f"The destination ARN {arn} is invalid.")
    if ":".join(str(arn).split(":")[:7]) == target.arn:
        raise invalid_parameter("You can't specify the function as a destination for itself.")


def _exists(reader: Reader, arn: Arn, name: str, qualifier: str | None) -> bool:
    kind, identifier = FUNCTION, name
    if is_version(qualifier):
        kind, identifier = VERSION, f"{name}/{int(qualifier):010}"
    elif qualifier not in (None, LATEST):
        kind, identifier = ALIAS, f"{name}/{qualifier}"
    return reader.get(Key(arn.account, arn.region, SERVICE, kind, identifier)) is not None
