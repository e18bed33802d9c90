"""What happens in one environment, told to those of its extensions that subscribed.

Source of the events: "Lambda Telemetry API Event schema reference" and "Using the Lambda Logs API", Lambda Developer
Guide.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import orjson

from gatewright.base.clock import Clock
from gatewright.functions.platform_records import iso_time
from gatewright.functions.telemetry.delivery import Delivery
from gatewright.functions.telemetry.subscriber import Subscriber
from gatewright.functions.telemetry.subscription import Dialect, Subscription

MAX_RECORD_BYTES: Final = 262_144
"""Of one line of output; what is longer is cut."""
_FALLEN_BEHIND: Final = "Consumer seems to have fallen behind as it has not acknowledged receipt of logs."
_NOT_IN_LOGS: Final = frozenset(
    {"platform.initStart", "platform.initRuntimeDone", "platform.initReport", "platform.telemetrySubscription"}
)
_ONLY_IN_LOGS: Final = frozenset({"platform.end", "platform.fault", "platform.logsSubscription"})
_WITH_RUNTIME_DONE: Final = "2021-03-18"
"""The version of the Logs API's events that has platform.runtimeDone."""


class Telemetry:
    """The subscribers of one environment. Without any, nothing is kept but what each new one is told first."""

    __slots__ = ("_clock", "_output", "_parses_records", "_prologue", "_subscribers")

    def __init__(self, clock: Clock, *, parses_records: bool) -> None:
        """With `parses_records` a line of output that is a JSON object is sent as one (LogFormat `JSON`)."""
        self._clock = clock
        self._parses_records = parses_records
        self._subscribers: dict[str, Subscriber] = {}
        self._prologue: list[tuple[str, bytes]] = []
        self._output = {"function": bytearray(), "extension": bytearray()}

    def __bool__(self) -> bool:
        """Return whether anybody listens."""
        return bool(self._subscribers)

    def remember(self, kind: str, record: Mapping[str, Any]) -> None:
        """Tell an event to everybody who will subscribe: it happened before anybody could."""
        self._prologue.append((kind, self._event(kind, record)))

    def subscription_of(self, name: str) -> Subscription | None:
        """Return what an extension has subscribed to."""
        subscriber = self._subscribers.get(name)
        return None if subscriber is None else subscriber.subscription

    async def subscribe(self, name: str, subscription: Subscription, delivery: Delivery) -> None:
        """Send events to an extension from now on, and nothing any more to where it had them sent before."""
        previous = self._subscribers.pop(name, None)
        if previous is not None:
            await previous.close()
        subscriber = Subscriber(name, subscription, delivery, self._dropped)
        self._subscribers[name] = subscriber
        for kind, event in self._prologue:
            _send(subscriber, "platform", kind, event)

    def tell(self, kind: str, record: Mapping[str, Any] | str) -> None:
        """Send a platform event."""
        if self._subscribers:
            event = self._event(kind, record)
            for subscriber in self._subscribers.values():
                _send(subscriber, "platform", kind, event)

    def output(self, source: str, octets: bytes) -> None:
        """Send the whole lines of what was printed; `source` is `function` or `extension`.

        Nothing is made of lines for which nobody has room: a flood of them must not keep the event loop busy.
        """
        if not self._subscribers:
            return
        partial = self._output[source]
        partial += octets
        *lines, rest = bytes(partial).split(b"\n")
        while len(rest) >= MAX_RECORD_BYTES:
            lines.append(rest[:MAX_RECORD_BYTES])
            rest = rest[MAX_RECORD_BYTES:]
        self._output[source] = bytearray(rest)
        listeners = [each for each in self._subscribers.values() if source in each.subscription.types]
        head = b'{"time":"%b","type":"%b","record":' % (iso_time(self._clock.now()).encode(), source.encode())
        for number, line in enumerate(lines):
            if all(map(Subscriber.is_full, listeners)):
                missed = len(lines) - number
                for subscriber in listeners:
                    subscriber.miss(missed, sum(map(len, lines[number:])))
                return
            event = head + self._record(line[:MAX_RECORD_BYTES]) + b"}"
            for subscriber in listeners:
                subscriber.send(event)

    def flush(self) -> None:
        """Send everything now: an input stream has ended."""
        for subscriber in self._subscribers.values():
            subscriber.flush()

    async def flushed(self) -> None:
        """Return when everything was sent or dropped."""
        await asyncio.gather(*(subscriber.flushed() for subscriber in self._subscribers.values()))

    async def close(self) -> None:
        """Send nothing any more."""
        for subscriber in self._subscribers.values():
            await subscriber.close()
        self._subscribers.clear()

    def _record(self, line: bytes) -> bytes:
        """Return a line as JSON. What is JSON already stays as it is: it may be nested deeper than we can write."""
        if self._parses_records and line.startswith(b"{"):
            try:
                orjson.loads(line)
            except orjson.JSONDecodeError:
                pass
            else:
                return line
        return orjson.dumps(line.decode("utf-8", "replace"))

    def _event(self, kind: str, record: object) -> bytes:
        return orjson.dumps({"time": iso_time(self._clock.now()), "type": kind, "record": record})

    def _dropped(self, records: int, octets: int) -> bytes:
        record = {"droppedBytes": octets, "droppedRecords": records, "reason": _FALLEN_BEHIND}
        return self._event("platform.logsDropped", record)


def _send(subscriber: Subscriber, stream: str, kind: str, event: bytes) -> None:
    subscription = subscriber.subscription
    if stream not in subscription.types:
        return
    if subscription.dialect is Dialect.TELEMETRY:
        if kind in _ONLY_IN_LOGS:
            return
    elif kind in _NOT_IN_LOGS or (kind == "platform.runtimeDone" and subscription.schema_version != _WITH_RUNTIME_DONE):
        return
    subscriber.send(event)
