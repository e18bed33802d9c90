"""What the data plane may know of usage plans and API keys: immutable, validated, plain data.

Field names are AWS's in snake_case (API Gateway API Reference: UsagePlan, ApiStage, QuotaSettings, ThrottleSettings,
ApiKey).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

ApiStageId = tuple[str, str]
"""An API's id and the name of one of its stages."""


@dataclass(frozen=True, slots=True)
class ThrottleSettings:
    """A token bucket: steady rate in requests per second and burst in requests; None where not set."""

    rate_limit: float | None
    burst_limit: int | None


@dataclass(frozen=True, slots=True)
class QuotaSettings:
    """How many requests a key may make in a period."""

    limit: int
    offset: int
    """The day on which a period begins: 0 to 6 from Sunday for weeks, 0 to 27 from the first for months."""
    period: str
    """`DAY`, `WEEK` or `MONTH`."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key."""

    key_id: str
    value: str
    """What clients send."""
    name: str
    is_enabled: bool
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class UsagePlan:
    """Who may call which stages, how fast and how often."""

    plan_id: str
    account_id: str
    region: str
    throttle: ThrottleSettings | None
    """Of each key, over all stages of the plan."""
    quota: QuotaSettings | None
    """Of each key, over all stages of the plan."""
    api_stages: Mapping[ApiStageId, Mapping[str, ThrottleSettings]]
    """The stages of the plan, with the throttles of single methods by `/{resource path}/{method}`."""
    key_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class PlanMember:
    """An enabled API key that is in a plan."""

    key: ApiKey
    plans: tuple[UsagePlan, ...]


@dataclass(frozen=True, slots=True)
class UsagePlans:
    """All API keys and usage plans of an account in a region."""

    account_id: str
    region: str
    keys: Mapping[str, ApiKey]
    """By id; keys that are in no plan, too."""
    plans: Mapping[str, UsagePlan]
    """By id."""
    members: Mapping[str, PlanMember] = field(compare=False)
    """By the value of the key: those who may call. It follows from the rest, and takes long to compare."""
