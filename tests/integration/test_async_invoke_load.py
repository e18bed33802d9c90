"""Many asynchronous invocations at once, and nodes that die while they accept them."""

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.integration.companion import companion
from tests.integration.deployed import Function, function
from tests.integration.nodes import kill, running, start, stop, wait_until
from tests.integration.tiers import TIERS, node_on_tier, node_to_kill, owned_folder

EVENTS = 5_000
KILLS = 8
SENDERS = 8


class Sender:
    """Invokes a function over one connection, without the cost of an SDK."""

    def __init__(self, made: Function) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", made.node.port, timeout=30)
        self._target = f"/2015-03-31/functions/{made.name}/invocations"

    def send(self, body: bytes, invocation_type: str) -> int:
        """Return the status."""
        headers = {"X-Amz-Invocation-Type": invocation_type}
        self._connection.request("POST", self._target, body, headers)
        response = self._connection.getresponse()
        response.read()
        return response.status

    def close(self) -> None:
        self._connection.close()


# Plain processes, so that the function can write down what ran where no node that dies loses it.
PLAIN = {"GATEWRIGHT_FUNCTIONS_ISOLATION": "none"}


def witness(file: Path) -> tuple[str, ...]:
    """Return the lines of a handler that writes down its event, with one system call."""
    return (
        f"handle = os.open({str(file)!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)",
        "os.write(handle, b'%d\\n' % event)",
        "os.close(handle)",
    )


def executed(file: Path) -> Counter[int]:
    """Return how often each event ran."""
    return Counter(int(line) for line in file.read_bytes().split(b"\n")[:-1]) if file.exists() else Counter()


def send_events(made: Function, numbers: range, acknowledged: list[int]) -> None:
    """Send events until the node is gone or all are sent."""
    sender = Sender(made)
    try:
        for number in numbers:
            if sender.send(b"%d" % number, "Event") == 202:
                acknowledged.append(number)
    except (OSError, http.client.HTTPException):
        return
    finally:
        sender.close()


def send_in_parallel(made: Function, numbers: range) -> tuple[list[int], list[threading.Thread]]:
    """Begin to send events over several connections; return those acknowledged so far, and the threads."""
    acknowledged: list[int] = []
    share = len(numbers) // SENDERS
    threads = [
        threading.Thread(target=send_events, args=(made, numbers[part * share : (part + 1) * share], acknowledged))
        for part in range(SENDERS)
    ]
    for thread in threads:
        thread.start()
    return acknowledged, threads


def rate(made: Function, is_over: Callable[[float], object]) -> float:
    """Return synchronous invocations per second over four connections, until `is_over` of the seconds since."""
    began = time.monotonic()

    def invoke_on() -> int:
        sender, count = Sender(made), 0
        while not is_over(time.monotonic() - began):
            assert sender.send(b"{}", "RequestResponse") == 200
            count += 1
        sender.close()
        return count

    with ThreadPoolExecutor(4) as pool:
        counts = [pool.submit(invoke_on) for _ in range(4)]
        total = sum(count.result() for count in counts)
    return total / (time.monotonic() - began)


@pytest.mark.slow
def test_thousands_of_events_run_once_and_synchronous_invocations_go_on(tmp_path: Path) -> None:
    file = tmp_path / "ran"
    with running("--data-dir", str(tmp_path / "data"), environment=PLAIN) as node:
        made = function(node, *witness(file), "time.sleep(0.01)")
        beside = function(node, "return 1")
        usual = rate(beside, lambda seconds: seconds > 2)
        began = time.monotonic()
        acknowledged, threads = send_in_parallel(made, range(EVENTS))
        for thread in threads:
            thread.join()
        accepting = time.monotonic() - began
        assert sorted(acknowledged) == list(range(EVENTS))
        done = threading.Event()
        threading.Thread(target=wait_for_all, args=(file, done)).start()
        # A second at least: a slow sender's last event may have run when it is acknowledged.
        meanwhile = rate(beside, lambda seconds: seconds > 60 or (seconds > 1 and done.is_set()))
        draining = time.monotonic() - began
        assert done.is_set()
        time.sleep(0.2)
        assert set(executed(file).values()) == {1}
        print(f"\naccepted {EVENTS / accepting:.0f}/s, all done after {draining:.1f} s, "
              f"synchronous {usual:.0f}/s alone, {meanwhile:.0f}/s meanwhile")  # fmt: skip
        assert meanwhile > usual / 4


