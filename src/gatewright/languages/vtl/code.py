"""Python functions under construction.

Nothing of a template becomes source text: every text, name and number of it is a constant, known in the source by a
name that is counted up (docs/decisions/0012-mapping-templates.md).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
        self._functions: list[str] = []
        self._count = 0
        # How many lines each function has.
        self.weights: dict[str, int] = {}

    def constant(self, value: object) -> str:
        """Return the name of a constant."""
        if isinstance(value, str) and value.__class__ is str and value in self._texts:
            return self._texts[value]
        name = self.fresh("K")
        self._names[name] = value
        if isinstance(value, str):
            self._texts[value] = name
        return name

    def fresh(self, prefix: str) -> str:
        """Return a name that is not taken."""
        self._count += 1
        return f"{prefix}{self._count}"

    def add(self, function: "Function") -> None:
        """Take a function that is done."""
        self._functions.append(function.source())
        self.weights[function.name] = function.weight()

    def load(self) -> "Callable[[str], Any]":
        """Return the functions by name."""
        # One by one: while Python compiles, no other thread runs.
        for source in self._functions:
            # The source holds our own words and counted names only; a template reaches it as constants.
            exec(compile(source, "<mapping template>", "exec"), self._names)  # noqa: S102
        return self._names.__getitem__


class NotStatic(Exception):
    """Variables cannot be kept in Python's own: they are kept in a dict instead."""


class Function:
    """One function: its lines as they come.

    What is printed is gathered in `_pieces` and appended to the output at once. In a static function, variables are
    Python's own (`variable`), and `loops_around` names what counts the loops around.
    """

    def __init__(self, module: Module, name: str, parameters: str) -> None:
        self.module = module
        self.name = name
        self.loops = 0
        self.indentation = 1
        # Where #break may become Python's: directly inside the innermost loop of this function.
        self.is_in_loop = False
        self.is_static = False
        self.loops_around: list[tuple[str, str]] = []
        self.output = "o"
        self._pieces: list[str] = []
        self._variables: dict[str, str] = {}
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
        if len(self._lines) == count:
            self.line("pass")
        self.indentation -= 1

    def variable(self, name: str) -> str:
        """Return the local variable of a static function that holds a template's variable."""
        if name not in self._variables:
            self._variables[name] = f"x{len(self._variables)}"
        return self._variables[name]

    def piece(self, atom: str) -> None:
        """Print an atom that holds a text."""
        self._pieces.append(atom)

    def flush(self) -> None:
        """Append to the output what is gathered: before anything else is, and before the way forks."""
        # A few at a time: the text is made before it is known to be too long.
        for start in range(0, len(self._pieces), PIECES):
            pieces = self._pieces[start : start + PIECES]
            text = pieces[0] if len(pieces) == 1 else 'f"' + "".join(f"{{{piece}}}" for piece in pieces) + '"'
            if len(pieces) == 1:
                self.line(f"{self.output}.append({text})")
                continue
            self.line(f"s = {text}")
            self.line(f"{self.output}.append(s)")
            self.line("if len(s) > 1024: r.charge(len(s))")
        self._pieces = []

    @contextmanager
    def diverted(self) -> Iterator[str]:
        """Gather what is printed in a list of its own; give the list's name."""
        outside = self.output, self._pieces
        self.output, self._pieces = f"{self.temporary()}o", []
        self.line(f"{self.output} = []")
        yield self.output
        self.flush()
        self.output, self._pieces = outside

    def load_variables(self) -> None:
        """Add, at the beginning, what reads the variables that the function uses."""
        self._lines[2:2] = [f"    {local} = g({self.module.constant(name)})" for name, local in self._variables.items()]

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
        return "\n".join(self._lines)
