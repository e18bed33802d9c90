"""docs/guides/production.md: its command and its settings start a node, on the tiers that it names."""

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gatewright.settings import load_settings
from tests.integration.deployed import function
from tests.integration.host_network import HostNetwork, host_network, mounted
from tests.integration.nodes import start, stop
from tests.integration.tiers import TIERS, launch_on_tier

GUIDE = (Path(__file__).parents[2] / "docs" / "guides" / "production.md").read_text()


OPERATORS = ("/2015-03-31/functions", "/2015-03-31/functions/other", "/v2/apis", "/_gatewright/other")
ASKING = """
    import os, urllib.error, urllib.request
    statuses = []
    for path in event["paths"]:
        try:
            statuses.append(urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + path, timeout=10).status)
        except urllib.error.HTTPError as error:
            statuses.append(error.code)
    return statuses
"""


def block(language: str) -> str:
    """Return the only block in a language."""
    (content,) = re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    assert isinstance(content, str)
    return content


def command() -> list[str]:
    """Return what the unit starts."""
    (line,) = [line for line in block("ini").splitlines() if line.startswith("ExecStart=")]
    return shlex.split(line.removeprefix("ExecStart="))


@pytest.fixture(scope="module")
def network() -> Iterator[HostNetwork]:
    with host_network() as made:
        yield made


def test_its_settings_are_settings(tmp_path: Path) -> None:
    file = tmp_path / "gatewright.toml"
    file.write_text(block("toml"))
    settings = load_settings({"config": file}, {})
    assert settings.functions.network == "outbound"
    assert settings.host == "127.0.0.1"


def test_the_unit_runs_what_the_guide_installs_for_the_user_that_it_makes() -> None:
    program, up, *flags = command()
    assert (program, up) == ("/opt/gatewright/.venv/bin/gatewright", "up")
    assert flags == ["--hardened", "--config", "/etc/gatewright.toml"]
    assert "git clone REPOSITORY /opt/gatewright\n" in GUIDE
    assert f"`{flags[-1]}`" in GUIDE
    user = re.search(r"^User=(\w+)$", block("ini"), re.MULTILINE)
    assert user is not None
    assert re.search(rf"^useradd .* {user[1]}$", GUIDE, re.MULTILINE)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("slirp4netns") is None, reason="the guide installs slirp4netns")
@pytest.mark.parametrize("tier", TIERS)
def test_a_node_starts_with_its_flags_and_settings_and_runs_a_function(
    network: HostNetwork, tmp_path: Path, tier: str
) -> None:
    """`NoNewPrivileges=` is setpriv's; the data directory and the port are ours."""
    for path in (tmp_path, *tmp_path.parents[:-1]):
        path.chmod(path.stat().st_mode | 0o055)
    launch = launch_on_tier(tier)
    data = tmp_path / "data"
    data.mkdir()
    if launch.user is not None:
        shutil.chown(data, launch.user, launch.user)
    settings = tmp_path / "gatewright.toml"
    settings.write_text(block("toml").replace("/var/lib/gatewright", str(data)))
    flags = [str(settings) if flag == "/etc/gatewright.toml" else flag for flag in command()[2:]]
    with network.inside(network.host):
        program = (*mounted(tmp_path, (), launch.user), "setpriv", "--no-new-privs", *launch.program)
        node = start(*flags, program=program, environment=launch.environment)
        try:
            isolation = node.request("GET", "/_gatewright/health").json()["isolation"]
            assert (isolation["tier"], isolation["network"]) == (tier, "outbound")
            assert function(node, "return event").invoke({"a": 1}) == {"a": 1}
            # Its functions have what is everybody's, and nothing of what is the operator's.
            asked = function(node, ASKING).invoke({"paths": ["/_aws/execute-api/none/x/", *OPERATORS]})
            assert asked == [404, *(403 for _ in OPERATORS)]
        finally:
            assert stop(node) == 0
