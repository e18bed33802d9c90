"""Python for expressions: lines that compute, and an atom (a name or `None`) that holds the value."""

from types import MappingProxyType
from typing import Final, Protocol

from gatewright.languages.vtl import syntax
from gatewright.languages.vtl.code import Function, NotStatic
from gatewright.languages.vtl.tokens import Kind

_LOGICAL: Final = frozenset({Kind.LOGICAL_AND, Kind.LOGICAL_OR})
_EQUALITY: Final = MappingProxyType({Kind.LOGICAL_EQUALS: "==", Kind.LOGICAL_NOT_EQUALS: "!="})


class Blocks(Protocol):
    """What expressions need of statements: texts in quotes hold any."""

    has_definitions: bool
    is_null_empty: bool

    def null_text(self, node: syntax.Reference) -> str: ...

    def text_function(self, node: syntax.Interpolation) -> str: ...

    def render(self, f: Function, node: syntax.Node) -> None: ...


_LOOP_PROPERTIES: Final = MappingProxyType(
    {
        "index": "{at} - 1",
        "count": "{at}",
        "hasNext": "{at} < {size}",
        "first": "{at} == 1",
        "last": "{at} == {size}",
    }
)

_ORDER: Final = MappingProxyType(
    {Kind.LOGICAL_LT: "<", Kind.LOGICAL_LE: "<=", Kind.LOGICAL_GT: ">", Kind.LOGICAL_GE: ">="}
)


def constants_of(nodes: tuple[syntax.Expression, ...]) -> tuple[object, ...] | None:
    """Return the values of constants, None when something else is among them."""
    values: list[object] = []
    for node in nodes:
        if not isinstance(node, syntax.Constant):
            return None
        values.append(node.value)
    return tuple(values)


def value(f: Function, blocks: Blocks, node: syntax.Node) -> str:
    """Add what computes a value; return the atom that holds it."""
    if isinstance(node, syntax.Group):
        return value(f, blocks, node.inner)
    if isinstance(node, syntax.Constant):
        return f.module.constant(node.value)
    if isinstance(node, syntax.Reference):
        return _reference_value(f, blocks, node)
    if isinstance(node, syntax.Interpolation):
        return _interpolation(f, blocks, node)
    if isinstance(node, syntax.Operation):
        return _operation(f, blocks, node)
    if isinstance(node, syntax.Not):
        return _held(f, f"not {truth(f, blocks, node.operand)}")
    if isinstance(node, syntax.ListLiteral):
        return _held(f, f"make_list(r, [{', '.join([value(f, blocks, item) for item in node.items])}])")
    if isinstance(node, syntax.MapLiteral):
        pairs = [f"({value(f, blocks, key)}, {value(f, blocks, item)})," for key, item in node.items]
        return _held(f, f"make_map(r, ({' '.join(pairs)}))")
    if isinstance(node, syntax.Range):
        first = value(f, blocks, node.first)
        return _held(f, f"make_range(r, {first}, {value(f, blocks, node.last)})")
    return "None"


def _reference_value(f: Function, blocks: Blocks, node: syntax.Reference) -> str:
    if node.is_runt or not node.is_computable:
        return "None"
    name = reference(f, blocks, node)
    if blocks.is_null_empty:
        f.line(f"if {name} is None: {name} = ''")
    return name


def _held(f: Function, expression: str) -> str:
    name = f.temporary()
    f.line(f"{name} = {expression}")
    return name


def reference(f: Function, blocks: Blocks, node: syntax.Reference, steps: int | None = None) -> str:
    """Add what walks down a reference; with `steps`, only so many of its steps."""
    if f.is_static:
        local = _loop_property(f, node)
        if local is not None:
            return _held(f, local)
        name = _from_variable(f, node, steps)
        if name is not None:
            steps_left = node.steps[1:steps]
        else:
            name, steps_left = _held(f, f.variable(node.root)), node.steps[:steps]
    else:
        name, steps_left = _held(f, f"g({f.module.constant(node.root)})"), node.steps[:steps]
    for step in steps_left:
        if isinstance(step, syntax.Property):
            _property(f, name, step)
        elif isinstance(step, syntax.Method):
            _method(f, blocks, name, step)
        else:
            with f.indented(f"if {name} is not None:"):
                f.line(f"{name} = index(r, {name}, {value(f, blocks, step.argument)})")
    return name


