"""What a control-plane operation may use: the caller, the store, time, ids and a few facts about this node."""

from collections.abc import Callable
from dataclasses import dataclass

from gatewright.base.clock import Clock
from gatewright.base.ids import Ids
from gatewright.base.operations import Caller
from gatewright.store.types import Key, Store


@dataclass(frozen=True, slots=True)
class Node:
    """Facts and limits of the node that operations answer with."""

    execute_api_url: str
    """Format of an API's URL, such as `http://{api_id}.execute-api.localhost:4566`."""
    runtime_problem: Callable[[str], str | None]
    """Why this machine cannot run a runtime (`nodejs22.x`), in one sentence; None when it can."""
    account_concurrency: int = 1000
    """ConcurrentExecutions of the account."""


@dataclass(frozen=True, slots=True)
class Context:
    """The first argument of every control-plane operation."""

    caller: Caller
    store: Store
    clock: Clock
    ids: Ids
    node: Node

    def key(self, service: str, kind: str, identifier: str) -> Key:
        """Return the key of a document in the caller's account and region."""
        return Key(self.caller.account_id, self.caller.region, service, kind, identifier)
