"""Tags: what a set of them may hold; lengths and characters are the model's to check.

Source: "Using tags on Lambda functions" (AWS Lambda Developer Guide).
"""

from collections.abc import Mapping
from types import MappingProxyType

from gatewright.base.operations import Caller
from gatewright.control.lambda_.errors import invalid_parameter

_MOST_TAGS = 50
_NONE: Mapping[str, str] = MappingProxyType({})


def checked_tags(caller: Caller, tags: Mapping[str, str], present: Mapping[str, str] = _NONE) -> dict[str, str]:
    """Return tags as a document holds them, added to those that it has. Raises InvalidParameterValueException.

    Only what calls for somebody, as stacks do, may give tags that begin with `aws:`; they are not counted.
    """
    if caller.called_via is None and any(map(_is_of_aws, tags)):
        raise invalid_parameter("aws: prefixed tag key names are not allowed for external use.")
    result = {**present, **tags}
    if sum(not _is_of_aws(key) for key in result) > _MOST_TAGS:
        raise invalid_parameter("Number of tags exceeds resource tag limit.")
    return result


def _is_of_aws(key: str) -> bool:
    return key.lower().startswith("aws:")
