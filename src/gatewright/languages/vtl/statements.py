"""Python for statements, and the compiled unit that a template's text becomes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Final

import orjson

from gatewright.languages.vtl import (
    arithmetic,
    contexts,
    expressions,
    iteration,
    macro_calls,
    members,
    operators,
    printing,
    reads,
    run,
    syntax,
    values,
)
from gatewright.languages.vtl.code import Function, Module, NotStatic
from gatewright.languages.vtl.directives import Mentioned
from gatewright.languages.vtl.expressions import truth, value
from gatewright.languages.vtl.limits import Dialect
from gatewright.languages.vtl.loops import Loop, add_static_loop
from gatewright.languages.vtl.run import Body

# How many statements, or branches of an #if, one function has at most: Python compiles a function at one go.
STATEMENTS: Final = 250

# What the compiled functions call by name.
_RUNTIME: Final = (
    contexts.Argument,
    contexts.Halt,
    contexts.NullHolder,
    values.ForeachScope,
    run.Definition,
    iteration.break_scope,
    arithmetic.calculate,
    members.call,
    macro_calls.call_macro,
    iteration.check_end,
    iteration.check_unchanged,
    operators.compared,
    iteration.elements,
    operators.equals,
    members.index,
    operators.is_true,
    iteration.leave_scope,
    iteration.live,
    iteration.loop,
    operators.make_list,
    operators.make_map,
    operators.make_range,
    printing.plain_text,
    operators.plus,
    members.property_of,
    members.put_index,
    members.put_property,
    iteration.restore,
    printing.show,
    printing.show_escaped,
    printing.show_prefixed,
    printing.text_of,
)


@dataclass(frozen=True, slots=True)
class CompiledMacro:
    """A macro."""

    arguments: tuple[str, ...]
    body: Body
    weight: int


@dataclass(frozen=True, slots=True)
class CompiledUnit:
    """What a text prints and the macros in it."""

    main: Body | None
    macros: Mapping[str, CompiledMacro]
    text: Callable[[Mapping[str, object], run.Run], str] | None
    """What returns the output, in the place of `main`, where nothing else can reach the variables."""


class Compiler:
    """Compiles one text; `is_evaluated` says that it is run amid another, whose variables and macros it shares."""

    def __init__(self, dialect: Dialect, mentioned: Mentioned, is_evaluated: bool = False) -> None:
        is_open = is_evaluated or mentioned.has_evaluate
        # The classes of the host's objects that were called: they need not be looked at again.
        known = {"hosts": set(), "MISSING": values.MISSING, "dumps": orjson.dumps, "join": "".join}
        self.module = Module({**{_name(thing): thing for thing in _RUNTIME}, **known})
        self.has_definitions = is_open or mentioned.has_definitions
        self.is_null_empty = dialect.is_null_empty
        self._has_macros = dialect.has_macros
        self._mentioned = mentioned
        self._names = None if is_open else frozenset(mentioned.names)
        self._macros: dict[str, tuple[tuple[str, ...], str]] = {}

    def unit(self, block: syntax.Block) -> CompiledUnit:
        """Compile a parsed text."""
        text = self._static_function(block)
        main = "" if text else self.block_function(block)
        load = self.module.load()
        macros = {
            name: CompiledMacro(arguments, load(body), self.module.weights[body])
            for name, (arguments, body) in self._macros.items()
        }
        return CompiledUnit(load(main) if main else None, MappingProxyType(macros), load(text) if text else None)

    def _static_function(self, block: syntax.Block) -> str | None:
        """Compile a template with its variables as Python's own; None where something may reach them otherwise."""
        mentioned = self._mentioned
        own = {*mentioned.assigned, *mentioned.elements}
        if (
            self.has_definitions
            or mentioned.has_scoped_break
            or (self._has_macros and (mentioned.has_macro_calls or mentioned.macros))
            or not mentioned.assigned.isdisjoint(mentioned.elements)
            or not own.isdisjoint(("foreach", "velocityCount", "velocityHasNext"))
        ):
            return None
        f = Function(self.module, self.module.fresh("b"), "c, r", is_static=True)
        try:
            self.block(f, block)
        except NotStatic:
            return None
        f.finish()
        f.close()
        self.module.add(f)
        return f.name

    def is_assigned(self, name: str) -> bool:
        """Return whether the text gives a variable values."""
        return name in self._mentioned.assigned or name in self._mentioned.elements

    def mentions(self, name: str) -> bool:
        """Return whether the text may read a variable."""
        return self._names is None or name in self._names

    def block_function(self, node: syntax.Node) -> str:
        """Compile a block into a function `(c, r, o)` that appends to `o`; return its name."""
        f = Function(self.module, self.module.fresh("b"), "c, r, o")
        self.render(f, node)
        self.module.add(f)
        return f.name

    def value_function(self, node: syntax.Node) -> str:
        """Compile an expression into a function `(c, r)`; return its name."""
        f = Function(self.module, self.module.fresh("v"), "c, r")
        if isinstance(node, syntax.Reference) and not node.steps:
            f.line(f"return g({self.module.constant(node.root)})")
        else:
            f.line(f"return {value(f, self, node)}")
        self.module.add(f)
        return f.name

    def text_function(self, node: syntax.Interpolation) -> str:
        """Compile a text in double quotes into a function `(c, r)`; return its name."""
        f = Function(self.module, self.module.fresh("s"), "c, r")
        f.line("o = []")
        self.render(f, node.block)
        f.line("return r.glue(o)[:-1]" if node.drops_last else "return r.glue(o)")
        self.module.add(f)
        return f.name

    def define_macro(self, node: syntax.MacroDefinition) -> None:
        """Compile a macro; the first of a name counts. Without macros, the definition is parsed and nothing else."""
        if not self._has_macros:
            return
        body = self.block_function(node.body)
        self._macros.setdefault(node.name, (node.arguments, body))

    def null_text(self, node: syntax.Reference) -> str:
        """Return what is printed of a reference without a value."""
        return "" if self.is_null_empty else node.null_text

    # Statements.

    def render(self, f: Function, node: syntax.Node) -> None:
        """Add what prints a node, all of it."""
        if isinstance(node, syntax.Block):
            self.block(f, node)
        elif isinstance(node, syntax.Reference):
            self._reference(f, node)
        f.flush()

    def block(self, f: Function, node: syntax.Block) -> None:
        """Add what prints a block; the last of it may still be gathered."""
        statements = _merged(node.statements)
        if len(statements) > STATEMENTS:
            for start in range(0, len(statements), STATEMENTS):
                _apart(self, f, syntax.Block(tuple(statements[start : start + STATEMENTS]), node.literal))
            return
        for is_stretch, group in groupby(statements, expressions.is_simple):
            stretch = list(group)
            with reads.read_together(f, stretch if is_stretch and f.is_static else ()):
                for statement in stretch:
                    self._statement(f, statement)

    def nested(self, f: Function, node: syntax.Node) -> None:
        """Add what prints a block within another: a call, where Python would refuse to nest deeper."""
        if f.is_crowded() and isinstance(node, syntax.Block) and node.statements:
            _apart(self, f, node)
        else:
            self.render(f, node)

    def _statement(self, f: Function, node: syntax.Statement) -> None:
        if isinstance(node, syntax.Text):
            f.piece(self.module.constant(node.text))
        elif isinstance(node, syntax.Reference):
            self._reference(f, node)
        elif isinstance(node, syntax.Set):
            self._set(f, node)
        elif isinstance(node, syntax.If):
            self._if(f, node)
        elif isinstance(node, syntax.Foreach):
            self._foreach(f, node)
        elif isinstance(node, syntax.MacroDefinition):
            self.define_macro(node)
        else:
            self._other(f, node)

    def _other(
        self,
        f: Function,
        node: syntax.Define | syntax.MacroCall | syntax.Evaluate | syntax.Break | syntax.Stop,
    ) -> None:
        f.flush()
        if isinstance(node, syntax.MacroCall):
            if self._has_macros:
                self._macro_call(f, node)
            else:
                f.piece(self.module.constant(node.literal))
        elif isinstance(node, syntax.Define):
            body = self.block_function(node.body)
            name = self.module.constant(node.name)
            f.line(f"c[{name}] = Definition(c, {body}, {self.module.weights[body]})")
        elif isinstance(node, syntax.Evaluate):
            f.line(f"r.evaluate(c, o, {value(f, self, node.argument)})")
        elif isinstance(node, syntax.Stop):
            if node.message is not None:
                value(f, self, node.message)
            if f.is_static:
                f.finish()
            else:
                f.line("raise Halt(True)")
        elif node.scope is not None:
            f.line(f"break_scope({value(f, self, node.scope)})")
        else:
            if f.is_static and not f.is_in_loop:
                f.finish()
                return
            if f.loops_around:
                f.loops_around[-1].has_break = True
            f.line("break" if f.is_in_loop else "raise Halt()")

    def _reference(self, f: Function, node: syntax.Reference) -> None:
        constant = self.module.constant
        if node.is_runt:
            f.piece(constant(node.root))
            return
        if not expressions.is_plain(node):
            name = expressions.reference(f, self, node)
            if self.is_null_empty:
                f.line(f"if {name} is None: {name} = {constant('')}")
            f.flush()
            if node.is_escaped:
                f.line(f"show_escaped(c, {f.output}, {name}, {constant((node.escape_prefix, node.null_text))})")
            else:
                parts = constant((node.escape_prefix, node.more_prefix, node.null_text))
                f.line(f"show_prefixed(c, r, {f.output}, {name}, {parts})")
            return
        if not self.has_definitions:
            f.piece(expressions.printed(f, self, node))
            return
        f.flush()
        name = expressions.reference(f, self, node)
        f.line(f"if {name}.__class__ is str: {f.output}.append({name})")
        f.line(f"else: show(c, r, {f.output}, {name}, {constant(self.null_text(node))})")

    def _set(self, f: Function, node: syntax.Set) -> None:
        found = value(f, self, node.value)
        if self.module.kind(found) or _has_value(self, node.value):
            _assign(self, f, node.target, found)
            return
        # Without `directive.set.null.allowed`, null changes nothing.
        with f.indented(f"if {found} is not None:"):
            _assign(self, f, node.target, found)

    def _if(self, f: Function, node: syntax.If) -> None:
        texts = _texts_of(node)
        if texts is not None:
            # Only texts to choose from: no fork, and what is printed before and behind stays one piece.
            chosen, other = map(self.module.constant, texts)
            holds = truth(f, self, node.branches[0][0])
            name = f.temporary()
            f.line(f"{name} = {chosen} if {holds} else {other}")
            f.piece(name)
            return
        f.flush()
        if len(node.branches) == 1:
            condition, block = node.branches[0]
            with f.indented(f"if {truth(f, self, condition)}:"):
                self.nested(f, block)
            if node.otherwise is not None:
                with f.indented("else:"):
                    self.nested(f, node.otherwise)
            return
        # One after another rather than nested, for there may be many; `taken` is true once a branch was.
        taken = f.temporary()
        f.line(f"{taken} = False")
        for condition, block in node.branches[:STATEMENTS]:
            with f.indented(f"if not {taken}:"), f.indented(f"if {truth(f, self, condition)}:"):
                f.line(f"{taken} = True")
                self.nested(f, block)
        if len(node.branches) > STATEMENTS:
            others = syntax.If(node.branches[STATEMENTS:], node.otherwise)
            with f.indented(f"if not {taken}:"):
                _apart(self, f, syntax.Block((others,), node.branches[0][1].literal))
        elif node.otherwise is not None:
            with f.indented(f"if not {taken}:"):
                self.nested(f, node.otherwise)

    def _macro_call(self, f: Function, node: syntax.MacroCall) -> None:
        arguments = [_argument(self, argument) for argument in node.arguments]
        body = self.block_function(node.body) if node.body is not None else "None"
        weight = self.module.weights.get(body, 0)
        name, literal = self.module.constant(node.name), self.module.constant(node.literal)
        f.line(f"call_macro(c, r, o, ({name}, {literal}, ({''.join(f'{a}, ' for a in arguments)}), {body}, {weight}))")

    def _foreach(self, f: Function, node: syntax.Foreach) -> None:
        f.flush()
        if f.is_static and not self._mentioned.can_change_values:
            add_static_loop(self, f, node, _gone_over(self, f, node.source))
            return
        source = value(f, self, node.source)
        if f.is_static:
            add_static_loop(self, f, node, f"elements(r, {source})", source)
            return
        items = f.temporary()
        f.line(f"{items} = loop(r, {source})")
        with f.indented(f"if {items} is not None:"):
            Loop(self, f, node, source, items).add()


