"""Regular expressions in filter patterns ("Supported regular expressions (regex) syntax")."""

from gatewright.languages.filter_pattern.errors import FilterPatternError
from gatewright.languages.patterns import Pattern, PatternError, compile_ecma


def compile_regex(text: str) -> Pattern:
    """Compile what is between percent signs. Raises `FilterPatternError`.

    There are no groups in this dialect; what is left of it means the same in that of ECMA 262.
    """
    try:
        if not text:
            raise PatternError("nothing to look for")
        return compile_ecma(text)
    except PatternError as error:
        raise FilterPatternError("Failed to compile regular expression.") from error
