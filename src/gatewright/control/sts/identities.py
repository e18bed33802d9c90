"""GetCallerIdentity and GetAccessKeyInfo: who calls, and whose an access key is.

Source: GetCallerIdentity and GetAccessKeyInfo in the "API Reference" (STS).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.access_keys import account_of
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.principals import calling_principal


def get_caller_identity(context: Context, request: Shape) -> Shape:
    """Return who calls; an access key that nobody knows is the root user's. Raises ExpiredToken."""
    with context.store.read() as reader:
        caller = calling_principal(context, reader)
    return {"UserId": caller.user_id, "Account": caller.account_id, "Arn": caller.arn}


def get_access_key_info(context: Context, request: Shape) -> Shape:
    """Return the account of an access key; the node's own of one that does not name any."""
    return {"Account": account_of(request["AccessKeyId"]) or context.caller.account_id}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "GetCallerIdentity": get_caller_identity,
        "GetAccessKeyInfo": get_access_key_info,
    }
)
