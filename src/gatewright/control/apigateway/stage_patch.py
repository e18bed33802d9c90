"""What UpdateStage can change: the table of its paths and how a change of each is made.

A method setting has a path of its own, `/{resource path}/{HTTP method}/throttling/burstLimit`, with `*/*` for all
methods. Its key in `methodSettings` is what comes before the setting, as the caller wrote it.

Sources: "UpdateStage" in "Patch operations" of the "Amazon API Gateway REST API Reference"; "Promote a canary release"
(API Gateway Developer Guide); texts and what happens in cases that no page tells: recorded answers of AWS.
"""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.control.apigateway.constraints import HTTP_METHODS
from gatewright.control.apigateway.errors import bad_request, not_built
from gatewright.control.apigateway.patch import (
    ADD,
    COPY,
    REMOVE,
    REPLACE,
    Change,
    Parse,
    PatchPath,
    PatchTable,
    boolean,
    integer,
    number,
    raw_text,
    value_at,
)
from gatewright.control.apigateway.stage_settings import (
    CACHE_CLUSTER_SIZES,
    METHOD_SETTING_DEFAULTS,
    cache_members,
    canary_document,
)
from gatewright.store.types import Document

_ALL_METHODS = "*/*"
_HTTP_METHODS = frozenset({*HTTP_METHODS, "*"})
_LONGEST_TTL_SECONDS = 3600
_UNAUTHORIZED_STRATEGIES = ("FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER", "SUCCEED_WITHOUT_RESPONSE_HEADER")
_LOGGING_LEVELS = ("OFF", "ERROR", "INFO")

_PROMOTED = MappingProxyType(
    {
        "/deploymentId": "/canarySettings/deploymentId",
        "/variables": "/canarySettings/stageVariableOverrides",
    }
)
"""What a canary that is promoted gives to its stage: path → from."""

# The missing commas are AWS's own.
_VALID_PATHS = (
    "/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, "
    "/accessLogSettings/destinationArn, /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, "
    "/{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, "
    "/{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit"
    "/{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, "
    "/{resourcePath}/{httpMethod}/caching/dataEncrypted, "
    "/{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, "
    "/{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, "
    "/*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit "
    "/*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, "
    "/*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, "
    "/variables/{variable_name}, /tracingEnabled"
)


def check_copies(patch_operations: Sequence[Shape]) -> None:
    """Raise BadRequestException for a copy that is no part of a canary's promotion."""
    for operation in patch_operations:
        path, source = operation.get("path"), operation.get("from")
        if operation.get("op") == COPY and _PROMOTED.get(path or "") != source:
            raise bad_request(
                f"Invalid copy operation with path: {path} and from {source}. Valid copy:path are "
                f"[{', '.join(_PROMOTED)}] and valid copy:from are [{', '.join(_PROMOTED.values())}]"
            )


def _refuse(table: PatchTable, op: str, path: str) -> AwsError:
    if op == REPLACE:
        return bad_request(f"Invalid method setting path: {path}. Must be one of: [{_VALID_PATHS}]")
    if op == REMOVE:
        return _no_method_setting(path)
    return bad_request(f"Invalid {op} operation with path: {path}")


def _no_method_setting(path: str) -> AwsError:
    # The text ends with a space where AWS sends it.
    return bad_request(
        f"Cannot remove method setting {path.removeprefix('/')} because there is no method setting for this method "
    )


def _promoted(stage: Document, pointer: str) -> Any:
    canary = stage.get("canarySettings")
    if canary is None:
        raise bad_request("Promotion not available. Canary does not exist.")
    return value_at(stage, pointer) if pointer.endswith("/deploymentId") else canary.get("stageVariableOverrides", {})


def _merge_variables(stage: Document, change: Change, parse: Parse) -> None:
    merged = {**stage.get("variables", {}), **change.text}
    if merged:
        stage["variables"] = merged


def _set_deployment(stage: Document, change: Change, parse: Parse) -> None:
    stage["deploymentId"] = change.text or ""


def _set_variable(stage: Document, change: Change, parse: Parse) -> None:
    _set_entry(stage, "variables", change)


def _set_override(stage: Document, change: Change, parse: Parse) -> None:
    if change.op != REMOVE:
        _begin_canary(stage)
    _set_entry(stage.get("canarySettings", {}), "stageVariableOverrides", change)


def _set_entry(document: Document, name: str, change: Change) -> None:
    entries = document.get(name, {})
    if change.op == REMOVE:
        entries.pop(change.last, None)
    else:
        entries[change.last] = change.text or ""
    if entries:
        document[name] = entries
    else:
        document.pop(name, None)


def _set_canary(stage: Document, change: Change, parse: Parse) -> None:
    _begin_canary(stage)
    stage["canarySettings"][change.last] = parse(change.text, change.path)


def _begin_canary(stage: Document) -> None:
    # Recorded of AWS: a change of any canary setting begins a canary of the stage's own deployment, with no traffic.
    if "canarySettings" not in stage:
        stage["canarySettings"] = canary_document({}, stage["deploymentId"])


