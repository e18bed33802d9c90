"""`AWS_PROXY` with `responseTransferMode` `STREAM`: octets go to the client as the function writes them.

Source: "Set up a Lambda proxy integration with payload response streaming in API Gateway": the function writes metadata
(status and headers) in JSON, eight NUL octets, and its body. The response "must follow" that format, whatever its
content type: "API Gateway begins the payload stream after it receives the valid metadata and delimiter". What is none
is taken as a malformed result is without streaming; the page does not say.
"""

from gatewright.base.messages import Response
from gatewright.functions.invoke import InvokeError
from gatewright.gateway.deadline import Deadline
from gatewright.gateway.function_urls.faults import FunctionFailed
from gatewright.gateway.function_urls.stream import streamed_response
from gatewright.gateway.rest_apis.call import RestCall, Serve
from gatewright.gateway.rest_apis.errors import BAD_GATEWAY, RestError
from gatewright.gateway.rest_apis.integrations.faults import timed_out
from gatewright.gateway.rest_apis.integrations.functions import refused_invocation
from gatewright.gateway.rest_apis.proxy_event import ProxyEvent
from gatewright.gateway.rest_apis.seams import RestSeams
from gatewright.snapshot.types import QualifiedFunction


def link_stream(function: QualifiedFunction, seams: RestSeams, event: ProxyEvent, seconds: float) -> Serve:
    """Return what streams the responses of a function."""
    deadline = Deadline(seconds)
    name = function.arn

    async def begin(call: RestCall) -> Response:
        invocation = await seams.invoker.invoke_streaming(
            function, event.encode(call, call.body), trace_header=call.trace_header
        )

        def report(reason: str) -> None:
            seams.faults.write(call.request_id, f"function {name}", reason)

        return await streamed_response(invocation, report, needs_prelude=True)

    async def stream(call: RestCall) -> Response:
        try:
            # The time limit is that of the response's beginning; what follows may take as long as the function may.
            return await deadline.wait(begin(call))
        except TimeoutError as error:
            raise timed_out(call, f"function {name}", seconds) from error
        except InvokeError as error:
            raise refused_invocation(call, name, error) from error
        except FunctionFailed as error:
            raise RestError(BAD_GATEWAY, str(error)) from error

    return stream
