"""The seam between an environment and the way its runtime is talked to: the channel or the Runtime API."""

from collections.abc import Mapping
from typing import Protocol

from gatewright.base.messages import Request, Response
from gatewright.functions.failure import Failure
from gatewright.functions.invocation import Invocation
from gatewright.functions.response_sink import ResponseSink
from gatewright.functions.states import State


class RuntimeEvents(Protocol):
    """What a link tells its environment. It comes from somebody else's code: the environment judges whether it may."""

    @property
    def state(self) -> State:
        """Return where the environment is."""
        ...

    @property
    def invocation(self) -> Invocation | None:
        """Return the invocation that it runs while BUSY."""
        ...

    def runtime_ready(self) -> None:
        """The runtime asks for the next invocation; the first time this ends INIT."""
        ...

    def runtime_answered(self, request_id: str, payload: bytes, function_error: str | None) -> None:
        """The runtime answers an invocation: with a result, or with an error object and `Unhandled`."""
        ...

    def runtime_responding(self, request_id: str, content_type: str) -> ResponseSink | None:
        """The runtime begins to stream a response. Return where it goes, or None when it was not its turn."""
        ...

    def response_ended(self, failure: Failure | None = None) -> None:
        """A streamed response is over; `failure` is set when it did not come to its end."""
        ...

    def init_failed(self, error_type: str, error: bytes) -> None:
        """The runtime reports that INIT failed."""
        ...

    def protocol_broken(self, reason: str) -> None:
        """The runtime broke the rules of the link."""
        ...

    def link_ended(self) -> None:
        """The runtime closed its side; its process should be ending."""
        ...


class RuntimeLink(Protocol):
    """One way to talk to the runtime of one environment."""

    @property
    def has_ended(self) -> bool:
        """Return whether all that the runtime said was heard, once its process is gone."""
        ...

    async def open(self) -> None:
        """Prepare the side of the host, before the process is started."""
        ...

    def variables(self) -> Mapping[str, str]:
        """Return the environment variables by which the process finds the link."""
        ...

    def inherited_fds(self) -> tuple[int, ...]:
        """Return the descriptors that the process must inherit."""
        ...

    async def handle(self, request: Request) -> Response:
        """Answer a request to the Runtime API of the environment."""
        ...

    def spawned(self) -> None:
        """The process has what it inherits."""
        ...

    def send(self, invocation: Invocation, deadline_ms: int) -> None:
        """Hand an invocation to the runtime, which asked for one. If it is gone, its end is told as an event."""
        ...

    async def close(self) -> None:
        """Let go of the runtime. No event comes after this."""
        ...
