"""What a stage of a REST API is configured with: its name, variables, cache cluster, canary and method settings.

Sources: the Stage and MethodSetting types in the "Amazon API Gateway REST API Reference"; "Stage variables reference
for REST APIs" and "Cache settings for REST APIs" (API Gateway Developer Guide); texts as AWS answers them where known.
"""

import math
import re
from collections.abc import Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.constraints import VARIABLES_PER_STAGE
from gatewright.control.apigateway.documents import DEPLOYMENT, DOCUMENTATION_VERSION, find_part
from gatewright.control.apigateway.errors import bad_request, not_found
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader

CACHE_CLUSTER_SIZES = ("0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237")
"""Sizes of a cache cluster in gigabytes."""

METHOD_SETTING_DEFAULTS = MappingProxyType(
    # Recorded of AWS: a stage whose logging was never set answers no loggingLevel.
    {
        "metricsEnabled": False,
        "dataTraceEnabled": False,
        "throttlingBurstLimit": 5000,
        "throttlingRateLimit": 10000.0,
        "cachingEnabled": False,
        "cacheTtlInSeconds": 300,
        "cacheDataEncrypted": False,
        "requireAuthorizationForCacheControl": True,
        "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
    }
)

_NAME = re.compile(r"[a-zA-Z0-9_-]+")
_LONGEST_NAME = 128
_VARIABLE_NAME = re.compile(r"\w{1,64}", re.ASCII)
_VARIABLE_VALUE = re.compile(r"[A-Za-z0-9 \-._~:/?#&=,]{0,512}")


def check_stage_name(name: str) -> None:
    """Raise BadRequestException when no stage can have the name."""
    if not name:
        raise bad_request("Stage name must be non-empty")
    if not _NAME.fullmatch(name):
        # AWS's text leaves out the hyphen, which it allows.
        raise bad_request("Stage name only allows a-zA-Z0-9_")
    if len(name) > _LONGEST_NAME:
        raise bad_request(f"Stage name must be at most {_LONGEST_NAME} characters long")


def check_variables(variables: Mapping[str, str]) -> None:
    """Raise BadRequestException when a stage, or a canary, cannot have these variables."""
    if len(variables) > VARIABLES_PER_STAGE:
        raise bad_request(f"A stage can have at most {VARIABLES_PER_STAGE} stage variables")
    for name, value in variables.items():
        if not _VARIABLE_NAME.fullmatch(name):
            raise bad_request(f"Invalid stage variable name: {name}. Please use names with only word characters.")
        if not _VARIABLE_VALUE.fullmatch(value):
            # The quotation marks and the two spaces are AWS's own.
            raise bad_request(
                f"Invalid stage variable value of key {name}.  Please use values with alphanumeric characters and "
                "the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','."
            )


def check_stage(context: Context, reader: Reader, api_id: str, stage: Document) -> None:
    """Raise BadRequestException when the members of a stage contradict each other, or name what is not there."""
    check_variables(stage.get("variables", {}))
    _require_deployment(context, reader, api_id, stage["deploymentId"])
    canary = stage.get("canarySettings")
    if canary is not None:
        check_variables(canary.get("stageVariableOverrides", {}))
        check_percent(canary["percentTraffic"])
        _require_deployment(context, reader, api_id, canary["deploymentId"])
    version = stage.get("documentationVersion")
    if version and find_part(context, reader, DOCUMENTATION_VERSION, api_id, version) is None:
        raise not_found("Invalid Documentation version specified")


def check_percent(percent: float) -> None:
    """Raise BadRequestException when a canary cannot get this percentage of the requests."""
    if not math.isfinite(percent) or not 0 <= percent <= 100:
        raise bad_request("Invalid percentTraffic value specified. It must be between 0.0 and 100.0")


def cache_members(enabled: bool, size: str | None) -> Document:
    """Return the members of a stage about its cache cluster; ours needs no time to be created.

    A size that was once chosen stays, with the cluster gone too (hashicorp/terraform-provider-aws, issue 17661 and its
    acceptance test TestAccAPIGatewayStage_cacheSizeCacheDisabled).
    """
    if not enabled:
        return {"cacheClusterEnabled": False, "cacheClusterStatus": "NOT_AVAILABLE"} | (
            {"cacheClusterSize": size} if size else {}
        )
    return {
        "cacheClusterEnabled": True,
        "cacheClusterSize": size or CACHE_CLUSTER_SIZES[0],
        "cacheClusterStatus": "AVAILABLE",
    }


def canary_document(settings: Shape, deployment_id: str) -> Document:
    """Return the canary settings of a request as a document holds them."""
    document: Document = {
        "deploymentId": settings.get("deploymentId") or deployment_id,
        "percentTraffic": float(settings.get("percentTraffic") or 0.0),
        "useStageCache": bool(settings.get("useStageCache", False)),
    }
    if settings.get("stageVariableOverrides"):
        document["stageVariableOverrides"] = dict(settings["stageVariableOverrides"])
    return document


def _require_deployment(context: Context, reader: Reader, api_id: str, deployment_id: str) -> None:
    if find_part(context, reader, DEPLOYMENT, api_id, deployment_id) is None:
        raise bad_request("Deployment id does not exist")
