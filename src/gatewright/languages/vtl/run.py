"""One rendering: what is left of its budget, its macros, and the blocks that it defines."""

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import regex

from gatewright.languages.vtl.contexts import Context, Halt
from gatewright.languages.vtl.errors import TemplateError, TemplateFault, TemplateLimitFault
from gatewright.languages.vtl.limits import Limits
from gatewright.languages.vtl.patterns import Patterns
from gatewright.languages.vtl.texts import Printer, scalar_text

Body = Callable[[Context, "Run", list[str]], None]
# Texts up to this length are not charged: the template's own length bounds how many of them there can be.
FREE: Final = 256
SIZED: Final = (str, list, dict)
# What a line of compiled code costs, in characters made.
LINE: Final = 16
# How much work is done between two looks at the clock.
_STRETCH: Final = 65_536
_SCALARS: Final = frozenset({int, float, bool})


class Macro(Protocol):
    """A macro that a template defines."""

    @property
    def arguments(self) -> tuple[str, ...]: ...

    @property
    def body(self) -> Body: ...

    @property
    def weight(self) -> int: ...


class Unit(Protocol):
    """A compiled text: what it prints and the macros in it."""

    @property
    def main(self) -> Body | None: ...

    @property
    def macros(self) -> Mapping[str, Macro]: ...


class Shared(Protocol):
    """What the renderings of a template have in common."""

    @property
    def macros(self) -> Mapping[str, Macro]: ...

    @property
    def has_json_lists(self) -> bool: ...

    @property
    def compiled_patterns(self) -> "dict[str, regex.Pattern[str]]": ...

    def evaluate(self, text: str, defined: frozenset[str]) -> Unit: ...


