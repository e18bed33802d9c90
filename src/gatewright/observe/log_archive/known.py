"""The ids of groups and streams that were written to lately: looked up once, not with every batch."""

from typing import Final

from gatewright.observe.log_archive.types import GroupKey

_MOST: Final = 10_000


class KnownIds:
    """Used within write transactions only, of which one runs at a time."""

    def __init__(self) -> None:
        self._groups: dict[GroupKey, int] = {}
        self._streams: dict[tuple[int, str], int] = {}

    def group(self, key: GroupKey) -> int | None:
        """Return the id of a group that is known."""
        return self._groups.get(key)

    def stream(self, group_id: int, name: str) -> int | None:
        """Return the id of a stream that is known."""
        return self._streams.get((group_id, name))

    def add_group(self, key: GroupKey, group_id: int) -> None:
        """Remember a group."""
        self._groups[key] = group_id

    def add_stream(self, group_id: int, name: str, stream_id: int) -> None:
        """Remember a stream."""
        if len(self._streams) >= _MOST:
            self.clear()
        self._streams[group_id, name] = stream_id

    def clear(self) -> None:
        """Forget all: something was deleted, or a transaction that added some was undone."""
        self._groups.clear()
        self._streams.clear()
