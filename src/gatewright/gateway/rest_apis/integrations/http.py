"""`HTTP`: what the integration request made goes to an endpoint, its response is mapped.

Source: "Set up HTTP integrations in API Gateway".
"""

from gatewright.gateway.rest_apis.binding import RestBinding
from gatewright.gateway.rest_apis.call import Exchange, IntegrationRequest, IntegrationResult, RestCall
from gatewright.gateway.rest_apis.integrations.faults import refuse_illegal_mapping
from gatewright.gateway.rest_apis.integrations.http_endpoint import HttpEndpoint
from gatewright.gateway.rest_apis.integrations.uri import check_http_endpoint


def link(binding: RestBinding) -> Exchange:
    """Bind a method to its endpoint. Raises `ValueError` for a URI that is none."""
    check_http_endpoint(binding.integration.uri, binding.facts.stage_variables)
    endpoint = HttpEndpoint(binding)

    async def exchange(call: RestCall, request: IntegrationRequest) -> IntegrationResult:
        refuse_illegal_mapping(call, request.headers, "HTTP")
        headers = endpoint.headers(call, request.headers)
        sent = IntegrationRequest(request.method, request.uri, headers, request.query, request.body)
        response = await endpoint.send(call, sent)
        body = await endpoint.read(call, response)
        return IntegrationResult(response.status, response.headers, body)

    return exchange
