"""The execution log of one request, line by line, in API Gateway's words.

Source: "Set up CloudWatch logging for REST APIs in API Gateway" and the `log` of TestInvokeMethod, as recorded of AWS.
Phases write to it where a call has one; most have none, and then nothing is formatted.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from gatewright.base.clock import Clock

_LONGEST = 998
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class ExecutionLog:
    """Collects the lines of one request."""

    __slots__ = ("_clock", "_is_test", "_lap", "_lines", "_request_id")

    def __init__(self, request_id: str, clock: Clock, *, is_test: bool = False) -> None:
        self._request_id = request_id
        self._clock = clock
        self._is_test = is_test
        self._lines: list[str] = []
        self._lap = clock.monotonic()

    def write(self, text: str) -> None:
        """Add a line."""
        self._lines.append(f"{_date(self._clock.now())} : {text}\n")
        self._lap = self._clock.monotonic()

    def endpoint_request(self, uri: str, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        """Write what an integration sends to its endpoint."""
        self.write(f"Endpoint request URI: {uri}")
        self.write(f"Endpoint request headers: {shown_fields(headers)}")
        self.write(f"Endpoint request body after transformations: {shown_body(body)}")
        self.write(f"Sending request to {uri}")

    def endpoint_response(self, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        """Write what came back from there."""
        latency_ms = round((self._clock.monotonic() - self._lap) * 1000)
        self.write(f"Received response. Status: {status}, Integration latency: {latency_ms} ms")
        self.write(f"Endpoint response headers: {shown_fields(headers)}")
        self.write(f"Endpoint response body before transformations: {shown_body(body)}")

    def gateway_response(
        self, response_type: str, status: int, headers: Iterable[tuple[str, str]], body: bytes
    ) -> None:
        """Write what a client gets of an error; the log of TestInvokeMethod, which gets the error itself, has none."""
        if self._is_test:
            return
        self.write(f"Gateway response type: {response_type} with status code: {status}")
        self.write(f"Gateway response body: {shown_body(body)}")
        self.write(f"Gateway response headers: {shown_fields(headers)}")

    def text(self) -> str:
        """Return the whole log."""
        return f"Execution log for request {self._request_id}\n" + "".join(self._lines)


def shown_fields(fields: Iterable[tuple[str, str]]) -> str:
    """Return header fields as the log has them: `{name=value, other=a,b}`."""
    joined: dict[str, str] = {}
    for name, value in fields:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return shown_map(joined)


def shown_map(values: Mapping[str, object]) -> str:
    """Return a map as Java shows it: `{a=1, b=2}`."""
    return _cut("{" + ", ".join([f"{name}={value}" for name, value in values.items()]) + "}")


def shown_body(body: bytes) -> str:
    """Return a body as text."""
    return _cut(body[: 4 * _LONGEST].decode("utf-8", "replace"))


def _cut(text: str) -> str:
    # "API Gateway currently limits log events to 1024 bytes" ("Amazon API Gateway important notes").
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} [TRUNCATED]"


def _date(seconds: float) -> str:
    """Return a time as Java's Date shows it: `Thu Mar 12 19:03:58 UTC 2020`."""
    time = datetime.fromtimestamp(int(seconds), UTC)
    return f"{_DAYS[time.weekday()]} {_MONTHS[time.month - 1]} {time:%d %H:%M:%S} UTC {time.year}"
