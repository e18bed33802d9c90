"""ImportApiKeys: keys from a CSV file.

Source: "API Gateway API key file format" (API Gateway Developer Guide).
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.control.apigateway.api_keys import add_api_key, check_room_for_key, check_value, put_api_key
from gatewright.control.apigateway.documents import API_KEY, USAGE_PLAN, find, list_documents
from gatewright.control.apigateway.errors import bad_request
from gatewright.control.apigateway.usage_plan_keys import add_usage_plan_key
from gatewright.control.context import Context
from gatewright.store.types import Document, Writer

_REQUIRED_COLUMNS = ("Key", "Name")

Row = Mapping[str, str]
"""The cells of a line, by the name of their column in lower case."""


def import_api_keys(context: Context, request: Shape) -> Shape:
    """Create the keys of a file, or change those that have the same value; a line that is wrong is a warning."""
    ids, warnings = [], []
    with context.store.write() as writer:
        known = {api_key["value"]: api_key for api_key in list_documents(context, writer, API_KEY)}
        for number, row in _rows(request["body"]):
            try:
                check_value(row.get("key", ""))
                if row["key"] not in known:
                    check_room_for_key(len(known))
                api_key = _put_key(context, writer, row, known.get(row["key"]))
            except AwsError as error:
                warnings.append(f"Line {number}: {error.message}")
                continue
            known[api_key["value"]] = api_key
            ids.append(api_key["id"])
            warnings += [f"Line {number}: {text}" for text in _join_plans(context, writer, api_key, row)]
        if warnings and request.get("failOnWarnings"):
            raise bad_request(f"Warnings found during import: {', '.join(warnings)}")
    return {"ids": ids, "warnings": warnings} if warnings else {"ids": ids}


def _rows(body: bytes) -> Iterator[tuple[int, Row]]:
    """Yield the lines below the header. Raises BadRequestException."""
    try:
        text = body.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True))
    except (UnicodeDecodeError, csv.Error):
        raise bad_request("Unable to parse the API key file: it must be CSV in UTF-8") from None
    columns = [name.strip().lower() for name in lines[0]] if lines else []
    for column in _REQUIRED_COLUMNS:
        if column.lower() not in columns:
            raise bad_request(f"Missing required column '{column}'")
    for number, cells in enumerate(lines[1:], 2):
        if any(cell.strip() for cell in cells):
            yield number, dict(zip(columns, (cell.strip() for cell in _joined(cells)), strict=False))


def _joined(cells: list[str]) -> list[str]:
    """Return cells with those that single quotes hold together made one, as AWS reads `'c7y23b,glvrsr'`."""
    joined: list[str] = []
    opened = False
    for cell in cells:
        if opened:
            joined[-1] += f",{cell}"
        else:
            joined.append(cell)
        opened = opened != (cell.count("'") % 2 == 1)
    return [cell.strip().strip("'") if cell.strip().startswith("'") else cell for cell in joined]


def _put_key(context: Context, writer: Writer, row: Row, existing: Document | None) -> Document:
    # "The default value is an empty string or a true Boolean value."
    members: Document = {
        "name": row.get("name", ""),
        "value": row["key"],
        "description": row.get("description", ""),
        "enabled": (row.get("enabled") or "true").lower() == "true",
    }
    if existing is None:
        return add_api_key(context, writer, members, [])
    # "The same API key can be imported multiple times, with the most recent version overwriting the previous one."
    changed = {**existing, **members}
    return put_api_key(context, writer, {name: value for name, value in changed.items() if value != ""})


def _join_plans(context: Context, writer: Writer, api_key: Document, row: Row) -> Iterator[str]:
    """Add a key to its usage plans, and yield why it is not in one of them."""
    for plan_id in filter(None, (each.strip() for each in row.get("usageplanids", "").split(","))):
        plan = find(context, writer, USAGE_PLAN, plan_id)
        if plan is None:
            yield f"Invalid Usage Plan ID specified: {plan_id}"
            continue
        try:
            add_usage_plan_key(context, writer, plan, api_key, is_import=True)
        except AwsError as error:
            yield error.message


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType({"ImportApiKeys": import_api_keys})
