"""Outputs and exports of a stack.

Source: "Get exported outputs from a deployed CloudFormation stack" (AWS CloudFormation User Guide);
ListExports, ListImports (API Reference).
"""

from collections.abc import Iterable, Sequence

from gatewright.stacks.execution.errors import OutputsFailed
from gatewright.stacks.execution.journal import Step
from gatewright.stacks.execution.places import EXPORT, STACK, Place
from gatewright.stacks.execution.statuses import DELETED
from gatewright.stacks.template import Output
from gatewright.store.types import Document, Reader


def shown_outputs(outputs: Iterable[Output]) -> list[Document]:
    """Return outputs as DescribeStacks shows them."""
    shown = []
    for output in outputs:
        members = {
            "OutputKey": output.key,
            "OutputValue": output.value,
            "Description": output.description,
            "ExportName": output.export_name,
        }
        shown.append({name: value for name, value in members.items() if value is not None})
    return shown


def importers(reader: Reader, place: Place, export_name: str) -> list[str]:
    """Return the names of the stacks that import an export, in the order of their names."""
    stacks = (stack for _, stack in place.list(reader, STACK))
    return sorted(
        stack["StackName"]
        for stack in stacks
        if export_name in stack.get("Imports", ()) and stack["StackStatus"] != DELETED
    )


def keep_exports(step: Step, outputs: Sequence[Output]) -> None:
    """Make the exports of a stack what its outputs say. Raises `OutputsFailed` for those of others or in use."""
    place, reader, stack_id = step.place, step.writer, step.stack["StackId"]
    wanted = {output.export_name: output.value for output in outputs if output.export_name is not None}
    for name, export in exports_of(reader, place, stack_id):
        users = [user for user in importers(reader, place, name) if user != step.stack["StackName"]]
        if users and name not in wanted:
            raise OutputsFailed(f"Export {name} cannot be deleted as it is in use by {' and '.join(users)}")
        if users and wanted[name] != export["Value"]:
            raise OutputsFailed(f"Export {name} cannot be updated as it is in use by {' and '.join(users)}")
        if name not in wanted:
            step.writer.delete(place.key(EXPORT, name))
    for name, value in wanted.items():
        key = place.key(EXPORT, name)
        there = reader.get(key)
        if there is not None and there["ExportingStackId"] != stack_id:
            owner = there["ExportingStackId"].split("/")[1]
            raise OutputsFailed(f"Export with name {name} is already exported by stack {owner}")
        step.writer.put(key, {"ExportingStackId": stack_id, "Name": name, "Value": value})


def exports_of(reader: Reader, place: Place, stack_id: str) -> list[tuple[str, Document]]:
    """Return the exports of a stack by name."""
    return [(name, export) for name, export in place.list(reader, EXPORT) if export["ExportingStackId"] == stack_id]


def export_in_use(reader: Reader, place: Place, stack: Document) -> str | None:
    """Return why a stack may not be deleted: another one imports one of its exports."""
    for name, _ in exports_of(reader, place, stack["StackId"]):
        users = [user for user in importers(reader, place, name) if user != stack["StackName"]]
        if users:
            return f"Export {name} cannot be deleted as it is in use by {' and '.join(users)}"
    return None
