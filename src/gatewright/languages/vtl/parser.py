"""The grammar of Velocity 1.7 (`src/parser/Parser.jjt`), read by recursive descent.

Tokens are fetched one at a time and no further than the grammar looks ahead, since the name of a directive changes how
the rest is read.
"""

from typing import Final

from gatewright.languages.vtl import directives, syntax
from gatewright.languages.vtl.errors import TemplateError
from gatewright.languages.vtl.expression_parser import ARGUMENT, ExpressionParser
from gatewright.languages.vtl.tokens import Kind, Token

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
_CONDITIONALS: Final = frozenset({Kind.IF_DIRECTIVE, Kind.ELSE_DIRECTIVE, Kind.ELSEIF_DIRECTIVE, Kind.END})


class Parser(ExpressionParser):
    """Parses whole templates."""

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
                argument = self._parameter(ARGUMENT)
            directives.check_argument(self, name, token, len(arguments), argument)
            arguments.append(directives.Argument(argument, self._tokens[first].image))
        self._skip(Kind.WHITESPACE)
        return tuple(arguments)

    def _is_argument_next(self) -> bool:
        kind = self._peek().kind
        if kind == Kind.WHITESPACE:
            kind = self._peek(1).kind
        return kind == Kind.COMMA or kind in ARGUMENT
