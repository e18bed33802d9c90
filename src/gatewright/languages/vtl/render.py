"""What compiled templates call while they are rendered."""

import math
import time
from collections.abc import Callable, Mapping, Sized
from types import MappingProxyType
from typing import Any, Final, Protocol

import regex

from gatewright.languages.doubles import double_text
from gatewright.languages.vtl import arithmetic, collections, numbers, strings
from gatewright.languages.vtl.arithmetic import is_integer, is_number
from gatewright.languages.vtl.calls import Methods, Signature, invoke
from gatewright.languages.vtl.contexts import Argument, Context, Halt, MacroContext
from gatewright.languages.vtl.errors import TemplateError, TemplateFault, TemplateLimitFault
from gatewright.languages.vtl.limits import Limits
from gatewright.languages.vtl.patterns import Patterns
from gatewright.languages.vtl.texts import Printer, as_key, equal, scalar_text
from gatewright.languages.vtl.tokens import Kind
from gatewright.languages.vtl.values import (
    MISSING,
    Character,
    Collected,
    Cursor,
    Entry,
    ForeachScope,
    StringArray,
)

Body = Callable[[Context, "Run", list[str]], None]
# Texts up to this length are not charged: the template's own length bounds how many of them there can be.
_FREE: Final = 256
_SIZED: Final = (str, list, dict)

# What a line of compiled code costs, in characters made.
_LINE: Final = 16
_SCALARS: Final = frozenset({int, float, bool})
METHODS: Final[Mapping[type, Methods]] = MappingProxyType(
    {
        str: strings.STRING,
        Character: strings.CHARACTER,
        int: numbers.INTEGER,
        float: numbers.DOUBLE,
        bool: numbers.BOOLEAN,
        list: collections.LIST,
        dict: collections.MAP,
        StringArray: collections.ARRAY,
        Collected: collections.COLLECTED,
        Entry: collections.ENTRY,
        Cursor: collections.CURSOR,
        ForeachScope: collections.SCOPE,
    }
)


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
    def main(self) -> Body: ...

    @property
    def macros(self) -> Mapping[str, Macro]: ...


class Run:
    """One rendering: its macros and what is left of its budget."""

    __slots__ = (
        "_compile",
        "_compiled_patterns",
        "_deadline",
        "_limits",
        "_patterns",
        "_work",
        "depth",
        "evaluations",
        "loop_limit",
        "macros",
        "made",
        "steps",
    )

    def __init__(
        self,
        limits: Limits,
        macros: Mapping[str, Macro],
        compiled_patterns: "dict[str, regex.Pattern[str]]",
        compile_text: Callable[[str, frozenset[str]], Unit],
    ) -> None:
        self._limits = limits
        self._work = limits.work_characters
        self._compile = compile_text
        self._compiled_patterns = compiled_patterns
        self._patterns: Patterns | None = None
        self._deadline: float | None = None
        self.steps = limits.steps
        self.loop_limit = limits.loop_iterations
        self.macros = macros
        self.depth = 0
        self.evaluations = 0
        self.made: dict[int, object] | None = None
        """The lists that the template makes itself, by `id`, where others print in another way."""

    @property
    def patterns(self) -> Patterns:
        """Return the rendering's regular expressions, made when the first is used: most templates use none."""
        self.watch()
        if self._patterns is None:
            self._patterns = Patterns(self._limits.pattern_seconds, self._compiled_patterns)
        return self._patterns

    def charge(self, characters: int) -> None:
        """Take from the budget of work; a fault when a single text is too long or the budget is used up."""
        self._work -= characters
        if characters > _FREE:
            self.watch()
        if characters > self._limits.output_characters or self._work < 0:
            raise TemplateLimitFault("the template makes more text than it may")

    def watch(self) -> None:
        """Look at the clock before what may take long; a fault when the rendering used the processor for too long."""
        now = time.thread_time()
        if self._deadline is None:
            self._deadline = now + self._limits.seconds
        elif now > self._deadline:
            raise TemplateLimitFault("the template takes too long")

    def work(self, lines: int) -> None:
        """Take from the budget of work what so many lines of compiled code are."""
        self._work -= lines * _LINE
        self.watch()
        if self._work < 0:
            raise TemplateLimitFault("the template does more than it may")

    def step(self, count: int = 1) -> None:
        """Take steps; a fault when there are no more."""
        self.steps -= count
        if self.steps < 0:
            raise TemplateLimitFault("the template takes more steps than it may")

    def text(self, value: Any) -> str:
        """Return what Java's toString returns."""
        if value.__class__ is str:
            return value
        if value.__class__ in _SCALARS:
            return scalar_text(value)
        text = Printer(self._limits.output_characters, self._scalar, self.made).text(value)
        if len(text) > _FREE:
            self.charge(len(text))
        return text

    def _scalar(self, value: object) -> str:
        if isinstance(value, Definition):
            found = value.text(self)
            return "null" if found is None else found
        return scalar_text(value)

    def finish(self, pieces: list[str]) -> str:
        """Return the output; a fault when it is too long."""
        if len(pieces) == 1 and len(pieces[0]) <= min(_FREE, self._limits.output_characters):
            return pieces[0]
        if sum(map(len, pieces)) > self._limits.output_characters:
            raise TemplateLimitFault("the output is too long")
        return "".join(pieces)

    def glue(self, pieces: list[str]) -> str:
        """Return a text put together from pieces."""
        size = sum(map(len, pieces))
        if size > _FREE:
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
            unit = self._compile(source, frozenset(self.macros))
        except TemplateError as error:
            raise TemplateFault(f"#evaluate: {error}") from error
        self.macros = {**unit.macros, **self.macros}
        self.evaluations += 1
        try:
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


