"""`gatewright up` as its user sees it: what it prints, how it stops, what it refuses, and what it keeps."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.integration.deployed import api, function
from tests.integration.nodes import BIN, Answer, Node, kill, running, start, stop, wait_until

# A function sees nothing that a test could open or shut while its node ends: it takes a while, and says when it begins.
TAKES_A_WHILE = (
    "print('begun', event['name'], flush=True)",
    "time.sleep(event['seconds'])",
    "return {'statusCode': 200, 'body': 'finished'}",
)

LEAVES_A_CHILD = (
    "import subprocess",
    "quiet = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}",
    "return subprocess.Popen(['sleep', '600'], **quiet).pid > 0",
)


def refused(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    """Start a node that must not start; return the one line that says why."""
    command = [str(BIN / "gatewright"), "up", *arguments]
    done = subprocess.run(
        command, env={**os.environ, **(environment or {})}, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("gatewright: ")
    return lines[0]


def test_one_line_when_it_listens(tmp_path: Path) -> None:
    with (tmp_path / "stderr").open("w+b") as errors:
        with running("--ephemeral", errors=errors) as node:
            answer = node.request("GET", "/_gatewright/health")
            assert (answer.status, answer.get_all("Content-Type")) == (200, ["application/json"])
            assert answer.json()["status"] == "ready"
            # The line that names the port is the only one; the log says what keeps functions apart.
            assert node.lines == []
            log = (tmp_path / "stderr").read_text().splitlines()
            assert sum(" functions run on tier " in line for line in log) == 1
            assert [line for line in log if "network" not in line] == []
        assert node.lines == []


def test_health_has_no_body_for_head_and_takes_nothing_else(node: Node) -> None:
    assert node.request("HEAD", "/_gatewright/health").body == b""
    assert node.request("POST", "/_gatewright/health", body=b"{}").status == 405
    assert node.request("GET", "/_gatewright/nothing").status == 404


def is_refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def in_flight(node: Node, name: str) -> bool:
    return any(line.endswith(f"begun {name}") for line in node.lines)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_in_flight_is_answered_before_the_node_ends(number: signal.Signals) -> None:
    with running("--ephemeral") as node, ThreadPoolExecutor() as threads:
        waiting = function(node, *TAKES_A_WHILE, Timeout=60)
        by_api = function(node, "event = {'name': 'api', 'seconds': 2}", *TAKES_A_WHILE, Timeout=60)
        by_api.permit()
        made = api(node, {"GET /": by_api.arn})
        invoked = threads.submit(waiting.invoke, {"name": "invoke", "seconds": 2})
        called = threads.submit(made.get, "/")
        idle = http.client.HTTPConnection("127.0.0.1", node.port, timeout=20)
        idle.request("GET", "/_gatewright/health")
        idle.getresponse().read()
        wait_until(lambda: in_flight(node, "invoke") and in_flight(node, "api"), "both are in flight")

        node.process.send_signal(number)
        wait_until(lambda: is_refused(node.port), "new connections are refused")
        assert idle.sock.recv(1) == b""
        idle.close()
        assert node.process.poll() is None
        assert not invoked.done()
        assert not called.done()
        assert invoked.result(20) == {"statusCode": 200, "body": "finished"}
        answer = called.result(20)
        assert (answer.status, answer.body) == (200, b"finished")
        assert node.process.wait(20) == 0


@pytest.mark.slow
def test_a_second_signal_ends_it_at_once() -> None:
    with running("--ephemeral") as node:
        waiting = function(node, *TAKES_A_WHILE, Timeout=60)
        lost = threading.Thread(target=lose, args=(node, waiting.name))
        lost.start()
        wait_until(lambda: in_flight(node, "lost"), "in flight")
        node.process.send_signal(signal.SIGTERM)
        wait_until(lambda: is_refused(node.port), "new connections are refused")
        node.process.send_signal(signal.SIGTERM)
        node.process.send_signal(signal.SIGINT)  # a third changes nothing
        assert node.process.wait(20) == 0
        lost.join(20)


def test_interrupted_before_it_serves(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    os.mkfifo(settings)  # nobody writes it: the node waits for its settings
    command = [BIN / "gatewright", "up", "--ephemeral", "--config", settings]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as node:
        with settings.open("w"):  # from here on it reads
            node.send_signal(signal.SIGINT)
            assert node.wait(20) == 128 + signal.SIGINT
        assert node.communicate() == (b"", None)


def lose(node: Node, name: str) -> None:
    event = json.dumps({"name": "lost", "seconds": 60}).encode()
    with contextlib.suppress(OSError, http.client.HTTPException):
        node.request("POST", f"/2015-03-31/functions/{name}/invocations", body=event)


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert str(port) in refused("--ephemeral", "--port", str(port))


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_a_host_that_is_not_ours(host: str) -> None:
    assert host in refused("--ephemeral", "--port", "0", "--host", host)


def test_a_data_directory_in_use(tmp_path: Path) -> None:
    with running("--data-dir", str(tmp_path / "data")) as node:
        line = refused("--port", "0", "--data-dir", str(tmp_path / "data"))
        assert "in use" in line
        assert str(node.process.pid) in line
        assert node.request("GET", "/_gatewright/health").status == 200


def unusable_file(path: Path) -> Path:
    path.write_text("mine")
    return path


def unusable_below_a_file(path: Path) -> Path:
    return unusable_file(path) / "below"


def unusable_read_only(path: Path) -> Path:
    return Path("/proc/gatewright")


def unusable_garbage(path: Path) -> Path:
    path.mkdir()
    (path / "gatewright.sqlite3").write_bytes(b"this is no database, however one looks at it" * 100)
    return path


def unusable_truncated(path: Path) -> Path:
    with running("--data-dir", str(path)):
        pass
    database = path / "gatewright.sqlite3"
    database.write_bytes(database.read_bytes()[:5000])
    return path


@pytest.mark.parametrize(
    "unusable", [unusable_file, unusable_below_a_file, unusable_read_only, unusable_garbage, unusable_truncated]
)
def test_a_data_directory_that_cannot_be_used(tmp_path: Path, unusable: object) -> None:
    assert callable(unusable)
    path = unusable(tmp_path / "data")
    assert str(path) in refused("--port", "0", "--data-dir", str(path))


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_data_directory_that_must_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o500)
    assert "Permission denied" in refused("--port", "0", "--data-dir", str(tmp_path / "data"))


def test_a_data_directory_of_a_newer_version(tmp_path: Path) -> None:
    with running("--data-dir", str(tmp_path)):
        pass
    with contextlib.closing(sqlite3.connect(tmp_path / "gatewright.sqlite3")) as database:
        version = database.execute("PRAGMA user_version").fetchone()[0]
        database.execute(f"PRAGMA user_version = {version + 1}")
        database.commit()
    assert "newer" in refused("--port", "0", "--data-dir", str(tmp_path))


# (flags, environment, settings file, what the line must name)
WRONG_SETTINGS: Mapping[str, tuple[tuple[str, ...], Mapping[str, str], str | None, tuple[str, ...]]] = {
    "port is no number": (("--port", "http"), {}, None, ("--port", "http")),
    "port is too large": (("--port", "65536"), {}, None, ("port", "65536")),
    "port is negative": (("--port", "-1"), {}, None, ("port", "-1")),
    "variable": ((), {"GATEWRIGHT_WIRE_HEADER_SECONDS": "soon"}, None, ("GATEWRIGHT_WIRE_HEADER_SECONDS", "soon")),
    "unknown variable": ((), {"GATEWRIGHT_PROT": "1"}, None, ("GATEWRIGHT_PROT",)),
    "account": ((), {"GATEWRIGHT_ACCOUNT_ID": "12"}, None, ("account_id", "12")),
    "region": ((), {"GATEWRIGHT_REGION": "mars"}, None, ("region", "mars")),
    "unknown name in the file": ((), {}, "[wire]\nheader_second = 1\n", ("wire.header_second",)),
    "type in the file": ((), {}, "port = true\n", ("port",)),
    "no TOML": ((), {}, "port: 1\n", ("settings.toml",)),
    "not UTF-8": ((), {}, "port = '\udcff'\n", ("settings.toml",)),
    "no file": (("--config", "/nonexistent/settings.toml"), {}, None, ("/nonexistent/settings.toml",)),
}


@pytest.mark.parametrize("case", WRONG_SETTINGS)
def test_wrong_settings(tmp_path: Path, case: str) -> None:
    flags, environment, content, named = WRONG_SETTINGS[case]
    if content is not None:
        (tmp_path / "settings.toml").write_text(content, errors="surrogateescape")
        flags = (*flags, "--config", str(tmp_path / "settings.toml"))
    line = refused("--ephemeral", *flags, environment=environment)
    assert [name for name in named if name not in line] == []


def test_flags_go_before_variables_and_variables_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('port = 1\naccount_id = "111111111111"\nregion = "eu-west-3"\n')
    environment = {"GATEWRIGHT_PORT": "2", "GATEWRIGHT_ACCOUNT_ID": "222222222222"}
    with running("--ephemeral", "--config", str(file), environment=environment) as node:
        assert ":222222222222:" in function(node, "pass").arn
        unscoped = node.request("GET", "/2015-03-31/functions/")
        assert unscoped.json()["Functions"] == []  # us-east-1 has the function, eu-west-3 is the default


def keeps(node: Node) -> tuple[str, str]:
    """Deploy a function and an API; return their names."""
    made = function(
        node, "return {'statusCode': 200, 'body': os.environ['KEPT']}", Environment={"Variables": {"KEPT": "yes"}}
    )
    made.permit()
    return made.name, api(node, {"GET /kept": made.arn}).api_id


def serves(node: Node, name: str, api_id: str) -> Answer:
    """Call the API first: nothing has warmed the node up."""
    answer = node.call(api_id, "GET", "/kept")
    configuration = node.client("lambda").get_function_configuration(FunctionName=name)
    assert (configuration["State"], configuration["LastUpdateStatus"]) == ("Active", "Successful")
    return answer


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_data_directory_keeps_everything(tmp_path: Path, number: signal.Signals) -> None:
    data = str(tmp_path / "new" / "data")
    node = start("--data-dir", data)
    try:
        name, api_id = keeps(node)
        assert serves(node, name, api_id).body == b"yes"
    finally:
        node.process.send_signal(number)
        status = node.process.wait(40)
        node.close()
    assert status == (0 if number == signal.SIGTERM else -signal.SIGKILL)
    with running("--data-dir", data) as again:
        answer = serves(again, name, api_id)
        assert (answer.status, answer.body) == (200, b"yes")
        shown = again.client("apigatewayv2").get_api(ApiId=api_id)
        assert shown["ApiEndpoint"] == f"http://{api_id}.execute-api.localhost:{again.port}"


@pytest.mark.slow
def test_what_can_be_made_again_is_made_again(tmp_path: Path) -> None:
    """Unpacked code, the runtimes' files and logs may be removed while the node is down."""
    with running("--data-dir", str(tmp_path)) as node:
        name, api_id = keeps(node)
        assert serves(node, name, api_id).body == b"yes"
    for folder in ("code", "runtimes", "logs"):
        shutil.rmtree(tmp_path / folder)
    with running("--data-dir", str(tmp_path)) as node:
        assert serves(node, name, api_id).body == b"yes"
        assert "START RequestId" in node.logs(name)


