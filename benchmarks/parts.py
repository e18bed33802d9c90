"""What is measured, part by part. Each returns plain JSON; each ends the programs that it started."""

import contextlib
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import Any

from benchmarks.load import Measurement, Target, interleave, run_wrk
from benchmarks.node import Node, copy_of_package, create_function, function_behind_api, started_node, url_behind_api
from benchmarks.processes import memory_of, memory_of_tree
from benchmarks.programs import ProgramFailed, find, free_port, running, wait_until_answering
from benchmarks.proxies import haproxy, nginx_origin, nginx_proxy
from benchmarks.rest_apis import rest_targets
from benchmarks.templates import compare_templates

_BARE_WORKERS = 4  # the fastest of 1, 2, 4 and 16 on two cores
_ROOT = Path(__file__).resolve().parent.parent

Result = dict[str, Any]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure."""

    rounds: int = 5
    round_seconds: float = 3
    proxy_rounds: int = 3
    proxy_round_seconds: float = 2
    samples: int = 10
    starts: int = 5
    endurance_requests: int = 200_000
    endurance_seconds: float = 60


QUICK = Effort(2, 1, 2, 1, 5, 3, 20_000, 15)


def functions(directory: Path, effort: Effort, say: Say) -> Result:
    """(a) and (b): the bare baseline and an HTTP API in front of the same Python function, sandboxed and not."""
    with contextlib.ExitStack() as stack:
        targets = [stack.enter_context(_bare(directory))]
        try:
            node = stack.enter_context(started_node(directory))
            targets.append(function_behind_api(node, "benchmark"))
            plain = stack.enter_context(started_node(directory, "none"))
            targets.append(function_behind_api(plain, "benchmark", "no sandbox"))
        except ProgramFailed as failure:
            say(f"without gatewright: {failure}")
        return _throughput(targets, (1, 16, 64), effort.rounds, effort.round_seconds, say)


def rest_apis(directory: Path, effort: Effort, say: Say) -> Result:
    """(e): REST APIs beside an HTTP API in front of the same function; mapping templates beside airspeed's."""
    with started_node(directory) as node:
        targets = [function_behind_api(node, "benchmark", "HTTP API"), *rest_targets(node, directory)]
        result = _throughput(targets, (1, 16), effort.rounds, effort.round_seconds, say)
    result["templates"] = compare_templates(effort.round_seconds)
    for name, rates in result["templates"].items():
        say(f"template {name}: {rates['gatewright']:,.0f}/s, airspeed {rates['airspeed']:,.0f}/s")
    return result


def proxying(directory: Path, effort: Effort, say: Say) -> Result:
    """(c): the same nginx called directly, through gatewright, through haproxy and through another nginx."""
    with contextlib.ExitStack() as stack:
        origin = stack.enter_context(nginx_origin(directory))
        targets = [origin, stack.enter_context(nginx_proxy(directory, origin))]
        try:
            targets.append(stack.enter_context(haproxy(directory, origin)))
        except ProgramFailed as failure:
            say(f"without haproxy: {failure}")
        try:
            node = stack.enter_context(started_node(directory))
            targets.append(url_behind_api(node, f"http://127.0.0.1:{origin.port}/"))
        except ProgramFailed as failure:
            say(f"without gatewright: {failure}")
        return _throughput(targets, (1, 16), effort.proxy_rounds, effort.proxy_round_seconds, say)


def starts(directory: Path, effort: Effort, say: Say) -> Result:
    """(d): start-up and idle memory of a node, first and second invocations of new functions."""
    result: Result = {"first_ready_seconds": [], "ready_seconds": [], "idle": []}
    packages = copy_of_package(directory / "packages")
    # The first start compiles all modules, as every one does where Python keeps no bytecode; later ones find theirs.
    for seconds, keeps_none in (("first_ready_seconds", "1"), ("ready_seconds", "")):
        variables = {"PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": keeps_none}
        with started_node(directory, variables=variables):
            pass
        for _ in range(effort.starts):
            with started_node(directory, variables=variables) as node:
                result[seconds].append(node.ready_seconds)
                time.sleep(0.5)  # what a node still does right after it says that it is ready counts too
                result["idle"].append(asdict(memory_of_tree(node.process.pid)))
        result[f"{seconds}_median"] = median(result[seconds])
    for field in ("rss_mib", "pss_mib"):
        result[f"idle_{field}_median"] = median(one[field] for one in result["idle"])
    first, later = result["first_ready_seconds_median"], result["ready_seconds_median"]
    say(f"ready after {later:.3f} s, the first time {first:.3f} s")
    with started_node(directory) as node, started_node(directory, "none") as plain:
        for language in ("python", "node"):
            if language == "node" and find("node") is None:
                say("no node: its cold start is left out")
                continue
            result[f"cold_start_{language}"], result[f"cold_start_{language}_plain"] = cold = _cold_starts(
                (node, plain), language, effort.samples
            )
            first, unsandboxed = (each["first_ms_median"] for each in cold)
            say(f"cold start, {language}: {first:.1f} ms, without a sandbox {unsandboxed:.1f} ms")
    return result


