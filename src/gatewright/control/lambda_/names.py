"""Which function a request means, and its documents.

Source: the FunctionName and Qualifier parameters in the "API reference" (AWS Lambda): a name, a partial ARN
(`123456789012:function:my-function`) or a full ARN, each with or without a qualifier.
"""

import re
from dataclasses import dataclass
from typing import TypeGuard

from gatewright.base.arn import function_arn, parse_function_name
from gatewright.base.errors import AwsError
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import (
    alias_not_found,
    function_not_found,
    invalid_parameter,
    not_found,
    qualifier_not_permitted,
)
from gatewright.store.types import Document, Key, Reader, Writer

SERVICE = "lambda"
FUNCTION = "function"
VERSION = "version"
"""`{function}/{number in ten digits}`: a published version's configuration."""
VERSION_COUNTER = "version-counter"
"""`{function}`: `{"Last": number}`, and `"IsPublished": true` until `$LATEST` is updated.

Numbers are not used again, even after the function was deleted, so that this is what stays of one.
"""
ALIAS = "alias"
"""`{function}/{alias}`."""
FUNCTION_POLICY = "function-policy"
"""`{function}`, or `{function}/{version or alias}`."""
FUNCTION_TAGS = "function-tags"
FUNCTION_CONCURRENCY = "function-concurrency"
"""`{function}`: `{"ReservedConcurrentExecutions": n}`."""
PROVISIONED_CONCURRENCY = "provisioned-concurrency"
"""`{function}/{version or alias}`: `{"RequestedProvisionedConcurrentExecutions": n, "LastModified": …}`."""
EVENT_INVOKE_CONFIG = "event-invoke-config"
"""`{function}/{version, alias or $LATEST}`."""
FUNCTION_URL = "function-url"
"""`{function}/{alias or $LATEST}`: the URL's configuration and `UrlId`, the first label of its host name."""
EVENT_SOURCE_MAPPING = "event-source-mapping"
"""`{UUID}`: what GetEventSourceMapping returns."""
EVENT_SOURCE_MAPPING_TAGS = "event-source-mapping-tags"
RECURSION_CONFIG = "recursion-config"
"""`{function}`: `{"RecursiveLoop": …}`."""
RUNTIME_MANAGEMENT = "runtime-management"
"""`{function}/{version or $LATEST}`."""
SOURCE_KMS_KEY = "source-kms-key"
"""`{function}/{version or $LATEST}`: `{"SourceKMSKeyArn": …}`."""
FUNCTION_CODE_SIGNING = "function-code-signing"
"""`{function}`: `{"CodeSigningConfigArn": …}`."""
CODE_SIGNING_CONFIG = "code-signing-config"
CODE_SIGNING_CONFIG_TAGS = "code-signing-config-tags"
LAYER = "layer"
"""`{layer}`: `{"Last": number}`."""
LAYER_VERSION = "layer-version"
"""`{layer}/{number in ten digits}`: what GetLayerVersion returns; `Content.CodeSha256` names the blob."""
DELETED_LAYER_VERSION = "deleted-layer-version"
"""The same after DeleteLayerVersion, while versions of functions still have it."""
LAYER_VERSION_POLICY = "layer-version-policy"
LATEST = "$LATEST"

_DIGITS = re.compile(r"[0-9]+")
_ALIAS_NAME = re.compile(r"[a-zA-Z0-9-_]+")
# Ten digits are all that the id of a document has room for.
_NUMBER = re.compile(r"[1-9][0-9]{0,9}")


@dataclass(frozen=True, slots=True)
class FunctionTarget:
    """The function that a request names in the caller's account and Region; `qualifier` None where it names none."""

    name: str
    arn: str
    """Unqualified."""
    qualifier: str | None

    @property
    def qualified_arn(self) -> str:
        """Return the ARN with the qualifier that the request has, if any."""
        return self.arn if self.qualifier is None else f"{self.arn}:{self.qualifier}"


