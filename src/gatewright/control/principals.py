"""Who calls: the principal that an access key id stands for.

Access keys of users are documents of IAM; sessions of STS are documents too, and besides say themselves whose they are
(`base.session_tokens`), as those of functions do. In open mode signatures are not verified and any access key is taken:
one that nobody knows is the account's root user.

Source: "IAM identifiers", "How to find the unique identifier of a principal" (IAM User Guide).
"""

import enum
import hashlib
from dataclasses import dataclass
from typing import Final

from gatewright.base.errors import AwsError
from gatewright.base.session_tokens import SessionClaims
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader

IAM: Final = "iam"
STS: Final = "sts"
SESSION: Final = "session"
"""The kind of the documents of sessions, by access key id."""


class PrincipalKind(enum.Enum):
    """What a caller can be."""

    ROOT = "root"
    USER = "user"
    USER_SESSION = "user-session"
    ASSUMED_ROLE = "assumed-role"
    FEDERATED_USER = "federated-user"


@dataclass(frozen=True, slots=True)
class CallingPrincipal:
    """Who calls."""

    kind: PrincipalKind
    arn: str
    user_id: str
    """What GetCallerIdentity calls UserId, and policies `aws:userid`."""
    account_id: str
    user: Document | None = None
    """IAM's document of the user, whose session it may be."""
    session: Document | None = None
    """STS's document of the session; sessions of functions have none."""


def calling_principal(context: Context, reader: Reader) -> CallingPrincipal:
    """Return who calls. Raises ExpiredToken for temporary credentials that have expired."""
    caller = context.caller
    if caller.access_key_id is None:
        return _root(context)
    if caller.session_token is not None:
        credentials = context.node.session_tokens.read(caller.access_key_id, caller.session_token)
        if credentials is not None:
            if credentials.claims.expires <= context.clock.now():
                raise AwsError("ExpiredToken", "The security token included in the request is expired", status=403)
            return _of_session(context, reader, caller.access_key_id, credentials.claims)
    user = user_of_access_key(context, reader, caller.access_key_id)
    return _root(context) if user is None else _of_user(context, user)


def user_of_access_key(context: Context, reader: Reader, access_key_id: str) -> Document | None:
    """Return the user that an access key belongs to."""
    key = reader.get(context.global_key(IAM, "access-key", access_key_id))
    return None if key is None else reader.get(context.global_key(IAM, "user", key["UserName"].lower()))


def find_role(context: Context, reader: Reader, role_arn: str) -> Document | None:
    """Return IAM's document of a role by its ARN; None for one of another account, or that is not there."""
    role = reader.get(context.global_key(IAM, "role", role_arn.rpartition("/")[2].lower()))
    return role if role is not None and role["Arn"] == role_arn else None


def role_id(context: Context, reader: Reader, role_arn: str) -> str:
    """Return the unique id of a role; of one that IAM does not know, always the same one."""
    role = find_role(context, reader, role_arn)
    return (
        str(role["RoleId"]) if role is not None else f"AROA{hashlib.sha256(role_arn.encode()).hexdigest()[:17].upper()}"
    )


def _root(context: Context) -> CallingPrincipal:
    caller = context.caller
    arn = f"arn:{caller.partition}:iam::{caller.account_id}:root"
    return CallingPrincipal(PrincipalKind.ROOT, arn, caller.account_id, caller.account_id)


def _of_user(context: Context, user: Document, session: Document | None = None) -> CallingPrincipal:
    kind = PrincipalKind.USER if session is None else PrincipalKind.USER_SESSION
    return CallingPrincipal(kind, user["Arn"], user["UserId"], context.caller.account_id, user, session)


def _of_session(context: Context, reader: Reader, access_key_id: str, claims: SessionClaims) -> CallingPrincipal:
    session = reader.get(context.global_key(STS, SESSION, access_key_id))
    arn, account = claims.principal_arn, claims.account_id
    resource = arn.split(":", 5)[5]
    if resource.startswith("assumed-role/"):
        user_id = f"{role_id(context, reader, claims.source_arn)}:{resource.rpartition('/')[2]}"
        return CallingPrincipal(PrincipalKind.ASSUMED_ROLE, arn, user_id, account, session=session)
    if resource.startswith("federated-user/"):
        user_id = f"{account}:{resource.partition('/')[2]}"
        return CallingPrincipal(PrincipalKind.FEDERATED_USER, arn, user_id, account, session=session)
    user = reader.get(context.global_key(IAM, "user", resource.rpartition("/")[2].lower()))
    return _root(context) if user is None else _of_user(context, user, session)
