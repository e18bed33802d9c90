"""Patterns mean what they mean to java.util.regex: whether they match, where they are found, what replaces them.

The corpus holds what Java 17 answered; the slow test asks it again, and about more patterns. "Set up an integration
response" (selection patterns) and String.matches, replaceAll in templates ("Mapping template reference").
"""

import pytest

from gatewright.languages.java_patterns import compile_java
from gatewright.languages.patterns import PatternError
from gatewright.languages.vtl.errors import TemplateFault, TemplateLimitFault
from gatewright.languages.vtl.patterns import Patterns
from tests.unit.languages.java_patterns.generate import cases
from tests.unit.languages.java_patterns.java import REFERENCE, Answer, Case, ask, load, version

LIMIT = 1_000_000
CORPUS = load()

# Accidents of Java's, and what the package has no word for. Each is refused or means what its words say.
DIFFERENT = {"[a&&]b|&&": "an operator without its right side", r"\X": "clusters by another version of Unicode"}


def ours(case: Case) -> Answer | None:
    try:
        pattern = compile_java(case.pattern)
    except PatternError:
        return None
    patterns = Patterns(60.0, {})
    is_match = patterns.matches(case.pattern, case.text)
    assert is_match is pattern.is_match(case.text)
    try:
        replaced = patterns.replace(case.pattern, case.text, case.replacement, LIMIT)
    except TemplateFault:
        replaced = None
    return Answer(is_match, pattern.is_found(case.text), replaced)


def differing(answers: list[tuple[Case, Answer | None]]) -> list[tuple[Case, Answer | None, Answer | None]]:
    found = []
    for case, theirs in answers:
        try:
            own = ours(case)
        except TemplateLimitFault:  # where brackets within brackets hide how much is repeated
            continue
        if own != theirs and case.pattern not in DIFFERENT:
            found.append((case, theirs, own))
    return found


def test_the_corpus_is_large_enough() -> None:
    assert len({case.pattern for case, answer in CORPUS if answer is not None}) >= 700
    assert len({case.pattern for case, answer in CORPUS if answer is None}) >= 100


def test_patterns_mean_what_they_mean_to_java() -> None:
    assert differing(CORPUS) == []


@pytest.mark.slow
@pytest.mark.skipif(version() != REFERENCE, reason=f"Java {REFERENCE} is not installed")
def test_java_gives_what_the_corpus_holds_and_agrees_on_more() -> None:
    assert ask([case for case, _ in CORPUS]) == [answer for _, answer in CORPUS]
    more = cases(3000, seed=2)
    assert len(differing(list(zip(more, ask(more), strict=True)))) <= 3000 // 500


def test_letters_of_all_languages() -> None:
    """Class Pattern: `\\p{L}` and its like are Unicode's, `\\w` is ASCII's."""
    assert compile_java(r"\p{L}+").is_match("Größe")
    assert compile_java(r"\p{IsAlphabetic}+").is_match("имя")
    assert not compile_java(r"\w+").is_match("Größe")
    assert compile_java("größe", "i").is_match("GRößE")
    assert not compile_java("größe", "i").is_match("GRÖßE")


@pytest.mark.parametrize("bracket", ["[]", "()"])
@pytest.mark.parametrize("depth", [600, 4000])
def test_what_nests_too_deep_is_refused(bracket: str, depth: int) -> None:
    """An API with such a selection pattern must not keep all others from being served."""
    with pytest.raises(PatternError):
        compile_java(bracket[0] * depth + "a" + bracket[1] * depth)
