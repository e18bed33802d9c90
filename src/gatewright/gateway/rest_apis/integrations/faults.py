"""What integrations have in common when they fail: the error, and the line of the execution log that goes with it."""

from typing import Final

from gatewright.base.messages import Headers
from gatewright.gateway.rest_apis.call import RestCall
from gatewright.gateway.rest_apis.errors import (
    API_CONFIGURATION_ERROR,
    INTEGRATION_FAILURE,
    INTEGRATION_TIMEOUT,
    RestError,
)
from gatewright.gateway.rest_apis.received_headers import illegal_mapping

_NETWORK_ERROR: Final = "Network error communicating with endpoint"


def configuration_error(call: RestCall, message: str, reason: str | None = None) -> RestError:
    """Return the error of a method that is not configured well; the execution log says `message`."""
    if call.log is not None:
        call.log.write(f"Execution failed due to configuration error: {message}")
    return RestError(API_CONFIGURATION_ERROR, message if reason is None else f"{message}: {reason}")


def network_error(call: RestCall, reason: str) -> RestError:
    """Return the error of an endpoint that is not reached."""
    if call.log is not None:
        call.log.write("Execution failed due to a network error communicating with endpoint")
    return RestError(INTEGRATION_FAILURE, reason, message=_NETWORK_ERROR)


def timed_out(call: RestCall, name: str, seconds: float) -> RestError:
    """Return the error of a function or service that does not answer within the integration's time."""
    return late(call, f"{name} did not answer in {seconds:g} s")


def late(call: RestCall, reason: str) -> RestError:
    """Return the error of whatever takes longer than the integration's time."""
    if call.log is not None:
        call.log.write("Execution failed due to a timeout error")
    return RestError(INTEGRATION_TIMEOUT, reason)


def refuse_illegal_mapping(call: RestCall, mapped: Headers, integration_type: str) -> None:
    """Refuse what no mapping may set. Raises `RestError`."""
    name = illegal_mapping(mapped, integration_type)
    if name is not None:
        raise configuration_error(call, f"{name} header already present")
