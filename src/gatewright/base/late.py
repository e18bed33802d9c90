"""What a node does without until it is needed: parts whose packages are imported by the first who asks for them.

Most nodes need a part of what there is: the services that are called, the kinds of APIs that are deployed. What nobody
asked for costs neither time at start nor memory. Late imports run in worker threads, never on the event loop.
"""

import asyncio
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class Late(Generic[T]):
    """A part that is made in a worker thread when it is first asked for. Used on one event loop.

    Who asks meanwhile waits for the same making. When it fails, all of them get its error, and the next one to ask
    has it tried again.
    """

    __slots__ = ("_make", "_making")

    def __init__(self, make: Callable[[], T]) -> None:
        """`make` imports what the part needs."""
        self._make = make
        self._making: asyncio.Task[T] | None = None

    async def get(self) -> T:
        """Return the part. Raises what making it raises."""
        making = self._making
        if making is None or _has_failed(making):
            making = self._making = asyncio.create_task(asyncio.to_thread(self._make_settled))
        # Who gives up does not take it from the others.
        return making.result() if making.done() else await asyncio.shield(making)

    def _make_settled(self) -> T:
        with late_imports():
            return self._make()


@contextmanager
def late_imports() -> Iterator[None]:
    """Stand around imports inside a function: what they brought is left out of collections from then on.

    Modules live as long as the node, and collections would look through all of them each time. What is imported while
    a node starts, with collections off, is left out with everything else that the start made.
    """
    before = len(sys.modules)
    yield
    if len(sys.modules) > before and gc.isenabled():
        gc.collect()
        gc.freeze()


def _has_failed(making: "asyncio.Task[T]") -> bool:
    return making.done() and (making.cancelled() or making.exception() is not None)
