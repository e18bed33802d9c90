"""The last uses of access keys."""

from gatewright.control.context import AccessKeyUse
from gatewright.server.key_uses import KeyUses
from tests.unit.control.contexts import START, FakeClock


def test_the_last_use_of_a_users_key_is_remembered() -> None:
    clock = FakeClock()
    uses = KeyUses(clock)
    uses.note("AKIA1", "us-east-1", "lambda")
    clock.advance(1)
    uses.note("AKIA1", "eu-west-1", "iam")
    uses.note("ASIA1", "eu-west-1", "iam")
    uses.note("test", "eu-west-1", "iam")
    assert uses.last("AKIA1") == AccessKeyUse(START + 1, "eu-west-1", "iam")
    assert [uses.last(key) for key in ("ASIA1", "test", "AKIA2")] == [None, None, None]


def test_the_oldest_is_forgotten_when_there_are_too_many() -> None:
    uses = KeyUses(FakeClock())
    for number in range(10_000):
        uses.note(f"AKIA{number}", "us-east-1", "iam")
    uses.note("AKIA0", "us-east-1", "iam")
    uses.note("AKIAnew", "us-east-1", "iam")
    assert uses.last("AKIA1") is None
    assert uses.last("AKIA0") is not None
