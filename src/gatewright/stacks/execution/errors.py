"""What ends an attempt or an operation early.

GatewrightError
├── ResourceFailed     an attempt that failed; its text is the whole status reason
├── OutputsFailed      the outputs or exports of a stack cannot be what the template says
└── NodeStopping       the node ends: the operation is taken up by the next one
"""

from gatewright.base.errors import AwsError, GatewrightError
from gatewright.stacks.resource_types.contract import Cancelled
from gatewright.stacks.template import TemplateError

__all__ = ["Cancelled", "NodeStopping", "OutputsFailed", "ResourceFailed", "reason_of"]

_HANDLER_CODES = (
    ("AlreadyExists", "AlreadyExists"),
    ("ResourceConflict", "AlreadyExists"),
    ("NotFound", "NotFound"),
    ("NoSuch", "NotFound"),
    ("AccessDenied", "AccessDenied"),
    ("LimitExceeded", "ServiceLimitExceeded"),
    ("TooManyRequests", "Throttling"),
    ("Throttl", "Throttling"),
    ("Invalid", "InvalidRequest"),
    ("Validation", "InvalidRequest"),
    ("BadRequest", "InvalidRequest"),
)


class ResourceFailed(GatewrightError):
    """An attempt that failed, with the reason as CloudFormation words it."""


class OutputsFailed(GatewrightError):
    """An output that has no value, or an export that may not be made, changed or removed."""


class NodeStopping(GatewrightError):
    """The node ends."""


def reason_of(error: GatewrightError, resource_type: str, token: str, request_id: str) -> str:
    """Return the status reason of a resource ("Resource handler returned message: …", as AWS is seen to word it)."""
    if isinstance(error, TemplateError):
        return error.message
    if not isinstance(error, AwsError):
        return str(error)
    if error.code == "NotImplemented":
        return error.message
    service = resource_type.split("::")[1] if resource_type.count("::") == 2 else resource_type
    code = next((handler for part, handler in _HANDLER_CODES if part in error.code), "GeneralServiceException")
    message = f"{error.message} (Service: {service}, Status Code: {error.status}, Request ID: {request_id})"
    return f'Resource handler returned message: "{message}" (RequestToken: {token}, HandlerErrorCode: {code})'
