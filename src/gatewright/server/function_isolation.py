"""What keeps functions apart on this node: found while the rest of it is built, said in the log and in its health."""

import asyncio
import logging
from concurrent.futures import Executor
from contextlib import AsyncExitStack

from gatewright.functions.sandbox.choose import Tier, Wishes, find_tier
from gatewright.functions.sandbox.network.shared import SharedNetwork
from gatewright.functions.sandbox.types import Isolation
from gatewright.settings import Settings

_log = logging.getLogger(__name__)


def begin_to_find_tier(settings: Settings, executor: Executor) -> "asyncio.Future[Tier]":
    """Try the tiers in a thread, at once. The result raises `SettingsError` when there is none."""
    private = (settings.home,) if settings.is_ephemeral else (settings.home, settings.data_dir)
    wishes = Wishes(settings.functions.isolation, settings.search_path, private, settings.functions.first_uid)
    return asyncio.get_running_loop().run_in_executor(executor, find_tier, wishes)


async def open_isolation(tier: "asyncio.Future[Tier]", parts: AsyncExitStack) -> Isolation:
    """Join the tier that was found and the network, and log what they are worth. `parts` will close them."""
    isolation = (await tier).isolation(SharedNetwork())
    parts.push_async_callback(isolation.close)
    report = isolation.report
    _log.info("functions run on tier %s, network %s, memory by %s", report.tier, report.network, report.memory)
    for warning in report.warnings:
        _log.warning("%s", warning)
    return isolation
