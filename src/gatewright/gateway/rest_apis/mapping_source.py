"""What the values of a parameter mapping read: a request, or an integration's response with its request."""

from typing import Final

from gatewright.base.messages import Headers
from gatewright.gateway.rest_apis.call import IntegrationResult, RestCall
from gatewright.gateway.rest_apis.context_variables import build_context, context_value
from gatewright.gateway.rest_apis.errors import API_CONFIGURATION_ERROR, BAD_REQUEST, INTERNAL_SERVER_ERROR, RestError
from gatewright.gateway.rest_apis.header_remapping import DROPPED_REQUEST_FIELDS
from gatewright.gateway.rest_apis.received_headers import ADDED_FIELDS, SPELLED_FIELDS, method_request_fields
from gatewright.languages.jayway import Path, PathLimitError, PayloadError, parse_payload

# Of all other names, a request has what the client sent.
_CHANGED: Final = ADDED_FIELDS | DROPPED_REQUEST_FIELDS | SPELLED_FIELDS.keys()
_UNREAD: Final = object()


class RequestSource:
    """A request, as the values of a mapping read it."""

    __slots__ = ("_call", "_document")

    def __init__(self, call: RestCall) -> None:
        self._call = call
        self._document: object = _UNREAD

    def headers(self, name: str) -> Headers:
        """Return the fields among which one is looked for."""
        is_plain = name.lower() not in _CHANGED
        return self._call.request.headers if is_plain else method_request_fields(self._call)

    def header(self, name: str) -> str | None:
        """Return a header's last value."""
        values = self.multi_header(name)
        return values[-1] if values else None

    def multi_header(self, name: str) -> list[str]:
        """Return a header's values; of REST APIs names are compared as they are written (recorded of AWS)."""
        return [value for key, value in self.headers(name) if key == name]

    def querystring(self, name: str) -> str | None:
        """Return a query parameter's last value."""
        values = self._call.query.get(name)
        return values[-1] if values else None

    def multi_querystring(self, name: str) -> list[str]:
        """Return a query parameter's values."""
        return self._call.query.get(name, [])

    def path_parameter(self, name: str) -> str | None:
        """Return a decoded path parameter."""
        return self._call.path_parameters.get(name)

    def body(self) -> bytes:
        """Return the body."""
        return self._call.body

    def body_json(self) -> object:
        """Return the body as a document, which is read once. Raises `RestError`."""
        if self._document is _UNREAD:
            try:
                self._document = parse_payload(self.body())
            except PayloadError as error:
                raise self._unreadable(str(error)) from error
        return self._document

    def select(self, path: Path) -> object:
        """Return what a path selects from the body, `MISSING` for nothing. Raises `RestError`."""
        try:
            return path.read(self.body_json())
        except PathLimitError as error:
            raise RestError(API_CONFIGURATION_ERROR, str(error)) from error

    def _unreadable(self, reason: str) -> RestError:
        return RestError(BAD_REQUEST, message=reason)

    def context(self, name: str) -> str | None:
        """Return a context variable by its dotted name."""
        call = self._call
        if call.context is None:
            call.context = build_context(call)
        return context_value(call.context, name)

    def stage_variable(self, name: str) -> str | None:
        """Return a stage variable."""
        return self._call.facts.stage_variables.get(name)


class ResponseSource(RequestSource):
    """An integration's response, as the values of a mapping read it."""

    __slots__ = ("_result",)

    def __init__(self, call: RestCall, result: IntegrationResult) -> None:
        super().__init__(call)
        self._result = result

    def headers(self, name: str) -> Headers:
        """Return the fields among which one is looked for."""
        return self._result.headers

    def body(self) -> bytes:
        """Return the body."""
        return self._result.body

    def _unreadable(self, reason: str) -> RestError:
        return RestError(INTERNAL_SERVER_ERROR, reason)
