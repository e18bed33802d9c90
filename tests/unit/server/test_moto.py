"""The process of the companion, with programs that do what moto might do."""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gatewright.server.companion.address import CompanionUnavailable
from gatewright.server.companion.moto import MotoServer

SERVES = """
import os, sys, time
os.write(2, (" ".join(sorted(os.environ)) + "\\n").encode())
os.write(1, b"ready\\n")
while os.read(0, 1):
    pass
"""

Make = Callable[..., MotoServer]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[MotoServer] = []

    def moto(program: str = SERVES, **options: float) -> MotoServer:
        path = tmp_path / "program.py"
        path.write_text(program)
        server = MotoServer(
            account_id="123456789012", node_url="http://127.0.0.1:1", search_path="/bin", program=path, **options
        )
        made.append(server)
        return server

    yield moto
    for server in made:
        server.close()


def pid(server: MotoServer) -> int:
    assert server._running is not None
    return server._running.process.pid


def test_one_is_started_however_many_ask(make: Make) -> None:
    server = make()
    assert server.current is None
    with ThreadPoolExecutor(8) as threads:
        urls = set(threads.map(lambda _: server.open(), range(8)))
    assert urls == {server.current}


def test_it_is_not_given_our_environment(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    server = make()
    server.open()
    deadline = time.monotonic() + 10
    while not (line := next((text for text in caplog.messages if text.startswith("moto: ")), "")):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert "MOTO_ACCOUNT_ID" in line
    assert "HOME" not in line


def test_one_that_died_is_started_again(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    server = make()
    server.open()
    first = pid(server)
    os.kill(first, signal.SIGKILL)
    while server.current is not None:
        time.sleep(0.01)
    server.open()
    assert pid(server) != first
    assert "moto ended by itself (status -9): what it kept is lost; it is started again" in caplog.messages


def test_one_that_ends_before_it_serves(make: Make) -> None:
    server = make("raise SystemExit(3)")
    with pytest.raises(CompanionUnavailable, match=r"did not start \(status 3\)") as raised:
        server.open()
    assert not raised.value.is_final
    assert server.current is None


def test_one_that_takes_too_long(make: Make) -> None:
    server = make("import time; time.sleep(60)", start_seconds=0.2)
    with pytest.raises(CompanionUnavailable, match="did not start"):
        server.open()


def test_the_end(make: Make) -> None:
    server = make()
    server.open()
    process = pid(server)
    server.close()
    assert not Path(f"/proc/{process}").exists()
    with pytest.raises(CompanionUnavailable, match="ending"):
        server.open()


def test_nothing_to_empty_or_to_end(make: Make) -> None:
    server = make()
    server.reset()
    server.close()
    assert server.current is None
