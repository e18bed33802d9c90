"""The regular expressions of models, which are Java's or JavaScript's, in Python's spelling."""

import re
from functools import lru_cache
from types import MappingProxyType
from typing import Protocol


class Matcher(Protocol):
    """A compiled pattern."""

    def fullmatch(self, string: str) -> object | None:
        """Return something when the whole of a text matches."""
        ...


# Java's names of classes ("Summary of regular-expression constructs", java.util.regex.Pattern) as insides of Python's.
_JAVA_CLASSES = MappingProxyType(
    {
        "Alpha": r"\p{L}",
        "IsLetter": r"\p{L}",
        "IsAlphabetic": r"\p{Alphabetic}",
        "Alnum": r"\p{L}\p{N}",
        "LD": r"\p{L}\p{Nd}",
        "Punct": r"\p{P}$+<=>^`|~",
        "Print": " -~",
        "Graph": "!-~",
        "ASCII": r"\x00-\x7f",
        "Cntrl": r"\x00-\x1f\x7f",
        "XDigit": "0-9a-fA-F",
    }
)
_SPELLINGS = (
    (r"\z", r"\Z"),
    # In a class, a dash after a class escape is itself; Python wants it escaped.
    (r"\w-", r"\w\-"),
    # All of Unicode beyond the basic plane, which Java's models write as surrogates.
    (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010ffff"),
    (r"\ud800\udc00-\udbff\udfff", r"\U00010000-\U0010ffff"),
)
_TOKEN = re.compile(r"\\p\{(?P<category>\w+)\}|\\(?P<kind>[dws])|\\.|[\[\]]|[^\\\[\]]+", re.DOTALL)
_ASCII = MappingProxyType({"d": "0-9", "w": "a-zA-Z0-9_", "s": r" \t\n\r\f\v"})


@lru_cache(maxsize=4096)
def compile_pattern(pattern: str) -> Matcher | None:
    """Return a pattern of a model; None when Python cannot say it.

    A pattern that Python cannot say is not enforced: refusing what AWS accepts would be worse.
    """
    if "&&" in pattern or "[[" in pattern:
        return None
    for java, python in _SPELLINGS:
        pattern = pattern.replace(java, python)
    if r"\p{" in pattern:
        return _compile_with_categories(pattern)
    try:
        # Digits, words and blanks are ASCII in Java and JavaScript.
        return re.compile(pattern, re.ASCII)
    except re.error:
        return None


def _compile_with_categories(pattern: str) -> Matcher | None:
    r"""Return a pattern with categories of characters (`\p{L}`), which the standard library does not know."""
    # Few services have such patterns, and nobody else here needs the module.
    import regex

    parts, is_in_class = [], False
    for token in _TOKEN.finditer(pattern):
        text = token[0]
        if text == r"\p":
            return None
        if text in ("[", "]"):
            is_in_class = text == "["
        elif token["category"] or token["kind"]:
            inside = _categories(token["category"]) if token["category"] else _ASCII[token["kind"]]
            text = inside if is_in_class else f"[{inside}]"
        parts.append(text)
    try:
        return regex.compile("".join(parts))
    except regex.error:
        return None


def _categories(name: str) -> str:
    """Return the inside of a character class: `L` is all letters, `Lu` one kind of them."""
    return _JAVA_CLASSES.get(name, rf"\p{{{name}}}")
