"""Temporary credentials that say themselves whose they are.

The session token holds what is claimed of the session and a code over it (HMAC-SHA256, RFC 2104) by a secret of the
node; access key id and secret access key are derived from the same claims. So credentials are made without writing
anything down, which environments of functions need at every start, and are recognized by whoever has the secret.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import Final

from gatewright.base.access_keys import SESSION_PREFIX, access_key_id

_VERSION: Final = b"\x01"
_CODE_OCTETS: Final = 20
_NAMES: Final = 5


@dataclass(frozen=True, slots=True)
class SessionClaims:
    """Whose session it is."""

    principal_arn: str
    """`arn:aws:sts::123456789012:assumed-role/my-role/my-session`."""
    source_arn: str
    """The role or user that the session is one of; with its path, which `principal_arn` lacks."""
    account_id: str
    expires: int
    """Seconds since the epoch."""
    distinction: str
    """Tells sessions apart that are alike otherwise; without line breaks, as all of these."""


@dataclass(frozen=True, slots=True)
class TemporaryCredentials:
    """What a session signs with."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    claims: SessionClaims


class SessionTokens:
    """Makes and reads the credentials of a node."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(self, claims: SessionClaims) -> TemporaryCredentials:
        """Return the credentials of a session: always the same of the same claims."""
        named = (claims.principal_arn, claims.source_arn, claims.account_id, str(claims.expires), claims.distinction)
        payload = "\n".join(named).encode()
        code = self._code(b"token", payload)
        token = base64.b64encode(_VERSION + code[:_CODE_OCTETS] + payload).decode()
        secret = base64.b64encode(self._code(b"secret", payload)).decode()[:40]
        return TemporaryCredentials(access_key_id(SESSION_PREFIX, claims.account_id, code[-5:]), secret, token, claims)

    def read(self, access_key: str, session_token: str) -> TemporaryCredentials | None:
        """Return the credentials with this id and token, also when they have expired; None when they are not ours."""
        try:
            octets = base64.b64decode(session_token, validate=True)
        except (binascii.Error, ValueError):
            return None
        code, payload = octets[1 : 1 + _CODE_OCTETS], octets[1 + _CODE_OCTETS :]
        expected = self._code(b"token", payload)[:_CODE_OCTETS]
        if octets[:1] != _VERSION or not hmac.compare_digest(code, expected):
            return None
        named = payload.decode().split("\n")
        if len(named) != _NAMES:
            return None
        principal, source, account, expires, distinction = named
        credentials = self.issue(SessionClaims(principal, source, account, int(expires), distinction))
        return credentials if credentials.access_key_id == access_key else None

    def _code(self, purpose: bytes, payload: bytes) -> bytes:
        return hmac.digest(self._secret, purpose + b"\0" + payload, "sha256")


def role_session_arn(role_arn: str, session_name: str) -> str:
    """Return the ARN of a session of a role: without the role's path ("IAM ARNs", IAM User Guide)."""
    _, partition, _, _, account, resource = role_arn.split(":", 5)
    return f"arn:{partition}:sts::{account}:assumed-role/{resource.rpartition('/')[2]}/{session_name}"
