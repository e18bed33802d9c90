"""What the listings of Lambda have in common: the size of a page, and which members of a configuration they show."""

from gatewright.base.operations import Shape
from gatewright.store.types import Document

LARGEST_PAGE = 50
"""ListFunctions "returns a maximum of 50 items in each response, even if you set the number higher"."""

# "To get the additional fields …, use GetFunction" (ListFunctions).
_NOT_LISTED = frozenset(
    {
        "State",
        "StateReason",
        "StateReasonCode",
        "LastUpdateStatus",
        "LastUpdateStatusReason",
        "LastUpdateStatusReasonCode",
        "RuntimeVersionConfig",
    }
)


def page_size(request: Shape) -> int:
    """Return how many items a page of a listing holds."""
    return min(request.get("MaxItems") or LARGEST_PAGE, LARGEST_PAGE)


def listed(document: Document) -> Document:
    """Return a configuration as listings show it."""
    return {name: value for name, value in document.items() if name not in _NOT_LISTED}
