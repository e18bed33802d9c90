"""A runtime for tests with real processes: speaks the channel with nothing but the standard library.

The event says what to do: a JSON object of one of the keys below.
"""

import json
import os
import socket
import struct
import sys
import time

PREFIX = struct.Struct(">IBI")


def main() -> None:
    """Serve invocations until the host goes away."""
    if os.environ.get("INIT") == "crash":
        os.abort()
    if os.environ.get("INIT") == "hang":
        time.sleep(1000)
    channel = socket.socket(fileno=int(os.environ["_GATEWRIGHT_CHANNEL_FD"]))
    stream = channel.makefile("rwb")

    def send(kind: int, header: dict[str, object], body: bytes) -> None:
        encoded = json.dumps(header).encode()
        stream.write(PREFIX.pack(5 + len(encoded) + len(body), kind, len(encoded)) + encoded + body)

    while True:
        send(16, {}, b"")
        stream.flush()
        head = stream.read(PREFIX.size)
        if len(head) < PREFIX.size:
            os._exit(0)
        length, _, header_length = PREFIX.unpack(head)
        rest = stream.read(length - 5)
        header = json.loads(rest[:header_length])
        event = json.loads(rest[header_length:])
        if isinstance(event, dict) and "stream" in event:
            send(32, {"id": header["id"], "content_type": "text/plain"}, b"")
            for piece in event["stream"]:
                send(33, {}, piece.encode())
            send(34, {}, b"")
            continue
        send(17, {"id": header["id"]}, json.dumps(act(event)).encode())


def act(event: dict[str, object]) -> object:
    """Do what the event says."""
    for name, value in event.items():
        if name == "exit":
            sys.exit(value)  # type: ignore[arg-type]
        elif name == "signal":
            os.kill(os.getpid(), int(str(value)))
            time.sleep(1000)
        elif name == "sleep":
            time.sleep(float(str(value)))
        elif name == "grow":
            kept = b"x" * (int(str(value)) << 20)
            time.sleep(1000)
            return len(kept)
        elif name == "print":
            sys.stdout.write(str(value))
            sys.stdout.flush()
        elif name == "flood":
            line = b"x" * 1023 + b"\n"
            for _ in range(int(str(value))):
                os.write(1, line)
        elif name == "spawn":
            return os.spawnlp(os.P_NOWAIT, "sleep", "sleep", str(value))
        elif name == "pid":
            return os.getpid()
        elif name == "environ":
            return dict(os.environ)
    return event


if __name__ == "__main__":
    main()
