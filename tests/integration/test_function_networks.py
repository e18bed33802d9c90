"""What functions reach of the network, on each tier and by each program (docs/concepts/network.md)."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gatewright.functions.sandbox.network.isolated import READY_SPACES
from tests.integration.deployed import Function, function
from tests.integration.host_network import ANSWER, HOST, WORLD, HostNetwork, host_network, mounted
from tests.integration.nodes import BIN, Node, kill, start, stop, wait_until
from tests.integration.tiers import TIERS, launch_on_tier

pytestmark = pytest.mark.slow

PROGRAMS = ("slirp4netns", "pasta")
# In the order in which the cases say it: what is tried, and how it is tried by a function without any privilege.
ATTEMPTS = """
import errno, json, os, socket, urllib.request
from concurrent.futures import ThreadPoolExecutor

def tcp(host, port, through=None):
    with socket.socket() as sock:
        sock.settimeout(1)
        try:
            if through:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, through.encode())
            sock.connect((host, port))
        except OSError as error:
            return errno.errorcode.get(error.errno, str(error))
        return "reached"

def udp(host, port, through=None):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            if through:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, through.encode())
            sock.sendto(b"hello", (host, port))
        except OSError as error:
            return errno.errorcode.get(error.errno, str(error))
        return "sent"

def abstract(name):
    with socket.socket(socket.AF_UNIX) as sock:
        try:
            sock.connect("\\0" + name)
        except OSError as error:
            return errno.errorcode.get(error.errno, str(error))
        return "reached"

def names():
    return {name: os.environ[name] for name in ("AWS_LAMBDA_RUNTIME_API", "AWS_ENDPOINT_URL")}

def resolve(name):
    return socket.gethostbyname(name)

def interfaces():
    return sorted(name for _, name in socket.if_nameindex())

def listen():
    globals()["kept"] = socket.create_server(("0.0.0.0", 8765))
    return "listens"

def flood(port, count):
    kept = globals().setdefault("flooding", [])
    for _ in range(count):
        sock = socket.socket()
        sock.settimeout(1)
        try:
            sock.connect(("127.0.0.1", port))
        except OSError:
            break
        kept.append(sock)
    return len(kept)

def node(path):
    with urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + path, timeout=5) as answer:
        return json.load(answer)

def other(name):
    import boto3
    answer = boto3.client("lambda").invoke(FunctionName=name, Payload=json.dumps([["names"]]))
    return json.load(answer["Payload"])
"""


@dataclass
class Case:
    """A node in a host's network, and a function on it."""

    network: HostNetwork
    node: Node
    function: Function

    def tries(self, *attempts: list[Any]) -> list[Any]:
        """Have the function try something; return what came of each."""
        with self.network.inside(self.network.host):
            done = self.function.invoke(attempts)
        assert isinstance(done, list)
        return done

    @property
    def health(self) -> Any:
        with self.network.inside(self.network.host):
            return self.node.request("GET", "/_gatewright/health").json()["isolation"]


def deploy(node: Node) -> Function:
    """Make a function that does what it is told."""
    calls = "return list(ThreadPoolExecutor(16).map(lambda call: globals()[call[0]](*call[1:]), event))"
    return function(node, f"exec({ATTEMPTS!r}, globals())", calls, Timeout=60, MemorySize=512)


@contextmanager
def node_in(
    network: HostNetwork, folder: Path, tier: str, mode: str, hidden: tuple[str, ...], *arguments: str
) -> Iterator[Node]:
    launch = launch_on_tier(tier)
    folder.chmod(0o755)
    environment = {**launch.environment, "GATEWRIGHT_FUNCTIONS_NETWORK": mode}
    with network.inside(network.host):
        program = (*mounted(folder, hidden, launch.user), *launch.program)
        node = start("--ephemeral", *arguments, environment=environment, program=program)
        try:
            yield node
        finally:
            stop(node) if node.process.poll() is None else node.close()


@pytest.fixture(scope="module")
def network() -> Iterator[HostNetwork]:
    with host_network() as made:
        made.resolve()
        yield made


@pytest.fixture(scope="module", params=[(tier, program) for tier in TIERS for program in PROGRAMS], ids="-".join)
def outbound(
    request: pytest.FixtureRequest, network: HostNetwork, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Case]:
    """A node whose functions have a way out by one program, on one tier."""
    tier, program = request.param
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    hidden = tuple(other for other in PROGRAMS if other != program)
    with node_in(network, _folder(tmp_path_factory), tier, "outbound", hidden) as node:
        case = Case(network, node, deploy(node))
        assert (case.health["tier"], case.health["network"], case.health["warnings"]) == (tier, "outbound", [])
        yield case


@pytest.fixture(scope="module", params=TIERS)
def none(
    request: pytest.FixtureRequest, network: HostNetwork, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Case]:
    with node_in(network, _folder(tmp_path_factory), request.param, "none", PROGRAMS) as node:
        yield Case(network, node, deploy(node))


