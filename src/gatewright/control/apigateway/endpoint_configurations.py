"""The endpoint configuration of a REST API: its type and its IP address type.

Sources: EndpointConfiguration in the "Amazon API Gateway REST API Reference"; "API endpoint types for REST APIs in API
Gateway" (API Gateway Developer Guide).
"""

from gatewright.base.operations import Shape
from gatewright.control.apigateway.errors import bad_request, not_built
from gatewright.store.types import Document

_TYPES = ("REGIONAL", "EDGE", "PRIVATE")
_IP_ADDRESS_TYPES = ("ipv4", "dualstack")


def endpoint_configuration(sent: Shape) -> Document:
    """Return an endpoint configuration as a document holds it. Raises BadRequestException."""
    types = list(sent.get("types", ["EDGE"]))
    if not types:
        raise bad_request("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.")
    if len(types) > 1:
        raise bad_request("Cannot create an api with multiple Endpoint Types.")
    configuration: Document = {"types": types, "ipAddressType": sent.get("ipAddressType") or _ip_address_type(types)}
    if sent.get("vpcEndpointIds"):
        configuration["vpcEndpointIds"] = list(sent["vpcEndpointIds"])
    check_endpoint_configuration(configuration)
    return configuration


def check_endpoint_configuration(configuration: Document) -> None:
    """Raise BadRequestException for what no API can have, and NotImplemented for private APIs."""
    types = configuration["types"]
    if any(endpoint_type not in _TYPES for endpoint_type in types):
        raise bad_request(f"Invalid EndpointTypes specified. Valid options are {','.join(_TYPES)}")
    if configuration["ipAddressType"] not in _IP_ADDRESS_TYPES:
        raise bad_request("ipAddressType must be either ipv4 or dualstack.")
    if "PRIVATE" in types:
        if configuration["ipAddressType"] != "dualstack":
            raise bad_request("Only dualstack ipAddressType is supported for Private APIs.")
        raise not_built("endpointConfiguration with the type PRIVATE")
    if configuration.get("vpcEndpointIds"):
        raise not_built("endpointConfiguration with vpcEndpointIds")


def change_type(configuration: Document, endpoint_type: str) -> None:
    """Give an API another endpoint type; a private one is reached by both IP address types."""
    configuration["types"] = [endpoint_type]
    if endpoint_type == "PRIVATE":
        configuration["ipAddressType"] = _ip_address_type([endpoint_type])


def _ip_address_type(types: list[str]) -> str:
    return "dualstack" if "PRIVATE" in types else "ipv4"
