"""Load from wrk, one thread, and what it reports."""

import json
import re
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from benchmarks.processes import cpu_time
from benchmarks.programs import ProgramFailed, find

_POST = """local file = io.open({}, "rb")
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.headers["Content-Type"] = "application/json"
file:close()
"""

_UNITS_MS = (("us", 0.001), ("ms", 1.0), ("s", 1000.0), ("m", 60_000.0))


@dataclass(frozen=True, slots=True)
class Target:
    """Something that answers GET requests, or POST requests with a body."""

    name: str
    port: int
    path: str = "/hello"
    host: str | None = None
    pid: int | None = None
    body: Path | None = None
    """A file with the JSON that is posted."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run, or the medians of several."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    requests: int
    errors: int
    own_cpu_us: float = 0.0
    """Microseconds of CPU per request in the process that was called. Less moved by other work on the machine than
    the rate is."""
    children_cpu_us: float = 0.0
    """The same of its child processes: workers, execution environments."""


def run_wrk(target: Target, connections: int, seconds: float) -> Measurement:
    """Run wrk against a target. Raises `ProgramFailed`."""
    wrk = find("wrk")
    if wrk is None:
        raise ProgramFailed("wrk is missing")
    whole_seconds = max(1, round(seconds))
    command = [wrk, "-t1", f"-c{connections}", f"-d{whole_seconds}s", "--latency", "--timeout", "10s"]
    if target.host is not None:
        command += ["-H", f"Host: {target.host}"]
    if target.body is not None:
        script = target.body.with_suffix(".lua")
        script.write_text(_POST.format(json.dumps(str(target.body))))
        command += ["-s", str(script)]
    try:
        output = subprocess.run(
            [*command, f"http://127.0.0.1:{target.port}{target.path}"],
            capture_output=True,
            text=True,
            timeout=whole_seconds + 30,
        ).stdout
    except subprocess.TimeoutExpired:
        raise ProgramFailed(f"wrk against {target.name} did not end") from None
    return parse_wrk(output)


def measure(target: Target, connections: int, seconds: float) -> Measurement:
    """Run wrk, and read what CPU time it cost its target."""
    if target.pid is None:
        return run_wrk(target, connections, seconds)
    before = cpu_time(target.pid)
    measured = run_wrk(target, connections, seconds)
    own, children = cpu_time(target.pid).since(before)
    scale = 1_000_000 / max(1, measured.requests)
    return replace(measured, own_cpu_us=own * scale, children_cpu_us=children * scale)


def parse_wrk(output: str) -> Measurement:
    """Read wrk's report. Raises `ProgramFailed` when it is none."""
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    total = re.search(r"(\d+) requests in", output)
    if rate is None or total is None:
        raise ProgramFailed(f"wrk reported nothing: {output.strip()[-200:]!r}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output)
    errors = int(refused[1]) if refused else 0
    errors += sum(int(count) for count in broken.groups()) if broken else 0
    return Measurement(float(rate[1]), _percentile(output, 50), _percentile(output, 99), int(total[1]), errors)


def _percentile(output: str, percent: int) -> float:
    match = re.search(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s|m)\s*$", output, re.MULTILINE)
    if match is None:
        raise ProgramFailed("wrk reported no latencies")
    return float(match[1]) * dict(_UNITS_MS)[match[2]]


def medians(runs: list[Measurement]) -> Measurement:
    """Return the median of each figure, and the sums of requests and errors."""
    return Measurement(
        median(run.requests_per_second for run in runs),
        median(run.p50_ms for run in runs),
        median(run.p99_ms for run in runs),
        sum(run.requests for run in runs),
        sum(run.errors for run in runs),
        median(run.own_cpu_us for run in runs),
        median(run.children_cpu_us for run in runs),
    )


def interleave(targets: list[Target], connections: int, rounds: int, seconds: float) -> dict[str, Measurement]:
    """Load the targets in turns, so that what else the machine does hits all of them; return medians by name."""
    runs: dict[str, list[Measurement]] = {target.name: [] for target in targets}
    for number in range(rounds):
        # Every other round backwards: who comes right after whom would matter otherwise.
        for target in targets if number % 2 == 0 else reversed(targets):
            runs[target.name].append(measure(target, connections, seconds))
    return {name: medians(measured) for name, measured in runs.items()}
