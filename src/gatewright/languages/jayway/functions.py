"""The functions that may end a path, as Jayway has them."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from gatewright.languages.jayway.path import Path, Visit
from gatewright.languages.json_path import MISSING


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument: a path that is read from the root, or a value."""

    path: Path | None = None
    value: object = None

    def read(self, visit: Visit) -> object:
        """Return the argument's value, `MISSING` for a path without result."""
        return self.value if self.path is None else self.path.read_within(visit.root, visit)


Function = Callable[[object, tuple[Argument, ...], Visit], object]


def _numbers(model: object, arguments: tuple[Argument, ...], visit: Visit) -> Iterator[float]:
    values: list[object] = list(model) if isinstance(model, list) else []
    for argument in arguments:
        read = argument.read(visit)
        values += read if isinstance(read, list) else [read]
    for value in values:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            yield float(value)


def _aggregate(compute: Callable[[list[float]], float]) -> Function:
    def apply(model: object, arguments: tuple[Argument, ...], visit: Visit) -> object:
        numbers = list(_numbers(model, arguments, visit))
        return compute(numbers) if numbers else MISSING

    return apply


def _deviate(numbers: list[float]) -> float:
    mean = sum(numbers) / len(numbers)
    return math.sqrt(sum((number - mean) ** 2 for number in numbers) / len(numbers))


def _length(model: object, arguments: tuple[Argument, ...], visit: Visit) -> object:
    if arguments:
        model = arguments[0].read(visit)
    return len(model) if isinstance(model, (list, dict)) else None


def _keys(model: object, arguments: tuple[Argument, ...], visit: Visit) -> object:
    return list(model) if isinstance(model, dict) else None


def _concat(model: object, arguments: tuple[Argument, ...], visit: Visit) -> object:
    parts = [value for value in model if isinstance(value, str)] if isinstance(model, list) else []
    for argument in arguments:
        read = argument.read(visit)
        values = read if isinstance(read, list) else [read]
        parts += [value if isinstance(value, str) else str(value) for value in values if value not in (MISSING, None)]
    return "".join(parts)


def _element(choose: Callable[[list[object], tuple[Argument, ...], Visit], int | None]) -> Function:
    def apply(model: object, arguments: tuple[Argument, ...], visit: Visit) -> object:
        if not isinstance(model, list):
            return MISSING
        index = choose(model, arguments, visit)
        return MISSING if index is None or not -len(model) <= index < len(model) else model[index]

    return apply


def _read_index(model: list[object], arguments: tuple[Argument, ...], visit: Visit) -> int | None:
    index = arguments[0].read(visit) if arguments else None
    return int(index) if isinstance(index, (int, float)) else None


def _append(model: object, arguments: tuple[Argument, ...], visit: Visit) -> object:
    read = [argument.read(visit) for argument in arguments]
    return [*model, *read] if isinstance(model, list) else model


FUNCTIONS = MappingProxyType[str, Function](
    {
        "min": _aggregate(min),
        "max": _aggregate(max),
        "avg": _aggregate(lambda numbers: sum(numbers) / len(numbers)),
        "stddev": _aggregate(_deviate),
        "sum": _aggregate(lambda numbers: float(sum(numbers))),
        "length": _length,
        "size": _length,
        "keys": _keys,
        "concat": _concat,
        "append": _append,
        "first": _element(lambda model, arguments, visit: 0),
        "last": _element(lambda model, arguments, visit: -1),
        "index": _element(_read_index),
    }
)


def bind_function(name: str, arguments: tuple[Argument, ...]) -> Callable[[object, Visit], object]:
    """Return a function with its arguments, to be given the value before it; `MISSING` where it has no result."""
    function = FUNCTIONS[name]
    return lambda model, visit: function(model, arguments, visit)
