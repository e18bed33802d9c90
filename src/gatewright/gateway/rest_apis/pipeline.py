"""The phases of a request to a REST API, in order.

    resource match         the trie of the stage finds the method (`serve`, `link`)
    authorize              (comes with access control)
    API key                `phases.api_key`: key and usage plan, its throttles and quota
    throttle               `phases.throttle`: stage and method, account
    body                   `phases.body`: read and decompressed
    method request         `phases.method_request`: required parameters, models
    cache                  `phases.cache`: around all that follows, up to the method response
    integration request    `phases.integration_request`: parameter mapping, mapping template
    integration            `integrations`
    integration response   `phases.integration_response`: selection, parameter mapping, mapping template
    method response        `phases.compression`

A proxy integration does without the two mappings. Linking asks every phase for its part of a method and leaves out the
phases that have none. A `RestError` anywhere up to the integration response becomes a gateway response. Execution logs
hook in where phases write to `call.log`, access logs and traces around `MethodPipeline.run`.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from gatewright.base.ids import Ids
from gatewright.base.messages import Response
from gatewright.gateway.fault_log import FaultLog
from gatewright.gateway.integrations.stage_variables import substitute_stage_variables
from gatewright.gateway.permission import role_refusal
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import RequestPhase, RestCall, Serve
from gatewright.gateway.rest_apis.errors import MISSING_AUTHENTICATION_TOKEN, RestError
from gatewright.gateway.rest_apis.execution_log import shown_fields
from gatewright.gateway.rest_apis.gateway_responses import GatewayResponses
from gatewright.gateway.rest_apis.integrations.refused import refused
from gatewright.gateway.rest_apis.integrations.table import INTEGRATIONS
from gatewright.gateway.rest_apis.phases import api_key, body, cache, compression, method_request, throttle
from gatewright.gateway.rest_apis.phases.compression import Compress
from gatewright.gateway.rest_apis.seams import RestSeams

_CALLERS_OWN = ":iam::*:user/*"

REQUEST_PHASES: tuple[Callable[[RestBinding], RequestPhase | None], ...] = (
    api_key.link,
    throttle.link,
    body.link,
    method_request.link,
)


@dataclass(frozen=True, slots=True)
class MethodPipeline:
    """The phases of one method, bound."""

    request_phases: tuple[RequestPhase, ...]
    serve: Serve
    compress: Compress | None
    gateway_responses: GatewayResponses
    adds_trace_header: bool
    """Whether responses of the integration carry `X-Amzn-Trace-Id` (recorded of AWS: not those of HTTP_PROXY, MOCK)."""
    ids: Ids
    faults: FaultLog

    def run(self, call: RestCall) -> Awaitable[Response]:
        """Take a request through its phases: at once, as far as none of them has anything to wait for."""
        phases = iter(self.request_phases)
        try:
            for phase in phases:
                waiting = phase(call)
                if waiting is not None:
                    return self._run_waiting(call, waiting, phases)
            response = self.serve(call)
            if not isinstance(response, Response):
                return self._wait(call, response)
            response = self._integrated(call, response)
        except RestError as error:
            response = self._answer(call, error)
        return self._complete(call, response)

    async def _run_waiting(self, call: RestCall, waiting: Awaitable[None], phases: Iterator[RequestPhase]) -> Response:
        """Go on from a phase that has something to wait for."""
        try:
            await waiting
            for phase in phases:
                further = phase(call)
                if further is not None:
                    await further
            response = self._integrated(call, await self.serve(call))
        except RestError as error:
            response = self._answer(call, error)
        return await self._complete(call, response)

    async def _wait(self, call: RestCall, serving: Awaitable[Response]) -> Response:
        """Go on from an integration that has something to wait for."""
        try:
            response = self._integrated(call, await serving)
        except RestError as error:
            response = self._answer(call, error)
        return await self._complete(call, response)

    def _integrated(self, call: RestCall, response: Response) -> Response:
        """Return the response of the integration as the method response."""
        if self.adds_trace_header:
            response.headers.append(("X-Amzn-Trace-Id", _traced(call.trace_header, self.ids)))
        if call.log is not None:
            call.log.write(f"Method response headers: {shown_fields(response.headers)}")
            call.log.write("Successfully completed execution")
        return response

    def _complete(self, call: RestCall, response: Response) -> Awaitable[Response]:
        """Return what the client gets, whatever it was answered."""
        if call.response_headers:
            response.headers.extend(call.response_headers)
        return response if self.compress is None else self.compress(call, response)

    def _answer(self, call: RestCall, error: RestError) -> Response:
        if error.reason:
            if call.log is not None and error.reason.startswith("Execution failed"):
                call.log.write(error.reason)
            facts = call.facts
            what = f"{facts.api_id}/{facts.stage_name} {facts.http_method} {facts.resource_path}"
            self.faults.write(call.request_id, what, error.reason)
        return self.gateway_responses.respond(error, call)


def _traced(trace_header: str, ids: Ids) -> str:
    """Return a trace header as clients get it (recorded of AWS): nothing is sampled yet."""
    if ";" not in trace_header:
        return f"{trace_header};Parent={ids.trace_parent()};Sampled=0"
    if "Parent=" not in trace_header:
        trace_header = f"{trace_header};Parent={ids.trace_parent()}"
    return trace_header if "Sampled=" in trace_header else f"{trace_header};Sampled=0"


def link_pipeline(binding: RestBinding) -> MethodPipeline:
    """Bind the phases of a method. What cannot be bound is answered 500, with the reason in the log."""
    try:
        phases = tuple(phase for phase in (link(binding) for link in REQUEST_PHASES) if phase is not None)
        serve = cache.link(binding, _link_integration(binding))
    except ValueError as error:
        phases, serve = (), refused(str(error))
    kind = binding.integration_type
    return MethodPipeline(
        request_phases=phases,
        serve=serve,
        compress=compression.link(binding),
        gateway_responses=binding.deployment.gateway_responses,
        adds_trace_header=kind in ("AWS", "AWS_PROXY", "HTTP"),
        ids=binding.seams.ids,
        faults=binding.seams.faults,
    )


def link_unmatched(gateway_responses: GatewayResponses, seams: RestSeams) -> MethodPipeline:
    """Return what answers requests that no method matches."""

    def serve(_: RestCall) -> Response:
        raise RestError(MISSING_AUTHENTICATION_TOKEN)

    return MethodPipeline((), serve, None, gateway_responses, False, seams.ids, seams.faults)


def _link_integration(binding: RestBinding) -> Serve:
    reason = _refused_credentials(binding)
    if reason is not None:
        return refused(reason)
    link = INTEGRATIONS.get(binding.integration_type)
    return refused("the method has no integration") if link is None else link(binding)


def _refused_credentials(binding: RestBinding) -> str | None:
    """Return why the role of an integration cannot be assumed; HTTP and mock integrations have no use for one."""
    integration, facts = binding.method.integration, binding.facts
    if integration is None or not integration.credentials or not integration.integration_type.startswith("AWS"):
        return None
    credentials = substitute_stage_variables(integration.credentials, facts.stage_variables)
    if credentials.endswith(_CALLERS_OWN):
        # "To require that the caller's identity be passed through from the request" (PutIntegration, credentials).
        return "the caller's own credentials are asked for, and without IAM authorization there are none"
    return role_refusal(credentials, binding.roles, facts, binding.request_method)
