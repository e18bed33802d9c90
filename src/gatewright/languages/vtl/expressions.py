"""Python for expressions: lines that compute, and an atom (a name or `None`) that holds the value."""

from types import MappingProxyType
from typing import Final, Protocol

from gatewright.languages.vtl import syntax
from gatewright.languages.vtl.code import PIECES, Function, NotStatic
from gatewright.languages.vtl.reads import path_of, property_read
from gatewright.languages.vtl.tokens import Kind

_LOGICAL: Final = frozenset({Kind.LOGICAL_AND, Kind.LOGICAL_OR})
_EQUALITY: Final = MappingProxyType({Kind.LOGICAL_EQUALS: "==", Kind.LOGICAL_NOT_EQUALS: "!="})


class Blocks(Protocol):
    """What expressions need of statements: texts in quotes hold any."""

    has_definitions: bool
    is_null_empty: bool

    def is_assigned(self, name: str) -> bool: ...

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

_NUMBERS: Final = (["index"], ["count"])
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
        return _logical(f, blocks, node) if node.operator in _LOGICAL else _held(f, _operation(f, blocks, node))
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
        f.line(f"if {name} is None: {name} = {f.module.constant('')}")
    return name


def _held(f: Function, expression: str) -> str:
    name = f.temporary()
    f.line(f"{name} = {expression}")
    return name


def reference(f: Function, blocks: Blocks, node: syntax.Reference, steps: int | None = None) -> str:
    """Add what walks down a reference; with `steps`, only so many of its steps."""
    if f.is_static:
        read = f.reads.pop(path_of(node), None) if f.reads and steps is None else None
        if read is not None:
            return read
        local = _loop_property(f, node)
        if local is not None:
            return _held(f, local)
        name, steps_left = _first_step(f, blocks, node, node.steps[:steps])
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


def _first_step(
    f: Function, blocks: Blocks, node: syntax.Reference, steps: tuple[syntax.Step, ...]
) -> tuple[str, tuple[syntax.Step, ...]]:
    """Add what goes from a static function's variable; return the atom and the steps that are left."""
    variable = f.variable(node.root)
    first = steps[0] if steps else None
    if isinstance(first, syntax.Property):
        return _held(f, property_read(variable, f.module.constant(first.name))), steps[1:]
    name = _held(f, variable)
    # What nobody assigns is the host's, most often its object.
    if isinstance(first, syntax.Method) and not blocks.is_assigned(node.root):
        _method(f, blocks, name, first, is_host=True)
        return name, steps[1:]
    return name, steps


def _loop_property(f: Function, node: syntax.Reference) -> str | None:
    """Return what the innermost loop around knows: `$foreach.count` and the like; None for other references."""
    if node.root == "foreach":
        step = node.steps[0] if len(node.steps) == 1 else None
        template = _LOOP_PROPERTIES.get(step.name) if isinstance(step, syntax.Property) else None
        if template is None or not f.loops_around:
            raise NotStatic
        around = f.loops_around[-1]
        return template.format(at=around.at, size=around.size)
    if node.root in ("velocityCount", "velocityHasNext") and f.loops_around:
        if node.steps:
            raise NotStatic
        around = f.loops_around[-1]
        return around.at if node.root == "velocityCount" else f"{around.at} < {around.size}"
    return None


def _property(f: Function, name: str, step: syntax.Property) -> None:
    key = f.module.constant(step.name)
    f.line(f"{name} = {property_read(name, key)}")


def _method(f: Function, blocks: Blocks, name: str, step: syntax.Method, is_host: bool = False) -> None:
    constants = constants_of(step.arguments)
    if constants is not None and (step.name != "get" or len(constants) != 1):
        _call(f, name, step, f.module.constant(constants), is_host)
        return
    with f.indented(f"if {name} is not None:"):
        arguments = [value(f, blocks, argument) for argument in step.arguments]
        if step.name == "get" and len(arguments) == 1:
            # Of a map, by a text: most often.
            is_text = f" and type({arguments[0]}) is str" if f.module.kind(arguments[0]) is not str else ""
            f.line(f"if type({name}) is dict{is_text}: {name} = {name}.get({arguments[0]})")
            with f.indented("else:"):
                _call(f, name, step, f"({arguments[0]},)", is_host)
        else:
            _call(f, name, step, f"({''.join([f'{argument}, ' for argument in arguments])})", is_host)


def keys_looped_over(f: Function, blocks: Blocks, node: syntax.Node) -> tuple[str, str] | None:
    """Add what gives a map whose `keySet()` a loop goes over; return its atom and the signature, None for others."""
    if not isinstance(node, syntax.Reference) or not node.steps or not node.is_computable or node.is_runt:
        return None
    last = node.steps[-1]
    if not isinstance(last, syntax.Method) or last.name != "keySet" or last.arguments:
        return None
    return reference(f, blocks, node, len(node.steps) - 1), f.module.constant((last.name, 0))


