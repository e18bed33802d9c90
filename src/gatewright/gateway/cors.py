"""CORS of an HTTP API, prepared once per stage.

Source: "Configure CORS for HTTP APIs in API Gateway". With a configuration, API Gateway answers preflight requests that
no route serves, adds the configured headers to the response of an integration, and ignores the integration's own.
"""

from gatewright.base.messages import Headers, Request, Response
from gatewright.snapshot.types import Cors

_PREFIX = "access-control-"


class LinkedCors:
    """The CORS configuration of a stage."""

    __slots__ = (
        "_actual",
        "_allows_any_header",
        "_allows_any_method",
        "_allows_any_origin",
        "_headers",
        "_methods",
        "_origins",
        "_patterns",
        "_preflight",
    )

    def __init__(self, cors: Cors) -> None:
        self._allows_any_origin = "*" in cors.allow_origins
        self._origins = frozenset(origin.lower() for origin in cors.allow_origins)
        # `https://*`, and more generally one `*` anywhere.
        self._patterns = tuple(
            tuple(origin.lower().split("*", 1)) for origin in cors.allow_origins if "*" in origin and origin != "*"
        )
        self._methods = frozenset(method.upper() for method in cors.allow_methods)
        self._allows_any_method = not self._methods.isdisjoint({"*", "ANY"})
        self._allows_any_header = "*" in cors.allow_headers
        self._headers = frozenset(name.lower() for name in cors.allow_headers)
        credentials = [("Access-Control-Allow-Credentials", "true")] if cors.allow_credentials else []
        exposed = [("Access-Control-Expose-Headers", ",".join(cors.expose_headers))] if cors.expose_headers else []
        max_age = [("Access-Control-Max-Age", str(cors.max_age_seconds))] if cors.max_age_seconds is not None else []
        self._actual = (*credentials, *exposed)
        # API Gateway sends Access-Control-Allow-Headers even when it is empty.
        self._preflight = (
            ("Access-Control-Allow-Headers", ",".join(cors.allow_headers)),
            ("Access-Control-Allow-Methods", ",".join(cors.allow_methods)),
            *max_age,
            *credentials,
        )

    def preflight(self, request: Request) -> Response:
        """Answer an OPTIONS request that no route serves: 204, with CORS headers only when everything is allowed."""
        return Response(204, Headers(self._headers_for(request)))

    def decorate(self, request: Request, response: Response) -> None:
        """Put the configured headers in the place of the integration's."""
        headers = response.headers
        headers[:] = [field for field in headers if not field[0].lower().startswith(_PREFIX)]
        headers.extend(self._headers_for(request))

    def _headers_for(self, request: Request) -> list[tuple[str, str]]:
        origin = request.headers.get("origin")
        if origin is None or not self._allows_origin(origin):
            return []
        allowed = ("Access-Control-Allow-Origin", "*" if self._allows_any_origin else origin)
        if request.method != "OPTIONS":
            return [allowed, *self._actual]
        return [allowed, *self._preflight] if self._allows_preflight(request) else []

    def _allows_origin(self, origin: str) -> bool:
        if self._allows_any_origin:
            return True
        lowered = origin.lower()
        return lowered in self._origins or any(
            lowered.startswith(before) and lowered.endswith(after) and len(lowered) > len(before) + len(after)
            for before, after in self._patterns
        )

    def _allows_preflight(self, request: Request) -> bool:
        method = request.headers.get("access-control-request-method")
        if method is None or not (self._allows_any_method or method in self._methods):
            return False
        if self._allows_any_header:
            return True
        wanted = ",".join(request.headers.get_all("access-control-request-headers"))
        return all(not name.strip() or name.strip().lower() in self._headers for name in wanted.split(","))
