"""Nested stacks: stacks that are resources of others.

Source: "AWS::CloudFormation::Stack" and "Embed stacks within other stacks" (AWS CloudFormation User Guide).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gatewright.base.errors import AwsError
from gatewright.stacks.execution.begin import (
    Options,
    begin_creation,
    begin_deletion,
    begin_update,
    new_stack,
    open_stack,
    save,
)
from gatewright.stacks.execution.errors import NodeStopping, ResourceFailed
from gatewright.stacks.execution.journal import Journal
from gatewright.stacks.execution.object_urls import read_object
from gatewright.stacks.execution.places import STACK, STACK_TYPE, TEMPLATE, Place, uuid_of
from gatewright.stacks.execution.plan import plan_update
from gatewright.stacks.execution.preparation import Given, Prepared, prepare, refuse_capabilities
from gatewright.stacks.execution.statuses import DELETED
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.template import TemplateError
from gatewright.store.types import Document

if TYPE_CHECKING:
    from gatewright.stacks.execution.runs import StackRuns

_LONGEST_NAME = 128


class NestedStacks:
    """Makes, changes and removes nested stacks, in the thread of their resource."""

    def __init__(self, runs: "StackRuns") -> None:
        self._runs = runs
        self._surroundings = runs.surroundings

    def resource_type(self) -> ResourceType:
        """Return the resource type."""
        return ResourceType(STACK_TYPE, self._create, self._update, self._delete)

    def _create(self, call: Call, properties: Properties) -> Resource:
        place = _place(call)
        # The token is the same when the attempt is repeated: so is the stack.
        stack = self._stack(place, call.token)
        if stack is None:
            stack = self._open(call, place, properties)
        self._runs.work(place, stack["Uuid"])
        stack = self._settled(place, stack["Uuid"])
        if stack["StackStatus"] != "CREATE_COMPLETE":
            reason = stack.get("StackStatusReason") or ""
            raise ResourceFailed(f"Embedded stack {stack['StackId']} was not successfully created: {reason}")
        return _resource(stack)

    def _open(self, call: Call, place: Place, properties: Properties) -> Document:
        surroundings = self._surroundings
        stack = new_stack(surroundings, place, call.physical_name(_LONGEST_NAME), call.token)
        parent = self._parent(call, place)
        prepared = self._prepare(call, place, stack, parent, self._template(call, properties), properties)
        call.keep_id(stack["StackId"])
        with surroundings.store.write() as writer:
            step = open_stack(surroundings, writer, place, stack)
            options = _options(parent, properties, is_creation=True)
            begin_creation(step, prepared, options, call.token, surroundings.clock.now())
            save(step)
        return stack

    def _update(self, call: Call, resource: Resource, old: Properties, new: Properties) -> Resource:
        place = _place(call)
        uuid = uuid_of(resource.physical_id) or ""
        stack = self._settled_or_under_way(place, uuid)
        if not stack.get("Operation") and not self._begin_update(call, place, stack, old, new):
            return _resource(stack)
        self._runs.work(place, uuid)
        stack = self._settled(place, uuid)
        if stack["StackStatus"] != "UPDATE_COMPLETE":
            status, reason = stack["StackStatus"], stack.get("StackStatusReason") or ""
            raise ResourceFailed(
                f"Embedded stack {stack['StackId']} was not successfully updated. Currently in {status} with reason: "
                f"{reason}"
            )
        return _resource(stack)

    def _begin_update(self, call: Call, place: Place, stack: Document, old: Properties, new: Properties) -> bool:
        """Begin an update; return False when there is nothing to change."""
        surroundings = self._surroundings
        key = place.key(TEMPLATE, f"{stack['Uuid']}/earlier")
        with surroundings.store.read() as reader:
            earlier = reader.get(key)
            current = reader.get(place.key(TEMPLATE, f"{stack['Uuid']}/current")) or {}
        # What a roll-back of the parent goes back to is not read again: its object may be gone.
        is_back = earlier is not None and earlier["Properties"] == new
        text = earlier["Original"] if earlier is not None and is_back else self._template(call, new)
        parent = self._parent(call, place)
        prepared = self._prepare(call, place, stack, parent, text, new)
        options = _options(parent, new, is_creation=False)
        resources = Journal(surroundings.store, place, stack["Uuid"], surroundings.clock, surroundings.ids).resources()
        plan = plan_update(
            surroundings, self._runs.find_type, stack, current, resources, prepared.evaluated, options.tags
        )
        if not plan.has_effects:
            return False
        journal = Journal(surroundings.store, place, stack["Uuid"], surroundings.clock, surroundings.ids)
        with journal.step() as step:
            step.writer.put(key, {"Original": current["Original"], "Properties": dict(old)})
            begin_update(step, prepared, options, call.token)
        return True

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

    def _template(self, call: Call, properties: Properties) -> str:
        try:
            return read_object(call.services, properties["TemplateURL"]).decode("utf-8", "replace")
        except AwsError as error:
            raise ResourceFailed(error.message) from error

    def _prepare(
        self, call: Call, place: Place, stack: Document, parent: Document, text: str, properties: Properties
    ) -> Prepared:
        given = Given(text, {name: _text(value) for name, value in properties.get("Parameters", {}).items()})
        try:
            prepared = prepare(self._surroundings, self._runs.find_type, place, stack, given)
            refuse_capabilities(prepared, parent.get("Capabilities", ()), is_change_set=False)
        except TemplateError as error:
            raise ResourceFailed(error.message) from error
        except AwsError as error:
            raise ResourceFailed(error.message) from error
        return prepared

    def _parent(self, call: Call, place: Place) -> Document:
        parent = self._stack(place, uuid_of(call.stack_id) or "")
        if parent is None:
            raise ResourceFailed(f"Stack with id {call.stack_id} does not exist")
        return parent

    def _stack(self, place: Place, uuid: str) -> Document | None:
        with self._surroundings.store.read() as reader:
            return reader.get(place.key(STACK, uuid))

    def _settled_or_under_way(self, place: Place, uuid: str) -> Document:
        stack = self._stack(place, uuid)
        if stack is None:
            raise ResourceFailed(f"Stack with id {uuid} does not exist")
        return stack

    def _settled(self, place: Place, uuid: str) -> Document:
        """Return a stack that nobody works on any more. Raises `NodeStopping` when there is still something to do."""
        stack = self._settled_or_under_way(place, uuid)
        if stack.get("Operation"):
            raise NodeStopping
        return stack


def _place(call: Call) -> Place:
    return Place(call.account_id, call.region, call.partition)


def _options(parent: Document, properties: Properties, *, is_creation: bool) -> Options:
    own = [dict(tag) for tag in properties.get("Tags", ())]
    keys = {tag["Key"] for tag in own}
    timeout = properties.get("TimeoutInMinutes")
    return Options(
        tags=[*(tag for tag in parent.get("Tags", ()) if tag["Key"] not in keys), *own],
        capabilities=parent.get("Capabilities", ()),
        notification_arns=properties.get("NotificationARNs", ()),
        role_arn=parent.get("RoleARN"),
        # What failed is left for the roll-back of the parent, which deletes it.
        on_failure="DO_NOTHING" if is_creation else "ROLLBACK",
        timeout_minutes=None if timeout is None else int(timeout),
        parent=parent,
    )


def _resource(stack: Document) -> Resource:
    attributes = {f"Outputs.{output['OutputKey']}": output["OutputValue"] for output in stack.get("Outputs", ())}
    return Resource(stack["StackId"], attributes)


def _text(value: Any) -> str:
    """Return a parameter's value: lists are their items with commas between them."""
    if isinstance(value, list):
        return ",".join(_text(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        raise ResourceFailed("Value of property Parameters must be an object with String (or simple type) properties")
    return str(value)
