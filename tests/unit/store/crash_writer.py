"""The child of the crash test: writes for ever and says on stdout what was acknowledged.

Transaction n puts three documents that all say n and name one blob of the content `blob n`; every fifth transaction
deletes a document that an earlier one put. The parent kills this process in the middle of it.
"""

import os
import sys
from pathlib import Path

from gatewright.store import open_store
from gatewright.store.types import Key, Store

PARTS = ("left", "middle", "right")
BLOB_REPEATS = 2000


def part_key(part: str) -> Key:
    return Key("123456789012", "us-east-1", "test", "part", part)


def log_key(number: int) -> Key:
    return Key("123456789012", "us-east-1", "test", "log", f"{number:08}")


def content(number: int) -> bytes:
    return f"blob {number}\n".encode() * BLOB_REPEATS


def write(store: Store, number: int) -> None:
    name = store.blobs.put(content(number))
    with store.write() as writer:
        for part in PARTS:
            writer.put(part_key(part), {"Number": number, "Blob": name, "Padding": "x" * (number * 37 % 5000)})
        writer.put(log_key(number), {"Number": number})
        if number % 5 == 0:
            writer.delete(log_key(number - 3))


def main() -> None:
    store = open_store(Path(sys.argv[1]))
    number = store.revision()
    os.write(1, b"ready\n")
    while True:
        number += 1
        write(store, number)
        os.write(1, f"{number}\n".encode())


if __name__ == "__main__":
    main()
