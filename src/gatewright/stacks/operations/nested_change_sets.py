"""The change sets of nested stacks, made with that of their root (`IncludeNestedStacks`).

A nested stack that is to be created is in review until the root's change set is executed. What can be neither planned
nor read fails its change set, and so those above it. A nested stack that stays as it is has none.

Source: "Change sets for nested stacks" (AWS CloudFormation User Guide); the reasons as people quote them of AWS ("Only
executable from the root change set.", "Nested change set arn:… was not successfully created: Currently in FAILED.").
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from gatewright.stacks.execution.begin import USER_INITIATED, open_stack, save
from gatewright.stacks.execution.names import random_part
from gatewright.stacks.execution.nested_plans import NestedPlan
from gatewright.stacks.execution.places import CHANGE_SET, CHANGE_SET_ID
from gatewright.stacks.execution.plan import Change, Plan
from gatewright.stacks.execution.statuses import IN_REVIEW
from gatewright.stacks.operations.context import StackContext
from gatewright.stacks.resource_types.contract import made_up_name
from gatewright.store.types import Document, Writer

FROM_ROOT: Final = "Only executable from the root change set."
_LONGEST_NAME: Final = 128


@dataclass(frozen=True, slots=True)
class NestedChangeSet:
    """The change set of a nested stack, and the stack if it is new."""

    change_set: Document
    stack: Document
    is_new: bool


def add_nested(
    context: StackContext, change_set: Document, stack: Document, plan: Plan, found: Mapping[str, NestedPlan]
) -> list[NestedChangeSet]:
    """Give a change set its changes and those of the nested stacks that change; return the change sets of those.

    Its status is FAILED, with the reason, if one of those is.
    """
    made: list[NestedChangeSet] = []
    changes: list[Change] = []
    nested: dict[str, Any] = {}
    for change in plan.changes:
        becoming = found.get(change.logical_id)
        if becoming is None or not becoming.has_effects or change.action == "Remove":
            changes.append(change)
            continue
        below = _nested(context, change_set, stack, change.logical_id, becoming)
        made += below
        child = below[-1].change_set
        nested[change.logical_id] = {"Stack": below[-1].stack["Uuid"], "ChangeSet": child["Uuid"]}
        changes.append(replace(change, change_set_id=child["ChangeSetId"]))
        if child["Status"] == "FAILED" and "StatusReason" not in change_set:
            reason = f"Nested change set {child['ChangeSetId']} was not successfully created: Currently in FAILED."
            change_set["StatusReason"] = reason
    shown = Plan(tuple(changes), plan.has_effects)
    change_set |= {
        "Nested": nested,
        "Changes": shown.shown(),
        "ChangesWithValues": shown.shown(with_values=True),
    }
    return made


def write_nested(context: StackContext, writer: Writer, made: list[NestedChangeSet]) -> None:
    """Write the change sets of nested stacks, and have new stacks in review."""
    place = context.place
    for each in made:
        stack, change_set = each.stack, each.change_set
        if each.is_new:
            step = open_stack(context.surroundings, writer, place, stack)
            step.set_status(IN_REVIEW, USER_INITIATED)
            save(step)
        writer.put(place.key(CHANGE_SET, f"{stack['Uuid']}/{change_set['Uuid']}"), change_set)
        writer.put(place.key(CHANGE_SET_ID, change_set["Uuid"]), {"Stack": stack["Uuid"]})


def _nested(
    context: StackContext, above: Document, parent: Document, logical_id: str, becoming: NestedPlan
) -> list[NestedChangeSet]:
    """Return the change sets of a nested stack and of those within it: its own is the last."""
    stack, options, prepared = becoming.stack, becoming.options, becoming.prepared
    if becoming.is_new:
        stack |= {"ParentId": parent["StackId"], "RootId": parent.get("RootId", parent["StackId"])}
        stack["Tags"] = [dict(tag) for tag in options.tags]
    uuid = context.new_id()
    part = random_part(context.surroundings.ids)
    name = made_up_name(above["ChangeSetName"], logical_id, part, _LONGEST_NAME)
    change_set: Document = {
        **above,
        "Uuid": uuid,
        "ChangeSetId": context.place.change_set_arn(name, uuid),
        "ChangeSetName": name,
        "StackId": stack["StackId"],
        "StackName": stack["StackName"],
        "ParentChangeSetId": above["ChangeSetId"],
        "RootChangeSetId": above.get("RootChangeSetId", above["ChangeSetId"]),
        "Type": "CREATE" if becoming.is_new else "UPDATE",
        "Description": None,
        "Tags": [dict(tag) for tag in options.tags],
        "NotificationARNs": list(options.notification_arns),
        "RollbackConfiguration": {},
        "Template": {"Original": becoming.text} if prepared is None else prepared.document,
        "Parameters": [] if prepared is None else prepared.evaluated.parameters.shown(),
        "RawParameters": {} if prepared is None else dict(prepared.evaluated.parameters.raw),
        "Status": "FAILED",
        "ExecutionStatus": "UNAVAILABLE",
        "Changes": [],
        "ChangesWithValues": [],
    }
    change_set.pop("StatusReason", None)
    change_set.pop("Nested", None)
    made: list[NestedChangeSet] = []
    if becoming.plan is None:
        change_set["StatusReason"] = becoming.failure
    else:
        made = add_nested(context, change_set, stack, becoming.plan, becoming.below)
    if "StatusReason" not in change_set:
        change_set |= {"Status": "CREATE_COMPLETE", "StatusReason": FROM_ROOT}
    return [*made, NestedChangeSet(change_set, stack, becoming.is_new)]