def _gone_over(compiler: Compiler, f: Function, node: syntax.Node) -> str:
    """Add what computes the source of a loop that nothing changes; return the expression of the elements."""
    keys = expressions.keys_looped_over(f, compiler, node)
    if keys is not None:
        owner, signature = keys
        return f"list({owner}) if type({owner}) is dict else elements(r, call(r, {owner}, {signature}, ()))"
    # A list is gone over as it is.
    source = value(f, compiler, node)
    return f"{source} if type({source}) is list else elements(r, {source})"


def _assign(compiler: Compiler, f: Function, target: syntax.Reference, found: str) -> None:
    if not target.steps and f.is_static:
        f.assign(target.root, found)
        return
    if not target.steps:
        f.line(f"c[{compiler.module.constant(target.root)}] = {found}")
        return
    owner = expressions.reference(f, compiler, target, len(target.steps) - 1)
    last = target.steps[-1]
    with f.indented(f"if {owner} is not None:"):
        if isinstance(last, syntax.Index):
            f.line(f"put_index(r, {owner}, {value(f, compiler, last.argument)}, {found})")
        else:
            f.line(f"put_property(r, {owner}, {compiler.module.constant(last.name)}, {found})")


def _has_value(compiler: Compiler, node: syntax.Expression) -> bool:
    """Return whether an expression is never null."""
    if isinstance(node, syntax.Reference):
        return compiler.is_null_empty and node.is_computable and not node.is_runt
    return isinstance(node, syntax.Interpolation | syntax.ListLiteral | syntax.MapLiteral)


