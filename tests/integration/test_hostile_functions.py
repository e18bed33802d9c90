"""Functions that attack the node, the host and each other, on the tiers that promise to hold them (isolation.md).

Whatever they do, they get hold of nothing and leave nothing, and a neighbour is served meanwhile.
"""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.hostile.battlefield import (
    MARKER,
    Battlefield,
    data_directory,
    processes_with,
    wait_until_gone,
)
from tests.integration.nodes import kill, wait_until
from tests.integration.tiers import TIERS, node_on_tier, node_to_kill

pytestmark = pytest.mark.slow

KILLED = "Runtime exited with error: signal: killed"

KEPT_LOGS_MB = 48


@pytest.fixture(scope="module", params=TIERS)
def field(request: pytest.FixtureRequest) -> Iterator[Battlefield]:
    """A node on one tier, for all attacks: what one of them breaks, the next ones notice."""
    with data_directory(request.param) as data_dir:
        kept = {"GATEWRIGHT_LOGS_KEPT_MB": str(KEPT_LOGS_MB)}
        with node_on_tier(request.param, "--data-dir", str(data_dir), environment=kept) as node:
            battlefield = Battlefield(node, data_dir)
            battlefield.deploy()
            yield battlefield


_IN_HOME = (".ssh", ".aws", ".config", ".bashrc", ".bash_history", ".gitconfig")

GAINS_NOTHING: list[tuple[str, Callable[[Battlefield], dict[str, Any]]]] = [
    # What is read
    ("read_paths", lambda field: {"paths": field.code_paths}),
    ("read_paths", lambda field: {"paths": field.kept_paths}),
    ("read_paths", lambda field: {"paths": [str(Path.home() / name) for name in _IN_HOME]}),
    ("read_through_own_root", lambda field: {"paths": [*field.kept_paths, "/etc/shadow", str(Path.home() / ".ssh")]}),
    ("read_etc_shadow", lambda field: {}),
    ("read_environments", lambda field: {"marker": MARKER}),
    ("see_processes", lambda field: {"names": ["gatewright up", "pytest"]}),
    ("read_process", lambda field: {"pid": field.pid}),
    ("read_kernel_secrets", lambda field: {}),
    ("read_other_temporary_files", lambda field: {"name": "victims-file"}),
    ("foreign_descriptors", lambda field: {}),
    # What is written
    ("write_code", lambda field: {}),
    ("write_system", lambda field: {}),
    ("write_kernel_settings", lambda field: {}),
    ("write_host_paths", lambda field: {"paths": [f"{path}/planted" for path in (field.data_dir, Path.home())]}),
    ("leave_cgroup", lambda field: {}),
    ("fill_temporary_directory", lambda field: {"limit_mb": 512}),
    ("fill_shared_memory", lambda field: {"limit_mb": 256}),
    ("make_devices", lambda field: {}),
    ("become_root_by_file", lambda field: {}),
    # What is called
    ("trace_others", lambda field: {"pids": [1, field.pid]}),
    ("trace_own_child", lambda field: {}),
    ("signal_others", lambda field: {"pids": [field.pid, *field.descendants()]}),
    ("kill_everybody", lambda field: {}),
    ("mount_file_systems", lambda field: {}),
    ("make_namespaces", lambda field: {}),
    ("become_somebody_else", lambda field: {}),
    ("have_capabilities", lambda field: {}),
    ("be_root_of_the_host", lambda field: {}),
    ("use_kernel_interfaces", lambda field: {}),
    ("reboot_and_set_the_clock", lambda field: {}),
    ("use_keyrings", lambda field: {}),
    ("open_raw_sockets", lambda field: {}),
    ("send_to_the_terminal", lambda field: {}),
    ("raise_limits", lambda field: {}),
    # What is used up
    ("thread_bomb", lambda field: {"limit": 1100}),
    ("descriptor_bomb", lambda field: {"limit": 1024}),
    ("burn_processors", lambda field: {"processes": 16, "seconds": 2}),
    ("queue_signals", lambda field: {"limit": 1100}),
    ("hold_descriptors_in_flight", lambda field: {}),
    ("leave_a_core", lambda field: {}),
    ("send_urgent_octets", lambda field: {}),
]


@pytest.mark.parametrize(
    ("attack", "arguments"), GAINS_NOTHING, ids=[f"{number}-{name}" for number, (name, _) in enumerate(GAINS_NOTHING)]
)
def test_the_attacker_gains_nothing(
    field: Battlefield, attack: str, arguments: Callable[[Battlefield], dict[str, Any]]
) -> None:
    assert field.gains(attack, **arguments(field)) == []
    assert field.invoke("neighbour", "still there")["Payload"] == "still there"


