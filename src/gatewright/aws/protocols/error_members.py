"""The members of a modeled exception, as every protocol fills them."""

from collections.abc import Mapping
from typing import Any

from gatewright.aws.operation import Binding, bind_response
from gatewright.aws.service import Service
from gatewright.base.errors import AwsError

_CAPITAL_MESSAGES = frozenset({"SerializationException", "AccessDeniedException"})


def message_name(code: str) -> str:
    """Return what the message of an error that is no modeled exception is called in JSON, as recorded from Lambda."""
    return "Message" if code in _CAPITAL_MESSAGES else "message"


def error_members(service: Service, error: AwsError) -> tuple[Binding | None, int, Mapping[str, Any]]:
    """Return where the members of an exception go, its status and its members; no binding when it is not modeled.

    The message is the member called `message`, however the service writes it; Lambda's `Type` comes from the
    corrections.
    """
    shape = service.error_shape(error.code)
    if shape is None or shape.error is None:
        return None, error.status, {}
    status = shape.error.status
    corrections = service.corrections
    usual = corrections.client_error_members if status < 500 else corrections.server_error_members
    members = {name: value for name, value in usual.items() if name in shape.members}
    for member in shape.members.values():
        if member.wire_name.lower() == "message" or member.name.lower() == "message":
            members[member.name] = error.message
    return bind_response(shape), status, {**members, **error.members}
