"""What every execution environment of a node is made with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gatewright.base.clock import Clock
from gatewright.base.ids import Ids
from gatewright.base.messages import Handler
from gatewright.functions.link import RuntimeEvents, RuntimeLink
from gatewright.functions.runtimes.types import Transport
from gatewright.functions.sandbox.types import Isolation
from gatewright.functions.settings import FunctionSettings

LinkFactory = Callable[[RuntimeEvents], RuntimeLink]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The same for all environments."""

    settings: FunctionSettings
    clock: Clock
    isolation: Isolation
    links: Mapping[Transport, LinkFactory]
    endpoint: Handler
    """The AWS endpoint of this node."""
    ids: Ids
