"""`AWS::ApiGatewayV2::DomainName`. Ref is the name.

Source: AWS::ApiGatewayV2::DomainName (AWS CloudFormation User Guide).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.apigatewayv2.listings import set_tags
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import picked, with_defaults
from gatewright.stacks.resource_types.outcomes import absence_is_done
from gatewright.stacks.resource_types.tags import is_own, tags_of

NAME: Final = "AWS::ApiGatewayV2::DomainName"
_SERVICE: Final = "apigatewayv2"
_SETTINGS: Final = ("DomainNameConfigurations", "MutualTlsAuthentication", "RoutingMode")
_DEFAULTS: Final = MappingProxyType(
    {
        "DomainNameConfigurations": [],
        "MutualTlsAuthentication": {"TruststoreUri": ""},
        "RoutingMode": "API_MAPPING_ONLY",
    }
)


def create(call: Call, properties: Properties) -> Resource:
    """Create the name."""
    request = picked(properties, ("DomainName", *_SETTINGS))
    if tags := tags_of(call, NAME, properties):
        request["Tags"] = tags
    try:
        domain = call.services.call(_SERVICE, "CreateDomainName", request)
    except AwsError as error:
        if error.code not in {"ConflictException", "BadRequestException"} or not call.is_repeated:
            raise
        domain = call.services.call(_SERVICE, "GetDomainName", picked(properties, ["DomainName"]))
        if not is_own(call, domain.get("Tags") or {}):
            raise
    return _resource(call, domain)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the name's certificate and settings."""
    changes = with_defaults(picked(old, _SETTINGS), picked(new, _SETTINGS), _DEFAULTS)
    target = {"DomainName": there.physical_id}
    domain = call.services.call(_SERVICE, "UpdateDomainName", {**target, **changes}) if changes else None
    set_tags(call, f"/domainnames/{there.physical_id}", tags_of(call, NAME, new))
    return there if domain is None else _resource(call, domain)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the name."""
    with absence_is_done():
        call.services.call(_SERVICE, "DeleteDomainName", {"DomainName": there.physical_id})


def _resource(call: Call, domain: Mapping[str, Any]) -> Resource:
    name = domain["DomainName"]
    configurations: list[dict[str, Any]] = domain.get("DomainNameConfigurations") or [{}]
    regional = configurations[0]
    arn = domain.get("DomainNameArn") or f"arn:{call.partition}:apigateway:{call.region}::/domainnames/{name}"
    return Resource(
        name,
        {
            "DomainNameArn": arn,
            "RegionalDomainName": regional.get("ApiGatewayDomainName", ""),
            "RegionalHostedZoneId": regional.get("HostedZoneId", ""),
        },
    )


DOMAIN_NAME: Final = ResourceType(NAME, create, update, delete)
