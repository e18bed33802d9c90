"""Creates that are repeated after a crash, in services that know no idempotency token."""

from collections.abc import Mapping
from typing import Any

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call


def is_ours(call: Call, name: str) -> bool:
    """Tell whether what is there was made by the attempt that a crash ended: nobody else has its random part."""
    return call.is_repeated and call.random_part.lower() in name.lower()


def created_or_ours(
    call: Call, name: str, service: str, operation: str, parameters: Mapping[str, Any], exists: str
) -> dict[str, Any] | None:
    """Create; None when the service says, by the code `exists`, that it is there, and it is ours."""
    try:
        return call.services.call(service, operation, parameters)
    except AwsError as error:
        if error.code != exists or not is_ours(call, name):
            raise
        return None
