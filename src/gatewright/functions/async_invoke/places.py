"""The places at which items of all lanes are run."""

import asyncio
from typing import Final

_SHARE: Final = 3
"""How many times the places that are free a lane may have. One lane alone gets three quarters of all, two get three
sevenths each: whoever comes later finds one free, however long the others run."""


class Places:
    """A number of places, given to those who wait in the order of their asking."""

    def __init__(self, count: int) -> None:
        self._semaphore = asyncio.Semaphore(count)
        self._free = count

    @property
    def share(self) -> int:
        """Return how many places a lane may have now."""
        return max(1, _SHARE * self._free)

    @property
    def is_free(self) -> bool:
        """Return whether `take` returns at once."""
        return not self._semaphore.locked()

    async def take(self) -> None:
        """Wait for a place."""
        await self._semaphore.acquire()
        self._free -= 1

    def give_back(self) -> None:
        """Leave a place to the next."""
        self._free += 1
        self._semaphore.release()
