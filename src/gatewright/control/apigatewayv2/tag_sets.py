"""Tags: what a set of them may hold, and what they may be on. All of API Gateway has the same.

Sources: "Tag restrictions" in "Tagging your API Gateway resources", "Amazon API Gateway ARN reference" (API Gateway
Developer Guide).
"""

import re
from collections.abc import Mapping

from gatewright.base.arn import parse_arn
from gatewright.base.errors import AwsError
from gatewright.control.apigatewayv2.constraints import TAGS_PER_RESOURCE
from gatewright.control.apigatewayv2.errors import bad_request
from gatewright.control.context import Context

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
