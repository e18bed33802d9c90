"""What an OPERATIONS table holds, whichever plane serves the operation.

Control-plane operations are plain functions `(context, request) -> result`; they run in worker threads. Operations
that AWS serves from the data plane (Invoke, later `@connections`) are coroutine functions of the same form. `request`
and `result` are the shapes of botocore's model as plain Python: dict, list, str, bytes for blobs, aware datetime for
timestamps. The `aws` package parses and validates the one and serializes the other; an operation never sees HTTP.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

# The TypedDicts of types-boto3 name the shapes where operations are written; a table of them has no narrower type.
Shape = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls an AWS operation, and where."""

    account_id: str
    region: str
    request_id: str
    access_key_id: str | None = None
    partition: str = "aws"
    trace_header: str | None = None
    """`X-Amzn-Trace-Id` of the request."""
    session_token: str | None = None
    """Of temporary credentials: `X-Amz-Security-Token`."""
    called_via: str | None = None
    """The AWS service that makes the call for somebody, such as `cloudformation.amazonaws.com` for a stack."""


BoundOperation = Callable[[Caller, Shape], Awaitable[Shape]]
"""An operation as the endpoint calls it, its context bound by the composition root."""
