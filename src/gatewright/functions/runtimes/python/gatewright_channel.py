"""Drives `awslambdaric` over the channel: length-prefixed frames on an inherited Unix socket.

    u32 length of what follows | u8 type | u32 header length | header (JSON) | body          big endian

What the handler sees, the error objects and the log lines are those of `awslambdaric`, which AWS runs on Lambda; this
module only stands in for the HTTP client of the Runtime API. It imports no more than `awslambdaric` needs anyway:
`socket` alone would add 7 ms to every cold start.
"""

from __future__ import annotations  # this file runs on Python 3.9 too

import json
import os
import site
import sys
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

INVOKE = 1
NEXT, RESULT, ERROR, INIT_ERROR = 16, 17, 18, 19

# What Lambda keeps in /var/runtime. The SDK is there if it is installed beside gatewright.
RUNTIME_PACKAGES = frozenset({"awslambdaric", "simplejson", "snapshot_restore_py"})
SDK_PACKAGES = frozenset({"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"})

_LENGTH_BYTES = 4
_READ_BYTES = 1 << 16
_READ_AT_MOST_BYTES = 1 << 20
_XRAY_CAUSE_AT_MOST_BYTES = 1 << 20
_NEXT_FRAME = b"\x00\x00\x00\x05\x10\x00\x00\x00\x00"


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)  # NaN and Infinity, which simplejson does not take


_SCALARS = frozenset({str, int, float, bool, type(None)})
_TEXT = frozenset({str})


def _is_plain(value: Any) -> bool:
    """Return whether a value is made of nothing but the types that JSON has, which every encoder writes alike."""
    kind = type(value)
    if kind is dict:
        values = value.values()
        return _TEXT.issuperset(map(type, value)) and (
            _SCALARS.issuperset(map(type, values)) or all(map(_is_plain, values))
        )
    if kind is list:
        return _SCALARS.issuperset(map(type, value)) or all(map(_is_plain, value))
    return kind in _SCALARS


_parse_header = json.JSONDecoder().raw_decode
_parse_event = json.JSONDecoder(parse_constant=_refuse_constant).decode


class VarRuntime:
    """Finds the packages that Lambda keeps in /var/runtime, and nothing else of what is installed beside them."""

    def __init__(self, sites: list[str], sdk_sites: list[str]) -> None:
        self._sites = sites
        self._sdk_sites = sdk_sites

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Find one of the top-level packages; what is inside a package is found through its own path."""
        if path is None and name in RUNTIME_PACKAGES:
            return PathFinder.find_spec(name, self._sites, target)
        if path is None and name in SDK_PACKAGES:
            return PathFinder.find_spec(name, self._sdk_sites, target)
        return None


class Channel:
    """The runtime's end of the socket. The process ends when the host has gone."""

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)
        os.set_blocking(descriptor, True)
        self._descriptor = descriptor
        self._received = b""

    def send(self, frames: bytes) -> None:
        """Write whole frames."""
        try:
            sent = os.write(self._descriptor, frames)
            while sent < len(frames):
                sent += os.write(self._descriptor, memoryview(frames)[sent:])
        except (BrokenPipeError, ConnectionResetError):
            os._exit(0)

    def receive(self) -> tuple[int, dict[str, Any], bytes]:
        """Wait for one frame: its type, header and body."""
        received = self._received or self._read(_READ_BYTES)
        while len(received) < _LENGTH_BYTES:
            received += self._read(_READ_BYTES)
        end = _LENGTH_BYTES + int.from_bytes(received[:_LENGTH_BYTES], "big")
        if len(received) < end:
            received = self._read_rest(received, end)
        self._received = received[end:]
        body_start = 9 + int.from_bytes(received[5:9], "big")
        header = _parse_header(received[9:body_start].decode())[0] if body_start > 9 else {}
        return received[4], header, received[body_start:end]

    def _read(self, at_most: int) -> bytes:
        try:
            received = os.read(self._descriptor, at_most)
        except ConnectionResetError:
            received = b""
        if not received:
            os._exit(0)
        return received

    def _read_rest(self, received: bytes, end: int) -> bytes:
        parts = [received]
        missing = end - len(received)
        while missing > 0:
            part = self._read(min(missing, _READ_AT_MOST_BYTES))
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)


def frame(kind: int, header: bytes, body: bytes = b"") -> bytes:
    """Build one frame."""
    header_length = len(header)
    return b"".join(
        (
            (5 + header_length + len(body)).to_bytes(4, "big"),
            bytes((kind,)),
            header_length.to_bytes(4, "big"),
            header,
            body,
        )
    )


