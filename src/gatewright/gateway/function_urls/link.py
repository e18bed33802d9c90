"""The function URLs of a snapshot, bound. Only those of functions that changed are linked again."""

from collections.abc import Mapping
from types import MappingProxyType

from gatewright.gateway.function_urls.access import UrlAccess
from gatewright.gateway.function_urls.cors import UrlCors
from gatewright.gateway.function_urls.linked import LinkedUrl, LinkedUrls
from gatewright.gateway.payloads.function_url import FunctionUrlEvent
from gatewright.languages.times import ClfClock
from gatewright.snapshot.types import Function


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
