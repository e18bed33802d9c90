"""Settings of stages as patches have them, of `AWS::ApiGateway::Stage` and of a deployment's StageDescription.

Sources: UpdateStage in the "Amazon API Gateway REST API Reference"; MethodSetting (AWS CloudFormation User Guide):
the resource path `/*` with the method `*` is for all methods, which patches write `/*/*`.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.stacks.resource_types.apigateway.patches import (
    PatchOperation,
    Settings,
    changes,
    escaped,
    members_of,
    replacements,
    settings_of,
)
from gatewright.stacks.resource_types.contract import Properties

_STAGE: Final = MappingProxyType(
    {
        "CacheClusterEnabled": "/cacheClusterEnabled",
        "CacheClusterSize": "/cacheClusterSize",
        "ClientCertificateId": "/clientCertificateId",
        "DeploymentId": "/deploymentId",
        "Description": "/description",
        "DocumentationVersion": "/documentationVersion",
        "TracingEnabled": "/tracingEnabled",
    }
)
_DEFAULTS: Final = MappingProxyType(
    {
        "/cacheClusterEnabled": "false",
        "/cacheClusterSize": "0.5",
        "/clientCertificateId": "",
        "/description": "",
        "/documentationVersion": "",
        "/tracingEnabled": "false",
    }
)
_METHOD: Final = MappingProxyType(
    {
        "CacheDataEncrypted": "caching/dataEncrypted",
        "CacheTtlInSeconds": "caching/ttlInSeconds",
        "CachingEnabled": "caching/enabled",
        "DataTraceEnabled": "logging/dataTrace",
        "LoggingLevel": "logging/loglevel",
        "MetricsEnabled": "metrics/enabled",
        "ThrottlingBurstLimit": "throttling/burstLimit",
        "ThrottlingRateLimit": "throttling/rateLimit",
    }
)
METHOD_SETTINGS: Final = tuple(_METHOD)
_CANARY: Final = MappingProxyType(
    {
        "DeploymentId": "/canarySettings/deploymentId",
        "PercentTraffic": "/canarySettings/percentTraffic",
        "UseStageCache": "/canarySettings/useStageCache",
    }
)
_ACCESS_LOG: Final = MappingProxyType(
    {"DestinationArn": "/accessLogSettings/destinationArn", "Format": "/accessLogSettings/format"}
)
_WHOLES: Final = ("/accessLogSettings", "/canarySettings")


def stage_settings(properties: Properties) -> dict[str, str]:
    """Return what a stage is set to, but for its methods."""
    canary: Mapping[str, Any] = properties.get("CanarySetting", {})
    return {
        **settings_of(properties, _STAGE),
        **settings_of(properties.get("AccessLogSetting", {}), _ACCESS_LOG),
        **settings_of(canary, _CANARY),
        **members_of(canary.get("StageVariableOverrides", {}), "/canarySettings/stageVariableOverrides"),
        **members_of(properties.get("Variables", {}), "/variables"),
    }


def method_settings(settings: Iterable[Mapping[str, Any]]) -> dict[str, Settings]:
    """Return what methods are set to, by the path of each."""
    found: dict[str, Settings] = {}
    for setting in settings:
        path, method = setting.get("ResourcePath", "/*"), setting.get("HttpMethod", "*")
        prefix = f"/{'*' if path == '/*' else escaped(path)}/{method}"
        found[prefix] = settings_of(setting, {name: f"{prefix}/{member}" for name, member in _METHOD.items()})
    return found


def set_after_creation(properties: Properties) -> list[PatchOperation]:
    """Return the patch of a new stage for what CreateStage does not take."""
    rest = {name: properties[name] for name in ("AccessLogSetting", "ClientCertificateId") if name in properties}
    settings = stage_settings(rest)
    for one in method_settings(properties.get("MethodSettings", ())).values():
        settings |= one
    return replacements(settings)


def stage_changes(old: Properties, new: Properties) -> list[PatchOperation]:
    """Return the patch that makes old settings new ones."""
    operations = changes(stage_settings(old), stage_settings(new), _DEFAULTS, _WHOLES)
    before, after = method_settings(old.get("MethodSettings", ())), method_settings(new.get("MethodSettings", ()))
    for prefix, settings in before.items():
        wanted = after.get(prefix, {})
        if settings.keys() <= wanted.keys():
            operations += replacements({path: value for path, value in wanted.items() if settings.get(path) != value})
        else:
            # One setting alone cannot be taken away.
            operations += [{"op": "remove", "path": prefix}, *replacements(wanted)]
    for prefix in after.keys() - before.keys():
        operations += replacements(after[prefix])
    return operations
