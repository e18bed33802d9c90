"""Tags: what a set of them may hold, and what they may be on. All of API Gateway has the same.

Sources: "Tag restrictions" in "Tagging your API Gateway resources", "Amazon API Gateway ARN reference" (API Gateway
Developer Guide).
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from gatewright.base.arn import parse_arn
from gatewright.base.errors import AwsError
from gatewright.base.operations import Caller
from gatewright.control.apigatewayv2.constraints import TAGS_PER_RESOURCE
from gatewright.control.apigatewayv2.errors import bad_request
from gatewright.control.context import Context

_TEXT = re.compile(r"[\w\s.:/=+\-@]*")
_LONGEST_KEY = 128
_LONGEST_VALUE = 256
_NONE: Mapping[str, str] = MappingProxyType({})


def checked_tags(caller: Caller, tags: Mapping[str, str], present: Mapping[str, str] = _NONE) -> dict[str, str]:
    """Return tags as a document holds them, added to those that it has. Raises BadRequestException.

    Only what calls for somebody, as stacks do, may give tags that begin with `aws:`; they are not counted.
    """
    result = {**present, **tags}
    if sum(not _is_of_aws(key) for key in result) > TAGS_PER_RESOURCE:
        raise bad_request(f"A resource can have at most {TAGS_PER_RESOURCE} tags")
    for key, value in tags.items():
        if not 1 <= len(key) <= _LONGEST_KEY or not _TEXT.fullmatch(key):
            raise bad_request(f"Invalid tag key specified: {key}")
        if caller.called_via is None and _is_of_aws(key):
            raise bad_request(f"Invalid tag key specified: {key}. Keys that begin with aws: are reserved")
        if len(value) > _LONGEST_VALUE or not _TEXT.fullmatch(value):
            raise bad_request(f"Invalid value specified for tag {key}")
    return result


def _is_of_aws(key: str) -> bool:
    return key.lower().startswith("aws:")


def tagged_resource(context: Context, resource_arn: str) -> str:
    """Return what an ARN of the caller's names, such as `/apis/a1b2c3d4e5/stages/prod`. Raises BadRequestException."""
    arn = parse_arn(resource_arn)
    if arn is None or arn.service != "apigateway" or arn.account not in ("", context.caller.account_id):
        raise invalid_arn(resource_arn)
    if arn.region != context.caller.region:
        raise bad_request(f"Invalid region specified in the ARN: {resource_arn}")
    return arn.resource


def invalid_arn(resource_arn: str) -> AwsError:
    """Build the BadRequestException of an ARN that names nothing that can have tags."""
    return bad_request(f"Invalid ARN specified in the request: {resource_arn}")
