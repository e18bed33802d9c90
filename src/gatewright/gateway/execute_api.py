"""The data plane of API Gateway: from an API's id and a request to the response."""

import logging
from collections.abc import Awaitable

from gatewright.base.clock import Clock
from gatewright.base.ids import Ids
from gatewright.base.messages import Request, Response
from gatewright.gateway.call import Call
from gatewright.gateway.errors import GatewayError, IntegrationFailure, NotFound
from gatewright.gateway.gateway_response import gateway_response
from gatewright.gateway.linked import EMPTY, LinkedApi, LinkedRoute, LinkedSnapshot, LinkedStage
from gatewright.gateway.path import decode_path, octets_to_text


class ExecuteApi:
    """Serves APIs. `swap` replaces all that is served at once; requests in flight keep what they started with."""

    __slots__ = ("_clock", "_ids", "_linked", "_log")

    def __init__(self, *, clock: Clock, ids: Ids, log: logging.Logger, linked: LinkedSnapshot = EMPTY) -> None:
        self._clock = clock
        self._ids = ids
        self._log = log
        self._linked = linked

    @property
    def linked(self) -> LinkedSnapshot:
        """Return what is served now."""
        return self._linked

    def is_rest_api(self, api_id: str) -> bool:
        """Tell whether there is a REST API of that id."""
        return api_id in self._linked.rest_apis

    def swap(self, linked: LinkedSnapshot) -> None:
        """Serve another snapshot from the next request on."""
        self._linked = linked

    def handle(
        self, request: Request, api_id: str, stage_name: str | None, path: str, domain_name: str
    ) -> Awaitable[Response]:
        """Serve a request to an API.

        `stage_name` is the stage that was asked for in words; None when the path tells. `path` is undecoded and begins
        with a slash. Every response of an HTTP API carries `Apigw-Requestid`.
        """
        linked = self._linked
        rest_api = linked.rest_apis.get(api_id)
        if rest_api is not None:
            return linked.serve_rest_api(request, rest_api, stage_name, path, domain_name)
        return self._serve(request, linked.apis.get(api_id), stage_name, path, domain_name)

    async def _serve(
        self, request: Request, api: LinkedApi | None, stage_name: str | None, path: str, domain_name: str
    ) -> Response:
        request_id = self._ids.extended_request_id()
        try:
            # "Disable the default endpoint for HTTP APIs"; a path without a slash is `OPTIONS *` or no path at all.
            if api is None or api.source.disable_execute_api_endpoint or not path.startswith("/"):
                raise NotFound
            if not path.isascii():
                path = octets_to_text(path)
            if not request.query.isascii():
                request.query = octets_to_text(request.query)
            asked = api.find_stage(path) if stage_name is None else api.named_stage(stage_name, path)
            if asked is None:
                raise NotFound
            stage, below = asked
            found = stage.routes.match(request.method, below)
            if found is not None:
                route, path_parameters = found
                call = self._call(request, stage, route, path_parameters, below, domain_name, request_id)
                response = await route.pipeline.run(call)
            elif stage.cors is not None and request.method == "OPTIONS":
                response = stage.cors.preflight(request)
            else:
                raise NotFound
        except GatewayError as error:
            response = gateway_response(error)
        except Exception:
            log = self._log
            log.exception("%s %s: unexpected error", request_id, request.path)
            response = gateway_response(IntegrationFailure())
        response.headers.append(("Apigw-Requestid", request_id))
        return response

    def _call(
        self,
        request: Request,
        stage: LinkedStage,
        route: LinkedRoute,
        path_parameters: dict[str, str],
        below: str,
        domain_name: str,
        request_id: str,
    ) -> Call:
        if not request.received_at:
            request.received_at = self._clock.now()
        path = decode_path(below)
        raw_path, trace_header = stage.prefix + path, self._trace_header(request)
        # By position: by name, this construction takes twice as long (0.40 against 0.17 µs).
        return Call(request, route.facts, path_parameters, path, raw_path, domain_name, request_id, trace_header)

    def _trace_header(self, request: Request) -> str:
        """Return the client's trace header when it names a root, else a new one."""
        sent = request.headers.get("x-amzn-trace-id")
        if sent is not None and "Root=" in sent:
            return sent
        return f"Root={self._ids.trace_root(request.received_at)}"
