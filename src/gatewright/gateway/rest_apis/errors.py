"""What ends a request to a REST API early: each becomes a gateway response of its type.

Sources: "Gateway response types for API Gateway" (types and status codes); messages and `x-amzn-ErrorType` as AWS was
recorded to answer (localstack, tests/aws/services/apigateway). A type without a status of its own takes the error's.
"""

from dataclasses import dataclass
from types import MappingProxyType

from gatewright.base.errors import BodyError, GatewrightError


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One way in which API Gateway itself answers."""

    response_type: str | None
    """The gateway response type; None for `DEFAULT_4XX` or `DEFAULT_5XX`, by the status."""
    status: int
    message: str
    error_type: str
    """The value of `x-amzn-ErrorType`."""


MISSING_AUTHENTICATION_TOKEN = ErrorKind(
    "MISSING_AUTHENTICATION_TOKEN", 403, "Missing Authentication Token", "MissingAuthenticationTokenException"
)
FORBIDDEN = ErrorKind(None, 403, "Forbidden", "ForbiddenException")
INVALID_API_KEY = ErrorKind("INVALID_API_KEY", 403, "Forbidden", "ForbiddenException")
ACCESS_DENIED = ErrorKind("ACCESS_DENIED", 403, "Unauthorized", "AccessDeniedException")
THROTTLED = ErrorKind("THROTTLED", 429, "Too Many Requests", "TooManyRequestsException")
QUOTA_EXCEEDED = ErrorKind("QUOTA_EXCEEDED", 429, "Limit Exceeded", "LimitExceededException")
BAD_REQUEST_PARAMETERS = ErrorKind(
    "BAD_REQUEST_PARAMETERS", 400, "Missing required request parameters", "BadRequestException"
)
BAD_REQUEST_BODY = ErrorKind("BAD_REQUEST_BODY", 400, "Invalid request body", "BadRequestException")
BAD_REQUEST = ErrorKind(None, 400, "Bad Request", "BadRequestException")
REQUEST_TOO_LARGE = ErrorKind("REQUEST_TOO_LARGE", 413, "Request Too Long", "RequestTooLargeException")
REQUEST_TIMEOUT = ErrorKind(None, 408, "Request Timeout", "RequestTimeoutException")
UNSUPPORTED_MEDIA_TYPE = ErrorKind("UNSUPPORTED_MEDIA_TYPE", 415, "Unsupported Media Type", "BadRequestException")
API_CONFIGURATION_ERROR = ErrorKind(
    "API_CONFIGURATION_ERROR", 500, "Internal server error", "InternalServerErrorException"
)
INTERNAL_SERVER_ERROR = ErrorKind(None, 500, "Internal server error", "InternalServerErrorException")
BAD_GATEWAY = ErrorKind(None, 502, "Internal server error", "InternalServerErrorException")
INTEGRATION_FAILURE = ErrorKind("INTEGRATION_FAILURE", 504, "Internal server error", "InternalServerErrorException")
INTEGRATION_TIMEOUT = ErrorKind(
    "INTEGRATION_TIMEOUT", 504, "Endpoint request timed out", "InternalServerErrorException"
)

DEFAULT_STATUSES = MappingProxyType(
    {
        "ACCESS_DENIED": 403,
        "API_CONFIGURATION_ERROR": 500,
        "AUTHORIZER_CONFIGURATION_ERROR": 500,
        "AUTHORIZER_FAILURE": 500,
        "BAD_REQUEST_BODY": 400,
        "BAD_REQUEST_PARAMETERS": 400,
        "EXPIRED_TOKEN": 403,
        "INTEGRATION_FAILURE": 504,
        "INTEGRATION_TIMEOUT": 504,
        "INVALID_API_KEY": 403,
        "INVALID_SIGNATURE": 403,
        "MISSING_AUTHENTICATION_TOKEN": 403,
        "QUOTA_EXCEEDED": 429,
        "REQUEST_TOO_LARGE": 413,
        "RESOURCE_NOT_FOUND": 404,
        "THROTTLED": 429,
        "UNAUTHORIZED": 401,
        "UNSUPPORTED_MEDIA_TYPE": 415,
        "WAF_FILTERED": 403,
    }
)
"""The types that have a status of their own; `DEFAULT_4XX` and `DEFAULT_5XX` have none."""


class RestError(GatewrightError):
    """A request that gets a gateway response."""

    def __init__(
        self, kind: ErrorKind, reason: str = "", *, message: str | None = None, validation_errors: str | None = None
    ) -> None:
        """`reason` is for the log alone; `validation_errors` is `$context.error.validationErrorString`."""
        self.kind = kind
        self.reason = reason
        self.message = kind.message if message is None else message
        self.validation_errors = validation_errors
        super().__init__(reason or self.message)


def body_fault(error: BodyError) -> RestError:
    """Translate what went wrong while a request's body was read."""
    kind = {413: REQUEST_TOO_LARGE, 408: REQUEST_TIMEOUT}.get(error.status, BAD_REQUEST)
    return RestError(kind, str(error))
