"""References, values and expressions: the part of the grammar that stands inside of directives."""

from types import MappingProxyType
from typing import Final

from gatewright.languages.vtl import syntax
from gatewright.languages.vtl.literals import reference_of, text_constant
from gatewright.languages.vtl.reader import Reader
from gatewright.languages.vtl.tokens import Kind, Token

_BINARY: Final = MappingProxyType(
    {
        Kind.LOGICAL_OR: 1,
        Kind.LOGICAL_AND: 2,
        Kind.LOGICAL_EQUALS: 3,
        Kind.LOGICAL_NOT_EQUALS: 3,
        Kind.LOGICAL_LT: 4,
        Kind.LOGICAL_GT: 4,
        Kind.LOGICAL_LE: 4,
        Kind.LOGICAL_GE: 4,
        Kind.PLUS: 5,
        Kind.MINUS: 5,
        Kind.MULTIPLY: 6,
        Kind.DIVIDE: 6,
        Kind.MODULUS: 6,
    }
)
PARAMETER: Final = frozenset(
    {
        Kind.STRING_LITERAL,
        Kind.INTEGER_LITERAL,
        Kind.FLOATING_POINT_LITERAL,
        Kind.LBRACKET,
        Kind.LEFT_CURLEY,
        Kind.TRUE,
        Kind.FALSE,
        Kind.IDENTIFIER,
        Kind.LCURLY,
    }
)
ARGUMENT: Final = PARAMETER | {Kind.WORD}
_INDEX: Final = PARAMETER - {Kind.FLOATING_POINT_LITERAL, Kind.LBRACKET, Kind.LEFT_CURLEY}
# Methods that change lists and maps, which a loop must notice.
_CHANGING: Final = frozenset(
    {
        "add",
        "addAll",
        "clear",
        "next",
        "put",
        "putAll",
        "putIfAbsent",
        "remove",
        "removeAll",
        "retainAll",
        "set",
        "setValue",
    }
)


