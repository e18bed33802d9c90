"""What is durable of a stack: its document, its resources, its events. One transaction for each step of an operation.

The times of a stack's events increase strictly, by a millisecond at least: clients take the newest one that they have
seen for where to go on (SAM CLI), and order by time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from gatewright.base.clock import Clock
from gatewright.base.ids import Ids
from gatewright.stacks.execution.places import EVENT, RESOURCE, STACK, STACK_TYPE, Place
from gatewright.store.types import Document, Store, Writer

_LONGEST_REASON: Final = 4096


class StackGone(LookupError):
    """The document of a stack is not there (any more)."""


def iso(milliseconds: int) -> str:
    """Return a time as documents have it."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shown_properties(resource: Document) -> dict[str, Any] | None:
    """Return the properties of a resource as events show them; None when there are none."""
    shown: dict[str, Any] | None = resource.get("ShownProperties", resource.get("Properties"))
    return shown


class Step:
    """One transaction: the stack's document, to be changed in place, and what is written beside it."""

    def __init__(self, writer: Writer, place: Place, stack: Document, clock: Clock, ids: Ids) -> None:
        self.writer = writer
        self.place = place
        self.stack = stack
        self._clock = clock
        self._ids = ids

    @property
    def uuid(self) -> str:
        """Return the UUID of the stack."""
        return str(self.stack["Uuid"])

    def beside(self, stack: Document) -> "Step":
        """Return the step of another stack in the same transaction: who changes its document writes it."""
        return Step(self.writer, self.place, stack, self._clock, self._ids)

    def now(self) -> str:
        """Return the time, as documents have it."""
        return iso(int(self._clock.now() * 1000))

    def set_status(self, status: str, reason: str | None = None) -> None:
        """Give the stack a status, with the event of it."""
        self.stack["StackStatus"] = status
        self.stack["StackStatusReason"] = reason
        name, stack_id = self.stack["StackName"], self.stack["StackId"]
        self._event(str(self._ids.uuid()), name, stack_id, STACK_TYPE, status, reason, None)

    def put_resource(self, resource: Document) -> None:
        """Write a resource."""
        self.writer.put(self.place.key(RESOURCE, f"{self.uuid}/{resource['LogicalResourceId']}"), resource)

    def delete_resource(self, logical_id: str) -> None:
        """Forget a resource."""
        self.writer.delete(self.place.key(RESOURCE, f"{self.uuid}/{logical_id}"))

    def set_resource_status(
        self,
        resource: Document,
        status: str,
        reason: str | None = None,
        physical_id: str | None = None,
        properties: dict[str, Any] | None = None,
    ) -> None:
        """Give a resource a status, with the event of it, and write it.

        `physical_id` is the event's when it is of another physical resource than the resource has; `properties` are
        those that the event shows when the resource is only to get them.
        """
        self.resource_event(resource, status, reason, physical_id, properties)
        self.keep_status(resource, status, reason)

    def keep_status(self, resource: Document, status: str, reason: str | None = None) -> None:
        """Write the status of a resource that the newest event says."""
        resource["ResourceStatus"] = status
        resource["ResourceStatusReason"] = reason
        resource["Timestamp"] = self.stack["LastEventTime"]
        self.put_resource(resource)

    def resource_event(
        self,
        resource: Document,
        status: str,
        reason: str | None = None,
        physical_id: str | None = None,
        properties: dict[str, Any] | None = None,
    ) -> None:
        """Write an event of a resource."""
        physical_id = resource["PhysicalResourceId"] if physical_id is None else physical_id
        logical_id = resource["LogicalResourceId"]
        properties = shown_properties(resource) if properties is None else properties
        self._event(None, logical_id, physical_id, resource["ResourceType"], status, reason, properties)

    def clean_up_event(self, removed: Document, status: str, reason: str | None = None) -> None:
        """Write an event of what a clean-up removes: its id says no status, and there are no properties in it."""
        logical_id, physical_id = removed["LogicalResourceId"], removed["PhysicalResourceId"]
        event_id = f"{logical_id}-{self._ids.uuid()}"
        self._event(event_id, logical_id, physical_id, removed["ResourceType"], status, reason, None)

    def _event(
        self,
        event_id: str | None,
        logical_id: str,
        physical_id: str,
        resource_type: str,
        status: str,
        reason: str | None,
        properties: dict[str, Any] | None,
    ) -> None:
        stack = self.stack
        time_ms = max(int(self._clock.now() * 1000), stack.get("LastEventMs", 0) + 1)
        number = stack.get("Events", 0) + 1
        stack |= {"LastEventMs": time_ms, "LastEventTime": iso(time_ms), "Events": number}
        event: Document = {
            "StackId": stack["StackId"],
            "EventId": event_id or f"{logical_id}-{status}-{iso(time_ms)}",
            "StackName": stack["StackName"],
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": physical_id,
            "ResourceType": resource_type,
            "Timestamp": iso(time_ms),
            "ResourceStatus": status,
            "ResourceStatusReason": None if reason is None else reason[:_LONGEST_REASON],
            "ResourceProperties": properties,
            "ClientRequestToken": (stack.get("Operation") or {}).get("ClientRequestToken"),
        }
        event = {name: value for name, value in event.items() if value is not None}
        self.writer.put(self.place.key(EVENT, f"{self.uuid}/{number:09}"), event)


class Journal:
    """The documents of one stack. Safe to use from several threads."""

    def __init__(self, store: Store, place: Place, uuid: str, clock: Clock, ids: Ids) -> None:
        self.store = store
        self.place = place
        self.uuid = uuid
        self._clock = clock
        self._ids = ids
        self.steps = 0
        """How many transactions were opened."""

    @contextmanager
    def step(self) -> Iterator[Step]:
        """Open a transaction. What it makes of the stack's document is written at its end. Raises `StackGone`."""
        self.steps += 1
        with self.store.write() as writer:
            key = self.place.key(STACK, self.uuid)
            stack = writer.get(key)
            if stack is None:
                raise StackGone(self.uuid)
            step = Step(writer, self.place, stack, self._clock, self._ids)
            yield step
            writer.put(key, step.stack)

    def stack(self) -> Document:
        """Return the stack as it is now. Raises `StackGone`."""
        with self.store.read() as reader:
            stack = reader.get(self.place.key(STACK, self.uuid))
        if stack is None:
            raise StackGone(self.uuid)
        return stack

    def resources(self) -> dict[str, Document]:
        """Return the resources by logical id."""
        with self.store.read() as reader:
            found = self.place.list(reader, RESOURCE, prefix=f"{self.uuid}/")
        return {resource["LogicalResourceId"]: resource for _, resource in found}
