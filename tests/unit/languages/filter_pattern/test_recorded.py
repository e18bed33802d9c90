"""Filter patterns as others recorded them of CloudWatch Logs."""

from collections.abc import Mapping

import pytest

from gatewright.languages.filter_pattern import FilterGrammarError, FilterPatternError, compile_filter
from tests.unit.languages.filter_pattern.recorded import ERRORS, EXTRACTED, MALFORMED, MATCHES


@pytest.mark.parametrize(("messages", "pattern", "numbers"), MATCHES, ids=[case[1] or "empty" for case in MATCHES])
def test_a_pattern_matches_what_it_matched(messages: tuple[str, ...], pattern: str, numbers: tuple[int, ...]) -> None:
    compiled = compile_filter(pattern)
    assert tuple(number for number, message in enumerate(messages, 1) if compiled.is_match(message)) == numbers


@pytest.mark.parametrize(("pattern", "text"), ERRORS.items(), ids=list(ERRORS))
def test_a_pattern_is_refused_as_it_was(pattern: str, text: str | None) -> None:
    with pytest.raises(FilterPatternError) as caught:
        compile_filter(pattern)
    if text is MALFORMED:
        assert isinstance(caught.value, FilterGrammarError)
    else:
        assert str(caught.value) == text
        assert not isinstance(caught.value, FilterGrammarError)


@pytest.mark.parametrize(("pattern", "message", "values"), EXTRACTED)
def test_a_pattern_extracts_what_it_extracted(pattern: str, message: str, values: Mapping[str, str]) -> None:
    assert compile_filter(pattern).extract(message) == values
