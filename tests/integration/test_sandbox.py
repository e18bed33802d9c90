"""What an environment of tiers A and B is, and that nothing of it stays. Source: docs/concepts/isolation.md."""

import contextlib
import http.client
import json
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.deployed import RUNTIME, Function, function
from tests.integration.nodes import Node, kill, wait_until, zip_of
from tests.integration.tiers import ALL_TIERS, node_on_tier, node_to_kill

MIB = 1 << 20
# A child that has left its session, its group and its parent, as a daemon does.
LEAVES_A_DAEMON = (
    "import subprocess",
    "script = 'setsid sh -c \"(exec sleep {0}) >/dev/null 2>&1 </dev/null &\" >/dev/null 2>&1'.format(event)",
    "subprocess.run(['sh', '-c', script], check=True)",
)


def commands(*words: str) -> set[int]:
    """Return the processes of the machine whose command line is these words."""
    wanted = b"\0".join(word.encode() for word in words) + b"\0"
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if path.read_bytes() == wanted:
                found.add(int(path.parent.name))
    return found


def groups_of(node: Node) -> set[Path]:
    """Return the control groups of a node: those that its processes are in."""
    pids = {str(pid) for pid in _below(node.process.pid)}
    found = Path("/sys/fs/cgroup").rglob("gatewright-*/*/cgroup.procs")
    return {path.parent.parent for path in found if pids & set(path.read_text().split())}


def unique_seconds() -> str:
    return f"6{uuid.uuid4().int % 10**9:09}"


def result(made: Function, event: object = None) -> Any:
    """Return the payload of an invocation, an error or not."""
    answer = made.client.invoke(FunctionName=made.name, Payload=json.dumps(event).encode())
    return json.loads(answer["Payload"].read())


def test_what_a_function_is(tier_node: Node) -> None:
    seen = function(
        tier_node,
        "status = dict(line.split(':', 1) for line in open('/proc/self/status'))",
        "names = ('Uid', 'Groups', 'CapEff', 'CapBnd', 'NoNewPrivs', 'Seccomp')",
        "named = {name: status[name].split() for name in names}",
        "import pwd",
        "return {**named, 'cwd': os.getcwd(), 'name': pwd.getpwuid(os.getuid()).pw_name, 'tmp': os.listdir('/tmp'),",
        "        'pids': sorted(int(name) for name in os.listdir('/proc') if name.isdigit())}",
    ).invoke()
    assert len(set(seen["Uid"])) == 1
    assert int(seen["Uid"][0]) > 0
    assert seen["Groups"] == []
    assert (seen["CapEff"], seen["CapBnd"]) == (["0000000000000000"], ["0000000000000000"])
    assert (seen["NoNewPrivs"], seen["Seccomp"]) == (["1"], ["2"])
    assert (seen["cwd"], seen["name"]) == ("/var/task", "sbx_user1051")
    assert seen["pids"] == [1, 2]


def test_environments_of_tier_a_have_user_ids_of_their_own() -> None:
    with node_on_tier("A") as node:
        uids = {function(node, "return os.getuid()").invoke() for _ in range(3)}
    assert len(uids) == 3
    assert min(uids) >= 200_000


def test_where_a_function_may_write(tier_node: Node) -> None:
    made = function(
        tier_node,
        "def tries(folder):",
        "    try: open(folder + '/x', 'w').write('x')",
        "    except OSError as error: return type(error).__name__ + ' ' + str(error.errno)",
        "    return 'written'",
        "return [tries(folder) for folder in event]",
    )
    folders = ["/", "/usr", "/etc", "/var/task", "/opt", "/var/runtime", "/dev", "/proc/sys/kernel", "/root"]
    assert "written" not in made.invoke(folders)
    assert made.invoke(["/tmp", "/dev/shm"]) == ["written", "written"]


def test_tmp_is_private_and_has_the_size_of_the_ephemeral_storage(tier_node: Node) -> None:
    fills = (
        "written = 0",
        "try:",
        "    with open('/tmp/big', 'wb', 0) as file:",
        "        while True: written += file.write(bytes(1 << 20))",
        "except OSError as error: return [os.listdir('/tmp'), written, error.errno]",
    )
    made = function(tier_node, *fills, MemorySize=128, Timeout=30)
    other = function(tier_node, "return os.listdir('/tmp')")
    # Empty, but for folders on the way to what a runtime needs, where that lies in the host's /tmp: these tests may.
    found = other.invoke()
    assert all(str(Path(__file__)).startswith(f"/tmp/{name}/") for name in found), found
    assert made.invoke() == [["big", *found], 512 * MIB, 28]


