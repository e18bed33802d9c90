import os
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from gatewright.base.errors import SettingsError
from gatewright.functions.sandbox.network.choose import NetworkWishes, choose_network, plan_of, resolv_conf


def wishes(folder: Path, mode: str = "auto", *, port: int = 4566, search_path: str = "") -> NetworkWishes:
    return NetworkWishes(mode, ("169.254.0.0/16",), port, search_path or str(folder), folder)


async def test_shared_is_what_it_is_and_needs_nothing(tmp_path: Path) -> None:
    network = await choose_network(wishes(tmp_path, "shared"), "D")
    assert (network.name, network.warnings) == ("shared", ())


@pytest.mark.parametrize("tier", ["C", "D"])
async def test_a_tier_without_namespaces_shares_the_network(tmp_path: Path, tier: str) -> None:
    network = await choose_network(wishes(tmp_path), tier)
    assert network.name == "shared"
    assert f"no namespaces on tier {tier}" in network.warnings[0]
    for mode in ("outbound", "none"):
        with pytest.raises(SettingsError, match=f'functions.network = "{mode}" cannot be had: .* tier {tier}'):
            await choose_network(wishes(tmp_path, mode), tier)


async def test_what_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nsenter is missing: install util-linux"):
        await choose_network(wishes(tmp_path, "none"), "A")
    nsenter = tmp_path / "nsenter"
    nsenter.write_text("#!/bin/sh\n")
    nsenter.chmod(0o755)
    with pytest.raises(SettingsError, match="install slirp4netns or passt"):
        await choose_network(wishes(tmp_path, "outbound"), "A")
    assert "install slirp4netns or passt" in (await choose_network(wishes(tmp_path), "A")).warnings[0]


async def test_a_program_that_does_not_work_is_named_with_what_it_said(tmp_path: Path) -> None:
    for name, script in (("nsenter", "exit 1"), ("pasta", "echo no way >&2; exit 1")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    network = await choose_network(wishes(tmp_path), "A" if os.geteuid() == 0 else "B")
    assert network.name == "shared"
    assert "pasta does not work here: " in network.warnings[0]


def test_functions_find_the_node_at_its_own_port(tmp_path: Path) -> None:
    plan = plan_of(wishes(tmp_path, port=4566), ())
    assert (plan.runtime_api_port, plan.endpoint_port, plan.blocked) == (9001, 4566, ("169.254.0.0/16",))
    assert plan_of(wishes(tmp_path, port=9001), ()).runtime_api_port == 9002


def test_the_spawner_is_not_root(tmp_path: Path) -> None:
    plan = plan_of(wishes(tmp_path), ())
    assert 0 not in (plan.uid, plan.gid)


def test_the_resolver_is_the_hosts_with_its_search_list() -> None:
    host = (
        "# made by a program\nnameserver 127.0.0.53\nnameserver 8.8.8.8\noptions edns0 trust-ad\nsearch example.com\n"
    )
    assert (
        resolv_conf(host, IPv4Address("192.0.2.3"))
        == b"nameserver 192.0.2.3\noptions edns0 trust-ad\nsearch example.com\n"
    )
    assert resolv_conf("", IPv4Address("192.0.2.3")) == b"nameserver 192.0.2.3\n"
