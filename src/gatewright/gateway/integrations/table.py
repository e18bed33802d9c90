"""The integration types. A new one is a module with `link`, and a line here."""

from collections.abc import Callable
from types import MappingProxyType

from gatewright.gateway.binding import Binding
from gatewright.gateway.call import Integration
from gatewright.gateway.integrations import aws_service, http_proxy, lambda_proxy
from gatewright.gateway.integrations.refused import Refused
from gatewright.gateway.integrations.stage_variables import substitute_stage_variables
from gatewright.gateway.permission import role_refusal


def _link_aws_proxy(binding: Binding) -> Integration:
    role = substitute_stage_variables(binding.integration.credentials_arn or "", binding.facts.stage_variables)
    reason = role_refusal(role, binding.roles, binding.facts, binding.method) if role else None
    if reason is not None:
        return Refused(reason)
    link = aws_service.link if binding.integration.integration_subtype else lambda_proxy.link
    return link(binding)


INTEGRATIONS: MappingProxyType[str, Callable[[Binding], Integration]] = MappingProxyType(
    {
        "AWS_PROXY": _link_aws_proxy,
        "HTTP_PROXY": http_proxy.link,
    }
)
