"""Python for #foreach: a loop over a list made at its beginning, and what the template may know of where it stands."""

from typing import Protocol

from gatewright.languages.vtl import syntax
from gatewright.languages.vtl.code import Around, Function, Module, NotStatic
from gatewright.languages.vtl.run import LINE


class Compiler(Protocol):
    """What loops need of statements."""

    module: Module

    def mentions(self, name: str) -> bool: ...

    def nested(self, f: Function, node: syntax.Node) -> None: ...


def add_static_loop(
    compiler: Compiler, f: Function, node: syntax.Foreach, elements: str, source: str | None = None
) -> None:
    """Add a loop of a static function over a list; `source` is what they come from where it may change meanwhile."""
    if node.name in f.elements:
        # The variable of the loop around has its value back afterwards, in ways that depend on it.
        raise NotStatic
    items, at, size, watched, element = (f.temporary() for _ in range(5))
    around = Around(at, size)
    f.line(f"{items} = {elements}")
    f.line(f"{size} = len({items}); r.steps -= {size}")
    work, limit, start = f.hold(), f.hold(), f.hold()
    if source is not None:
        f.line(f"{watched} = live({source})")
    outside, f.is_in_loop = f.is_in_loop, True
    f.loops += 1
    f.loops_around.append(around)
    f.elements[node.name] = element
    with f.indented(f"for {element} in {items}:"):
        count = f.hold()
        if source is not None:
            changed = f"{watched} is not None and {around.at} > 1 and len({watched}) != {size}"
            f.line(f"if {changed} and not check_unchanged({watched}, {at} - 1, {size}): break")
        compiler.nested(f, node.body)
    weight = LINE * f.weight(work)
    f.fill(work, f"r.left -= {size} * {weight}")
    f.fill(limit, f"if r.steps < 0 or r.left < 0 or {size} > r.loop_limit: {items} = r.bound({items}, {weight})")
    del f.elements[node.name]
    f.loops_around.pop()
    f.loops -= 1
    f.is_in_loop = outside
    if source is not None:
        f.line(f"else: check_end({watched}, {around.at}, {size})")
    if around.has_break:
        f.line(f"r.steps += len({items}) - {around.at}")
    if around.is_counted:
        f.fill(start, f"{at} = 0")
        f.fill(count, f"{at} += 1")


class Loop:
    """One #foreach under construction."""

    def __init__(self, compiler: Compiler, f: Function, node: syntax.Foreach, source: str, items: str) -> None:
        self._compiler = compiler
        self._f = f
        self._node = node
        self._source = source
        self._items = items
        self._element = compiler.module.constant(node.name)
        # The loop's own variables are kept only where the template reads them.
        self._kept = [name for name in ("velocityCount", "velocityHasNext") if compiler.mentions(name)]
        self._has_scope = compiler.mentions("foreach")
        self._names = {
            name: f.temporary() for name in ("size", "at", "item", "context", "get", "scope", "halt", "live", "null")
        }

    def add(self) -> None:
        """Add the loop."""
        f, names = self._f, self._names
        saved = {name: f.temporary() for name in ("", *self._kept)}
        f.line(f"{self._items}, {names['size']} = {self._items}")
        f.line(f"{names['live']} = live({self._source})")
        f.line(f"{saved['']} = g({self._element})")
        for name in self._kept:
            f.line(f"{saved[name]} = g({self._constant(name)})")
        if self._has_scope:
            f.line(f"{names['scope']} = ForeachScope(g({self._constant('foreach')}))")
            f.line(f"c[{self._constant('foreach')}] = {names['scope']}")
        f.line(f"{names['context']} = c; {names['get']} = g; {names['at']} = 0; {names['null']} = None")
        work = f.hold()
        with f.indented("try:"):
            with f.indented(f"for {names['item']} in {self._items}:"):
                self._iteration()
            f.line(f"else: check_end({names['live']}, {names['at']}, {names['size']})")
        f.fill(work, f"r.work(len({self._items}) * {f.weight(work)})")
        f.line(f"except Halt as {names['halt']}_:")
        f.line(f"    {names['halt']} = {names['halt']}_")
        f.line(f"else: {names['halt']} = None")
        f.line(f"c = {names['context']}; g = {names['get']}")
        f.line(f"restore(c, {self._element}, {saved['']})")
        for name in self._kept:
            f.line(f"restore(c, {self._constant(name)}, {saved[name]})")
        if self._has_scope:
            f.line("leave_scope(c)")
        self._pass_on()

    def _iteration(self) -> None:
        f, names = self._f, self._names
        size, at, item = names["size"], names["at"], names["item"]
        f.line("r.steps -= 1")
        f.line("if r.steps < 0: r.step()")
        changed = f"{names['live']} is not None and len({names['live']}) != {size}"
        f.line(f"if {at} and {changed} and not check_unchanged({names['live']}, {at}, {size}): break")
        f.line(f"{at} += 1")
        for name in self._kept:
            f.line(f"c[{self._constant(name)}] = {at if name == 'velocityCount' else f'{at} < {size}'}")
        f.line(f"c[{self._element}] = {item}")
        if self._has_scope:
            f.line(f"{names['scope']}.index = {at} - 1; {names['scope']}.has_next = {at} < {size}")
        with f.indented(f"if {item} is None:"):
            f.line(f"if {names['null']} is None: {names['null']} = NullHolder({names['context']}, {self._element})")
            f.line(f"c = {names['null']}; g = c.get")
        outside, f.is_in_loop = f.is_in_loop, True
        f.loops += 1
        self._compiler.nested(f, self._node.body)
        f.loops -= 1
        f.is_in_loop = outside
        f.line(f"if c is not {names['context']}: c = {names['context']}; g = {names['get']}")

    def _pass_on(self) -> None:
        """Add what lets #stop, and a #break of another loop, go on outwards."""
        halt = self._names["halt"]
        mine = f" and {halt}.scope is not {self._names['scope']}" if self._has_scope else ""
        self._f.line(f"if {halt} is not None and not {halt}.is_nearest{mine}: raise {halt}")

    def _constant(self, text: str) -> str:
        return self._compiler.module.constant(text)
