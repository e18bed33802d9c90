"""AssumeRole, by AWS credentials or by a web identity.

In open mode nothing is authorized: a role's trust policy is not asked, and a role that IAM does not know, or that is
another account's, is assumed all the same (AWS would answer AccessDenied).

Source: AssumeRole and AssumeRoleWithWebIdentity in the "API Reference" (STS); messages as recorded (localstack,
test_sts.snapshot.json).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.base.arn import parse_arn
from gatewright.base.errors import OperationNotImplemented
from gatewright.base.operations import Shape
from gatewright.base.session_tokens import role_session_arn
from gatewright.control.context import Context
from gatewright.control.principals import CallingPrincipal, PrincipalKind, calling_principal, find_role, role_id
from gatewright.control.sts.errors import validation_error
from gatewright.control.sts.session_limits import has_policies, packed_size, session_limits
from gatewright.control.sts.sessions import issue_session
from gatewright.control.sts.web_identities import read_web_identity
from gatewright.store.types import Document, Reader

_USUAL_SECONDS: Final = 3600
_LONGEST_CHAINED: Final = 3600
_NOT_BUILT: Final = ("SerialNumber", "TokenCode", "ProvidedContexts", "ProviderId")


def assume_role(context: Context, request: Shape) -> Shape:
    """Return credentials of a session of a role."""
    _refuse_unbuilt(request)
    with context.store.read() as reader:
        caller = calling_principal(context, reader)
        account = _check_role(context, reader, request, caller)
        identifier = role_id(context, reader, request["RoleArn"])
    limits = session_limits(request, caller.session)
    return {**_assumed(context, request, account, identifier, limits), **_source_identity(limits)}


def assume_role_with_web_identity(context: Context, request: Shape) -> Shape:
    """Return credentials of a session of a role to who shows a token of an identity provider's.

    The token's signature is not verified: nobody knows the provider's keys here.
    """
    _refuse_unbuilt(request)
    with context.store.read() as reader:
        account = _check_role(context, reader, request, None)
        identifier = role_id(context, reader, request["RoleArn"])
    identity = read_web_identity(request["WebIdentityToken"], context.clock.now())
    limits = session_limits(request, None) | {"WebIdentity": {"Provider": identity.issuer, "Subject": identity.subject}}
    return {
        **_assumed(context, request, account, identifier, limits),
        "SubjectFromWebIdentityToken": identity.subject,
        "Audience": identity.audience,
        "Provider": identity.issuer,
    }


def _check_role(context: Context, reader: Reader, request: Shape, caller: CallingPrincipal | None) -> str:
    """Return the account of the role that a request names. Raises ValidationError."""
    arn = parse_arn(request["RoleArn"])
    if arn is None or arn.service != "iam" or not arn.resource.startswith("role/"):
        raise validation_error(f"{request['RoleArn']} is invalid")
    seconds = request.get("DurationSeconds") or _USUAL_SECONDS
    if caller is not None and caller.kind is PrincipalKind.ASSUMED_ROLE and seconds > _LONGEST_CHAINED:
        raise validation_error(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        )
    role = find_role(context, reader, request["RoleArn"])
    if role is not None and seconds > max(role["MaxSessionDuration"], _USUAL_SECONDS):
        raise validation_error("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    return arn.account


def _assumed(context: Context, request: Shape, account: str, identifier: str, limits: Document) -> Document:
    arn = role_session_arn(request["RoleArn"], request["RoleSessionName"])
    packed = {"PackedPolicySize": packed_size(limits)} if has_policies(request) else {}
    seconds = request.get("DurationSeconds") or _USUAL_SECONDS
    return {
        "Credentials": issue_session(context, arn, request["RoleArn"], account, seconds, limits),
        "AssumedRoleUser": {"AssumedRoleId": f"{identifier}:{request['RoleSessionName']}", "Arn": arn},
        **packed,
    }


def _source_identity(limits: Document) -> Document:
    return {name: limits[name] for name in ("SourceIdentity",) if name in limits}


def _refuse_unbuilt(request: Shape) -> None:
    for name in _NOT_BUILT:
        if request.get(name):
            raise OperationNotImplemented(f"{name} of AssumeRole is not implemented by gatewright.")


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "AssumeRole": assume_role,
        "AssumeRoleWithWebIdentity": assume_role_with_web_identity,
    }
)
