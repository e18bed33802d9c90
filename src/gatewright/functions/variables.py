"""The environment variables of a function. Source: "Working with Lambda environment variables" (Developer Guide)."""

from collections.abc import Mapping
from socket import socket
from typing import Final

from gatewright.base.function_variables import RESERVED_VARIABLES
from gatewright.functions.sandbox.types import Sandbox
from gatewright.functions.settings import FunctionSettings
from gatewright.snapshot.types import FunctionVersion

ON_DEMAND: Final = "on-demand"
PROVISIONED: Final = "provisioned-concurrency"
"""Values of AWS_LAMBDA_INITIALIZATION_TYPE."""

_PATH: Final = "/usr/local/bin:/usr/bin/:/bin:{opt_root}/bin"
_LIBRARIES: Final = "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:{task_root}:{task_root}/lib:{opt_root}/lib"
# Recorded of AWS: localstack, test_introspection_invoke.
_XRAY_DAEMON: Final = ("169.254.79.129", "2000")


def environment_variables(
    function: FunctionVersion,
    settings: FunctionSettings,
    *,
    launch: Mapping[str, str],
    link: Mapping[str, str],
    sandbox: Sandbox,
    log_stream: str,
    initialization_type: str = ON_DEMAND,
) -> dict[str, str]:
    """Return all variables of one environment, from the weakest source to the strongest."""
    is_managed = function.runtime.startswith(("python", "nodejs", "java", "ruby", "dotnet"))
    bin_of_runtime, lib_of_runtime = ("/var/lang/bin:", "/var/lang/lib:") if is_managed else ("", "")
    variables = {
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PATH": bin_of_runtime + _PATH.format(opt_root=sandbox.opt_root),
        "LD_LIBRARY_PATH": lib_of_runtime + _LIBRARIES.format(task_root=sandbox.task_root, opt_root=sandbox.opt_root),
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": ":".join(_XRAY_DAEMON),
        "_AWS_XRAY_DAEMON_ADDRESS": _XRAY_DAEMON[0],
        "_AWS_XRAY_DAEMON_PORT": _XRAY_DAEMON[1],
        "AWS_ENDPOINT_URL": settings.endpoint_url
        if sandbox.endpoint is None
        else f"http://{address(sandbox.endpoint)}",
        # What has no name of its own has none with a prefix either (`sync-` of StartSyncExecution).
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
    }
    if is_managed:
        variables["AWS_EXECUTION_ENV"] = f"AWS_Lambda_{function.runtime}"
    variables |= launch
    variables |= {name: value for name, value in function.environment if name not in RESERVED_VARIABLES}
    variables |= _reserved(function, settings, sandbox, log_stream)
    variables["AWS_LAMBDA_INITIALIZATION_TYPE"] = initialization_type
    variables |= link
    return variables


def address(listening: socket) -> str:
    """Return where a socket listens, as `host:port`."""
    host, port = listening.getsockname()[:2]
    return f"{host}:{port}"


def _reserved(
    function: FunctionVersion, settings: FunctionSettings, sandbox: Sandbox, log_stream: str
) -> dict[str, str]:
    credentials = settings.credentials(function)
    variables = {
        "_HANDLER": function.handler,
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size_mb),
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "AWS_LAMBDA_LOG_FORMAT": function.log_format,
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "LAMBDA_TASK_ROOT": sandbox.task_root,
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "AWS_LAMBDA_RUNTIME_API": address(sandbox.runtime_api),
    }
    if function.log_format == "JSON":
        variables["AWS_LAMBDA_LOG_LEVEL"] = function.application_log_level or "INFO"
    return variables
