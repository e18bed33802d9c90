"""The keywords that judge a value by other schemas: allOf, anyOf, oneOf, not, dependencies."""

from collections.abc import Callable
from typing import Any, Protocol

from gatewright.languages.json_schema.rules import ANY, OBJECT, Rule, Test
from gatewright.languages.json_schema.values import names_text

# A model may ask the same of a value over and over: every level of `{"anyOf": [{"$ref": "#/a"}, {"$ref": "#/a"}]}`
# doubles the work.
BUDGET = 50_000


class BudgetExceeded(Exception):
    """A validation that needs more combinations than are allowed."""


class Budget:
    """How many combinations a validation may still look at."""

    __slots__ = ("_left", "_size")

    def __init__(self, size: int) -> None:
        self._left = self._size = size

    def refill(self) -> None:
        """Begin a validation."""
        self._left = self._size

    def take(self) -> None:
        """Count one combination. Raises `BudgetExceeded`."""
        self._left -= 1
        if self._left < 0:
            raise BudgetExceeded


class Compiled(Protocol):
    """A compiled schema; it may still be without its tests while its surroundings are compiled."""

    accepts: Test

    def report(self, value: Any, errors: list[str]) -> None:
        """Append what is wrong with a value."""
        ...


Compile = Callable[..., Compiled]
"""Compiles a part of a schema, given where in it the part is."""


def combination_rules(schema: dict[str, Any], compile_part: Compile, budget: Budget) -> list[tuple[str, Rule]]:
    """Return the rules of a schema's combinations by keyword."""
    rules: list[tuple[str, Rule]] = []
    for keyword, rule in (("allOf", _all_of), ("anyOf", _any_of), ("oneOf", _one_of)):
        if keyword in schema:
            parts = [compile_part(part, keyword, index) for index, part in enumerate(schema[keyword])]
            rules.append((keyword, rule(parts, budget)))
    if "not" in schema:
        rules.append(("not", _not(compile_part(schema["not"], "not"), budget)))
    if "dependencies" in schema:
        rules += [
            ("dependencies", _property_dependency(name, frozenset(value)))
            if isinstance(value, list)
            else ("dependencies", _schema_dependency(name, compile_part(value, "dependencies", name)))
            for name, value in sorted(schema["dependencies"].items())
        ]
    return rules


def _matched(parts: list[Compiled], budget: Budget, value: Any) -> int:
    budget.take()
    return sum(part.accepts(value) for part in parts)


def _all_of(parts: list[Compiled], budget: Budget) -> Rule:
    failed = "instance failed to match all required schemas"

    def passes(value: Any) -> bool:
        budget.take()
        return all(part.accepts(value) for part in parts)

    return Rule(
        ANY, passes, lambda value: [f"{failed} (matched only {_matched(parts, budget, value)} out of {len(parts)})"]
    )


def _any_of(parts: list[Compiled], budget: Budget) -> Rule:
    def passes(value: Any) -> bool:
        budget.take()
        return any(part.accepts(value) for part in parts)

    return Rule(
        ANY, passes, lambda value: [f"instance failed to match at least one required schema among {len(parts)}"]
    )


def _one_of(parts: list[Compiled], budget: Budget) -> Rule:
    failed = "instance failed to match exactly one schema"
    return Rule(
        ANY,
        lambda value: _matched(parts, budget, value) == 1,
        lambda value: [f"{failed} (matched {_matched(parts, budget, value)} out of {len(parts)})"],
    )


def _not(part: Compiled, budget: Budget) -> Rule:
    return Rule(
        ANY,
        lambda value: _matched([part], budget, value) == 0,
        lambda value: ["instance matched a schema which it should not have"],
    )


def _property_dependency(name: str, required: frozenset[str]) -> Rule:
    failed = f'property "{name}" of object has missing property dependencies (schema requires {names_text(required)}'
    return Rule(
        OBJECT,
        lambda members: name not in members or members.keys() >= required,
        lambda members: [f"{failed}; missing: {names_text(required - members.keys())})"],
    )


def _schema_dependency(name: str, part: Compiled) -> Rule:
    def describe(members: dict[str, Any]) -> list[str]:
        errors: list[str] = []
        part.report(members, errors)
        return errors

    return Rule(OBJECT, lambda members: name not in members or part.accepts(members), describe)
