"""An origin for HTTP_PROXY integrations: it keeps what it was sent, octet for octet, and answers what it is told."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO


@dataclass
class Received:
    """A request as it arrived."""

    line: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def target(self) -> str:
        return self.line.split(" ")[1]

    def get_all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


def answer(body: bytes = b"ok", status: str = "200 OK", *fields: str) -> Callable[[socket.socket], None]:
    """Return what answers with a response of known length."""

    def send(connection: socket.socket) -> None:
        head = "".join(f"{field}\r\n" for field in (f"Content-Length: {len(body)}", *fields))
        connection.sendall(f"HTTP/1.1 {status}\r\n{head}\r\n".encode("latin-1") + body)

    return send


@dataclass
class Origin:
    """A listening origin. `respond` may be replaced at any time."""

    port: int
    respond: Callable[[socket.socket], None] = field(default_factory=answer)
    requests: list[Received] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError), connection.makefile("rb") as stream:
            while (received := _read(stream)) is not None:
                self.requests.append(received)
                self.respond(connection)


def _read(stream: BinaryIO) -> Received | None:
    line = stream.readline().decode("latin-1").rstrip("\r\n")
    if not line:
        return None
    headers = []
    while text := stream.readline().decode("latin-1").rstrip("\r\n"):
        name, _, value = text.partition(":")
        headers.append((name, value.strip()))
    received = Received(line, headers, b"")
    if lengths := received.get_all("Content-Length"):
        received.body = stream.read(int(lengths[0]))
    elif received.get_all("Transfer-Encoding"):
        while size := int(stream.readline().split(b";")[0] or b"0", 16):
            received.body += stream.read(size)
            stream.readline()
        stream.readline()
    return received


@contextmanager
def origin() -> Iterator[Origin]:
    """An origin for the length of a block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Origin(listener.getsockname()[1])

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    threading.Thread(target=made.serve, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield made
        # Closing alone does not wake a thread that accepts.
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)