@pytest.mark.slow
def test_nobody_reads_what_it_prints() -> None:
    """As in `gatewright up | head -1`: functions run on, and their logs are kept."""
    command = [str(BIN / "gatewright"), "up", "--port", "0", "--ephemeral"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    node = Node(process, 0)
    try:
        assert process.stdout is not None
        node.port = int(process.stdout.readline().rsplit(b":", 1)[1])
        process.stdout.close()
        printing = function(node, "print('x' * 100_000); return event")
        assert [printing.invoke(number) for number in range(20)] == list(range(20))
        wait_until(lambda: node.logs(printing.name).count("END RequestId") >= 9, "logs are kept")
        assert printing.invoke(20) == 20
    finally:
        assert stop(node) == 0


@pytest.mark.slow
def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    """The process is killed while clients create functions; each that was acknowledged is there and serves."""
    data = str(tmp_path)
    acknowledged: list[str] = []

    def create(node: Node, worker: int) -> None:
        with contextlib.suppress(Exception):  # the connection that the kill breaks
            for number in range(10_000):
                made = function(node, f"return '{worker}-{number}'", name=f"w{worker}-{number}")
                made.permit()
                acknowledged.append(made.name)

    node = start("--data-dir", data)
    workers = [threading.Thread(target=create, args=(node, worker)) for worker in range(3)]
    for worker in workers:
        worker.start()
    wait_until(lambda: len(acknowledged) >= 20, "functions are created")
    node.process.kill()
    node.process.wait()
    for worker in workers:
        worker.join(30)
    node.close()
    with running("--data-dir", data) as again:
        client = again.client("lambda")
        pages = client.get_paginator("list_functions").paginate()
        listed = {found["FunctionName"] for page in pages for found in page["Functions"]}
        assert set(acknowledged) <= listed
        assert len(listed) <= len(acknowledged) + 3
        for name in acknowledged:
            assert "apigateway" in client.get_policy(FunctionName=name)["Policy"]
        for name in (acknowledged[0], acknowledged[-1], *sorted(listed - set(acknowledged))):
            answer = client.invoke(FunctionName=name)
            assert json.loads(answer["Payload"].read()) == name.removeprefix("w")


@pytest.mark.slow
def test_a_relative_data_directory(tmp_path: Path) -> None:
    command = [str(BIN / "gatewright"), "up", "--port", "0", "--data-dir", "kept"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE)
    node = Node(process, 0)
    try:
        assert process.stdout is not None
        node.port = int(process.stdout.readline().rsplit(b":", 1)[1])
        name, api_id = keeps(node)
        assert serves(node, name, api_id).body == b"yes"
        assert (tmp_path / "kept" / "gatewright.sqlite3").is_file()
        assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    finally:
        node.close()
        process.terminate()
        process.communicate(timeout=40)
    assert process.returncode == 0


def test_the_data_directory_is_for_its_owner_only(tmp_path: Path) -> None:
    with running("--data-dir", str(tmp_path / "data")):
        assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


@pytest.mark.slow
def test_ephemeral_leaves_nothing_behind(tmp_path: Path) -> None:
    temporary, home = tmp_path / "tmp", tmp_path / "home"
    temporary.mkdir()
    home.mkdir()
    with running("--ephemeral", environment={"TMPDIR": str(temporary), "HOME": str(home)}) as node:
        name, api_id = keeps(node)
        assert serves(node, name, api_id).body == b"yes"
    assert list(temporary.iterdir()) == []
    assert list(home.iterdir()) == []


def children(pid: int) -> set[int]:
    """Return the processes that descend from one."""
    parents = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def living(processes: set[int]) -> Iterator[int]:
    for pid in processes:
        with contextlib.suppress(OSError):
            if (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X"):
                yield pid


@pytest.mark.slow
def test_no_process_outlives_a_node_that_stops() -> None:
    with running("--ephemeral") as node:
        function(node, "return os.getpid()").invoke()
        function(node, *LEAVES_A_CHILD).invoke()
        started = children(node.process.pid)
        assert sum(b"sleep\0" in (Path("/proc") / str(pid) / "cmdline").read_bytes() for pid in started) == 1
    wait_until(lambda: not list(living(started)), f"processes of functions end: {sorted(started)}")


@pytest.mark.slow
def test_no_environment_outlives_a_node_that_is_killed() -> None:
    node = start("--ephemeral")
    try:
        function(node, *LEAVES_A_CHILD).invoke()
        waiting = function(node, *TAKES_A_WHILE, Timeout=60)
        lost = threading.Thread(target=lose, args=(node, waiting.name))
        lost.start()
        wait_until(lambda: in_flight(node, "lost"), "in flight")
        started = children(node.process.pid)
        assert len(started) >= 3
    finally:
        kill(node)
    wait_until(lambda: not list(living(started)), f"processes of functions end: {sorted(started)}")
    lost.join(20)


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
def test_ipv6() -> None:
    node = start("--ephemeral", "--host", "::1")
    try:
        connection = http.client.HTTPConnection("::1", node.port, timeout=20)
        connection.request("GET", "/_gatewright/health")
        assert connection.getresponse().read().startswith(b"{")
        connection.close()
    finally:
        assert stop(node) == 0
