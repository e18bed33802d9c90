"""CORS of a function URL, prepared once.

Source: "Cross-origin resource sharing (CORS)" in "Creating and managing Lambda function URLs": of a preflight request
the configuration answers alone; to any other response its headers are added, and those of the function stay ("This can
result in duplicate CORS headers in the response"). That the origin itself is answered where all are allowed was seen on
AWS (aws-powertools/powertools-lambda-python, issue 4163).
"""

from gatewright.base.messages import Headers, Request, Response
from gatewright.snapshot.types import Cors

_VARY = ("Vary", "Origin")


class UrlCors:
    """The CORS configuration of a function URL."""

    __slots__ = ("_actual", "_allows_any_origin", "_echoes_headers", "_echoes_method", "_origins", "_preflight")

    def __init__(self, cors: Cors) -> None:
        self._allows_any_origin = "*" in cors.allow_origins
        self._origins = frozenset(origin.lower() for origin in cors.allow_origins)
        # To a browser `*` is no wildcard together with credentials (Fetch standard, "CORS-preflight fetch").
        self._echoes_method = cors.allow_credentials and "*" in cors.allow_methods
        self._echoes_headers = cors.allow_credentials and "*" in cors.allow_headers
        credentials = [("Access-Control-Allow-Credentials", "true")] if cors.allow_credentials else []
        exposed = [("Access-Control-Expose-Headers", ",".join(cors.expose_headers))] if cors.expose_headers else []
        max_age = [("Access-Control-Max-Age", str(cors.max_age_seconds))] if cors.max_age_seconds is not None else []
        methods = () if self._echoes_method else cors.allow_methods
        headers = () if self._echoes_headers else cors.allow_headers
        self._actual = (*credentials, *exposed)
        self._preflight = (
            *((("Access-Control-Allow-Methods", ",".join(methods)),) if methods else ()),
            *((("Access-Control-Allow-Headers", ",".join(headers)),) if headers else ()),
            *max_age,
            *credentials,
        )

    def preflight(self, request: Request) -> Response | None:
        """Answer a preflight request (Fetch standard, "CORS-preflight request"); None for any other.

        An origin that is not allowed gets no CORS headers. Whether the method and the headers are among those that are
        allowed is for the browser to say.
        """
        if request.method != "OPTIONS":
            return None
        headers = request.headers
        origin, method = headers.get("origin"), headers.get("access-control-request-method")
        if origin is None or method is None:
            return None
        fields = Headers([_VARY])
        if self._allows(origin):
            fields.append(("Access-Control-Allow-Origin", origin))
            fields.extend(self._preflight)
            wanted = ",".join(headers.get_all("access-control-request-headers"))
            if self._echoes_method:
                fields.append(("Access-Control-Allow-Methods", method))
            if self._echoes_headers and wanted:
                fields.append(("Access-Control-Allow-Headers", wanted))
        return Response(200, fields)

    def decorate(self, request: Request, response: Response) -> None:
        """Add the configured headers to a response, besides those of the function."""
        response.headers.append(_VARY)
        origin = request.headers.get("origin")
        if origin is not None and self._allows(origin):
            response.headers.append(("Access-Control-Allow-Origin", origin))
            response.headers.extend(self._actual)

    def _allows(self, origin: str) -> bool:
        return self._allows_any_origin or origin.lower() in self._origins
