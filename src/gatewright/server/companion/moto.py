"""The moto server that a node starts for itself.

    NOT RUNNING ──open()──▶ STARTING ──▶ RUNNING ──it dies──▶ NOT RUNNING

It is a process of its own on a port of the loopback interface, started by the first call that needs it. However many
need it at once, one starts it and the others wait. It ends with the node: closed by it, or because the pipe that is its
standard input ends with a node that was killed. What it keeps is in its memory, and lost when it dies.
"""

import importlib.util
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final

from gatewright.server.companion.address import CompanionUnavailable

SERVER_PROGRAM: Final = Path(__file__).with_name("moto_server.py")

_PACKAGES: Final = Path(__file__).parents[3]
"""Where this package is, be it a checkout."""
_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 5.0
_RESET_SECONDS: Final = 30.0
_BACKLOG: Final = 1024
_LINE_BYTES: Final = 8192

_log = logging.getLogger("gatewright.companion")


class MotoServer:
    """Starts moto and knows where it is. Safe to use from several threads; `open` and `reset` block."""

    def __init__(
        self,
        *,
        account_id: str,
        node_url: str,
        search_path: str,
        program: Path = SERVER_PROGRAM,
        start_seconds: float = _START_SECONDS,
    ) -> None:
        """`node_url` is where events and state machines find the functions that they invoke."""
        self._node_url = node_url
        self._variables = _variables(account_id, node_url.rpartition(":")[2], search_path)
        self._program = program
        self._start_seconds = start_seconds
        self._starting = threading.Lock()
        self._running: _Running | None = None
        self._is_closed = False

    @property
    def current(self) -> str | None:
        """The URL while it runs."""
        running = self._running
        return running.url if running is not None and running.process.poll() is None else None

    def open(self) -> str:
        """Return the URL, started when it was not running. Raises CompanionUnavailable."""
        with self._starting:
            if (url := self.current) is not None:
                return url
            if self._is_closed:
                raise CompanionUnavailable("the node is ending", is_final=False)
            if self._running is not None:
                status = self._running.end()
                _log.warning("moto ended by itself (status %d): what it kept is lost; it is started again", status)
            self._running = None
            self._running = self._start()
            return self._running.url

    def reset(self) -> None:
        """Empty it, if it runs. Raises OSError."""
        url = self.current
        if url is not None:
            request = urllib.request.Request(f"{url}/moto-api/reset", method="POST")  # noqa: S310 — our own http
            with urllib.request.urlopen(request, timeout=_RESET_SECONDS) as response:  # noqa: S310
                response.read()

    def close(self) -> None:
        """End it. It is not started again."""
        with self._starting:
            self._is_closed = True
            running, self._running = self._running, None
        if running is not None:
            running.end()

    def _start(self) -> "_Running":
        if importlib.util.find_spec("moto") is None or importlib.util.find_spec("flask") is None:
            raise CompanionUnavailable(
                'the companion moto is not installed: "pip install gatewright" brings it, and the setting companion '
                "can name another AWS-compatible endpoint"
            )
        begun = time.monotonic()
        with socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG) as listening:
            port = listening.getsockname()[1]
            process = subprocess.Popen(
                [sys.executable, "-P", str(self._program), str(listening.fileno()), self._node_url],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._variables,
                pass_fds=(listening.fileno(),),
                start_new_session=True,  # a terminal's Ctrl-C is for the node, which may need it until the end
            )
        running = _Running(process, f"http://127.0.0.1:{port}")
        threading.Thread(target=_log_lines, args=(process.stderr,), name="companion-log", daemon=True).start()
        if not running.wait_until_ready(self._start_seconds):
            status = running.end()
            text = f"the companion moto did not start (status {status}): see the log"
            raise CompanionUnavailable(text, is_final=False)
        seconds = time.monotonic() - begun
        _log.info("moto serves at %s (pid %d, %.2f s)", running.url, process.pid, seconds)
        return running


class _Running:
    """A process and the pipes to it."""

    def __init__(self, process: "subprocess.Popen[bytes]", url: str) -> None:
        self.process = process
        self.url = url

    def wait_until_ready(self, seconds: float) -> bool:
        """Say whether it said so; when it ends, or takes longer, it did not."""
        timer = threading.Timer(seconds, self.process.kill)
        timer.daemon = True
        timer.start()
        try:
            assert self.process.stdout is not None
            return self.process.stdout.readline() == b"ready\n"
        finally:
            timer.cancel()

    def end(self) -> int:
        """End it, if it has not, and return its status. Nothing in it is worth waiting for: it keeps no files."""
        self.process.send_signal(signal.SIGKILL)
        try:
            status = self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            status = -signal.SIGKILL
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        return status


def _variables(account_id: str, node_port: str, search_path: str) -> Mapping[str, str]:
    """Return the environment of the process: nothing of ours, least of all somebody's credentials."""
    return {
        "PATH": search_path,
        "PYTHONPATH": str(_PACKAGES),
        "LANG": "C.UTF-8",
        "AWS_ACCESS_KEY_ID": "gatewright",
        "AWS_SECRET_ACCESS_KEY": "gatewright",
        "AWS_EC2_METADATA_DISABLED": "true",
        "MOTO_ACCOUNT_ID": account_id,
        "MOTO_PORT": node_port,
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
        "MOTO_DISABLE_GLOBAL_CORS": "true",  # else it lets pages of every origin see everything
        "S3_IGNORE_SUBDOMAIN_BUCKETNAME": "true",  # the node has found them in Host already
    }


def _log_lines(pipe: IO[bytes] | None) -> None:
    assert pipe is not None
    with pipe:
        while line := pipe.readline(_LINE_BYTES):
            _log.info("moto: %s", line.decode(errors="replace").rstrip())
