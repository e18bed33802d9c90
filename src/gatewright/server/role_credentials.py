"""The credentials that functions and integrations get: sessions of their roles.

A function's is named like the function, an integration's `BackplaneAssumeRoleSession`, as the senders of messages in
SQS show it. An environment's credentials are derived from the node's secret (`base.session_tokens`) when it starts, an
integration's when a call needs them; so nothing is written down for them, and STS knows whose they are. The secret is a
document, made by the first start.

Sources: "Managing permissions with a Lambda execution role" (AWS Lambda Developer Guide); `credentials` of
PutIntegration (API Gateway API Reference).
"""

from typing import Final

from gatewright.base.clock import Clock
from gatewright.base.ids import Ids
from gatewright.base.session_tokens import SessionClaims, SessionTokens, role_session_arn
from gatewright.functions.settings import CREDENTIALS_SECONDS, Credentials
from gatewright.snapshot.types import FunctionVersion
from gatewright.store.types import Key, Store

_SECRET_OCTETS: Final = 32

_INTEGRATION_SESSION: Final = "BackplaneAssumeRoleSession"
_INTEGRATION_SECONDS: Final = 3600
_RENEWED_SECONDS: Final = 300
"""How long before their end credentials of integrations are made anew: a call must not outlive them."""


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
    """Makes the credentials of environments and integrations."""

    def __init__(self, tokens: SessionTokens, clock: Clock, ids: Ids) -> None:
        self._tokens = tokens
        self._clock = clock
        self._ids = ids
        self._integrations: dict[str, tuple[float, Credentials]] = {}
        """By the ARN of the role: until when they are used, and the credentials."""

    def issue(self, function: FunctionVersion) -> Credentials:
        """Return the credentials of one environment of a function."""
        return self._session(function.role_arn, function.name, CREDENTIALS_SECONDS)

    def of_integrations(self, role_arn: str) -> Credentials:
        """Return credentials of the role of an integration: the same ones until shortly before their end."""
        now = self._clock.now()
        kept = self._integrations.get(role_arn)
        if kept is not None and now < kept[0]:
            return kept[1]
        self._integrations = {arn: other for arn, other in self._integrations.items() if now < other[0]}
        made = self._session(role_arn, _INTEGRATION_SESSION, _INTEGRATION_SECONDS)
        self._integrations[role_arn] = (now + _INTEGRATION_SECONDS - _RENEWED_SECONDS, made)
        return made

    def _session(self, role_arn: str, name: str, seconds: int) -> Credentials:
        issued = self._tokens.issue(
            SessionClaims(
                principal_arn=role_session_arn(role_arn, name),
                source_arn=role_arn,
                account_id=role_arn.split(":")[4],
                expires=int(self._clock.now()) + seconds,
                distinction=self._ids.octets(8).hex(),
            )
        )
        return Credentials(issued.access_key_id, issued.secret_access_key, issued.session_token)
