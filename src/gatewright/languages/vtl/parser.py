"""The grammar of Velocity 1.7 (`src/parser/Parser.jjt`), read by recursive descent.

Tokens are fetched one at a time and no further than the grammar looks ahead, since the name of a directive changes how
the rest is read.
"""

from types import MappingProxyType
from typing import Final

from gatewright.languages.vtl import directives, syntax
from gatewright.languages.vtl.directives import Mentioned
from gatewright.languages.vtl.errors import TemplateError, position_of
from gatewright.languages.vtl.lexer import Lexer
from gatewright.languages.vtl.literals import reference_of, text_constant
from gatewright.languages.vtl.tokens import Kind, Token

# How deep directives and expressions nest at most: Python's own stack bounds what can be compiled.
DEPTH: Final = 40

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
_STATEMENT: Final = frozenset(
    {
        Kind.LPAREN,
        Kind.RPAREN,
        Kind.ESCAPE_DIRECTIVE,
        Kind.SET_DIRECTIVE,
        Kind.SINGLE_LINE_COMMENT_START,
        Kind.DOUBLE_ESCAPE,
        Kind.ESCAPE,
        Kind.TEXT,
        Kind.FORMAL_COMMENT,
        Kind.MULTI_LINE_COMMENT,
        Kind.TEXTBLOCK,
        Kind.STRING_LITERAL,
        Kind.IF_DIRECTIVE,
        Kind.INTEGER_LITERAL,
        Kind.FLOATING_POINT_LITERAL,
        Kind.WORD,
        Kind.BRACKETED_WORD,
        Kind.IDENTIFIER,
        Kind.DOT,
        Kind.LCURLY,
        Kind.RCURLY,
        Kind.EMPTY_INDEX,
    }
)
_PARAMETER: Final = frozenset(
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
_ARGUMENT: Final = _PARAMETER | {Kind.WORD}
_INDEX: Final = _PARAMETER - {Kind.FLOATING_POINT_LITERAL, Kind.LBRACKET, Kind.LEFT_CURLEY}
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
_CONDITIONALS: Final = frozenset({Kind.IF_DIRECTIVE, Kind.ELSE_DIRECTIVE, Kind.ELSEIF_DIRECTIVE, Kind.END})


class Parser:
    """Parses one text, and the texts in quotes in it, which share `mentioned`."""

    def __init__(
        self,
        text: str,
        mentioned: Mentioned,
        known: frozenset[str],
        defined: frozenset[str] = frozenset(),
        depth: int = 0,
    ) -> None:
        self._text = text
        self._lexer = Lexer(text)
        self._tokens: list[Token] = []
        self._next = 0
        self._depth = depth
        self.mentioned = mentioned
        # Macros that exist already, when text is parsed while a template is rendered.
        self.defined = defined
        self.directives = known

    def template(self) -> syntax.Block:
        """Parse a whole template."""
        block = self._block()
        self._expect(Kind.EOF)
        return block

    def nested(self, text: str) -> syntax.Block:
        """Parse the text of a double-quoted literal."""
        try:
            return Parser(text, self.mentioned, self.directives, self.defined, self._depth + 1).template()
        except TemplateError as error:
            raise self.error(f"failed to parse a text in quotes: {error.message}") from error

    def error(self, message: str, token: Token | None = None) -> TemplateError:
        """Return an error at a token; at the next one when none is given."""
        return TemplateError(message, *position_of(self._text, (token or self._peek()).offset))

    # Tokens.

    def _checked(self) -> None:
        if self._depth > DEPTH:
            raise self.error("the template nests too deep")

    def _peek(self, ahead: int = 0) -> Token:
        while len(self._tokens) <= self._next + ahead:
            self._tokens.append(self._lexer.next_token())
        return self._tokens[self._next + ahead]

    def _take(self) -> Token:
        token = self._peek()
        self._next += 1
        return token

    def _expect(self, *kinds: Kind) -> Token:
        token = self._peek()
        if token.kind not in kinds:
            raise self.error(f"unexpected {token.image!r}" if token.image else "the template ends too early", token)
        self._next += 1
        return token

    def _skip(self, kind: Kind) -> None:
        if self._peek().kind == kind:
            self._next += 1

    def _span(self, first: int) -> syntax.Span:
        return syntax.Span(self._tokens, first, self._next - 1)

    # Statements.

    def _block(self) -> syntax.Block:
        first = self._next
        self._depth += 1
        self._checked()
        statements: list[syntax.Statement] = []
        while self._peek().kind in _STATEMENT:
            statement = self._statement()
            if statement is not None:
                statements.append(statement)
        self._depth -= 1
        return syntax.Block(tuple(statements), self._span(first))

    def _statement(self) -> syntax.Statement | None:
        kind = self._peek().kind
        if kind == Kind.IF_DIRECTIVE:
            return self._if()
        if kind == Kind.IDENTIFIER or (kind == Kind.LCURLY and self._peek(1).kind == Kind.IDENTIFIER):
            return self._reference()
        if kind in (Kind.SINGLE_LINE_COMMENT_START, Kind.FORMAL_COMMENT, Kind.MULTI_LINE_COMMENT):
            return self._comment()
        if kind == Kind.SET_DIRECTIVE:
            return self._set()
        if kind in (Kind.WORD, Kind.BRACKETED_WORD):
            return self._directive()
        if kind == Kind.DOUBLE_ESCAPE:
            return self._escapes()
        token = self._take()
        if kind == Kind.TEXTBLOCK:
            return syntax.Text(token.image[3:-3])
        if kind == Kind.ESCAPE_DIRECTIVE:
            token.image = self._escaped_directive(token.image)
            return syntax.Text(token.image)
        return syntax.Text(syntax.token_literal(token))

    def _comment(self) -> syntax.Text | None:
        token = self._take()
        if token.kind == Kind.SINGLE_LINE_COMMENT_START:
            self._skip(Kind.SINGLE_LINE_COMMENT)
        at = token.image.find("##")
        at = token.image.find("#*") if at == -1 else at
        return syntax.Text(token.image[:at]) if at > 0 else None

    def _escaped_directive(self, image: str) -> str:
        last = image.rfind("\\")
        directive = image[last + 1 :]
        name = directive[2:-1] if directive.startswith("#{") else directive[1:]
        if name in self.directives or self._is_macro(name) or name in ("if", "end", "set", "else", "elseif"):
            return image[: last // 2] + directive
        return image

    def _is_macro(self, name: str) -> bool:
        return name in self.mentioned.macros or name in self.defined

    def _escapes(self) -> syntax.Text:
        count = 0
        while self._peek().kind == Kind.DOUBLE_ESCAPE:
            self._take()
            count += 1
        following = self._peek()
        name = following.image[1:]
        is_control = following.kind in _CONDITIONALS or name in self.directives or self._is_macro(name)
        return syntax.Text(("\\" if is_control else "\\\\") * count)

    def _if(self) -> syntax.If:
        branches = [self._branch()]
        while self._peek().kind == Kind.ELSEIF_DIRECTIVE:
            branches.append(self._branch())
        otherwise = None
        if self._peek().kind == Kind.ELSE_DIRECTIVE:
            self._take()
            otherwise = self._block()
        self._expect(Kind.END)
        return syntax.If(tuple(branches), otherwise)

    def _branch(self) -> tuple[syntax.Expression, syntax.Block]:
        self._take()
        self._skip(Kind.WHITESPACE)
        self._expect(Kind.LPAREN)
        condition = self._expression()
        self._expect(Kind.RPAREN)
        return condition, self._block()

    def _set(self) -> syntax.Set:
        self._take()
        self._skip(Kind.WHITESPACE)
        target = self._reference()
        self._skip(Kind.WHITESPACE)
        self._expect(Kind.EQUALS)
        value = self._expression()
        self._expect(Kind.RPAREN)
        self._lexer.states.in_set = False
        self._skip(Kind.NEWLINE)
        if target.steps:
            self.mentioned.can_change_values = True
        else:
            self.mentioned.assigned.add(target.root)
        return syntax.Set(target, value)

    def _directive(self) -> syntax.Statement | None:
        first = self._next
        token = self._take()
        name = token.image[2:-1] if token.kind == Kind.BRACKETED_WORD else token.image[1:]
        self._lexer.begin_directive()
        if not self._lexer.is_left_parenthesis_next():
            if name == "macro":
                raise self.error("a macro declaration requires at least a name argument", token)
            self._lexer.states.pop()
            return directives.build(self, directives.Call(name, token, (), None, self._span(first)))
        self._skip(Kind.WHITESPACE)
        self._expect(Kind.LPAREN)
        arguments = self._directive_arguments(name, token)
        self._expect(Kind.RPAREN)
        block = None
        if name in directives.BLOCKS or (name not in self.directives and name.startswith("@")):
            block = self._block()
            self._expect(Kind.END)
            if name == "macro":
                directives.check_macro(self, token, arguments)
        return directives.build(self, directives.Call(name, token, arguments, block, self._span(first)))

    def _directive_arguments(self, name: str, token: Token) -> tuple[directives.Argument, ...]:
        arguments: list[directives.Argument] = []
        while self._is_argument_next():
            self._skip(Kind.WHITESPACE)
            if self._peek().kind == Kind.COMMA:
                self._take()
                self._skip(Kind.WHITESPACE)
            first = self._next
            argument: syntax.Expression
            if self._peek().kind == Kind.WORD:
                self._take()
                argument = syntax.Word(self._span(first))
            else:
                argument = self._parameter(_ARGUMENT)
            directives.check_argument(self, name, token, len(arguments), argument)
            arguments.append(directives.Argument(argument, self._tokens[first].image))
        self._skip(Kind.WHITESPACE)
        return tuple(arguments)

    def _is_argument_next(self) -> bool:
        kind = self._peek().kind
        if kind == Kind.WHITESPACE:
            kind = self._peek(1).kind
        return kind == Kind.COMMA or kind in _ARGUMENT

    # References.

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
        return third in _PARAMETER or third in (Kind.WHITESPACE, Kind.REFMOD2_RPAREN)

    def _method(self) -> syntax.Method:
        name = self._take().image
        self.mentioned.can_change_values |= name in _CHANGING
        self._take()
        arguments: tuple[syntax.Expression, ...] = ()
        if self._peek().kind != Kind.REFMOD2_RPAREN:
            arguments = self._parameters()
        self._expect(Kind.REFMOD2_RPAREN)
        return syntax.Method(name, arguments)

    # Values.

    def _parameters(self) -> tuple[syntax.Expression, ...]:
        found = [self._spaced_parameter()]
        while self._peek().kind == Kind.COMMA:
            self._take()
            found.append(self._spaced_parameter())
        return tuple(found)

    def _spaced_parameter(self) -> syntax.Expression:
        self._skip(Kind.WHITESPACE)
        found = self._parameter(_PARAMETER)
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
        if following in _PARAMETER:
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
            found = self._parameter(_PARAMETER)
        self._skip(Kind.WHITESPACE)
        return found


def _integer(parser: Parser, token: Token) -> int:
    if len(token.image) > 1000:
        raise parser.error("the number is too long", token)
    return int(token.image)