def _folder(factory: pytest.TempPathFactory) -> Path:
    folder = factory.mktemp("network")
    for path in (folder, *folder.parents):
        if path.owner() == "root" and path.name:
            path.chmod(path.stat().st_mode | 0o055)
    return folder


def test_it_reaches_the_world_and_names_are_resolved_by_the_host(outbound: Case) -> None:
    network = outbound.network
    port, datagrams = network.listen(network.world, WORLD), network.listen_to_datagrams(network.world, WORLD)
    assert outbound.tries(
        ["tcp", WORLD, port], ["udp", WORLD, datagrams.getsockname()[1]], ["resolve", "an.example.com"]
    ) == ["reached", "sent", ANSWER]
    assert datagrams.recv(100) == b"hello"


@pytest.mark.parametrize("through", [None, "tap0", "lo"])
def test_it_does_not_reach_the_host_by_any_of_its_addresses(outbound: Case, through: str | None) -> None:
    """Not by the interface either, which a process may choose without any privilege."""
    network = outbound.network
    everywhere = network.listen(network.host, "0.0.0.0")
    addresses = [(HOST, everywhere), ("127.0.0.1", network.listen(network.host, "127.0.0.1"))]
    addresses += [(host, everywhere) for host in ("127.0.0.53", "192.0.2.2", "192.0.2.3", "0.0.0.0", "10.77.0.255")]
    done = outbound.tries(*(["tcp", host, port, through] for host, port in addresses))
    assert "reached" not in done, list(zip(addresses, done, strict=True))


def test_what_it_must_not_reach_is_refused_at_once(outbound: Case) -> None:
    assert outbound.tries(["tcp", HOST, 80], ["tcp", "169.254.169.254", 80]) == ["EHOSTUNREACH", "EHOSTUNREACH"]


@pytest.mark.parametrize("address", ["224.0.0.251", "169.254.169.254", "127.0.0.1", HOST])
def test_no_datagram_leaves_for_the_host_or_many(outbound: Case, address: str) -> None:
    listening = outbound.network.listen_to_datagrams(outbound.network.host, "0.0.0.0")
    outbound.tries(["udp", address, listening.getsockname()[1], "tap0"])
    listening.settimeout(0.3)
    with pytest.raises(TimeoutError):
        listening.recv(100)


def test_it_does_not_reach_abstract_sockets_of_the_host(outbound: Case) -> None:
    name = f"gatewright-{uuid.uuid4()}"
    outbound.network.listen_to_name(name)
    assert outbound.tries(["abstract", name]) == ["ECONNREFUSED"]


def test_it_has_its_own_runtime_api_and_the_node_at_the_same_port(outbound: Case) -> None:
    port = outbound.node.port
    names, api, status = outbound.tries(["names"], ["tcp", "127.0.0.1", 9001], ["node", "/_gatewright/health"])
    assert names == {
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
    }
    assert api == "reached"
    assert status["status"] == "ready"


def test_it_invokes_another_function_with_the_sdk(outbound: Case) -> None:
    with outbound.network.inside(outbound.network.host):
        callee = deploy(outbound.node)
    assert outbound.tries(["other", callee.name]) == [outbound.tries(["names"])]


def test_another_environment_is_not_reached(outbound: Case) -> None:
    """Its ports are on addresses of its own namespace, which look the same everywhere."""
    with outbound.network.inside(outbound.network.host):
        listening = deploy(outbound.node)
        assert listening.invoke([["listen"]]) == ["listens"]
    assert outbound.tries(["tcp", "127.0.0.1", 8765], ["tcp", "192.0.2.100", 8765]) == ["ECONNREFUSED", "ECONNREFUSED"]


def test_a_function_that_floods_its_listeners_hurts_itself_only(outbound: Case) -> None:
    with outbound.network.inside(outbound.network.host):
        flooding, neighbour = deploy(outbound.node), deploy(outbound.node)
        before = _descriptors(outbound.node)
        assert flooding.invoke([["flood", 9001, 400], ["flood", outbound.node.port, 400]]) != [0, 0]
        assert neighbour.invoke([["node", "/_gatewright/health"]])[0]["status"] == "ready"
        # 256 for each of its two listeners, and the two environments themselves.
        assert _descriptors(outbound.node) - before < 2 * 256 + 64


def test_nothing_is_reached_without_a_way_out(none: Case) -> None:
    network = none.network
    name = f"gatewright-{uuid.uuid4()}"
    network.listen_to_name(name)
    everywhere, world = network.listen(network.host, "0.0.0.0"), network.listen(network.world, WORLD)
    assert none.health["network"] == "none"
    assert none.tries(
        ["interfaces"],
        ["tcp", WORLD, world],
        ["tcp", HOST, everywhere],
        ["tcp", "127.0.0.1", everywhere],
        ["abstract", name],
    ) == [["lo"], "ENETUNREACH", "ENETUNREACH", "ECONNREFUSED", "ECONNREFUSED"]


