"""Resources that nobody asks for any more: each is deleted, or left by its policy, before those that it needs.

Source: "DeletionPolicy attribute", "UpdateReplacePolicy attribute" (AWS CloudFormation User Guide). The policy Snapshot
deletes: of the types that it is for, none is made here.
"""

import logging
from collections.abc import Collection, Mapping

from gatewright.base.errors import GatewrightError
from gatewright.stacks.execution.errors import NodeStopping, ResourceFailed, reason_of
from gatewright.stacks.execution.graph import reversed_needs, run_graph
from gatewright.stacks.execution.run import Run
from gatewright.stacks.resource_types.contract import Resource
from gatewright.store.types import Document

_log = logging.getLogger(__name__)

_RETAINING = frozenset({"Retain", "RetainExceptOnCreate"})


class Removal:
    """Deletes resources of a stack. `failed` has the logical ids of those that could not be deleted."""

    def __init__(self, run: Run, stack: Document, *, retained: Collection[str] = (), is_creation: bool = False) -> None:
        """`retained` are left whatever their policy is; `is_creation` is the roll-back of what was just created."""
        self.failed: list[str] = []
        self._run = run
        self._stack = stack
        self._retained = retained
        self._is_creation = is_creation
        self._is_clean_up = False

    def delete_all(self) -> None:
        """Delete the resources of a stack; their documents stay, and say so."""
        left = {
            logical_id: resource
            for logical_id, resource in self._run.resources.items()
            if resource["ResourceStatus"] not in {"DELETE_COMPLETE", "DELETE_SKIPPED"}
        }
        self._in_order(left, {logical_id: resource.get("Needs", ()) for logical_id, resource in left.items()})

    def clean_up(self, wanted: Collection[str]) -> None:
        """Delete resources that are not `wanted` any more, with their documents, and those that were replaced."""
        self._is_clean_up = True
        resources = self._run.resources
        nodes = [name for name in resources if name not in wanted or resources[name].get("Discarded")]
        needs = {name: (resources[name].get("Before") or resources[name]).get("Needs", ()) for name in nodes}
        turned = reversed_needs(nodes, needs)
        run = self._run
        run_graph(nodes, turned, lambda name: self._clean_up(name, is_wanted=name in wanted), goes_on=run.is_running)
        run.refuse_stopping()

    def settle(self) -> None:
        """Do what resources put off until there was no way back (`ResourceType.settle`)."""
        resources = self._run.resources
        nodes = [name for name, resource in resources.items() if self._puts_off(resource)]
        needs = {name: resources[name].get("Needs", ()) for name in nodes}
        run_graph(nodes, reversed_needs(nodes, needs), self._settle, goes_on=self._run.is_running)
        self._run.refuse_stopping()

    def _puts_off(self, resource: Document) -> bool:
        resource_type = self._run.find_type(resource["ResourceType"])
        return resource_type is not None and resource_type.settle is not None and bool(resource["PhysicalResourceId"])

    def _settle(self, logical_id: str) -> bool:
        resource = self._run.resources[logical_id]
        resource_type = self._run.find_type(resource["ResourceType"])
        if resource_type is not None and resource_type.settle is not None:
            there = Resource(resource["PhysicalResourceId"], resource.get("Attributes") or {})
            resource_type.settle(self._run.call(self._stack, resource, can_stop=False), there)
        return True

    def _in_order(self, resources: Mapping[str, Document], needs: Mapping[str, Collection[str]]) -> None:
        nodes = list(resources)
        run_graph(nodes, reversed_needs(nodes, needs), self._delete, goes_on=self._run.is_running)
        self._run.refuse_stopping()

    def _delete(self, logical_id: str) -> bool:
        resource = self._run.resources[logical_id]
        self._discard_all(resource)
        return self._remove(resource, resource)

    def _clean_up(self, logical_id: str, *, is_wanted: bool) -> bool:
        resource = self._run.resources[logical_id]
        is_done = self._discard_all(resource)
        if is_wanted:
            return is_done
        is_done = self._remove(resource, resource) and is_done
        with self._run.journal.step() as step:
            step.delete_resource(logical_id)
        del self._run.resources[logical_id]
        return is_done

    def _discard_all(self, resource: Document) -> bool:
        """Delete what others have taken the place of. What cannot be deleted is left: AWS tries it no more either."""
        is_done = True
        for discarded in resource.get("Discarded", []):
            is_done = self._remove(resource, discarded) and is_done
        if resource.pop("Discarded", None):
            with self._run.journal.step() as step:
                step.put_resource(resource)
        return is_done

    def _remove(self, resource: Document, removed: Document) -> bool:
        """Delete one physical resource: `removed` is `resource` itself, or what it was before it was replaced."""
        physical_id, is_own = removed["PhysicalResourceId"], removed is resource
        if not physical_id:
            earlier_id = (removed.get("Attempt") or {}).get("EarlierId")
            if not earlier_id:
                self._say(resource, removed, "DELETE_COMPLETE", None)
                return True
            physical_id = removed["PhysicalResourceId"] = earlier_id
        if self._is_kept(removed, is_own=is_own):
            self._say(resource, removed, "DELETE_SKIPPED", None)
            return True
        if not (is_own and resource["ResourceStatus"] == "DELETE_IN_PROGRESS"):
            self._say(resource, removed, "DELETE_IN_PROGRESS", None)
        try:
            self._call_delete(removed)
        except NodeStopping:
            raise
        except GatewrightError as error:
            request_id = str(self._run.surroundings.ids.uuid())
            reason = reason_of(error, removed["ResourceType"], request_id, request_id)
            return self._fail(resource, removed, reason)
        except Exception:  # noqa: BLE001 — whatever it is, the others are deleted
            _log.exception("%s: deletion of %s failed", self._stack["StackId"], resource["LogicalResourceId"])
            return self._fail(resource, removed, "Internal Failure")
        self._say(resource, removed, "DELETE_COMPLETE", None)
        return True

    def _is_kept(self, removed: Document, *, is_own: bool) -> bool:
        if is_own and removed["LogicalResourceId"] in self._retained:
            return True
        policy = removed.get("DeletionPolicy", "Delete")
        if self._is_creation and (policy == "RetainExceptOnCreate" or self._stack.get("RetainExceptOnCreate")):
            return False
        return policy in _RETAINING

    def _call_delete(self, removed: Document) -> None:
        resource_type = self._run.find_type(removed["ResourceType"])
        if resource_type is None:
            raise ResourceFailed(f"Unrecognized resource types: [{removed['ResourceType']}]")
        there = Resource(removed["PhysicalResourceId"], removed.get("Attributes") or {})
        call = self._run.call(self._stack, removed, can_stop=False)
        resource_type.delete(call, there, removed.get("Properties") or {})

    def _fail(self, resource: Document, removed: Document, reason: str) -> bool:
        self._say(resource, removed, "DELETE_FAILED", reason)
        self.failed.append(resource["LogicalResourceId"])
        return False

    def _say(self, resource: Document, removed: Document, status: str, reason: str | None) -> None:
        """Write an event; the resource's own status changes only when it is itself what is removed."""
        with self._run.journal.step() as step:
            if self._is_clean_up:
                step.clean_up_event(removed, status, reason)
            else:
                step.resource_event(removed, status, reason)
            if removed is resource:
                step.keep_status(resource, status, reason)
