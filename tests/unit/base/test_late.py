import asyncio
import contextlib
import gc
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from gatewright.base.late import Late, late_imports


class Making:
    """Counts how often a part is made, and where; holds the making up until it is let go."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.threads: list[threading.Thread] = []
        self.let_go = threading.Event()

    def __call__(self) -> str:
        self.threads.append(threading.current_thread())
        assert self.let_go.wait(10)
        if self.failures:
            raise self.failures.pop(0)
        return "part"


async def begun(making: Making, times: int = 1) -> None:
    while len(making.threads) < times:
        await asyncio.sleep(0.001)


async def test_nothing_is_made_before_somebody_asks() -> None:
    making = Making()
    Late(making)
    await asyncio.sleep(0)
    assert making.threads == []


async def test_all_who_ask_get_the_one_that_is_made_in_another_thread() -> None:
    making = Making()
    late = Late(making)
    asking = [asyncio.create_task(late.get()) for _ in range(20)]
    await begun(making)
    asking += [asyncio.create_task(late.get()) for _ in range(20)]
    await asyncio.sleep(0)
    making.let_go.set()
    assert await asyncio.gather(*asking) == ["part"] * 40
    assert await late.get() == "part"
    assert len(making.threads) == 1
    assert making.threads[0] is not threading.current_thread()


async def test_all_who_wait_get_the_error_and_the_next_one_tries_again() -> None:
    making = Making(ImportError("no module"))
    making.let_go.set()
    late = Late(making)
    outcomes = await asyncio.gather(late.get(), late.get(), return_exceptions=True)
    assert [str(outcome) for outcome in outcomes] == ["no module"] * 2
    assert len(making.threads) == 1
    assert await late.get() == "part"


async def test_who_gives_up_does_not_take_it_from_the_others() -> None:
    making = Making()
    late = Late(making)
    first, second = asyncio.create_task(late.get()), asyncio.create_task(late.get())
    await begun(making)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    making.let_go.set()
    assert await second == "part"
    assert len(making.threads) == 1


@contextlib.contextmanager
def a_module(folder: Path, name: str) -> Iterator[None]:
    """Have a module that can be imported, and forget it."""
    (folder / f"{name}.py").write_text("held = [[]]\n")
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop(name, None)
        gc.unfreeze()


def test_late_imports_are_left_out_of_collections(tmp_path: Path) -> None:
    gc.unfreeze()
    with a_module(tmp_path, "imported_late"):
        with late_imports():
            __import__("imported_late")
        frozen = gc.get_freeze_count()
        assert frozen > 0
        assert not any(each is sys.modules["imported_late"].__dict__ for each in gc.get_objects())
        with late_imports():
            __import__("imported_late")
        assert gc.get_freeze_count() <= frozen


def test_start_up_freezes_what_it_made_itself(tmp_path: Path) -> None:
    gc.unfreeze()
    with a_module(tmp_path, "imported_early"):
        gc.disable()
        try:
            with late_imports():
                __import__("imported_early")
        finally:
            gc.enable()
        assert gc.get_freeze_count() == 0


def test_an_import_that_fails_is_not_silent() -> None:
    with pytest.raises(ImportError), late_imports():
        __import__("there_is_no_such_module")
