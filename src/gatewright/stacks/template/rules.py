"""Rules: assertions about parameters that must hold before anything is made.

What AWS says of a rule that fails is not recorded anywhere we know of: docs/decisions/0018-templates.md.

Source: AWS CloudFormation Template Reference Guide, "Rule-specific intrinsic functions".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gatewright.stacks.template.conditions import is_equal
from gatewright.stacks.template.errors import TemplateError
from gatewright.stacks.template.functions import check_arguments, unsupported
from gatewright.stacks.template.intrinsics import Scope, evaluate
from gatewright.stacks.template.parameters import type_of
from gatewright.stacks.template.scalars import text_of
from gatewright.stacks.template.types import Json, JsonObject, ParameterValues

RULE_MEMBERS = frozenset({"RuleCondition", "Assertions"})


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a rule's functions look things up in."""

    scope: Scope
    parameters: ParameterValues


def check_rules(rules: JsonObject, parameters: ParameterValues, scope: Scope) -> None:
    """Refuse parameters that break a rule. Raises TemplateError with the descriptions of what does not hold."""
    rule = _Rule(scope, parameters)
    failed = []
    for name, declared in rules.items():
        for number, description in enumerate(_broken(name, declared, rule)):
            failed.append(f"{name}: {description or f'assertion {number + 1} does not hold'}")
    if failed:
        raise TemplateError(f"Template validation error: Rules failed: [{'; '.join(failed)}]")


def _broken(name: str, declared: Json, rule: _Rule) -> list[str]:
    assertions = declared.get("Assertions") if isinstance(declared, dict) else None
    if not isinstance(assertions, list) or not declared.keys() <= RULE_MEMBERS:
        raise TemplateError(f"Template format error: Rule {name} must have Assertions, and may have a RuleCondition.")
    if "RuleCondition" in declared and not _holds(declared["RuleCondition"], rule):
        return []
    broken = []
    for assertion in assertions:
        if not isinstance(assertion, dict) or "Assert" not in assertion:
            raise TemplateError(f"Template format error: Every assertion of rule {name} must have an Assert.")
        if not _holds(assertion["Assert"], rule):
            broken.append(text_of(assertion.get("AssertDescription", "")) or "")
    return broken


def _holds(value: Json, rule: _Rule) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        raise TemplateError("Template format error: a rule can only have functions that are true or false.")
    name, argument = next(iter(value.items()))
    if name in {"Fn::And", "Fn::Equals", "Fn::Not", "Fn::Or"}:
        check_arguments(name, argument)
    elif name not in _BOOLEAN or not isinstance(argument, list) or len(argument) != 2:
        raise unsupported(name)
    return _BOOLEAN[name](argument, rule)


def _texts(value: Json, rule: _Rule) -> list[str]:
    """Return the texts that a value of a rule stands for; a single one is a list of one."""
    found = _value(value, rule)
    items = found if isinstance(found, list) else [found]
    texts = [text_of(item) for item in items]
    return [text for text in texts if text is not None]


def _value(value: Json, rule: _Rule) -> Json:
    if isinstance(value, list):
        return [_value(item, rule) for item in value]
    if isinstance(value, dict) and len(value) == 1:
        name, argument = next(iter(value.items()))
        if name in _VALUES:
            return _VALUES[name](argument, rule)
    return evaluate(value, rule.scope)


def _equals(argument: list[Json], rule: _Rule) -> bool:
    return is_equal([_value(item, rule) for item in argument], rule.scope)


def _contains(argument: list[Json], rule: _Rule) -> bool:
    return all(text in _texts(argument[0], rule) for text in _texts(argument[1], rule))


def _each_member_equals(argument: list[Json], rule: _Rule) -> bool:
    wanted = _texts(argument[1], rule)
    return all([text] == wanted for text in _texts(argument[0], rule))


def _each_member_in(argument: list[Json], rule: _Rule) -> bool:
    allowed = _texts(argument[1], rule)
    return all(text in allowed for text in _texts(argument[0], rule))


def _ref_all(argument: Json, rule: _Rule) -> Json:
    """Return all values of the parameters of a type, those of lists among them."""
    return [text for _, _, text in _named(argument, rule)]


def _named(parameter_type: Json, rule: _Rule) -> list[tuple[str, str, str]]:
    """Return key, type and each value of the parameters of a type."""
    found = []
    for key, entry in rule.parameters.entries.items():
        parts = type_of(entry.declaration)
        if parts.member == parameter_type:
            items = [entry.value] if isinstance(entry.value, str) else entry.value
            found += [(key, parts.member, item) for item in items]
    return found


def _value_of(argument: Json, rule: _Rule) -> Json:
    if not isinstance(argument, list) or len(argument) != 2 or argument[0] not in rule.parameters.entries:
        raise TemplateError("Template error: every Fn::ValueOf object requires a parameter and an attribute of it.")
    entry = rule.parameters.entries[argument[0]]
    parts = type_of(entry.declaration)
    items = [entry.value] if isinstance(entry.value, str) else entry.value
    values = [_attribute(parts.member, item, argument[1], rule) for item in items]
    return values if parts.is_list else values[0]


def _value_of_all(argument: Json, rule: _Rule) -> Json:
    if not isinstance(argument, list) or len(argument) != 2:
        raise TemplateError("Template error: every Fn::ValueOfAll object requires a parameter type and an attribute.")
    return [_attribute(member, text, argument[1], rule) for _, member, text in _named(argument[0], rule)]


def _attribute(parameter_type: str, text: str, attribute: Json, rule: _Rule) -> str:
    found = rule.scope.seams.parameter_attribute(parameter_type, text, text_of(attribute) or "")
    if found is None:
        raise TemplateError(f"Template error: {parameter_type} {text} has no attribute {text_of(attribute)}")
    return found


_BOOLEAN: Mapping[str, Callable[[list[Json], _Rule], bool]] = MappingProxyType(
    {
        "Fn::And": lambda argument, rule: all(_holds(item, rule) for item in argument),
        "Fn::Contains": _contains,
        "Fn::EachMemberEquals": _each_member_equals,
        "Fn::EachMemberIn": _each_member_in,
        "Fn::Equals": _equals,
        "Fn::Not": lambda argument, rule: not _holds(argument[0], rule),
        "Fn::Or": lambda argument, rule: any(_holds(item, rule) for item in argument),
    }
)
_VALUES: Mapping[str, Callable[[Json, _Rule], Json]] = MappingProxyType(
    {"Fn::RefAll": _ref_all, "Fn::ValueOf": _value_of, "Fn::ValueOfAll": _value_of_all}
)