def _argument(compiler: Compiler, node: syntax.Node) -> str:
    by_name = (
        syntax.Interpolation,
        syntax.Reference,
        syntax.MapLiteral,
        syntax.ListLiteral,
        syntax.Range,
    )
    is_constant = not isinstance(node, by_name) and not (isinstance(node, syntax.Constant) and node.is_text)
    literal = node.literal if isinstance(node, syntax.Expression) else ""
    flags = f"{is_constant}, {isinstance(node, syntax.Word)}"
    return f"Argument({compiler.value_function(node)}, {compiler.module.constant(literal)}, {flags})"


def _apart(compiler: Compiler, f: Function, block: syntax.Block) -> None:
    """Add a call of a function of the block's own."""
    if f.is_static:
        raise NotStatic
    f.flush()
    name = compiler.block_function(block)
    f.line(f"r.work({compiler.module.weights[name]}); {name}(c, r, o)")


def _name(thing: object) -> str:
    return str(getattr(thing, "__name__", ""))


def _texts_of(node: syntax.If) -> tuple[str, str] | None:
    """Return what is printed if the only condition holds and if not, where that is nothing but text."""
    if len(node.branches) != 1:
        return None
    chosen = _text_of(node.branches[0][1])
    other = "" if node.otherwise is None else _text_of(node.otherwise)
    return None if chosen is None or other is None else (chosen, other)


def _text_of(block: syntax.Block) -> str | None:
    """Return what a block prints where that is nothing but text."""
    texts = [statement.text for statement in block.statements if isinstance(statement, syntax.Text)]
    return "".join(texts) if len(texts) == len(block.statements) else None


def _merged(statements: Iterable[syntax.Statement]) -> list[syntax.Statement]:
    """Return statements with texts that follow each other in one."""
    found: list[syntax.Statement] = []
    texts: list[str] = []
    for statement in statements:
        if isinstance(statement, syntax.Text):
            texts.append(statement.text)
            continue
        if texts:
            found.append(syntax.Text("".join(texts)))
            texts = []
        found.append(statement)
    if texts:
        found.append(syntax.Text("".join(texts)))
    return found
