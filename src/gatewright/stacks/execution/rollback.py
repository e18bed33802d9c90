"""The roll-back of an update: resources become what they were before it.

A resource that was updated is updated back; one that was replaced is there still, and takes its place again, while the
clean-up deletes the other; what was added is deleted by the clean-up.
"""

import logging
from collections.abc import Collection

from gatewright.base.errors import GatewrightError
from gatewright.stacks.execution.apply import BEFORE
from gatewright.stacks.execution.errors import NodeStopping, ResourceFailed, reason_of
from gatewright.stacks.execution.graph import run_graph
from gatewright.stacks.execution.journal import shown_properties
from gatewright.stacks.execution.names import random_part
from gatewright.stacks.execution.run import Run
from gatewright.stacks.resource_types.contract import Resource
from gatewright.store.types import Document

_log = logging.getLogger(__name__)


class Restoration:
    """Restores the resources of a stack. `failed` has those that could not be."""

    def __init__(self, run: Run, stack: Document, skipped: Collection[str] = ()) -> None:
        """`skipped` are taken for restored as they are (ContinueUpdateRollback)."""
        self.failed: list[str] = []
        self._run = run
        self._stack = stack
        self._skipped = skipped

    def work(self) -> None:
        """Restore, each resource after those that it needed. Raises `NodeStopping`."""
        resources = self._run.resources
        changed = [name for name, resource in resources.items() if resource.get("Before")]
        needs = {name: resources[name]["Before"].get("Needs", ()) for name in changed}
        run_graph(changed, needs, self._restore, goes_on=self._run.is_running)
        self._run.refuse_stopping()

    def _restore(self, logical_id: str) -> bool:
        resource = self._run.resources[logical_id]
        before = resource["Before"]
        if logical_id in self._skipped:
            return self._settle(resource, Resource(resource["PhysicalResourceId"], resource.get("Attributes") or {}))
        if resource.get("IsReplaced"):
            return self._give_back(resource)
        status = resource["ResourceStatus"]
        if "Attempt" not in resource and not status.startswith("UPDATE_"):
            return self._settle(resource, None)  # only what the template says of it had changed
        is_as_it_was = resource["Properties"] == before["Properties"] and "Attempted" not in resource
        if is_as_it_was and not self._is_restored(resource):
            is_shown = status != "UPDATE_COMPLETE"  # a replacement that failed
            there = Resource(resource["PhysicalResourceId"], resource.get("Attributes") or {})
            return self._settle(resource, there if is_shown else None)
        return self._update_back(resource)

    def _is_restored(self, resource: Document) -> bool:
        """Say whether the type of a resource restores it even where its properties are those of before."""
        resource_type = self._run.find_type(resource["ResourceType"])
        return resource_type is not None and resource_type.restore is not None

    def _give_back(self, resource: Document) -> bool:
        """Let the resource that was replaced take its place again."""
        self._discard(resource)
        resource.pop("IsReplaced")
        before = resource["Before"]
        with self._run.journal.step() as step:
            physical_id, properties = before["PhysicalResourceId"], shown_properties(before)
            step.set_resource_status(resource, "UPDATE_IN_PROGRESS", None, physical_id, properties)
        return self._settle(resource, Resource(before["PhysicalResourceId"], before.get("Attributes") or {}))

    def _update_back(self, resource: Document) -> bool:
        before = resource["Before"]
        ids = self._run.surroundings.ids
        if (resource.get("Attempt") or {}).get("Action") != "RESTORE":
            token = str(ids.uuid())
            resource["Attempt"] = {"Action": "RESTORE", "Token": token, "RandomPart": resource.get("RandomPart")}
            resource["Attempt"]["RandomPart"] = resource["Attempt"]["RandomPart"] or random_part(ids)
            with self._run.journal.step() as step:
                step.set_resource_status(resource, "UPDATE_IN_PROGRESS", properties=shown_properties(before))
        try:
            result = self._call_update(resource, before)
        except NodeStopping:
            raise
        except GatewrightError as error:
            token, request_id = resource["Attempt"]["Token"], str(ids.uuid())
            return self._fail(resource, reason_of(error, resource["ResourceType"], token, request_id))
        except Exception:  # noqa: BLE001 — whatever it is, the others are restored
            _log.exception("%s: roll-back of %s failed", self._stack["StackId"], resource["LogicalResourceId"])
            return self._fail(resource, "Internal Failure")
        if result.physical_id != resource["PhysicalResourceId"]:
            self._discard(resource)
        return self._settle(resource, result)

    def _call_update(self, resource: Document, before: Document) -> Resource:
        resource_type = self._run.find_type(resource["ResourceType"])
        if resource_type is None:
            raise ResourceFailed(f"Unrecognized resource types: [{resource['ResourceType']}]")
        there = Resource(resource["PhysicalResourceId"], resource.get("Attributes") or {})
        if resource_type.update is None:  # every change replaces: it failed before there was another one
            return there
        call = self._run.call(self._stack, resource, can_stop=False)
        changed = resource["Attempted"] if "Attempted" in resource else resource["Properties"]
        restore = resource_type.restore or resource_type.update
        return restore(call, there, changed, before["Properties"])

    def _discard(self, resource: Document) -> None:
        """Have the clean-up delete what the failed update made."""
        discarded: Document = {name: resource[name] for name in BEFORE if name in resource}
        discarded |= {"LogicalResourceId": resource["LogicalResourceId"], "DeletionPolicy": "Delete"}
        kept = [each for each in resource.get("Discarded", ()) if not _is_of(each, resource["Before"])]
        resource["Discarded"] = [*kept, discarded]

    def _settle(self, resource: Document, result: Resource | None) -> bool:
        """Make durable that a resource is what it was; `result` is None where no event tells of it."""
        before = resource["Before"]
        resource.pop("Attempt", None)
        resource.pop("Attempted", None)
        for name in BEFORE:
            resource.pop(name, None)
        resource |= before
        del resource["Before"]
        with self._run.journal.step() as step:
            if result is None:
                step.put_resource(resource)
            else:
                resource |= {"PhysicalResourceId": result.physical_id, "Attributes": dict(result.attributes)}
                step.set_resource_status(resource, "UPDATE_COMPLETE")
        return True

    def _fail(self, resource: Document, reason: str) -> bool:
        with self._run.journal.step() as step:
            properties = shown_properties(resource["Before"])
            step.set_resource_status(resource, "UPDATE_FAILED", reason, properties=properties)
        self.failed.append(resource["LogicalResourceId"])
        return False


def _is_of(discarded: Document, before: Document) -> bool:
    """Say whether what was to be deleted is what the roll-back gives back."""
    return bool(discarded["PhysicalResourceId"] == before["PhysicalResourceId"])
