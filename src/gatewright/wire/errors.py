"""The errors of `wire` that do not leave it as they are.

    GatewrightError
    └── RequestRefused    a request that must not reach a handler: what to answer, and why

What a handler may see while it reads a body (`BodyError`) is drawn in `gatewright.base.errors`.
"""

from gatewright.base.errors import GatewrightError


class RequestRefused(GatewrightError):
    """A request that is malformed, ambiguous, beyond a limit or not to be served; its connection is closed after it."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason
