"""Reads what a server wrote, as strictly as the tests need."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Written:
    """One response as it went over the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def get(self, name: str) -> str | None:
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} {len(values)} times"
        return values[0] if values else None


def read_responses(octets: bytes, *, is_head: bool = False) -> list[Written]:
    """Split octets into responses; what is cut off or follows no grammar fails the test."""
    found = []
    while octets:
        head, separator, octets = octets.partition(b"\r\n\r\n")
        assert separator, f"no end of header section: {head!r}"
        status_line, *lines = head.decode("latin-1").split("\r\n")
        version, status, _ = status_line.split(" ", 2)
        assert version == "HTTP/1.1"
        headers = [(line.split(": ", 1)[0], line.split(": ", 1)[1]) for line in lines]
        names = {name.lower(): value for name, value in headers}
        if is_head or int(status) in (204, 304) or int(status) < 200:
            body = b""
        elif "transfer-encoding" in names:
            assert names["transfer-encoding"] == "chunked"
            assert "content-length" not in names
            body, octets = _read_chunks(octets)
        elif "content-length" in names:
            length = int(names["content-length"])
            body, octets = octets[:length], octets[length:]
            assert len(body) == length, "body cut off"
        else:
            body, octets = octets, b""
        found.append(Written(int(status), headers, body))
    return found


def _read_chunks(octets: bytes) -> tuple[bytes, bytes]:
    body = b""
    while True:
        size, separator, octets = octets.partition(b"\r\n")
        assert separator, "chunked body cut off"
        length = int(size, 16)
        chunk, end, octets = octets[:length], octets[length : length + 2], octets[length + 2 :]
        assert (len(chunk), end) == (length, b"\r\n"), "chunk cut off"
        if not length:
            return body, octets
        body += chunk
