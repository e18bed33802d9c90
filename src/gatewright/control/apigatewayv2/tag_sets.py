"""Tags: what a set of them may hold.

Source: "Tag restrictions" in "Tagging your API Gateway resources" (API Gateway Developer Guide).
"""

import re
from collections.abc import Mapping

from gatewright.control.apigatewayv2.constraints import TAGS_PER_RESOURCE
from gatewright.control.apigatewayv2.errors import bad_request

_TEXT = re.compile(r"[\w\s.:/=+\-@]*")
_LONGEST_KEY = 128
_LONGEST_VALUE = 256


def checked_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Return tags as a document holds them. Raises BadRequestException."""
    if len(tags) > TAGS_PER_RESOURCE:
        raise bad_request(f"A resource can have at most {TAGS_PER_RESOURCE} tags")
    for key, value in tags.items():
        if not 1 <= len(key) <= _LONGEST_KEY or not _TEXT.fullmatch(key):
            raise bad_request(f"Invalid tag key specified: {key}")
        if key.lower().startswith("aws:"):
            raise bad_request(f"Invalid tag key specified: {key}. Keys that begin with aws: are reserved")
        if len(value) > _LONGEST_VALUE or not _TEXT.fullmatch(value):
            raise bad_request(f"Invalid value specified for tag {key}")
    return dict(tags)
