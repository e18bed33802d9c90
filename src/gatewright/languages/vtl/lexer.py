"""Tokens out of a template's text, by lexical states that stack: the token manager of Velocity 1.7."""

from collections.abc import Callable
from types import MappingProxyType

from gatewright.languages.vtl.errors import TemplateError, position_of
from gatewright.languages.vtl.tokens import (
    BACKSLASHES,
    DULL_IN_COMMENT,
    DULL_IN_TEXTBLOCK,
    ESCAPED_WORD,
    LEFT_PARENTHESIS,
    RULES,
    Kind,
    State,
    Token,
)

_MORE = frozenset(
    {
        Kind.DOLLAR,
        Kind.DOLLARBANG,
        Kind.TEXTBLOCK_START,
        Kind.FORMAL_COMMENT_START,
        Kind.MULTI_LINE_COMMENT_START,
        Kind.HASH,
        Kind.TEXTBLOCK_CHARACTER,
    }
)
_COMMENTS = frozenset({State.IN_SINGLE_LINE_COMMENT, State.IN_FORMAL_COMMENT, State.IN_MULTI_LINE_COMMENT})


class States:
    """The lexical state and what it returns to: (state, parentheses opened, parentheses closed)."""

    def __init__(self) -> None:
        self.current = State.DEFAULT
        self.stack: list[tuple[State, int, int]] = []
        self.opened = 0
        self.closed = 0
        self.in_comment = False
        self.in_set = False

    def push(self, state: State) -> None:
        self.stack.append((self.current, self.opened, self.closed))
        self.opened = 0
        self.current = state

    def pop(self) -> bool:
        """Return to the state before; without one, to text."""
        if not self.stack:
            self.opened = 0
            self.current = State.DEFAULT
            return False
        self.current, self.opened, self.closed = self.stack.pop()
        return True


def _open_index(states: States, _token: Token) -> int:
    states.push(State.REFINDEX)
    return 0


def _close(states: States, _token: Token) -> int:
    states.pop()
    return 0


def _open_parenthesis(states: States, _token: Token) -> int:
    states.opened += 1
    if states.current is State.REFMODIFIER:
        states.current = State.REFMOD2
    return 0


def _close_parenthesis(states: States, _token: Token) -> int:
    while not states.opened:
        if not states.pop():
            return 0
    if states.opened == states.closed + 1:
        states.pop()
    else:
        states.closed += 1
    return 0


def _close_arguments(states: States, _token: Token) -> int:
    states.current = State.REFERENCE
    return 0


def _begin_set(states: States, _token: Token) -> int:
    states.push(State.DIRECTIVE)
    states.in_set = True
    states.opened += 1
    return 0


def _begin_line_comment(states: States, _token: Token) -> int:
    if states.current is State.REFERENCE:
        states.pop()
    states.in_comment = True
    states.push(State.IN_SINGLE_LINE_COMMENT)
    return 0


def _end_comment(states: States, _token: Token) -> int:
    states.in_comment = False
    states.pop()
    return 0


def _end_string(states: States, _token: Token) -> int:
    if states.current is State.DIRECTIVE and not states.in_set and states.opened == 0:
        states.pop()
    return 0


def _end_line(states: States, _token: Token) -> int:
    states.pop()
    states.in_set = False
    return 0


def _begin_condition(states: States, _token: Token) -> int:
    states.current = State.DIRECTIVE
    return 0


def _end_integer(states: States, token: Token) -> int:
    back = 0
    if token.image.endswith(".."):
        # "1..3" is a range, not the number "1." and what follows.
        token.image = token.image[:-2]
        back = 2
    if states.opened == 0 and not states.in_set and states.current not in (State.REFMOD2, State.REFINDEX):
        states.pop()
    return back


def _end_float(states: States, _token: Token) -> int:
    if states.opened == 0 and not states.in_set and states.current is not State.REFMOD2:
        states.pop()
    return 0


def _dot(states: States, token: Token) -> int:
    token.image = "."
    states.current = State.REFMODIFIER
    return 1


