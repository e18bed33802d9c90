"""GetSessionToken and GetFederationToken: temporary credentials of users.

Source: GetSessionToken and GetFederationToken in the "API Reference" (STS); members as recorded (localstack,
test_sts.snapshot.json).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.base.errors import OperationNotImplemented
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.principals import CallingPrincipal, PrincipalKind, calling_principal
from gatewright.control.sts.errors import access_denied
from gatewright.control.sts.session_limits import packed_size, session_limits
from gatewright.control.sts.sessions import issue_session

_USUAL_SECONDS: Final = 43_200


def get_session_token(context: Context, request: Shape) -> Shape:
    """Return temporary credentials of the caller, a user or the root user."""
    for name in ("SerialNumber", "TokenCode"):
        if request.get(name):
            raise OperationNotImplemented(f"{name} of GetSessionToken is not implemented by gatewright.")
    caller = _user_or_root(context, "GetSessionToken")
    seconds = request.get("DurationSeconds") or _USUAL_SECONDS
    return {"Credentials": issue_session(context, caller.arn, caller.arn, caller.account_id, seconds, {})}


def get_federation_token(context: Context, request: Shape) -> Shape:
    """Return temporary credentials for somebody whom the caller, a user, names."""
    caller = _user_or_root(context, "GetFederationToken")
    limits = session_limits(request, None)
    packed, name, account = packed_size(limits), request["Name"], caller.account_id
    arn = f"arn:{context.caller.partition}:sts::{account}:federated-user/{name}"
    seconds = request.get("DurationSeconds") or _USUAL_SECONDS
    return {
        "Credentials": issue_session(context, arn, caller.arn, account, seconds, limits),
        "FederatedUser": {"FederatedUserId": f"{account}:{name}", "Arn": arn},
        "PackedPolicySize": packed,
    }


def _user_or_root(context: Context, operation: str) -> CallingPrincipal:
    with context.store.read() as reader:
        caller = calling_principal(context, reader)
    if caller.kind not in (PrincipalKind.USER, PrincipalKind.ROOT):
        raise access_denied(f"Cannot call {operation} with session credentials")
    return caller


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "GetSessionToken": get_session_token,
        "GetFederationToken": get_federation_token,
    }
)
