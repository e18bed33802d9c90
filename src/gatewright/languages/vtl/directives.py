"""Velocity's directives besides #if and #set: what each takes, and the node that it makes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Protocol

from gatewright.languages.vtl import syntax
from gatewright.languages.vtl.errors import TemplateError
from gatewright.languages.vtl.tokens import Token

BLOCKS: Final = frozenset({"foreach", "macro", "literal", "define"})


@dataclass(frozen=True, slots=True)
class Argument:
    """A directive's argument and the image of its first token."""

    node: syntax.Expression
    image: str


@dataclass(frozen=True, slots=True)
class Call:
    """A directive as it stands in the template."""

    name: str
    token: Token
    arguments: tuple[Argument, ...]
    block: syntax.Block | None
    span: syntax.Span

    @property
    def nodes(self) -> tuple[syntax.Expression, ...]:
        """Return the node's children: the arguments and the block."""
        nodes = tuple(argument.node for argument in self.arguments)
        return nodes if self.block is None else (*nodes, self.block)


@dataclass(slots=True)
class Mentioned:
    """What parsing came across: macros, variables and whether there is what reaches variables in other ways."""

    macros: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    assigned: set[str] = field(default_factory=set)
    elements: set[str] = field(default_factory=set)
    has_evaluate: bool = False
    has_scoped_break: bool = False
    can_change_values: bool = False
    has_definitions: bool = False
    has_macro_calls: bool = False


class Context(Protocol):
    """What the parser knows."""

    mentioned: Mentioned
    defined: frozenset[str]
    directives: frozenset[str]

    def error(self, message: str, token: Token | None = None) -> TemplateError: ...


def check_argument(parser: Context, name: str, token: Token, position: int, argument: syntax.Expression) -> None:
    """Refuse bare words where they may not stand, and anything else as a macro's name."""
    is_word = isinstance(argument, syntax.Word)
    if name == "macro" and position == 0:
        if not is_word:
            raise parser.error("the first argument of #macro must be a word, without quotes", token)
        return
    is_in = name == "foreach" and position == 1
    if is_word and not is_in and (name in parser.directives or name in parser.defined):
        raise parser.error(f"invalid argument {position} of #{name}", token)


def check_macro(parser: Context, token: Token, arguments: tuple[Argument, ...]) -> None:
    """Note the macro's name: from here on, it can be escaped."""
    if not arguments:
        raise parser.error("the first argument of #macro must be the macro's name", token)
    parser.mentioned.macros.add(arguments[0].image)


def build(parser: Context, call: Call) -> syntax.Statement | None:
    """Return a directive's node."""
    builder = _BUILDERS.get(call.name) if call.name in parser.directives else None
    return builder(parser, call) if builder is not None else _macro_call(parser, call)


def _macro_call(parser: Context, call: Call) -> syntax.Statement:
    if call.name.startswith("@"):
        if call.block is None:
            return syntax.Text("#" + call.name)
        parser.mentioned.has_definitions = True
        return syntax.MacroCall(call.name[1:], call.nodes, _image(call), call.block)
    parser.mentioned.has_macro_calls = True
    return syntax.MacroCall(call.name, call.nodes, _image(call))


def _image(call: Call) -> str:
    return "".join(token.image for token in call.span.tokens[call.span.first : call.span.last + 1])


def _foreach(parser: Context, call: Call) -> syntax.Statement | None:
    nodes = call.nodes
    if not nodes or call.block is None:
        raise parser.error("#foreach requires an element and a list", call.token)
    first = nodes[0]
    name = first.root if isinstance(first, syntax.Reference) else call.arguments[0].image[1:] if call.arguments else ""
    if len(nodes) == 3:
        # The block stands where the list should: it has no value, so there is nothing to go over.
        return None
    if len(nodes) < 3:
        raise parser.error("#foreach requires an element and a list", call.token)
    parser.mentioned.elements.add(name)
    return syntax.Foreach(name, nodes[2], nodes[3])


def _macro(parser: Context, call: Call) -> syntax.Statement:
    assert call.block is not None
    names = [argument.image for argument in call.arguments]
    arguments = tuple(name.removeprefix("$") for name in names[1:])
    return syntax.MacroDefinition(names[0], arguments, call.block)


def _literal(parser: Context, call: Call) -> syntax.Statement:
    nodes = call.nodes
    if not nodes:
        raise parser.error("#literal requires a block", call.token)
    first = nodes[0]
    if isinstance(first, syntax.Block) and first.literal.last < first.literal.first:
        raise parser.error("#literal requires text", call.token)
    return syntax.Text(str(first.literal))


def _define(parser: Context, call: Call) -> syntax.Statement:
    if call.block is None or len(call.arguments) != 1:
        raise parser.error("#define requires a name", call.token)
    parser.mentioned.has_definitions = True
    return syntax.Define(call.arguments[0].image[1:], call.block)


def _evaluate(parser: Context, call: Call) -> syntax.Statement:
    if len(call.arguments) != 1:
        raise parser.error("#evaluate() requires exactly one argument", call.token)
    argument = call.arguments[0].node
    is_text = isinstance(argument, syntax.Interpolation) or (isinstance(argument, syntax.Constant) and argument.is_text)
    if not is_text and not isinstance(argument, syntax.Reference):
        raise parser.error("the argument of #evaluate() must be a text or a reference", call.token)
    parser.mentioned.has_evaluate = True
    return syntax.Evaluate(argument)


def _break(parser: Context, call: Call) -> syntax.Statement:
    if len(call.arguments) > 1:
        raise parser.error("#break takes a single scope", call.token)
    parser.mentioned.has_scoped_break |= bool(call.arguments)
    return syntax.Break(call.arguments[0].node if call.arguments else None)


def _stop(parser: Context, call: Call) -> syntax.Statement:
    if len(call.arguments) > 1:
        raise parser.error("#stop takes a single message", call.token)
    return syntax.Stop(call.arguments[0].node if call.arguments else None)


def _refused(parser: Context, call: Call) -> syntax.Statement:
    # There are no other templates to include.
    raise parser.error(f"#{call.name} is not supported", call.token)


_BUILDERS: Final[MappingProxyType[str, Callable[[Context, Call], syntax.Statement | None]]] = MappingProxyType(
    {
        "foreach": _foreach,
        "macro": _macro,
        "literal": _literal,
        "define": _define,
        "evaluate": _evaluate,
        "break": _break,
        "stop": _stop,
        "include": _refused,
        "parse": _refused,
    }
)
