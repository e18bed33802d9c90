"""A mapping phase of a method, and where it is carried out: at once, or in a thread.

What is mapped at once keeps all other requests waiting; so a template has two hundredths of a second there
(`templates`). What needed a thread once goes there from the beginning for a while, and for twice as long each time that
it needs one again: who makes a template quick and slow in turns stands in the way ever more seldom.
"""

import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from gatewright.gateway.rest_apis.call import RestCall
from gatewright.gateway.rest_apis.templates import MappingTakesLong

T = TypeVar("T")

_LONG_SECONDS: Final = 0.1
"""At once: what is not a template's is bounded, too, and a busy machine takes its time."""
_LONG_PROCESSOR_SECONDS: Final = 0.02
_FIRST_STAY: Final = 64
_LONGEST_STAY: Final = 1 << 16


class Mapper(Generic[T]):
    """One of the two mapping phases of a method."""

    __slots__ = ("_function", "_stay", "_turns")

    def __init__(self, function: Callable[..., T]) -> None:
        """`function` takes the call, and of a response what came back."""
        self._function = function
        self._stay = _FIRST_STAY // 2
        self._turns = 0
        """How many of the next ones are carried out in a thread."""

    @property
    def is_slow(self) -> bool:
        """Tell whether a thread carries it out from the beginning."""
        return self._turns > 0

    def run(self, call: RestCall, *arguments: object) -> T:
        """Map at once. Raises `RestError`, and `MappingTakesLong` where a thread has to do it."""
        began = time.perf_counter()
        is_long = False
        try:
            return self._function(call, *arguments)
        except MappingTakesLong:
            is_long = True
            raise
        finally:
            if is_long or time.perf_counter() - began > _LONG_SECONDS:
                self.go_aside()

    def run_aside(self, call: RestCall, *arguments: object) -> T:
        """Map in the thread that calls this. Raises `RestError`."""
        call.is_aside = True
        began = time.thread_time()
        try:
            return self._function(call, *arguments)
        finally:
            call.is_aside = False
            is_long = time.thread_time() - began > _LONG_PROCESSOR_SECONDS
            self._turns = self._stay if is_long else max(self._turns - 1, 0)

    def go_aside(self) -> None:
        """Have a thread carry out the next ones."""
        self._stay = min(2 * self._stay, _LONGEST_STAY)
        self._turns = self._stay
