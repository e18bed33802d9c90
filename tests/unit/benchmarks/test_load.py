"""wrk's report is read as wrk prints it."""

import subprocess
import sys
import time
from subprocess import PIPE

import pytest

from benchmarks.load import Measurement, medians, parse_wrk
from benchmarks.processes import cpu_time
from benchmarks.programs import ProgramFailed

REPORT = """Running 3s test @ http://127.0.0.1:18098/hello
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   635.10us    0.90ms  12.11ms   97.30%
    Req/Sec    24.25k     1.30k   26.10k    74.19%
  Latency Distribution
     50%  635.00us
     75%  712.00us
     90%    0.88ms
     99%    1.02s
  72393 requests in 3.00s, 12.70MB read
Requests/sec:  24131.08
Transfer/sec:      4.23MB
"""


def test_a_clean_run():
    assert parse_wrk(REPORT) == Measurement(24131.08, 0.635, 1020.0, 72393, 0)


def test_failed_requests_are_counted():
    faults = "  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 5\n"
    assert parse_wrk(REPORT.replace("Requests/sec", faults + "Requests/sec")).errors == 15


@pytest.mark.parametrize("output", ["", "unable to connect to 127.0.0.1:1 Connection refused", REPORT.replace("%", "")])
def test_what_is_no_report_is_an_error(output):
    with pytest.raises(ProgramFailed):
        parse_wrk(output)


def test_medians_are_taken_figure_by_figure():
    runs = [Measurement(1, 9, 5, 10, 0, 3, 1), Measurement(2, 8, 6, 20, 1, 2, 2), Measurement(3, 1, 7, 30, 0, 1, 9)]
    assert medians(runs) == Measurement(2, 8, 6, 60, 1, 2, 2)


# Has no child until it is told to, and then one that burns CPU time.
PARENT = """
import subprocess, sys
print(flush=True)
sys.stdin.readline()
with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as child:
    print(flush=True)
    sys.stdin.readline()
    child.kill()
"""


def test_cpu_time_counts_a_process_and_its_children():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=PIPE, stdout=PIPE, text=True) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdout.readline()
        before = cpu_time(parent.pid)
        print(file=parent.stdin, flush=True)
        parent.stdout.readline()
        started = cpu_time(parent.pid)
        while cpu_time(parent.pid).since(started)[1] < 0.05:
            time.sleep(0.01)
        own, children = cpu_time(parent.pid).since(before)
    assert own >= 0
    assert children == 0  # it did not live all along
