"""The keywords that look for patterns: `pattern`, and `additionalProperties: false` beside `patternProperties`."""

from typing import Any

from gatewright.languages.json_schema.rules import OBJECT, STRING, Rule, rule_of
from gatewright.languages.json_schema.values import names_text
from gatewright.languages.patterns import SearchTime, compile_ecma


def pattern_rules(schema: dict[str, Any], left: SearchTime) -> list[tuple[str, Rule]]:
    """Return the rules of a schema's patterns by keyword; all searches share the time `left`. Raises `PatternError`."""
    rules: list[tuple[str, Rule]] = []
    if "pattern" in schema:
        rules.append(("pattern", _pattern(schema["pattern"], left)))
    if schema.get("additionalProperties") is False:
        rules.append(("additionalProperties", _additional_properties(schema, left)))
    return rules


def _pattern(value: str, left: SearchTime) -> Rule:
    return rule_of(
        STRING,
        compile_ecma(value).searcher(left),
        lambda text: f'ECMA 262 regex "{value}" does not match input string "{text}"',
    )


def _additional_properties(schema: dict[str, Any], left: SearchTime) -> Rule:
    names = frozenset(schema.get("properties", ()))
    searches = [compile_ecma(pattern).searcher(left) for pattern in schema.get("patternProperties", ())]

    def excess(members: dict[str, Any]) -> set[str]:
        return {name for name in members.keys() - names if not any(search(name) for search in searches)}

    return rule_of(
        OBJECT,
        (lambda members: not excess(members)) if searches else (lambda members: members.keys() <= names),
        lambda members: (
            "object instance has properties which are not allowed by the schema: " + names_text(excess(members))
        ),
    )
