"""What one sandbox holds until it is closed, whatever its tier."""

from dataclasses import dataclass

from gatewright.functions.sandbox.cgroups import Group
from gatewright.functions.sandbox.network.types import NetworkSpace


@dataclass(slots=True)
class Possessions:
    """Not frozen: it is filled one by one, and emptied."""

    space: NetworkSpace
    uid: int | None = None
    group: Group | None = None