def show(context: Context, run: Run, output: list[str], value: object, null_text: str) -> None:
    """Print a value that is no text."""
    if value.__class__ is Definition:
        assert isinstance(value, Definition)
        if value.render(context, run, output):
            return
        value = value.text(run)
    if value is None:
        output.append(null_text if isinstance(context, dict) else _calling_argument(context, null_text))
    else:
        output.append(run.text(value))


def show_escaped(context: Context, output: list[str], value: object, reference: tuple[str, str]) -> None:
    """Print a reference behind an odd number of backslashes: one is dropped only if the reference has a value."""
    prefix, null_text = reference
    output.append(prefix + ("\\" if value is None else "") + _calling_argument(context, null_text))


def show_prefixed(
    context: Context, run: Run, output: list[str], value: object, reference: tuple[str, str, str]
) -> None:
    """Print a reference with backslashes or dollars before it."""
    escapes, more, null_text = reference
    if isinstance(value, Definition):
        if value.render(context, run, output):
            return
        value = value.text(run)
    if value is None:
        # The backslashes are printed twice then, for they escape nothing.
        output += (escapes, escapes, more, _calling_argument(context, null_text))
    else:
        output += (escapes, more, run.text(value))


def _calling_argument(context: Context, null_text: str) -> str:
    """Return what stood for a macro's argument where the macro was called."""
    literal = context.get(f".literal.{null_text}")
    return null_text if literal is None else str(literal)


def text_of(context: Context, run: Run, value: object, null_text: str) -> str:
    """Return what is printed of a value that is no text."""
    output: list[str] = []
    show(context, run, output, value, null_text)
    return output[0] if len(output) == 1 else run.glue(output)


def plain_text(run: Run, value: Any, null_text: str) -> str:
    """Return what is printed of a value that is no text, where there are neither definitions nor macros."""
    if value is None:
        return null_text
    if value.__class__ is int:
        return str(value)
    return double_text(value) if value.__class__ is float else run.text(value)


def is_true(run: Run, value: object) -> bool:
    """Return whether a value counts as true where there may be definitions, whose text may be null."""
    if isinstance(value, Definition):
        return value.text(run) is not None
    return value is not None and value is not False


def call(run: Run, target: Any, signature: Signature, arguments: tuple[object, ...]) -> object:
    """Call a method; None when there is none."""
    table = METHODS.get(target.__class__)
    if table is not None:
        if isinstance(target, _SIZED) and len(target) > _FREE:
            run.watch()
        overloads = table.get(signature)
        found = MISSING if overloads is None else invoke(run, target, overloads, arguments)
        if found is not MISSING:
            return found
        if arguments and (signature[0], 0) in table:
            # Velocity 1.7 takes a method without parameters for one that takes any, and Java then throws.
            raise TemplateFault(f"wrong number of arguments: {signature[0]}")
        return None
    vtl_call = getattr(target, "vtl_call", None)
    run.watch()
    if vtl_call is None:
        return run.text(target) if signature == ("toString", 0) and target is not None else None
    found = vtl_call(signature[0], arguments)
    if found.__class__ is str and len(found) > _FREE:
        run.charge(len(found))
    return None if found is MISSING else found


