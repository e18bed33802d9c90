"""Header fields at a hop."""

import pytest

from gatewright.base.messages import Headers
from gatewright.gateway.fields import connection_options, end_to_end, field_value, is_field_name


def test_end_to_end() -> None:
    headers = Headers([("A", "1"), ("connection", "B , c"), ("b", "1"), ("C", "1"), ("Upgrade", "x"), ("A", "2")])
    assert list(end_to_end(headers)) == [("A", "1"), ("A", "2")]


@pytest.mark.parametrize(
    ("value", "options"),
    [("keep-alive", set()), ("Close", set()), ("a, B", {"a", "b"}), ("", {""}), ("close, x", {"close", "x"})],
)
def test_connection_options(value: str, options: set[str]) -> None:
    assert connection_options(value) == options


@pytest.mark.parametrize(
    ("text", "value"), [("a\tb", "a\tb"), (" a b\t", "a b"), ("é", "\xc3\xa9"), ("", ""), ("\ud800", "?")]
)
def test_field_values(text: str, value: str) -> None:
    assert field_value(text) == value


@pytest.mark.parametrize("text", ["\r", "\n", "a\r\nb: c", "\x00", "\x7f", "\x0b"])
def test_what_no_field_can_hold(text: str) -> None:
    assert field_value(text) is None


def test_names() -> None:
    assert is_field_name("X-A.b_1!")
    assert not any(is_field_name(name) for name in ("", "a b", "a:", "a\n", "é"))
