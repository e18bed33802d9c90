"""The regular expressions of models, which are Java's or JavaScript's, in Python's spelling."""

import re
import sys
import unicodedata
from functools import lru_cache
from itertools import groupby

_CATEGORY = re.compile(r"\\p\{(\w+)\}")
_JAVA_NAMES = (("Alpha", "L"), ("Alnum", "LN"), ("Punct", "P"), ("IsLetter", "L"))
_SPELLINGS = (
    (r"\z", r"\Z"),
    # In a class, a dash after a class escape is itself; Python wants it escaped.
    (r"\w-", r"\w\-"),
    # All of Unicode beyond the basic plane, which Java's models write as surrogates.
    (r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010ffff"),
    (r"\ud800\udc00-\udbff\udfff", r"\U00010000-\U0010ffff"),
)


@lru_cache(maxsize=4096)
def compile_pattern(pattern: str) -> re.Pattern[str] | None:
    """Return a pattern of a model; None when Python cannot say it.

    A pattern that Python cannot say is not enforced: refusing what AWS accepts would be worse.
    """
    if "&&" in pattern or "[[" in pattern:
        return None
    for java, python in _SPELLINGS:
        pattern = pattern.replace(java, python)
    try:
        # Digits, words and blanks are ASCII in Java and JavaScript.
        return re.compile(_CATEGORY.sub(_category_class, pattern), re.ASCII)
    except re.error:
        return None


def _category_class(match: re.Match[str]) -> str:
    r"""Return a character class for `\p{L}`, or the inside of one where brackets are around it already."""
    name = dict(_JAVA_NAMES).get(match[1], match[1])
    # `L` is all letters, `Lu` one kind of them, `LN` stands for two categories.
    wanted = (name,) if len(name) == 2 and name[1].islower() else tuple(name)
    ranges = "".join(
        f"\\U{first:08x}-\\U{last:08x}" for category, first, last in _categories() if category.startswith(wanted)
    )
    is_in_class = match.string.count("[", 0, match.start()) > match.string.count("]", 0, match.start())
    return ranges if is_in_class else f"[{ranges}]"


@lru_cache(maxsize=1)
def _categories() -> tuple[tuple[str, int, int], ...]:
    """Return all of Unicode as runs of one general category. Costs a tenth of a second, once."""
    runs = []
    for category, codes in groupby(range(sys.maxunicode + 1), lambda code: unicodedata.category(chr(code))):
        numbers = list(codes)
        runs.append((category, numbers[0], numbers[-1]))
    return tuple(runs)