def wait_for_all(file: Path, done: threading.Event) -> None:
    wait_until(lambda: len(executed(file)) == EVENTS, "every event ran", 60)
    done.set()


@pytest.mark.slow
def test_a_node_that_is_killed_loses_no_event(tmp_path: Path) -> None:
    data, file, dice = tmp_path / "data", tmp_path / "ran", random.Random(20260101)
    made: Function | None = None
    acknowledged: list[int] = []
    for round_ in range(KILLS):
        node = start("--data-dir", str(data), environment=PLAIN)
        made = Function(node, made.name, made.arn) if made else function(node, *witness(file))
        sent, threads = send_in_parallel(made, range(round_ * 100_000, round_ * 100_000 + 50_000))
        wait_until(lambda sent=sent: sent, "an event is accepted")  # type: ignore[misc]
        time.sleep(dice.random() * 0.3)
        kill(node)
        for thread in threads:
            thread.join()
        acknowledged += sent
    assert made is not None
    assert len(acknowledged) > KILLS * 10
    node = start("--data-dir", str(data), environment=PLAIN)
    try:
        wait_until(lambda: set(acknowledged) <= set(executed(file)), "every acknowledged event ran", 60)
    finally:
        assert stop(node) == 0


@pytest.mark.slow
@pytest.mark.parametrize("tier", TIERS)
def test_a_node_that_is_killed_on_a_tier_loses_no_event(tier: str) -> None:
    """In a sandbox no file outlives the node; what ran is what the companion has records of."""
    storage = ("--data-dir", str(owned_folder("data")))
    with companion() as beside:
        settings = {"GATEWRIGHT_COMPANION": beside.url}
        records = beside.queue("records")
        with node_to_kill(tier, *storage, environment=settings) as node:
            made = function(node, "time.sleep(0.05)")
            made.client.put_function_event_invoke_config(
                FunctionName=made.name, DestinationConfig={"OnSuccess": {"Destination": records.arn}}
            )
            acknowledged, threads = send_in_parallel(made, range(SENDERS * 10))
            wait_until(lambda: len(acknowledged) > SENDERS, "events are accepted")
            kill(node)
            for thread in threads:
                thread.join()
        recorded: set[int] = set()
        with node_on_tier(tier, *storage, environment=settings):
            while not recorded.issuperset(acknowledged):
                recorded.add(records.receive_json()["requestPayload"])


@pytest.mark.slow
def test_a_node_that_stops_ends_what_runs_and_keeps_the_rest(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "ran"
    node = start("--data-dir", str(data), environment=PLAIN)
    made = function(node, "time.sleep(1)", *witness(file), Timeout=10)
    made.client.put_function_concurrency(FunctionName=made.name, ReservedConcurrentExecutions=1)
    sender = Sender(made)
    assert [sender.send(b"%d" % number, "Event") for number in range(4)] == [202] * 4
    sender.close()
    wait_until(lambda: "START" in node.logs(made.name) or executed(file), "the first event runs")
    assert stop(node) == 0
    ran = executed(file)
    assert len(ran) < 4
    node = start("--data-dir", str(data), environment=PLAIN)
    try:
        wait_until(lambda: len(executed(file)) == 4, "the others run")
    finally:
        assert stop(node) == 0
    assert set(executed(file).values()) == {1}


@pytest.mark.slow
def test_a_record_outlives_its_node_until_the_companion_is_back(tmp_path: Path) -> None:
    with companion() as gone:
        url = gone.url
    settings = {**PLAIN, "GATEWRIGHT_COMPANION": url}
    node = start("--data-dir", str(tmp_path / "data"), environment=settings)
    made = function(node, *witness(tmp_path / "ran"))
    made.client.put_function_event_invoke_config(
        FunctionName=made.name,
        DestinationConfig={"OnSuccess": {"Destination": "arn:aws:sqs:us-east-1:123456789012:records"}},
    )
    sender = Sender(made)
    assert sender.send(b"7", "Event") == 202
    sender.close()
    wait_until(lambda: executed(tmp_path / "ran"), "the event runs")
    time.sleep(0.5)
    kill(node)
    with companion(int(url.rsplit(":", 1)[1])) as back:
        records = back.queue("records")
        with running("--data-dir", str(tmp_path / "data"), environment=settings):
            assert records.receive_json()["requestPayload"] == 7
    assert executed(tmp_path / "ran") == {7: 1}
