"""Results as a table, as JSON and against the targets."""

import os
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

Results = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target and what was reached."""

    target: str
    reached: str
    is_met: bool


def machine_facts() -> Results:
    """Return what the figures depend on."""
    model = ""
    if (cpus := Path("/proc/cpuinfo")).exists():
        names = [
            line.partition(":")[2].strip() for line in cpus.read_text().splitlines() if line.startswith("model name")
        ]
        model = names[0] if names else ""
    return {
        "cores": os.cpu_count(),
        "processor": model,
        "python": platform.python_version(),
        "kernel": platform.release(),
        "load_average": os.getloadavg(),
    }


def table(results: Results) -> str:
    """Return everything that was measured as text."""
    return "\n".join(_lines(results))


def verdicts(results: Results) -> list[Verdict]:
    """Judge what was measured; what was not has no verdict."""
    found = []
    for judge in _JUDGES.values():
        try:
            found.append(judge(results["parts"]))
        except KeyError:
            continue  # that part, or gatewright's share in it, was not measured
    return found


def _lines(results: Results) -> Iterator[str]:
    parts = results["parts"]
    titles = {
        "functions": "Python function behind an HTTP API",
        "rest": "REST APIs",
        "proxying": "HTTP_PROXY to nginx, 1 KiB",
    }
    for part, title in titles.items():
        if part in parts:
            yield from _throughput_lines(title, parts[part])
    if templates := parts.get("rest", {}).get("templates"):
        yield from _template_lines(templates)
    if starts := parts.get("starts"):
        yield from _start_lines(starts)
    if endurance := parts.get("endurance"):
        yield ""
        yield (
            f"memory over {endurance['requests']:,} requests      "
            f"{endurance['before']['rss_mib']:.1f} → {endurance['after']['rss_mib']:.1f} MiB RSS"
        )
    yield ""
    for verdict in results["verdicts"]:
        yield f"{'pass' if verdict['is_met'] else 'FAIL'}  {verdict['target']:<72}{verdict['reached']:>12}"


def _throughput_lines(title: str, measured: Results) -> Iterator[str]:
    yield ""
    yield f"{title:<36}{'requests/s':>12}{'p50 ms':>10}{'p99 ms':>10}{'errors':>9}{'CPU µs/request':>24}"
    for connections in (key for key in measured if key.isdigit()):
        for name, one in measured[connections].items():
            label = f"{name}, {connections} connections"
            yield (
                f"  {label:<34}{one['requests_per_second']:>12,.0f}{one['p50_ms']:>10.3f}"
                f"{one['p99_ms']:>10.3f}{one['errors']:>9}{_cpu(one):>24}"
            )


def _template_lines(templates: Results) -> Iterator[str]:
    yield ""
    yield f"{'mapping templates, renderings/s':<36}{'gatewright':>12}{'airspeed':>12}{'ratio':>10}"
    for name, rates in templates.items():
        ratio = rates["gatewright"] / rates["airspeed"]
        yield f"  {name:<34}{rates['gatewright']:>12,.0f}{rates['airspeed']:>12,.0f}{ratio:>10.1f}"
    ours, theirs = (_rate_of_all(templates, engine) for engine in ("gatewright", "airspeed"))
    yield f"  {'all of them, one after the other':<34}{ours:>12,.0f}{theirs:>12,.0f}{ours / theirs:>10.1f}"


def _rate_of_all(templates: Results, engine: str) -> float:
    """Return how often a second all templates are rendered."""
    return 1.0 / sum(1.0 / rates[engine] for rates in templates.values())


def _start_lines(starts: Results) -> Iterator[str]:
    yield ""
    first, later = starts["first_ready_seconds_median"], starts["ready_seconds_median"]
    yield f"ready after (median)                {later * 1000:>10.0f} ms   (the first time: {first * 1000:.0f} ms)"
    rss, pss = starts["idle_rss_mib_median"], starts["idle_pss_mib_median"]
    yield f"idle memory, RSS (PSS)              {rss:>10.1f} MiB  ({pss:.1f})"
    for language in ("python", "node"):
        if cold := starts.get(f"cold_start_{language}"):
            yield (
                f"first invocation, {language:<10}        {cold['first_ms_median']:>10.1f} ms"
                f"   (second: {cold['second_ms_median']:.1f} ms)"
            )
        if plain := starts.get(f"cold_start_{language}_plain"):
            yield f"  without a sandbox                 {plain['first_ms_median']:>10.1f} ms"


def _cpu(one: Results) -> str:
    children = f" + {one['children_cpu_us']:.0f} children" if one["children_cpu_us"] else ""
    return f"{one['own_cpu_us']:.0f}{children}"


def _judge_throughput(parts: Results) -> Verdict:
    measured = parts["functions"]["16"]
    ratio = measured["gatewright"]["requests_per_second"] / measured["bare"]["requests_per_second"]
    target = "a function behind an HTTP API, 16 connections: at least 0.5 of bare"
    return Verdict(target, f"{ratio:.2f}", ratio >= 0.5 and not measured["gatewright"]["errors"])


def _judge_latency(parts: Results) -> Verdict:
    measured = parts["functions"]["1"]
    ratio = measured["gatewright"]["p50_ms"] / measured["bare"]["p50_ms"]
    target = "its median latency at one connection: at most 2 times bare"
    return Verdict(target, f"{ratio:.2f}", ratio <= 2.0 and not measured["gatewright"]["errors"])


def _judge_ready(parts: Results) -> Verdict:
    seconds = max(parts["starts"]["first_ready_seconds_median"], parts["starts"]["ready_seconds_median"])
    return Verdict("a node is ready within 1 s", f"{seconds:.2f} s", seconds <= 1.0)


def _judge_idle(parts: Results) -> Verdict:
    mebibytes = parts["starts"]["idle_rss_mib_median"]
    return Verdict("an idle node holds less than 90 MiB (RSS)", f"{mebibytes:.1f} MiB", mebibytes < 90)


def _judge_sandboxed_starts(parts: Results) -> Verdict:
    starts = parts["starts"]
    cost = starts["cold_start_python"]["first_ms_median"] - starts["cold_start_python_plain"]["first_ms_median"]
    return Verdict("a sandbox costs a cold start at most 15 ms", f"{cost:+.1f} ms", cost <= 15)


def _judge_sandboxed_rate(parts: Results) -> Verdict:
    measured = parts["functions"]["16"]
    ratio = measured["gatewright"]["requests_per_second"] / measured["no sandbox"]["requests_per_second"]
    target = "a sandbox costs no requests per second (0.9 and more is noise)"
    return Verdict(target, f"{ratio:.2f}", ratio >= 0.9)


def _judge_rest_proxy(parts: Results) -> Verdict:
    measured = parts["rest"]["16"]
    ratio = measured["REST proxy"]["requests_per_second"] / measured["HTTP API"]["requests_per_second"]
    target = "a REST proxy integration: at least 0.85 of the HTTP API's rate"
    return Verdict(target, f"{ratio:.2f}", ratio >= 0.85 and not measured["REST proxy"]["errors"])


def _judge_mock(parts: Results) -> Verdict:
    measured = parts["rest"]["16"]
    ratio = measured["REST mock"]["requests_per_second"] / measured["REST proxy"]["requests_per_second"]
    target = "a mock with a template: at least 3 times the Lambda proxy's rate"
    return Verdict(target, f"{ratio:.2f}", ratio >= 3.0 and not measured["REST mock"]["errors"])


def _judge_templates(parts: Results) -> Verdict:
    rates = parts["rest"]["templates"].values()
    ratio = min(each["gatewright"] / each["airspeed"] for each in rates)
    target = "mapping templates: at least 20 times as fast as airspeed, each of them"
    return Verdict(target, f"{ratio:.1f}", ratio >= 20.0)


def _judge_growth(parts: Results) -> Verdict:
    endurance = parts["endurance"]
    growth = endurance["after"]["rss_mib"] - endurance["before"]["rss_mib"]
    # An allocator's arenas move by a few MiB either way; what leaks 16 octets a request shows up beyond that.
    target = f"no growth of memory over {endurance['requests']:,} requests (3 MiB tolerance)"
    return Verdict(target, f"{growth:+.1f} MiB", growth <= 3.0)


_JUDGES: Mapping[str, Callable[[Results], Verdict]] = MappingProxyType(
    {
        "throughput": _judge_throughput,
        "latency": _judge_latency,
        "ready": _judge_ready,
        "idle": _judge_idle,
        "sandboxed starts": _judge_sandboxed_starts,
        "sandboxed rate": _judge_sandboxed_rate,
        "growth": _judge_growth,
        "REST proxy": _judge_rest_proxy,
        "REST mock": _judge_mock,
        "templates": _judge_templates,
    }
)
