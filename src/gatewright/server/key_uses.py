"""When users' access keys were last used for what (GetAccessKeyLastUsed, IAM): in memory, while the node runs."""

from typing import Final

from gatewright.base.access_keys import USER_PREFIX
from gatewright.base.clock import Clock
from gatewright.control.context import AccessKeyUse

_MOST_KEYS: Final = 10_000
"""Anybody can call with a key that nobody has: what is remembered is bounded."""


class KeyUses:
    """Remembers the last use of each access key. `note` runs on the event loop, `last` in threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._uses: dict[str, AccessKeyUse] = {}

    def note(self, access_key_id: str, region: str, service: str) -> None:
        """Remember a call; the key that was used longest ago is forgotten for it when there are too many."""
        if not access_key_id.startswith(USER_PREFIX):
            return
        self._uses.pop(access_key_id, None)
        if len(self._uses) >= _MOST_KEYS:
            del self._uses[next(iter(self._uses))]
        self._uses[access_key_id] = AccessKeyUse(self._clock.now(), region, service)

    def last(self, access_key_id: str) -> AccessKeyUse | None:
        """Return the last use of a key."""
        return self._uses.get(access_key_id)
