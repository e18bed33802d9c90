"""The lexical grammar of Velocity 1.7 as tables: what each lexical state recognises.

The source is the grammar that Velocity 1.7 is generated from (`src/parser/Parser.jjt`): the longest match wins, and of
equally long ones the lowest kind. The numbers are that grammar's, since their order decides.
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Final


class State(IntEnum):
    """A lexical state."""

    REFERENCE = 0
    REFMODIFIER = 1
    REFINDEX = 2
    DIRECTIVE = 3
    REFMOD2 = 4
    DEFAULT = 5
    IN_TEXTBLOCK = 7
    IN_MULTI_LINE_COMMENT = 8
    IN_FORMAL_COMMENT = 9
    IN_SINGLE_LINE_COMMENT = 10
    PRE_DIRECTIVE = 11


class Kind(IntEnum):
    """What a token is."""

    EOF = 0
    INDEX_LBRACKET = 1
    INDEX_RBRACKET = 2
    LBRACKET = 3
    RBRACKET = 4
    COMMA = 5
    DOUBLEDOT = 6
    COLON = 7
    LEFT_CURLEY = 8
    RIGHT_CURLEY = 9
    LPAREN = 10
    RPAREN = 11
    REFMOD2_RPAREN = 12
    ESCAPE_DIRECTIVE = 13
    SET_DIRECTIVE = 14
    DOLLAR = 15
    DOLLARBANG = 16
    TEXTBLOCK_START = 17
    FORMAL_COMMENT_START = 18
    MULTI_LINE_COMMENT_START = 19
    HASH = 20
    SINGLE_LINE_COMMENT_START = 21
    DOUBLE_ESCAPE = 22
    ESCAPE = 23
    TEXT = 24
    SINGLE_LINE_COMMENT = 25
    FORMAL_COMMENT = 26
    MULTI_LINE_COMMENT = 27
    TEXTBLOCK = 28
    COMMENT_CHARACTER = 29
    TEXTBLOCK_CHARACTER = 30
    WHITESPACE = 31
    STRING_LITERAL = 32
    TRUE = 33
    FALSE = 34
    NEWLINE = 35
    MINUS = 36
    PLUS = 37
    MULTIPLY = 38
    DIVIDE = 39
    MODULUS = 40
    LOGICAL_AND = 41
    LOGICAL_OR = 42
    LOGICAL_LT = 43
    LOGICAL_LE = 44
    LOGICAL_GT = 45
    LOGICAL_GE = 46
    LOGICAL_EQUALS = 47
    LOGICAL_NOT_EQUALS = 48
    LOGICAL_NOT = 49
    EQUALS = 50
    END = 51
    IF_DIRECTIVE = 52
    ELSEIF_DIRECTIVE = 53
    ELSE_DIRECTIVE = 54
    INTEGER_LITERAL = 56
    FLOATING_POINT_LITERAL = 57
    WORD = 61
    BRACKETED_WORD = 62
    IDENTIFIER = 66
    DOT = 67
    LCURLY = 68
    RCURLY = 69
    REFERENCE_TERMINATOR = 70
    DIRECTIVE_TERMINATOR = 71
    EMPTY_INDEX = 72


@dataclass(slots=True)
class Token:
    """One token: its image begins at `offset`; `special` is what the grammar calls special tokens before it."""

    kind: int
    image: str
    offset: int
    special: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of token, its pattern and the characters that it can begin with (None: any)."""

    kind: Kind
    pattern: re.Pattern[str]
    first: str | None


_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = "0123456789"
_EXPONENT = r"[eE][+-]?[0-9]+"
_LINE_END = r"(?:[ \t]*(?:\r\n|\n|\r))?"
_WORD = r"[a-zA-Z_@][a-zA-Z0-9_@]*"
_BRACKETED_WORD = r"\{[a-zA-Z_][a-zA-Z0-9_@]*\}"
ESCAPED_WORD: Final = re.compile(rf"#(?:{_WORD}|{_BRACKETED_WORD})")
# What cannot begin or end anything inside a comment or a text block, skipped in one step.
DULL_IN_COMMENT: Final = re.compile(r"[^$#\\*\r\n]+")
DULL_IN_TEXTBLOCK: Final = re.compile(r"[^$#\\\]]+")
BACKSLASHES: Final = re.compile(r"\\+")
LEFT_PARENTHESIS: Final = re.compile(r"[ \n\r\t]*\(")

