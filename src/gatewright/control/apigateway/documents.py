"""The documents of a REST API: their keys, how they are found, listed and dated.

A REST API's id names its document; a part of it has the id `API_ID/PART_ID`, so that a prefix lists the parts of one
kind. What belongs to the account (API keys, usage plans, client certificates) is named by its own id.
"""

from gatewright.aws.pagination import page
from gatewright.base.clock import utc
from gatewright.base.operations import Shape
from gatewright.control.apigateway.errors import not_found
from gatewright.control.context import Context
from gatewright.store.types import Document, Key, Reader, Writer

SERVICE = "apigateway"
REST_API, RESOURCE, MODEL, REQUEST_VALIDATOR = "restapi", "resource", "model", "requestvalidator"
GATEWAY_RESPONSE, DEPLOYMENT, STAGE = "gatewayresponse", "deployment", "stage"
DEPLOYED_API = "deployed-api"
"""The frozen copy of an API that a deployment serves."""
STAGE_CACHE = "stage-cache"
"""How often the cache of a stage was flushed: the data plane begins an empty one with every new `generation`."""
DOCUMENTATION_PART, DOCUMENTATION_VERSION = "documentationpart", "documentationversion"
API_KEY, USAGE_PLAN, USAGE_PLAN_KEY, USAGE = "apikey", "usageplan", "usageplankey", "usage"
CLIENT_CERTIFICATE, VPC_LINK, ACCOUNT = "clientcertificate", "vpclink", "account"

PARTS = (
    RESOURCE,
    MODEL,
    REQUEST_VALIDATOR,
    GATEWAY_RESPONSE,
    DEPLOYMENT,
    DEPLOYED_API,
    STAGE,
    STAGE_CACHE,
    DOCUMENTATION_PART,
    DOCUMENTATION_VERSION,
)
"""The kinds of the parts of a REST API, which go with it."""

PART_ID_LENGTH = 6
"""Characters of the id of a resource, model, request validator, deployment, usage plan …; an API's id has 10."""

INVALID_POSITION = "Invalid position parameter specified"

# "Amazon API Gateway REST API Reference": a page has 25 items unless asked otherwise, and 500 at most.
_PAGE_ITEMS = 25
_LARGEST_PAGE = 500


def key(context: Context, kind: str, identifier: str) -> Key:
    """Return the key of what belongs to the account (`restapi`, `apikey`, `usageplan`)."""
    return context.key(SERVICE, kind, identifier)


def part_key(context: Context, kind: str, parent_id: str, part_id: str) -> Key:
    """Return the key of a part of an API (or of a usage plan)."""
    return context.key(SERVICE, kind, f"{parent_id}/{part_id}")


def find(context: Context, reader: Reader, kind: str, identifier: str) -> Document | None:
    """Return a document of the account, or None."""
    return None if "/" in identifier else reader.get(key(context, kind, identifier))


def find_part(context: Context, reader: Reader, kind: str, parent_id: str, part_id: str) -> Document | None:
    """Return a part of an API, or None."""
    # No id holds a slash: one that does would name a part of another API.
    if "/" in part_id or "/" in parent_id:
        return None
    return reader.get(part_key(context, kind, parent_id, part_id))


def require(context: Context, reader: Reader, kind: str, identifier: str, missing: str) -> Document:
    """Return a document of the account, or raise NotFoundException with the text `missing`."""
    found = find(context, reader, kind, identifier)
    if found is None:
        raise not_found(missing)
    return found


def require_part(context: Context, reader: Reader, kind: str, parent_id: str, part_id: str, missing: str) -> Document:
    """Return a part of an API, or raise NotFoundException with the text `missing`."""
    found = find_part(context, reader, kind, parent_id, part_id)
    if found is None:
        raise not_found(missing)
    return found


def require_api(context: Context, reader: Reader, api_id: str) -> Document:
    """Return the document of a REST API. Raises NotFoundException."""
    return require(context, reader, REST_API, api_id, invalid_api(context, api_id))


def invalid_api(context: Context, api_id: str) -> str:
    """Return AWS's text about an API that is not there."""
    return f"Invalid API identifier specified {context.caller.account_id}:{api_id}"


def require_stage(context: Context, reader: Reader, api_id: str, stage_name: str) -> Document:
    """Return the document of a stage. Raises NotFoundException."""
    return require_part(context, reader, STAGE, api_id, stage_name, "Invalid stage identifier specified")


def list_documents(context: Context, reader: Reader, kind: str) -> list[Document]:
    """Return every document of a kind that the account has in the Region, in the order of their ids."""
    caller = context.caller
    return [item for _, item in reader.list(caller.account_id, caller.region, SERVICE, kind)]


def list_parts(context: Context, reader: Reader, kind: str, parent_id: str) -> list[Document]:
    """Return every part of one kind of an API, in the order of their ids."""
    caller = context.caller
    return [item for _, item in reader.list(caller.account_id, caller.region, SERVICE, kind, prefix=f"{parent_id}/")]


def delete_parts(context: Context, writer: Writer, kind: str, parent_id: str) -> None:
    """Delete every part of one kind of an API."""
    caller = context.caller
    for identifier, _ in writer.list(caller.account_id, caller.region, SERVICE, kind, prefix=f"{parent_id}/"):
        writer.delete(context.key(SERVICE, kind, identifier))


def page_of_documents(
    context: Context, reader: Reader, request: Shape, kind: str, *, parent_id: str = ""
) -> tuple[list[Document], str | None]:
    """Return the page that `limit` and `position` ask for, and the position of the next one."""
    caller = context.caller
    prefix = f"{parent_id}/" if parent_id else ""

    def fetch(after: str, limit: int) -> list[tuple[str, Document]]:
        return reader.list(caller.account_id, caller.region, SERVICE, kind, prefix=prefix, after=after, limit=limit)

    return page(
        fetch,
        request.get("position"),
        page_size(request),
        listing=f"{kind}/{parent_id}",
        error_code="BadRequestException",
        error_message=INVALID_POSITION,
    )


def page_of_items(request: Shape, listing: str, items: list[tuple[str, Document]]) -> Document:
    """Return the output of a listing whose items were selected already, in the order of their unique sort keys."""

    def fetch(after: str, limit: int) -> list[tuple[str, Document]]:
        return [item for item in sorted(items, key=lambda pair: pair[0]) if item[0] > after][:limit]

    return listed(
        *page(
            fetch,
            request.get("position"),
            page_size(request),
            listing=listing,
            error_code="BadRequestException",
            error_message=INVALID_POSITION,
        )
    )


def listed(documents: list[Document], position: str | None) -> Document:
    """Return the output of an operation that lists."""
    return {"items": documents, "position": position} if position else {"items": documents}


def page_size(request: Shape) -> int:
    """Return how many items the page shall have."""
    limit = request.get("limit")
    # Recorded of AWS: GetApiKeys with the limit -1 answers a page, and no error.
    return _PAGE_ITEMS if limit is None or limit <= 0 else min(int(limit), _LARGEST_PAGE)


def timestamp(context: Context) -> str:
    """Return the present time as documents hold it: ISO 8601, UTC, whole seconds."""
    return utc(int(context.clock.now())).strftime("%Y-%m-%dT%H:%M:%SZ")
