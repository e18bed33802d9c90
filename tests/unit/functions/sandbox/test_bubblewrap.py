"""Command lines: what everybody may read of them, and what bwrap is told through its descriptor."""

import os
from pathlib import Path

import pytest

from gatewright.functions.sandbox.bubblewrap import Bubblewrap, Command, Contents, Tools
from gatewright.functions.sandbox.host_files import ReadablePaths
from gatewright.functions.sandbox.network.types import MountedFile
from gatewright.functions.sandbox.types import SandboxError, SandboxSpec

MIB = 1 << 20
SPEC = SandboxSpec(Path("/code"), Path("/layers"), 128 * MIB, 600 * MIB, 300 * MIB)


def tools(setpriv: str | None) -> Tools:
    return Tools(Path("/b/bwrap"), Path("/bin/sh"), Path("/b/prlimit"), Path(setpriv) if setpriv else None)


def contents(**changes: object) -> Contents:
    fields: dict[str, object] = {
        "spec": SPEC,
        "readable_paths": (),
        "links": (),
        "network_files": (MountedFile(Path("/run/resolv"), "/etc/resolv.conf"),),
        "network_entry": (),
        "uid": None,
        "join_files": (),
    }
    return Contents(**{**fields, **changes})  # type: ignore[arg-type]


def arguments(command: Command) -> list[str]:
    fd = int(command.argv[command.argv.index("--args") + 1])
    assert fd in command.fds
    return os.pread(fd, 1 << 16, 0).decode().split("\0")[:-1]


def follows(words: list[str], *wanted: str) -> bool:
    return any(tuple(words[at : at + len(wanted)]) == wanted for at in range(len(words)))


def test_root_takes_a_user_id_and_makes_no_user_namespace() -> None:
    command = Bubblewrap(tools("/b/setpriv"), ReadablePaths(())).command(contents(uid=200_001), ("./bootstrap",))
    told = arguments(command)
    assert "--unshare-user" not in told
    assert follows(told, "--ro-bind", "/proc/sys", "/proc/sys")
    argv = list(command.argv)
    assert follows(argv, "/b/setpriv", "--reuid=200001", "--regid=200001", "--clear-groups")
    assert argv.index("/b/bwrap") < argv.index("/b/setpriv") < argv.index("/b/prlimit") < argv.index("./bootstrap")
    command.close()


def test_anybody_else_makes_a_user_namespace_without_a_capability() -> None:
    command = Bubblewrap(tools(None), ReadablePaths(())).command(contents(), ("./bootstrap", "-x"))
    told = arguments(command)
    assert follows(told, "--unshare-user", "--uid", "993", "--gid", "990", "--cap-drop", "ALL")
    assert "--cap-add" not in told
    assert not any("setpriv" in word for word in command.argv)
    assert command.argv[-5:] == ("/bin/sh", "-s", "--", "./bootstrap", "-x")
    command.close()


@pytest.mark.parametrize("uid", [None, 200_001])
def test_what_every_sandbox_has(uid: int | None) -> None:
    bubblewrap = Bubblewrap(tools(None if uid is None else "/b/setpriv"), ReadablePaths(()))
    command = bubblewrap.command(contents(uid=uid), ("p",))
    told = arguments(command)
    for flag in ("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--clearenv", "--seccomp"):
        assert flag in told
    assert "--unshare-net" not in told  # the network is entered before
    assert follows(told, "--size", str(600 * MIB), "--tmpfs", "/tmp")
    assert follows(told, "--ro-bind", "/code", "/var/task")
    assert follows(told, "--ro-bind", "/layers", "/opt")
    assert follows(told, "--ro-bind", "/run/resolv", "/etc/resolv.conf")
    assert follows(told[told.index("/etc/resolv.conf") :], "--remount-ro", "/", "--chdir", "/var/task")
    limits = command.argv[command.argv.index("/b/prlimit") + 1 :]
    assert "--core=1:1" in limits
    assert f"--data={300 * MIB}:{300 * MIB}" in limits
    assert "--nofile=1024:1024" in limits
    command.close()


def test_the_control_group_is_joined_and_the_network_entered_before_anything_else() -> None:
    wanted = contents(
        join_files=("/cg/a/tasks", "/cg/b/tasks"), network_entry=("/usr/bin/nsenter", "--net=/run/n", "--")
    )
    command = Bubblewrap(tools(None), ReadablePaths(())).command(wanted, ("p",))
    assert command.argv[:2] == ("/bin/sh", "-c")
    assert command.argv[3:11] == (
        "sh", "2", "/cg/a/tasks", "/cg/b/tasks", "/usr/bin/nsenter", "--net=/run/n", "--", "/b/bwrap",
    )  # fmt: skip
    command.close()


def test_without_a_control_group_there_is_one_program_less_to_start() -> None:
    command = Bubblewrap(tools(None), ReadablePaths(())).command(contents(network_entry=("/b/nsenter", "--")), ("p",))
    assert command.argv[:3] == ("/b/nsenter", "--", "/b/bwrap")
    command.close()


def test_where_an_interpreter_lies_everybody_may_pass(tmp_path: Path) -> None:
    """bwrap itself makes the parents of a mount for their owner only, and the function is another user."""
    folder = tmp_path / "python"
    folder.mkdir()
    command = Bubblewrap(tools(None), ReadablePaths(())).command(contents(readable_paths=(folder,)), ("p",))
    told = arguments(command)
    assert follows(told, "--perms", "0755", "--dir", str(tmp_path), "--ro-bind", str(folder), str(folder))
    command.close()


def test_descriptors_are_closed(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    bubblewrap = Bubblewrap(tools(None), ReadablePaths((tmp_path,)))
    bubblewrap.command(contents(), ("p",)).close()
    with pytest.raises(SandboxError, match="private files"):
        bubblewrap.command(contents(readable_paths=(tmp_path,)), ("p",))
    assert len(os.listdir("/proc/self/fd")) == before
