"""Finding external extensions, and what the host makes of the launcher's reports."""

import asyncio
import os
import stat
import subprocess
from pathlib import Path

import pytest

from gatewright.functions.extensions.external import Launcher, external_extensions, launch_problem
from tests.unit.functions.fakes import until


class Heard:
    """Hears of the processes."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int, int | None]] = []

    def extension_exited(self, index: int, status: int) -> None:
        self.told.append(("extension", index, status))

    def runtime_exited(self, status: int) -> None:
        self.told.append(("runtime", status, None))


def script(directory: Path, name: str, text: str) -> None:
    path = directory / "extensions" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_every_file_but_no_directory_is_an_extension(tmp_path: Path) -> None:
    assert external_extensions(None) == external_extensions(tmp_path) == ()
    for name in ("b", "a"):
        script(tmp_path, name, "")
    (tmp_path / "extensions" / "directory").mkdir()
    assert external_extensions(tmp_path) == ("a", "b")


def test_what_cannot_run_is_said_as_lambda_says_it(tmp_path: Path) -> None:
    script(tmp_path, "a", "")
    assert launch_problem(tmp_path, "a") is None
    (tmp_path / "extensions" / "a").chmod(stat.S_IRUSR)
    assert launch_problem(tmp_path, "a") == "fork/exec /opt/extensions/a: permission denied"


class Launched:
    """A launcher with its shell."""

    def __init__(self, directory: Path, *names: str, runtime: str = "exit 0") -> None:
        self.heard = Heard()
        self.launcher = Launcher(names, self.heard)
        self.launcher.open()
        read_fd, write_fd = os.pipe()
        variables = {"_HANDLER": "app.handler", "AWS_REGION": "us-east-1", "FROM_LAUNCH": "1"}
        argv = self.launcher.argv(("sh", "-c", runtime), str(directory), write_fd, variables, ["FROM_LAUNCH"])
        self.shell = subprocess.Popen(
            argv,
            env={**variables, "PATH": os.environ["PATH"]},
            pass_fds=(*self.launcher.inherited_fds(), write_fd),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.launcher.spawned()
        os.close(write_fd)
        self.read_fd = read_fd

    def close(self) -> tuple[bytes, bytes]:
        """End it; return what the extensions and what the runtime printed."""
        self.launcher.close()
        printed, _ = self.shell.communicate(timeout=10)
        with os.fdopen(self.read_fd, "rb") as output:
            return output.read(), printed


async def test_extensions_start_at_once_and_the_runtime_when_it_is_told(tmp_path: Path) -> None:
    script(tmp_path, "a", 'echo "a: $AWS_REGION $_HANDLER$FROM_LAUNCH $PWD"; exit 3')
    script(tmp_path, "b b", "kill -KILL $$")
    launched = Launched(tmp_path, "a", "b b", runtime='echo "runtime: $_HANDLER $FROM_LAUNCH"; exit 4')
    await until(lambda: len(launched.heard.told) == 2)
    assert sorted(launched.heard.told) == [("extension", 0, 3), ("extension", 1, -9)]
    launched.launcher.start_runtime()
    await until(lambda: len(launched.heard.told) == 3)
    assert launched.heard.told[2] == ("runtime", 4, None)
    assert launched.close() == (b"a: us-east-1  /\n", b"runtime: app.handler 1\n")


async def test_the_runtime_is_asked_to_end(tmp_path: Path) -> None:
    runtime = "trap 'echo asked; exit 5' TERM; echo up; while :; do sleep 0.01; done"
    launched = Launched(tmp_path, runtime=runtime)
    launched.launcher.start_runtime()
    assert launched.shell.stdout is not None
    assert await asyncio.to_thread(launched.shell.stdout.readline) == b"up\n"
    launched.launcher.terminate_runtime()
    await until(lambda: launched.heard.told)
    assert launched.heard.told == [("runtime", 5, None)]
    assert launched.close()[1] == b"asked\n"


async def test_a_runtime_that_does_not_end_is_killed_alone(tmp_path: Path) -> None:
    launched = Launched(tmp_path, runtime="trap '' TERM; echo up; while :; do sleep 0.01; done")
    launched.launcher.start_runtime()
    assert launched.shell.stdout is not None
    assert await asyncio.to_thread(launched.shell.stdout.readline) == b"up\n"
    launched.launcher.terminate_runtime()
    await asyncio.sleep(0.1)
    assert launched.heard.told == []
    launched.launcher.kill_runtime()
    await until(lambda: launched.heard.told)
    assert launched.heard.told == [("runtime", -9, None)]
    launched.close()


@pytest.mark.parametrize(
    "forged",
    [b"extension 1 0", b"extension 0", b"extension -1 0", b"runtime x", b"runtime", b"", b"x" * 4096, b"runtime 0 0"],
)
async def test_what_is_no_report_is_dropped(tmp_path: Path, forged: bytes) -> None:
    """The processes hold the pipe and could write into it themselves."""
    heard = Heard()
    launcher = Launcher(("a",), heard)
    launcher.open()
    os.write(launcher.inherited_fds()[0], forged + b"\nruntime 7\n")
    await until(lambda: heard.told)
    assert heard.told == [("runtime", 7, None)]
    launcher.close()


async def test_an_end_is_told_once(tmp_path: Path) -> None:
    """A flood of forged reports would otherwise be a flood of work for the node."""
    heard = Heard()
    launcher = Launcher(("a", "b"), heard)
    launcher.open()
    os.write(launcher.inherited_fds()[0], b"extension 1 0\nruntime 7\n" * 500 + b"extension 0 137\n")
    await until(lambda: len(heard.told) > 2)
    assert heard.told == [("extension", 1, 0), ("runtime", 7, None), ("extension", 0, -9)]
    launcher.close()


async def test_orders_to_a_shell_that_is_gone_are_nothing(tmp_path: Path) -> None:
    launcher = Launcher(("a",), Heard())
    launcher.open()
    launcher.spawned()
    launcher.start_runtime()
    launcher.close()
    launcher.terminate_runtime()
