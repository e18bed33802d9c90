"""Where log groups and events are kept: in the data directory, or in a file that goes with an ephemeral node."""

from typing import Final

from gatewright.observe.log_archive import LogArchive
from gatewright.server.foundation import Foundation

_MOST_EPHEMERAL_MB: Final = 256


def open_log_archive(foundation: Foundation) -> LogArchive:
    """Open the archive, until the parts of the node end. Raises `SettingsError`."""
    settings = foundation.settings
    kept_mb = min(settings.logs.kept_mb, _MOST_EPHEMERAL_MB) if settings.is_ephemeral else settings.logs.kept_mb
    archive = LogArchive(
        foundation.work_directory("logs") / "logs.sqlite3",
        is_durable=not settings.is_ephemeral,
        kept_bytes=kept_mb << 20,
    )
    foundation.parts.callback(archive.close)
    return archive
