"""Code signing configurations: which publishers may sign deployment packages.

Source: CreateCodeSigningConfig, GetCodeSigningConfig, UpdateCodeSigningConfig, ListCodeSigningConfigs,
DeleteCodeSigningConfig and ListFunctionsByCodeSigningConfig in the "API reference", "Using code signing to verify code
integrity with Lambda" (AWS Lambda Developer Guide). They are records: nothing here verifies a signature, for which
`function_code_signing` refuses to promise it.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.aws.pagination import page
from gatewright.base.arn import parse_arn
from gatewright.base.clock import utc
from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import conflict
from gatewright.control.lambda_.names import (
    CODE_SIGNING_CONFIG,
    CODE_SIGNING_CONFIG_TAGS,
    FUNCTION_CODE_SIGNING,
    SERVICE,
)
from gatewright.control.lambda_.tag_sets import checked_tags
from gatewright.store.types import Document, Key, Reader

_RESOURCE = "code-signing-config:"
_ID_LENGTH = 17
_POLICY = "UntrustedArtifactOnDeployment"
_LARGEST_PAGE = 50


def create_code_signing_config(context: Context, request: Shape) -> Shape:
    """Make a configuration; unless it says otherwise, it only warns of code that nobody trusted has signed."""
    tags = checked_tags(context.caller, request.get("Tags") or {})
    caller = context.caller
    identifier = f"csc-{context.ids.resource_id(_ID_LENGTH)}"
    document: Document = {
        "CodeSigningConfigId": identifier,
        "CodeSigningConfigArn": f"arn:{caller.partition}:lambda:{caller.region}:{caller.account_id}:"
        f"{_RESOURCE}{identifier}",
        "Description": "",
        "CodeSigningPolicies": {_POLICY: "Warn"},
    }
    _apply(context, document, request)
    with context.store.write() as writer:
        writer.put(context.key(SERVICE, CODE_SIGNING_CONFIG, identifier), document)
        if tags:
            writer.put(context.key(SERVICE, CODE_SIGNING_CONFIG_TAGS, identifier), {"Tags": tags})
    return {"CodeSigningConfig": document}


def get_code_signing_config(context: Context, request: Shape) -> Shape:
    """Return a configuration."""
    with context.store.read() as reader:
        return {"CodeSigningConfig": require_code_signing_config(context, reader, request["CodeSigningConfigArn"])}


def update_code_signing_config(context: Context, request: Shape) -> Shape:
    """Change what the request has of a configuration."""
    with context.store.write() as writer:
        document = require_code_signing_config(context, writer, request["CodeSigningConfigArn"])
        _apply(context, document, request)
        if is_enforced(document) and functions_with(context, writer, document["CodeSigningConfigArn"]):
            raise cannot_enforce("UpdateCodeSigningConfig")
        writer.put(context.key(SERVICE, CODE_SIGNING_CONFIG, document["CodeSigningConfigId"]), document)
    return {"CodeSigningConfig": document}


def list_code_signing_configs(context: Context, request: Shape) -> Shape:
    """List the configurations of the account and Region."""
    caller = context.caller
    with context.store.read() as reader:
        configs, marker = page(
            lambda after, limit: reader.list(
                caller.account_id, caller.region, SERVICE, CODE_SIGNING_CONFIG, after=after, limit=limit
            ),
            request.get("Marker"),
            min(request.get("MaxItems") or _LARGEST_PAGE, _LARGEST_PAGE),
            listing="ListCodeSigningConfigs",
        )
    return {"CodeSigningConfigs": configs, "NextMarker": marker}


def delete_code_signing_config(context: Context, request: Shape) -> Shape:
    """Delete a configuration that no function has."""
    with context.store.write() as writer:
        document = require_code_signing_config(context, writer, request["CodeSigningConfigArn"])
        arn = document["CodeSigningConfigArn"]
        if functions_with(context, writer, arn):
            raise conflict(f"The code signing configuration {arn} cannot be deleted: functions are using it.")
        for kind in (CODE_SIGNING_CONFIG, CODE_SIGNING_CONFIG_TAGS):
            writer.delete(context.key(SERVICE, kind, document["CodeSigningConfigId"]))
    return {}


def list_functions_by_code_signing_config(context: Context, request: Shape) -> Shape:
    """List the ARNs of the functions that have a configuration, by name."""
    caller = context.caller
    with context.store.read() as reader:
        names = functions_with(
            context,
            reader,
            require_code_signing_config(context, reader, request["CodeSigningConfigArn"])["CodeSigningConfigArn"],
        )
    found, marker = page(
        lambda after, limit: [(name, name) for name in names if name > after][:limit],
        request.get("Marker"),
        min(request.get("MaxItems") or _LARGEST_PAGE, _LARGEST_PAGE),
        listing=f"ListFunctionsByCodeSigningConfig/{request['CodeSigningConfigArn']}",
    )
    prefix = f"arn:{caller.partition}:lambda:{caller.region}:{caller.account_id}:function:"
    return {"FunctionArns": [f"{prefix}{name}" for name in found], "NextMarker": marker}


def find_code_signing_config(context: Context, reader: Reader, arn: str) -> Document | None:
    """Return a configuration of the caller's account and Region by its ARN."""
    parsed = parse_arn(arn)
    if parsed is None or not parsed.resource.startswith(_RESOURCE):
        return None
    identifier = parsed.resource.removeprefix(_RESOURCE)
    caller = context.caller
    if (parsed.account, parsed.region) != (caller.account_id, caller.region):
        return None
    return reader.get(Key(parsed.account, parsed.region, SERVICE, CODE_SIGNING_CONFIG, identifier))


