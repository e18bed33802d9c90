"""One extension and its states, as plain data. What is not in `_TRANSITIONS` is refused.

    Started ─register▶ Registered ─next▶ Ready ─an event▶ Running ─next▶ Ready
        Registered ─init/error▶ InitError      Registered | Ready | Running ─exit/error▶ ExitError

Names of states and steps are those of aws/aws-lambda-runtime-interface-emulator, which puts them into its answers.
Source: "Using the Lambda Extensions API to create extensions", Lambda Developer Guide.
"""

import asyncio
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gatewright.base.errors import GatewrightError


class ExtensionState(enum.Enum):
    """Where an extension is; the value is AWS's name."""

    STARTED = "Started"
    """An external one: its process was started."""
    REGISTERED = "Registered"
    READY = "Ready"
    """It asked for its next event."""
    RUNNING = "Running"
    INIT_ERROR = "InitError"
    EXIT_ERROR = "ExitError"
    LAUNCH_ERROR = "LaunchError"
    """An external one whose process could not be started."""


class EventType(enum.Enum):
    """What an extension may be told of."""

    INVOKE = "INVOKE"
    SHUTDOWN = "SHUTDOWN"


_STATE: Final = ExtensionState
_TRANSITIONS: Final[Mapping[ExtensionState, frozenset[ExtensionState]]] = MappingProxyType(
    {
        _STATE.REGISTERED: frozenset({_STATE.STARTED}),
        _STATE.READY: frozenset({_STATE.REGISTERED, _STATE.RUNNING}),
        _STATE.INIT_ERROR: frozenset({_STATE.REGISTERED, _STATE.INIT_ERROR}),
        _STATE.EXIT_ERROR: frozenset({_STATE.REGISTERED, _STATE.READY, _STATE.RUNNING, _STATE.EXIT_ERROR}),
    }
)
"""For each state that an extension asks for, those from which it may."""


class ExtensionRefused(GatewrightError):
    """A request that AWS answers with 403; `error_type` is its name for why."""

    def __init__(self, error_type: str, message: str) -> None:
        super().__init__(message)
        self.error_type = error_type


@dataclass(slots=True, eq=False)
class Extension:
    """Not frozen: it changes with what the extension does."""

    name: str
    """The file name of an external extension; what an internal one calls itself."""
    identifier: str
    """What it proves itself by (`Lambda-Extension-Identifier`)."""
    is_external: bool
    state: ExtensionState = ExtensionState.STARTED
    events: tuple[EventType, ...] = ()
    """What it registered for, in its own order."""
    error_type: str = ""
    has_exited: bool = False
    """An external one: its process is gone."""
    poll: "asyncio.Future[bytes] | None" = None
    """Its request for the next event, while it waits."""
    event: bytes | None = None
    """One that came while it did not wait."""

    def enter(self, state: ExtensionState, shown_as: str) -> None:
        """Go to a state because the extension asks for it. Raises `ExtensionRefused`."""
        if self.state not in _TRANSITIONS[state]:
            raise ExtensionRefused(
                "Extension.InvalidExtensionState",
                f"State transition from {self.state.value} to {state.value} failed for extension {shown_as}. "
                "Error: State transition is not allowed",
            )
        self.state = state

    def tell(self, event: bytes) -> None:
        """Hand over an event: now if it waits, else when it asks."""
        if self.poll is not None and not self.poll.done():
            self.state = ExtensionState.RUNNING
            self.poll.set_result(event)
        else:
            self.event = event

    async def next_event(self) -> bytes:
        """Wait for an event. Only while READY."""
        if self.event is not None:
            event, self.event = self.event, None
            self.state = ExtensionState.RUNNING
            return event
        self.poll = asyncio.get_running_loop().create_future()
        return await self.poll
