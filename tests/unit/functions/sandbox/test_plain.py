"""Plain child processes, for real."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gatewright.functions.sandbox.plain import PlainIsolation, PlainProcess, PlainSandbox
from gatewright.functions.sandbox.types import ProcessSpec, SandboxError, SandboxSpec
from tests.unit.functions.fakes import MIB, until

SETPRIV = shutil.which("setpriv")


class Child:
    """A process with its output and its end."""

    def __init__(self, directory: Path, *argv: str, setpriv: str | None = SETPRIV, **changes: object) -> None:
        self._read, write = os.pipe()
        self.statuses: list[int] = []
        fields: dict[str, object] = {
            "argv": argv,
            "environment": {"PATH": "/usr/bin:/bin", "ONLY": "this"},
            "readable_paths": (),
            "inherited_fds": (),
            "output_fd": write,
        }
        data_limit_bytes = changes.pop("data_limit_bytes", 1024 * MIB)
        spec = ProcessSpec(**{**fields, **changes})  # type: ignore[arg-type]
        place = SandboxSpec(directory, None, 128 * MIB, 512 * MIB, data_limit_bytes)  # type: ignore[arg-type]
        self._sandbox = PlainSandbox(place, PlainIsolation(Path(setpriv) if setpriv else None).prefix)
        try:
            self.process: PlainProcess = self._sandbox.spawn(spec, self.statuses.append)
        except SandboxError:
            self._sandbox.runtime_api.close()
            os.close(self._read)
            raise
        finally:
            os.close(write)

    async def end(self) -> int:
        await until(lambda: self.statuses)
        assert len(self.statuses) == 1
        return self.statuses[0]

    def output(self) -> str:
        """Return everything that is printed until the pipe's last writer is gone."""
        with open(self._read, "rb", closefd=False) as file:
            return file.read().decode()

    def line(self) -> str:
        octets = b""
        while not octets.endswith(b"\n"):
            octets += os.read(self._read, 1)
        return octets.decode()

    async def close(self) -> None:
        self.process.kill()
        await self.end()
        await self._sandbox.close()
        os.close(self._read)


@pytest.fixture
async def started() -> AsyncIterator[list[Child]]:
    children: list[Child] = []
    yield children
    for child in children:
        await child.close()


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-S", "-c", textwrap.dedent(code))


@pytest.mark.parametrize("setpriv", [None, pytest.param(SETPRIV, marks=pytest.mark.skipif(not SETPRIV, reason="none"))])
@pytest.mark.parametrize(("script", "status"), [("exit 0", 0), ("exit 3", 3), ("kill -SEGV $$", -signal.SIGSEGV)])
async def test_how_it_ended_is_told_once(
    tmp_path: Path, started: list[Child], script: str, status: int, setpriv: str | None
) -> None:
    child = Child(tmp_path, "/bin/sh", "-c", script, setpriv=setpriv)
    started.append(child)
    assert await child.end() == status
    child.process.kill()
    child.process.freeze()
    assert child.process.memory_bytes() == child.process.peak_memory_bytes() == 0


async def test_what_it_sees_of_the_host(tmp_path: Path, started: list[Child]) -> None:
    inherited, other = os.pipe()
    os.set_inheritable(other, True)
    child = Child(
        tmp_path,
        *python("""
            import os, resource, sys
            print(os.getcwd(), sorted(os.environ), sorted(map(int, os.listdir("/proc/self/fd")))[:4], flush=True)
            is_leader = os.getsid(0) == os.getpid()
            print(resource.getrlimit(resource.RLIMIT_CORE), is_leader, sys.stdin.read() == "", flush=True)
            print("to stderr", file=sys.stderr)
            """),
        inherited_fds=(inherited,),
    )
    started.append(child)
    assert await child.end() == 0
    lines = child.output().splitlines()
    assert str(tmp_path) in lines[0]
    assert "'ONLY', 'PATH'" in lines[0].replace("'LC_CTYPE', ", "")
    assert f"[0, 1, 2, {inherited}]" in lines[0] or "[0, 1, 2, 3]" in lines[0]
    assert lines[1:] == ["(1, 1) True True", "to stderr"]
    os.close(inherited)
    os.close(other)


async def test_the_limit_of_descriptors(tmp_path: Path, started: list[Child]) -> None:
    """ "Lambda quotas": 1,024 file descriptors."""
    child = Child(
        tmp_path,
        *python("""
            import resource, time
            deadline = time.time() + 20  # it is set from outside, just after the start
            while resource.getrlimit(resource.RLIMIT_NOFILE) != (1024, 1024) and time.time() < deadline:
                time.sleep(0.001)
            print(resource.getrlimit(resource.RLIMIT_NOFILE))
            """),
    )
    started.append(child)
    assert await child.end() == 0
    assert child.output() == "(1024, 1024)\n"


