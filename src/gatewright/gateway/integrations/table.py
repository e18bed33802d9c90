"""The integration types. A new one is a module with `link`, and a line here."""

from collections.abc import Callable
from types import MappingProxyType

from gatewright.gateway.binding import Binding
from gatewright.gateway.call import Integration
from gatewright.gateway.integrations import aws_service, http_proxy, lambda_proxy


def _link_aws_proxy(binding: Binding) -> Integration:
    link = aws_service.link if binding.integration.integration_subtype else lambda_proxy.link
    return link(binding)


INTEGRATIONS: MappingProxyType[str, Callable[[Binding], Integration]] = MappingProxyType(
    {
        "AWS_PROXY": _link_aws_proxy,
        "HTTP_PROXY": http_proxy.link,
    }
)
