"""Weighted routing of an alias: a second version that a share of the invocations goes to.

Source: "Implement Lambda canary deployments using a weighted alias" (AWS Lambda Developer Guide). That a weight is
between 0 and 1 and a version a number is the model's to check.
"""

from collections.abc import Mapping
from typing import Any

from gatewright.base.errors import AwsError
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import function_not_found, invalid_parameter
from gatewright.control.lambda_.names import LATEST, FunctionTarget, find_version
from gatewright.store.types import Document, Reader


def weights_of(routing: Mapping[str, Any] | None) -> Mapping[str, float]:
    """Return the weights of a RoutingConfig by version; it may be absent or empty."""
    return (routing or {}).get("AdditionalVersionWeights") or {}


def check_routing(
    context: Context, reader: Reader, target: FunctionTarget, version: Document, weights: Mapping[str, float]
) -> None:
    """Raise AwsError unless an alias of `version` may route to the versions that have weights."""
    if not weights:
        return
    if len(weights) > 1:
        raise invalid_parameter("Number of items in AdditionalVersionWeights cannot be greater than 1")
    number = version["Version"]
    if number == LATEST:
        # Without the `Type` that other errors have: recorded of AWS (test_notfound_and_invalid_routingconfigs).
        message = "$LATEST is not supported for an alias pointing to more than 1 version"
        raise AwsError("InvalidParameterValueException", message, members={"Type": None})
    for additional in weights:
        if additional == number:
            raise invalid_parameter(
                f"Invalid function version {number}. "
                f"Function version {number} is already included in routing configuration."
            )
        other = find_version(context, reader, target, additional)
        if other is None:
            raise function_not_found(f"{target.arn}:{additional}")
        if other["Role"] != version["Role"]:
            raise invalid_parameter("Specified versions must be associated with the same execution role")
        # The rule is documented, Lambda's words for it are not.
        if other.get("DeadLetterConfig") != version.get("DeadLetterConfig"):
            raise invalid_parameter("Specified versions must have the same dead-letter queue configuration")
