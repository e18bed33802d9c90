"""What linking makes of the function URLs of a snapshot: the form in which requests are served."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from gatewright.snapshot.types import Function, FunctionUrl, QualifiedFunction

if TYPE_CHECKING:  # what links makes these: serving needs their names only
    from gatewright.gateway.function_urls.access import UrlAccess
    from gatewright.gateway.function_urls.cors import UrlCors
    from gatewright.gateway.payloads.function_url import FunctionUrlEvent


@dataclass(frozen=True, slots=True)
class LinkedUrl:
    """A function URL with everything decided that can be decided before there is a request."""

    source: FunctionUrl
    function: QualifiedFunction
    access: "UrlAccess"
    cors: "UrlCors | None"
    event: "FunctionUrlEvent"
    is_streamed: bool


@dataclass(frozen=True, slots=True)
class LinkedUrls:
    """All function URLs that are served."""

    by_id: Mapping[str, LinkedUrl]
    by_function: Mapping[str, tuple[Function, tuple[LinkedUrl, ...]]]
    """By the function's ARN: what was linked, and what it was linked from."""


NO_URLS = LinkedUrls(MappingProxyType({}), MappingProxyType({}))
