"""Environment variables: which keys are Lambda's own, and how much they may hold.

Source: "Working with Lambda environment variables" (AWS Lambda Developer Guide); "Lambda quotas".
"""

import json
from collections.abc import Mapping

from gatewright.base.function_variables import RESERVED_VARIABLES
from gatewright.control.lambda_.errors import invalid_parameter

_LARGEST_BYTES = 4096


def check_variables(variables: Mapping[str, str]) -> None:
    """Raise InvalidParameterValueException for reserved keys and for more than 4 KB in all."""
    reserved = [key for key in variables if key in RESERVED_VARIABLES]
    if reserved:
        raise invalid_parameter(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            "provided contains reserved keys that are currently not supported for modification. Reserved keys used in "
            f"this request: {', '.join(reserved)}"
        )
    # An environment is made of C strings (environ(7)); with a NUL in one, no process could be started.
    broken = [key for key, value in variables.items() if "\0" in value]
    if broken:
        raise invalid_parameter(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided contain a NUL character. Keys used in this request: {', '.join(broken)}"
        )
    measured = json.dumps(dict(variables), ensure_ascii=False, separators=(",", ":"))
    if len(measured.encode("utf-8", "surrogatepass")) > _LARGEST_BYTES:
        raise invalid_parameter(
            "Lambda was unable to configure your environment variables because the environment variables you have "
            f"provided exceeded the 4KB limit. String measured: {measured}"
        )
