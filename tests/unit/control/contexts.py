"""What control-plane operations are called with in tests: fixed time and ids, an ephemeral store."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gatewright.base.ids import Ids
from gatewright.base.operations import Caller
from gatewright.control.context import Context, Node
from gatewright.store import open_store
from gatewright.store.types import Document, Store

START = 1767225600.0
"""2026-01-01T00:00:00Z."""


@dataclass(slots=True)
class FakeClock:
    """A clock that moves only when told to."""

    seconds: float = START

    def now(self) -> float:
        return self.seconds

    def monotonic(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass(slots=True)
class CountingEntropy:
    """Octets that differ from call to call and are the same in every run."""

    calls: int = 0

    def __call__(self, length: int) -> bytes:
        self.calls += 1
        return self.calls.to_bytes(4, "big").rjust(length, b"\0")[-length:]


def no_runtime_problem(runtime: str) -> str | None:
    return None


@dataclass(slots=True)
class Contexts:
    """Makes contexts that share a store, a clock and ids."""

    store: Store = field(default_factory=lambda: open_store(None))
    clock: FakeClock = field(default_factory=FakeClock)
    entropy: CountingEntropy = field(default_factory=CountingEntropy)
    runtime_problem: Callable[[str], str | None] = no_runtime_problem

    def context(
        self,
        account_id: str = "123456789012",
        region: str = "us-east-1",
        partition: str = "aws",
        request_id: str = "6b1f1d2e-0000-4000-8000-000000000000",
    ) -> Context:
        return Context(
            caller=Caller(account_id, region, request_id, partition=partition),
            store=self.store,
            clock=self.clock,
            ids=Ids(self.entropy),
            node=Node("http://{api_id}.execute-api.localhost:4566", self.runtime_problem),
        )

    def document(self, service: str, kind: str, identifier: str) -> Document | None:
        """Return a document of the default account and region, as the store has it."""
        with self.store.read() as reader:
            return reader.get(self.context().key(service, kind, identifier))
