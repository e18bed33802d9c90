"""Nested stacks: stacks that are resources of others.

A nested stack that was updated waits with its clean-up until its parent cleans up, and so do those within it: as long
as the parent may be rolled back, what its update would delete is there still, and its roll-back is its own.

    parent  UPDATE ─────────────────────────▶ CLEANUP        or  UPDATE_ROLLBACK ──────────▶ ROLLBACK_CLEANUP
    nested  UPDATE ▶ CLEANUP, held ─────────▶ CLEANUP        or  UPDATE_ROLLBACK, held ────▶ ROLLBACK_CLEANUP

Sources: "AWS::CloudFormation::Stack", "Embed stacks within other stacks", "Nested stacks are stuck in
UPDATE_COMPLETE_CLEANUP_IN_PROGRESS" (AWS CloudFormation User Guide); reasons as AWS is seen to word them.
"""

from typing import TYPE_CHECKING

from gatewright.stacks.execution.begin import (
    begin_creation,
    begin_deletion,
    begin_rollback,
    begin_update,
    new_stack,
    open_stack,
    save,
)
from gatewright.stacks.execution.errors import Cancelled, NodeStopping, ResourceFailed
from gatewright.stacks.execution.journal import Journal
from gatewright.stacks.execution.nested_change_sets import Planned, planned_of
from gatewright.stacks.execution.nested_plans import LONGEST_NAME, NestedPlan, NestedPlans
from gatewright.stacks.execution.nesting import count_new, nesting_of
from gatewright.stacks.execution.places import STACK, STACK_TYPE, Place, uuid_of
from gatewright.stacks.execution.statuses import DELETED, IN_REVIEW, Phase
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.store.types import Document

if TYPE_CHECKING:
    from gatewright.stacks.execution.runs import StackRuns

_UPDATED = frozenset({"UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"})
_LEFT_FAILED = frozenset({"UPDATE_FAILED", "UPDATE_ROLLBACK_FAILED"})