def _call(f: Function, name: str, step: syntax.Method, arguments: str, is_host: bool) -> None:
    """Add a call; of what was called before and is the host's, without looking at what it is."""
    signature = f.module.constant((step.name, len(step.arguments)))
    if not is_host:
        f.line(f"if {name} is not None: {name} = call(r, {name}, {signature}, {arguments})")
        return
    with f.indented(f"if type({name}) in hosts:"):
        # The host may take long; a few times are no more than the template's own length.
        if f.loops or not f.free_calls:
            f.line("r.watch()")
        else:
            f.free_calls -= 1
        f.line(f"{name} = {name}.vtl_call({f.module.constant(step.name)}, {arguments})")
        f.line(f"if {name} is MISSING: {name} = None")
        f.line(f"elif type({name}) is str and len({name}) > 256: r.charge(len({name}))")
    f.line(f"else: {name} = call(r, {name}, {signature}, {arguments}, hosts)")


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
    if len(pieces) > PIECES:
        return _held(f, f"r.glue([{', '.join([f.module.joined([piece]) for piece in pieces])}])")
    name = _held(f, f.module.joined(pieces))
    f.line(f"if len({name}) > 256: r.charge(len({name}))")
    return name


def _is_plain(statement: syntax.Statement) -> bool:
    return isinstance(statement, syntax.Text) or (isinstance(statement, syntax.Reference) and is_plain(statement))


def is_simple(statement: syntax.Statement) -> bool:
    """Return whether a statement prints texts and properties, and does nothing else."""
    return isinstance(statement, syntax.Text) or (_is_plain(statement) and bool(path_of(statement)))


def is_plain(node: syntax.Reference) -> bool:
    """Return whether a reference prints its value and nothing else."""
    return not (node.is_escaped or node.escape_prefix or node.more_prefix or node.is_runt or not node.is_computable)


def printed(f: Function, blocks: Blocks, node: syntax.Reference) -> str:
    """Add what gives a reference's text; return the atom."""
    number = _loop_number(f, node)
    if number is not None:
        return number
    name = reference(f, blocks, node)
    null_text = f.module.constant(blocks.null_text(node))
    text = f"text_of(c, r, {name}, {null_text})"
    if f.is_static:
        # What `repr` gives of most doubles, in two thirds of its time.
        double = f"dumps({name}).decode() if k is float and 1e-3 <= {name} and {name} < 1e7"
        text = f"{double} else plain_text(r, {name}, {null_text})"
    f.line(f"if (k := type({name})) is not str and k is not int: {name} = {text}")
    return name


def _loop_number(f: Function, node: syntax.Reference) -> str | None:
    """Return the expression of a loop's number, which is printed as it is."""
    is_number = node.root == "velocityCount" or [getattr(step, "name", "") for step in node.steps] in _NUMBERS
    return _loop_property(f, node) if f.is_static and is_number else None


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
            return f"({_operation(f, blocks, node)})"
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
    """Add what comes before the last operation; return the expression of that, without effects."""
    left_node, operations = _chain(node)
    expression = value(f, blocks, left_node)
    for number, operation in enumerate(operations):
        left = _held(f, expression) if number else expression
        expression = _binary(f, operation, left, value(f, blocks, operation.right))
    return expression


def _binary(f: Function, node: syntax.Operation, left: str, right: str) -> str:
    operator = Kind(node.operator)
    if f.module.kind(left) and f.module.kind(right):
        # Python would put constants together before they have their values.
        left = _held(f, left)
    if operator in _EQUALITY:
        sign = _EQUALITY[operator]
        slow = f"equals(r, {left}, {right})" if sign == "==" else f"not equals(r, {left}, {right})"
        kinds = [kind for kind in (_both(f, left, right, str), _both(f, left, right, int)) if kind]
        return f"{left} {sign} {right} if {' or '.join(kinds)} else {slow}" if kinds else slow
    if operator in syntax.COMPARISONS:
        fast, slow = f"{left} {_ORDER[operator]} {right}", f"compared({int(operator)}, {left}, {right})"
    elif operator is Kind.MINUS:
        fast, slow = f"{left} - {right}", f"calculate({int(operator)}, {left}, {right})"
    elif operator is Kind.PLUS:
        # What stood there is joined to a text where the value is null.
        literals = [f.module.constant(_literal(side)) for side in (node.left, node.right)]
        fast, slow = f"{left} + {right}", f"plus(r, {left}, {right}, {literals[0]}, {literals[1]})"
    else:
        return f"calculate({int(operator)}, {left}, {right})"
    both = _both(f, left, right, int)
    return f"{fast} if {both} else {slow}" if both else slow


def _both(f: Function, left: str, right: str, kind: type) -> str:
    """Return the condition that both operands are of a class; nothing where a constant is of another."""
    known = [f.module.kind(left), f.module.kind(right)]
    if any(found not in (None, kind) for found in known):
        return ""
    unknown = [atom for atom, found in zip((left, right), known, strict=True) if found is None]
    return " is ".join([f"type({atom})" for atom in unknown or (left,)]) + f" is {kind.__name__}"


def _literal(node: syntax.Expression) -> object:
    return node.literal
