"""Values of a codec as the case files write them: timestamps as seconds, blobs as text, special floats as words."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.model import Shape


def plain(value: Any) -> Any:
    """Return a parsed value as JSON could hold it."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def typed(shape: Shape | None, value: Any) -> Any:
    """Return a value of a case file as an operation would return it."""
    if value is None or shape is None:
        return value
    kind = shape.type_name
    if kind == "structure" and not shape.is_document_type:  # type: ignore[attr-defined]
        return {name: typed(shape.members.get(name), item) for name, item in value.items()}  # type: ignore[attr-defined]
    if kind == "list":
        return [typed(shape.member, item) for item in value]  # type: ignore[attr-defined]
    if kind == "map":
        return {key: typed(shape.value, item) for key, item in value.items()}  # type: ignore[attr-defined]
    if kind == "blob":
        return value.encode()
    if kind in {"float", "double"}:
        return float(value)
    return value
