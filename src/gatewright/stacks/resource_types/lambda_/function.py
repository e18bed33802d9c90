"""`AWS::Lambda::Function`. Ref is the name.

Source: AWS::Lambda::Function (AWS CloudFormation User Guide). Settings that a template does not have any more get back
Lambda's defaults (UpdateFunctionConfiguration, "API reference").
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.lambda_.inline_code import archive_of
from gatewright.stacks.resource_types.members import is_changed, picked, renamed, with_defaults
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present
from gatewright.stacks.resource_types.tags import is_own, tag_change, tags_of

NAME: Final = "AWS::Lambda::Function"
LONGEST_NAME: Final = 64

# Property → parameter of CreateFunction and UpdateFunctionConfiguration.
_SETTINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        name: name
        for name in (
            "CapacityProviderConfig",
            "DeadLetterConfig",
            "Description",
            "DurableConfig",
            "Environment",
            "EphemeralStorage",
            "FileSystemConfigs",
            "Handler",
            "ImageConfig",
            "Layers",
            "LoggingConfig",
            "MemorySize",
            "Role",
            "Runtime",
            "SnapStart",
            "Timeout",
            "TracingConfig",
            "VpcConfig",
        )
    }
    | {"KmsKeyArn": "KMSKeyArn"}
)
_ONLY_AT_CREATION: Final = ("Architectures", "CodeSigningConfigArn", "PackageType", "TenancyConfig")
_OF_S3: Final = ("S3Bucket", "S3Key", "S3ObjectVersion", "S3ObjectStorageMode", "SourceKMSKeyArn", "ImageUri")


def create(call: Call, properties: Properties) -> Resource:
    """Create the function, then what operations of their own set."""
    name = properties.get("FunctionName") or call.physical_name(LONGEST_NAME)
    parameters = {
        "FunctionName": name,
        "Code": _code(properties),
        **renamed(properties, _SETTINGS),
        **picked(properties, _ONLY_AT_CREATION),
    }
    if tags := tags_of(call, NAME, properties):
        parameters["Tags"] = tags
    if "ImageUri" in properties["Code"]:
        parameters.setdefault("PackageType", "Image")
    if properties.get("PublishToLatestPublished"):
        parameters |= {"Publish": True, "PublishTo": "LATEST_PUBLISHED"}
    configuration = _created(call, parameters)
    call.keep_id(configuration["FunctionName"])
    _set_others(call, configuration["FunctionName"], {}, properties)
    return _resource(configuration)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the code, the configuration, then what operations of their own set."""
    name = there.physical_id
    code, before = _code(new), _code(old)
    if code != before or is_changed(old, new, ["Architectures"]):
        architectures = new.get("Architectures", ["x86_64"])
        call.services.call(
            "lambda", "UpdateFunctionCode", {"FunctionName": name, **code, "Architectures": architectures}
        )
    changes = with_defaults(renamed(old, _SETTINGS), renamed(new, _SETTINGS), _defaults(name))
    if changes:
        call.services.call("lambda", "UpdateFunctionConfiguration", {"FunctionName": name, **changes})
    _set_code_signing_config(call, name, old, new)
    _set_others(call, name, old, new)
    _set_tags(call, there.attributes["Arn"], new)
    return _resource(call.services.call("lambda", "GetFunctionConfiguration", {"FunctionName": name}))


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the function with all that belongs to it."""
    with absence_is_done():
        call.services.call("lambda", "DeleteFunction", {"FunctionName": there.physical_id})


def read(call: Call, there: Resource) -> Properties | None:
    """Return what GetFunction tells of the properties; code cannot be compared."""
    output = if_present(call, "lambda", "GetFunction", {"FunctionName": there.physical_id})
    if output is None:
        return None
    configuration = output["Configuration"]
    properties = {name: configuration[member] for name, member in _SETTINGS.items() if member in configuration}
    properties |= picked(configuration, ("FunctionName", "Architectures", "PackageType"))
    if "Layers" in properties:
        properties["Layers"] = [layer["Arn"] for layer in properties["Layers"]]
    if "Concurrency" in output:
        properties |= picked(output["Concurrency"], ["ReservedConcurrentExecutions"])
    return properties


def _created(call: Call, parameters: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return call.services.call("lambda", "CreateFunction", parameters)
    except AwsError as error:
        if error.code != "ResourceConflictException" or not call.is_repeated:
            raise
        found = call.services.call("lambda", "GetFunction", {"FunctionName": parameters["FunctionName"]})
        if not is_own(call, found.get("Tags", {})):
            raise
        configuration: dict[str, Any] = found["Configuration"]
        return configuration


def _code(properties: Properties) -> dict[str, Any]:
    """Return the code as operations take it."""
    code: Mapping[str, Any] = properties["Code"]
    parameters = picked(code, _OF_S3)
    if "ZipFile" in code:
        parameters["ZipFile"] = archive_of(code["ZipFile"], properties.get("Runtime", ""))
    return parameters


def _defaults(name: str) -> Mapping[str, Any]:
    return {
        "CapacityProviderConfig": {},
        "DeadLetterConfig": {"TargetArn": ""},
        "Description": "",
        "DurableConfig": {},
        "Environment": {"Variables": {}},
        "EphemeralStorage": {"Size": 512},
        "FileSystemConfigs": [],
        "Handler": "",
        "ImageConfig": {},
        "KMSKeyArn": "",
        "Layers": [],
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"},
        "MemorySize": 128,
        "SnapStart": {"ApplyOn": "None"},
        "Timeout": 3,
        "TracingConfig": {"Mode": "PassThrough"},
        "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
    }


def _set_others(call: Call, name: str, old: Properties, new: Properties) -> None:
    """Set what CreateFunction and UpdateFunctionConfiguration do not."""
    function = {"FunctionName": name}
    if is_changed(old, new, ["RuntimeManagementConfig"]):
        config = new.get("RuntimeManagementConfig", {"UpdateRuntimeOn": "Auto"})
        call.services.call("lambda", "PutRuntimeManagementConfig", {**function, **config})
    if is_changed(old, new, ["RecursiveLoop"]):
        parameters = {**function, "RecursiveLoop": new.get("RecursiveLoop", "Terminate")}
        call.services.call("lambda", "PutFunctionRecursionConfig", parameters)
    if is_changed(old, new, ["FunctionScalingConfig"]):
        config = {"FunctionScalingConfig": new.get("FunctionScalingConfig", {}), "Qualifier": "$LATEST.PUBLISHED"}
        call.services.call("lambda", "PutFunctionScalingConfig", {**function, **config})
    if is_changed(old, new, ["ReservedConcurrentExecutions"]):
        reserved = picked(new, ["ReservedConcurrentExecutions"])
        operation = "PutFunctionConcurrency" if reserved else "DeleteFunctionConcurrency"
        call.services.call("lambda", operation, {**function, **reserved})


def _set_code_signing_config(call: Call, name: str, old: Properties, new: Properties) -> None:
    if is_changed(old, new, ["CodeSigningConfigArn"]):
        config = picked(new, ["CodeSigningConfigArn"])
        operation = "PutFunctionCodeSigningConfig" if config else "DeleteFunctionCodeSigningConfig"
        call.services.call("lambda", operation, {"FunctionName": name, **config})


def _set_tags(call: Call, arn: str, properties: Properties) -> None:
    set_tags(call, arn, tags_of(call, NAME, properties))


def set_tags(call: Call, arn: str, wanted: Mapping[str, str]) -> None:
    """Give a resource of Lambda the tags that it is to have, and no others."""
    present = call.services.call("lambda", "ListTags", {"Resource": arn}).get("Tags", {})
    change = tag_change(present, wanted)
    if change.put:
        call.services.call("lambda", "TagResource", {"Resource": arn, "Tags": dict(change.put)})
    if change.remove:
        call.services.call("lambda", "UntagResource", {"Resource": arn, "TagKeys": change.remove})


def _resource(configuration: Mapping[str, Any]) -> Resource:
    snap_start = configuration.get("SnapStart", {"ApplyOn": "None", "OptimizationStatus": "Off"})
    attributes = {
        "Arn": configuration["FunctionArn"],
        "SnapStartResponse": snap_start,
        "SnapStartResponse.ApplyOn": snap_start["ApplyOn"],
        "SnapStartResponse.OptimizationStatus": snap_start["OptimizationStatus"],
    }
    return Resource(configuration["FunctionName"], attributes)


FUNCTION: Final = ResourceType(NAME, create, update, delete, read)
