"""Custom domain names of REST APIs, and what maps their paths to APIs; private ones are the types of version 2.

Sources: AWS::ApiGateway::DomainName, BasePathMapping, DomainNameV2, BasePathMappingV2 and DomainNameAccessAssociation
(AWS CloudFormation User Guide): Ref is the name, `{DomainName}|{BasePath}`, and the ARNs. A mapping without a path is
`(none)` to API Gateway. The ARN of a private name ends with the name and its id:
`/domainnames/shop.example.com+abcd1234`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.apigateway.names import (
    json_text,
    lowered,
    parameters,
    resource_arn,
    set_tags,
)
from gatewright.stacks.resource_types.apigateway.patches import (
    PatchOperation,
    changes,
    patch,
    settings_of,
)
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.outcomes import absence_is_done
from gatewright.stacks.resource_types.tags import is_own, tags_of

_DOMAIN_NAME: Final = "AWS::ApiGateway::DomainName"
_PRIVATE_DOMAIN_NAME: Final = "AWS::ApiGateway::DomainNameV2"
_ASSOCIATION: Final = "AWS::ApiGateway::DomainNameAccessAssociation"
_NO_PATH: Final = "(none)"
_CREATED: Final = (
    "CertificateArn",
    "DomainName",
    "EndpointAccessMode",
    "EndpointConfiguration",
    "MutualTlsAuthentication",
    "OwnershipVerificationCertificateArn",
    "RegionalCertificateArn",
    "RoutingMode",
    "SecurityPolicy",
)
_PATCHES: Final = MappingProxyType(
    {
        "CertificateArn": "/certificateArn",
        "EndpointAccessMode": "/endpointAccessMode",
        "OwnershipVerificationCertificateArn": "/ownershipVerificationCertificateArn",
        "Policy": "/policy",
        "RegionalCertificateArn": "/regionalCertificateArn",
        "RoutingMode": "/routingMode",
        "SecurityPolicy": "/securityPolicy",
    }
)
_MUTUAL_TLS: Final = MappingProxyType(
    {
        "TruststoreUri": "/mutualTlsAuthentication/truststoreUri",
        "TruststoreVersion": "/mutualTlsAuthentication/truststoreVersion",
    }
)
_DEFAULTS: Final = MappingProxyType(
    {
        "/mutualTlsAuthentication/truststoreUri": "",
        "/mutualTlsAuthentication/truststoreVersion": "",
        "/routingMode": "BASE_PATH_MAPPING_ONLY",
    }
)
_MAPPING: Final = MappingProxyType({"RestApiId": "/restapiId", "Stage": "/stage"})


def create_domain_name(call: Call, properties: Properties) -> Resource:
    """Create the name."""
    domain = _created(call, _DOMAIN_NAME, properties)
    attributes = {
        attribute: domain.get(lowered(attribute), "")
        for attribute in (
            "DistributionDomainName",
            "DistributionHostedZoneId",
            "RegionalDomainName",
            "RegionalHostedZoneId",
        )
    }
    name = domain["domainName"]
    attributes["DomainNameArn"] = domain.get("domainNameArn") or resource_arn(call, f"/domainnames/{name}")
    return Resource(name, attributes)


def update_domain_name(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the name's certificates and settings."""
    patch(call, "UpdateDomainName", {"domainName": there.physical_id}, _changes(old, new))
    set_tags(call, f"/domainnames/{there.physical_id}", tags_of(call, _DOMAIN_NAME, new))
    return there