def test_the_secret_is_nowhere(field: Battlefield) -> None:
    """The victim's code, variables and files hold it."""
    found = field.gains("find_marker", marker=MARKER)
    assert found == []


def test_the_victim_keeps_its_own(field: Battlefield) -> None:
    assert field.invoke("victim", 1)["Payload"] == 1


def test_services_of_the_host(field: Battlefield) -> None:
    with socket.create_server(("127.0.0.1", 0)) as service, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind("\0gatewright-hostile-test")
        abstract.listen()
        addresses = [service.getsockname(), ["127.0.0.1", field.node.port], "@gatewright-hostile-test"]
        gains = field.gains("connect", addresses=addresses)
        own = str(["127.0.0.1", field.node.port])  # the node's endpoint, which every function has
        assert isinstance(gains, list)
        assert [gain for gain in gains if gain != own] == []


def test_of_the_data_directory_only_bytecode_is_shown(field: Battlefield) -> None:
    for folder, shown in ((field.data_dir, "['runtimes']"), (field.data_dir / "runtimes", "['bytecode']")):
        assert field.gains("read_paths", paths=[str(folder)]) == [f"{folder}: {shown}"]


BOMBS: list[tuple[str, dict[str, Any]]] = [
    ("fork_bomb", {"limit": 1100}),
    ("leave_zombies", {"count": 3000}),
    ("many_files", {"count": 200_000}),
]


@pytest.mark.parametrize(("attack", "arguments"), BOMBS)
def test_bombs_hurt_only_who_throws_them(field: Battlefield, attack: str, arguments: dict[str, Any]) -> None:
    """They fail at a limit; or all that they take together is too much memory, and they are killed for it."""
    answer = field.attack(attack, **arguments)
    assert answer["Payload"] == [] or answer["Payload"]["errorMessage"].endswith(KILLED)
    assert field.invoke("neighbour", 1)["Payload"] == 1
    assert field.attack("exit_at_once", status=1)["FunctionError"] == "Unhandled"  # with what is left of them


ENDS_THE_ENVIRONMENT: list[tuple[str, dict[str, Any], str]] = [
    ("memory_bomb", {"size_mb": 2000}, KILLED),
    ("memory_bomb_of_children", {"size_mb": 100, "children": 4}, KILLED),
    ("exit_at_once", {"status": 7}, "Runtime exited with error: exit status 7"),
    ("exit_at_once", {"status": 0}, "Runtime exited without providing a reason"),
    ("crash", {}, "Runtime exited with error: signal: segmentation fault"),
    ("answer_another", {"request_id": "11111111-2222-3333-4444-555555555555"}, KILLED),
    ("ask_twice", {}, KILLED),
    ("send_octets", {"kind": "noise", "count": 100_000}, KILLED),
    ("send_octets", {"kind": "zeros", "count": 100_000}, KILLED),
    ("send_octets", {"kind": "ones", "count": 100_000}, KILLED),
    ("send_octets", {"kind": "unknown type", "count": 0}, KILLED),
    ("send_octets", {"kind": "header longer than the frame", "count": 100}, KILLED),
    ("send_octets", {"kind": "no json", "count": 0}, KILLED),
    ("send_octets", {"kind": "header of another type", "count": 0}, KILLED),
    ("send_octets", {"kind": "id of another type", "count": 0}, KILLED),
    ("flood_the_channel", {"size_mb": 32}, KILLED),
    ("close_the_channel", {}, KILLED),
]


@pytest.mark.parametrize(
    ("attack", "arguments", "message"),
    ENDS_THE_ENVIRONMENT,
    ids=[f"{number}-{name}" for number, (name, *_) in enumerate(ENDS_THE_ENVIRONMENT)],
)
def test_the_environment_ends_and_the_next_one_serves(
    field: Battlefield, attack: str, arguments: dict[str, Any], message: str
) -> None:
    answer = field.attack(attack, **arguments)
    assert answer["FunctionError"] == "Unhandled"
    assert answer["Payload"]["errorMessage"].endswith(message)
    assert field.gains("read_etc_shadow") == []
    assert field.invoke("neighbour", 1)["Payload"] == 1


