"""One operation on a stack while a node works on it: its documents in memory, and what may stop it."""

import threading
from typing import Final

from gatewright.stacks.execution.errors import Cancelled, NodeStopping
from gatewright.stacks.execution.journal import Journal
from gatewright.stacks.execution.places import Place
from gatewright.stacks.execution.surroundings import FindType, Surroundings
from gatewright.stacks.resource_types.contract import Call, Services
from gatewright.store.types import Document

STACK_TAG: Final = "aws:cloudformation:stack-name"


class Run:
    """What the phases of an operation share. Workers on several resources use it at the same time."""

    def __init__(self, surroundings: Surroundings, find_type: FindType, place: Place, uuid: str) -> None:
        """`find_type` finds every type, those that are stacks' own too."""
        self.surroundings = surroundings
        self.find_type = find_type
        self.place = place
        self.uuid = uuid
        self.journal = Journal(surroundings.store, place, uuid, surroundings.clock, surroundings.ids)
        self.services: Services = surroundings.services(place)
        self.resources: dict[str, Document] = self.journal.resources()
        self.halt = threading.Event()
        """Set when nothing more is to be begun, and what waits is to give up."""
        self._stopping = threading.Event()
        self.halt_reason: str | None = None
        """Why the operation is to end, when no resource failed: a time-out, or somebody cancelled it."""

    def begin_phase(self) -> None:
        """Forget what stopped the phase before. Raises `NodeStopping`."""
        self._refuse_stopping()
        self.halt.clear()
        self.halt_reason = None

    def stop(self) -> None:
        """End where that does no harm: another node takes the operation up."""
        self._stopping.set()
        self.halt.set()

    def give_up(self, reason: str) -> None:
        """Have the phase fail."""
        self.halt_reason = reason
        self.halt.set()

    def goes_on(self) -> bool:
        """Say whether further work may be begun."""
        return not self.halt.is_set()

    def pause(self, seconds: float) -> None:
        """Wait. Raises `Cancelled`, and `NodeStopping` when the node ends."""
        if self.halt.wait(seconds):
            self._refuse_stopping()
            raise Cancelled

    def call(
        self, stack: Document, resource: Document, *, can_stop: bool = True, is_repeated: bool = False
    ) -> Call:
        """Return what an attempt on a resource is given. A roll-back or deletion is not stopped by what failed."""
        attempt = resource.get("Attempt") or {}
        logical_id = resource["LogicalResourceId"]
        tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", ())}
        tags |= {
            STACK_TAG: stack["StackName"],
            "aws:cloudformation:stack-id": stack["StackId"],
            "aws:cloudformation:logical-id": logical_id,
        }
        return Call(
            services=self.services,
            account_id=self.place.account_id,
            region=self.place.region,
            partition=self.place.partition,
            stack_id=stack["StackId"],
            stack_name=stack["StackName"],
            logical_id=logical_id,
            token=attempt.get("Token") or str(self.surroundings.ids.uuid()),
            random_part=attempt.get("RandomPart") or resource.get("RandomPart") or "",
            pause=self.pause if can_stop else self._pause_to_the_end,
            tags=tags,
            metadata=resource.get("Metadata") or {},
            keep_id=lambda physical_id: self._keep_id(logical_id, physical_id),
            is_repeated=is_repeated,
            earlier_id=attempt.get("EarlierId"),
        )

    def _pause_to_the_end(self, seconds: float) -> None:
        self._stopping.wait(seconds)
        self._refuse_stopping()

    def _refuse_stopping(self) -> None:
        if self._stopping.is_set():
            raise NodeStopping

    def _keep_id(self, logical_id: str, physical_id: str) -> None:
        resource = self.resources[logical_id]
        with self.journal.step() as step:
            resource.setdefault("Attempt", {})["EarlierId"] = physical_id
            step.put_resource(resource)