def property_of(target: Any, name: str) -> object:
    """Return a property; None when there is none."""
    if target is None:
        return None
    kind = target.__class__
    if kind is dict:
        return target.get(name)
    vtl_property = getattr(target, "vtl_property", None)
    if vtl_property is not None:
        found = vtl_property(name)
        return None if found is MISSING else found
    plain = name[:1].lower() + name[1:]
    if isinstance(target, Entry):
        return target.key if plain == "key" else target.value if plain == "value" else None
    if isinstance(target, ForeachScope):
        read = collections.SCOPE_PROPERTIES.get(plain)
        return read(target) if read is not None else target.get(name)
    return _bean_property(kind, target, plain)


def _bean_property(kind: type, target: Any, name: str) -> object:
    if name == "empty" and kind in (str, list, Collected):
        return not target
    if name == "blank" and kind is str:
        return not str(target).strip()
    if kind is float and name in ("naN", "infinite"):
        return math.isnan(target) if name == "naN" else math.isinf(target)
    return None


def put_property(run: Run, target: Any, name: str, value: object) -> None:
    """Carry out `#set($target.name = value)`."""
    if target.__class__ is dict:
        run.charge(1)
        target[name] = value
    elif isinstance(target, ForeachScope):
        target.storage[name] = value
    elif isinstance(target, Entry) and name.lower() == "value":
        target.map[target.key] = target.value = value
    elif hasattr(target, "vtl_put"):
        target.vtl_put(name, value)


def index(run: Run, target: Any, argument: Any) -> object:
    """Return `target[argument]`."""
    argument = _from_end(target, argument)
    if target.__class__ is dict:
        return target.get(as_key(argument))
    return call(run, target, ("get", 1), (argument,))


def put_index(run: Run, target: Any, argument: Any, value: object) -> None:
    """Carry out `#set($target[argument] = value)`."""
    argument = _from_end(target, argument)
    if target.__class__ in (list, StringArray):
        call(run, target, ("set", 2), (argument, value))
    elif target.__class__ is dict or isinstance(target, ForeachScope):
        call(run, target, ("put", 2), (argument, value))
    elif hasattr(target, "vtl_put") and argument.__class__ is str:
        target.vtl_put(argument, value)


def _from_end(target: Any, argument: Any) -> Any:
    """Return an index as it is; negative ones count from the end."""
    if not is_integer(argument) or argument >= 0:
        return argument
    if not isinstance(target, list | dict | ForeachScope):
        raise TemplateFault("a negative index requires a size()")
    size = len(target.storage if isinstance(target, ForeachScope) else target)
    return size + argument


def make_map(run: Run, items: tuple[tuple[object, object], ...]) -> dict[object, object]:
    """Return a map; of equal keys the last value counts, at the first's place."""
    run.charge(len(items))
    return {as_key(key): value for key, value in items}


def make_list(run: Run, items: list[object]) -> list[object]:
    """Return a list of the template's own."""
    if run.made is not None:
        run.made[id(items)] = items
    return items


def make_range(run: Run, first: Any, last: Any) -> list[object] | None:
    """Return the integers of a range, descending where the first is larger."""
    if not is_number(first) or not is_number(last):
        return None
    begin, end = arithmetic.truncated(first), arithmetic.truncated(last)
    # An integer takes as much memory as thirty characters.
    run.charge(16 * (abs(end - begin) + 1))
    if abs(end - begin) >= _RANGE:
        raise TemplateLimitFault("a range is too large")
    return make_list(run, list(range(begin, end + 1) if begin < end else range(begin, end - 1, -1)))


_RANGE: Final = 1_000_000


def loop(run: Run, source: Any) -> tuple[list[object], int] | None:
    """Return what a loop goes over, as far as it may, and how many elements there are."""
    kind = source.__class__
    if kind is list or kind is StringArray or kind is Collected:
        items = list(source)
    elif kind is dict:
        items = list(source.values())
    elif isinstance(source, Cursor):
        items = []
        while source.has_next():
            items.append(source.next())
    else:
        iterate = getattr(source, "vtl_iterate", None)
        if iterate is None:
            return None
        items = list(iterate())
    size = len(items)
    run.charge(size)
    return (items if run.loop_limit is None else items[: run.loop_limit]), size


def loop_shared(run: Run, source: Any) -> tuple[list[object], int] | None:
    """Return what `loop` does, the list itself where nothing changes it meanwhile."""
    if source.__class__ is list:
        size = len(source)
        if run.loop_limit is None or size <= run.loop_limit:
            return source, size
    return loop(run, source)


