"""The pytest plugin in sessions of pytest of their own, and the examples of docs/guides/testing.md."""

import os
import re
import signal
import subprocess
import sys
import time
from importlib.metadata import entry_points

import pytest

from tests.integration.deployed import RUNTIME
from tests.integration.nodes import wait_until
from tests.style.source import ROOT

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.slow

GUIDE = (ROOT / "docs" / "guides" / "testing.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
# Where gatewright is installed with its entry points, pytest finds the plugin by itself.
IS_INSTALLED = any(point.name == "gatewright" for point in entry_points(group="pytest11"))
PLUGIN = () if IS_INSTALLED else ("-p", "gatewright.pytest_plugin")


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run a session without the settings of ours."""
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *PLUGIN, *arguments, timeout=100)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_example_of_the_guide(pytester: pytest.Pytester, number: int) -> None:
    assert len(EXAMPLES) == 3
    pytester.makepyfile(EXAMPLES[number].replace("python3.12", RUNTIME))
    run(pytester).assert_outcomes(passed=EXAMPLES[number].count("def test_"))


def test_every_test_begins_with_an_empty_node_in_another_environment(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SNS", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:2")
    pytester.makepyfile(
        """
        import os
        import boto3
        import pytest

        URLS = []

        @pytest.mark.parametrize("number", range(3))
        def test_topics(gatewright, number):
            URLS.append(gatewright.url)
            assert os.environ["AWS_ENDPOINT_URL"] == gatewright.url == gatewright.environment["AWS_ENDPOINT_URL"]
            assert "AWS_PROFILE" not in os.environ
            sns = boto3.client("sns")
            assert sns.list_topics()["Topics"] == []
            sns.create_topic(Name="topic")
            assert len(gatewright.client("sns").list_topics()["Topics"]) == 1
            assert gatewright.client("sns", "eu-west-1").list_topics()["Topics"] == []
            assert gatewright.client("sns") is gatewright.client("sns")

        def test_one_node_for_all_and_nothing_is_left_in_the_environment():
            assert len(set(URLS)) == 1 and len(URLS) == 3
            assert os.environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:2"
            assert os.environ["AWS_PROFILE"] == "mine"
            assert "AWS_ACCESS_KEY_ID" not in os.environ
        """
    )
    run(pytester).assert_outcomes(passed=4)


def test_nothing_is_imported_or_started_for_those_who_do_not_ask(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import os, subprocess, sys

        def test_modules():
            names = [name for name in sys.modules if name.split(".")[0] in ("boto3", "botocore", "uvloop")]
            assert names == []
            assert [name for name in sys.modules if name.startswith("gatewright.")] == ["gatewright.pytest_plugin"]
            children = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True)
            assert "gatewright up" not in children.stdout
        """
    )
    run(pytester).assert_outcomes(passed=1)


def test_the_report_of_a_failure_has_the_nodes_log(pytester: pytest.Pytester) -> None:
    example = EXAMPLES[0].replace("python3.12", RUNTIME)
    example = example.replace("    return {", "    print('noted by the function')\n    return {", 1)
    pytester.makepyfile(
        f"{example}\n\ndef test_that_fails(gatewright):\n    test_hello(gatewright)\n    assert False\n"
    )
    result = run(pytester)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*gatewright log*", "*noted by the function*"])


def test_a_node_that_does_not_start_says_why(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ngatewright_arguments = --config /nowhere.toml\n")
    pytester.makepyfile("def test(gatewright): pass")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*cannot read the settings file /nowhere.toml*"])


def test_workers_have_nodes_of_their_own(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", range(8))
        def test_functions(gatewright, number, worker_id):
            sns = gatewright.client("sns")
            assert sns.list_topics()["Topics"] == []
            sns.create_topic(Name="topic")
            assert len(sns.list_topics()["Topics"]) == 1
        """
    )
    run(pytester, "-n", "2").assert_outcomes(passed=8)


def test_the_node_ends_with_a_session_that_is_killed(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import time

        def test(gatewright, gatewright_node):
            with open("node", "w") as file:
                file.write(str(gatewright_node._process.pid))
            time.sleep(100)
        """
    )
    session = subprocess.Popen([sys.executable, "-m", "pytest", *PLUGIN, str(pytester.path)], cwd=pytester.path)
    file = pytester.path / "node"
    try:
        wait_until(lambda: file.exists() and file.read_text(), "the test")
    finally:
        session.send_signal(signal.SIGKILL)
        session.wait()
    node = int(file.read_text())
    deadline = time.monotonic() + 20
    while is_running(node):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:  # one that nobody has waited for is gone as well
        return file.read().rpartition(")")[2].split()[0] != "Z"