def endurance(directory: Path, effort: Effort, say: Say) -> Result:
    """(d): the memory of a node before and after many requests."""
    with started_node(directory) as node:
        target = function_behind_api(node, "endurance")
        # Warm: every environment started, every pool and allocator arena at its working size.
        _load_until(target, max(10_000, effort.endurance_requests // 10), effort.endurance_seconds)
        before = memory_of(node.process.pid)
        served = _load_until(target, effort.endurance_requests, effort.endurance_seconds)
        time.sleep(1)
        after = memory_of(node.process.pid)
    say(f"{before.rss_mib:.1f} MiB before, {after.rss_mib:.1f} MiB after {served:,} requests")
    return {"requests": served, "before": asdict(before), "after": asdict(after)}


PARTS: Mapping[str, Callable[[Path, Effort, Say], Result]] = MappingProxyType(
    {
        "functions": functions,
        "proxying": proxying,
        "starts": starts,
        "endurance": endurance,
        "rest": rest_apis,
    }
)
"""By name; the letters a and b are `functions`, c is `proxying`, d is `starts` and `endurance`, e is `rest`."""

LETTERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"a": ("functions",), "b": ("functions",), "c": ("proxying",), "d": ("starts", "endurance"), "e": ("rest",)}
)


@contextlib.contextmanager
def _bare(directory: Path) -> Any:
    port = free_port()
    log = directory / "bare.log"
    command = [sys.executable, "-m", "benchmarks.bare", str(port), str(_BARE_WORKERS)]
    with running(command, log, cwd=_ROOT) as process:
        wait_until_answering(process, port, "/hello", log)
        yield Target("bare", port, pid=process.pid)


def _throughput(targets: list[Target], counts: tuple[int, ...], rounds: int, seconds: float, say: Say) -> Result:
    result: Result = {}
    for connections in counts:
        for target in targets:
            run_wrk(target, connections, 1)  # warm
        measured = interleave(targets, connections, rounds, seconds)
        result[str(connections)] = {name: asdict(measurement) for name, measurement in measured.items()}
        say(
            ", ".join(f"{name} {_brief(measurement)}" for name, measurement in measured.items()) + f" ({connections} c)"
        )
    return result


def _brief(measurement: Measurement) -> str:
    return f"{measurement.requests_per_second:,.0f}/s"


def _load_until(target: Target, requests: int, seconds: float) -> int:
    served = 0
    ends_at = time.monotonic() + seconds
    while served < requests and time.monotonic() < ends_at:
        measured = run_wrk(target, 16, 2)
        if measured.errors or not measured.requests:
            raise ProgramFailed(f"{measured.errors} of {measured.requests} requests failed")
        served += measured.requests
    return served


def _cold_starts(nodes: tuple[Node, ...], language: str, samples: int) -> tuple[Result, ...]:
    """Start environments in turn on each of the nodes, so that what else the machine does meets all alike."""
    clients = [node.client("lambda") for node in nodes]
    first: list[list[float]] = [[] for _ in nodes]
    second: list[list[float]] = [[] for _ in nodes]
    for number in range(samples):
        name = f"cold-{language}-{number}"
        for index, node in enumerate(nodes):
            create_function(node, name, language)
            for times in (first[index], second[index]):
                times.append(_invoke_ms(clients[index], name))
    return tuple(
        {"first_ms": one, "second_ms": two, "first_ms_median": median(one), "second_ms_median": median(two)}
        for one, two in zip(first, second, strict=True)
    )


def _invoke_ms(lambda_: Any, name: str) -> float:
    started = time.perf_counter()
    answer = lambda_.invoke(FunctionName=name, Payload=b'{"rawPath": "/hello"}')
    answer["Payload"].read()
    elapsed = (time.perf_counter() - started) * 1000
    if "FunctionError" in answer:
        raise ProgramFailed(f"{name} failed: {answer['FunctionError']}")
    return elapsed