# What a token does to the states; each returns how many characters are read again.
_ACTIONS: MappingProxyType[int, Callable[[States, Token], int]] = MappingProxyType(
    {
        Kind.INDEX_LBRACKET: _open_index,
        Kind.INDEX_RBRACKET: _close,
        Kind.LPAREN: _open_parenthesis,
        Kind.RPAREN: _close_parenthesis,
        Kind.REFMOD2_RPAREN: _close_arguments,
        Kind.SET_DIRECTIVE: _begin_set,
        Kind.SINGLE_LINE_COMMENT_START: _begin_line_comment,
        Kind.SINGLE_LINE_COMMENT: _end_comment,
        Kind.FORMAL_COMMENT: _end_comment,
        Kind.MULTI_LINE_COMMENT: _end_comment,
        Kind.TEXTBLOCK: _end_comment,
        Kind.STRING_LITERAL: _end_string,
        Kind.NEWLINE: _end_line,
        Kind.END: _close,
        Kind.IF_DIRECTIVE: _begin_condition,
        Kind.ELSEIF_DIRECTIVE: _begin_condition,
        Kind.ELSE_DIRECTIVE: _close,
        Kind.INTEGER_LITERAL: _end_integer,
        Kind.FLOATING_POINT_LITERAL: _end_float,
        Kind.DOT: _dot,
        Kind.RCURLY: _close,
    }
)
_COMMENT_STATES = MappingProxyType(
    {
        Kind.TEXTBLOCK_START: State.IN_TEXTBLOCK,
        Kind.FORMAL_COMMENT_START: State.IN_FORMAL_COMMENT,
        Kind.MULTI_LINE_COMMENT_START: State.IN_MULTI_LINE_COMMENT,
    }
)


def _more(states: States, kind: Kind) -> int:
    """Act on what only begins a token; return how many characters are read again."""
    if states.in_comment or kind == Kind.TEXTBLOCK_CHARACTER:
        return 0
    if kind in (Kind.DOLLAR, Kind.DOLLARBANG):
        if states.current is State.REFERENCE:
            states.pop()
        states.push(State.REFERENCE)
    elif kind == Kind.HASH:
        if states.current in (State.REFERENCE, State.REFMODIFIER):
            states.pop()
        states.push(State.PRE_DIRECTIVE)
    else:
        states.in_comment = True
        states.push(_COMMENT_STATES[kind])
    return 1 if kind == Kind.FORMAL_COMMENT_START else 0


class Lexer:
    """Reads one text; the parser asks for one token at a time, since it changes the state between two."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self.states = States()
        # Where the run of backslashes ends that was looked at last, so that long runs are walked once.
        self._run_end = -1

    def next_token(self) -> Token:
        """Return the next token, EOF at the end."""
        special: tuple[str, ...] = ()
        states = self.states
        begin = self._position
        while True:
            if states.current in _COMMENTS and (dull := DULL_IN_COMMENT.match(self._text, self._position)):
                self._position = begin = dull.end()
            if self._position >= len(self._text):
                if begin < self._position:
                    raise self._error("the template ends within a token")
                return Token(Kind.EOF, "", begin, special)
            kind, end = self._longest()
            self._position = end
            if kind in _MORE:
                self._position -= _more(states, kind)
            elif kind == Kind.COMMENT_CHARACTER:
                begin = end
            elif kind in (Kind.REFERENCE_TERMINATOR, Kind.DIRECTIVE_TERMINATOR):
                special = (*special, self._text[begin:end])
                self._position = begin = end - 1
                states.pop()
            else:
                token = Token(kind, self._text[begin:end], begin, special)
                action = _ACTIONS.get(kind)
                if action is not None:
                    self._position -= action(states, token)
                return token

    def begin_directive(self) -> None:
        """Read on as what stands in a directive: after the name of one."""
        self.states.current = State.DIRECTIVE

    def is_left_parenthesis_next(self) -> bool:
        """Return whether a parenthesis comes next, after white space."""
        return LEFT_PARENTHESIS.match(self._text, self._position) is not None

    def _longest(self) -> tuple[Kind, int]:
        text, position = self._text, self._position
        if text[position] == "\\" and (found := self._after_backslashes()) is not None:
            return found
        if self.states.current is State.IN_TEXTBLOCK and (dull := DULL_IN_TEXTBLOCK.match(text, position)):
            return Kind.TEXTBLOCK_CHARACTER, dull.end()
        best, best_end = None, position
        rules = RULES[self.states.current]
        for rule in rules.get(text[position]) or rules[""]:
            match = rule.pattern.match(text, position)
            if match is not None and match.end() > best_end:
                best, best_end = rule.kind, match.end()
        if best is None:
            raise self._error(f"unexpected {text[position]!r}")
        return best, best_end

    def _after_backslashes(self) -> tuple[Kind, int] | None:
        """Return what a run of backslashes begins: a reference, an escaped directive, or None."""
        text, position = self._text, self._position
        if position >= self._run_end:
            run = BACKSLASHES.match(text, position)
            self._run_end = run.end() if run else position
        end = self._run_end
        following = text[end : end + 1]
        if following == "$":
            bang = BACKSLASHES.match(text, end + 1)
            after = bang.end() if bang else end + 1
            return (Kind.DOLLARBANG, after + 1) if text[after : after + 1] == "!" else (Kind.DOLLAR, end + 1)
        if self.states.current is State.DEFAULT and following == "#" and (end - position) % 2:
            word = ESCAPED_WORD.match(text, end)
            if word is not None:
                return Kind.ESCAPE_DIRECTIVE, word.end()
        return None

    def _error(self, message: str) -> TemplateError:
        return TemplateError(message, *position_of(self._text, self._position))