def delete_domain_name(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the name."""
    with absence_is_done():
        call.services.call("apigateway", "DeleteDomainName", {"domainName": there.physical_id})


def create_private_domain_name(call: Call, properties: Properties) -> Resource:
    """Create the private name."""
    domain = _created(call, _PRIVATE_DOMAIN_NAME, properties)
    arn = domain["domainNameArn"]
    return Resource(arn, {"DomainNameArn": arn, "DomainNameId": domain["domainNameId"]})


def update_private_domain_name(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the private name's certificate, policy and settings."""
    patch(call, "UpdateDomainName", _private_target(there.physical_id), _changes(old, new))
    path = there.physical_id.partition("::")[2]
    set_tags(call, path, tags_of(call, _PRIVATE_DOMAIN_NAME, new))
    return there


def delete_private_domain_name(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the private name."""
    with absence_is_done():
        call.services.call("apigateway", "DeleteDomainName", _private_target(there.physical_id))


def create_mapping(call: Call, properties: Properties) -> Resource:
    """Map a path of the name to a stage."""
    _map(call, properties, {"domainName": properties["DomainName"]})
    return Resource(f"{properties['DomainName']}|{properties.get('BasePath') or _NO_PATH}")


def update_mapping(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Map the path to another stage."""
    _remap(call, {"domainName": new["DomainName"]}, old, new)
    return there


def delete_mapping(call: Call, there: Resource, properties: Properties) -> None:
    """Map the path no more."""
    _unmap(call, {"domainName": properties["DomainName"]}, properties)


def create_private_mapping(call: Call, properties: Properties) -> Resource:
    """Map a path of the private name to a stage."""
    _map(call, properties, _private_target(properties["DomainNameArn"]))
    arn = f"{properties['DomainNameArn']}/basepathmappings/{properties.get('BasePath') or _NO_PATH}"
    return Resource(arn, {"BasePathMappingArn": arn})


def update_private_mapping(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Map the path to another stage."""
    _remap(call, _private_target(new["DomainNameArn"]), old, new)
    return there


def delete_private_mapping(call: Call, there: Resource, properties: Properties) -> None:
    """Map the path no more."""
    _unmap(call, _private_target(properties["DomainNameArn"]), properties)


def create_association(call: Call, properties: Properties) -> Resource:
    """Let a VPC endpoint use the private name."""
    request = parameters(properties, ("AccessAssociationSource", "AccessAssociationSourceType", "DomainNameArn"))
    if tags := tags_of(call, _ASSOCIATION, properties):
        request["tags"] = tags
    made = call.services.call("apigateway", "CreateDomainNameAccessAssociation", request)
    arn = made["domainNameAccessAssociationArn"]
    return Resource(arn, {"DomainNameAccessAssociationArn": arn})


def delete_association(call: Call, there: Resource, properties: Properties) -> None:
    """Let the VPC endpoint use the name no more."""
    with absence_is_done():
        request = {"domainNameAccessAssociationArn": there.physical_id}
        call.services.call("apigateway", "DeleteDomainNameAccessAssociation", request)


def _created(call: Call, type_name: str, properties: Properties) -> Mapping[str, Any]:
    request = parameters(properties, _CREATED)
    if "Policy" in properties:
        request["policy"] = json_text(properties["Policy"])
    if tags := tags_of(call, type_name, properties):
        request["tags"] = tags
    try:
        return call.services.call("apigateway", "CreateDomainName", request)
    except AwsError as error:
        if error.code not in {"ConflictException", "BadRequestException"} or not call.is_repeated:
            raise
        there = call.services.call("apigateway", "GetDomainName", {"domainName": properties["DomainName"]})
        if not is_own(call, there.get("tags") or {}):
            raise
        return there


def _changes(old: Properties, new: Properties) -> list[PatchOperation]:
    operations = changes(_settings(old), _settings(new), _DEFAULTS)
    was, wanted = (one.get("EndpointConfiguration", {}).get("Types", []) for one in (old, new))
    if was and wanted and was != wanted:
        operations.append({"op": "replace", "path": f"/endpointConfiguration/types/{was[0]}", "value": wanted[0]})
    return operations


def _settings(properties: Properties) -> dict[str, str]:
    return {
        **settings_of(properties, _PATCHES),
        **settings_of(properties.get("MutualTlsAuthentication", {}), _MUTUAL_TLS),
    }


def _private_target(arn: str) -> dict[str, str]:
    name, _, identifier = arn.rpartition("/")[2].partition("+")
    return {"domainName": name, "domainNameId": identifier}


def _map(call: Call, properties: Properties, target: Mapping[str, str]) -> None:
    request = {**target, **parameters(properties, ("BasePath", "RestApiId", "Stage"))}
    try:
        call.services.call("apigateway", "CreateBasePathMapping", request)
    except AwsError as error:
        if error.code != "ConflictException" or not call.is_repeated:
            raise


def _remap(call: Call, target: Mapping[str, str], old: Properties, new: Properties) -> None:
    operations = changes(settings_of(old, _MAPPING), settings_of(new, _MAPPING), {"/stage": ""})
    patch(call, "UpdateBasePathMapping", {**target, "basePath": new.get("BasePath") or _NO_PATH}, operations)


def _unmap(call: Call, target: Mapping[str, str], properties: Properties) -> None:
    request = {**target, "basePath": properties.get("BasePath") or _NO_PATH}
    with absence_is_done():
        call.services.call("apigateway", "DeleteBasePathMapping", request)


TYPES: Final = (
    ResourceType(_DOMAIN_NAME, create_domain_name, update_domain_name, delete_domain_name),
    ResourceType(
        _PRIVATE_DOMAIN_NAME, create_private_domain_name, update_private_domain_name, delete_private_domain_name
    ),
    ResourceType("AWS::ApiGateway::BasePathMapping", create_mapping, update_mapping, delete_mapping),
    ResourceType(
        "AWS::ApiGateway::BasePathMappingV2", create_private_mapping, update_private_mapping, delete_private_mapping
    ),
    ResourceType(_ASSOCIATION, create_association, None, delete_association),
)
