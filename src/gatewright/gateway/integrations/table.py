"""The integration types. A new one is a module with `link`, and a line here."""

from collections.abc import Callable
from types import MappingProxyType

from gatewright.gateway.binding import Binding
from gatewright.gateway.call import Integration
from gatewright.gateway.integrations import http_proxy, lambda_proxy

INTEGRATIONS: MappingProxyType[str, Callable[[Binding], Integration]] = MappingProxyType(
    {
        "AWS_PROXY": lambda_proxy.link,
        "HTTP_PROXY": http_proxy.link,
    }
)
