"""The syntax tree of a template. A node's text (`literal`) counts: Velocity prints it where a value is null."""

from dataclasses import dataclass
from typing import Final

from gatewright.languages.vtl.tokens import Kind, Token


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of tokens, whose text is put together when it is asked for."""

    tokens: list[Token]
    first: int
    last: int

    def __str__(self) -> str:
        return "".join(token_literal(token) for token in self.tokens[self.first : self.last + 1])


@dataclass(frozen=True, slots=True)
class Text:
    """Text that is printed as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a boolean or a text without references."""

    value: object
    literal: Span
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Interpolation:
    """A text between double quotes that holds references or directives."""

    block: "Block"
    drops_last: bool
    literal: Span


@dataclass(frozen=True, slots=True)
class Property:
    """`.name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Method:
    """`.name(arguments)`."""

    name: str
    arguments: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Index:
    """`[argument]`."""

    argument: "Expression"


@dataclass(frozen=True, slots=True)
class Reference:
    """`$name.property.method()[index]` with what is printed when it has no value.

    A runt is a bare identifier where a reference may stand: it prints itself and its value is null. One that is not
    computable (`$\\!foo`) prints `null_text`, and as a value is null.
    """

    root: str
    steps: tuple["Step", ...]
    literal: str
    null_text: str
    is_escaped: bool = False
    escape_prefix: str = ""
    more_prefix: str = ""
    is_runt: bool = False
    is_computable: bool = True


@dataclass(frozen=True, slots=True)
class Operation:
    """Two operands and what is done with them: a kind of token."""

    operator: int
    left: "Expression"
    right: "Expression"
    literal: Span


@dataclass(frozen=True, slots=True)
class Not:
    """`!operand`."""

    operand: "Expression"
    literal: Span


@dataclass(frozen=True, slots=True)
class Group:
    """An expression in parentheses."""

    inner: "Expression"
    literal: Span


@dataclass(frozen=True, slots=True)
class MapLiteral:
    """`{key: value}`."""

    items: tuple[tuple["Expression", "Expression"], ...]
    literal: Span


@dataclass(frozen=True, slots=True)
class ListLiteral:
    """`[a, b]`."""

    items: tuple["Expression", ...]
    literal: Span


@dataclass(frozen=True, slots=True)
class Range:
    """`[first..last]`."""

    first: "Expression"
    last: "Expression"
    literal: Span


@dataclass(frozen=True, slots=True)
class Word:
    """A bare word among a directive's arguments; its value is null."""

    literal: Span


@dataclass(frozen=True, slots=True)
class Set:
    """`#set(target = value)`."""

    target: Reference
    value: "Expression"


@dataclass(frozen=True, slots=True)
class If:
    """`#if`, its `#elseif`s and `#else`."""

    branches: tuple[tuple["Expression", "Block"], ...]
    otherwise: "Block | None"


@dataclass(frozen=True, slots=True)
class Foreach:
    """`#foreach`. The body is any node: Velocity renders what stands fourth, whatever it is."""

    name: str
    source: "Expression"
    body: "Node"


@dataclass(frozen=True, slots=True)
class Define:
    """`#define($name)`."""

    name: str
    body: "Block"


@dataclass(frozen=True, slots=True)
class MacroDefinition:
    """`#macro(name $arguments)`: it prints nothing, and holds in the whole template."""

    name: str
    arguments: tuple[str, ...]
    body: "Node"


@dataclass(frozen=True, slots=True)
class MacroCall:
    """`#name(arguments)` or `#@name(arguments)body#end`; without such a macro its text is printed."""

    name: str
    arguments: tuple["Node", ...]
    literal: str
    body: "Block | None" = None


@dataclass(frozen=True, slots=True)
class Evaluate:
    """`#evaluate(argument)`."""

    argument: "Expression"


@dataclass(frozen=True, slots=True)
class Break:
    """`#break`, or `#break($scope)`."""

    scope: "Expression | None"


@dataclass(frozen=True, slots=True)
class Stop:
    """`#stop`, with a message or without."""

    message: "Expression | None"


@dataclass(frozen=True, slots=True)
class Block:
    """Statements one after another."""

    statements: tuple["Statement", ...]
    literal: Span


Step = Property | Method | Index
Expression = (
    Constant | Interpolation | Reference | Operation | Not | Group | MapLiteral | ListLiteral | Range | Word | Block
)
Statement = Text | Reference | Set | If | Foreach | Define | MacroDefinition | MacroCall | Evaluate | Break | Stop
Node = Expression | Statement

COMPARISONS: Final = frozenset(
    {
        Kind.LOGICAL_LT,
        Kind.LOGICAL_LE,
        Kind.LOGICAL_GT,
        Kind.LOGICAL_GE,
        Kind.LOGICAL_EQUALS,
        Kind.LOGICAL_NOT_EQUALS,
    }
)


def special_text(images: tuple[str, ...]) -> str:
    """Return what is printed of the special tokens before a token: hashes, dollars, and backslashes before a dollar."""
    pieces = []
    for image in images:
        at = 0
        while at < len(image):
            character = image[at]
            if character in "#$":
                pieces.append(character)
            elif character == "\\":
                end = at
                while end < len(image) and image[end] == "\\":
                    end += 1
                if end < len(image) and image[end] == "$":
                    pieces.append(image[at : end + 1])
                    at = end + 1
            at += 1
    return "".join(pieces)


def token_literal(token: Token) -> str:
    """Return a token's text as Velocity prints it."""
    if token.kind == Kind.MULTI_LINE_COMMENT:
        return ""
    if not token.special or token.special[-1].startswith("##"):
        return token.image
    return special_text(token.special) + token.image
