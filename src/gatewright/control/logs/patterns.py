"""Filter patterns as operations use them: the errors are InvalidParameterException."""

from gatewright.base.errors import AwsError
from gatewright.control.logs.errors import invalid_parameter
from gatewright.languages.filter_pattern import Filter, FilterGrammarError, FilterPatternError, compile_filter
from gatewright.languages.patterns import PatternTimeout


def compiled(text: str, malformed: str) -> Filter:
    """Compile a pattern; `malformed` is what the operation says of one whose parts make no sense together."""
    try:
        return compile_filter(text)
    except FilterGrammarError as error:
        raise invalid_parameter(malformed) from error
    except FilterPatternError as error:
        raise invalid_parameter(str(error)) from error


def matches(pattern: Filter, message: str) -> bool:
    """Tell whether a pattern matches a message."""
    try:
        return pattern.is_match(message)
    except PatternTimeout as error:
        raise took_too_long(error) from error


def took_too_long(error: PatternTimeout) -> AwsError:
    """Build the error of a regular expression that would take too long. AWS's engine needs no such bound."""
    return invalid_parameter(f"The regular expression of the filter pattern takes too long: {error}")
