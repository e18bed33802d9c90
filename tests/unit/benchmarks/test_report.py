"""The targets of SPECIFICATION.md against what a run measured."""

from dataclasses import asdict

from benchmarks.load import Measurement
from benchmarks.report import table, verdicts


def results(*, rate=15_000.0, p50=0.2, errors=0, ready=0.9, idle=89.9, after=53.0, plain_rate=15_000.0, cold=55.0):
    throughput = {
        connections: {
            "bare": asdict(Measurement(30_000.0, 0.1, 1.0, 90_000, 0)),
            "gatewright": asdict(Measurement(rate, p50, 1.0, 45_000, errors)),
            "no sandbox": asdict(Measurement(plain_rate, 0.2, 1.0, 45_000, 0)),
        }
        for connections in ("1", "16")
    }
    starts = {
        "first_ready_seconds_median": ready,
        "ready_seconds_median": ready - 0.3,
        "idle_rss_mib_median": idle,
        "idle_pss_mib_median": idle,
        "cold_start_python": {"first_ms_median": cold, "second_ms_median": 2.0},
        "cold_start_python_plain": {"first_ms_median": 40.0, "second_ms_median": 2.0},
    }
    endurance = {"requests": 200_000, "before": {"rss_mib": 50.0}, "after": {"rss_mib": after}}
    return {"parts": {"functions": throughput, "starts": starts, "endurance": endurance}}


def missed(**measured):
    return [verdict.reached for verdict in verdicts(results(**measured)) if not verdict.is_met]


def test_all_targets_at_their_edge_are_met():
    assert len(verdicts(results())) == 7
    assert missed() == []


def test_each_target_can_be_missed():
    assert missed(rate=14_000.0) == ["0.47"]
    assert missed(p50=0.21) == ["2.10"]
    assert missed(errors=1) == ["0.50", "2.00"]
    assert missed(ready=1.01) == ["1.01 s"]
    assert missed(idle=90.0) == ["90.0 MiB"]
    assert missed(cold=55.1) == ["+15.1 ms"]
    assert missed(plain_rate=17_000.0) == ["0.88"]
    assert missed(after=53.1) == ["+3.1 MiB"]


def test_what_was_not_measured_is_not_judged():
    measured = results()
    del measured["parts"]["starts"]
    del measured["parts"]["functions"]["1"]["gatewright"]
    assert [verdict.reached for verdict in verdicts(measured)] == ["0.50", "1.00", "+3.0 MiB"]


def test_templates_are_judged_one_by_one_and_shown_together():
    measured = results()
    templates = {"a": {"gatewright": 4_000.0, "airspeed": 100.0}, "b": {"gatewright": 1_000.0, "airspeed": 62.5}}
    measured["parts"] = {"rest": {"1": {}, "16": {}, "templates": templates}}
    measured["verdicts"] = []
    assert [(verdict.reached, verdict.is_met) for verdict in verdicts(measured)] == [("16.0", False)]
    # 1.25 ms and 26 ms
    assert "all of them, one after the other           800          38      20.8" in table(measured)
    templates["b"]["airspeed"] = 50.0
    assert [(verdict.reached, verdict.is_met) for verdict in verdicts(measured)] == [("20.0", True)]


def test_the_table_shows_every_figure_and_verdict():
    measured = results(ready=1.5)
    measured["verdicts"] = [asdict(verdict) for verdict in verdicts(measured)]
    text = table(measured)
    assert "gatewright, 16 connections" in text
    assert "15,000" in text
    assert "without a sandbox                       40.0 ms" in text
    assert text.count("pass  ") == 6
    assert text.count("FAIL  ") == 1
