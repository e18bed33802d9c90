"""What is wrong with a filter pattern, in the words of CloudWatch Logs.

ValueError
└── FilterPatternError        the text is AWS's message
    └── FilterGrammarError    tokens in a wrong order, which each operation words in its own way
"""


class FilterPatternError(ValueError):
    """A filter pattern that is none."""


class FilterGrammarError(FilterPatternError):
    """A filter pattern whose tokens make no sense together: `{ $.v == 1 }`."""


def invalid_term(term: str) -> FilterPatternError:
    """Build the error of a term with a character that cannot be in it; `term` ends with that character."""
    return FilterPatternError(f"Invalid character(s) in term '{term}'")
