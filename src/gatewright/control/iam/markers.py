"""Pages of IAM's listings: `Marker` and `MaxItems` in, `IsTruncated` and `Marker` out.

Source: "ListRoles" and its relatives ("API Reference", IAM): 100 items unless asked otherwise.
"""

from collections.abc import Iterable
from typing import Final, TypeVar

from gatewright.aws.pagination import page
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.documents import Entity, list_all
from gatewright.store.types import Document, Reader

Item = TypeVar("Item")

_PAGE_ITEMS: Final = 100


def page_of(request: Shape, listing: str, items: Iterable[tuple[str, Item]]) -> tuple[list[Item], Document]:
    """Return the items of the page that a request asks for, and the members that say whether there is more.

    `items` are (key, item) in the order of their keys. Raises ValidationError for a marker of another listing.
    """
    found = list(items)

    def fetch(after: str, limit: int) -> list[tuple[str, Item]]:
        return [(key, item) for key, item in found if key > after][:limit]

    shown, marker = page(
        fetch,
        request.get("Marker"),
        request.get("MaxItems") or _PAGE_ITEMS,
        listing=listing,
        error_code="ValidationError",
        error_message="Invalid Marker.",
    )
    return shown, {"IsTruncated": False} if marker is None else {"IsTruncated": True, "Marker": marker}


def page_below_path(
    context: Context, reader: Reader, entity: Entity, request: Shape, operation: str
) -> tuple[list[Document], Document]:
    """Return the page that a listing of entities by name asks for: those below a path only where one is given."""
    path = request.get("PathPrefix") or "/"
    found = list_all(context, reader, entity.kind)
    return page_of(request, f"{operation}{path}", ((key, each) for key, each in found if each["Path"].startswith(path)))
