"""A worker of the bare baseline: frames in, handler, frames out, over the socket that it inherits."""

import contextlib
import json
import socket
import sys

from benchmarks.functions.app import handler


def main(descriptor: int) -> None:
    """Serve one event at a time until the other end closes. A frame is a u32 length and JSON."""
    # A host that is stopped under load resets the socket: that is this worker's end, not an error.
    with (
        contextlib.suppress(ConnectionError),
        socket.socket(fileno=descriptor) as channel,
        channel.makefile("rb") as frames,
    ):
        while length := frames.read(4):
            event = json.loads(frames.read(int.from_bytes(length, "big")))
            result = json.dumps(handler(event, None)).encode()
            channel.sendall(len(result).to_bytes(4, "big") + result)


if __name__ == "__main__":
    main(int(sys.argv[1]))
