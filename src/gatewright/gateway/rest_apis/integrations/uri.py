"""Integration URIs: stage variables replaced when a stage is linked, places such as `{id}` filled for every request.

Sources: "Set up HTTP integrations in API Gateway", "Use stage variables for a REST API in API Gateway" (in any part of
a URI, its host included), "Parameter mapping for REST APIs" (`integration.request.path.*`). A place without a value,
as any other character that no URI has, fails the request with the message of Java's URI parser (seen of AWS).

"REST APIs decode URL-encoded request parameters before passing them to backend integrations": what comes out of a
mapping is encoded again as far as a URI needs it.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from gatewright.gateway.integrations.stage_variables import substitute_stage_variables
from gatewright.gateway.rest_apis.errors import API_CONFIGURATION_ERROR, BAD_REQUEST, RestError
from gatewright.wire.client_errors import RequestInvalid
from gatewright.wire.client_request import parse_url

INVALID_ENDPOINT: Final = "Invalid endpoint address"

_PLACE = re.compile(r"\{([a-zA-Z0-9._:-]+)\+?\}")
_ACTION = re.compile(r"arn:[^/]*:action/")
# What java.net.URI takes in a path (RFC 2396), and `/`; in a query `?` and brackets as well.
_ILLEGAL_IN_PATH = re.compile(r"[^!$%&'()*+,\-./0-9:;=@A-Z_a-z~\x80-\U0010ffff]")
_ILLEGAL_IN_QUERY = re.compile(r"[^!$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~\x80-\U0010ffff]")

_PATH_SAFE: Final = "!$&'()*+,;=:@~-._/"  # RFC 3986 section 3.3, pchar
_ANY_ASCII: Final = "".join(map(chr, range(0x21, 0x7F)))


class UriTemplate:
    """An integration URI with its places."""

    __slots__ = ("_own_dots", "_parts", "_query_from", "_whole")

    def __init__(self, uri: str, variables: Mapping[str, str]) -> None:
        """Take an integration's URI and the variables of its stage."""
        uri = substitute_stage_variables(uri, variables)
        self._parts = _PLACE.split(uri.partition("#")[0])
        """Text and names of places in turn."""
        is_action = _ACTION.match(uri) is not None
        begins = (number for number, part in enumerate(self._parts) if number % 2 == 0 and "?" in part)
        self._query_from = 0 if is_action else next(begins, len(self._parts))
        """The part in which the query begins: in and behind it, values are encoded as parts of a query."""
        self._own_dots = _dot_segments("x".join(self._parts[::2]))
        self._whole = self._parts[0] if len(self._parts) == 1 and _is_plain(self._parts[0]) else None
        """A URI that is the same for every request."""

    def render(self, path_values: Mapping[str, str]) -> str:
        """Return the URI with its places filled by decoded values. Raises `RestError`."""
        if self._whole is not None:
            return self._whole
        parts = self._parts
        if len(parts) == 1:
            return _checked(parts[0])
        rendered = []
        for number, part in enumerate(parts):
            if number % 2 == 0:
                rendered.append(part)
                continue
            value = path_values.get(part)
            if value is None:
                rendered.append(f"{{{part}}}")
            else:
                rendered.append(quote(value, safe=_PATH_SAFE if number < self._query_from else ""))
        uri = _checked("".join(rendered))
        # A client could climb out of the path that the integration gives it (RFC 3986 section 5.2.4).
        if _dot_segments(uri) > self._own_dots:
            raise RestError(BAD_REQUEST, f"dot segments in {uri!r}")
        return uri


def _is_plain(uri: str) -> bool:
    try:
        return _checked(uri) == uri
    except RestError:
        return False


def _checked(uri: str) -> str:
    """Return the URI in ASCII. Raises `RestError` for what Java would not take."""
    path, question_mark, query = uri.partition("?")
    match, where = _ILLEGAL_IN_PATH.search(path), "path"
    index = match.start() if match else 0
    if match is None and question_mark:
        match, where = _ILLEGAL_IN_QUERY.search(query), "query"
        index = len(path) + 1 + match.start() if match else 0
    if match is not None:
        reason = f"Execution failed due to configuration error: Illegal character in {where} at index {index}: {uri}"
        raise RestError(API_CONFIGURATION_ERROR, reason)
    return uri if uri.isascii() else quote(uri, safe=_ANY_ASCII)


def _dot_segments(uri: str) -> int:
    return sum(segment in {".", ".."} for segment in uri.partition("?")[0].split("/"))


def check_http_endpoint(uri: str, variables: Mapping[str, str]) -> None:
    """Check the URI of an HTTP integration. Raises `ValueError`.

    Places are allowed behind the host only: a client must not choose where requests go.
    """
    uri = substitute_stage_variables(uri, variables)
    try:
        parse_url(_PLACE.sub("x", uri))
    except RequestInvalid as error:
        raise ValueError(f"{INVALID_ENDPOINT}: {error}") from error
    authority = uri.partition("://")[2]
    if "{" in re.split(r"[/?#]", authority, maxsplit=1)[0]:
        raise ValueError(f"{INVALID_ENDPOINT}: a place in the host of {uri}")