def _set_cache_enabled(stage: Document, change: Change, parse: Parse) -> None:
    stage.update(cache_members(bool(parse(change.text, change.path)), stage.get("cacheClusterSize")))


def _set_cache_size(stage: Document, change: Change, parse: Parse) -> None:
    if change.text not in CACHE_CLUSTER_SIZES:
        raise bad_request(f"Invalid cache cluster size specified. Must be one of: [{', '.join(CACHE_CLUSTER_SIZES)}]")
    stage.update(cache_members(stage["cacheClusterEnabled"], change.text))


def _refuse_access_logs(stage: Document, change: Change, parse: Parse) -> None:
    if change.op != REMOVE:
        raise not_built("accessLogSettings of a stage")


def _set_method_setting(member: str) -> Any:
    def set_method_setting(stage: Document, change: Change, parse: Parse) -> None:
        if change.captures["method"] not in _HTTP_METHODS:
            raise _refuse(STAGE_PATCH, REPLACE, change.path)
        key = change.path[1:].rsplit("/", 2)[0]
        settings = stage["methodSettings"]
        # Recorded of AWS: what is not set for a method is filled in from `*/*` once, when its first setting is made.
        begun = settings.setdefault(key, dict(settings.get(_ALL_METHODS, METHOD_SETTING_DEFAULTS)))
        begun[member] = parse(change.text, change.path)

    return set_method_setting


def _remove_method_settings(stage: Document, change: Change, parse: Parse) -> None:
    if stage["methodSettings"].pop(change.path[1:], None) is None:
        raise _no_method_setting(change.path)


def _logging_level(value: str | None, path: str) -> object:
    if value not in _LOGGING_LEVELS:
        raise bad_request(f"Invalid logging level: {value}. Must be one of: [{', '.join(_LOGGING_LEVELS)}]")
    return value


def _ttl(value: str | None, path: str) -> object:
    seconds = int(value) if value and value.isascii() and value.isdigit() else -1
    if not 0 <= seconds <= _LONGEST_TTL_SECONDS:
        raise bad_request(f"Invalid time-to-live setting, must be an integer no greater than {_LONGEST_TTL_SECONDS}")
    return seconds


def _strategy(value: str | None, path: str) -> object:
    if value not in _UNAUTHORIZED_STRATEGIES:
        raise bad_request(
            f"Invalid unauthorized cache control header strategy: {value}. "
            f"Must be one of: [{', '.join(_UNAUTHORIZED_STRATEGIES)}]"
        )
    return value


def _method_setting(setting: str, member: str, parse: Parse) -> PatchPath:
    return PatchPath(f"/{{path+}}/{{method}}/{setting}", (REPLACE,), parse, _set_method_setting(member))


STAGE_PATCH = PatchTable(
    (
        PatchPath("/deploymentId", (REPLACE, COPY), apply=_set_deployment),
        PatchPath("/description"),
        PatchPath("/cacheClusterEnabled", (REPLACE,), boolean, _set_cache_enabled),
        PatchPath("/cacheClusterSize", (REPLACE,), apply=_set_cache_size),
        PatchPath("/clientCertificateId"),
        PatchPath("/documentationVersion"),
        PatchPath("/tracingEnabled", (REPLACE,), boolean),
        PatchPath("/accessLogSettings", (ADD, REPLACE, REMOVE), apply=_refuse_access_logs),
        PatchPath("/accessLogSettings/{member}", (ADD, REPLACE, REMOVE), apply=_refuse_access_logs),
        PatchPath("/variables", (COPY,), apply=_merge_variables),
        PatchPath("/variables/{name}", (ADD, REPLACE, REMOVE), raw_text, _set_variable),
        PatchPath("/canarySettings", (REMOVE,)),
        PatchPath("/canarySettings/deploymentId", (REPLACE,), raw_text, _set_canary),
        PatchPath("/canarySettings/percentTraffic", (REPLACE,), number, _set_canary),
        PatchPath("/canarySettings/useStageCache", (REPLACE,), boolean, _set_canary),
        PatchPath("/canarySettings/stageVariableOverrides/{name}", (ADD, REPLACE, REMOVE), raw_text, _set_override),
        _method_setting("metrics/enabled", "metricsEnabled", boolean),
        _method_setting("logging/dataTrace", "dataTraceEnabled", boolean),
        _method_setting("logging/loglevel", "loggingLevel", _logging_level),
        _method_setting("throttling/burstLimit", "throttlingBurstLimit", integer),
        _method_setting("throttling/rateLimit", "throttlingRateLimit", number),
        _method_setting("caching/enabled", "cachingEnabled", boolean),
        _method_setting("caching/ttlInSeconds", "cacheTtlInSeconds", _ttl),
        _method_setting("caching/dataEncrypted", "cacheDataEncrypted", boolean),
        _method_setting("caching/requireAuthorizationForCacheControl", "requireAuthorizationForCacheControl", boolean),
        _method_setting(
            "caching/unauthorizedCacheControlHeaderStrategy", "unauthorizedCacheControlHeaderStrategy", _strategy
        ),
        PatchPath("/{path+}/{method}", (REMOVE,), apply=_remove_method_settings),
    ),
    _refuse,
    _promoted,
)
