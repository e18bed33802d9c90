"""Loops of functions ("Use Lambda recursive loop detection to prevent infinite loops")."""

import pytest

from gatewright.functions.async_invoke.lineage import MAX_INVOCATIONS, extend, is_loop

ARN = "arn:aws:lambda:us-east-1:123456789012:function:orders"
OTHER = "arn:aws:lambda:us-east-1:123456789012:function:bills"


def test_a_chain_begins_with_one() -> None:
    lineage = extend("Root=1-5e6aa925-cc0123456789ae116148e52f;Sampled=0", ARN)
    assert lineage.count == 1
    assert lineage.trace_header.startswith("Root=1-5e6aa925-cc0123456789ae116148e52f;Sampled=0;Lineage=")
    assert lineage.trace_header.endswith(":1")


def test_functions_are_counted_each_for_itself() -> None:
    header = "Root=1-2-3"
    for _ in range(3):
        header = extend(extend(header, ARN).trace_header, OTHER).trace_header
    assert extend(header, ARN).count == 4
    assert extend(header, OTHER).count == 4
    assert extend(header, ARN + "x").count == 1


def test_a_loop_is_one_invocation_more_than_are_allowed() -> None:
    header = "Root=1-2-3"
    for _ in range(MAX_INVOCATIONS):
        lineage = extend(header, ARN)
        header = lineage.trace_header
        assert not lineage.is_loop
        assert not is_loop(header, ARN)
    assert extend(header, ARN).is_loop
    assert is_loop(extend(header, ARN).trace_header, ARN)
    assert not is_loop(extend(header, ARN).trace_header, OTHER)
    assert not is_loop(None, ARN)


def test_sdks_quote_the_separator_of_functions() -> None:
    header = extend(extend("Root=1-2-3", ARN).trace_header, OTHER).trace_header
    assert "|" in header
    assert extend(header.replace("|", "%7C"), ARN).count == 2


@pytest.mark.parametrize(
    "hostile",
    [
        "Root=1-2-3\r\nEvil: yes",
        "Root=%0D%0AEvil",
        "Lineage=" + "|".join(f"{number:08x}:99999" for number in range(10_000)),
        "Lineage=0000000g:1|:::|1234567:|12345678:9999999999999",
        ";;;==;=;" * 1000,
        "\udcff=1",
    ],
)
def test_what_is_no_trace_header_is_left_out(hostile: str) -> None:
    header = extend(hostile, ARN).trace_header
    assert header.isascii()
    assert header.isprintable()
    assert "%" not in header
    assert len(header) < 4096


def test_a_long_chain_forgets_what_was_counted_first() -> None:
    header = ""
    for number in range(200):
        header = extend(header, f"{ARN}-{number}").trace_header
    assert extend(header, f"{ARN}-199").count == 2
    assert extend(header, f"{ARN}-0").count == 1
