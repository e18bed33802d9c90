"""Conditions: boolean functions over parameters and other conditions.

Source: AWS CloudFormation Template Reference Guide, "Condition functions".
"""

from collections.abc import Callable, Mapping
from graphlib import CycleError, TopologicalSorter
from types import MappingProxyType

from gatewright.stacks.template.errors import TemplateError
from gatewright.stacks.template.functions import check_arguments
from gatewright.stacks.template.intrinsics import Scope, evaluate
from gatewright.stacks.template.references import conditions_in
from gatewright.stacks.template.scalars import text_of
from gatewright.stacks.template.types import Json, JsonObject

NOT_BOOLEAN = "Template format error: Conditions can only be boolean operations on parameters and other conditions"


class Conditions:
    """The conditions of a template that have been evaluated so far."""

    def __init__(self) -> None:
        self.values: dict[str, bool] = {}

    def is_met(self, name: str) -> bool:
        """Tell whether a condition holds. Raises TemplateError for one that is not there."""
        if name not in self.values:
            raise TemplateError(f"Template error: unresolved condition dependency {name} in Fn::If")
        return self.values[name]

    def evaluate(self, declared: JsonObject, scope: Scope) -> None:
        """Evaluate all conditions, those that others need first. Raises TemplateError."""
        for name in condition_order(declared):
            self.values[name] = is_true(declared[name], scope)


def condition_order(declared: JsonObject) -> list[str]:
    """Return the names of conditions, each after those that it needs. Raises TemplateError."""
    needed: dict[str, list[str]] = {}
    for name, condition in declared.items():
        needed[name] = conditions_in(condition)
        for other in needed[name]:
            if other not in declared:
                raise TemplateError(
                    f"Template format error: Unresolved condition dependency {other} in the Conditions block of the "
                    "template"
                )
    try:
        return list(TopologicalSorter(needed).static_order())
    except CycleError as error:
        cycle = sorted(set(error.args[1]))
        raise TemplateError(
            f"Template format error: Circular dependency between conditions: [{', '.join(cycle)}]"
        ) from None


def is_true(value: Json, scope: Scope) -> bool:
    """Return what a condition function gives. Raises TemplateError for what is none."""
    if not isinstance(value, dict) or len(value) != 1:
        raise TemplateError(NOT_BOOLEAN)
    name, argument = next(iter(value.items()))
    if name not in _BOOLEAN_FUNCTIONS:
        raise TemplateError(NOT_BOOLEAN)
    check_arguments(name, argument)
    return _BOOLEAN_FUNCTIONS[name](argument, scope)


def is_equal(argument: list[Json], scope: Scope) -> bool:
    """Return what Fn::Equals gives: scalars are equal when their texts are."""
    left, right = (_comparable(evaluate(item, scope)) for item in argument)
    return bool(left == right)


def _comparable(value: Json) -> Json:
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    if isinstance(value, dict):
        return {name: _comparable(item) for name, item in value.items()}
    text = text_of(value)
    return value if text is None else text


_BOOLEAN_FUNCTIONS: Mapping[str, Callable[[Json, Scope], bool]] = MappingProxyType(
    {
        "Condition": lambda argument, scope: scope.is_met(argument),
        "Fn::And": lambda argument, scope: all(is_true(item, scope) for item in argument),
        "Fn::Equals": is_equal,
        "Fn::Not": lambda argument, scope: not is_true(argument[0], scope),
        "Fn::Or": lambda argument, scope: any(is_true(item, scope) for item in argument),
    }
)
