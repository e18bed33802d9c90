"""What an operation on stacks may use: the caller, and what works on stacks."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gatewright.base.operations import Caller
from gatewright.stacks.execution.journal import Journal
from gatewright.stacks.execution.places import Place, place_of
from gatewright.stacks.execution.runs import StackRuns
from gatewright.stacks.execution.surroundings import Surroundings
from gatewright.stacks.resource_types.contract import Services
from gatewright.store.types import Document, Store


@dataclass(frozen=True, slots=True)
class StackContext:
    """The first argument of every operation on stacks."""

    caller: Caller
    runs: StackRuns
    begun: list[str] = field(default_factory=list)
    """The UUIDs of stacks whose operations began: the answer may wait a moment for them (`server.stacks`)."""

    @property
    def surroundings(self) -> Surroundings:
        """Return what stacks run on."""
        return self.runs.surroundings

    @property
    def store(self) -> Store:
        """Return the store."""
        return self.surroundings.store

    @property
    def place(self) -> Place:
        """Return the caller's account and region."""
        return place_of(self.caller)

    @property
    def services(self) -> Services:
        """Return the APIs in the caller's account and region."""
        return self.surroundings.services(self.place)

    def journal(self, stack: Document) -> Journal:
        """Return the journal of a stack."""
        surroundings = self.surroundings
        return Journal(surroundings.store, self.place, stack["Uuid"], surroundings.clock, surroundings.ids)

    def new_id(self) -> str:
        """Return a UUID."""
        return str(self.surroundings.ids.uuid())

    def work_on(self, stack: Document) -> None:
        """Have what a stack's document says done."""
        self.begun.append(stack["Uuid"])
        self.runs.submit(self.place, stack["Uuid"])


def moment(text: str | None) -> datetime | None:
    """Return a time of a document as the API has it."""
    return None if text is None else datetime.fromisoformat(text)


def present(members: dict[str, Any]) -> dict[str, Any]:
    """Return the members that are there."""
    return {name: value for name, value in members.items() if value is not None}
