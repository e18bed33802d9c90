"""Resource policies: the policy of a function, version or alias as a whole, by ARN.

Source: PutResourcePolicy, GetResourcePolicy and DeleteResourcePolicy in the "API reference" (AWS Lambda). They are the
same policies that AddPermission adds to; "the new policy overwrites those permissions".
"""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.arn import parse_arn
from gatewright.base.errors import OperationNotImplemented
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import invalid_parameter, not_found
from gatewright.control.lambda_.names import FunctionTarget, resolve_function
from gatewright.control.lambda_.policies import (
    check_revision,
    delete_policy,
    policy_key,
    put_policy,
    refuse_latest,
    require_revision,
)
from gatewright.control.lambda_.statements import statements_of, to_json
from gatewright.store.types import Document, Reader


def put_resource_policy(context: Context, request: Shape) -> Shape:
    """Replace a policy by another one and return it."""
    target = _resolve(context, "PutResourcePolicy", request["ResourceArn"])
    refuse_latest(target)
    policy = _parse(target, request["Policy"])
    with context.store.write() as writer:
        check_revision(request.get("RevisionId"), require_revision(context, writer, target))
        return put_policy(context, writer, target, policy)


def get_resource_policy(context: Context, request: Shape) -> Shape:
    """Return a policy as JSON text."""
    target = _resolve(context, "GetResourcePolicy", request["ResourceArn"])
    with context.store.read() as reader:
        return _require(context, reader, target)


def delete_resource_policy(context: Context, request: Shape) -> Shape:
    """Delete a policy; that there is none is no error."""
    target = _resolve(context, "DeleteResourcePolicy", request["ResourceArn"])
    with context.store.write() as writer:
        check_revision(request.get("RevisionId"), require_revision(context, writer, target))
        if writer.get(policy_key(context, target)) is not None:
            delete_policy(context, writer, target)
    return {}


def _resolve(context: Context, operation: str, resource_arn: str) -> FunctionTarget:
    arn = parse_arn(resource_arn)
    if arn is not None and arn.resource.startswith("runtime/"):
        raise OperationNotImplemented(f"Lambda {operation}: policies of runtimes are not implemented by gatewright.")
    return resolve_function(context, operation, resource_arn)


def _require(context: Context, reader: Reader, target: FunctionTarget) -> Document:
    revision_id = require_revision(context, reader, target)
    document = reader.get(policy_key(context, target))
    if document is None:
        raise not_found("The resource you requested does not exist.")
    return {"Policy": to_json(document["Policy"]), "RevisionId": revision_id}


def _parse(target: FunctionTarget, text: str) -> Document:
    """Return a policy's JSON as an object that speaks of this resource only. Raises InvalidParameterValueException."""
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError) as error:  # the latter for what nests too deep
        raise invalid_parameter("The policy is not valid JSON.") from error
    if not isinstance(policy, dict):
        raise invalid_parameter("The policy must be a JSON object.")
    if not all(isinstance(statement, dict) for statement in statements_of(policy)):
        raise invalid_parameter("A statement must be a JSON object.")
    for statement in statements_of(policy):
        if not ("Principal" in statement or "NotPrincipal" in statement):
            raise invalid_parameter("Every statement of a resource-based policy must have a Principal.")
        if statement.get("Resource", target.qualified_arn) not in (target.qualified_arn, [target.qualified_arn]):
            raise invalid_parameter(f"The Resource of every statement must be {target.qualified_arn}.")
    return policy


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "PutResourcePolicy": put_resource_policy,
        "GetResourcePolicy": get_resource_policy,
        "DeleteResourcePolicy": delete_resource_policy,
    }
)
