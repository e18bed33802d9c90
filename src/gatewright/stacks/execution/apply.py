"""The resources that a template asks for: each is created, updated, replaced or left, after those that it needs.

What is done to a resource is decided when those that it needs are what they are to be: only then are its properties
known. A resource's document says what is under way (`Attempt`: the random part of its name and its token are there
before a service is called) and what there was before the operation (`Before`, for a roll-back); `Settled` names the
operation that is done with it. So all of it can be done again from the documents alone.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import AwsError, GatewrightError
from gatewright.stacks.execution.changes import Action, action_for, compared_properties, refuse_same_name
from gatewright.stacks.execution.custom_resources import HiddenResource
from gatewright.stacks.execution.errors import Cancelled, NodeStopping, ResourceFailed, reason_of
from gatewright.stacks.execution.evaluations import EvaluatedStack
from gatewright.stacks.execution.graph import run_graph
from gatewright.stacks.execution.journal import shown_properties
from gatewright.stacks.execution.lookups import ResourceLookup, ShownLookup
from gatewright.stacks.execution.names import random_part
from gatewright.stacks.execution.order import with_siblings
from gatewright.stacks.execution.run import INITIATED, INITIATED_STATUS, Run
from gatewright.stacks.execution.signals import wait_for_signals
from gatewright.stacks.execution.stack_policy import denial
from gatewright.stacks.resource_types.contract import Resource, ResourceType
from gatewright.store.types import Document

_log = logging.getLogger(__name__)

REPLACING: Final = "Requested update requires the creation of a new physical resource; hence creating one."
_POLICY_ACTIONS: Final = MappingProxyType({Action.UPDATE: "Update:Modify", Action.REPLACE: "Update:Replace"})

BEFORE: Final = (
    "PhysicalResourceId",
    "ResourceType",
    "Properties",
    "Compared",
    "ShownProperties",
    "Attributes",
    "RandomPart",
    "Metadata",
    "Needs",
    "DeletionPolicy",
    "UpdateReplacePolicy",
    "StackTags",
    "IsHidden",
)
"""What a roll-back gives back to a resource's document."""


@dataclass(frozen=True, slots=True)
class Desired:
    """What a resource is to be."""

    resource_type: ResourceType
    given: dict[str, Any]
    """Its properties, as its type gets them."""
    document: Document
    """What its document will have of the template."""

    @property
    def compared(self) -> Mapping[str, Any]:
        """Return the properties as they are compared with those of earlier and later templates."""
        return compared_properties(self.document)


