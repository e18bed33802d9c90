"""What ends a request to a function URL early, and the responses that Lambda makes of it.

    UrlFault
    ├── Forbidden               403  no permission, no signature; of an unknown URL without a reason
    ├── RequestTooLarge         413  a body or an event beyond 6 MB
    ├── TooManyRequests         429  the function is throttled
    ├── BodyUnreadable          400, 408  a body that is malformed, broke off or stopped arriving
    └── FunctionFailed          502  the function failed, cannot be invoked, or gave no response

Sources: "Invoking Lambda function URLs", and responses recorded of AWS. `reason` is for the log alone.
"""

from collections.abc import Mapping
from typing import Final

import orjson

from gatewright.base.errors import BodyError, GatewrightError
from gatewright.base.messages import Headers, Response
from gatewright.functions.invoke import InvokeError

MAX_BODY_BYTES: Final = 6 * 1024 * 1024
"""Largest body of a request ("Lambda quotas", invocation payload)."""

_HELP: Final = (
    "Forbidden. For troubleshooting Function URL authorization issues, see: "
    "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
)


class UrlFault(GatewrightError):
    """A request that gets an error from Lambda itself."""

    status = 502
    error_type: str | None = None

    def __init__(self, reason: str = "", members: Mapping[str, object] | None = None) -> None:
        super().__init__(reason or type(self).__name__)
        self.reason = reason
        self._members = members

    def response(self) -> Response:
        """Return what the client sees: never the reason."""
        headers = Headers([("Content-Type", "application/json")])
        if self.error_type is not None:
            headers.append(("x-amzn-ErrorType", self.error_type))
        return Response(self.status, headers, self._body())

    def _body(self) -> bytes:
        return b"Internal Server Error" if self._members is None else orjson.dumps(dict(self._members))


class Forbidden(UrlFault):
    """The URL does not exist, or the request may not use it."""

    status = 403
    error_type = "AccessDeniedException"

    def __init__(self, reason: str = "", message: str | None = _HELP) -> None:
        super().__init__(reason, {"Message": message})


class RequestTooLarge(UrlFault):
    """More than what an invocation may carry."""

    status = 413
    error_type = "RequestEntityTooLargeException"

    def __init__(self, reason: str = "") -> None:
        text = f"Request must be smaller than {MAX_BODY_BYTES} bytes for the InvokeFunction operation"
        super().__init__(reason, {"Message": text})


class TooManyRequests(UrlFault):
    """The function may not run more often now."""

    status = 429
    error_type = "TooManyRequestsException"


class BodyUnreadable(UrlFault):
    """The request's body cannot be read to its end."""

    def __init__(self, error: BodyError) -> None:
        self.status = error.status
        self.error_type = "InvalidRequestContentException"
        super().__init__(str(error), {"Message": "The request body could not be read."})


class FunctionFailed(UrlFault):
    """There is no response of the function."""


def body_fault(error: BodyError) -> UrlFault:
    """Translate what went wrong while a request's body was read."""
    return RequestTooLarge(str(error)) if error.status == 413 else BodyUnreadable(error)


def invoke_fault(error: InvokeError) -> UrlFault:
    """Translate the refusal of an invocation."""
    if error.status == 413:
        return RequestTooLarge(str(error))
    if error.status == 429:
        return TooManyRequests(str(error), {**error.members, "message": error.message})
    return FunctionFailed(f"the function cannot be invoked: {error}")
