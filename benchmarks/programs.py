"""Child processes of a benchmark run: found, installed where allowed, started, and ended by their ids."""

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

DEBIAN_PACKAGES = (("wrk", "wrk"), ("nginx", "nginx-light"), ("haproxy", "haproxy"))

_SEARCH_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))


class ProgramFailed(Exception):
    """A program that is missing, ended early or did not answer in time; the text is one line."""


def find(program: str) -> str | None:
    """Return the path of a program, or None."""
    return shutil.which(program, path=_SEARCH_PATH)


def install_missing() -> list[str]:
    """Install what is missing where that is possible; return one line for each program that still is."""
    missing = [package for program, package in DEBIAN_PACKAGES if find(program) is None]
    if missing and os.geteuid() == 0 and find("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *missing]):
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, timeout=180)
    return [
        f"{program} is missing: what needs it is left out (Debian: apt-get install {package})"
        for program, package in DEBIAN_PACKAGES
        if find(program) is None
    ]


def free_port() -> int:
    """Return a port of the loopback interface that nobody uses."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@contextlib.contextmanager
def running(
    command: Sequence[str], log: Path, *, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program until the block ends; its standard error goes to `log`."""
    with log.open("ab") as errors:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, cwd=cwd, env=environment
        )
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait(10)


def wait_until_answering(child: subprocess.Popen[bytes], port: int, path: str, log: Path, seconds: float = 20) -> float:
    """Return how many seconds it took until GET `path` answered 200. Raises `ProgramFailed`."""
    started = time.perf_counter()
    while True:
        elapsed = time.perf_counter() - started
        if _answers(port, path):
            return elapsed
        if child.poll() is not None:
            lines = log.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
            raise ProgramFailed(f"{_name(child)} ended with status {child.returncode}: {lines[-1]}")
        if elapsed > seconds:
            raise ProgramFailed(f"{_name(child)} does not answer after {seconds:.0f} s")
        time.sleep(0.003)


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _name(child: subprocess.Popen[bytes]) -> str:
    arguments = [str(argument) for argument in child.args]  # type: ignore[union-attr]
    return " ".join([Path(arguments[0]).name, *arguments[1:4]])
