"""ListExports, ListImports.

Source: the pages of these operations (AWS CloudFormation API Reference).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.aws.pagination import page
from gatewright.base.operations import Shape
from gatewright.stacks.execution.exports import importers
from gatewright.stacks.execution.places import EXPORT
from gatewright.stacks.operations.context import StackContext, present
from gatewright.stacks.operations.inputs import validation_error

_PER_PAGE: Final = 100


def list_exports(context: StackContext, request: Shape) -> Shape:
    """List the exports of the account and region by name."""
    with context.store.read() as reader:
        found, token = page(
            lambda after, limit: context.place.list(reader, EXPORT, "", after, limit),
            request.get("NextToken"),
            _PER_PAGE,
            listing="ListExports",
            error_code="ValidationError",
        )
    members = ("ExportingStackId", "Name", "Value")
    exports = [{name: export[name] for name in members} for export in found]
    return present({"Exports": exports, "NextToken": token})


def list_imports(context: StackContext, request: Shape) -> Shape:
    """List the stacks that import an export."""
    name = request["ExportName"]
    with context.store.read() as reader:
        names = importers(reader, context.place, name)
    if not names:
        raise validation_error(f"Export '{name}' is not imported by any stack.")
    found, token = page(
        lambda after, limit: [(each, each) for each in names if each > after][:limit],
        request.get("NextToken"),
        _PER_PAGE,
        listing=f"ListImports/{name}",
        error_code="ValidationError",
    )
    return present({"Imports": found, "NextToken": token})


OPERATIONS: Mapping[str, Callable[[StackContext, Shape], Shape]] = MappingProxyType(
    {"ListExports": list_exports, "ListImports": list_imports}
)
