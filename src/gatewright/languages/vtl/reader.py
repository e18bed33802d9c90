"""Tokens ahead of a parser, fetched no earlier than it looks at them, and how deep it is."""

from typing import Final

from gatewright.languages.vtl import syntax
from gatewright.languages.vtl.directives import Mentioned
from gatewright.languages.vtl.errors import TemplateError, position_of
from gatewright.languages.vtl.lexer import Lexer
from gatewright.languages.vtl.tokens import Kind, Token

# How deep directives and expressions nest at most: Python's own stack bounds what can be compiled.
DEPTH: Final = 40


class Reader:
    """Reads one text; the texts in quotes in it are read by readers that share `mentioned`."""

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

    def error(self, message: str, token: Token | None = None) -> TemplateError:
        """Return an error at a token; at the next one when none is given."""
        return TemplateError(message, *position_of(self._text, (token or self._peek()).offset))

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
