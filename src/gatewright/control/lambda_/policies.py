"""Function policies as documents: one for a function, one for each version or alias that was given one.

Source: "Viewing resource-based IAM policies in Lambda" and "Working with resource-based IAM policies in Lambda" (AWS
Lambda Developer Guide). A policy has the RevisionId of what it belongs to, which gets a new one with each change.
"""

from gatewright.base.errors import AwsError
from gatewright.base.policy import PolicyError, parse_policy
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import function_not_found, invalid_parameter, revision_mismatch
from gatewright.control.lambda_.names import (
    ALIAS,
    FUNCTION_POLICY,
    LATEST,
    SERVICE,
    VERSION,
    FunctionTarget,
    function_key,
    is_version,
    part_key,
    require_resource,
    version_id,
)
from gatewright.control.lambda_.statements import to_json
from gatewright.store.types import Document, Key, Reader, Writer

LARGEST_POLICY_BYTES = 20_480


def policy_key(context: Context, target: FunctionTarget) -> Key:
    """Return the key of the policy of a function, version or alias; `$LATEST` has that of the function."""
    is_own = target.qualifier in (None, LATEST)
    return context.key(SERVICE, FUNCTION_POLICY, target.name if is_own else f"{target.name}/{target.qualifier}")


def refuse_latest(target: FunctionTarget) -> None:
    """Raise InvalidParameterValueException for a policy of `$LATEST`: the function itself is to be named."""
    if target.qualifier == LATEST:
        raise invalid_parameter("We currently do not support adding policies for $LATEST.")


def check_revision(request_revision: str | None, latest: str) -> None:
    """Raise PreconditionFailedException when a request expects another revision."""
    if request_revision and request_revision != latest:
        raise revision_mismatch()


def resource_key(context: Context, target: FunctionTarget) -> Key:
    """Return the key of what a policy belongs to: the configuration of a function or version, or an alias."""
    qualifier = target.qualifier
    if qualifier is None or qualifier == LATEST:
        return function_key(context, target)
    if is_version(qualifier):
        return context.key(SERVICE, VERSION, version_id(target, qualifier))
    return part_key(context, ALIAS, target, qualifier)


def require_revision(context: Context, reader: Reader, target: FunctionTarget) -> str:
    """Return the RevisionId of what a policy belongs to. Raises ResourceNotFoundException."""
    require_resource(context, reader, target)
    document = reader.get(resource_key(context, target))
    if document is None:
        raise function_not_found(target.qualified_arn)
    return str(document["RevisionId"])


def put_policy(context: Context, writer: Writer, target: FunctionTarget, policy: Document) -> Document:
    """Keep a policy that the data plane can evaluate, and return it with its revision. Raises AwsError."""
    try:
        parse_policy(policy)
    except PolicyError as error:
        raise invalid_parameter(str(error)) from error
    size = len(to_json(policy).encode("utf-8", "surrogatepass"))
    if size > LARGEST_POLICY_BYTES:
        raise AwsError(
            "PolicyLengthExceededException",
            f"The final policy size ({size}) is bigger than the limit ({LARGEST_POLICY_BYTES}).",
        )
    writer.put(policy_key(context, target), {"Policy": policy})
    return {"Policy": to_json(policy), "RevisionId": _change_revision(context, writer, target)}


def delete_policy(context: Context, writer: Writer, target: FunctionTarget) -> None:
    """Delete a policy."""
    writer.delete(policy_key(context, target))
    _change_revision(context, writer, target)


def _change_revision(context: Context, writer: Writer, target: FunctionTarget) -> str:
    key = resource_key(context, target)
    document = writer.get(key)
    revision_id = context.ids.request_id()
    if document is not None:
        writer.put(key, {**document, "RevisionId": revision_id})
    return revision_id
