"""Tags: what a set of them may hold; lengths and characters are the model's to check.

Source: "Using tags on Lambda functions" (AWS Lambda Developer Guide).
"""

from collections.abc import Mapping

from gatewright.control.lambda_.errors import invalid_parameter

_MOST_TAGS = 50


def checked_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags as a document holds them. Raises InvalidParameterValueException."""
    for key in tags:
        if key.lower().startswith("aws:"):
            raise invalid_parameter("aws: prefixed tag key names are not allowed for external use.")
    if len(tags) > _MOST_TAGS:
        raise invalid_parameter("Number of tags exceeds resource tag limit.")
    return dict(tags)