class RuntimeApi:
    """The calls of the Runtime API, as `awslambdaric` makes them on its client, with frames in place of HTTP requests.

    An answer waits until the next invocation is asked for, which follows at once: both go out in one write.
    """

    def __init__(self, channel: Channel, request_class: Any, to_json: Callable[[object], str]) -> None:
        self._channel = channel
        self._to_json = to_json
        self._unsent = b""
        # One for all invocations, refilled, since nobody keeps it: making one costs 0.8 µs.
        self._request = request_class(tenant_id=None, content_type="application/json", invocation_id=None)

    def wait_next_invocation(self) -> Any:
        """Send the last answer and the request for the next invocation; wait for that."""
        self._channel.send(self._unsent + _NEXT_FRAME)
        self._unsent = b""
        _, header, event = self._channel.receive()
        request = self._request
        request.invoke_id = header["id"]
        request.x_amzn_trace_id = header.get("trace")
        request.invoked_function_arn = header.get("arn")
        request.deadline_time_in_ms = header["deadline"]
        request.client_context = header.get("client_context")
        request.cognito_identity = header.get("cognito_identity")
        request.event_body = event
        return request

    def post_invocation_result(
        self,
        invoke_id: str,
        result_data: str | bytes,
        content_type: str = "application/json",
        invocation_id: str | None = None,
    ) -> None:
        """Answer with what the handler returned; `bytes` go out as they are."""
        body = result_data if isinstance(result_data, bytes) else result_data.encode()
        self._unsent = frame(RESULT, b'{"id":"%s"}' % invoke_id.encode(), body)

    def post_invocation_error(
        self, invoke_id: str, error_response_data: str, xray_fault: str, invocation_id: str | None = None
    ) -> None:
        """Answer with the error object of what the handler raised."""
        cause = xray_fault if len(xray_fault) < _XRAY_CAUSE_AT_MOST_BYTES else ""
        header = json.dumps({"id": invoke_id, "xray": cause}).encode()
        self._unsent = frame(ERROR, header, error_response_data.encode())

    def post_init_error(self, error_response_data: dict[str, Any], error_type_override: str | None = None) -> None:
        """Report that INIT failed; the process ends after this."""
        header = json.dumps({"type": error_type_override or error_response_data["errorType"]}).encode()
        self._channel.send(frame(INIT_ERROR, header, self._to_json(error_response_data).encode()))


def serve(sites: list[str], sdk_sites: list[str]) -> None:
    """Run the function's handler for every invocation that the host sends. Returns only by SystemExit."""
    channel = Channel(int(os.environ.pop("_GATEWRIGHT_CHANNEL_FD")))
    bootstrap, client = load(sites, sdk_sites, channel)
    # The function's code comes first, then its layers, then what `-S` left: PYTHONPATH and the standard library.
    layers = [path for path in os.environ.pop("_GATEWRIGHT_LAYERS", "").split(os.pathsep) if path]
    sys.path[:0] = [os.environ["LAMBDA_TASK_ROOT"], *layers]
    # /var/task is read-only on Lambda; here it is shared by all environments of all functions with this package.
    sys.pycache_prefix = None
    sys.dont_write_bytecode = True
    for path in layers[:1]:  # a site directory: its .pth files are read
        if os.path.isdir(path):
            site.addsitedir(path)
    site.setquit()  # exit() and quit() are there on Lambda, but not after -S
    bootstrap.run(os.environ["_HANDLER"], client)


def load(sites: list[str], sdk_sites: list[str], channel: Channel) -> tuple[Any, Any]:
    """Import `awslambdaric` from `sites`; return its `bootstrap` module and a client that speaks over `channel`.

    Functions find the SDK in `sdk_sites`.
    """
    finder = VarRuntime(sites, sdk_sites)
    sys.meta_path.insert(0, finder)
    # The package takes an ImportError here as "no native client". Ours needs none, and its libcurl takes time to load.
    sys.modules["runtime_client"] = None  # type: ignore[assignment]
    import simplejson  # type: ignore[import-untyped]
    from awslambdaric import bootstrap
    from awslambdaric.lambda_runtime_client import BaseLambdaRuntimeClient, InvocationRequest, LambdaRuntimeClient
    from awslambdaric.lambda_runtime_marshaller import LambdaMarshaller

    # From here on the packages of the function win, as /var/task comes before /var/runtime on Lambda.
    sys.meta_path.remove(finder)
    sys.meta_path.append(finder)
    del sys.modules["runtime_client"]

    has_fast_encoder = simplejson.encoder.c_make_encoder is not None
    # Where AWS keeps it for function authors to override, as they may on this class and on LambdaRuntimeClient.
    BaseLambdaRuntimeClient.marshaller = make_marshaller(LambdaMarshaller, has_fast_encoder)

    class ChannelClient(RuntimeApi, LambdaRuntimeClient):  # type: ignore[misc]
        """Keeps what functions may change of AWS's class: its marshaller."""

    return bootstrap, ChannelClient(channel, InvocationRequest, bootstrap.to_json)


def make_marshaller(base: Any, has_fast_encoder: bool) -> Any:
    """Make what turns octets into events and results into text; `base` is AWS's class for it."""

    class Marshaller(base):  # type: ignore[misc]
        """AWS's marshaller, which uses `simplejson`, with the standard library's parser and encoder before it.

        `simplejson` has its C code only for the Python version that it was installed for; for the others it takes
        50 µs for an event of HTTP APIs and 13 for its response, against 4 and 3. What is not plain JSON is left to it:
        it words the error, and writes what the standard library writes otherwise.
        """

        def __init__(self) -> None:
            super().__init__()
            self._encoder_as_made = dict(vars(self.jsonEncoder))
            self._encoder_type = type(self.jsonEncoder)
            self._encode = json.JSONEncoder(ensure_ascii=self.jsonEncoder.ensure_ascii).encode

        def _has_encoder_as_made(self) -> bool:
            encoder = self.jsonEncoder  # functions may replace it, or set something on it
            return type(encoder) is self._encoder_type and vars(encoder) == self._encoder_as_made

        def marshal_response(self, response: Any) -> tuple[Any, str]:
            """Write what the handler returned."""
            if not has_fast_encoder and self._has_encoder_as_made():
                try:
                    if _is_plain(response):
                        return self._encode(response), "application/json"
                except (ValueError, RecursionError):
                    pass
            marshalled: tuple[Any, str] = super().marshal_response(response)
            return marshalled

        def unmarshal_request(self, request: Any, content_type: str = "application/json") -> Any:
            """Parse an event."""
            if content_type == "application/json" and isinstance(request, bytes):
                try:
                    return _parse_event(request.decode())
                except (ValueError, RecursionError):
                    pass
            return super().unmarshal_request(request, content_type)

    return Marshaller()