class Apply:
    """Makes the resources of a stack what a template says. `failed` has the logical ids of those that could not be."""

    def __init__(self, run: Run, stack: Document, target: EvaluatedStack) -> None:
        self.failed: dict[str, list[str]] = {"create": [], "update": []}
        self._run = run
        self._stack = stack
        self._target = target
        self._operation_id: str = stack["Operation"]["Id"]
        self._lookup = ResourceLookup(run.resources)

    def work(self) -> None:
        """Do it, until all is done or something failed. Raises `NodeStopping`."""
        evaluation = self._target.evaluation
        needs = with_siblings(evaluation.resources, evaluation.dependencies)
        run_graph(evaluation.resources, needs, self._apply, goes_on=self._run.goes_on)
        self._run.refuse_stopping()

    def refuse_removals(self) -> None:
        """Have resources fail that the template does not ask for, and that the stack's policy protects."""
        policy = self._stack["Operation"].get("StackPolicy")
        for logical_id, resource in self._run.resources.items():
            if logical_id not in self._target.evaluation.resources:
                reason = denial(policy, "Update:Delete", logical_id, resource["ResourceType"])
                if reason is not None:
                    keep_before(resource)
                    self._fail(resource, Action.UPDATE, reason)

    def _apply(self, logical_id: str) -> bool:
        resource = self._run.resources.get(logical_id)
        if resource is not None and resource.get("Settled") == self._operation_id:
            return True
        try:
            desired = self._desired(logical_id)
            action = self._action(resource, desired)
            self._refuse_by_policy(logical_id, desired, action)
        except GatewrightError as error:
            return self._refuse(logical_id, resource, error)
        if action is Action.NOTHING and resource is not None:
            self._take_over(resource, desired)
            return True
        is_repeated = resource is not None and resource.get("Attempt") is not None
        resource = self._begin(logical_id, resource, desired, action)
        try:
            result = self._attempt(resource, desired, action, is_repeated=is_repeated)
            self._wait_for_signals(logical_id, resource, result, action)
        except NodeStopping:
            raise
        except Cancelled:
            what = "creation" if action is Action.CREATE else "update"
            return self._fail(resource, action, f"Resource {what} cancelled")
        except GatewrightError as error:
            return self._fail(resource, action, self._reason(error, resource))
        except Exception:  # noqa: BLE001 — whatever it is, the stack goes on to its roll-back
            _log.exception("%s: %s of %s failed", self._stack["StackId"], action.value, logical_id)
            return self._fail(resource, action, "Internal Failure")
        self._settle(resource, desired, result, action)
        return True

    def _desired(self, logical_id: str) -> Desired:
        declaration = self._target.evaluation.resources[logical_id]
        resource_type = self._run.find_type(declaration.type)
        if resource_type is None:
            raise ResourceFailed(f"Unrecognized resource types: [{declaration.type}]")
        evaluation, lookup = self._target.evaluation, self._lookup
        schema = self._run.surroundings.schema_of(declaration.type)
        compared = evaluation.properties(logical_id, lookup, dynamic_references=False)
        given = evaluation.properties(logical_id, lookup)
        if schema is not None:
            compared, given = schema.coerce(compared), schema.coerce(given)
            schema.check(logical_id, given)
        document: Document = {
            "LogicalResourceId": logical_id,
            "ResourceType": declaration.type,
            "Properties": given,
            "Metadata": self._target.metadata(logical_id, lookup),
            "Needs": sorted(evaluation.dependencies.get(logical_id, ())),
            "DeletionPolicy": declaration.deletion_policy,
            "UpdateReplacePolicy": declaration.update_replace_policy,
        }
        if schema is not None and "Tags" in schema.properties:
            document["StackTags"] = self._stack.get("Tags", [])
        shown_lookup = ShownLookup(self._run.resources)
        shown = self._target.shown_properties(logical_id, shown_lookup, is_hiding=shown_lookup.is_hiding)
        if compared != given:
            document["Compared"] = compared
        if shown is not None or compared != given:
            document["ShownProperties"] = compared if shown is None else shown
        return Desired(resource_type, given, document)

    def _action(self, resource: Document | None, desired: Desired) -> Action:
        if resource is None or not resource["PhysicalResourceId"]:
            return Action.CREATE
        attempt = resource.get("Attempt")
        if attempt is not None:  # a node was killed in the middle of it
            return Action(attempt["Action"])
        old = compared_properties(resource)
        schema = self._run.surroundings.schema_of(desired.resource_type.name)
        action = action_for(desired.resource_type, schema, old, desired.compared)
        if action is Action.REPLACE:
            refuse_same_name(schema, old, desired.compared)
        is_unfinished = resource["ResourceStatus"] in {"UPDATE_FAILED", "CREATE_FAILED"}
        is_tagged_anew = resource.get("StackTags") != desired.document.get("StackTags")
        if action is Action.NOTHING and (is_unfinished or is_tagged_anew or self._is_outdated(resource, desired)):
            return Action.UPDATE if desired.resource_type.update is not None else action
        return action

    def _is_outdated(self, resource: Document, desired: Desired) -> bool:
        is_outdated = desired.resource_type.is_outdated
        if is_outdated is None:
            return False
        there = Resource(resource["PhysicalResourceId"], resource.get("Attributes") or {})
        return is_outdated(self._run.call(self._stack, resource), there, desired.given)

    def _refuse_by_policy(self, logical_id: str, desired: Desired, action: Action) -> None:
        policy_action = _POLICY_ACTIONS.get(action)
        if policy_action is not None:
            policy = self._stack["Operation"].get("StackPolicy")
            reason = denial(policy, policy_action, logical_id, desired.resource_type.name)
            if reason is not None:
                raise ResourceFailed(reason)

    def _begin(self, logical_id: str, resource: Document | None, desired: Desired, action: Action) -> Document:
        """Make durable what is about to be done."""
        ids = self._run.surroundings.ids
        if resource is None:
            resource = {**desired.document, "PhysicalResourceId": "", "Before": None}
        elif resource.get("Attempt") is not None:
            return resource
        else:
            keep_before(resource)
        shown = shown_properties(desired.document)
        resource["Attempt"] = {"Action": action.value, "Token": str(ids.uuid()), "RandomPart": random_part(ids)}
        resource["Attempt"]["Shown"] = shown
        if action is Action.CREATE:
            resource |= desired.document
        if action is Action.UPDATE:
            resource["Attempt"]["RandomPart"] = resource.get("RandomPart")
            resource["Attempted"] = desired.given
        self._run.resources[logical_id] = resource
        status = "CREATE_IN_PROGRESS" if action is Action.CREATE else "UPDATE_IN_PROGRESS"
        with self._run.journal.step() as step:
            reason = REPLACING if action is Action.REPLACE else None
            step.set_resource_status(resource, status, reason, properties=shown)
        return resource

    def _attempt(self, resource: Document, desired: Desired, action: Action, *, is_repeated: bool) -> Resource:
        shown = {**resource, "Metadata": desired.document["Metadata"]}
        call = self._run.call(self._stack, shown, is_repeated=is_repeated)
        if action is not Action.UPDATE:
            return desired.resource_type.create(call, desired.given)
        update = desired.resource_type.update
        if update is None:
            raise ResourceFailed(f"Resources of type {desired.resource_type.name} cannot be updated")
        there = Resource(resource["PhysicalResourceId"], resource.get("Attributes") or {})
        return update(call, there, resource["Before"]["Properties"], desired.given)

    def _wait_for_signals(self, logical_id: str, resource: Document, result: Resource, action: Action) -> None:
        """Wait for the signals of a creation policy."""
        raw = self._target.evaluation.resources[logical_id].creation_policy or {}
        policy = self._target.evaluation.evaluate(raw.get("ResourceSignal"), self._lookup)
        if action is Action.UPDATE or policy is None:
            return
        self._run.call(self._stack, resource).keep_id(result.physical_id)
        wait_for_signals(self._run, logical_id, policy)

    def _settle(self, resource: Document, desired: Desired, result: Resource, action: Action) -> None:
        """Make durable what was done."""
        attempt = resource.pop("Attempt")
        old_id = resource["PhysicalResourceId"]
        if old_id and old_id != result.physical_id:
            discard_before(resource)
        for name in ("Compared", "ShownProperties", "Attempted", "IsHidden"):
            resource.pop(name, None)
        if isinstance(result, HiddenResource):
            resource["IsHidden"] = True
        resource |= desired.document
        resource |= {
            "PhysicalResourceId": result.physical_id,
            "Attributes": dict(result.attributes),
            "RandomPart": attempt["RandomPart"],
            "Settled": self._operation_id,
        }
        with self._run.journal.step() as step:
            if action is not Action.UPDATE and attempt.get("EarlierId") != result.physical_id:
                step.resource_event(resource, INITIATED_STATUS[action.value], INITIATED)
            step.set_resource_status(resource, "CREATE_COMPLETE" if action is Action.CREATE else "UPDATE_COMPLETE")

    def _take_over(self, resource: Document, desired: Desired) -> None:
        """Keep what a template says of a resource that stays as it is."""
        if all(resource.get(name) == value for name, value in desired.document.items()):
            return
        keep_before(resource)
        resource |= desired.document
        with self._run.journal.step() as step:
            step.put_resource(resource)

    def _refuse(self, logical_id: str, resource: Document | None, error: GatewrightError) -> bool:
        """Fail before anything was done."""
        action = Action.UPDATE
        declaration = self._target.evaluation.resources[logical_id]
        if resource is None:
            action = Action.CREATE
            resource = {"LogicalResourceId": logical_id, "ResourceType": declaration.type, "PhysicalResourceId": ""}
            resource |= {"Properties": {}, "Before": None, "DeletionPolicy": declaration.deletion_policy}
            self._run.resources[logical_id] = resource
        return self._fail(resource, action, error.message if isinstance(error, AwsError) else str(error))

    def _fail(self, resource: Document, action: Action, reason: str) -> bool:
        """Make durable that an attempt failed, and what it may have left."""
        attempt = resource.pop("Attempt", None) or {}
        earlier_id = attempt.get("EarlierId")
        if action is Action.CREATE:
            resource["PhysicalResourceId"] = earlier_id or ""
        elif action is Action.REPLACE and earlier_id:
            resource.setdefault("Discarded", []).append(_left(resource, earlier_id))
        is_new = action is Action.CREATE
        with self._run.journal.step() as step:
            status = "CREATE_FAILED" if is_new else "UPDATE_FAILED"
            step.set_resource_status(resource, status, reason, properties=attempt.get("Shown"))
        self.failed["create" if is_new else "update"].append(resource["LogicalResourceId"])
        self._run.halt.set()
        return False

    def _reason(self, error: GatewrightError, resource: Document) -> str:
        token = (resource.get("Attempt") or {}).get("Token", "")
        return reason_of(error, resource["ResourceType"], token, str(self._run.surroundings.ids.uuid()))


def keep_before(resource: Document) -> None:
    """Keep what there is of a resource before an operation changes it, unless it was kept already."""
    if "Before" not in resource:
        resource["Before"] = {name: resource[name] for name in BEFORE if name in resource}


def discard_before(resource: Document) -> None:
    """Have the clean-up delete the physical resource that another one has taken the place of."""
    before = resource.get("Before") or {name: resource[name] for name in BEFORE if name in resource}
    discarded = {**before, "LogicalResourceId": resource["LogicalResourceId"]}
    discarded["DeletionPolicy"] = before.get("UpdateReplacePolicy", "Delete")
    resource.setdefault("Discarded", []).append(discarded)
    resource["IsReplaced"] = True


def _left(resource: Document, physical_id: str) -> Document:
    """Return what a failed replacement may have left: it is deleted whatever the policies say."""
    return {
        "LogicalResourceId": resource["LogicalResourceId"],
        "ResourceType": resource["ResourceType"],
        "PhysicalResourceId": physical_id,
        "Properties": resource.get("Properties") or {},
        "DeletionPolicy": "Delete",
    }
