"""Python functions under construction.

Nothing of a template becomes source text: every text, name and number of it is a constant. In its place the source has
a text of our own that is counted up, such as 'K12'; what is compiled then gets the constants
(docs/decisions/0012-mapping-templates.md).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from types import FunctionType
from typing import Any, Final

# Python refuses more than 20 nested loops and `try`s, and 100 levels of indentation: before that, blocks get functions.
LOOPS: Final = 5
INDENTATION: Final = 24
# How many texts are joined at once where they are printed.
PIECES: Final = 16


class Module:
    """The functions of one compiled text, and the constants that they use."""

    def __init__(self, runtime: dict[str, object]) -> None:
        self._names: dict[str, object] = dict(runtime)
        self._texts: dict[str, str] = {}
        self._constants: dict[str, object] = {}
        self._functions: list[tuple[str, str]] = []
        self._count = 0
        # How many lines each function has.
        self.weights: dict[str, int] = {}

    def constant(self, value: object) -> str:
        """Return what stands for a constant: the text that is its name."""
        if isinstance(value, str) and value.__class__ is str and value in self._texts:
            return self._texts[value]
        name = self.fresh("K")
        atom = f"'{name}'"
        self._constants[name] = value
        if isinstance(value, str):
            self._texts[value] = atom
        return atom

    def kind(self, atom: str) -> type | None:
        """Return the class of a constant; None for other atoms."""
        name = atom.strip("'")
        return type(self._constants[name]) if name in self._constants else None

    def joined(self, pieces: list[str]) -> str:
        """Return the expression that puts expressions together, of texts and integers, to a text."""
        if not pieces:
            return self.constant("")
        parts: list[str] = []
        for kind, group in groupby(pieces, self.kind):
            if kind is str:
                text = "".join([str(self._constants[piece.strip("'")]) for piece in group])
                parts.append(self.constant(text).strip("'"))
            else:
                parts += [f"{{{piece}}}" for piece in group]
        return f'f"{"".join(parts)}"'

    def fresh(self, prefix: str) -> str:
        """Return a name that is not taken."""
        self._count += 1
        return f"{prefix}{self._count}"

    def add(self, function: "Function") -> None:
        """Take a function that is done."""
        self._functions.append((function.name, function.source()))
        self.weights[function.name] = function.weight()

    def load(self) -> "Callable[[str], Any]":
        """Return the functions by name."""
        names = self._names
        # One by one: while Python compiles, no other thread runs.
        for name, source in self._functions:
            # The source holds our own words and counted names only; a template reaches it as constants.
            exec(compile(source, "<mapping template>", "exec"), names)  # noqa: S102
            function = names[name]
            assert isinstance(function, FunctionType)
            code = function.__code__
            function.__code__ = code.replace(co_consts=tuple(map(self._inserted, code.co_consts)))
        return names.__getitem__

    def _inserted(self, constant: object) -> object:
        """Return what a constant of the source stands for; a KeyError for texts that stand for none."""
        if isinstance(constant, tuple):
            return tuple(map(self._inserted, constant))
        return self._constants[constant] if isinstance(constant, str) else constant


class NotStatic(Exception):
    """Variables cannot be kept in Python's own: they are kept in a dict instead."""


class Around:
    """A loop around what is under construction: the names of what counts its iterations, and what the body needs."""

    def __init__(self, at: str, size: str) -> None:
        self._at = at
        self.size = size
        self.is_counted = False
        self.has_break = False

    @property
    def at(self) -> str:
        """Return the name of the number of the iteration, from 1 on: it is counted, for somebody asks."""
        self.is_counted = True
        return self._at


