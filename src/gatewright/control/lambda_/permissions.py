"""Permissions: statements of function policies, one at a time.

Source: AddPermission, RemovePermission and GetPolicy in the "API reference" (AWS Lambda). With a qualifier, they work
on the policy of a version or an alias, whose statements name its ARN.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import conflict, function_not_found, not_found
from gatewright.control.lambda_.names import function_key, resolve_function
from gatewright.control.lambda_.policies import (
    check_revision,
    delete_policy,
    policy_key,
    put_policy,
    refuse_latest,
    require_revision,
)
from gatewright.control.lambda_.statements import build_statement, statements_of, to_json
from gatewright.store.types import Document


def add_permission(context: Context, request: Shape) -> Shape:
    """Add a statement to a policy and return its text."""
    target = resolve_function(context, "AddPermission", request["FunctionName"], request.get("Qualifier"))
    refuse_latest(target)
    with context.store.write() as writer:
        revision_id = require_revision(context, writer, target)
        document = writer.get(policy_key(context, target))
        policy = {"Version": "2012-10-17", "Id": "default"} if document is None else document["Policy"]
        statements = statements_of(policy)
        _refuse_existing(statements, request["StatementId"])
        check_revision(request.get("RevisionId"), revision_id)
        statement = build_statement(context, target.qualified_arn, request)
        put_policy(context, writer, target, {**policy, "Statement": [*statements, statement]})
    return {"Statement": to_json(statement)}


def remove_permission(context: Context, request: Shape) -> Shape:
    """Remove a statement from a policy; with the last one goes the policy."""
    target = resolve_function(context, "RemovePermission", request["FunctionName"], request.get("Qualifier"))
    with context.store.write() as writer:
        if writer.get(function_key(context, target)) is None:
            raise not_found(f"No policy found for: {target.arn}")
        revision_id = require_revision(context, writer, target)
        document = writer.get(policy_key(context, target))
        if document is None:
            raise not_found("No policy is associated with the given resource.")
        statements = statements_of(document["Policy"])
        remaining = [statement for statement in statements if statement.get("Sid") != request["StatementId"]]
        if len(remaining) == len(statements):
            raise not_found(f"Statement {request['StatementId']} is not found in resource policy.")
        check_revision(request.get("RevisionId"), revision_id)
        if remaining:
            put_policy(context, writer, target, {**document["Policy"], "Statement": remaining})
        else:
            delete_policy(context, writer, target)
    return {}


def get_policy(context: Context, request: Shape) -> Shape:
    """Return the policy of a function, version or alias as JSON text."""
    target = resolve_function(context, "GetPolicy", request["FunctionName"], request.get("Qualifier"))
    with context.store.read() as reader:
        if reader.get(function_key(context, target)) is None:
            raise function_not_found(target.arn)
        document = reader.get(policy_key(context, target))
        if document is None:  # whether or not there is such a version or alias
            raise not_found("The resource you requested does not exist.")
        revision_id = require_revision(context, reader, target)
    return {"Policy": to_json(document["Policy"]), "RevisionId": revision_id}


def _refuse_existing(statements: list[Document], statement_id: str) -> None:
    if any(statement.get("Sid") == statement_id for statement in statements):
        raise conflict(
            f"The statement id ({statement_id}) provided already exists. "
            "Please provide a new statement id, or remove the existing statement."
        )


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "AddPermission": add_permission,
        "RemovePermission": remove_permission,
        "GetPolicy": get_policy,
    }
)
