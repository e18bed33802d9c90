"""Serves REST APIs: from a request and the API that it is for to the response.

Source: "Invoke REST APIs in API Gateway" and "Gateway response types for API Gateway". An API, stage or endpoint that
is not there answers 403 `Forbidden`; a path or method that is not, 403 `Missing Authentication Token`.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from gatewright.base.clock import Clock
from gatewright.base.ids import Ids
from gatewright.base.messages import Request, Response
from gatewright.gateway.path import octets_to_text
from gatewright.gateway.rest_apis.call import HTTP_METHODS, RestCall
from gatewright.gateway.rest_apis.errors import (
    FORBIDDEN,
    INTERNAL_SERVER_ERROR,
    RestError,
)
from gatewright.gateway.rest_apis.gateway_responses import plain_response
from gatewright.gateway.rest_apis.linked import LinkedRestApi
from gatewright.gateway.rest_apis.pipeline import MethodPipeline

_HTTP_METHODS: Final = frozenset(HTTP_METHODS)


class RestApis:
    """Serves requests to REST APIs."""

    __slots__ = ("_clock", "_draw", "_ids", "_log")

    def __init__(self, *, clock: Clock, ids: Ids, log: logging.Logger, draw: Callable[[], float]) -> None:
        """`draw` returns a number from 0 to 1: which requests go to a canary."""
        self._clock = clock
        self._ids = ids
        self._log = log
        self._draw = draw

    def handle(
        self, request: Request, api: LinkedRestApi, stage_name: str | None, path: str, domain_name: str
    ) -> Awaitable[Response]:
        """Serve a request. `stage_name` is the stage that was asked for in words; None when the path begins with it."""
        request_id, extended_id = self._ids.request_id(), self._ids.extended_request_id()
        try:
            pipeline, call = self._match(request, api, stage_name, path, domain_name, request_id, extended_id)
            answer = pipeline.run(call)
            if not isinstance(answer, Response):
                return self._wait(answer, api, request_id, extended_id)
        except RestError as error:
            answer = plain_response(error)
        except Exception:
            log = self._log
            log.exception("%s %s: unexpected error", request_id, api.source.api_id)
            answer = plain_response(RestError(INTERNAL_SERVER_ERROR))
        answer.headers += (("x-amzn-RequestId", request_id), ("x-amz-apigw-id", extended_id))
        return answer

    async def _wait(
        self, waiting: Awaitable[Response], api: LinkedRestApi, request_id: str, extended_id: str
    ) -> Response:
        try:
            answer = await waiting
        except RestError as error:
            answer = plain_response(error)
        except Exception:
            log = self._log
            log.exception("%s %s: unexpected error", request_id, api.source.api_id)
            answer = plain_response(RestError(INTERNAL_SERVER_ERROR))
        answer.headers += (("x-amzn-RequestId", request_id), ("x-amz-apigw-id", extended_id))
        return answer

    def _match(
        self,
        request: Request,
        api: LinkedRestApi,
        stage_name: str | None,
        path: str,
        domain_name: str,
        request_id: str,
        extended_id: str,
    ) -> tuple[MethodPipeline, RestCall]:
        """Find the method of a request. Raises `RestError`."""
        # A path without a slash is `OPTIONS *` or no path at all.
        if not path.startswith("/"):
            raise RestError(FORBIDDEN)
        if not path.isascii():
            path = octets_to_text(path)
        if not request.query.isascii():
            request.query = octets_to_text(request.query)
        if stage_name is None:
            stage_name, slash, below = path[1:].partition("/")
            path = slash + below
        stage = api.stages.get(stage_name)
        if stage is None:
            raise RestError(FORBIDDEN)
        canary = stage.canary
        release = stage.release if canary is None or self._draw() >= canary.share else canary.release
        if release.is_endpoint_disabled:
            raise RestError(FORBIDDEN)
        if not request.received_at:
            request.received_at = self._clock.now()
        # "Missing Authentication Token" comes with the API's own gateway response, so a call is there for it too.
        method = request.method
        found = release.methods.match(method, "/" + path.strip("/")) if method in _HTTP_METHODS else None
        linked, parameters = (release.unmatched, {}) if found is None else found
        raw_path = f"/{stage_name}{path}"
        # By position: by name, this construction takes twice as long.
        call = RestCall(
            request, linked.facts, parameters, path, raw_path, domain_name, request_id, extended_id, self._ids
        )
        return linked.pipeline, call
