"""Templates render byte for byte as Apache Velocity 1.7 renders them, and what it refuses is refused.

"Mapping template reference for REST APIs in API Gateway": templates are written in the Velocity Template Language. The
corpus holds what Velocity gave; the slow test asks it again.
"""

import copy
import json

import pytest

from gatewright.languages.vtl import Dialect, Limits, TemplateError, TemplateFault, compile_template
from tests.unit.languages.vtl.generate import templates
from tests.unit.languages.vtl.velocity import HERE, IS_INSTALLED, Case, load, rendered

CASES = load()
UNLIMITED = Limits(loop_iterations=None, steps=1_000_000)


def ours(case: Case) -> str | None:
    try:
        template = compile_template(case.template, dialect=Dialect.VELOCITY)
        return template.render(copy.deepcopy(case.variables), UNLIMITED)
    except (TemplateError, TemplateFault):
        return None


def test_the_corpus_is_large_enough() -> None:
    assert len(CASES) >= 400
    assert len({case.template for case in CASES}) >= 400


@pytest.mark.parametrize("topic", sorted({case.topic for case in CASES}))
def test_the_output_is_that_of_velocity(topic: str) -> None:
    cases = [case for case in CASES if case.topic == topic]
    assert [(case.template, ours(case)) for case in cases] == [(case.template, case.output) for case in cases]


@pytest.mark.slow
@pytest.mark.skipif(not IS_INSTALLED, reason="Debian's package velocity, or Java, is not installed")
def test_velocity_gives_what_the_corpus_holds_and_agrees_on_more() -> None:
    variables = json.loads((HERE / "corpus" / "variables.json").read_text())
    more = [Case("more", template, variables) for template in templates(600, seed=4)]
    answers = rendered([*CASES, *more])
    assert answers[: len(CASES)] == [case.output for case in CASES]
    assert [(case.template, ours(case)) for case in more] == [
        (case.template, answer) for case, answer in zip(more, answers[len(CASES) :], strict=True)
    ]
