"""The configuration of a distribution: lists of templates are `{"Quantity": …, "Items": […]}` of operations.

Sources: AWS::CloudFront::Distribution DistributionConfig (AWS CloudFormation Template Reference); DistributionConfig
(Amazon CloudFront API Reference).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

_RENAMED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "AcmCertificateArn": "ACMCertificateArn",
        "IPV6Enabled": "IsIPV6Enabled",
        "IamCertificateId": "IAMCertificateId",
        "OriginCustomHeaders": "CustomHeaders",
        "OriginSSLProtocols": "OriginSslProtocols",
        "SslSupportMethod": "SSLSupportMethod",
    }
)
_NESTED: Final[Mapping[str, str]] = MappingProxyType({"TrustedSigners": "Enabled", "TrustedKeyGroups": "Enabled"})
"""Lists that say beside their items whether they are in use."""


def distribution_config(given: Mapping[str, Any], reference: str) -> dict[str, Any]:
    """Return the configuration as operations take it; `reference` is the CallerReference of the distribution."""
    made: dict[str, Any] = _converted(given)
    made |= {"CallerReference": reference, "Comment": given.get("Comment", ""), "Enabled": given.get("Enabled", True)}
    if "Logging" in given:
        usual = {"Enabled": True, "IncludeCookies": False, "Bucket": "", "Prefix": ""}
        made["Logging"] = usual | made["Logging"]
    restriction = given.get("Restrictions", {}).get("GeoRestriction")
    if restriction is not None:
        locations = _items(restriction.get("Locations", []))
        geo = {"RestrictionType": restriction["RestrictionType"], **locations}
        made["Restrictions"] = {"GeoRestriction": geo}
    if "Aliases" not in given:
        made["Aliases"] = {"Quantity": 0}
    for old in ("CNAMEs", "CustomOrigin", "S3Origin"):
        made.pop(old, None)
    return made


def _converted(value: Any) -> Any:
    """Convert what is inside of a value."""
    if isinstance(value, list):
        return _items([_converted(one) for one in value])
    if not isinstance(value, Mapping):
        return value
    made = {_RENAMED.get(name, name): _converted(one) for name, one in value.items()}
    for name, member in _NESTED.items():
        if name in made:
            made[name] = {member: bool(made[name]["Quantity"]), **made[name]}
    if "AllowedMethods" in made and "CachedMethods" in made:
        made["AllowedMethods"]["CachedMethods"] = made.pop("CachedMethods")
    elif "CachedMethods" in made:
        cached = made.pop("CachedMethods")
        made["AllowedMethods"] = {**cached, "CachedMethods": cached}
    if "DomainName" in made and "Id" in made:
        _complete_origin(made)
    return made


def _complete_origin(origin: dict[str, Any]) -> None:
    """Add what a template may leave out of an origin and the operation asks for."""
    if "S3OriginConfig" in origin:
        origin["S3OriginConfig"] = {"OriginAccessIdentity": "", **origin["S3OriginConfig"]}
    if "CustomOriginConfig" in origin:
        origin["CustomOriginConfig"] = {"HTTPPort": 80, "HTTPSPort": 443, **origin["CustomOriginConfig"]}


def _items(items: list[Any]) -> dict[str, Any]:
    return {"Quantity": len(items), "Items": items} if items else {"Quantity": 0}