def live(source: object) -> Sized | None:
    """Return what may not change while a loop goes over it."""
    if isinstance(source, Collected):
        return source.origin
    return source if isinstance(source, list | dict) else None


def check_unchanged(source: Sized, position: int, size: int) -> bool:
    """Return False where the loop's list or map lost elements at its very end; a fault where it changed otherwise."""
    now = len(source)
    if now == position:
        return False
    raise TemplateFault(f"ConcurrentModificationException: {size} elements became {now}")


def check_end(source: Sized | None, position: int, size: int) -> None:
    """Fault where a list changed while its last element was looked at: Java then looks for another one."""
    if isinstance(source, list) and position == size and len(source) != size:
        raise TemplateFault(f"ConcurrentModificationException: {size} elements became {len(source)}")


def restore(context: Context, name: str, value: object) -> None:
    """Give a variable the value that it had before a loop."""
    if value is None:
        context.pop(name, None)
    else:
        context[name] = value


def leave_scope(context: Context) -> None:
    """Remove `$foreach` after a loop, or give it back to the loop around."""
    scope = context.get("foreach")
    if isinstance(scope, ForeachScope):
        restore(context, "foreach", scope.parent if scope.parent is not None else scope.replaced)


def break_scope(scope: object) -> None:
    """Carry out `#break($scope)`."""
    if not isinstance(scope, ForeachScope):
        raise TemplateFault("#break: not a scope")
    raise Halt(scope=scope)


def call_macro(
    context: Context,
    run: Run,
    output: list[str],
    called: "tuple[str, str, tuple[Argument, ...], Body | None, int]",
) -> None:
    """Call a macro; without one of the name, print the call."""
    name, literal, arguments, body, weight = called
    macro = run.macros.get(name)
    if macro is None:
        output.append(literal)
        return
    if any(argument.is_word for argument in arguments):
        raise TemplateFault(f"invalid argument in macro #{name}")
    run.step()
    run.work(macro.weight)
    inner = MacroContext(context, run)
    for parameter, argument in zip(macro.arguments, arguments, strict=False):
        inner.add(parameter, argument)
    if body is not None:
        inner.add_body(Definition(context, body, weight, 20))
    if run.is_depth_reached():
        raise TemplateLimitFault(f"the macro #{name} nests too deep")
    run.depth += 1
    try:
        macro.body(inner, run, output)
    except Halt as halt:
        if not halt.is_nearest:
            raise
    run.depth -= 1


def equals(run: Run, left: Any, right: Any) -> bool:
    """Return `left == right`: numbers by value, values of one class by `equals`, all else by their texts."""
    if is_number(left) and is_number(right):
        return arithmetic.compare(left, right) == 0
    if left.__class__ is not right.__class__:
        left = left.text(run) if isinstance(left, Definition) else left
        right = right.text(run) if isinstance(right, Definition) else right
    if left is None or right is None:
        return left is right
    if left.__class__ is right.__class__:
        if isinstance(left, _SIZED) and len(left) > _FREE:
            run.watch()
        return left is right if hasattr(left, "vtl_call") else equal(left, right)
    return run.text(left) == run.text(right)


def compared(operator: int, left: Any, right: Any) -> bool:
    """Return what <, <=, > or >= says; False for what are no numbers."""
    if not is_number(left) or not is_number(right):
        return False
    order = arithmetic.compare(left, right)
    if operator == Kind.LOGICAL_LT:
        return order < 0
    if operator == Kind.LOGICAL_GT:
        return order > 0
    return order <= 0 if operator == Kind.LOGICAL_LE else order >= 0


def plus(run: Run, left: Any, right: Any, left_literal: object, right_literal: object) -> object:
    """Return a sum, or texts joined: a null is then joined as it stands in the template."""
    if left.__class__ is int and right.__class__ is int:
        return arithmetic.add(left, right)
    if left.__class__ is str or right.__class__ is str:
        if left is None:
            left = str(left_literal)
        elif right is None:
            right = str(right_literal)
        return run.glue([_joined(run, left), _joined(run, right)])
    if is_number(left) and is_number(right):
        return arithmetic.add(left, right)
    return None


def _joined(run: Run, value: object) -> str:
    text = value.text(run) if isinstance(value, Definition) else run.text(value)
    if text is None:
        raise TemplateFault("a definition within itself has no text to join")
    return text