def test_environment_variables_reach_the_function_and_nothing_else(tier_node: Node) -> None:
    odd = {"QUOTES": 'it\'s "a"\n$(b) `c` \\d', "LD_PRELOAD": "/var/task/none.so", "EMPTY_": "", "OPTIND": "x"}
    made = function(
        tier_node,
        "names = ('QUOTES', 'LD_PRELOAD', 'EMPTY_')",
        "own = open('/proc/1/environ', 'rb').read() if os.access('/proc/1/environ', os.R_OK) else b''",
        "return [{name: os.environ.get(name) for name in names}, own.decode(), open('/proc/1/cmdline').read()]",
        Environment={"Variables": odd},
    )
    variables, of_the_sandbox, command_line = made.invoke()
    assert variables == {name: odd[name] for name in ("QUOTES", "LD_PRELOAD", "EMPTY_")}
    assert of_the_sandbox in ("", "PWD=/\0")
    assert "it's" not in command_line


def test_limits_of_descriptors_and_processes(tier_node: Node) -> None:
    limits = function(
        tier_node,
        "import resource",
        "names = ('NOFILE', 'NPROC', 'CORE')",
        "return [resource.getrlimit(getattr(resource, 'RLIMIT_' + name)) for name in names]",
    ).invoke()
    assert limits == [[1024, 1024], [1024, 1024], [1, 1]]


@pytest.mark.slow
def test_too_much_memory(any_tier_node: Node) -> None:
    hungry = function(any_tier_node, "held = [bytearray(8 << 20) for _ in range(event)]; return len(held)", Timeout=20)
    assert hungry.invoke(4) == 4
    failed = result(hungry, 200)
    assert failed["errorType"] == "Runtime.ExitError"
    assert failed["errorMessage"].endswith("Error: Runtime exited with error: signal: killed")
    assert hungry.invoke(4) == 4


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("os._exit(3)", "exit status 3"),
        ("os._exit(129)", "exit status 129"),
        ("os.kill(os.getpid(), 9)", "signal: killed"),
        ("os.kill(os.getpid(), 11)", "signal: segmentation fault"),
        ("os.abort()", "signal: aborted"),
    ],
)
def test_how_a_function_ended(any_tier_node: Node, line: str, reason: str) -> None:
    failed = result(function(any_tier_node, line))
    assert failed["errorType"] == "Runtime.ExitError"
    assert failed["errorMessage"].endswith(f"Error: Runtime exited with error: {reason}")


def test_a_function_writes_to_its_standard_output_by_path(any_tier_node: Node) -> None:
    made = function(any_tier_node, "open('/dev/stdout', 'w').write('by its path\\n')")
    made.invoke()
    wait_until(lambda: "by its path" in any_tier_node.logs(made.name), "the line is logged")


@pytest.mark.slow
@pytest.mark.parametrize("tier", ALL_TIERS)
def test_what_idles_is_frozen_and_thaws_for_its_next_invocation(tier: str) -> None:
    with node_on_tier(tier, "--ephemeral", environment={"GATEWRIGHT_FUNCTIONS_FREEZE_WHEN_IDLE": "true"}) as node:
        counts = function(
            node,
            "import threading",
            "def count():",
            "    while True: sys.count += 1; time.sleep(0.005)",
            "if not hasattr(sys, 'count'):",
            "    sys.count = 0",
            "    threading.Thread(target=count, daemon=True).start()",
            "    time.sleep(0.1)",
            "return sys.count",
        )
        before = counts.invoke()
        time.sleep(1)
        assert 0 < before <= counts.invoke() < before + 60  # 200 if it ran on


@pytest.mark.slow
def test_a_daemon_ends_with_its_environment(any_tier_node: Node) -> None:
    seconds = unique_seconds()
    made = function(any_tier_node, *LEAVES_A_DAEMON)
    made.invoke(seconds)
    wait_until(lambda: len(commands("sleep", seconds)) == 1, "the daemon runs")
    made.client.delete_function(FunctionName=made.name)
    wait_until(lambda: not commands("sleep", seconds), "the daemon ends")


@pytest.fixture(params=ALL_TIERS)
def doomed(request: pytest.FixtureRequest) -> Iterator[tuple[Node, str]]:
    """A node that the test kills, and its tier."""
    with node_to_kill(request.param) as node:
        yield node, request.param


