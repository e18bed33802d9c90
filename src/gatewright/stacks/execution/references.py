"""What a part of a template refers to: parameters, resources and their attributes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")


@dataclass(frozen=True, slots=True)
class Reference:
    """A parameter or resource that is named, with the attribute of Fn::GetAtt."""

    name: str
    attribute: str | None = None

    def __str__(self) -> str:
        return self.name if self.attribute is None else f"{self.name}.{self.attribute}"


def references_in(value: Any) -> Iterator[Reference]:
    """Yield what a part of a template refers to, in its order."""
    if isinstance(value, list):
        for item in value:
            yield from references_in(item)
    elif isinstance(value, dict):
        if len(value) == 1:
            ((function, argument),) = value.items()
            found = _of_function(function, argument)
            if found is not None:
                yield from found
                return
        for member in value.values():
            yield from references_in(member)


def _of_function(function: str, argument: Any) -> Iterator[Reference] | None:
    if function == "Ref" and isinstance(argument, str):
        return iter([Reference(argument)])
    if function == "Fn::GetAtt":
        return _of_attribute(argument)
    if function == "Fn::Sub":
        return _of_text(argument)
    return None


def _of_attribute(argument: Any) -> Iterator[Reference]:
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if isinstance(parts, list) and len(parts) == 2 and isinstance(parts[0], str):
        yield Reference(parts[0], str(parts[1]))


def _of_text(argument: Any) -> Iterator[Reference]:
    text, variables = (argument, {}) if isinstance(argument, str) else (argument[0], argument[1])
    yield from references_in(variables)
    for name in _VARIABLE.findall(text):
        if name not in variables:
            logical_id, dot, attribute = name.strip().partition(".")
            yield Reference(logical_id, attribute if dot else None)
