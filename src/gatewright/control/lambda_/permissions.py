"""Function policies: who may invoke a function.

Source: AddPermission, RemovePermission and GetPolicy in the "API reference" (AWS Lambda). A policy has a RevisionId of
its own: a permission must not end warm execution environments, as a new revision of the function would.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.base.policy import PolicyError, parse_policy
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import (
    conflict,
    function_not_found,
    invalid_parameter,
    not_found,
    revision_mismatch,
)
from gatewright.control.lambda_.names import (
    FUNCTION_POLICY,
    LATEST,
    SERVICE,
    FunctionTarget,
    function_key,
    require_function,
    resolve_function,
)
from gatewright.control.lambda_.statements import build_statement, to_json
from gatewright.store.types import Document, Key

_LARGEST_POLICY_BYTES = 20_480


def add_permission(context: Context, request: Shape) -> Shape:
    """Add a statement to a function's policy and return its text."""
    target = resolve_function(context, "AddPermission", request["FunctionName"], request.get("Qualifier"))
    if target.qualifier == LATEST:
        raise invalid_parameter("We currently do not support adding policies for $LATEST.")
    key = _policy_key(context, target)
    with context.store.write() as writer:
        function = require_function(context, writer, _checked(target))
        document = writer.get(key)
        latest = function["RevisionId"] if document is None else document["RevisionId"]
        if request.get("RevisionId") and request["RevisionId"] != latest:
            raise revision_mismatch("GetPolicy")
        statements = [] if document is None else document["Policy"]["Statement"]
        _refuse_existing(statements, request["StatementId"])
        statement = build_statement(context, target.arn, request)
        policy = {"Version": "2012-10-17", "Id": "default", "Statement": [*statements, statement]}
        _check_policy(policy)
        writer.put(key, {"Policy": policy, "RevisionId": context.ids.request_id()})
    return {"Statement": to_json(statement)}


def remove_permission(context: Context, request: Shape) -> Shape:
    """Remove a statement from a function's policy; with the last one goes the policy."""
    target = resolve_function(context, "RemovePermission", request["FunctionName"], request.get("Qualifier"))
    key = _policy_key(context, target)
    with context.store.write() as writer:
        if writer.get(function_key(context, target)) is None:
            raise not_found(f"No policy found for: {target.arn}")
        require_function(context, writer, _checked(target))
        document = writer.get(key)
        if document is None:
            raise not_found("No policy is associated with the given resource.")
        statements = document["Policy"]["Statement"]
        remaining = [statement for statement in statements if statement["Sid"] != request["StatementId"]]
        if len(remaining) == len(statements):
            raise not_found(f"Statement {request['StatementId']} is not found in resource policy.")
        if request.get("RevisionId") and request["RevisionId"] != document["RevisionId"]:
            raise revision_mismatch("GetPolicy")
        if remaining:
            policy = {**document["Policy"], "Statement": remaining}
            writer.put(key, {"Policy": policy, "RevisionId": context.ids.request_id()})
        else:
            writer.delete(key)
    return {}


def get_policy(context: Context, request: Shape) -> Shape:
    """Return a function's policy as JSON text."""
    target = resolve_function(context, "GetPolicy", request["FunctionName"], request.get("Qualifier"))
    with context.store.read() as reader:
        if reader.get(function_key(context, target)) is None:
            raise function_not_found(target.arn)
        require_function(context, reader, _checked(target))
        document = reader.get(_policy_key(context, target))
    if document is None:
        raise not_found("The resource you requested does not exist.")
    return {"Policy": to_json(document["Policy"]), "RevisionId": document["RevisionId"]}


def _policy_key(context: Context, target: FunctionTarget) -> Key:
    return context.key(SERVICE, FUNCTION_POLICY, target.name)


def _checked(target: FunctionTarget) -> FunctionTarget:
    """Raise the error of an alias: it differs from that of a version."""
    qualifier = target.qualifier
    if qualifier is not None and qualifier != LATEST and not qualifier.isdigit():
        raise not_found(f"Cannot find alias arn: {target.qualified_arn}")
    return target


def _refuse_existing(statements: list[Document], statement_id: str) -> None:
    if any(statement["Sid"] == statement_id for statement in statements):
        raise conflict(
            f"The statement id ({statement_id}) provided already exists. "
            "Please provide a new statement id, or remove the existing statement."
        )


def _check_policy(policy: Document) -> None:
    size = len(to_json(policy).encode())
    if size > _LARGEST_POLICY_BYTES:
        raise AwsError(
            "PolicyLengthExceededException",
            f"The final policy size ({size}) is bigger than the limit ({_LARGEST_POLICY_BYTES}).",
        )
    try:
        parse_policy(policy)
    except PolicyError as error:
        # The data plane must be able to evaluate what the control plane accepts.
        raise invalid_parameter(str(error)) from error


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "AddPermission": add_permission,
        "RemovePermission": remove_permission,
        "GetPolicy": get_policy,
    }
)
