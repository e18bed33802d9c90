"""A function's configuration: defaults, checks of meaning, and the document that GetFunctionConfiguration returns.

Source: CreateFunction, UpdateFunctionConfiguration and FunctionConfiguration in the "API reference" (AWS Lambda).
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from gatewright.base.clock import utc
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.dead_letters import set_dead_letter_config
from gatewright.control.lambda_.environment import check_variables
from gatewright.control.lambda_.errors import constraint_violation, invalid_parameter
from gatewright.control.lambda_.function_layers import layers_of
from gatewright.control.lambda_.names import LATEST, FunctionTarget
from gatewright.control.lambda_.runtimes import check_runtime
from gatewright.store.types import Document, Reader

_LONGEST_NAME = 64
_LONGEST_TIMEOUT_SECONDS = 900
_LARGEST_MEMORY_MB = 10_240
_LARGEST_STORAGE_MB = 10_240

# Not the pattern of the model: that one also accepts what IAM would never have made.
_ROLE = re.compile(r"arn:aws[a-zA-Z-]*:iam::\d{12}:role/[a-zA-Z_0-9+=,.@\-_/]+")

_LEVELS = ("ApplicationLogLevel", "SystemLogLevel")


def new_configuration(context: Context, target: FunctionTarget, request: Shape) -> Document:
    """Return the configuration of a new function, all but its code, times and revision."""
    document: Document = {
        "FunctionName": target.name,
        "FunctionArn": target.arn,
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "Version": LATEST,
        "TracingConfig": {"Mode": "PassThrough"},
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{target.name}"},
    }
    if len(target.name) > _LONGEST_NAME:
        # A ValidationException by its words, but not by its code: recorded of AWS.
        raise invalid_parameter(
            f"1 validation error detected: Value '{target.name}' at 'functionName' failed to satisfy constraint: "
            f"Member must have length less than or equal to {_LONGEST_NAME}"
        )
    if not request.get("Runtime") or not request.get("Handler"):
        raise invalid_parameter(
            "Runtime and Handler are mandatory parameters for functions created with deployment packages."
        )
    apply_settings(context, document, request)
    if (request.get("Environment") or {}).get("Variables") == {}:
        # Recorded of AWS: what was said of a new function is kept even so (test_lambda_api.snapshot.json, localstack).
        document["Environment"] = {"Variables": {}}
    return document


def apply_settings(context: Context, document: Document, request: Shape) -> None:
    """Change a configuration by the members that a request has. Raises AwsError, the document then half changed."""
    for name, change in _SETTINGS.items():
        if request.get(name) is not None:
            change(context, document, request[name])
    _check_file_systems(document, request)


def apply_layers(context: Context, reader: Reader, document: Document, request: Shape) -> None:
    """Change a configuration's layers, if a request says anything of them; an empty list removes them."""
    arns = request.get("Layers")
    if arns is None:
        return
    document.pop("Layers", None)
    if arns:
        document["Layers"] = layers_of(context, reader, arns)


def apply_code(document: Document, content: bytes) -> None:
    """Change a configuration to another deployment package."""
    document["CodeSize"] = len(content)
    document["CodeSha256"] = base64.b64encode(hashlib.sha256(content).digest()).decode()


def touch(context: Context, document: Document) -> None:
    """Give a changed configuration its time and a revision of its own."""
    now = utc(context.clock.now())
    document["LastModified"] = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}+0000"
    document["RevisionId"] = context.ids.request_id()


def _set(name: str) -> Callable[[Context, Document, Any], None]:
    def change(context: Context, document: Document, value: Any) -> None:
        document[name] = value

    return change


def _set_role(context: Context, document: Document, role: str) -> None:
    if not _ROLE.fullmatch(role):
        raise invalid_parameter("The role defined for the function cannot be assumed by Lambda.")
    document["Role"] = role


def _set_runtime(context: Context, document: Document, runtime: str) -> None:
    check_runtime(context, runtime)
    document["Runtime"] = runtime
    # AWS names the exact build of the runtime; here it is only the same for the same runtime.
    version = hashlib.sha256(f"gatewright {runtime}".encode()).hexdigest()
    caller = context.caller
    arn = f"arn:{caller.partition}:lambda:{caller.region}::runtime:{version}"
    document["RuntimeVersionConfig"] = {"RuntimeVersionArn": arn}


def _set_timeout(context: Context, document: Document, seconds: int) -> None:
    if seconds > _LONGEST_TIMEOUT_SECONDS:
        raise constraint_violation(
            seconds, "timeout", f"Member must have value less than or equal to {_LONGEST_TIMEOUT_SECONDS}"
        )
    document["Timeout"] = seconds