@pytest.mark.parametrize(
    ("attack", "arguments"), [("run_for_ever", {}), ("stop_itself", {}), ("send_half_a_frame", {})]
)
def test_what_never_answers_is_timed_out(field: Battlefield, attack: str, arguments: dict[str, Any]) -> None:
    client = field.node.client("lambda")
    client.update_function_configuration(FunctionName="attacker", Timeout=2)
    try:
        answer = field.attack(attack, **arguments)
    finally:
        client.update_function_configuration(FunctionName="attacker", Timeout=30)
    assert answer["Payload"]["errorMessage"].endswith("Task timed out after 2.00 seconds")


def test_the_first_answer_counts(field: Battlefield) -> None:
    """The second one belongs to no invocation, and ends the environment. The id is the attacker's own."""
    request_id = "7a1e4bcd-0000-4000-8000-000000000001"
    answer = field.attack("answer_twice", request_id=request_id)
    assert answer["Payload"]["errorType"] == "Runtime.ExitError"
    assert field.gains("read_etc_shadow") == []


def test_forged_lines_stay_in_the_own_log(field: Battlefield) -> None:
    request_id = "99999999-aaaa-bbbb-cccc-dddddddddddd"
    field.gains("forge_platform_lines", request_id=request_id)
    wait_until(lambda: request_id in field.node.logs("attacker"), "the line is kept")
    assert request_id not in field.node.logs("victim")