class ExpressionParser(Reader):
    """Parses what has a value."""

    def nested(self, text: str) -> syntax.Block:
        """Parse the text of a double-quoted literal."""
        raise NotImplementedError(text)

    def _reference(self) -> syntax.Reference:
        first = self._next
        is_formal = self._expect(Kind.IDENTIFIER, Kind.LCURLY).kind == Kind.LCURLY
        if is_formal:
            self._expect(Kind.IDENTIFIER)
        steps: list[syntax.Step] = []
        self._indexes(steps)
        while self._peek().kind == Kind.DOT and self._peek(1).kind == Kind.IDENTIFIER:
            self._take()
            steps.append(self._method() if self._is_method_next() else syntax.Property(self._take().image))
            self._indexes(steps)
        if is_formal:
            self._expect(Kind.RCURLY)
        found = reference_of(self._tokens, first, self._next - 1, tuple(steps))
        self.mentioned.names.add(found.root)
        return found

    def _indexes(self, steps: list[syntax.Step]) -> None:
        while self._peek().kind == Kind.INDEX_LBRACKET:
            self._take()
            self._skip(Kind.WHITESPACE)
            steps.append(syntax.Index(self._parameter(_INDEX)))
            self._skip(Kind.WHITESPACE)
            self._expect(Kind.INDEX_RBRACKET)

    def _is_method_next(self) -> bool:
        if self._peek(1).kind != Kind.LPAREN:
            return False
        third = self._peek(2).kind
        return third in PARAMETER or third in (Kind.WHITESPACE, Kind.REFMOD2_RPAREN)

    def _method(self) -> syntax.Method:
        name = self._take().image
        self.mentioned.can_change_values |= name in _CHANGING
        self._take()
        arguments: tuple[syntax.Expression, ...] = ()
        if self._peek().kind != Kind.REFMOD2_RPAREN:
            arguments = self._parameters()
        self._expect(Kind.REFMOD2_RPAREN)
        return syntax.Method(name, arguments)

    def _parameters(self) -> tuple[syntax.Expression, ...]:
        found = [self._spaced_parameter()]
        while self._peek().kind == Kind.COMMA:
            self._take()
            found.append(self._spaced_parameter())
        return tuple(found)

    def _spaced_parameter(self) -> syntax.Expression:
        self._skip(Kind.WHITESPACE)
        found = self._parameter(PARAMETER)
        self._skip(Kind.WHITESPACE)
        return found

    def _parameter(self, kinds: frozenset[Kind]) -> syntax.Expression:
        self._depth += 1
        self._checked()
        token = self._peek()
        if token.kind not in kinds:
            raise self.error(f"unexpected {token.image!r}", token)
        found = self._value(token)
        self._depth -= 1
        return found

    def _value(self, token: Token) -> syntax.Expression:
        if token.kind in (Kind.IDENTIFIER, Kind.LCURLY):
            return self._reference()
        if token.kind == Kind.LBRACKET:
            return self._list_or_range()
        if token.kind == Kind.LEFT_CURLEY:
            return self._map()
        first = self._next
        self._take()
        span = self._span(first)
        if token.kind == Kind.STRING_LITERAL:
            return text_constant(self, token, span)
        if token.kind == Kind.INTEGER_LITERAL:
            return syntax.Constant(_integer(self, token), span)
        if token.kind == Kind.FLOATING_POINT_LITERAL:
            return syntax.Constant(float(token.image), span)
        return syntax.Constant(token.kind == Kind.TRUE, span)

    def _list_or_range(self) -> syntax.Expression:
        first = self._next
        self._take()
        if self._peek().kind == Kind.RBRACKET:
            self._take()
            return syntax.ListLiteral((), self._span(first))
        item = self._spaced_parameter()
        can_begin_range = isinstance(item, syntax.Reference) or (
            isinstance(item, syntax.Constant) and type(item.value) is int
        )
        if can_begin_range and self._peek().kind == Kind.DOUBLEDOT:
            self._take()
            self._skip(Kind.WHITESPACE)
            last = self._parameter(frozenset({Kind.INTEGER_LITERAL, Kind.IDENTIFIER, Kind.LCURLY}))
            self._skip(Kind.WHITESPACE)
            self._expect(Kind.RBRACKET)
            return syntax.Range(item, last, self._span(first))
        items = [item]
        while self._peek().kind == Kind.COMMA:
            self._take()
            items.append(self._spaced_parameter())
        self._expect(Kind.RBRACKET)
        return syntax.ListLiteral(tuple(items), self._span(first))

    def _map(self) -> syntax.MapLiteral:
        first = self._next
        self._take()
        items: list[tuple[syntax.Expression, syntax.Expression]] = []
        following = self._peek().kind
        following = self._peek(1).kind if following == Kind.WHITESPACE else following
        if following in PARAMETER:
            items.append(self._item())
            while self._peek().kind == Kind.COMMA:
                self._take()
                items.append(self._item())
        else:
            self._skip(Kind.WHITESPACE)
        self._expect(Kind.RIGHT_CURLEY, Kind.RCURLY)
        return syntax.MapLiteral(tuple(items), self._span(first))

    def _item(self) -> tuple[syntax.Expression, syntax.Expression]:
        key = self._spaced_parameter()
        self._expect(Kind.COLON)
        return key, self._spaced_parameter()

    # Expressions: the operators bind as the numbers in _BINARY say, all to the left.

    def _expression(self, binding: int = 1) -> syntax.Expression:
        self._depth += 1
        self._checked()
        left = self._unary()
        while (strength := _BINARY.get(self._peek().kind, 0)) >= binding:  # type: ignore[call-overload]
            operator = self._take().kind
            first = self._next
            right = self._expression(strength + 1)
            left = syntax.Operation(operator, left, right, self._span(first))
        self._depth -= 1
        return left

    def _unary(self) -> syntax.Expression:
        is_spaced = self._peek().kind == Kind.WHITESPACE
        if self._peek(1 if is_spaced else 0).kind != Kind.LOGICAL_NOT:
            return self._primary()
        self._skip(Kind.WHITESPACE)
        self._take()
        first = self._next
        self._depth += 1
        self._checked()
        operand = self._unary()
        self._depth -= 1
        return syntax.Not(operand, self._span(first))

    def _primary(self) -> syntax.Expression:
        self._skip(Kind.WHITESPACE)
        token = self._peek()
        if token.kind == Kind.LPAREN:
            self._take()
            first = self._next
            found: syntax.Expression = syntax.Group(self._expression(), self._span(first))
            self._expect(Kind.RPAREN)
        else:
            found = self._parameter(PARAMETER)
        self._skip(Kind.WHITESPACE)
        return found


def _integer(parser: ExpressionParser, token: Token) -> int:
    if len(token.image) > 1000:
        raise parser.error("the number is too long", token)
    return int(token.image)
