"""Where log groups and events are kept: in the data directory, or in a file that goes with an ephemeral node."""

from typing import BinaryIO, Final

from gatewright.base.clock import Clock
from gatewright.observe.function_logs import FunctionLogs
from gatewright.observe.log_archive import LogArchive
from gatewright.server.foundation import Foundation

_MOST_EPHEMERAL_MB: Final = 256


def open_logs(foundation: Foundation, output: BinaryIO, clock: Clock) -> tuple[LogArchive, FunctionLogs]:
    """Open the archive, and what writes the lines of functions into it, until the parts of the node end.

    Raises `SettingsError`.
    """
    settings = foundation.settings
    kept_mb = min(settings.logs.kept_mb, _MOST_EPHEMERAL_MB) if settings.is_ephemeral else settings.logs.kept_mb
    archive = LogArchive(
        foundation.work_directory("logs") / "logs.sqlite3",
        is_durable=not settings.is_ephemeral,
        kept_bytes=kept_mb << 20,
        before_reading=lambda: logs.store_waiting(),  # noqa: PLW0108 — it is made next
    )
    foundation.parts.callback(archive.close)
    logs = FunctionLogs(output, archive, clock)
    foundation.parts.callback(logs.close)
    return archive, logs