def _from_variable(f: Function, node: syntax.Reference, steps: int | None) -> str | None:
    """Add what takes a property straight from a variable; None where the first step is none."""
    first = node.steps[0] if node.steps and steps != 0 else None
    if not isinstance(first, syntax.Property):
        return None
    variable, key = f.variable(node.root), f.module.constant(first.name)
    return _held(f, f"{variable}.get({key}) if type({variable}) is dict else property_of({variable}, {key})")


def _loop_property(f: Function, node: syntax.Reference) -> str | None:
    """Return what the innermost loop around knows: `$foreach.count` and the like; None for other references."""
    if node.root == "foreach":
        step = node.steps[0] if len(node.steps) == 1 else None
        template = _LOOP_PROPERTIES.get(step.name) if isinstance(step, syntax.Property) else None
        if template is None or not f.loops_around:
            raise NotStatic
        at, size = f.loops_around[-1]
        return template.format(at=at, size=size)
    if node.root in ("velocityCount", "velocityHasNext") and f.loops_around:
        if node.steps:
            raise NotStatic
        at, size = f.loops_around[-1]
        return at if node.root == "velocityCount" else f"{at} < {size}"
    return None


def _property(f: Function, name: str, step: syntax.Property) -> None:
    key = f.module.constant(step.name)
    f.line(f"{name} = {name}.get({key}) if type({name}) is dict else property_of({name}, {key})")


def _method(f: Function, blocks: Blocks, name: str, step: syntax.Method) -> None:
    signature = f.module.constant((step.name, len(step.arguments)))
    constants = constants_of(step.arguments)
    if constants is not None:
        f.line(f"if {name} is not None: {name} = call(r, {name}, {signature}, {f.module.constant(constants)})")
        return
    with f.indented(f"if {name} is not None:"):
        arguments = "".join([f"{value(f, blocks, argument)}, " for argument in step.arguments])
        f.line(f"{name} = call(r, {name}, {signature}, ({arguments}))")


def _interpolation(f: Function, blocks: Blocks, node: syntax.Interpolation) -> str:
    statements = node.block.statements
    if not all(map(_is_plain, statements)):
        if not f.is_static:
            text = blocks.text_function(node)
            f.line(f"r.work({f.module.weights[text]})")
            return _held(f, f"{text}(c, r)")
        with f.diverted() as output:
            blocks.render(f, node.block)
        return _held(f, f"r.glue({output})" + ("[:-1]" if node.drops_last else ""))
    pieces = []
    for number, statement in enumerate(statements):
        if isinstance(statement, syntax.Text):
            # The space that was added ends the last text.
            is_last = node.drops_last and number == len(statements) - 1
            text = statement.text[:-1] if is_last else statement.text
            if text:
                pieces.append(f.module.constant(text))
        elif isinstance(statement, syntax.Reference):
            pieces.append(printed(f, blocks, statement))
    return _held(f, f"r.glue([{', '.join(pieces)}])")


def _is_plain(statement: syntax.Statement) -> bool:
    return isinstance(statement, syntax.Text) or (isinstance(statement, syntax.Reference) and is_plain(statement))


def is_plain(node: syntax.Reference) -> bool:
    """Return whether a reference prints its value and nothing else."""
    return not (node.is_escaped or node.escape_prefix or node.more_prefix or node.is_runt or not node.is_computable)


