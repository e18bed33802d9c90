"""How deep new nested stacks may be, and how many one plan or one operation may have.

A template that nests itself comes to no end, and with two such resources there are twice as many at each level. AWS's
quotas ("Understand CloudFormation quotas", AWS CloudFormation User Guide) say how many stacks an account may have, and
nothing of their depth. Here each nested stack that is worked on holds a thread: these bounds are gatewright's own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from gatewright.stacks.execution.errors import ResourceFailed
from gatewright.stacks.execution.places import STACK, Place, uuid_of
from gatewright.store.types import Document, Reader, Writer

DEEPEST: Final = 20
"""How many stacks a new one may be within."""
MOST: Final = 500
"""How many new nested stacks a plan, or an operation, may have."""

_TOO_MANY: Final = f"One operation cannot create more than {MOST} nested stacks."


@dataclass(frozen=True, slots=True)
class Nesting:
    """Where the nested stacks of one stack are in a plan."""

    depth: int
    """How many stacks their parent is within."""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    """Those of the plan's new nested stacks, at all depths."""

    def below(self) -> "Nesting":
        """Return where those are that are within these."""
        return replace(self, depth=self.depth + 1)

    def refuse_more(self) -> None:
        """Refuse a new nested stack that is too deep, or one too many. Raises ResourceFailed."""
        if self.depth >= DEEPEST:
            raise ResourceFailed(f"Stacks cannot be nested more than {DEEPEST} deep.")
        if next(self.numbers) > MOST:
            raise ResourceFailed(_TOO_MANY)


def nesting_of(reader: Reader, place: Place, parent: Document) -> Nesting:
    """Return where the nested stacks of a stack are when planning begins with them."""
    depth, above = 0, _above(reader, place, parent)
    while above is not None and depth < DEEPEST:
        depth, above = depth + 1, _above(reader, place, above)
    return Nesting(depth)


def count_new(writer: Writer, place: Place, parent: Document) -> None:
    """Count a new nested stack in the topmost operation that it is made by. Raises ResourceFailed."""
    top, above = parent, _above(writer, place, parent)
    while above is not None and above.get("Operation"):
        top, above = above, _above(writer, place, above)
    key = place.key(STACK, top["Uuid"])
    stack = writer.get(key)
    if stack is None or not stack.get("Operation"):
        raise ResourceFailed(f"Stack with id {top['StackId']} does not exist")
    number = stack["Operation"].get("NewNestedStacks", 0) + 1
    if number > MOST:
        raise ResourceFailed(_TOO_MANY)
    stack["Operation"]["NewNestedStacks"] = number
    writer.put(key, stack)


def _above(reader: Reader, place: Place, stack: Document) -> Document | None:
    parent_id = stack.get("ParentId")
    return None if parent_id is None else reader.get(place.key(STACK, uuid_of(parent_id) or ""))
