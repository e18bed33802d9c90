"""The documents of an API: their keys, how they are found, listed and dated.

An API's id names its document; everything else is a part of an API, with the id `API_ID/PART_ID`, so that a prefix
lists the parts of one kind.
"""

from gatewright.aws.pagination import page
from gatewright.base.clock import utc
from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.control.apigatewayv2.errors import bad_request, not_found
from gatewright.control.context import Context
from gatewright.store.types import Document, Key, Reader

SERVICE = "apigatewayv2"
API, ROUTE, INTEGRATION, STAGE, DEPLOYMENT = "api", "route", "integration", "stage", "deployment"
DEPLOYED_ROUTES = "deployed-routes"
"""The frozen copy of routes and integrations that a deployment serves."""

PARTS = (ROUTE, INTEGRATION, STAGE, DEPLOYMENT, DEPLOYED_ROUTES)

# "Amazon API Gateway quotas": a page has 25 items unless asked otherwise, and 500 at most.
_PAGE_ITEMS = 25
_LARGEST_PAGE = 500


def api_key(context: Context, api_id: str) -> Key:
    """Return the key of an API's document."""
    return context.key(SERVICE, API, api_id)


def part_key(context: Context, kind: str, api_id: str, part_id: str) -> Key:
    """Return the key of a part of an API."""
    return context.key(SERVICE, kind, f"{api_id}/{part_id}")


def require_api(context: Context, reader: Reader, api_id: str) -> Document:
    """Return an API's document. Raises NotFoundException."""
    api = reader.get(api_key(context, api_id))
    if api is None:
        raise not_found(f"Invalid API identifier specified {context.caller.account_id}:{api_id}")
    return api


def require_part(context: Context, reader: Reader, kind: str, api_id: str, part_id: str, missing: str) -> Document:
    """Return a part of an API, or raise NotFoundException with the text `missing`."""
    # An id never holds a slash: one that does would name a part of another API.
    found = None if "/" in part_id or "/" in api_id else reader.get(part_key(context, kind, api_id, part_id))
    if found is None:
        raise not_found(missing)
    return found


def list_parts(context: Context, reader: Reader, kind: str, api_id: str) -> list[Document]:
    """Return every part of one kind of an API, in the order of their ids."""
    caller = context.caller
    return [item for _, item in reader.list(caller.account_id, caller.region, SERVICE, kind, prefix=f"{api_id}/")]


def page_of_documents(
    context: Context, reader: Reader, request: Shape, kind: str, listing: str, *, prefix: str = ""
) -> tuple[list[Document], str | None]:
    """Return the page that `MaxResults` and `NextToken` ask for, and the token of the next one."""
    caller = context.caller

    def fetch(after: str, limit: int) -> list[tuple[str, Document]]:
        return reader.list(caller.account_id, caller.region, SERVICE, kind, prefix=prefix, after=after, limit=limit)

    return page(
        fetch,
        request.get("NextToken"),
        _page_size(request.get("MaxResults")),
        listing=listing,
        error_code="BadRequestException",
        error_message="Invalid nextToken specified",
    )


def items(documents: list[Document], token: str | None) -> Document:
    """Return the output of a Get operation that lists."""
    return {"Items": documents, "NextToken": token} if token else {"Items": documents}


def timestamp(context: Context) -> str:
    """Return the present time as documents hold it: ISO 8601, UTC, whole seconds."""
    return utc(int(context.clock.now())).strftime("%Y-%m-%dT%H:%M:%SZ")


def _page_size(text: str | None) -> int:
    # The model declares MaxResults as a string.
    if not text:
        return _PAGE_ITEMS
    if not (text.isascii() and text.isdigit()) or len(text) > 9 or int(text) == 0:
        raise _invalid_page_size(text)
    return min(int(text), _LARGEST_PAGE)


def _invalid_page_size(text: str) -> AwsError:
    return bad_request(f"Invalid value specified for maxResults: {text}. It must be a positive integer.")
