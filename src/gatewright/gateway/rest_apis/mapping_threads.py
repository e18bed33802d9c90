"""The threads of mappings that take long. So many requests wait for them, and so long, and no more."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from gatewright.gateway.rest_apis.errors import INTEGRATION_TIMEOUT, THROTTLED, RestError

T = TypeVar("T")

_THREADS: Final = 2
"""One thread at a time runs Python: more of them would only take longer turns from the event loop."""
MOST_WAITING: Final = 128
"""Each holds the request or response that it maps."""
LONGEST_SECONDS: Final = 29.0
"""What AWS gives an integration ("Amazon API Gateway quotas")."""


class MappingThreads:
    """Carries out work for requests, in the order in which they come."""

    __slots__ = ("_executor", "_longest_seconds", "_waiting")

    def __init__(self, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._executor = ThreadPoolExecutor(_THREADS, "mapping")
        self._longest_seconds = longest_seconds
        self._waiting = 0

    async def run(self, work: Callable[..., T], *arguments: object) -> T:
        """Return what work in a thread returns.

        Raises what it raises, and `RestError`: 429 where too many wait already, 504 where it has not ended in time.
        """
        if self._waiting >= MOST_WAITING:
            raise RestError(THROTTLED, f"{MOST_WAITING} requests wait for mappings that take long")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._longest_seconds):
                return await asyncio.get_running_loop().run_in_executor(self._executor, work, *arguments)
        except TimeoutError as error:
            reason = f"the mapping has not ended within {self._longest_seconds:g} s"
            raise RestError(INTEGRATION_TIMEOUT, reason) from error
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Drop what has not begun; what has begun ends by itself."""
        self._executor.shutdown(wait=False, cancel_futures=True)