def test_without_a_way_out_the_node_is_still_there(none: Case) -> None:
    with none.network.inside(none.network.host):
        callee = deploy(none.node)
    assert none.tries(["other", callee.name]) == [none.tries(["names"])]


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("program", [*PROGRAMS, "none"])
def test_nothing_is_left_after_kill_9(network: HostNetwork, tmp_path: Path, tier: str, program: str) -> None:
    if program != "none" and shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    _open_to_everybody(tmp_path)
    hidden = tuple(other for other in PROGRAMS if other != program)
    with node_in(network, tmp_path, tier, "none" if program == "none" else "outbound", hidden) as node:
        made = deploy(node)
        assert made.invoke([["interfaces"]]) != []
        spawner = _spawner_of(node)
        helpers = 0 if program == "none" else 1 + READY_SPACES
        wait_until(lambda: len(_children(spawner)) == helpers, f"there are {helpers} helpers")
        namespaces = _namespaces_of(_children(spawner))
        kill(node)
        wait_until(lambda: not _exists(spawner), "the spawner ends")
        wait_until(lambda: not _processes_in(namespaces), "the helpers end")
        wait_until(lambda: not _processes_named(_plan_of(node)), "nothing is left")


def test_a_spawner_that_ends_is_started_again(network: HostNetwork, tmp_path: Path) -> None:
    with node_in(network, tmp_path, "A", "none", PROGRAMS) as node:
        made = deploy(node)
        before = made.invoke([["interfaces"]])
        spawner = _spawner_of(node)
        os.kill(spawner, 9)
        wait_until(lambda: not _exists(spawner), "the spawner ends")
        assert deploy(node).invoke([["interfaces"]]) == before == [["lo"]]
        assert _spawner_of(node) != spawner


@pytest.mark.parametrize("tier", TIERS)
def test_without_a_program_functions_share_the_network_and_the_node_says_so(
    network: HostNetwork, tmp_path: Path, tier: str
) -> None:
    _open_to_everybody(tmp_path)
    with node_in(network, tmp_path, tier, "auto", PROGRAMS) as node:
        case = Case(network, node, deploy(node))
        assert case.health["network"] == "shared"
        assert "install slirp4netns or passt" in case.health["warnings"][0]
        assert case.tries(["tcp", "127.0.0.1", network.listen(network.host, "127.0.0.1")]) == ["reached"]


@pytest.mark.parametrize(
    ("environment", "flags", "complaint"),
    [
        ({}, ("--hardened",), "--hardened needs functions to have a network of their own"),
        ({"GATEWRIGHT_FUNCTIONS_NETWORK": "shared"}, ("--hardened",), "--hardened needs functions to have a network"),
        (
            {"GATEWRIGHT_FUNCTIONS_ISOLATION": "none"},
            ("--hardened",),
            "--hardened needs tier A or B, and this is tier D",
        ),
        ({"GATEWRIGHT_IS_HARDENED": "true"}, (), "--hardened needs functions to have a network of their own"),
        ({"GATEWRIGHT_FUNCTIONS_NETWORK": "outbound"}, (), 'functions.network = "outbound" cannot be had: no program'),
    ],
)
def test_a_node_that_cannot_keep_the_promise_does_not_start(
    network: HostNetwork, tmp_path: Path, environment: dict[str, str], flags: tuple[str, ...], complaint: str
) -> None:
    command = (*mounted(tmp_path, PROGRAMS, None), str(BIN / "gatewright"), "up", "--ephemeral", "--port", "0", *flags)
    with network.inside(network.host):
        done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    *_, last = done.stderr.splitlines()
    assert complaint in last
    assert "Traceback" not in done.stderr


def _open_to_everybody(folder: Path) -> None:
    for path in (folder, *folder.parents[:-1]):
        path.chmod(path.stat().st_mode | 0o055)


def _spawner_of(node: Node) -> int:
    """Return the process id of a node's spawner, which waits in another process's child."""
    (outer,) = [pid for pid in _children(node.process.pid) if pid in _processes_named(_plan_of(node))]
    (spawner,) = _children(outer)
    return spawner


def _plan_of(node: Node) -> str:
    """Return what only the command line of this node's spawner has."""
    return f'"endpoint_port": {node.port}'


def _processes_named(text: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except OSError:
            continue
        if text.encode() in words and b"network.spawner" in words:
            found.append(int(path.parent.name))
    return found


def _children(process: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _descriptors(node: Node) -> int:
    """Count those of the node: the program before it (`unshare`, a shell) has become it."""
    return len(os.listdir(f"/proc/{node.process.pid}/fd"))


def _exists(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def _namespaces_of(processes: list[int]) -> set[str]:
    return {os.readlink(f"/proc/{process}/ns/pid") for process in processes}


def _processes_in(namespaces: set[str]) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/ns/pid"):
        try:
            if os.readlink(path) in namespaces:
                found.append(path.parent.parent.name)
        except OSError:
            continue
    return found