def functions_with(context: Context, reader: Reader, arn: str) -> list[str]:
    """Return the names of the functions that have a configuration, in order."""
    listed = reader.list(context.caller.account_id, context.caller.region, SERVICE, FUNCTION_CODE_SIGNING)
    return [name for name, document in listed if document["CodeSigningConfigArn"] == arn]


def is_enforced(document: Document) -> bool:
    """Tell whether a configuration has Lambda refuse code that nobody trusted has signed."""
    return bool(document["CodeSigningPolicies"].get(_POLICY) == "Enforce")


def cannot_enforce(operation: str) -> OperationNotImplemented:
    """Build the error of a function whose unsigned code would have to be refused.

    Whoever asks for that relies on it; a record alone would be a promise that nobody keeps.
    """
    return OperationNotImplemented(
        f"Lambda {operation}: code signing is not enforced by gatewright; "
        f"a function can only have a code signing configuration whose {_POLICY} is Warn."
    )


def _apply(context: Context, document: Document, request: Shape) -> None:
    if request.get("Description") is not None:
        document["Description"] = request["Description"]
    if request.get("AllowedPublishers") is not None:
        arns = request["AllowedPublishers"]["SigningProfileVersionArns"]
        document["AllowedPublishers"] = {"SigningProfileVersionArns": list(arns)}
    if request.get("CodeSigningPolicies"):
        document["CodeSigningPolicies"] = {_POLICY: "Warn", **request["CodeSigningPolicies"]}
    now = utc(context.clock.now())
    document["LastModified"] = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}+0000"


def require_code_signing_config(context: Context, reader: Reader, arn: str) -> Document:
    """Return a configuration. Raises ResourceNotFoundException."""
    document = find_code_signing_config(context, reader, arn)
    if document is None:
        # Without the `Type` that other errors have: recorded of AWS (localstack, test_code_signing_not_found_excs).
        message = f"The Lambda code signing configuration {arn} can not be found."
        raise AwsError("ResourceNotFoundException", message, status=404, members={"Type": None})
    return document


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateCodeSigningConfig": create_code_signing_config,
        "GetCodeSigningConfig": get_code_signing_config,
        "UpdateCodeSigningConfig": update_code_signing_config,
        "ListCodeSigningConfigs": list_code_signing_configs,
        "DeleteCodeSigningConfig": delete_code_signing_config,
        "ListFunctionsByCodeSigningConfig": list_functions_by_code_signing_config,
    }
)
