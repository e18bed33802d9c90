"""Policies of layers' versions: which other accounts may use them.

Source: AddLayerVersionPermission, RemoveLayerVersionPermission and GetLayerVersionPolicy in the "API reference",
"Granting Lambda layer access to other accounts" (AWS Lambda Developer Guide). A policy has a RevisionId of its own.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import conflict, invalid_parameter, not_found
from gatewright.control.lambda_.layer_names import LayerTarget, check_number, find_version, resolve_own_layer
from gatewright.control.lambda_.names import LAYER_VERSION_POLICY
from gatewright.control.lambda_.statements import to_json
from gatewright.store.types import Document, Key, Reader

_LARGEST_POLICY_BYTES = 20_480


def add_layer_version_permission(context: Context, request: Shape) -> Shape:
    """Add a statement to the policy of a layer's version and return its text."""
    target, version = _resolve(context, "AddLayerVersionPermission", request)
    organization, principal = request.get("OrganizationId"), request["Principal"]
    if organization and principal != "*":
        raise invalid_parameter("OrganizationId can only be specified together with the principal *.")
    key = _key(target, version)
    with context.store.write() as writer:
        _require_version(writer, target, version)
        document = writer.get(key)
        statements = [] if document is None else document["Policy"]["Statement"]
        if any(statement["Sid"] == request["StatementId"] for statement in statements):
            raise conflict(
                f"The statement id ({request['StatementId']}) provided already exists. "
                "Please provide a new statement id, or remove the existing statement."
            )
        _check_revision(document, request)
        statement = _statement(context, target.version_arn(version), request)
        policy = {"Version": "2012-10-17", "Id": "default", "Statement": [*statements, statement]}
        size = len(to_json(policy).encode())
        if size > _LARGEST_POLICY_BYTES:
            raise AwsError(
                "PolicyLengthExceededException",
                f"The final policy size ({size}) is bigger than the limit ({_LARGEST_POLICY_BYTES}).",
            )
        revision_id = context.ids.request_id()
        writer.put(key, {"Policy": policy, "RevisionId": revision_id})
    return {"Statement": to_json(statement), "RevisionId": revision_id}


def remove_layer_version_permission(context: Context, request: Shape) -> Shape:
    """Remove a statement from the policy of a layer's version; with the last one goes the policy."""
    target, version = _resolve(context, "RemoveLayerVersionPermission", request)
    key = _key(target, version)
    with context.store.write() as writer:
        _require_version(writer, target, version)
        document = _require_policy(writer, key)
        _check_revision(document, request)
        statements = document["Policy"]["Statement"]
        remaining = [statement for statement in statements if statement["Sid"] != request["StatementId"]]
        if len(remaining) == len(statements):
            raise not_found(f"Statement {request['StatementId']} is not found in resource policy.")
        if remaining:
            policy = {**document["Policy"], "Statement": remaining}
            writer.put(key, {"Policy": policy, "RevisionId": context.ids.request_id()})
        else:
            writer.delete(key)
    return {}


def get_layer_version_policy(context: Context, request: Shape) -> Shape:
    """Return the policy of a layer's version as JSON text."""
    target, version = _resolve(context, "GetLayerVersionPolicy", request)
    with context.store.read() as reader:
        _require_version(reader, target, version)
        document = _require_policy(reader, _key(target, version))
    return {"Policy": to_json(document["Policy"]), "RevisionId": document["RevisionId"]}


def _resolve(context: Context, operation: str, request: Shape) -> tuple[LayerTarget, int]:
    check_number(request["VersionNumber"])
    return resolve_own_layer(context, operation, request["LayerName"]), request["VersionNumber"]


def _key(target: LayerTarget, version: int) -> Key:
    return target.version_key(LAYER_VERSION_POLICY, version)


def _require_version(reader: Reader, target: LayerTarget, version: int) -> None:
    if find_version(reader, target, version) is None:
        raise not_found(f"Layer version {target.version_arn(version)} does not exist.")


def _require_policy(reader: Reader, key: Key) -> Document:
    document = reader.get(key)
    if document is None:
        raise not_found("No policy is associated with the given resource.")
    return document


def _check_revision(document: Document | None, request: Shape) -> None:
    wanted = request.get("RevisionId")
    if wanted and (document is None or wanted != document["RevisionId"]):
        raise AwsError(
            "PreconditionFailedException",
            "The Revision Id provided does not match the latest Revision Id. "
            "Call the GetLayerPolicy API to retrieve the latest Revision Id",
            status=412,
        )


def _statement(context: Context, version_arn: str, request: Shape) -> Document:
    principal: str | Document = request["Principal"]
    if principal != "*":
        account = request["Principal"]
        arn = account if account.startswith("arn:") else f"arn:{context.caller.partition}:iam::{account}:root"
        principal = {"AWS": arn}
    statement: Document = {
        "Sid": request["StatementId"],
        "Effect": "Allow",
        "Principal": principal,
        "Action": request["Action"],
        "Resource": version_arn,
    }
    if request.get("OrganizationId"):
        statement["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": request["OrganizationId"]}}
    return statement


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "AddLayerVersionPermission": add_layer_version_permission,
        "RemoveLayerVersionPermission": remove_layer_version_permission,
        "GetLayerVersionPolicy": get_layer_version_policy,
    }
)