def _set_memory_size(context: Context, document: Document, megabytes: int) -> None:
    if megabytes > _LARGEST_MEMORY_MB:
        raise invalid_parameter(
            "'MemorySize' value failed to satisfy constraint: "
            f"Member must have value less than or equal to {_LARGEST_MEMORY_MB}"
        )
    document["MemorySize"] = megabytes


def _set_environment(context: Context, document: Document, environment: Mapping[str, Any]) -> None:
    """Set the variables; an update to none leaves no `Environment`, or else Terraform had something to take away."""
    variables = environment.get("Variables") or {}
    check_variables(variables)
    document.pop("Environment", None)
    if variables:
        document["Environment"] = {"Variables": dict(variables)}


def _set_ephemeral_storage(context: Context, document: Document, storage: Mapping[str, int]) -> None:
    if storage["Size"] > _LARGEST_STORAGE_MB:
        raise constraint_violation(
            storage["Size"],
            "ephemeralStorage.size",
            f"Member must have value less than or equal to {_LARGEST_STORAGE_MB}",
        )
    document["EphemeralStorage"] = {"Size": storage["Size"]}


def _set_tracing(context: Context, document: Document, tracing: Mapping[str, str]) -> None:
    document["TracingConfig"] = {"Mode": tracing.get("Mode", "PassThrough")}


def _set_vpc(context: Context, document: Document, vpc: Mapping[str, Any]) -> None:
    document["VpcConfig"] = {
        "SubnetIds": list(vpc.get("SubnetIds") or ()),
        "SecurityGroupIds": list(vpc.get("SecurityGroupIds") or ()),
        # Only EC2 knows which VPC the subnets are in.
        "VpcId": "",
        "Ipv6AllowedForDualStack": bool(vpc.get("Ipv6AllowedForDualStack")),
    }


def _set_file_systems(context: Context, document: Document, configs: Sequence[Mapping[str, Any]]) -> None:
    document.pop("FileSystemConfigs", None)
    if configs:
        document["FileSystemConfigs"] = [dict(config) for config in configs]


def _check_file_systems(document: Document, request: Shape) -> None:
    """Raise InvalidParameterValueException for file systems without the VPC that they are in."""
    file_systems = document.get("FileSystemConfigs")
    if file_systems and not document.get("VpcConfig", {}).get("SubnetIds"):
        arn = file_systems[0]["Arn"]
        if request.get("FileSystemConfigs"):
            raise invalid_parameter(f"Function must be configured to execute in a VPC to reference access point {arn}.")
        raise invalid_parameter(f"Function VPC configuration cannot be removed with access point {arn} referenced.")


def _set_dead_letter_config(context: Context, document: Document, config: Mapping[str, str]) -> None:
    set_dead_letter_config(document, config)


def _set_kms_key(context: Context, document: Document, arn: str) -> None:
    document.pop("KMSKeyArn", None)
    if arn:
        document["KMSKeyArn"] = arn


def _set_logging(context: Context, document: Document, logging: Mapping[str, str]) -> None:
    """Replace a LoggingConfig; nothing is left of the former one.

    So recorded in September 2026 (radkawar/stackd, testdata/aws/lambda_logging_replacement.json). Levels exist in JSON
    format only ("Configuring log level filtering").
    """
    config = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{document['FunctionName']}", **logging}
    if config["LogFormat"] == "Text":
        if any(logging.get(level) for level in _LEVELS):
            raise invalid_parameter(
                'LogLevel is not supported when LogFormat is set to "Text". '
                'Remove LogLevel from your request or change the LogFormat to "JSON" and try again.'
            )
    else:
        config = {**dict.fromkeys(_LEVELS, "INFO"), **config}
    document["LoggingConfig"] = config


_SETTINGS: Mapping[str, Callable[[Context, Document, Any], None]] = MappingProxyType(
    {
        "Role": _set_role,
        "Runtime": _set_runtime,
        "Handler": _set("Handler"),
        "Description": _set("Description"),
        "Timeout": _set_timeout,
        "MemorySize": _set_memory_size,
        "Environment": _set_environment,
        "Architectures": _set("Architectures"),
        "EphemeralStorage": _set_ephemeral_storage,
        "TracingConfig": _set_tracing,
        "VpcConfig": _set_vpc,
        "KMSKeyArn": _set_kms_key,
        "LoggingConfig": _set_logging,
        "DeadLetterConfig": _set_dead_letter_config,
        "FileSystemConfigs": _set_file_systems,
    }
)
