"""Who calls a function URL of auth type AWS_IAM."""

from collections.abc import Callable
from dataclasses import dataclass

from gatewright.base.errors import GatewrightError
from gatewright.base.messages import Request


@dataclass(frozen=True, slots=True)
class UrlCaller:
    """A caller who signed the request: what `requestContext.authorizer.iam` says of it."""

    access_key_id: str
    account_id: str
    user_arn: str
    user_id: str


class CallerRefused(GatewrightError):
    """A signature that says nothing about its caller, or not for Lambda."""


Identify = Callable[[Request], UrlCaller | None]
"""Returns the caller of a signed request, None for one without a signature. Raises `CallerRefused`."""
