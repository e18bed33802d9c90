"""The pytest plugin: the fixture `gatewright`, a node that is empty at the beginning of every test.

pytest imports this module in every session of everybody who has gatewright installed: it starts nothing, and imports
nothing that takes time, before a test asks for the fixture. docs/guides/testing.md is about its use.
"""

import contextlib
import http.client
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

__all__ = ["Gatewright", "gatewright", "gatewright_node"]

_INI: Final = "gatewright_arguments"
_FIXTURE: Final = "gatewright"
_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 15.0
_RESET_SECONDS: Final = 60.0
_SHOWN_BYTES: Final = 20_000
"""Of a node's log, in the report of a test that failed."""
_PRINT_SECONDS: Final = 0.2
"""By when a node has printed what a function wrote."""
_LISTENS: Final = b"gatewright listens on "
_REGION: Final = "us-east-1"


class NodeNotUsable(Exception):
    """The node did not start, ended, or refused to be reset; the text has the end of its log."""


class StartedNode:
    """A node in a process of its own, which ends with this one."""

    def __init__(self, log: Path, arguments: Sequence[str]) -> None:
        """Start it on a free port, with further arguments of `gatewright up`. Raises `NodeNotUsable`."""
        self._log = log
        self._clients: dict[tuple[str, str], Any] = {}
        self.log_start = 0
        """Where in the log the present test began."""
        command = [sys.executable, "-m", "gatewright", "up", "--ephemeral", "--port", "0", "--end-with-stdin"]
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output
            )
        self._is_listening = threading.Event()
        self.url = ""
        threading.Thread(target=self._copy_output, name="gatewright-output", daemon=True).start()
        if not self._is_listening.wait(_START_SECONDS) or not self.url:
            self.close()
            raise NodeNotUsable(f"gatewright did not start:\n{self.log_text(0)}")

    def _copy_output(self) -> None:
        """Put the lines of functions into the log, and find the one that says where the node listens."""
        assert self._process.stdout is not None
        with self._log.open("ab", buffering=0) as log, self._process.stdout as lines:
            for line in lines:
                if line.startswith(_LISTENS):
                    self.url = line.removeprefix(_LISTENS).decode().strip()
                    self._is_listening.set()
                else:
                    log.write(line)
        self._is_listening.set()

    def reset(self) -> None:
        """Empty it. Raises `NodeNotUsable`."""
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=_RESET_SECONDS)
        try:
            connection.request("POST", "/_gatewright/reset")
            response = connection.getresponse()
            answer = f"{response.status} {response.read().decode(errors='replace')}"
        except OSError as error:
            raise NodeNotUsable(f"gatewright cannot be reset ({error}):\n{self.log_text(0)}") from error
        finally:
            connection.close()
        if response.status != http.client.NO_CONTENT:
            raise NodeNotUsable(f"gatewright cannot be reset: {answer}")
        self.log_start = self._log.stat().st_size

    def log_text(self, start: int) -> str:
        """Return the log from an offset on, but no more than its end."""
        content = self._log.read_bytes()
        return content[max(start, len(content) - _SHOWN_BYTES) :].decode(errors="replace")

    def client(self, service: str, region: str, settings: dict[str, Any]) -> Any:
        """Return a boto3 client; the same one, where nothing is set."""
        import boto3

        found = None if settings else self._clients.get((service, region))
        if found is None:
            keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
            given = {"endpoint_url": self.url, "region_name": region, **keys, **settings}
            found = boto3.session.Session().client(service, **given)
            if not settings:
                self._clients[service, region] = found
        return found

    def close(self) -> None:
        """End it."""
        for client in self._clients.values():
            client.close()
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()


class Gatewright:
    """What a test has of its node."""

    def __init__(self, node: StartedNode, environment: dict[str, str]) -> None:
        self._node = node
        self.environment = MappingProxyType(environment)
        """The variables that point AWS's tools and SDKs here, for processes that a test starts."""

    @property
    def url(self) -> str:
        """Return the endpoint of the AWS APIs: `http://127.0.0.1:PORT`."""
        return self._node.url

    def client(self, service: str, region: str | None = None, **settings: Any) -> Any:
        """Return a boto3 client of a service. `settings` are further arguments of boto3's `client`."""
        return self._node.client(service, region or _REGION, settings)

    def reset(self) -> None:
        """Forget everything once more, in the middle of a test."""
        self._node.reset()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the setting."""
    parser.addini(_INI, "further arguments of `gatewright up` for the fixture gatewright", type="args", default=[])


@pytest.fixture(scope="session")
def gatewright_node(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[StartedNode]:
    """A node for the session; with pytest-xdist, one for each worker."""
    node = StartedNode(tmp_path_factory.mktemp("gatewright") / "log", pytestconfig.getini(_INI))
    try:
        yield node
    finally:
        node.close()


@pytest.fixture
def gatewright(gatewright_node: StartedNode, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gatewright]:
    """A node on which nothing was ever done, and which AWS's SDKs find by themselves in the code under test."""
    from gatewright.cli.environment import client_environment
    from gatewright.settings import client_variables

    gatewright_node.reset()
    environment = client_environment(gatewright_node.url, _REGION)
    # Nothing of the user's own configuration, whose profiles may name real credentials and endpoints.
    environment |= {"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    for name in client_variables().in_the_way:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    _forget_default_session()
    with _localhost_resolved():
        yield Gatewright(gatewright_node, environment)
    _forget_default_session()


@contextlib.contextmanager
def _localhost_resolved() -> Iterator[None]:
    """Have names below `localhost` lead to this machine, as APIs and function URLs are named.

    "Name resolution APIs and libraries SHOULD recognize localhost names as special" (RFC 6761 section 6.3); not all do.
    """
    original: Any = socket.getaddrinfo

    def resolve(host: Any, *arguments: Any, **named: Any) -> Any:
        is_local = isinstance(host, str) and host.lower().rstrip(".").endswith(".localhost")
        return original("127.0.0.1" if is_local else host, *arguments, **named)

    socket.getaddrinfo = resolve
    try:
        yield
    finally:
        socket.getaddrinfo = original


def _forget_default_session() -> None:
    """Have `boto3.client()` read the environment again, if somebody uses it."""
    boto3: Any = sys.modules.get("boto3")
    if boto3 is not None:
        boto3.DEFAULT_SESSION = None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what the node logged during a test to the report of its failure."""
    report = yield
    node = getattr(item, "funcargs", {}).get("gatewright_node")
    uses = _FIXTURE in getattr(item, "fixturenames", ())
    if report.failed and uses and isinstance(node, StartedNode):
        time.sleep(_PRINT_SECONDS)
        if text := node.log_text(node.log_start):
            report.sections.append(("gatewright log", text))
    return report