class NestedStacks:
    """Makes, changes and removes nested stacks, in the thread of their resource."""

    def __init__(self, runs: "StackRuns") -> None:
        self._runs = runs
        self._surroundings = runs.surroundings

    def resource_type(self) -> ResourceType:
        """Return the resource type."""
        return ResourceType(
            STACK_TYPE,
            self._create,
            self._update,
            self._delete,
            restore=self._restore,
            settle=self._settle,
            is_outdated=self._is_outdated,
        )

    def _create(self, call: Call, properties: Properties) -> Resource:
        place = _place(call)
        parent = self._parent(call, place)
        planned = planned_of(self._surroundings.store, place, parent, call.logical_id)
        # The token is the same when the attempt is repeated: so is the stack.
        uuid = call.token if planned is None else planned.stack_uuid
        stack = self._stack(place, uuid)
        if stack is None or stack["StackStatus"] == IN_REVIEW:
            stack = self._open(call, place, parent, planned, stack or self._new(call, place), properties)
        self._runs.work(place, uuid)
        stack = self._settled(place, uuid)
        if stack["StackStatus"] != "CREATE_COMPLETE":
            self._refuse_giving_up(parent)
            reason = stack.get("StackStatusReason") or ""
            raise ResourceFailed(f"Embedded stack {stack['StackId']} was not successfully created: {reason}")
        return _resource(stack)

    def _new(self, call: Call, place: Place) -> Document:
        return new_stack(self._surroundings, place, call.physical_name(LONGEST_NAME), call.token)

    def _open(
        self,
        call: Call,
        place: Place,
        parent: Document,
        planned: Planned | None,
        stack: Document,
        properties: Properties,
    ) -> Document:
        surroundings = self._surroundings
        if stack.get("StackStatus") == IN_REVIEW:  # there is something to delete whatever happens now
            call.keep_id(stack["StackId"])
        plan = self._plan(place, parent, planned, stack, properties, is_new=True)
        prepared = plan.usable()
        call.keep_id(stack["StackId"])
        with surroundings.store.write() as writer:
            count_new(writer, place, parent)
            step = open_stack(surroundings, writer, place, stack)
            begin_creation(step, prepared, plan.options, call.token, surroundings.clock.now())
            _hand_down(parent, planned, stack)
            save(step)
        return stack

    def _update(self, call: Call, resource: Resource, old: Properties, new: Properties) -> Resource:
        place = _place(call)
        uuid = uuid_of(resource.physical_id) or ""
        stack = self._existing(place, resource)
        operation = stack.get("Operation")
        is_done = operation is not None and operation.get("IsHeld") and operation["Id"] == call.token
        if operation is None or (operation.get("IsHeld") and not is_done):
            if not self._begin_update(call, place, stack, new):
                return _resource(stack)
            is_done = False
        if not is_done:
            self._runs.work(place, uuid)
            stack = self._settled(place, uuid)
        status = stack["StackStatus"]
        if status not in _UPDATED:
            self._refuse_giving_up(self._parent(call, place))
            if "Failure" in stack:  # AWS says it while the roll-back is under way
                raise ResourceFailed(_not_updated(stack, "UPDATE_ROLLBACK_IN_PROGRESS", stack["Failure"]))
            raise ResourceFailed(_not_updated(stack, status, stack.get("StackStatusReason")))
        return _resource(stack)

    def _begin_update(self, call: Call, place: Place, stack: Document, new: Properties) -> bool:
        """Begin an update; return False when there is nothing to change."""
        surroundings = self._surroundings
        parent = self._parent(call, place)
        planned = planned_of(surroundings.store, place, parent, call.logical_id)
        plan = self._plan(place, parent, planned, stack, new)
        prepared = plan.usable()
        if not plan.has_effects:
            return False
        journal = Journal(surroundings.store, place, stack["Uuid"], surroundings.clock, surroundings.ids)
        with journal.step() as step:
            begin_update(step, prepared, plan.options, call.token)
            _hand_down(parent, planned, step.stack)
        return True

    def _is_outdated(self, call: Call, resource: Resource, properties: Properties) -> bool:
        """Say whether a nested stack would change, or has changed by itself, although its properties did not."""
        place = _place(call)
        parent = self._parent(call, place)
        planned = planned_of(self._surroundings.store, place, parent, call.logical_id)
        if (parent.get("Operation") or {}).get("NestedChangeSets") is not None:
            return planned is not None
        stack = self._existing(place, resource)
        if dict(_resource(stack).attributes) != dict(resource.attributes):
            return True
        return self._plan(place, parent, None, stack, properties).has_effects

    def _restore(self, call: Call, resource: Resource, changed: Properties, before: Properties) -> Resource:
        """Roll a nested stack back. One that failed has done so already."""
        place = _place(call)
        uuid = uuid_of(resource.physical_id) or ""
        stack = self._there(place, uuid)
        operation = stack.get("Operation") or {}
        is_unfinished = operation.get("Phase") in {Phase.UPDATE.value, Phase.CLEANUP.value}
        if is_unfinished or (stack["StackStatus"] in _LEFT_FAILED and "Before" in stack):
            skipped = (self._parent(call, place).get("Operation") or {}).get("ResourcesToSkip", ())
            surroundings = self._surroundings
            with Journal(surroundings.store, place, uuid, surroundings.clock, surroundings.ids).step() as step:
                begin_rollback(step, call.token, Phase.UPDATE_ROLLBACK, skipped=skipped, is_nested=True)
        self._runs.work(place, uuid)
        stack = self._settled(place, uuid)
        if stack["StackStatus"] in _LEFT_FAILED:
            raise ResourceFailed(_not_updated(stack, stack["StackStatus"], stack.get("StackStatusReason")))
        return _resource(stack)

    def _settle(self, call: Call, resource: Resource) -> None:
        """Let a nested stack clean up: there is no way back any more."""
        place = _place(call)
        uuid = uuid_of(resource.physical_id) or ""
        stack = self._stack(place, uuid)
        if stack is None or not stack.get("Operation"):
            return
        surroundings = self._surroundings
        with Journal(surroundings.store, place, uuid, surroundings.clock, surroundings.ids).step() as step:
            step.stack["Operation"].pop("IsHeld", None)
        self._runs.work(place, uuid)
        self._settled(place, uuid)

    def _delete(self, call: Call, resource: Resource, properties: Properties) -> None:
        place = _place(call)
        uuid = uuid_of(resource.physical_id) or ""
        stack = self._stack(place, uuid)
        if stack is None or stack["StackStatus"] == DELETED:
            return
        surroundings = self._surroundings
        operation = stack.get("Operation")
        if operation is None or operation.get("Phase") != "DELETE":
            with Journal(surroundings.store, place, uuid, surroundings.clock, surroundings.ids).step() as step:
                begin_deletion(step, str(surroundings.ids.uuid()))
        self._runs.work(place, uuid)
        stack = self._settled(place, uuid)
        if stack["StackStatus"] != DELETED:
            reason = stack.get("StackStatusReason") or ""
            raise ResourceFailed(f"Embedded stack {stack['StackId']} was not successfully deleted: {reason}")

    def _refuse_giving_up(self, parent: Document) -> None:
        """Raise `Cancelled` when a nested stack was given up because something else failed in its parent."""
        if not self._runs.goes_on(parent["Uuid"]):
            raise Cancelled

    def _plan(
        self,
        place: Place,
        parent: Document,
        planned: Planned | None,
        stack: Document,
        properties: Properties,
        *,
        is_new: bool = False,
    ) -> NestedPlan:
        """Plan with the template as it is now, or as the change set that is executed read it."""
        with self._surroundings.store.read() as reader:
            nesting = nesting_of(reader, place, parent)
        plans = NestedPlans(self._surroundings, self._runs.find_type, place, parent, nesting)
        return plans.plan(stack, properties, is_new=is_new, text=None if planned is None else planned.template)

    def _parent(self, call: Call, place: Place) -> Document:
        parent = self._stack(place, uuid_of(call.stack_id) or "")
        if parent is None:
            raise ResourceFailed(f"Stack with id {call.stack_id} does not exist")
        return parent

    def _stack(self, place: Place, uuid: str) -> Document | None:
        with self._surroundings.store.read() as reader:
            return reader.get(place.key(STACK, uuid))

    def _there(self, place: Place, uuid: str) -> Document:
        stack = self._stack(place, uuid)
        if stack is None:
            raise ResourceFailed(f"Stack with id {uuid} does not exist")
        return stack

    def _existing(self, place: Place, resource: Resource) -> Document:
        """Return a stack that nobody has deleted. Raises ResourceFailed."""
        stack = self._stack(place, uuid_of(resource.physical_id) or "")
        if stack is None or stack["StackStatus"] == DELETED:
            raise ResourceFailed(f"Stack [{resource.physical_id}] does not exist")
        return stack

    def _settled(self, place: Place, uuid: str) -> Document:
        """Return a stack that nobody works on any more. Raises `NodeStopping` when there is still something to do."""
        stack = self._there(place, uuid)
        operation = stack.get("Operation")
        if operation and not operation.get("IsHeld"):
            raise NodeStopping
        return stack


def _place(call: Call) -> Place:
    return Place(call.account_id, call.region, call.partition)


def _hand_down(parent: Document, planned: Planned | None, stack: Document) -> None:
    """Tell a nested stack what the change set that its parent executes says of those within it."""
    if (parent.get("Operation") or {}).get("NestedChangeSets") is None:
        return
    stack["Operation"]["NestedChangeSets"] = {} if planned is None else planned.below
    if planned is not None:
        stack["ChangeSetId"] = planned.change_set_id


def _not_updated(stack: Document, status: str, reason: str | None) -> str:
    return (
        f"Embedded stack {stack['StackId']} was not successfully updated. Currently in {status} with reason: {reason}"
    )


def _resource(stack: Document) -> Resource:
    attributes = {f"Outputs.{output['OutputKey']}": output["OutputValue"] for output in stack.get("Outputs", ())}
    return Resource(stack["StackId"], attributes)
