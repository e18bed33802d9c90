"""Which tier is taken. What a real one holds, the integration tests ask."""

from pathlib import Path

import pytest

from gatewright.base.errors import SettingsError
from gatewright.functions.sandbox.choose import Tier, TierUnavailable, Wishes, find_tier
from gatewright.functions.sandbox.escape_check import Bait
from gatewright.functions.sandbox.network.shared import SharedNetwork
from gatewright.functions.sandbox.plain import PlainIsolation

WISHES = Wishes("auto", "/usr/bin:/bin", (Path("/home/ada"),), 1_600_000_000)


def make_plain(tier: Tier, network: object) -> PlainIsolation:
    return PlainIsolation()


def works(wishes: Wishes, bait: Bait) -> Tier:
    return Tier("C", make_plain)


def is_missing(wishes: Wishes, bait: Bait) -> Tier:
    raise TierUnavailable("tier A: setpriv is missing: install util-linux")


def breaks(wishes: Wishes, bait: Bait) -> Tier:
    raise OSError("no memory")


def test_the_first_that_holds_is_taken() -> None:
    assert find_tier(WISHES, (is_missing, works)).name == "C"


def test_a_weaker_one_comes_with_a_warning() -> None:
    (warning,) = find_tier(WISHES, (is_missing, works)).warnings
    assert "without namespaces" in warning
    assert "install util-linux" in warning


def test_none_that_holds_is_one_clear_error() -> None:
    with pytest.raises(SettingsError) as caught:
        find_tier(WISHES, (is_missing, breaks))
    text = str(caught.value)
    assert "\n" not in text
    assert "setpriv is missing: install util-linux" in text
    assert "no memory" in text
    assert 'functions.isolation = "none"' in text


async def test_plain_processes_only_when_asked_for() -> None:
    tier = find_tier(Wishes("none", "/usr/bin", (), 1_600_000_000), (is_missing,))
    assert tier.name == "D"
    isolation = tier.isolation(SharedNetwork())
    assert isolation.report.tier == "D"
    assert isolation.report.warnings
    tier.close()


def test_a_path_without_tools_names_them() -> None:
    """Without Landlock there would be nothing left; with it, tier C needs no tools."""
    tier = find_tier(Wishes("auto", "", (), 1_600_000_000))
    try:
        assert tier.name == "C"
        assert "install util-linux" in tier.warnings[0]
    finally:
        tier.close()
