"""The errors that cross a package boundary.

    GatewrightError
    ├── SettingsError        a setting, port or data directory that cannot be used: one clear line, exit status 2
    ├── BodyError            a request body that cannot be read
    │   ├── BodyTooLarge     413
    │   ├── BodyTimeout      408
    │   └── BodyBroken       the peer went away or broke its framing
    ├── ResponseBroken       a response body that ends before its end; whoever raises it has said why
    └── AwsError             an AWS error response: code, message, further members
        └── OperationNotImplemented   501 `NotImplemented`: AWS has it, we have not built it

Errors that a package handles itself are drawn in that package.
"""

from collections.abc import Mapping


class GatewrightError(Exception):
    """The root of the errors that gatewright raises on purpose."""


class SettingsError(GatewrightError):
    """A setting that cannot be used; its text is one line for the person who set it."""


class BodyError(GatewrightError):
    """A request body that cannot be read; `status` is what to answer if nothing was answered yet."""

    status = 400


class BodyTooLarge(BodyError):
    """The body is larger than the limit of the listener."""

    status = 413


class BodyTimeout(BodyError):
    """The peer sent nothing for too long."""

    status = 408


class BodyBroken(BodyError):
    """The connection ended inside the body, or its framing is malformed."""


class ResponseBroken(GatewrightError):
    """A response body that cannot be completed: the connection is cut, so that the client sees it."""


class AwsError(GatewrightError):
    """An error of an AWS operation.

    `code` is the name of the modeled exception (`ResourceNotFoundException`) or a common error code
    (`ValidationException`). `status` is needed only for codes that the service's model does not know; the model's
    own status wins. `members` are further members of the exception's shape (`Type`, `Reason` …).
    """

    def __init__(
        self, code: str, message: str, *, status: int = 400, members: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members: Mapping[str, object] = members or {}


class OperationNotImplemented(AwsError):
    """An operation, or an option of one, that AWS has and gatewright has not (yet)."""

    def __init__(self, message: str) -> None:
        super().__init__("NotImplemented", message, status=501)
