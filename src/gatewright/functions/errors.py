"""The errors with which the data plane of Lambda refuses an invocation, before any code of the function ran.

    GatewrightError
    └── InvokeError               `code` and `message` are those of Lambda's Invoke operation
        ├── FunctionGone          ResourceNotFoundException: deleted while the request was on its way
        ├── EventTooLarge         RequestTooLargeException
        ├── TooManyRequests       TooManyRequestsException, with Lambda's Reason
        ├── CodeUnusable          InvalidZipFileException: the deployment package cannot be unpacked
        ├── RuntimeUnusable       InvalidRuntimeException: this machine cannot run the runtime
        └── ServiceUnavailable    ServiceException: the node is stopping, or cannot start a process

What goes wrong inside of a function (a raised exception, a crash, a time-out) is no error here: it is a result with
`function_error` set, as on Lambda. Sources: "Invoke", Lambda API Reference; "Troubleshoot invocation issues in Lambda".
"""

from collections.abc import Mapping

from gatewright.base.errors import AwsError, GatewrightError
from gatewright.functions.settings import MAX_EVENT_BYTES


class InvokeError(GatewrightError):
    """An invocation that was refused."""

    code = "ServiceException"
    status = 500

    def __init__(self, message: str, members: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.members: Mapping[str, object] = members or {}

    def aws_error(self) -> AwsError:
        """Return the same as an error of the Invoke operation."""
        return AwsError(self.code, self.message, status=self.status, members=self.members)


class FunctionGone(InvokeError):
    """The function is not there any more."""

    code = "ResourceNotFoundException"
    status = 404


class EventTooLarge(InvokeError):
    """The event is larger than an invocation may carry."""

    code = "RequestTooLargeException"
    status = 413


class TooManyRequests(InvokeError):
    """All the concurrency that the account or this node has is taken."""

    code = "TooManyRequestsException"
    status = 429

    def __init__(self, reason: str) -> None:
        super().__init__("Rate Exceeded.", {"Reason": reason, "Type": "User"})
        self.reason = reason


class CodeUnusable(InvokeError):
    """The deployment package cannot be unpacked."""

    code = "InvalidZipFileException"
    status = 502


class RuntimeUnusable(InvokeError):
    """The function's runtime cannot be run on this machine."""

    code = "InvalidRuntimeException"
    status = 502


class ServiceUnavailable(InvokeError):
    """The node cannot run anything now."""


def too_large(
    size_bytes: int, limit_bytes: int = MAX_EVENT_BYTES, invocation_type: str = "RequestResponse"
) -> EventTooLarge:
    """Return the refusal of an event."""
    limit = f"{invocation_type} invocation type (limit {limit_bytes} bytes)"
    return EventTooLarge(f"{size_bytes} byte payload is too large for the {limit}")
