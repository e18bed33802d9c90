"""The function URLs of a snapshot, bound. Only those of functions that changed are linked again."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gatewright.gateway.function_urls.access import UrlAccess
from gatewright.gateway.function_urls.cors import UrlCors
from gatewright.gateway.payloads.function_url import FunctionUrlEvent
from gatewright.languages.times import ClfClock
from gatewright.snapshot.types import Function, FunctionUrl, QualifiedFunction


@dataclass(frozen=True, slots=True)
class LinkedUrl:
    """A function URL with everything decided that can be decided before there is a request."""

    source: FunctionUrl
    function: QualifiedFunction
    access: UrlAccess
    cors: UrlCors | None
    event: FunctionUrlEvent
    is_streamed: bool


@dataclass(frozen=True, slots=True)
class LinkedUrls:
    """All function URLs that are served."""

    by_id: Mapping[str, LinkedUrl]
    by_function: Mapping[str, tuple[Function, tuple[LinkedUrl, ...]]]
    """By the function's ARN: what was linked, and what it was linked from."""


NO_URLS = LinkedUrls(MappingProxyType({}), MappingProxyType({}))


def link_urls(functions: Mapping[str, Function], previous: LinkedUrls, clf: ClfClock) -> LinkedUrls:
    """Link the URLs of all functions. Those of unchanged functions are taken over from `previous`."""
    by_function = {}
    by_id = {}
    for arn, function in functions.items():
        old = previous.by_function.get(arn)
        entry = old if old is not None and old[0] is function else (function, _link_function(function, clf))
        by_function[arn] = entry
        for url in entry[1]:
            by_id[url.source.url_id] = url
    return LinkedUrls(MappingProxyType(by_id), MappingProxyType(by_function))


def _link_function(function: Function, clf: ClfClock) -> tuple[LinkedUrl, ...]:
    return tuple(
        LinkedUrl(
            source=qualified.url,
            function=qualified,
            access=UrlAccess(qualified, qualified.url),
            cors=UrlCors(qualified.url.cors) if qualified.url.cors is not None else None,
            event=FunctionUrlEvent(qualified.url.url_id, clf),
            is_streamed=qualified.url.invoke_mode == "RESPONSE_STREAM",
        )
        for qualified in function.qualified.values()
        if qualified.url is not None
    )
