"""Aliases: names for versions that can be moved to other versions.

Source: CreateAlias, UpdateAlias, GetAlias, ListAliases and DeleteAlias in the "API reference", "Create an alias for a
Lambda function" (AWS Lambda Developer Guide).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.aws.pagination import page
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.deletion import delete_parts
from gatewright.control.lambda_.errors import (
    alias_not_found,
    conflict,
    function_not_found,
    not_found,
    revision_mismatch,
)
from gatewright.control.lambda_.names import (
    ALIAS,
    LATEST,
    SERVICE,
    FunctionTarget,
    find_version,
    function_key,
    part_key,
    require_function,
    resolve_unqualified,
)
from gatewright.control.lambda_.routing import check_routing, weights_of
from gatewright.store.types import Document, Reader

# Others recorded of AWS that aliases are not listed in pages of 50 (radkawar/stackd, alias_pagination.json).
_LARGEST_PAGE = 10_000


def create_alias(context: Context, request: Shape) -> Shape:
    """Create an alias of a version."""
    target = resolve_unqualified(context, "CreateAlias", request["FunctionName"])
    key = part_key(context, ALIAS, target, request["Name"])
    weights = weights_of(request.get("RoutingConfig"))
    arn = f"{target.arn}:{request['Name']}"
    with context.store.write() as writer:
        version = _require_version(context, writer, target, request["FunctionVersion"])
        if writer.get(key) is not None:
            raise conflict(f"Alias already exists: {arn}")
        check_routing(context, writer, target, version, weights)
        alias: Document = {
            "AliasArn": arn,
            "Name": request["Name"],
            "FunctionVersion": request["FunctionVersion"],
            "Description": request.get("Description") or "",
            "RevisionId": context.ids.request_id(),
        }
        if weights:
            alias["RoutingConfig"] = {"AdditionalVersionWeights": dict(weights)}
        writer.put(key, alias)
    return alias


def update_alias(context: Context, request: Shape) -> Shape:
    """Change what the request names; an empty RoutingConfig ends weighted routing."""
    target = resolve_unqualified(context, "UpdateAlias", request["FunctionName"])
    key = part_key(context, ALIAS, target, request["Name"])
    with context.store.write() as writer:
        alias = writer.get(key)
        if alias is None:
            raise not_found(f"Alias not found: {target.arn}:{request['Name']}")
        if request.get("RevisionId") and request["RevisionId"] != alias["RevisionId"]:
            raise revision_mismatch()
        alias |= {name: request[name] for name in ("FunctionVersion", "Description") if request.get(name) is not None}
        routing = alias.pop("RoutingConfig", None) if request.get("RoutingConfig") is None else request["RoutingConfig"]
        weights = weights_of(routing)
        version = _require_version(context, writer, target, alias["FunctionVersion"])
        check_routing(context, writer, target, version, weights)
        alias.pop("RoutingConfig", None)
        if weights:
            alias["RoutingConfig"] = {"AdditionalVersionWeights": dict(weights)}
        alias["RevisionId"] = context.ids.request_id()
        writer.put(key, alias)
    return alias


def get_alias(context: Context, request: Shape) -> Shape:
    """Return an alias."""
    target = resolve_unqualified(context, "GetAlias", request["FunctionName"])
    with context.store.read() as reader:
        alias = reader.get(part_key(context, ALIAS, target, request["Name"]))
    if alias is None:
        raise alias_not_found(f"{target.arn}:{request['Name']}")
    return alias


def list_aliases(context: Context, request: Shape) -> Shape:
    """List a function's aliases by name; with FunctionVersion, those that point to that version first of all."""
    target = resolve_unqualified(context, "ListAliases", request["FunctionName"])
    wanted = request.get("FunctionVersion")
    with context.store.read() as reader:
        require_function(context, reader, target)
        aliases, marker = page(
            lambda after, limit: _aliases_after(context, reader, target, wanted, after)[:limit],
            request.get("Marker"),
            request.get("MaxItems") or _LARGEST_PAGE,
            listing=f"ListAliases/{target.name}/{wanted or ''}",
        )
    return {"Aliases": aliases, "NextMarker": marker}


def delete_alias(context: Context, request: Shape) -> Shape:
    """Delete an alias with what belongs to it; one that is not there is no error."""
    target = resolve_unqualified(context, "DeleteAlias", request["FunctionName"])
    with context.store.write() as writer:
        if writer.get(function_key(context, target)) is None:
            raise function_not_found(target.arn)
        if writer.delete(part_key(context, ALIAS, target, request["Name"])):
            delete_parts(context, writer, target, request["Name"])
    return {}


def _require_version(context: Context, reader: Reader, target: FunctionTarget, number: str) -> Document:
    """Return the configuration of `$LATEST` or a published version, of which an alias can be made."""
    latest = reader.get(function_key(context, target))
    version = latest if latest is None or number == LATEST else find_version(context, reader, target, number)
    if version is None:
        raise function_not_found(f"{target.arn}:{number}")
    return version


def _aliases_after(
    context: Context, reader: Reader, target: FunctionTarget, wanted: str | None, after: str
) -> list[tuple[str, Document]]:
    caller = context.caller
    prefix = f"{target.name}/"
    found = reader.list(caller.account_id, caller.region, SERVICE, ALIAS, prefix=prefix, after=prefix + after)
    return [(alias["Name"], alias) for _, alias in found if wanted in (None, alias["FunctionVersion"])]


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateAlias": create_alias,
        "UpdateAlias": update_alias,
        "GetAlias": get_alias,
        "ListAliases": list_aliases,
        "DeleteAlias": delete_alias,
    }
)