def test_log_floods(field: Battlefield) -> None:
    """Held back by the pipe: the neighbour is served, and what is kept on disk stays bounded.

    Beside what is kept there are the free pages of what was deleted, and the log of the last transactions.
    """
    for attack in ("log_flood", "log_one_endless_line"):
        answer, latencies = field.during(attack, size_mb=100)
        assert answer["Payload"] == []
        assert sorted(latencies)[len(latencies) // 2] < 0.25
    kept = sum(path.stat().st_size for path in (field.data_dir / "logs").rglob("*") if path.is_file())
    assert kept < 2 * KEPT_LOGS_MB << 20


def test_daemons_end_with_their_environment(field: Battlefield) -> None:
    marker = "left-behind-by-the-attacker"
    assert field.gains("leave_daemon", marker=marker) == []
    wait_until(lambda: processes_with(marker), "it runs as long as its environment")
    assert field.attack("exit_at_once", status=1)["FunctionError"] == "Unhandled"
    wait_until_gone(marker)


def test_files_do_not_outlive_their_environment(field: Battlefield) -> None:
    field.gains("leave_a_file", name="planted-by-the-attacker")
    assert field.attack("exit_at_once", status=1)["FunctionError"] == "Unhandled"
    assert field.gains("read_other_temporary_files", name="planted-by-the-attacker") == []
    assert not Path("/tmp/planted-by-the-attacker").exists()


ABUSES: list[tuple[str, object]] = [
    ("another_id", 400),
    ("next_amid", 200),  # the same event again, as the emulator has it
    ("endless_header", None),
    ("smuggled", "HTTP/1.1 400 Bad Request"),
    ("many_connections", None),
    ("never_reading", 0),
]


@pytest.mark.parametrize(("abuse", "outcome"), ABUSES)
def test_abuse_of_the_runtime_api(field: Battlefield, abuse: str, outcome: object) -> None:
    answer = field.invoke("runtime", {"abuse": abuse})
    assert "FunctionError" not in answer, answer["Payload"]
    if outcome is not None:
        assert answer["Payload"]["outcome"] == outcome
    assert field.invoke("runtime", {})["Payload"] == {"outcome": None}


def test_a_response_that_is_too_large(field: Battlefield) -> None:
    answer = field.invoke("runtime", {"abuse": "huge_response"})
    assert answer["Payload"]["errorType"] == "Function.ResponseSizeTooLarge"
    assert field.invoke("runtime", {})["Payload"] == {"outcome": None}


@pytest.mark.parametrize(
    ("attack", "arguments"),
    [
        ("burn_processors", {"processes": 32, "seconds": 3}),
        ("fork_bomb", {"limit": 1100}),
        ("memory_bomb", {"size_mb": 2000}),
        ("log_flood", {"size_mb": 200}),
        ("fill_temporary_directory", {"limit_mb": 512}),
        ("flood_the_channel", {"size_mb": 64}),
    ],
)
def test_the_neighbour_is_served_at_its_usual_rate(field: Battlefield, attack: str, arguments: dict[str, Any]) -> None:
    """Beside an attack that takes all it can get, a call takes no more than a few turns of a busy machine's CPUs."""
    _, latencies = field.during(attack, **arguments)
    assert latencies, "the attack was over before the neighbour was called"
    assert sorted(latencies)[(len(latencies) - 1) // 2] < 0.15, f"median of {len(latencies)}"
    time.sleep(0.2)
    assert field.neighbour_rate() > 30


@pytest.mark.parametrize(
    ("function", "event"),
    [
        ("attacker", {"attack": "fill_endpoint", "arguments": {"connections": 60, "size_mb": 20}}),
        ("runtime", {"abuse": "many_bodies"}),
    ],
)
def test_the_node_does_not_hold_what_a_function_sends_it(field: Battlefield, function: str, event: object) -> None:
    """Sixty connections with a body on each: the node has a few of them at a time, and the kernel the rest."""
    before = field.resident_mb()
    answer, latencies = field.beside(function, event)
    assert "FunctionError" not in answer, answer["Payload"]
    assert field.resident_mb() - before < 180
    assert sorted(latencies)[len(latencies) // 2] < 0.15


def test_what_sockets_hold_is_limited(field: Battlefield) -> None:
    if field.node.request("GET", "/_gatewright/health").json()["isolation"]["memory"] == "watchdog":
        pytest.skip("nobody counts it without control groups (isolation.md)")
    assert field.gains("fill_socket_buffers", limit_mb=400) == []  # MemorySize is 256


def test_a_flood_of_lines_for_telemetry(field: Battlefield) -> None:
    answer, latencies = field.beside("teller", {"kind": "lines", "size_mb": 16})
    assert "FunctionError" not in answer, answer["Payload"]
    assert sorted(latencies)[(len(latencies) - 1) // 2] < 0.15
    assert field.invoke("teller", {"kind": "deep"})["Payload"] == []
    assert field.invoke("teller", {"kind": "lines", "size_mb": 0})["Payload"] == []


SHELL_WORDS = {
    "QUOTES": "'; touch /tmp/planted; echo '",
    "LINES": "a\nb\n$(id)`id`\\",
    "OCTETS": "".join(map(chr, range(1, 0x250))),
    "PS4": "$(touch /tmp/planted)",
    "ENV": "/tmp/planted",
    "BASH_ENV": "/tmp/planted",
    "IFS": "/",
    "LD_PRELOAD": "/var/task/planted.so",
    "LD_AUDIT": "/var/task/planted.so",
    "SHELLOPTS": "xtrace",
    "CDPATH": "/",
}


def test_variables_are_words_to_the_shell(field: Battlefield) -> None:
    """They come to the process as they are, and do nothing on the way, where some programs are root's still."""
    client = field.node.client("lambda")
    client.update_function_configuration(FunctionName="attacker", Environment={"Variables": SHELL_WORDS})
    try:
        assert field.gains("tell_variables", names=list(SHELL_WORDS)) == list(SHELL_WORDS.values())
        assert field.gains("read_paths", paths=["/tmp/planted"]) == []
    finally:
        client.update_function_configuration(FunctionName="attacker", Environment={"Variables": {}})
    assert not Path("/tmp/planted").exists()


@pytest.mark.parametrize("wrapper", ["/var/task/$(touch)", "/var/task/a b", "-c", "/bin/sh -c id", "../../bin/sh"])
def test_wrappers_are_no_commands(field: Battlefield, wrapper: str) -> None:
    client = field.node.client("lambda")
    variables = {"AWS_LAMBDA_EXEC_WRAPPER": wrapper}
    client.update_function_configuration(FunctionName="attacker", Environment={"Variables": variables})
    try:
        assert field.attack("read_etc_shadow")["Payload"]["errorType"] == "Runtime.ExitError"
    finally:
        client.update_function_configuration(FunctionName="attacker", Environment={"Variables": {}})
    assert field.gains("read_etc_shadow") == []


@pytest.mark.parametrize("tier", TIERS)
def test_nothing_is_left_when_the_node_is_killed(tier: str) -> None:
    marker = f"left-behind-by-a-killed-node-on-tier-{tier}"
    with data_directory(tier) as data_dir, node_to_kill(tier, "--data-dir", str(data_dir)) as node:
        battlefield = Battlefield(node, data_dir)
        battlefield.deploy()
        battlefield.gains("leave_daemon", marker=marker)
        left = battlefield.descendants()
        wait_until(lambda: processes_with(marker), "it runs")
        kill(node)
        wait_until(lambda: not [pid for pid in left if Path(f"/proc/{pid}").exists()], "all have ended")
        wait_until_gone(marker)