@pytest.mark.slow
def test_nothing_is_left_of_a_node_that_is_killed(doomed: tuple[Node, str]) -> None:
    node, tier = doomed
    seconds = unique_seconds()
    function(node, *LEAVES_A_DAEMON).invoke(seconds)
    busy = function(node, *LEAVES_A_DAEMON, "time.sleep(60)", Timeout=60)
    threading.Thread(target=_invoke_and_lose, args=(node, busy.name, seconds), daemon=True).start()
    wait_until(lambda: len(commands("sleep", seconds)) == 2, "both daemons run")
    groups = groups_of(node)
    assert groups or tier != "A"
    kill(node)
    wait_until(lambda: not commands("sleep", seconds), "the daemons end", 5)
    time.sleep(2)  # what is that new may belong to a node that is just starting
    with node_on_tier(tier):
        assert [path for path in groups if path.exists()] == []


@pytest.mark.slow
@pytest.mark.parametrize("tier", ALL_TIERS)
def test_nothing_is_left_of_environments_that_were_being_made(tier: str) -> None:
    """The node is killed at moments between the start of a sandbox and its first invocation."""
    program = "import os\nprint('never ends', flush=True)\nwhile True: pass\n"
    for delay_ms in (0, 1, 2, 3, 5, 8, 15):
        mark = unique_seconds()
        with node_to_kill(tier) as node:
            node.client("lambda").create_function(
                FunctionName="spins",
                Runtime=RUNTIME,
                Role="arn:aws:iam::123456789012:role/r",
                Handler="app.handler",
                Timeout=60,
                Environment={"Variables": {"MARK": mark}},
                Code={"ZipFile": zip_of({"app.py": program})},
            )
            before = _below(node.process.pid)
            victim = threading.Thread(target=_invoke_and_lose, args=(node, "spins", None), daemon=True)
            victim.start()
            deadline = time.monotonic() + 10
            while _below(node.process.pid) <= before:
                assert time.monotonic() < deadline
            time.sleep(delay_ms / 1000)
            started = _below(node.process.pid)
        wait_until(lambda gone=started: not any(map(_lives, gone)), f"{started} end", 5)


def _invoke_and_lose(node: Node, name: str, event: object) -> None:
    with contextlib.suppress(OSError, http.client.HTTPException):
        node.request("POST", f"/2015-03-31/functions/{name}/invocations", body=json.dumps(event).encode())


def _below(pid: int) -> set[int]:
    found: set[int] = set()
    pending = [pid]
    while pending:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{pending.pop()}/task").iterdir():
                below = {int(child) for child in (task / "children").read_text().split()} - found
                found |= below
                pending += below
    return found


def _lives(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


@pytest.fixture(scope="session")
def node_on_c() -> Iterator[Node]:
    with node_on_tier("C") as node:
        yield node


def test_tier_c_shows_what_is_needed_and_no_more(node_on_c: Node) -> None:
    seen = function(
        node_on_c,
        "import subprocess",
        "def tries(what, *arguments):",
        "    try: return what(*arguments) and 'yes'",
        "    except OSError as error: return error.errno",
        "here, own = os.getcwd(), os.environ['TMPDIR']",
        "return {",
        "    'writes': [tries(open, each + '/x', 'w') for each in (own, '/tmp', '/usr', here, '/dev/shm')],",
        "    'lists': [tries(os.listdir, each) for each in ('/', '/tmp', '/home', '/usr', os.path.dirname(here))],",
        "    'reads': [tries(open, path) for path in ('/proc/1/environ', '/etc/shadow', '/etc/ssl/certs')],",
        "    'signals': tries(os.kill, event, 0),",
        "    'runs': subprocess.check_output(['/bin/echo', 'hi']).decode(),",
        "}",
    ).invoke(node_on_c.process.pid)
    assert seen == {
        "writes": ["yes", 13, 13, 13, 13],
        "lists": [13, 13, 13, "yes", 13],
        "reads": [13, 13, 21],
        "signals": 1,
        "runs": "hi\n",
    }


def test_tier_c_is_said_to_be_weaker(node_on_c: Node) -> None:
    isolation = node_on_c.request("GET", "/_gatewright/health").json()["isolation"]
    assert isolation["network"] == "shared"
    assert any("without namespaces" in warning for warning in isolation["warnings"])
    assert any("share the host's network" in warning for warning in isolation["warnings"])
