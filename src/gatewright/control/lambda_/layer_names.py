"""Which layer a request means, and the documents of its versions.

Source: the LayerName parameter in the "API reference" (AWS Lambda): a name, or the ARN of a layer.
"""

import re
from dataclasses import dataclass

from gatewright.base.arn import parse_arn
from gatewright.base.errors import AwsError
from gatewright.base.policy import AccessRequest, Principal, PrincipalType, parse_policy
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import invalid_parameter, not_found
from gatewright.control.lambda_.names import LAYER_VERSION, LAYER_VERSION_POLICY, SERVICE
from gatewright.store.types import Document, Key, Reader

_RESOURCE = re.compile(r"layer:([a-zA-Z0-9-_]+)(?::([0-9]+))?")
_NAME = re.compile(r"[a-zA-Z0-9-_]+")
_LONGEST_NUMBER = 10
"""Digits of a version in the id of its document."""

GET_LAYER_VERSION = "lambda:GetLayerVersion"


@dataclass(frozen=True, slots=True)
class LayerTarget:
    """A layer; its account and Region may be others than the caller's."""

    partition: str
    region: str
    account: str
    name: str

    @property
    def arn(self) -> str:
        """Return the ARN of the layer, without a version."""
        return f"arn:{self.partition}:lambda:{self.region}:{self.account}:layer:{self.name}"

    def version_arn(self, version: int) -> str:
        """Return the ARN of one of its versions."""
        return f"{self.arn}:{version}"

    def key(self, kind: str) -> Key:
        """Return the key of a document of the layer."""
        return Key(self.account, self.region, SERVICE, kind, self.name)

    def version_key(self, kind: str, version: int) -> Key:
        """Return the key of a document of one of its versions."""
        return Key(self.account, self.region, SERVICE, kind, f"{self.name}/{version:0{_LONGEST_NUMBER}}")


def resolve_layer(context: Context, name: str) -> LayerTarget:
    """Return what a LayerName means; whether it exists is not asked. Raises InvalidParameterValueException."""
    caller = context.caller
    if _NAME.fullmatch(name):
        return LayerTarget(caller.partition, caller.region, caller.account_id, name)
    target, _ = _parse(name)
    return target


def resolve_own_layer(context: Context, operation: str, name: str) -> LayerTarget:
    """Return what a LayerName means to an operation that only the layer's own account may call.

    Raises AccessDeniedException, and ResourceNotFoundException for a layer of another Region.
    """
    caller = context.caller
    target = resolve_layer(context, name)
    if target.account != caller.account_id:
        raise _denied(context, f"lambda:{operation}", target.arn)
    if target.region != caller.region:
        raise layer_not_found()
    return target


def resolve_layer_version(arn: str) -> tuple[LayerTarget, int]:
    """Return what the ARN of a layer's version means. Raises ResourceNotFoundException for AWS's own layers."""
    target, version = _parse(arn)
    if version is None:
        raise layer_not_found()
    return target, version


def find_version(reader: Reader, target: LayerTarget, version: int) -> Document | None:
    """Return the document of a version that was not deleted."""
    if len(str(version)) > _LONGEST_NUMBER:
        return None
    return reader.get(target.version_key(LAYER_VERSION, version))


def check_may_read(context: Context, reader: Reader, target: LayerTarget, version: int) -> None:
    """Raise AccessDeniedException unless the version is the caller's own, or its policy lets the caller use it."""
    caller = context.caller
    if target.account == caller.account_id:
        return
    arn = target.version_arn(version)
    document = (
        reader.get(target.version_key(LAYER_VERSION_POLICY, version)) if find_version(reader, target, version) else None
    )
    request = AccessRequest(Principal(PrincipalType.AWS, account_id=caller.account_id), GET_LAYER_VERSION, arn)
    if document is None or not parse_policy(document["Policy"]).evaluate(request).is_allowed:
        raise _denied(context, GET_LAYER_VERSION, arn)


def check_number(version: int) -> None:
    """Raise InvalidParameterValueException for a number that no version can have."""
    if version < 1:
        raise invalid_parameter("Layer Version Cannot be less than 1")


def layer_not_found() -> AwsError:
    """Build the error of an operation that reads a layer that is not there."""
    return not_found("The resource you requested does not exist.")


def _parse(text: str) -> tuple[LayerTarget, int | None]:
    arn = parse_arn(text)
    match = _RESOURCE.fullmatch(arn.resource) if arn is not None and arn.service == "lambda" else None
    if arn is None or match is None or not arn.account:
        raise layer_not_found()
    target = LayerTarget(arn.partition, arn.region, arn.account, match[1])
    return target, None if match[2] is None else int(match[2][: _LONGEST_NUMBER + 1])


def _denied(context: Context, action: str, arn: str) -> AwsError:
    caller = context.caller
    return AwsError(
        "AccessDeniedException",
        f"User: arn:{caller.partition}:iam::{caller.account_id}:root is not authorized to perform: {action} on "
        f"resource: {arn} because no resource-based policy allows the {action} action",
        status=403,
    )
