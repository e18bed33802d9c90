"""What stands in the place of an integration that cannot be called: the client gets 500, the log the reason."""

from gatewright.base.messages import Response
from gatewright.gateway.rest_apis.call import RestCall, Serve
from gatewright.gateway.rest_apis.errors import API_CONFIGURATION_ERROR, RestError


def refused(reason: str) -> Serve:
    """Return what fails every call."""

    # AWS's log names the fault, and not what is wrong with it.
    fault = reason.partition(": ")[0]

    def refuse(call: RestCall) -> Response:
        if call.log is not None:
            call.log.write(f"Execution failed due to configuration error: {fault}")
        raise RestError(API_CONFIGURATION_ERROR, reason)

    return refuse
