"""Environment variables: which keys are Lambda's own, and how much they may hold.

Source: "Working with Lambda environment variables" (AWS Lambda Developer Guide); "Lambda quotas".
"""

import json
from collections.abc import Mapping

from gatewright.control.lambda_.errors import invalid_parameter

RESERVED_KEYS = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    }
)

_LARGEST_BYTES = 4096


def check_variables(variables: Mapping[str, str]) -> None:
    """Raise InvalidParameterValueException for reserved keys and for more than 4 KB in all."""
    reserved = [key for key in variables if key in RESERVED_KEYS]
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
