"""What the spawner is told when it starts: the same for all spaces of a node.

Every start of a node waits for the spawner's. What it imports makes do without `dataclasses` and `pathlib`, which are a
third of that and 2 MiB in each of its two processes.
"""

import json
from typing import Final, NamedTuple

MAX_MESSAGE_BYTES: Final = 4096
"""Of a message between the node and the spawner, and of the plan."""
SPARE_SOCKETS: Final = 10
"""How many extensions of a function may listen for telemetry: as many as it may have ("Lambda extensions")."""


class Plan(NamedTuple):
    """How spaces are made."""

    helper: tuple[str, ...]
    """What gives a space its way out (`user_mode.arguments`); () for none."""
    uid: int
    """Whom the spawner and the helper run as, on the host."""
    gid: int
    runtime_api_port: int
    endpoint_port: int
    blocked: tuple[str, ...]
    """Networks that no function reaches, besides the host's own addresses."""

    def to_json(self) -> str:
        """Return it as text."""
        return json.dumps(self._asdict())


def plan_from_json(text: str) -> Plan:
    """Read what `to_json` wrote."""
    fields = json.loads(text)
    return Plan(**fields | {"helper": tuple(fields["helper"]), "blocked": tuple(fields["blocked"])})
