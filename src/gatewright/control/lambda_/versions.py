"""Versions: publish and list.

Source: PublishVersion and ListVersionsByFunction in the "API reference", "Manage Lambda function versions" (AWS Lambda
Developer Guide). A version is a copy of `$LATEST` under a number, which is never given again, not even to a function of
the same name. Publishing gives `$LATEST` a new RevisionId, too.

Whether there is anything to publish is a question of updates, not of their content: after one that changed nothing
there is. So others recorded it of AWS in September 2026 (radkawar/stackd, docs/lambda.md, "Versions and aliases"), as
well as which deletions give `$LATEST` a new RevisionId.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.aws.pagination import page
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import invalid_parameter, revision_mismatch
from gatewright.control.lambda_.listings import listed, page_size
from gatewright.control.lambda_.names import (
    LATEST,
    SERVICE,
    VERSION,
    VERSION_COUNTER,
    FunctionTarget,
    find_version,
    function_key,
    qualified,
    require_function,
    resolve_latest,
    resolve_unqualified,
    version_id,
)
from gatewright.control.lambda_.options import refuse_unbuilt
from gatewright.control.lambda_.source_keys import publish_source_key
from gatewright.store.types import Document, Reader, Writer


def publish_version(context: Context, request: Shape) -> Shape:
    """Publish a version of $LATEST; one that was published without a change since is returned as it is."""
    target = resolve_latest(context, "PublishVersion", request["FunctionName"])
    refuse_unbuilt("PublishVersion", request)
    with context.store.write() as writer:
        latest = require_function(context, writer, target)
        if request.get("RevisionId") and request["RevisionId"] != latest["RevisionId"]:
            raise revision_mismatch()
        wanted, current = request.get("CodeSha256"), latest["CodeSha256"]
        if wanted and wanted != current:
            raise invalid_parameter(
                f"CodeSHA256 ({wanted}) is different from current CodeSHA256 in $LATEST ({current}). "
                "Please try again with the CodeSHA256 in $LATEST."
            )
        return publish(context, writer, target, latest, request.get("Description"))


def publish(
    context: Context, writer: Writer, target: FunctionTarget, latest: Document, description: str | None = None
) -> Document:
    """Publish `latest` within a transaction and return the version: a new one, or the last when nothing changed."""
    counter_key = context.key(SERVICE, VERSION_COUNTER, target.name)
    counter = writer.get(counter_key) or {"Last": 0}
    if counter.get("IsPublished"):
        last = find_version(context, writer, target, str(counter["Last"]))
        if last is not None:
            return last
    number = counter["Last"] + 1
    version = qualified({**latest, "Version": str(number), "RevisionId": context.ids.request_id()})
    if description is not None:
        version["Description"] = description
    writer.put(context.key(SERVICE, VERSION, version_id(target, number)), version)
    writer.put(function_key(context, target), {**latest, "RevisionId": context.ids.request_id()})
    publish_source_key(context, writer, target, str(number))
    writer.put(counter_key, {"Last": number, "IsPublished": True})
    return version


def make_publishable(context: Context, writer: Writer, target: FunctionTarget) -> None:
    """Have the next publication make a version: `$LATEST` was updated."""
    key = context.key(SERVICE, VERSION_COUNTER, target.name)
    counter = writer.get(key)
    if counter is not None:
        writer.put(key, {"Last": counter["Last"]})


def list_versions_by_function(context: Context, request: Shape) -> Shape:
    """List a function's versions: $LATEST, then the published ones by number."""
    target = resolve_unqualified(context, "ListVersionsByFunction", request["FunctionName"])
    with context.store.read() as reader:
        latest = require_function(context, reader, target)
        versions, marker = page(
            lambda after, limit: versions_after(context, reader, target.name, latest, after, limit),
            request.get("Marker"),
            page_size(request),
            listing=f"ListVersionsByFunction/{target.name}",
        )
    return {"Versions": [listed(version) for version in versions], "NextMarker": marker}


def versions_after(
    context: Context, reader: Reader, name: str, latest: Document, after: str, limit: int
) -> list[tuple[str, Document]]:
    """Return a function's versions beyond `after`: `$LATEST`, which comes before all digits, or ten digits."""
    found = [(LATEST, qualified(latest))] if after < LATEST else []
    caller = context.caller
    published = reader.list(
        caller.account_id,
        caller.region,
        SERVICE,
        VERSION,
        prefix=f"{name}/",
        after=f"{name}/{after}",
        limit=limit - len(found),
    )
    return found + [(identifier.partition("/")[2], document) for identifier, document in published]


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "PublishVersion": publish_version,
        "ListVersionsByFunction": list_versions_by_function,
    }
)