class Run:
    """One rendering: its macros and what is left of its budget, once it is started."""

    __slots__ = (
        "_deadline",
        "_limits",
        "_made",
        "_patterns",
        "_processor_deadline",
        "_shared",
        "depth",
        "evaluations",
        "left",
        "loop_limit",
        "macros",
        "spent",
        "steps",
    )

    _limits: Limits
    _shared: Shared
    _patterns: Patterns | None
    _deadline: float | None
    _processor_deadline: float | None
    _made: dict[int, object] | None
    macros: Mapping[str, Macro]
    depth: int
    evaluations: int
    loop_limit: int
    steps: int
    left: int
    """The work that may be done before the clock is looked at, in characters made."""
    spent: int
    """The work that was done until it was last."""

    def start(self, shared: Shared, limits: Limits) -> None:
        """Take what a rendering may use. (An `__init__`, which is called from C, would take twice the time.)"""
        self._limits = limits
        self._shared = shared
        self._patterns = self._deadline = self._processor_deadline = self._made = None
        self.macros = shared.macros
        self.loop_limit = sys.maxsize if limits.loop_iterations is None else limits.loop_iterations
        self.steps = limits.steps
        self.left = _STRETCH
        self.spent = self.depth = self.evaluations = 0

    @property
    def patterns(self) -> Patterns:
        """Return the rendering's regular expressions, made when the first is used: most templates use none."""
        self.watch()
        if self._patterns is None:
            self._patterns = Patterns(self._limits.pattern_seconds, self._shared.compiled_patterns)
        return self._patterns

    def charge(self, characters: int) -> None:
        """Take from the budget of work; a fault when a single text is too long or the budget is used up."""
        self.left -= characters
        if self.left < 0:
            self._go_on()
        if characters > self._limits.output_characters:
            raise TemplateLimitFault("the template makes more text than it may")

    def _go_on(self) -> None:
        """Begin another stretch of work, where there is time and the budget has any left."""
        self.spent += _STRETCH - self.left
        self.left = _STRETCH
        self.watch()
        if self.spent > self._limits.work_characters:
            raise TemplateLimitFault("the template does more than it may")

    def watch(self) -> None:
        """Look at the clock before what may take long; a fault when the rendering used the processor for too long."""
        now = time.perf_counter()
        if self._deadline is None:
            self._deadline = now + self._limits.seconds / 2
        elif now > self._deadline:
            self._look_closer()

    def _look_closer(self) -> None:
        """Count the processor's time from now on: it costs ten times what the clock costs, and few get here.

        Time that passed may have been other threads'; so half of what is allowed is measured by the one, half by the
        other.
        """
        used = time.thread_time()
        if self._processor_deadline is None:
            self._processor_deadline = used + self._limits.seconds / 2
        elif used > self._processor_deadline:
            raise TemplateLimitFault("the template takes too long")

    def work(self, lines: int) -> None:
        """Take from the budget of work what so many lines of compiled code are."""
        self.left -= lines * LINE
        if self.left < 0:
            self._go_on()

    def step(self, count: int = 1) -> None:
        """Take steps; a fault when there are no more."""
        self.steps -= count
        if self.steps < 0:
            raise TemplateLimitFault("the template takes more steps than it may")

    def bound(self, items: list[object], cost: int) -> list[object]:
        """Return what a loop may go over; its steps and their `cost` are taken already, perhaps too many."""
        excess = len(items) - self.loop_limit
        if excess > 0:
            self.steps += excess
            self.left += excess * cost
            items = items[: self.loop_limit]
        self.step(0)
        self.work(0)
        return items

    def note_made(self, items: list[object]) -> None:
        """Note a list that the template makes itself, where others print in another way."""
        if self._shared.has_json_lists:
            if self._made is None:
                self._made = {}
            self._made[id(items)] = items

    def text(self, value: Any) -> str:
        """Return what Java's toString returns."""
        if value.__class__ is str:
            return value
        if value.__class__ in _SCALARS:
            return scalar_text(value)
        made = (self._made or {}) if self._shared.has_json_lists else None
        text = Printer(self._limits.output_characters, self._scalar, made).text(value)
        if len(text) > FREE:
            self.charge(len(text))
        return text

    def _scalar(self, value: object) -> str:
        if isinstance(value, Definition):
            found = value.text(self)
            return "null" if found is None else found
        return scalar_text(value)

    def finish(self, pieces: list[str]) -> str:
        """Return the output; a fault when it is too long."""
        if sum(map(len, pieces)) > self._limits.output_characters:
            raise TemplateLimitFault("the output is too long")
        return "".join(pieces)

    def glue(self, pieces: list[str]) -> str:
        """Return a text put together from pieces."""
        size = sum(map(len, pieces))
        if size > FREE:
            self.charge(size)
        return "".join(pieces)

    def is_depth_reached(self) -> bool:
        """Return whether macros are nested as deep as they may be."""
        return self.depth >= self._limits.depth

    def evaluate(self, context: Context, output: list[str], value: object) -> None:
        """Carry out #evaluate."""
        source = "" if value is None else self.text(value)
        self.step(100 + len(source))
        if self.evaluations >= self._limits.depth:
            raise TemplateLimitFault("#evaluate nests too deep")
        try:
            unit = self._shared.evaluate(source, frozenset(self.macros))
        except TemplateError as error:
            raise TemplateFault(f"#evaluate: {error}") from error
        self.macros = {**unit.macros, **self.macros}
        self.evaluations += 1
        try:
            assert unit.main is not None
            unit.main(context, self, output)
        except Halt as halt:
            if halt.scope is not None:
                raise
        finally:
            self.evaluations -= 1


class Definition:
    """What #define puts into a variable: a block that is rendered where the variable is printed."""

    __slots__ = ("_body", "_context", "_deepest", "_depth", "_weight")

    def __init__(self, context: Context, body: Body, weight: int, deepest: int = 2) -> None:
        self._weight = weight
        self._context = context
        self._body = body
        self._deepest = deepest
        self._depth = 0

    def render(self, context: Context, run: Run, output: list[str]) -> bool:
        """Render the block; False when it is nested in itself as deep as it may be."""
        if self._depth >= self._deepest:
            return False
        self._depth += 1
        run.step()
        run.work(self._weight)
        try:
            self._body(context, run, output)
        except Halt as halt:
            if not halt.is_nearest:
                raise
        self._depth -= 1
        return True

    def text(self, run: Run) -> str | None:
        """Return what the block prints where it was defined, None when it is nested too deep."""
        output: list[str] = []
        return run.glue(output) if self.render(self._context, run, output) else None
