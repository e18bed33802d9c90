"""`AWS` with a service (Lambda too, but for Invoke): what the integration request made becomes a signed call of it.

Sources: "Basic tasks of an API integration request" and `uri` of PutIntegration (API Gateway API Reference):
`arn:aws:apigateway:{region}:{subdomain.service|service}:{path|action}/{service_api}`. What follows `path/` is the path
of the request; what follows `action/` names an operation, whose parameters are a query:
`action/GetObject&Bucket={bucket}`.
"""

import re
from dataclasses import dataclass
from typing import Final

from gatewright.gateway.deadline import Deadline
from gatewright.gateway.integrations.stage_variables import substitute_stage_variables
from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import Exchange, IntegrationRequest, IntegrationResult, RestCall
from gatewright.gateway.rest_apis.integrations.endpoint_headers import BODILESS_METHODS, endpoint_headers
from gatewright.gateway.rest_apis.integrations.faults import (
    configuration_error,
    network_error,
    refuse_illegal_mapping,
    timed_out,
)
from gatewright.gateway.rest_apis.integrations.http_endpoint import with_query
from gatewright.gateway.rest_apis.integrations.response_body import read_whole
from gatewright.gateway.rest_apis.integrations.uri import INVALID_ENDPOINT
from gatewright.gateway.seams import ServiceCall, ServiceNotConfigured, ServiceUnreachable

_URI = re.compile(r"arn:[^:]*:apigateway:([^:]*):([^:/]+):(path|action)/(.*)", re.DOTALL)

# Dropped whoever set them (recorded of AWS); Host names the service.
_DROPPED: Final = frozenset({"connection", "expect", "host", "proxy-authenticate", "referer", "te"})


@dataclass(frozen=True, slots=True)
class ServiceTarget:
    """What an integration URI names."""

    region: str
    service: str
    subdomain: str
    action: str
    """Empty for the path form."""
    path: str
    query: str


def parse_service_uri(uri: str) -> ServiceTarget | None:
    """Parse an integration URI with its places filled; None when it is none."""
    match = _URI.fullmatch(uri)
    if match is None:
        return None
    region, name, form, rest = match.groups()
    subdomain, _, service = name.rpartition(".")
    if form == "action":
        action, _, query = rest.partition("&")
        return ServiceTarget(region, service, subdomain, action, "/", query) if action else None
    path, _, query = rest.partition("?")
    return ServiceTarget(region, service, subdomain, "", path if path.startswith("/") else f"/{path}", query)


def link(binding: RestBinding) -> Exchange:
    """Bind a method to a service. Raises `ValueError` with the reason why it cannot be called."""
    integration, facts = binding.integration, binding.facts
    uri = substitute_stage_variables(integration.uri, facts.stage_variables)
    if parse_service_uri(uri) is None:
        raise ValueError(f"{INVALID_ENDPOINT}: {uri}")
    credentials = substitute_stage_variables(integration.credentials or "", facts.stage_variables)
    if not credentials:
        raise ValueError("Role ARN must be specified for AWS integrations")
    services, seconds = binding.seams.services, integration.timeout_ms / 1000
    deadline = Deadline(seconds)

    async def run(call: RestCall, service_call: ServiceCall) -> IntegrationResult:
        response = await services.call(service_call)
        return IntegrationResult(response.status, response.headers, await read_whole(call, response))

    async def exchange(call: RestCall, request: IntegrationRequest) -> IntegrationResult:
        refuse_illegal_mapping(call, request.headers, "AWS")
        target = parse_service_uri(request.uri)
        if target is None:
            raise configuration_error(call, INVALID_ENDPOINT, request.uri)
        service_call = _service_call(call, request, target, credentials)
        if call.log is not None:
            host = ".".join(part for part in (target.subdomain, target.service, service_call.region) if part)
            uri = f"https://{host}.amazonaws.com{_shown_target(service_call)}"
            call.log.endpoint_request(uri, service_call.headers, service_call.body)
        try:
            return await deadline.wait(run(call, service_call))
        except TimeoutError as error:
            raise timed_out(call, f"service {target.service}", seconds) from error
        except ServiceNotConfigured as error:
            raise configuration_error(call, str(error)) from error
        except ServiceUnreachable as error:
            raise network_error(call, str(error)) from error

    return exchange


def _service_call(call: RestCall, request: IntegrationRequest, target: ServiceTarget, role_arn: str) -> ServiceCall:
    headers = endpoint_headers(call, request.headers, _DROPPED)
    headers.append(("X-Amzn-Trace-Id", call.trace_header))
    return ServiceCall(
        service=target.service,
        region=target.region or call.facts.region,
        method=request.method,
        path=target.path,
        query=with_query(f"?{target.query}", request.query)[1:],
        headers=tuple(headers),
        body=b"" if request.method in BODILESS_METHODS else request.body,
        role_arn=role_arn,
        subdomain=target.subdomain,
        action=target.action,
    )


def _shown_target(call: ServiceCall) -> str:
    query = "&".join(part for part in (f"Action={call.action}" if call.action else "", call.query) if part)
    return f"{call.path}?{query}" if query else call.path
