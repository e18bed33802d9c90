"""Access key ids and temporary credentials that say themselves whose they are."""

import base64
from dataclasses import replace

import pytest

from gatewright.base.access_keys import SESSION_PREFIX, USER_PREFIX, access_key_id, account_of, secret_access_key
from gatewright.base.session_tokens import SessionClaims, SessionTokens, role_session_arn

CLAIMS = SessionClaims(
    principal_arn="arn:aws:sts::123456789012:assumed-role/worker/orders",
    source_arn="arn:aws:iam::123456789012:role/team/worker",
    account_id="123456789012",
    expires=1767225600,
    distinction="00000000deadbeef",
)
TOKENS = SessionTokens(b"secret of a node")


@pytest.mark.parametrize("account", ["123456789012", "000000000000", "999999999999"])
def test_an_access_key_id_names_its_account(account: str) -> None:
    identifier = access_key_id(USER_PREFIX, account, b"\xff\x01\x02\x03\x04")
    assert identifier.startswith("AKIA")
    assert len(identifier) == 20
    assert account_of(identifier) == account


@pytest.mark.parametrize("text", ["", "test", "AKIAIOSFODNN7EXAMPLE", "AKIA0000000000000000", "AKIA" + "7" * 16])
def test_an_access_key_id_that_names_none(text: str) -> None:
    """The second is AWS's own example, of the time before accounts were in ids."""
    assert account_of(text) is None


def test_secrets_have_forty_characters() -> None:
    assert len(secret_access_key(bytes)) == 40


def test_what_is_issued_is_read() -> None:
    issued = TOKENS.issue(CLAIMS)
    assert issued.access_key_id.startswith(SESSION_PREFIX)
    assert account_of(issued.access_key_id) == "123456789012"
    assert len(issued.secret_access_key) == 40
    assert TOKENS.read(issued.access_key_id, issued.session_token) == issued
    assert TOKENS.issue(CLAIMS) == issued


def test_other_claims_and_other_nodes_have_other_credentials() -> None:
    issued = TOKENS.issue(CLAIMS)
    for other in (TOKENS.issue(replace(CLAIMS, distinction="1")), SessionTokens(b"another").issue(CLAIMS)):
        assert other.access_key_id != issued.access_key_id
        assert other.secret_access_key != issued.secret_access_key
        assert other.session_token != issued.session_token


def test_what_is_not_ours_is_not_read() -> None:
    issued = TOKENS.issue(CLAIMS)
    octets = base64.b64decode(issued.session_token)
    forged = base64.b64encode(octets.replace(b"worker", b"master")).decode()
    cut = base64.b64encode(octets[:-1]).decode()
    later = base64.b64encode(b"\x02" + octets[1:]).decode()
    for token in (forged, cut, later, "", "gatewright", "?" * 40, "é"):
        assert TOKENS.read(issued.access_key_id, token) is None
    assert TOKENS.read("ASIAAAAAAAAAAAAAAAAA", issued.session_token) is None
    assert SessionTokens(b"another").read(issued.access_key_id, issued.session_token) is None


def test_the_arn_of_a_session_has_no_path() -> None:
    """ "IAM ARNs" (IAM User Guide)."""
    arn = role_session_arn("arn:aws-cn:iam::123456789012:role/service-role/worker", "orders")
    assert arn == "arn:aws-cn:sts::123456789012:assumed-role/worker/orders"
