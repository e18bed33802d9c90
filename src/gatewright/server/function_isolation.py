"""What keeps functions apart on this node: found while the rest of it is built, said in the log and in its health."""

import asyncio
import logging
from concurrent.futures import Executor
from contextlib import AsyncExitStack
from pathlib import Path

from gatewright.base.errors import SettingsError
from gatewright.functions.sandbox.choose import Tier, Wishes, find_tier
from gatewright.functions.sandbox.host_files import is_shown
from gatewright.functions.sandbox.network.choose import INSTALL, NetworkWishes, choose_network
from gatewright.functions.sandbox.types import Isolation, IsolationReport
from gatewright.functions.settings import blocked_networks
from gatewright.settings import Settings

_log = logging.getLogger(__name__)


def begin_to_find_tier(settings: Settings, executor: Executor) -> "asyncio.Future[Tier]":
    """Try the tiers in a thread, at once. The result raises `SettingsError` when there is none."""
    private = (settings.home,) if settings.is_ephemeral else (settings.home, settings.data_dir)
    wishes = Wishes(settings.functions.isolation, settings.search_path, private, settings.functions.first_uid)
    return asyncio.get_running_loop().run_in_executor(executor, find_tier, wishes)


async def open_isolation(
    tried: "asyncio.Future[Tier]", settings: Settings, port: int, directory: Path, parts: AsyncExitStack
) -> Isolation:
    """Join the tier that was found and the network, and log what they are worth. `parts` will close them.

    `port` is where the node listens, `directory` is for files of the network. Raises `SettingsError` when what was
    asked for cannot be had.
    """
    tier = await tried
    if tier.name != "D" and not settings.is_ephemeral and is_shown(settings.data_dir):
        tier.close()
        raise SettingsError(f"functions would read the data directory {settings.data_dir}, as all of /usr: use another")
    wishes = NetworkWishes(
        settings.functions.network, blocked_networks(settings.functions), port, settings.search_path, directory
    )
    try:
        network = await choose_network(wishes, tier.name)
    except BaseException:
        tier.close()
        raise
    isolation = tier.isolation(network)
    parts.push_async_callback(isolation.close)
    report = isolation.report
    _log.info("functions run on tier %s, network %s, memory by %s", report.tier, report.network, report.memory)
    if settings.is_hardened:
        require_hardened(report)
    for warning in report.warnings:
        _log.warning("%s", warning)
    return isolation


def require_hardened(report: IsolationReport) -> None:
    """Raise `SettingsError` on anything weaker than tier A or B with a network of its own."""
    if report.tier not in ("A", "B"):
        raise SettingsError(
            f"--hardened needs tier A or B, and this is tier {report.tier}: run as root, or allow user namespaces; "
            "see docs/concepts/isolation.md"
        )
    if report.network == "shared":
        raise SettingsError(
            "--hardened needs functions to have a network of their own, and they share the host's: set "
            f'functions.network = "outbound" and {INSTALL}, or set functions.network = "none"'
        )