async def test_the_data_limit(tmp_path: Path, started: list[Child]) -> None:
    child = Child(
        tmp_path,
        *python("""
            import resource, time
            deadline = time.time() + 20  # it is set from outside, just after the start
            while resource.getrlimit(resource.RLIMIT_DATA)[0] != 300 << 20 and time.time() < deadline:
                time.sleep(0.001)
            try:
                b"x" * (400 << 20)
            except MemoryError:
                print("refused")
            """),
        data_limit_bytes=300 * MIB,
    )
    started.append(child)
    assert await child.end() == 0
    assert child.output() == "refused\n"


async def test_killing_takes_its_children_along(tmp_path: Path, started: list[Child]) -> None:
    child = Child(tmp_path, "/bin/sh", "-c", "sleep 1000 & echo started; wait")
    started.append(child)
    assert child.line() == "started\n"
    child.process.kill()
    assert await child.end() == -signal.SIGKILL
    assert child.output() == ""  # the pipe is closed: nobody is left that holds it


async def test_what_it_leaves_behind_is_killed_when_it_ends(tmp_path: Path, started: list[Child]) -> None:
    child = Child(tmp_path, "/bin/sh", "-c", "sleep 1000 & echo started")
    started.append(child)
    assert await child.end() == 0
    assert child.output() == "started\n"


async def test_freezing(tmp_path: Path, started: list[Child]) -> None:
    # exec: a shell that is stopped between vfork and the child's exec waits in another state than T.
    child = Child(tmp_path, "/bin/sh", "-c", "echo started; exec sleep 1000")
    started.append(child)
    child.line()

    def state() -> str:
        return Path(f"/proc/{child.process.pid}/stat").read_text().rpartition(")")[2].split()[0]

    child.process.freeze()
    await until(lambda: state() == "T")
    child.process.thaw()
    await until(lambda: state() != "T")
    child.process.freeze()
    child.process.kill()
    assert await child.end() == -signal.SIGKILL


async def test_memory_of_the_whole_tree(tmp_path: Path, started: list[Child]) -> None:
    code = python("""
        import subprocess, sys, threading
        grow = "import sys; x = b'x' * (40 << 20); print('grown', flush=True); sys.stdin.read()"
        start = lambda: subprocess.Popen([sys.executable, "-S", "-c", grow], stdin=subprocess.PIPE).wait()
        threading.Thread(target=start).start()
        start()
        """)
    child = Child(tmp_path, *code)
    started.append(child)
    child.line()
    child.line()
    measured = max(child.process.memory_bytes() for _ in range(4))
    assert 80 * MIB < measured < 200 * MIB
    assert 1 * MIB < child.process.peak_memory_bytes() < 40 * MIB


async def test_the_high_water_mark_stays(tmp_path: Path, started: list[Child]) -> None:
    code = "import time; x = b'x' * (50 << 20); del x; print('done', flush=True); time.sleep(1000)"
    child = Child(tmp_path, *python(code))
    started.append(child)
    child.line()
    assert child.process.peak_memory_bytes() > 50 * MIB > child.process.memory_bytes()


@pytest.mark.parametrize("argv", [("program-that-nobody-has",), ("/bin/sh", "\0")])
async def test_what_cannot_be_started(tmp_path: Path, argv: tuple[str, ...]) -> None:
    with pytest.raises(SandboxError, match="cannot start"):
        Child(tmp_path, *argv, setpriv=None)


@pytest.mark.skipif(SETPRIV is None, reason="setpriv (util-linux) is not installed")
async def test_it_ends_when_the_node_is_killed(tmp_path: Path) -> None:
    node = textwrap.dedent(f"""
        import asyncio, os, sys
        from pathlib import Path
        from gatewright.functions.sandbox.plain import PlainIsolation
        from gatewright.functions.sandbox.types import ProcessSpec, SandboxSpec

        async def main():
            argv = ("/bin/sh", "-c", "echo $$; exec sleep 1000")
            place = SandboxSpec(Path("/"), None, 1 << 27, 1 << 29, 1 << 30)
            sandbox = await PlainIsolation(Path({SETPRIV!r})).open(place)
            sandbox.spawn(ProcessSpec(argv, {{"PATH": "/usr/bin:/bin"}}, (), (), 1), print)
            await asyncio.sleep(1000)

        asyncio.run(main())
        """)
    host = subprocess.Popen([sys.executable, "-c", node], stdout=subprocess.PIPE)
    assert host.stdout is not None
    pid = int(host.stdout.readline())
    host.kill()
    host.wait()
    assert host.stdout.read() == b""  # returns when the last process that holds the pipe has ended
    host.stdout.close()
    await until(lambda: not _is_running(pid))


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