_REFERENCE = (State.REFERENCE, State.REFMODIFIER)
_MODIFIERS = (State.REFERENCE, State.REFMODIFIER, State.REFMOD2)
_ARGUMENTS = (State.DIRECTIVE, State.REFMOD2)
_VALUES = (State.DIRECTIVE, State.REFMOD2, State.REFINDEX)
_NUMBERS = (State.PRE_DIRECTIVE, State.DIRECTIVE, State.REFMOD2, State.REFINDEX)
_DIRECTIVES = (State.PRE_DIRECTIVE, State.DIRECTIVE)
_COMMENTS = (State.IN_SINGLE_LINE_COMMENT, State.IN_FORMAL_COMMENT, State.IN_MULTI_LINE_COMMENT)

_TABLE: Final = (
    (Kind.INDEX_LBRACKET, _REFERENCE, r"\[", "["),
    (Kind.INDEX_RBRACKET, (State.REFINDEX,), r"\]", "]"),
    (Kind.LBRACKET, _ARGUMENTS, r"\[", "["),
    (Kind.RBRACKET, _ARGUMENTS, r"\]", "]"),
    (Kind.COMMA, _ARGUMENTS, r",", ","),
    (Kind.DOUBLEDOT, _ARGUMENTS, r"\.\.", "."),
    (Kind.COLON, _ARGUMENTS, r":", ":"),
    (Kind.LEFT_CURLEY, _ARGUMENTS, r"\{", "{"),
    (Kind.RIGHT_CURLEY, _ARGUMENTS, r"\}", "}"),
    (Kind.LPAREN, (State.DIRECTIVE, State.REFMODIFIER), r"\(", "("),
    (Kind.RPAREN, (State.DIRECTIVE,), rf"\){_LINE_END}", ")"),
    (Kind.REFMOD2_RPAREN, (State.REFMOD2,), r"\)", ")"),
    (
        Kind.SET_DIRECTIVE,
        (State.DEFAULT, *_MODIFIERS),
        r"[ \t]*#(?:set|\{set\}) *\(",
        " \t#",
    ),
    (Kind.DOLLAR, tuple(State), r"\$", "$"),
    (Kind.DOLLARBANG, tuple(State), r"\$\\*!", "$"),
    (Kind.TEXTBLOCK_START, tuple(State), r"#\[\[", "#"),
    (Kind.FORMAL_COMMENT_START, tuple(State), r"(?s:#\*\*[^#])", "#"),
    (Kind.MULTI_LINE_COMMENT_START, tuple(State), r"#\*", "#"),
    (Kind.HASH, tuple(State), r"#", "#"),
    (
        Kind.SINGLE_LINE_COMMENT_START,
        (State.DEFAULT, State.PRE_DIRECTIVE, State.DIRECTIVE, State.REFERENCE),
        r"##",
        "#",
    ),
    (Kind.DOUBLE_ESCAPE, (State.DEFAULT,), r"\\\\", "\\"),
    (Kind.ESCAPE, (State.DEFAULT,), r"\\", "\\"),
    (Kind.TEXT, (State.DEFAULT,), r"[^$#\\]+", None),
    (Kind.SINGLE_LINE_COMMENT, (State.IN_SINGLE_LINE_COMMENT,), r"\r\n|\n|\r", "\r\n"),
    (Kind.FORMAL_COMMENT, (State.IN_FORMAL_COMMENT,), r"\*#", "*"),
    (Kind.MULTI_LINE_COMMENT, (State.IN_MULTI_LINE_COMMENT,), r"\*#", "*"),
    (Kind.TEXTBLOCK, (State.IN_TEXTBLOCK,), r"\]\]#", "]"),
    (Kind.COMMENT_CHARACTER, _COMMENTS, r"(?s:.)", None),
    (Kind.TEXTBLOCK_CHARACTER, (State.IN_TEXTBLOCK,), r"(?s:.)", None),
    (Kind.WHITESPACE, _VALUES, r"[ \t\n\r]+", " \t\n\r"),
    (Kind.STRING_LITERAL, _VALUES, r'"[^"]*(?:""[^"]*)*"' + "|" + r"'[^']*(?:''[^']*)*'", "\"'"),
    (Kind.TRUE, (*_MODIFIERS, State.DIRECTIVE, State.REFINDEX), r"true", "t"),
    (Kind.FALSE, (*_MODIFIERS, State.DIRECTIVE, State.REFINDEX), r"false", "f"),
    (Kind.NEWLINE, (State.DIRECTIVE,), r"\r\n|\n|\r", "\r\n"),
    (Kind.MINUS, (State.DIRECTIVE,), r"-", "-"),
    (Kind.PLUS, (State.DIRECTIVE,), r"\+", "+"),
    (Kind.MULTIPLY, (State.DIRECTIVE,), r"\*", "*"),
    (Kind.DIVIDE, (State.DIRECTIVE,), r"/", "/"),
    (Kind.MODULUS, (State.DIRECTIVE,), r"%", "%"),
    (Kind.LOGICAL_AND, (State.DIRECTIVE,), r"&&|and", "&a"),
    (Kind.LOGICAL_OR, (State.DIRECTIVE,), r"\|\||or", "|o"),
    (Kind.LOGICAL_LT, (State.DIRECTIVE,), r"<|lt", "<l"),
    (Kind.LOGICAL_LE, (State.DIRECTIVE,), r"<=|le", "<l"),
    (Kind.LOGICAL_GT, (State.DIRECTIVE,), r">|gt", ">g"),
    (Kind.LOGICAL_GE, (State.DIRECTIVE,), r">=|ge", ">g"),
    (Kind.LOGICAL_EQUALS, (State.DIRECTIVE,), r"==|eq", "=e"),
    (Kind.LOGICAL_NOT_EQUALS, (State.DIRECTIVE,), r"!=|ne", "!n"),
    (Kind.LOGICAL_NOT, (State.DIRECTIVE,), r"!|not", "!n"),
    (Kind.EQUALS, (State.DIRECTIVE,), r"=", "="),
    (Kind.END, (State.PRE_DIRECTIVE,), rf"(?:end|\{{end\}}){_LINE_END}", "e{"),
    (Kind.IF_DIRECTIVE, (State.PRE_DIRECTIVE,), r"if|\{if\}", "i{"),
    (Kind.ELSEIF_DIRECTIVE, (State.PRE_DIRECTIVE,), r"elseif|\{elseif\}", "e{"),
    (Kind.ELSE_DIRECTIVE, (State.PRE_DIRECTIVE,), rf"(?:else|\{{else\}}){_LINE_END}", "e{"),
    (Kind.INTEGER_LITERAL, _NUMBERS, r"-?[0-9]+(?:\.\.)?", "-" + _DIGITS),
    (
        Kind.FLOATING_POINT_LITERAL,
        _NUMBERS,
        rf"-?[0-9]+\.[0-9]*(?:{_EXPONENT})?|-?\.[0-9]+(?:{_EXPONENT})?|-?[0-9]+{_EXPONENT}",
        "-." + _DIGITS,
    ),
    (Kind.WORD, _DIRECTIVES, _WORD, _LETTERS + "_@"),
    (Kind.BRACKETED_WORD, _DIRECTIVES, _BRACKETED_WORD, "{"),
    (Kind.IDENTIFIER, _MODIFIERS, r"[a-zA-Z_][a-zA-Z0-9_-]*", _LETTERS + "_"),
    (Kind.DOT, _MODIFIERS, r"\.[a-zA-Z]", "."),
    (Kind.LCURLY, _REFERENCE, r"\{", "{"),
    (Kind.RCURLY, _REFERENCE, r"\}", "}"),
    (Kind.REFERENCE_TERMINATOR, _REFERENCE, r"(?s:.)", None),
    (Kind.DIRECTIVE_TERMINATOR, (State.PRE_DIRECTIVE,), r"(?s:.)", None),
    (Kind.EMPTY_INDEX, (State.DEFAULT, State.REFERENCE), r"\$\[|\$!\[|\$\\!\[|\$\.", "$"),
)


def _rules_of(state: State) -> "MappingProxyType[str, tuple[Rule, ...]]":
    """Return the rules of a state by first character, in the order of their kinds; "" has those for any other."""
    rules = [Rule(kind, re.compile(pattern), first) for kind, states, pattern, first in _TABLE if state in states]
    characters = {character for rule in rules for character in rule.first or ""}
    table = {
        character: tuple(rule for rule in rules if rule.first is None or character in rule.first)
        for character in characters
    }
    table[""] = tuple(rule for rule in rules if rule.first is None)
    return MappingProxyType(table)


RULES: Final = MappingProxyType({state: _rules_of(state) for state in State})
