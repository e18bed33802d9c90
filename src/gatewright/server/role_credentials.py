"""The credentials that functions get: a session of their role, named like the function.

An environment's credentials are derived from the node's secret (`base.session_tokens`) when it starts, so nothing is
written down for them, and STS knows whose they are. The secret is a document, made by the first start.

Source: "Managing permissions with a Lambda execution role" (AWS Lambda Developer Guide).
"""

from typing import Final

from gatewright.base.clock import Clock
from gatewright.base.ids import Ids
from gatewright.base.session_tokens import SessionClaims, SessionTokens, role_session_arn
from gatewright.functions.settings import CREDENTIALS_SECONDS, Credentials
from gatewright.snapshot.types import FunctionVersion
from gatewright.store.types import Key, Store

_SECRET_OCTETS: Final = 32


def open_session_tokens(store: Store, account_id: str, ids: Ids) -> SessionTokens:
    """Return what makes and reads temporary credentials, by the secret that the store keeps."""
    key = Key(account_id, "aws-global", "sts", "secret", "session-tokens")
    with store.read() as reader:
        kept = reader.get(key)
    if kept is None:
        with store.write() as writer:
            kept = writer.get(key) or {"Secret": ids.octets(_SECRET_OCTETS).hex()}
            writer.put(key, kept)
    return SessionTokens(bytes.fromhex(kept["Secret"]))


class RoleCredentials:
    """Makes the credentials of environments."""

    def __init__(self, tokens: SessionTokens, clock: Clock, ids: Ids) -> None:
        self._tokens = tokens
        self._clock = clock
        self._ids = ids

    def issue(self, function: FunctionVersion) -> Credentials:
        """Return the credentials of one environment of a function."""
        issued = self._tokens.issue(
            SessionClaims(
                principal_arn=role_session_arn(function.role_arn, function.name),
                source_arn=function.role_arn,
                account_id=function.role_arn.split(":")[4],
                expires=int(self._clock.now()) + CREDENTIALS_SECONDS,
                distinction=self._ids.octets(8).hex(),
            )
        )
        return Credentials(issued.access_key_id, issued.secret_access_key, issued.session_token)
