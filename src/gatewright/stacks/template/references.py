"""What the parts of a template name: parameters and resources by Ref, Fn::GetAtt and Fn::Sub, conditions, mappings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gatewright.stacks.template.functions import function_of, variables_of
from gatewright.stacks.template.types import Json

IsMet = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Reference:
    """A name, and the attribute that is wanted of it; None for Ref."""

    name: str
    attribute: str | None = None
    in_sub: bool = False


def references_in(value: Json, is_met: IsMet | None = None) -> list[Reference]:
    """Return what a value names. With `is_met`, only the branches of Fn::If that are taken. Raises TemplateError."""
    found: list[Reference] = []
    _collect(value, found, is_met)
    return found


def _collect(value: Json, found: list[Reference], is_met: IsMet | None) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, found, is_met)
    elif isinstance(value, dict):
        call = function_of(value)
        if call is None:
            for item in value.values():
                _collect(item, found, is_met)
        else:
            _collect_call(*call, found, is_met)


def _collect_call(name: str, argument: Json, found: list[Reference], is_met: IsMet | None) -> None:
    if name == "Ref" and isinstance(argument, str):
        found.append(Reference(argument))
    elif name == "Fn::GetAtt" and isinstance(argument, list) and argument and isinstance(argument[0], str):
        attribute = argument[1] if len(argument) > 1 and isinstance(argument[1], str) else ""
        found.append(Reference(argument[0], attribute))
        _collect(argument[1:], found, is_met)
    elif name == "Fn::Sub":
        _collect_sub(argument, found, is_met)
    elif name == "Fn::If" and is_met is not None and isinstance(argument, list) and len(argument) == 3:
        _collect(argument[1] if is_met(argument[0]) else argument[2], found, is_met)
    else:
        _collect(argument, found, is_met)


def _collect_sub(argument: Json, found: list[Reference], is_met: IsMet | None) -> None:
    text, *rest = argument if isinstance(argument, list) and argument else [argument]
    variables = rest[0] if rest and isinstance(rest[0], dict) else {}
    for name in dict.fromkeys(variables_of(text)) if isinstance(text, str) else ():
        if name not in variables:
            resource, _, attribute = name.partition(".")
            found.append(Reference(resource, attribute or None, in_sub=True))
    _collect(variables, found, is_met)


def calls_in(value: Json) -> Iterator[tuple[str, Json]]:
    """Yield name and argument of all function calls in a value, the outer ones first."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(reversed(item))
        elif isinstance(item, dict):
            call = function_of(item)
            if call is not None:
                yield call
            stack.extend(reversed(item.values()))


def conditions_in(value: Json) -> list[str]:
    """Return the conditions that a condition names, by `Condition` and by Fn::If."""
    found = []
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(reversed(item))
        elif isinstance(item, dict):
            for name, argument in item.items():
                if name == "Condition" and isinstance(argument, str):
                    found.append(argument)
                elif name == "Fn::If" and isinstance(argument, list) and argument and isinstance(argument[0], str):
                    found.append(argument[0])
            stack.extend(reversed(item.values()))
    return found
