"""What ends a request early.

    GatewayError
    ├── NotFound                404  no API, stage or route
    ├── BadRequest              400  a body that is malformed or broke off
    ├── RequestTimeout          408  a body that stopped arriving
    ├── RequestEntityTooLarge   413  a body beyond the limits of the listener or the function
    ├── TooManyRequests         429  throttled
    ├── IntegrationFailure      500  no permission, no function, a function's error, a malformed result
    └── ServiceUnavailable      503  an integration that did not answer in time or cannot be reached

`gateway_response` turns them into what the client sees; `reason` is for the log alone.
"""

from gatewright.base.errors import GatewrightError


class GatewayError(GatewrightError):
    """A request that gets an error from API Gateway itself."""

    status = 500
    message = "Internal Server Error"

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason or self.message)
        self.reason = reason


class NotFound(GatewayError):
    """Nothing is there."""

    status = 404
    message = "Not Found"


class BadRequest(GatewayError):
    """The request cannot be understood."""

    status = 400
    message = "Bad Request"


class RequestTimeout(GatewayError):
    """The request did not arrive in time."""

    status = 408
    message = "Request Timeout"


class RequestEntityTooLarge(GatewayError):
    """The body is larger than what can be passed on."""

    status = 413
    message = "Request Entity Too Large"


class TooManyRequests(GatewayError):
    """A throttle has no token left."""

    status = 429
    message = "Too Many Requests"


class IntegrationFailure(GatewayError):
    """The integration cannot be called, or its result is no response."""


class ServiceUnavailable(GatewayError):
    """The integration gave no answer."""

    status = 503
    message = "Service Unavailable"
