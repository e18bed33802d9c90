"""Function policies as documents: one for a function, one for each version or alias that was given one.

Source: "Viewing resource-based IAM policies in Lambda" and "Working with resource-based IAM policies in Lambda" (AWS
Lambda Developer Guide). A policy has a RevisionId of its own: a permission must not end warm execution environments, as
a new revision of the function would.
"""

from gatewright.base.errors import AwsError
from gatewright.base.policy import PolicyError, parse_policy
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import invalid_parameter, revision_mismatch
from gatewright.control.lambda_.names import FUNCTION_POLICY, LATEST, SERVICE, FunctionTarget
from gatewright.control.lambda_.statements import to_json
from gatewright.store.types import Document, Key, Writer

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


def put_policy(context: Context, writer: Writer, key: Key, policy: Document) -> Document:
    """Keep a policy that the data plane can evaluate, and return its document. Raises AwsError."""
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
    document: Document = {"Policy": policy, "RevisionId": context.ids.request_id()}
    writer.put(key, document)
    return document
