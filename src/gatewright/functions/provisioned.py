"""Provisioned concurrency: environments that are initialized before there is an invocation for them.

Each qualifier with a configuration has environments of its own; an alias with weighted routing has them of both of its
versions, by weight. When all are busy, invocations run in the environments of everybody ("spill-over").
Source: "Configuring provisioned concurrency for a function", Lambda Developer Guide.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from gatewright.functions.concurrency import FunctionConcurrency, Unlimited
from gatewright.functions.pool import Pool
from gatewright.functions.states import State
from gatewright.functions.variables import PROVISIONED
from gatewright.snapshot.types import Function, FunctionVersion, QualifiedFunction

_Key = tuple[str, str]
"""Qualified ARN, and a version."""


@dataclass(frozen=True, slots=True)
class ProvisionedStatus:
    """How far one configuration has come."""

    allocated: int = 0
    """Environments that are initialized, busy ones included."""
    available: int = 0
    """Those that could take an invocation now."""
    failure: str | None = None
    """Why there are fewer than there should be."""


class Provisioned:
    """The pools of all configurations."""

    def __init__(self, new_pool: Callable[[FunctionVersion, FunctionConcurrency, str], Pool]) -> None:
        self._new_pool = new_pool
        self._pools: dict[_Key, Pool] = {}

    @property
    def pools(self) -> Collection[Pool]:
        """Return every pool."""
        return self._pools.values()

    def idle_pool(self, arn: str, function: FunctionVersion) -> Pool | None:
        """Return the pool for an invocation if it can begin at once."""
        pool = self._pools.get((arn, function.version))
        is_fit = pool is not None and pool.idle and pool.function.identity == function.identity
        return pool if is_fit else None

    def configure(self, functions: Iterable[Function]) -> list[Pool]:
        """Take over what is configured now; return the pools that nobody needs any more."""
        wanted = {key: found for function in functions for key, found in _wanted(function)}
        retired = []
        for key, pool in list(self._pools.items()):
            found = wanted.get(key)
            if found is None or found[0].identity != pool.function.identity:
                retired.append(self._pools.pop(key))
        for key, (version, count) in wanted.items():
            if key not in self._pools:
                self._pools[key] = self._new_pool(version, Unlimited(), PROVISIONED)
            self._pools[key].kept = count
        return retired

    def status(self, qualified_arn: str) -> ProvisionedStatus:
        """Return how far a configuration has come."""
        pools = [pool for (arn, _), pool in tuple(self._pools.items()) if arn == qualified_arn]
        ready = sum(sum(each.state in _READY for each in tuple(pool.environments)) for pool in pools)
        failures = [shortage for pool in pools if (shortage := pool.shortage) is not None]
        return ProvisionedStatus(ready, sum(len(pool.idle) for pool in pools), failures[0] if failures else None)


_READY = frozenset({State.IDLE, State.BUSY, State.STREAMING, State.ANSWERED})


def _wanted(function: Function) -> Iterator[tuple[_Key, tuple[FunctionVersion, int]]]:
    for target in function.qualified.values():
        if target.provisioned_concurrency:
            for version, count in _shares(target):
                yield (target.arn, version.version), (version, count)


def _shares(target: QualifiedFunction) -> Iterator[tuple[FunctionVersion, int]]:
    count = target.provisioned_concurrency
    additional = target.additional_version
    second = round(count * target.additional_weight) if additional is not None else 0
    if second and additional is not None:
        yield additional, second
    if count > second:
        yield target.version, count - second
