"""What the values of a parameter mapping read: the request, or the response with its request."""

from gatewright.base.messages import Headers
from gatewright.gateway.call import Call
from gatewright.gateway.context_variables import context_variable
from gatewright.gateway.payloads.request_parts import query_fields


class RequestSource:
    """A request, as a mapping's values read it."""

    __slots__ = ("_body", "_call", "_headers")

    def __init__(self, call: Call, body: bytes, headers: Headers | None = None) -> None:
        """`headers` and `body` are those of the message that is mapped: the request's, or a response's."""
        self._call = call
        self._body = body
        self._headers = call.request.headers if headers is None else headers

    def header(self, name: str) -> str | None:
        """Return a header's values joined with commas."""
        values = self._headers.get_all(name)
        return ",".join(values) if values else None

    def querystring(self, name: str) -> str | None:
        """Return a query parameter's decoded values joined with commas."""
        values = query_fields(self._call.request.query).get(name)
        return ",".join(values) if values else None

    def body(self) -> bytes:
        """Return the whole body."""
        return self._body

    def path(self) -> str:
        """Return the request's path, without the stage."""
        return self._call.path

    def path_parameter(self, name: str) -> str | None:
        """Return a decoded path parameter."""
        return self._call.path_parameters.get(name)

    def context(self, name: str) -> str | None:
        """Return a context variable."""
        return context_variable(self._call, name)

    def stage_variable(self, name: str) -> str | None:
        """Return a stage variable."""
        return self._call.facts.stage_variables.get(name)
