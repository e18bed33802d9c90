"""The flags of a pattern, which `(?i)` and its like set for the rest of a group."""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

_NAMES: Final = MappingProxyType(
    {
        "i": "ignores_case",
        "m": "is_multiline",
        "s": "is_dotall",
        "x": "has_comments",
        "u": "is_unicode_case",
        "d": "is_unix_lines",
        "U": "is_unicode_class",
    }
)
LETTERS: Final = "".join(_NAMES)


@dataclass(frozen=True, slots=True)
class Flags:
    """Those that are set at one place."""

    ignores_case: bool = False
    is_multiline: bool = False
    is_dotall: bool = False
    has_comments: bool = False
    is_unicode_case: bool = False
    """Without it, case is ignored of ASCII letters only."""
    is_unix_lines: bool = False
    is_unicode_class: bool = False

    def with_text(self, text: str) -> "Flags":
        """Return what is set behind the flags of a text such as `im-s`."""
        on, _, off = text.partition("-")
        changed = {_NAMES[letter]: True for letter in on} | {_NAMES[letter]: False for letter in off}
        if "U" in on:
            changed["is_unicode_case"] = True
        return replace(self, **changed)

    @property
    def folds_ascii(self) -> bool:
        """Tell whether case is ignored of ASCII letters only."""
        return self.ignores_case and not self.is_unicode_case

    @property
    def folds_unicode(self) -> bool:
        """Tell whether case is ignored of all letters."""
        return self.ignores_case and self.is_unicode_case


def other_case(character: str) -> str:
    """Return an ASCII letter in its other case; nothing for any other character."""
    return character.swapcase() if character.isascii() and character.isalpha() else ""