def resolve_function(context: Context, operation: str, name: str, qualifier: str | None = None) -> FunctionTarget:
    """Return what a FunctionName and a Qualifier mean; whether it exists is not asked. Raises AwsError."""
    caller = context.caller
    reference = parse_function_name(name)
    if reference is None:
        raise function_not_found(function_arn(caller.partition, caller.region, caller.account_id, name))
    if reference.qualifier and qualifier and reference.qualifier != qualifier:
        raise invalid_parameter("The derived qualifier from the function name does not match the specified qualifier.")
    if reference.region and reference.region != caller.region:
        raise not_found(f"Functions from '{reference.region}' are not reachable in this region ('{caller.region}')")
    account = reference.account or caller.account_id
    arn = function_arn(caller.partition, caller.region, account, reference.name)
    if account != caller.account_id:
        raise AwsError(
            "AccessDeniedException",
            f"User: arn:{caller.partition}:iam::{caller.account_id}:root is not authorized to perform: "
            f"lambda:{operation} on resource: {arn} because no resource-based policy allows the lambda:{operation} "
            "action",
            status=403,
        )
    return FunctionTarget(reference.name, arn, reference.qualifier or qualifier)


def resolve_unqualified(context: Context, operation: str, name: str) -> FunctionTarget:
    """Return what a FunctionName means to an operation that works on functions, not on their versions."""
    target = resolve_function(context, operation, name)
    if target.qualifier not in (None, LATEST):
        raise qualifier_not_permitted()
    return target


def resolve_latest(context: Context, operation: str, name: str) -> FunctionTarget:
    """Return what a FunctionName means to an operation that works on `$LATEST`."""
    target = resolve_function(context, operation, name)
    if target.qualifier not in (None, LATEST):
        raise invalid_parameter(
            "Current operation does not support versions other than $LATEST. "
            "Please set the version to $LATEST or do not set a version in your request."
        )
    return target


def function_key(context: Context, target: FunctionTarget) -> Key:
    """Return the key of a function's configuration."""
    return context.key(SERVICE, FUNCTION, target.name)


def version_id(target: FunctionTarget, version: int | str) -> str:
    """Return the id of the document of a published version."""
    return f"{target.name}/{int(version):010}"


def part_key(context: Context, kind: str, target: FunctionTarget, part: str) -> Key:
    """Return the key of a document that belongs to a part of a function: an alias, or what a qualifier has."""
    return context.key(SERVICE, kind, f"{target.name}/{part}")


def find_function(context: Context, reader: Reader, target: FunctionTarget) -> Document | None:
    """Return the configuration that a name means: of $LATEST, of a version, of the version that an alias points to."""
    latest = reader.get(function_key(context, target))
    if latest is None or target.qualifier in (None, LATEST):
        return latest
    version = target.qualifier
    if not is_version(version):
        alias = reader.get(part_key(context, ALIAS, target, version))
        if alias is None:
            return None
        version = alias["FunctionVersion"]
    return latest if version == LATEST else find_version(context, reader, target, version)


def find_version(context: Context, reader: Reader, target: FunctionTarget, number: str) -> Document | None:
    """Return the configuration of a published version of a function."""
    return reader.get(context.key(SERVICE, VERSION, version_id(target, number))) if _NUMBER.fullmatch(number) else None


def require_function(context: Context, reader: Reader, target: FunctionTarget) -> Document:
    """Return the configuration that a name means. Raises ResourceNotFoundException, as GetFunction does."""
    document = find_function(context, reader, target)
    if document is None:
        raise function_not_found(target.qualified_arn)
    return document


def require_resource(context: Context, reader: Reader, target: FunctionTarget) -> Document:
    """Return the configuration that a name means, with the error of operations on policies and concurrency.

    They tell an alias that is not there from a version, and from what no alias can be called.
    """
    document = find_function(context, reader, target)
    if document is not None:
        return document
    qualifier = target.qualifier
    if qualifier is not None and _ALIAS_NAME.fullmatch(qualifier) and not is_version(qualifier):
        raise alias_not_found(target.qualified_arn)
    raise function_not_found(target.qualified_arn)


def change_revision(context: Context, writer: Writer, target: FunctionTarget) -> None:
    """Give a function a new RevisionId; what runs of it runs on."""
    key = function_key(context, target)
    document = writer.get(key)
    if document is not None:
        writer.put(key, {**document, "RevisionId": context.ids.request_id()})


def is_version(qualifier: str | None) -> TypeGuard[str]:
    """Tell whether a qualifier is the number of a version; an alias cannot be all digits."""
    return qualifier is not None and _DIGITS.fullmatch(qualifier) is not None


def qualified(document: Document, qualifier: str | None = None) -> Document:
    """Return a configuration with the ARN of its version, or of the alias by which it was asked for."""
    unqualified_arn = ":".join(document["FunctionArn"].split(":")[:7])
    return {**document, "FunctionArn": f"{unqualified_arn}:{qualifier or document['Version']}"}
