"""The change sets of nested stacks, which belong to that of their root: made, executed and deleted with it.

A change set's `Nested` has, by logical id, the stack and the change set of each nested stack that it changes; an
operation that executes one has the same as `NestedChangeSets`, and hands it down the stacks.

Source: "Change sets for nested stacks" (AWS CloudFormation User Guide).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gatewright.stacks.execution.journal import Step
from gatewright.stacks.execution.places import CHANGE_SET, CHANGE_SET_ID, STACK, STACK_NAME, Place
from gatewright.stacks.execution.statuses import DELETED, IN_REVIEW
from gatewright.stacks.execution.surroundings import Surroundings
from gatewright.store.types import Document, Reader, Store, Writer


@dataclass(frozen=True, slots=True)
class Planned:
    """What the change set that is executed says of a nested stack."""

    stack_uuid: str
    change_set_id: str
    template: str
    below: Mapping[str, Any]


def planned_of(store: Store, place: Place, parent: Document, logical_id: str) -> Planned | None:
    """Return what the change set that a parent executes says of a nested stack, if it executes one."""
    found = ((parent.get("Operation") or {}).get("NestedChangeSets") or {}).get(logical_id)
    if found is None:
        return None
    with store.read() as reader:
        change_set = reader.get(place.key(CHANGE_SET, f"{found['Stack']}/{found['ChangeSet']}"))
    if change_set is None:
        return None
    return Planned(
        found["Stack"], change_set["ChangeSetId"], change_set["Template"]["Original"], change_set.get("Nested") or {}
    )


def hierarchy(reader: Reader, place: Place, change_set: Document) -> list[tuple[str, Document]]:
    """Return the change sets below one with the identifiers of their documents, parents first."""
    found = []
    for entry in (change_set.get("Nested") or {}).values():
        identifier = f"{entry['Stack']}/{entry['ChangeSet']}"
        nested = reader.get(place.key(CHANGE_SET, identifier))
        if nested is not None:
            found += [(identifier, nested), *hierarchy(reader, place, nested)]
    return found


def hand_over(stack: Document, change_set: Document) -> None:
    """Tell an operation what the change set that it executes says of nested stacks."""
    if change_set["IncludeNestedStacks"]:
        stack["Operation"]["NestedChangeSets"] = change_set.get("Nested") or {}


def delete_hierarchy(surroundings: Surroundings, writer: Writer, place: Place, change_set: Document) -> None:
    """Delete the change sets below one, and the stacks that were made for them and never created."""
    below = hierarchy(writer, place, change_set)
    _discard_reviewed(
        writer, place, below, lambda stack: Step(writer, place, stack, surroundings.clock, surroundings.ids)
    )
    for identifier, nested in below:
        writer.delete(place.key(CHANGE_SET, identifier))
        writer.delete(place.key(CHANGE_SET_ID, nested["Uuid"]))


def discard_all_reviewed(step: Step, operation: Document) -> None:
    """Delete the nested stacks, at every depth, that an operation had in review and did not come to."""
    below = hierarchy(step.writer, step.place, {"Nested": operation.get("NestedChangeSets")})
    _discard_reviewed(step.writer, step.place, below, step.beside)


def _discard_reviewed(
    writer: Writer, place: Place, below: Sequence[tuple[str, Document]], step_of: Callable[[Document], Step]
) -> None:
    """Delete the stacks of change sets (`hierarchy`) that are in review still."""
    for identifier, _ in below:
        stack = writer.get(place.key(STACK, identifier.partition("/")[0]))
        if stack is not None and stack["StackStatus"] == IN_REVIEW:
            step = step_of(stack)
            stack["DeletionTime"] = step.now()
            step.set_status(DELETED)
            writer.put(place.key(STACK, step.uuid), stack)
            writer.delete(place.key(STACK_NAME, stack["StackName"]))
