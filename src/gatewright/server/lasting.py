"""What a node keeps through resets: what took time to find, to unpack, to read or to start, and is nobody's doing.

Everything else belongs to one life of the node (`server.lives`), and ends with it.
"""

import asyncio
import functools
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gatewright.functions.runtimes.discovery import SearchPlaces
from gatewright.functions.runtimes.table import RuntimeDirectory
from gatewright.functions.sandbox.types import Isolation
from gatewright.functions.settings import Credentials
from gatewright.server.companion.address import MOTO, NO_COMPANION, Address, FixedAddress, NoAddress
from gatewright.server.companion.calls import Companion
from gatewright.server.companion.moto import MotoServer
from gatewright.server.foundation import Foundation
from gatewright.server.services import SERVICES

if TYPE_CHECKING:
    from gatewright.aws.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Lasting:
    """Made once for a node."""

    isolation: Isolation
    runtimes: RuntimeDirectory
    code_directory: Path
    """Of unpacked packages, which are known by their hashes."""
    catalog: "Callable[[], Catalog]"
    """Returns the models of the services, as far as they are loaded. The first call makes it."""
    companion_address: Address
    companion: Companion

    async def reset(self) -> None:
        """Forget what was done. Raises OSError when the companion, if it is ours and runs, does not."""
        await asyncio.to_thread(self.companion_address.reset)
        self.companion.forget()


def find_lasting(foundation: Foundation, isolation: Isolation) -> Lasting:
    """Make it; nothing of it is looked for yet."""
    settings = foundation.settings
    is_for_others = isolation.report.tier == "C" and os.geteuid() == 0
    places = SearchPlaces(settings.search_directories, settings.home, pinned=settings.runtimes)
    address = _companion_address(foundation)
    return Lasting(
        isolation,
        RuntimeDirectory(places, foundation.work_directory("runtimes", is_for_others=is_for_others)),
        foundation.work_directory("code", is_for_others=is_for_others),
        functools.cache(_make_catalog),
        address,
        _companion(foundation, address),
    )


def _make_catalog() -> "Catalog":
    from gatewright.aws.catalog import Catalog

    return Catalog(SERVICES)


def _companion_address(foundation: Foundation) -> Address:
    settings = foundation.settings
    address: Address
    if settings.companion == NO_COMPANION:
        address = NoAddress()
    elif settings.companion == MOTO:
        url, path = foundation.loopback_url, settings.search_path
        address = MotoServer(account_id=settings.account_id, node_url=url, search_path=path)
    else:
        address = FixedAddress(settings.companion)
    foundation.parts.callback(address.close)
    return address


def _companion(foundation: Foundation, address: Address) -> Companion:
    host = foundation.loopback_url.partition("//")[2] if isinstance(address, MotoServer) else None
    companion = Companion(address, Credentials(), node_host=host)
    foundation.parts.callback(companion.close)
    return companion
