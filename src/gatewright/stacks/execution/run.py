"""One operation on a stack while a node works on it: its documents in memory, and what may stop it."""

import threading
from types import MappingProxyType
from typing import Final

from gatewright.stacks.execution.errors import Cancelled, NodeStopping
from gatewright.stacks.execution.journal import Journal
from gatewright.stacks.execution.places import Place
from gatewright.stacks.execution.surroundings import FindType, Surroundings
from gatewright.stacks.resource_types.contract import Call, Services
from gatewright.store.types import Document

INITIATED: Final = "Resource creation Initiated"
INITIATED_STATUS: Final = MappingProxyType({"CREATE": "CREATE_IN_PROGRESS", "REPLACE": "UPDATE_IN_PROGRESS"})
"""In which status a creation is said to be initiated, by what is done."""

_LOOK_SECONDS: Final = 0.5
"""How often who waits looks whether the parent goes on."""

STACK_TAG: Final = "aws:cloudformation:stack-name"


class Run:
    """What the phases of an operation share. Workers on several resources use it at the same time."""

    def __init__(
        self,
        surroundings: Surroundings,
        find_type: FindType,
        place: Place,
        uuid: str,
        parent: "Run | None" = None,
    ) -> None:
        """`find_type` finds every type, those that are stacks' own too. `parent` works on what a nested stack is in."""
        self.surroundings = surroundings
        self.find_type = find_type
        self.place = place
        self.uuid = uuid
        self.journal = Journal(surroundings.store, place, uuid, surroundings.clock, surroundings.ids)
        self.services: Services = surroundings.services(place)
        self.resources: dict[str, Document] = self.journal.resources()
        self.halt = threading.Event()
        """Set when nothing more is to be begun, and what waits is to give up."""
        self.halt_reason: str | None = None
        """Why the operation is to end, when no resource failed: a time-out, or somebody cancelled it."""
        self._stopping = threading.Event()
        self._parent = parent

    def is_within(self, uuid: str) -> bool:
        """Say whether this is the operation on a stack, or on one nested in it, however deep."""
        return self.uuid == uuid or (self._parent is not None and self._parent.is_within(uuid))

    def stop(self) -> None:
        """End where that does no harm: another node takes the operation up."""
        self._stopping.set()
        self.halt.set()

    def give_up(self, reason: str) -> None:
        """Have the phase fail."""
        self.halt_reason = reason
        self.halt.set()

    def goes_on(self) -> bool:
        """Say whether further work may be begun that is given up when something fails, here or in the parent."""
        return not self.halt.is_set() and (self._parent is None or self._parent.goes_on())

    def is_running(self) -> bool:
        """Say whether further work may be begun that is done whatever fails."""
        return not self._stopping.is_set()

    def refuse_stopping(self) -> None:
        """Raise `NodeStopping` when the node ends: what is left of the phase is for the next one."""
        if self._stopping.is_set():
            raise NodeStopping

    def pause(self, seconds: float) -> None:
        """Wait. Raises `Cancelled`, and `NodeStopping` when the node ends."""
        left = seconds
        while left > 0 and self.goes_on():
            self.halt.wait(min(left, _LOOK_SECONDS))
            left -= _LOOK_SECONDS
        if not self.goes_on():
            self.refuse_stopping()
            raise Cancelled

    def call(self, stack: Document, resource: Document, *, can_stop: bool = True, is_repeated: bool = False) -> Call:
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
            pause=self._pause_served if can_stop else self._pause_to_the_end,
            tags=tags,
            metadata=resource.get("Metadata") or {},
            keep_id=lambda physical_id: self._keep_id(logical_id, physical_id),
            is_repeated=is_repeated,
            earlier_id=attempt.get("EarlierId"),
        )

    def _pause_served(self, seconds: float) -> None:
        """Wait. What is waited for may be the data plane's to do, so that it gets to know first what was written."""
        self.surroundings.catch_up()
        self.pause(seconds)

    def _pause_to_the_end(self, seconds: float) -> None:
        self.surroundings.catch_up()
        self._stopping.wait(seconds)
        self.refuse_stopping()

    def _keep_id(self, logical_id: str, physical_id: str) -> None:
        """Make the id of what is being created durable, and show it, once: others follow what goes on there."""
        resource = self.resources[logical_id]
        attempt = resource.setdefault("Attempt", {})
        if attempt.get("EarlierId") == physical_id:
            return
        is_new = "EarlierId" not in attempt and attempt.get("Action") in INITIATED_STATUS
        attempt["EarlierId"] = physical_id
        with self.journal.step() as step:
            if is_new:
                status = INITIATED_STATUS[attempt["Action"]]
                step.resource_event(resource, status, INITIATED, physical_id, attempt.get("Shown"))
            step.put_resource(resource)