def printed(f: Function, blocks: Blocks, node: syntax.Reference) -> str:
    """Add what gives a reference's text; return the atom."""
    name = reference(f, blocks, node)
    null_text = f.module.constant(blocks.null_text(node))
    text = f"plain_text(r, {name}, {null_text})" if f.is_static else f"text_of(c, r, {name}, {null_text})"
    f.line(f"if type({name}) is not str: {name} = str({name}) if type({name}) is int else {text}")
    return name


def truth(f: Function, blocks: Blocks, node: syntax.Node) -> str:
    """Add what decides a condition; return an expression without effects. What is no condition is false."""
    if isinstance(node, syntax.Group):
        return truth(f, blocks, node.inner)
    if isinstance(node, syntax.Constant):
        return "True" if node.value is True else "False"
    if isinstance(node, syntax.Not):
        return f"(not {truth(f, blocks, node.operand)})"
    if isinstance(node, syntax.Reference):
        local = _loop_property(f, node) if f.is_static else None
        if local is not None:
            return f"({local})"
        name = value(f, blocks, node)
        if blocks.has_definitions:
            return _held(f, f"is_true(r, {name})")
        if blocks.is_null_empty and not node.is_runt and node.is_computable:
            return f"({name} is not False)"
        return f"({name} is not None and {name} is not False)"
    if isinstance(node, syntax.Operation):
        if node.operator in _LOGICAL:
            return _logical(f, blocks, node)
        if node.operator in syntax.COMPARISONS:
            return value(f, blocks, node)
    return "False"


def _chain(node: syntax.Operation) -> tuple[syntax.Expression, list[syntax.Operation]]:
    """Return the first operand and the operations to its right, first to last: long chains nest to the left."""
    operations = [node]
    left = node.left
    while isinstance(left, syntax.Operation) and (left.operator in _LOGICAL) == (node.operator in _LOGICAL):
        operations.append(left)
        left = left.left
    return left, operations[::-1]


def _logical(f: Function, blocks: Blocks, node: syntax.Operation) -> str:
    left, operations = _chain(node)
    name = _held(f, truth(f, blocks, left))
    for operation in operations:
        with f.indented(f"if {name}:" if operation.operator == Kind.LOGICAL_AND else f"if not {name}:"):
            f.line(f"{name} = {truth(f, blocks, operation.right)}")
    return name


def _operation(f: Function, blocks: Blocks, node: syntax.Operation) -> str:
    if node.operator in _LOGICAL:
        return _logical(f, blocks, node)
    left_node, operations = _chain(node)
    left = value(f, blocks, left_node)
    for operation in operations:
        right = value(f, blocks, operation.right)
        left = _binary(f, operation, left, right)
    return left


def _binary(f: Function, node: syntax.Operation, left: str, right: str) -> str:
    operator = Kind(node.operator)
    if operator in _EQUALITY:
        sign = _EQUALITY[operator]
        slow = f"equals(r, {left}, {right})" if sign == "==" else f"not equals(r, {left}, {right})"
        kind = f"type({left}) is type({right})"
        return _held(f, f"{left} {sign} {right} if {kind} is str or {kind} is int else {slow}")
    both = f"type({left}) is type({right}) is int"
    if operator in syntax.COMPARISONS:
        slow = f"compared({int(operator)}, {left}, {right})"
        return _held(f, f"{left} {_ORDER[operator]} {right} if {both} else {slow}")
    if operator is Kind.MINUS:
        return _held(f, f"{left} - {right} if {both} else calculate({int(operator)}, {left}, {right})")
    if operator is not Kind.PLUS:
        return _held(f, f"calculate({int(operator)}, {left}, {right})")
    # What stood there is joined to a text where the value is null.
    literals = [f.module.constant(_literal(side)) for side in (node.left, node.right)]
    slow = f"plus(r, {left}, {right}, {literals[0]}, {literals[1]})"
    return _held(f, f"{left} + {right} if {both} else {slow}")


def _literal(node: syntax.Expression) -> object:
    return node.literal
