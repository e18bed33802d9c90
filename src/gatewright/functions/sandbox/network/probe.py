"""Run inside a space when the node starts: does it hold, and does it have what it should?

`python -I -S probe.py TARGETS` tries to reach what it must not, the way code without any privilege would, and its own
Runtime API. It prints one line for each thing that is wrong. It imports nothing of ours: it stands alone.
"""

import json
import socket
import sys

_SECONDS = 0.25
_TUNNEL = b"tap0"


def main() -> None:
    """Try everything."""
    targets = json.loads(sys.argv[1])
    for host, port in targets["forbidden"]:
        for through in (None, _TUNNEL):
            if _connects(host, port, through):
                _say(f"{targets['names'][host]} is reached at {host}" + (" by its interface" if through else ""))
    if _connects_to_name(targets["abstract"]):
        _say("an abstract Unix socket of the host is reached")
    host, port = targets["needed"]
    if not _connects(host, port, None):
        _say("the Runtime API is not reached")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _connects(host: str, port: int, through: bytes | None) -> bool:
    with socket.socket() as sock:
        sock.settimeout(_SECONDS)
        try:
            if through:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, through)
            sock.connect((host, port))
        except OSError:
            return False
        return True


def _connects_to_name(name: str) -> bool:
    with socket.socket(socket.AF_UNIX) as sock:
        try:
            sock.connect("\0" + name)
        except OSError:
            return False
        return True


if __name__ == "__main__":
    main()
