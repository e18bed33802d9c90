"""Members of a result that the model does not know: ignored on the wire, an error where tests ask for it."""

from collections.abc import Iterator, Mapping
from typing import Any

from gatewright.aws.operation import Operation
from gatewright.aws.shapes import Member


def unmodeled_members(operation: Operation, result: Mapping[str, Any]) -> list[str]:
    """Return the paths of what would be dropped, such as `Configuration.Layers.0.Arm`."""
    if operation.output is None:
        return sorted(result)
    return list(_unknown(operation.output, result, ""))


def _unknown(member: Member, value: Any, path: str) -> Iterator[str]:
    shape = member.shape
    if value is None or shape.is_document or shape.is_event_stream:
        return
    if shape.type == "structure":
        for name, item in value.items():
            if name in shape.members:
                yield from _unknown(shape.members[name], item, f"{path}{name}.")
            else:
                yield path + name
    elif shape.type == "list":
        for index, item in enumerate(value):
            yield from _unknown(member.item, item, f"{path}{index}.")
    elif shape.type == "map":
        for name, item in value.items():
            yield from _unknown(member.value, item, f"{path}{name}.")
