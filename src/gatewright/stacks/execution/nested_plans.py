"""What nested stacks are to become: their templates are read again for every plan of their parents.

Sources: "Embed stacks within other stacks" and "Change sets for nested stacks" (AWS CloudFormation User Guide): an
update of a top-level stack initiates one of its nested stacks, and those that are as they were stay so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright.base.errors import AwsError
from gatewright.stacks.execution.begin import Options, new_stack
from gatewright.stacks.execution.errors import ResourceFailed
from gatewright.stacks.execution.journal import Journal
from gatewright.stacks.execution.names import random_part
from gatewright.stacks.execution.nesting import Nesting
from gatewright.stacks.execution.object_urls import read_template_object
from gatewright.stacks.execution.places import STACK, TEMPLATE, Place, uuid_of
from gatewright.stacks.execution.plan import Outlook, Plan, plan_creation, plan_update
from gatewright.stacks.execution.preparation import Given, Prepared, prepare, refuse_capabilities
from gatewright.stacks.execution.statuses import DELETED
from gatewright.stacks.execution.surroundings import FindType, Surroundings
from gatewright.stacks.resource_types.contract import Properties, Services, made_up_name
from gatewright.stacks.template import TemplateError, is_unknown
from gatewright.store.types import Document

LONGEST_NAME = 128


@dataclass(frozen=True, slots=True)
class NestedPlan:
    """What one nested stack is to become."""

    stack: Document
    """As it is; of a new one, only its names."""
    is_new: bool
    options: Options
    text: str
    """The template; empty when it could not be read."""
    prepared: Prepared | None = None
    """None when the template cannot be used."""
    plan: Plan | None = None
    failure: str | None = None
    """Why the template cannot be used."""
    below: "Mapping[str, NestedPlan]" = field(default_factory=dict)
    """What its own nested stacks are to become, by logical id."""

    @property
    def has_effects(self) -> bool:
        """Say whether there is anything to do: what cannot be planned fails when it is done."""
        return self.plan is None or self.plan.has_effects

    def usable(self) -> Prepared:
        """Return what the stack can be made of. Raises ResourceFailed."""
        if self.prepared is None:
            raise ResourceFailed(self.failure or "")
        return self.prepared


class NestedPlans:
    """Plans the nested stacks of one stack, and keeps what it found by logical id."""

    def __init__(
        self,
        surroundings: Surroundings,
        find_type: FindType,
        place: Place,
        parent: Document,
        nesting: Nesting,
        *,
        is_with_new: bool = False,
    ) -> None:
        """`parent` has the tags and capabilities that it is to have. `is_with_new`: plan those too that are not there.

        Only change sets that include nested stacks look at those.
        """
        self.found: dict[str, NestedPlan] = {}
        self._surroundings = surroundings
        self._find_type = find_type
        self._place = place
        self._parent = parent
        self._nesting = nesting
        self._is_with_new = is_with_new

    def look(self, logical_id: str, resource: Document | None, properties: Callable[[], Properties]) -> Outlook | None:
        """Return what a nested stack is to become; None when that is not known, or need not be."""
        stack = None if resource is None else self._there(resource)
        if stack is None and (resource is not None or not self._is_with_new):
            return None
        try:
            given = properties()
        except TemplateError:  # a dynamic reference: who makes the resource says so
            return None
        if is_unknown(dict(given)) and not self._is_with_new:
            return None
        found = self.found[logical_id] = self.plan(stack or self._new(logical_id), given, is_new=stack is None)
        if found.plan is None or found.is_new:
            return Outlook(found.has_effects, None)
        outputs = {f"Outputs.{output['OutputKey']}": output["OutputValue"] for output in found.plan.outputs}
        return Outlook(found.has_effects, outputs)

    def plan(
        self, stack: Document, properties: Properties, *, is_new: bool = False, text: str | None = None
    ) -> NestedPlan:
        """Plan one nested stack. `text` is its template, where it is not to be read."""
        options = nested_options(self._parent, properties, is_creation=is_new)
        surroundings, place, find_type = self._surroundings, self._place, self._find_type
        prepared, read = None, text or ""
        try:
            if is_new:
                self._nesting.refuse_more()
            read = read_nested_template(surroundings.services(place), properties) if text is None else text
            given = Given(read, {name: _text(value) for name, value in properties.get("Parameters", {}).items()})
            prepared = prepare(surroundings, find_type, place, stack, given)
            refuse_capabilities(prepared, options.capabilities, is_change_set=False)
            becoming = {**stack, "Tags": options.tags, "Capabilities": options.capabilities}
            nesting, is_with_new = self._nesting.below(), self._is_with_new
            below = NestedPlans(surroundings, find_type, place, becoming, nesting, is_with_new=is_with_new)
            plan = self._planned(stack, prepared, options, below, is_new=is_new)
        except (TemplateError, AwsError) as error:
            return NestedPlan(stack, is_new, options, read, failure=error.message)
        except ResourceFailed as error:
            return NestedPlan(stack, is_new, options, read, failure=str(error))
        return NestedPlan(stack, is_new, options, read, prepared, plan, None, below.found)

    def _planned(
        self, stack: Document, prepared: Prepared, options: Options, below: "NestedPlans", *, is_new: bool
    ) -> Plan:
        if is_new:
            return plan_creation(prepared.evaluated, below)
        surroundings, place, uuid = self._surroundings, self._place, stack["Uuid"]
        with surroundings.store.read() as reader:
            current = reader.get(place.key(TEMPLATE, f"{uuid}/current")) or {}
        resources = Journal(surroundings.store, place, uuid, surroundings.clock, surroundings.ids).resources()
        return plan_update(
            surroundings, self._find_type, stack, current, resources, prepared.evaluated, options.tags, below
        )

    def _there(self, resource: Document) -> Document | None:
        """Return a nested stack unless somebody has deleted it: then its update fails."""
        with self._surroundings.store.read() as reader:
            stack = reader.get(self._place.key(STACK, uuid_of(resource["PhysicalResourceId"]) or ""))
        return None if stack is None or stack["StackStatus"] == DELETED else stack

    def _new(self, logical_id: str) -> Document:
        part = random_part(self._surroundings.ids)
        name = made_up_name(self._parent["StackName"], logical_id, part, LONGEST_NAME)
        return new_stack(self._surroundings, self._place, name)


def read_nested_template(services: Services, properties: Properties) -> str:
    """Return the template of a nested stack. Raises AwsError."""
    return read_template_object(services, str(properties["TemplateURL"]))


def nested_options(parent: Document, properties: Properties, *, is_creation: bool) -> Options:
    """Return what a nested stack has of its parent and its properties: tags of both, its own notification topics."""
    own = [dict(tag) for tag in properties.get("Tags", ())]
    keys = {tag["Key"] for tag in own}
    timeout = properties.get("TimeoutInMinutes")
    operation = parent.get("Operation") or {}
    return Options(
        tags=[*(tag for tag in parent.get("Tags", ()) if tag["Key"] not in keys), *own],
        capabilities=parent.get("Capabilities", ()),
        notification_arns=properties.get("NotificationARNs", ()),
        role_arn=parent.get("RoleARN"),
        # What could not be created is left for the roll-back of the parent, which deletes it.
        on_failure="DO_NOTHING" if is_creation else operation.get("OnFailure", "ROLLBACK"),
        timeout_minutes=None if timeout is None else int(timeout),
        client_token=operation.get("ClientRequestToken"),
        parent=parent,
    )


def _text(value: Any) -> str:
    """Return a parameter's value: lists are their items with commas between them."""
    if isinstance(value, list):
        return ",".join(_text(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        raise ResourceFailed("Value of property Parameters must be an object with String (or simple type) properties")
    return str(value)
