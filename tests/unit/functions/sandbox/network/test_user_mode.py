from pathlib import Path

from gatewright.functions.sandbox.network.user_mode import NETWORK, PASTA, PROGRAMS, RESOLVER, SLIRP4NETNS, arguments


def test_pasta_forwards_nothing_of_the_host() -> None:
    """Its defaults forward the ports of both loopback interfaces, and make the gateway stand for the host."""
    line = " ".join(arguments(PASTA, Path("/usr/bin/pasta")))
    for part in (
        "--tcp-ports none",
        "--udp-ports none",
        "--tcp-ns none",
        "--udp-ns none",
        "--no-map-gw",
        "--ipv4-only",
    ):
        assert f" {part} " in line
    assert line.startswith("/usr/bin/pasta --foreground ")
    assert f"--dns-forward {RESOLVER} " in line
    assert line.endswith(" --netns /proc/self/fd/3")


def test_slirp4netns_does_not_reach_the_host_and_shuts_itself_in() -> None:
    command = arguments(SLIRP4NETNS, Path("/usr/bin/slirp4netns"))
    assert {"--disable-host-loopback", "--enable-sandbox", "--enable-seccomp", f"--cidr={NETWORK}"} <= set(command)
    assert "--enable-ipv6" not in command
    assert command[-3:] == ("--netns-type=path", "/proc/self/fd/3", "tap0")


def test_both_are_known() -> None:
    assert [(program.name, program.package) for program in PROGRAMS] == [
        ("slirp4netns", "slirp4netns"),
        ("pasta", "passt"),
    ]
