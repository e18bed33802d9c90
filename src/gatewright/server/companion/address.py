"""Where the companion is reached."""

import asyncio
from typing import Final, Protocol

from gatewright.base.errors import GatewrightError

NO_COMPANION: Final = "none"
MOTO: Final = "moto"


class CompanionUnavailable(GatewrightError):
    """There is no companion to call; the text says what to do about it."""

    def __init__(self, text: str, *, is_final: bool = True) -> None:
        super().__init__(text)
        self.is_final = is_final
        """Whether it will be so as long as the settings and what is installed are the same."""


class Address(Protocol):
    """A companion's address. Safe to use from several threads."""

    @property
    def current(self) -> str | None:
        """The URL, without a slash at its end, where nothing has to be done to reach it; else None."""
        ...

    def open(self) -> str:
        """Return the URL when the companion can be reached, which may take seconds. Raises CompanionUnavailable."""
        ...

    def reset(self) -> None:
        """Empty what was started, if it runs. Raises OSError."""
        ...

    def close(self) -> None:
        """End what was started."""
        ...


class FixedAddress:
    """An endpoint that somebody else runs."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    @property
    def current(self) -> str:
        """The URL."""
        return self._url

    def open(self) -> str:
        """Return the URL."""
        return self._url

    def reset(self) -> None:
        """Do nothing: it is not ours."""

    def close(self) -> None:
        """Do nothing: it is not ours."""


class NoAddress:
    """Stands where no companion is set, and says so."""

    current = None

    def open(self) -> str:
        """Refuse. Raises CompanionUnavailable."""
        raise CompanionUnavailable('there is no companion that serves it: set the setting companion to "moto" or a URL')

    def reset(self) -> None:
        """Do nothing: there is nothing to empty."""

    def close(self) -> None:
        """Do nothing: there is nothing to end."""


async def reach(address: Address) -> str:
    """Return a companion's URL without holding up the event loop. Raises CompanionUnavailable."""
    url = address.current
    return url if url is not None else await asyncio.to_thread(address.open)
