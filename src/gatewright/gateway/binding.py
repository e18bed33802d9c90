"""What a route is linked from, and the kind of function that links one part of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from gatewright.gateway.call import RouteFacts
from gatewright.gateway.seams import Seams
from gatewright.gateway.throttle import TokenBucket
from gatewright.snapshot.types import Cors, Function, HttpIntegration, Role


@dataclass(frozen=True, slots=True)
class Binding:
    """One route of one stage for one method, or for all that have no line of their own (`ANY`)."""

    facts: RouteFacts
    method: str
    integration: HttpIntegration
    functions: Mapping[str, Function]
    """By unqualified ARN."""
    roles: Mapping[str, Role]
    """By ARN."""
    cors: Cors | None
    buckets: tuple[TokenBucket, ...]
    """The throttles that a request passes, the narrowest first."""
    seams: Seams
