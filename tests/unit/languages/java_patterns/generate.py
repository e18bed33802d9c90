"""Patterns made by chance, from a seed, and texts for them."""

import random

from tests.unit.languages.java_patterns.java import Case

CHARACTERS = (
    *"abkKS019 .-_:/#=&~|\"'",
    *("é", "É", "ß", "ſ", "\u212a", "σ", "Σ", "ς", "٣", "Ⅷ", "中"),
    *("\n", "\r", "\t", "\u0085", "\u2028", "\u00a0", "\u3000", "\x1c", "\x00"),
)
ESCAPES = (
    *(r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\h", r"\H", r"\v", r"\V"),
    *(r"\p{L}", r"\P{L}", r"\pL", r"\PN", r"\p{Lu}", r"\p{Ll}", r"\p{Alpha}", r"\P{Alpha}", r"\p{Upper}", r"\p{Lower}"),
    *(
        r"\p{Punct}",
        r"\p{Space}",
        r"\p{IsAlphabetic}",
        r"\p{IsUppercase}",
        r"\p{IsGreek}",
        r"\p{IsLatin}",
        r"\p{InGreek}",
    ),
    *(r"\p{javaLowerCase}", r"\p{javaUpperCase}", r"\p{javaWhitespace}", r"\p{IsWhite_Space}", r"\p{sc=Han}"),
    *(
        r"\.",
        r"\-",
        r"\[",
        r"\]",
        r"\t",
        r"\n",
        r"\x41",
        r"\u00e9",
        r"\x{62}",
        r"\0141",
        r"\cM",
        r"\e",
        r"\Qa.]\E",
        r"\/",
    ),
)
OUTSIDE = (".", "^", "$", r"\b", r"\B", r"\A", r"\z", r"\Z", r"\R", r"\Q.*\E", r"\1", r"\2", "abc", "a", "Kk", "é", "σ")
FLAGS = ("(?i)", "(?s)", "(?m)", "(?x)", "(?u)", "(?iu)", "(?d)", "(?im)", "(?-i)", "(?U)", "(?ix)", "(?ms)", "(?i-s)")
GROUPS = ("(", "(?:", "(?=", "(?!", "(?>", "(?i:", "(?s:", "(?<n>", "(?<=", "(?<!", "(?x: ", "(?-i:")
QUANTIFIERS = (
    "",
    "",
    "",
    "*",
    "+",
    "?",
    "*?",
    "+?",
    "??",
    "++",
    "*+",
    "?+",
    "{2}",
    "{1,2}",
    "{1,}",
    "{0,2}?",
    "{1,2}+",
)
SOUP = (
    *"[](){}*+?|^$.\\-&#<>=!:,",
    "&&",
    "[^",
    "\\E",
    "\\Q",
    "(?",
    "{2",
    "2}",
    "a",
    "B",
    " ",
    "[:alpha:]",
    "\\p{",
    "--",
    "||",
    "~~",
)


def cases(count: int, seed: int) -> list[Case]:
    """Return cases by chance."""
    made = _Chance(random.Random(seed))
    return [made.case() for _ in range(count)]


class _Chance:
    def __init__(self, source: random.Random) -> None:
        self._source = source

    def case(self) -> Case:
        chance = self._source.random()
        pattern = self._soup() if chance < 0.15 else self._pattern(2)
        if chance > 0.6:
            pattern = self._one_of(FLAGS) + pattern
        replacement = self._one_of(("<$0>", "", "#", "[$1]", r"\$", "${n}", "$"))
        return Case(pattern, self._text(), replacement if chance < 0.5 else "<$0>")

    def _one_of(self, texts: "tuple[str, ...]") -> str:
        return self._source.choice(texts)

    def _text(self) -> str:
        return "".join(self._source.choices(CHARACTERS, k=self._source.randrange(0, 12)))

    def _soup(self) -> str:
        return "".join(self._source.choices(SOUP, k=self._source.randrange(1, 6)))

    def _pattern(self, depth: int) -> str:
        branches = 1 if self._source.random() < 0.8 else 2
        return "|".join(self._sequence(depth) for _ in range(branches))

    def _sequence(self, depth: int) -> str:
        pieces = []
        for _ in range(self._source.randrange(1, 4)):
            pieces.append(self._atom(depth) + self._one_of(QUANTIFIERS))
            if self._source.random() < 0.05:
                pieces.append(self._one_of(FLAGS))
        return "".join(pieces)

    def _atom(self, depth: int) -> str:
        chance = self._source.random()
        if chance < 0.2:
            return self._one_of(ESCAPES)
        if chance < 0.4:
            return self._one_of(OUTSIDE)
        if chance < 0.6:
            return self._class(2)
        if chance < 0.75 and depth:
            group = self._one_of(GROUPS)
            # Java asks for a greatest length of what it looks back for.
            inner = self._class(1) if group.startswith("(?<") and group != "(?<n>" else self._pattern(depth - 1)
            return f"{group}{inner})"
        character = self._one_of(CHARACTERS)
        return f"\\{character}" if character in ".|" else character

    def _class(self, depth: int) -> str:
        members = []
        for _ in range(self._source.randrange(1, 4)):
            chance = self._source.random()
            if chance < 0.3:
                members.append(self._one_of(("a-z", "A-F", "0-9", "X-c", "+-/", "à-ö", " -~", "α-ω")))
            elif chance < 0.55:
                members.append(self._one_of(ESCAPES))
            elif chance < 0.65 and depth:
                members.append(self._class(depth - 1))
            elif chance < 0.72 and members:
                members += ["&&", "k-z"]  # `&&]` and `&&&` are accidents in Java
            else:
                members.append(self._one_of((*CHARACTERS, "^", "$", "(", "*", "{")))
        return f"[{self._one_of(('', '', '^'))}{''.join(members)}]"
