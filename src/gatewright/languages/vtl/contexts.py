"""Where variables live: a dict for the template, and views of it inside macros and of loops over null."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from gatewright.languages.vtl.values import ForeachScope


class Context(Protocol):
    """What templates read and write; a dict is one."""

    def get(self, key: str, /) -> object: ...

    def __setitem__(self, key: str, value: object, /) -> None: ...

    def pop(self, key: str, default: None, /) -> object: ...


class Halt(Exception):
    """#break or #stop. `scope` is the loop that #break names; without one, the nearest block ends."""

    def __init__(self, is_stop: bool = False, scope: ForeachScope | None = None) -> None:
        super().__init__()
        self.is_stop = is_stop
        self.scope = scope

    @property
    def is_nearest(self) -> bool:
        """Return whether whatever block is nearest ends."""
        return not self.is_stop and self.scope is None


@dataclass(frozen=True, slots=True)
class Argument:
    """A macro's argument: its value in the caller's context, and its text, printed where that value is null."""

    value: Callable[[Context, object], object]
    literal: object
    is_constant: bool = False
    is_word: bool = False


class MacroContext:
    """The variables inside a macro: its arguments by name, evaluated anew at each use; all else is the caller's."""

    __slots__ = ("_arguments", "_inner", "_local", "_run")

    def __init__(self, inner: Context, run: object) -> None:
        self._inner = inner
        self._run = run
        self._arguments: dict[str, Argument] = {}
        self._local: dict[str, object] = {}

    def add(self, name: str, argument: Argument) -> None:
        """Bind an argument: constants at once, all else by name."""
        if argument.is_constant:
            self._local[name] = argument.value(self._inner, self._run)
        else:
            self._arguments[name] = argument
            self._local[f".literal.${name}"] = argument.literal

    def add_body(self, body: object) -> None:
        """Bind `$bodyContent`."""
        self._local["bodyContent"] = body

    def get(self, key: str) -> object:
        """Return a variable's value."""
        found = self._local.get(key)
        if found is not None:
            return found
        argument = self._arguments.get(key)
        return argument.value(self._inner, self._run) if argument is not None else self._inner.get(key)

    def __setitem__(self, key: str, value: object) -> None:
        self._local[key] = value
        self._inner[key] = value

    def pop(self, key: str, default: None) -> object:
        """Remove a variable, here and in the caller."""
        self._local.pop(key, None)
        self._arguments.pop(key, None)
        return self._inner.pop(key, default)


class NullHolder:
    """The variables in a loop whose element is null: the element stays null, until a loop in it ends."""

    __slots__ = ("_inner", "_is_active", "_name")

    def __init__(self, inner: Context, name: str) -> None:
        self._inner = inner
        self._name = name
        self._is_active = True

    def get(self, key: str) -> object:
        """Return a variable's value."""
        return None if self._is_active and key == self._name else self._inner.get(key)

    def __setitem__(self, key: str, value: object) -> None:
        if value is None and key == self._name:
            self._is_active = True
        self._inner[key] = value

    def pop(self, key: str, default: None) -> object:
        """Remove a variable."""
        if key == self._name:
            self._is_active = False
        return self._inner.pop(key, default)
