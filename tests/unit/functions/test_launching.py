"""Asking how a function is started."""

import threading
from pathlib import Path

import pytest

from gatewright.functions.errors import RuntimeUnusable
from gatewright.functions.launching import Launching
from gatewright.functions.runtimes.types import Code, Launch, LaunchRefused, Transport
from gatewright.snapshot.types import FunctionVersion

from .fakes import function_version

LAUNCH = Launch(("x",), {}, (), Transport.CHANNEL, "x")


class Runtimes:
    """Answers what it is told, and remembers from which threads it was asked."""

    def __init__(self, problem: str | None = None) -> None:
        self.answer: str | None = problem
        self.refuses = False
        self.threads: list[int] = []

    def problem(self, runtime: str) -> str | None:
        return self.answer

    def launch(self, function: FunctionVersion, code: Code) -> Launch:
        self.threads.append(threading.get_ident())
        if self.refuses:
            raise LaunchRefused("Runtime.InvalidEntrypoint", "no")
        return LAUNCH


async def test_it_is_asked_once_and_in_a_thread(tmp_path: Path) -> None:
    runtimes = Runtimes()
    launching = Launching(runtimes, function_version())
    assert await launching.launch(Code(tmp_path)) is await launching.launch(Code(tmp_path)) is LAUNCH
    assert len(runtimes.threads) == 1
    assert threading.get_ident() not in runtimes.threads


async def test_a_problem_and_a_refusal_are_asked_for_again(tmp_path: Path) -> None:
    runtimes = Runtimes("no interpreter")
    launching = Launching(runtimes, function_version())
    with pytest.raises(RuntimeUnusable, match="no interpreter"):
        await launching.launch(Code(tmp_path))
    runtimes.answer, runtimes.refuses = None, True
    with pytest.raises(LaunchRefused):
        await launching.launch(Code(tmp_path))
    runtimes.refuses = False
    assert await launching.launch(Code(tmp_path)) is LAUNCH
