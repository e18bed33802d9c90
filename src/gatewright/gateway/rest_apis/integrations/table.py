"""The integration types. A new one is a module with `link`, and a line here."""

from collections.abc import Callable
from types import MappingProxyType

from gatewright.gateway.integrations.stage_variables import substitute_stage_variables
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import Exchange, Serve
from gatewright.gateway.rest_apis.integrations import (
    aws_service,
    http,
    http_proxy,
    lambda_custom,
    lambda_proxy,
    mock,
)
from gatewright.gateway.rest_apis.integrations.custom import link_custom
from gatewright.gateway.rest_apis.integrations.functions import invokes_function


def _link_aws(binding: RestBinding) -> Exchange:
    uri = substitute_stage_variables(binding.integration.uri, binding.facts.stage_variables)
    return lambda_custom.link(binding) if invokes_function(uri) else aws_service.link(binding)


INTEGRATIONS: MappingProxyType[str, Callable[[RestBinding], Serve]] = MappingProxyType(
    {
        "AWS": link_custom(_link_aws),
        "AWS_PROXY": lambda_proxy.link,
        "HTTP": link_custom(http.link),
        "HTTP_PROXY": http_proxy.link,
        "MOCK": mock.link,
    }
)