class Function:
    """One function: its lines as they come.

    What is printed is gathered in `_pieces` and appended to the output at once. In a static function, variables are
    Python's own (`variable`), `loops_around` has the loops around, and the function returns its text.
    """

    def __init__(self, module: Module, name: str, parameters: str, is_static: bool = False) -> None:
        self.module = module
        self.name = name
        self.loops = 0
        self.indentation = 1
        # Where #break may become Python's: directly inside the innermost loop of this function.
        self.is_in_loop = False
        self.is_static = is_static
        self.loops_around: list[Around] = []
        # What the loops around call their elements: by name of the template, the local variable.
        self.elements: dict[str, str] = {}
        # What is read already, by path; see reads.py.
        self.reads: dict[tuple[str, ...], str] = {}
        # How many calls of the host there may be outside of loops before the clock is looked at.
        self.free_calls = 4
        self._output = "o"
        self._has_output = False
        self._pieces: list[str] = []
        self._variables: dict[str, str] = {}
        self._unread: set[str] = set()
        self._temporaries = 0
        self._lines = [f"def {name}({parameters}):", "    g = c.get"]

    def line(self, text: str) -> None:
        """Add a line."""
        self._lines.append("    " * self.indentation + text)

    def temporary(self) -> str:
        """Return the name of a new local variable."""
        self._temporaries += 1
        return f"t{self._temporaries}"

    @contextmanager
    def indented(self, header: str) -> Iterator[None]:
        """Add a header and indent what follows; `pass` when that is nothing."""
        self.line(header)
        self.indentation += 1
        count = len(self._lines)
        yield
        if not any(map(str.strip, self._lines[count:])):
            self.line("pass")
        self.indentation -= 1

    def variable(self, name: str) -> str:
        """Return the local variable of a static function that holds a template's variable."""
        if name in self.elements:
            return self.elements[name]
        if name not in self._variables:
            self._variables[name] = f"x{len(self._variables)}"
        return self._variables[name]

    def assign(self, name: str, atom: str) -> None:
        """Give a variable of a static function a value; what is assigned before it is read is not looked up."""
        if name not in self._variables and self.indentation == 1:
            self._unread.add(name)
        self.line(f"{self.variable(name)} = {atom}")

    @property
    def output(self) -> str:
        """Return the name of the list that is appended to."""
        if self._output == "o":
            self._has_output = True
        return self._output

    def piece(self, expression: str) -> None:
        """Print an expression of a text or an integer, evaluated when the pieces are put together."""
        self._pieces.append(expression)

    def flush(self) -> None:
        """Append to the output what is gathered: before anything else is, and before the way forks."""
        # A few at a time: the text is made before it is known to be too long.
        for start in range(0, len(self._pieces), PIECES):
            pieces = self._pieces[start : start + PIECES]
            if len(pieces) == 1 and self.module.kind(pieces[0]) is str:
                self.line(f"{self.output}.append({pieces[0]})")
                continue
            self.line(f"s = {self.module.joined(pieces)}")
            self.line(f"{self.output}.append(s)")
            self.line("if len(s) > 1024: r.charge(len(s))")
        self._pieces = []

    def finish(self) -> None:
        """Add what ends a static function: its text is returned."""
        if self._output != "o":
            # Within a text in quotes: what that has so far is lost.
            self._pieces, self._has_output = [], True
        elif not self.loops and not self._has_output and len(self._pieces) <= PIECES:
            self.line(f"return {self.module.joined(self._pieces)}")
            self._pieces = []
            return
        self.flush()
        # Where much was made, or in many pieces, they are counted before they are joined.
        self.line("return join(o) if len(o) < 256 and not r.spent else r.finish(o)")

    @contextmanager
    def diverted(self) -> Iterator[str]:
        """Gather what is printed in a list of its own; give the list's name."""
        if self._pieces:
            self.flush()
        outside = self._output
        self._output = f"{self.temporary()}o"
        self.line(f"{self._output} = []")
        yield self._output
        self.flush()
        self._output = outside

    def close(self) -> None:
        """Add, at the beginning of a static function, what makes its output and reads the variables that it uses."""
        names = {name: local for name, local in self._variables.items() if name not in self._unread}
        self._lines[1:2] = [f"    {local} = c.get({self.module.constant(name)})" for name, local in names.items()]
        if self._has_output:
            self._lines.insert(1, "    o = []")

    def weight(self, since: int = 0) -> int:
        """Return how much work the function is, or what was added since it had so many lines."""
        return len(self._lines) - since

    def hold(self) -> int:
        """Keep a line free, for what is known later; return its number."""
        self.line("")
        return len(self._lines) - 1

    def fill(self, number: int, text: str) -> None:
        """Put a line where one was kept free."""
        self._lines[number] = self._lines[number] + text

    def is_crowded(self) -> bool:
        """Return whether the next block shall have a function of its own."""
        return self.loops >= LOOPS or self.indentation > INDENTATION

    def source(self) -> str:
        """Return the function's source text."""
        return "\n".join(filter(str.strip, self._lines))
