import pytest

from gatewright.base.errors import SettingsError
from gatewright.functions.sandbox.types import IsolationReport
from gatewright.server.function_isolation import require_hardened


@pytest.mark.parametrize("tier", ["A", "B"])
@pytest.mark.parametrize("network", ["outbound", "none"])
def test_hardened_is_tier_a_or_b_with_a_network_of_its_own(tier: str, network: str) -> None:
    require_hardened(IsolationReport(tier, network, "watchdog"))


@pytest.mark.parametrize(
    ("tier", "network", "complaint"),
    [
        ("C", "shared", "--hardened needs tier A or B, and this is tier C"),
        ("D", "shared", "--hardened needs tier A or B, and this is tier D"),
        ("A", "shared", "install slirp4netns or passt"),
        ("B", "shared", "install slirp4netns or passt"),
    ],
)
def test_anything_weaker_is_refused_with_what_to_do(tier: str, network: str, complaint: str) -> None:
    with pytest.raises(SettingsError) as refused:
        require_hardened(IsolationReport(tier, network, "cgroup2"))
    assert complaint in str(refused.value)
    assert "\n" not in str(refused.value)
