"""How a method is found: by name, number of arguments and what they are, as Java chooses among overloads."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol

from gatewright.languages.vtl.arithmetic import is_integer, is_number
from gatewright.languages.vtl.errors import TemplateFault
from gatewright.languages.vtl.patterns import Patterns
from gatewright.languages.vtl.values import MISSING, Character, StringArray

# Values pass between templates and Python untyped; each body below gets what its signature's letters admit.
Body = Callable[..., Any]
Signature = tuple[str, int]
Methods = Mapping[Signature, tuple[tuple[str, Body], ...]]


class Run(Protocol):
    """What methods use of a rendering: its budget and its patterns."""

    @property
    def patterns(self) -> Patterns: ...

    def charge(self, characters: int) -> None: ...

    def watch(self) -> None: ...

    def text(self, value: object) -> str: ...


def _is_text(value: object) -> bool:
    return value.__class__ is str or value is None


def _is_list(value: object) -> bool:
    return value is None or (isinstance(value, list) and value.__class__ is not StringArray)


# One letter for each kind of parameter. Null is admitted by all that are not Java's primitives, and mostly throws then.
_ADMITS: Final[Mapping[str, Callable[[object], bool]]] = MappingProxyType(
    {
        "s": _is_text,
        "i": is_integer,
        "o": lambda value: True,
        "c": _is_list,
        "m": lambda value: value is None or value.__class__ is dict,
        "n": is_number,
        "h": lambda value: value.__class__ is Character,
        "b": lambda value: value.__class__ is bool,
    }
)


def methods(table: Mapping[str, Body]) -> Methods:
    """Return the methods of a class by name and number of arguments.

    A key is a method's name and a letter for each parameter, such as `substring ii`; several keys of the same name are
    tried in their order.
    """
    found: dict[Signature, tuple[tuple[str, Body], ...]] = {}
    for key, body in table.items():
        name, _, kinds = key.partition(" ")
        signature = (name, len(kinds))
        found[signature] = (*found.get(signature, ()), (kinds, body))
    return MappingProxyType(found)


def invoke(run: Run, target: object, overloads: tuple[tuple[str, Body], ...], arguments: tuple[object, ...]) -> object:
    """Call the first overload that admits the arguments; MISSING without one."""
    for kinds, body in overloads:
        for kind, argument in zip(kinds, arguments, strict=True):
            if not _ADMITS[kind](argument):
                break
        else:
            if None in arguments and any(
                argument is None and kind in "scm" for kind, argument in zip(kinds, arguments, strict=True)
            ):
                raise TemplateFault("a method got null where it needs a value")
            try:
                return body(run, target, *arguments)
            except (IndexError, KeyError, ValueError, OverflowError) as error:
                raise TemplateFault(f"a method threw an exception: {error}") from error
    return MISSING
