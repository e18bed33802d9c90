"""Event source mappings of a node: what reads them is imported and made with the first one that is enabled."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from gatewright.base.arn import Arn
from gatewright.base.clock import Clock
from gatewright.base.late import late_imports
from gatewright.functions.invoke import Functions
from gatewright.server.queues import Call, Queues
from gatewright.snapshot.types import Function, Snapshot

if TYPE_CHECKING:
    from gatewright.functions.event_sources.pollers import Pollers


class EventSources:
    """Reads queues for functions, as the mappings of each snapshot say."""

    def __init__(
        self, functions: Functions, resolve: Callable[[str], Function | None], call: Call, clock: Clock
    ) -> None:
        """`resolve` finds a function by its unqualified ARN; `call` calls operations of SQS, in worker threads."""
        self._functions = functions
        self._resolve = resolve
        self._queues = Queues(call)
        self._clock = clock
        self._pollers: Pollers | None = None

    def attributes(self, queue: Arn) -> Mapping[str, str]:
        """Return the attributes of a queue (`control.context.Node`). Raises AwsError."""
        return self._queues.attributes(queue)

    def link(self, snapshot: Snapshot) -> Callable[[], None]:
        """Return what reads the mappings of a snapshot from then on, to be called on the event loop."""
        mappings = snapshot.event_sources
        if not mappings and self._pollers is None:
            return lambda: None
        with late_imports():
            from gatewright.functions.event_sources.pollers import Pollers
            from gatewright.languages.event_patterns import compile_pattern

        def swap() -> None:
            if self._pollers is None:
                self._pollers = Pollers(self._functions, self._resolve, self._queues, self._clock, compile_pattern)
            self._pollers.swap(mappings)

        return swap

    async def close(self) -> None:
        """Read no more, and let functions finish what they have."""
        if self._pollers is not None:
            await self._pollers.close()
        self._queues.close()
