"""The credentials that functions get."""

from dataclasses import replace

from gatewright.base.ids import Ids
from gatewright.base.session_tokens import SessionTokens
from gatewright.server.role_credentials import RoleCredentials, open_session_tokens
from gatewright.store import open_store
from tests.unit.control.contexts import START, CountingEntropy, FakeClock
from tests.unit.functions.fakes import function_version

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/worker"


def test_a_session_of_the_role_named_like_the_function() -> None:
    tokens = SessionTokens(b"secret")
    credentials = RoleCredentials(tokens, FakeClock(), Ids(CountingEntropy()))
    function = replace(function_version(), role_arn=ROLE)
    issued = credentials.issue(function)
    read = tokens.read(issued.access_key_id, issued.session_token)
    assert read is not None
    assert read.secret_access_key == issued.secret_access_key
    assert read.claims.principal_arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/orders"
    assert read.claims.source_arn == ROLE
    assert read.claims.expires == START + 36 * 3600
    assert credentials.issue(function) != issued


def test_the_secret_is_made_once_and_moves_no_revision() -> None:
    store = open_store(None)
    claims_of = []
    for _ in range(2):
        tokens = open_session_tokens(store, ACCOUNT, Ids())
        made = RoleCredentials(tokens, FakeClock(), Ids(CountingEntropy())).issue(function_version())
        claims_of.append(made)
    assert claims_of[0] == claims_of[1]
    assert store.revision() == 0


def test_integrations_share_a_session_until_shortly_before_its_end() -> None:
    """The session name of API Gateway: `SenderId` of messages that it sends (localstack, apigateway/helpers.py)."""
    tokens, clock = SessionTokens(b"secret"), FakeClock()
    credentials = RoleCredentials(tokens, clock, Ids(CountingEntropy()))
    first = credentials.of_integrations(ROLE)
    read = tokens.read(first.access_key_id, first.session_token)
    assert read is not None
    assert read.secret_access_key == first.secret_access_key
    assert read.claims.principal_arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/BackplaneAssumeRoleSession"
    assert (read.claims.source_arn, read.claims.expires) == (ROLE, START + 3600)
    assert credentials.of_integrations(f"{ROLE}2") != first
    clock.seconds += 3299
    assert credentials.of_integrations(ROLE) is first
    clock.seconds += 1
    renewed = credentials.of_integrations(ROLE)
    read = tokens.read(renewed.access_key_id, renewed.session_token)
    assert read is not None
    assert read.claims.expires == START + 3300 + 3600
