"""API keys and usage plans as requests meet them: whose key it is, how fast and how often it may call.

"How throttling limit settings are applied in API Gateway": the limits of a client come first, those of a method before
those of the whole plan; then follow the stage's and the account's, which are not ours. Throttles and quotas "apply to
requests for individual API keys that are aggregated across all API stages within a usage plan" ("Usage plans and API
keys for REST APIs in API Gateway"). A request that a throttle refuses is not counted against the quota.

What is made for a key is made at its first request to a stage: a snapshot with many keys is taken over quickly, and
values that are nobody's key leave nothing behind.
"""

import enum
from collections.abc import Callable, Mapping
from typing import Final

from gatewright.base.clock import Clock
from gatewright.gateway.rest_apis.quota import NEVER_USED, KeyUse, UseRecord
from gatewright.gateway.throttle import ACCOUNT_BURST_LIMIT, ACCOUNT_RATE_LIMIT, TokenBucket
from gatewright.snapshot.types.usage_plan import (
    ApiKey,
    ApiStageId,
    QuotaSettings,
    ThrottleSettings,
    UsagePlan,
    UsagePlans,
)

Place = tuple[str, str]
"""An account and a region."""
UseKey = tuple[str, str, str, str]
"""Account, region, usage plan id and API key id."""
BucketName = tuple[str, str, str]
"""API id, stage and `/{resource path}/{method}`; three empty texts for the plan's own."""

_WHOLE_PLAN: Final = ("", "", "")


class TakeResult(enum.Enum):
    """What became of a request with an API key."""

    OK = "OK"
    THROTTLED = "THROTTLED"
    """429, gateway response THROTTLED."""
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    """429, gateway response QUOTA_EXCEEDED."""


class UsageGrant:
    """An API key at a stage that one of its plans allows it to call."""

    __slots__ = ("_now", "_of_methods", "_of_plan", "_use", "key")

    def __init__(
        self,
        key: ApiKey,
        use: KeyUse,
        of_plan: TokenBucket | None,
        of_methods: Mapping[str, TokenBucket],
        now: Callable[[], float],
    ) -> None:
        self.key = key
        self._use = use
        self._of_plan = of_plan
        self._of_methods = of_methods
        self._now = now

    def take(self, method_key: str) -> TakeResult:
        """Count a request for a method, named `/{resource path}/{method}`, or say what is in its way."""
        of_method = self._of_methods.get(method_key)
        if of_method is not None and not of_method.take():
            return TakeResult.THROTTLED
        if self._of_plan is not None and not self._of_plan.take():
            return TakeResult.THROTTLED
        return TakeResult.OK if self._use.take(self._now()) else TakeResult.QUOTA_EXCEEDED


class _Meter:
    """What one key has used and may use under one plan. It outlives the snapshot."""

    __slots__ = ("buckets", "use")

    def __init__(self, use: KeyUse) -> None:
        self.use = use
        self.buckets: dict[BucketName, TokenBucket] = {}

    def bucket(
        self, name: BucketName, settings: ThrottleSettings | None, monotonic: Callable[[], float]
    ) -> TokenBucket | None:
        """Return a bucket that keeps its tokens as long as its limits stay; None where nothing limits."""
        if settings is None or (settings.rate_limit is None and settings.burst_limit is None):
            self.buckets.pop(name, None)
            return None
        rate = ACCOUNT_RATE_LIMIT if settings.rate_limit is None else settings.rate_limit
        burst = ACCOUNT_BURST_LIMIT if settings.burst_limit is None else settings.burst_limit
        bucket = self.buckets.get(name)
        if bucket is None or (bucket.rate, bucket.burst) != (rate, burst):
            bucket = self.buckets[name] = TokenBucket(rate, burst, monotonic)
        return bucket

    def forget(self, plan: UsagePlan) -> None:
        """Drop the buckets of methods that the plan does not name any more."""
        for api_id, stage, method in tuple(self.buckets):
            if method and method not in plan.api_stages.get((api_id, stage), ()):
                del self.buckets[api_id, stage, method]


class _LinkedKey:
    """An enabled key that is in a plan, with what was made for the stages that it called."""

    __slots__ = ("grants", "key", "plans")

    def __init__(self, key: ApiKey) -> None:
        self.key = key
        self.plans: list[UsagePlan] = []
        self.grants: dict[ApiStageId, UsageGrant] = {}


class UsagePlanDirectory:
    """All API keys that may call something, and what they have used. On the event loop only."""

    def __init__(self, clock: Clock, records: Mapping[UseKey, UseRecord] | None = None) -> None:
        """`records` is what was kept of the use of keys when the node ran last."""
        self._clock = clock
        self._records = dict(records or {})
        self._sources: dict[Place, UsagePlans] = {}
        self._keys: dict[tuple[str, str, str], _LinkedKey] = {}
        self._meters: dict[UseKey, _Meter] = {}
        self._changed: dict[KeyUse, UseKey] = {}
        self._dropped: set[UseKey] = set()

    def find(self, account: str, region: str, api_id: str, stage: str, value: str) -> UsageGrant | None:
        """Return what a key may do at a stage; None when it may not call it, or is not known or enabled."""
        key = self._keys.get((account, region, value))
        if key is None:
            return None
        return key.grants.get((api_id, stage)) or self._link_grant(key, (api_id, stage))

    def swap(self, usage_plans: Mapping[Place, UsagePlans]) -> None:
        """Take over the plans of a snapshot, by account and region. Tokens and counts stay."""
        for place in {**self._sources, **usage_plans}:
            new = usage_plans.get(place)
            if new is not self._sources.get(place):
                self._replace(place, new)

    def take_changed(self) -> dict[UseKey, UseRecord | None]:
        """Return what is to be kept of the keys that were used since the last time; None is to be forgotten."""
        changed, self._changed = self._changed, {}
        dropped, self._dropped = self._dropped, set()
        records: dict[UseKey, UseRecord | None] = dict.fromkeys(dropped)
        for use, name in changed.items():
            use.mark_kept()
            if self._is_metered(name, use):
                records[name] = use.record()
        return records

    def put_back(self, records: Mapping[UseKey, UseRecord | None]) -> None:
        """Return them with the next `take_changed` again: they could not be kept."""
        for name in records:
            meter = self._meters.get(name)
            if meter is not None:
                self._changed[meter.use] = name
            else:
                self._dropped.add(name)

    def uses(self, plan: UseKey) -> list[tuple[str, QuotaSettings | None, UseRecord]]:
        """Return key id, quota and use of the keys of a plan; of all, when the key id is empty."""
        return [(name[3], found.quota, self._record(name)) for name, found in self._metered(plan)]

    def set_remaining(self, name: UseKey, remaining: int) -> UseRecord | None:
        """Let a key make that many more requests in this period; None when there is no such key in the plan."""
        for each, plan in self._metered(name):
            use = self._meter(each, plan).use
            use.set_remaining(remaining, self._clock.now())
            return use.record()
        return None

    def _record(self, name: UseKey) -> UseRecord:
        meter = self._meters.get(name)
        return meter.use.record() if meter is not None else self._records.get(name, NEVER_USED)

    def _metered(self, name: UseKey) -> list[tuple[UseKey, UsagePlan]]:
        account, region, plan_id, key_id = name
        source = self._sources.get((account, region))
        plan = source.plans.get(plan_id) if source else None
        if plan is None:
            return []
        wanted = plan.key_ids if not key_id else ((key_id,) if key_id in plan.key_ids else ())
        return [((account, region, plan_id, each), plan) for each in wanted]

    def _replace(self, place: Place, new: UsagePlans | None) -> None:
        old = self._sources.pop(place, None)
        if old is not None:
            for key in old.keys.values():
                self._keys.pop((*place, key.value), None)
        served: dict[UseKey, UsagePlan] = {}
        if new is not None:
            self._sources[place] = new
            for plan in new.plans.values():
                served |= {(*place, plan.plan_id, key_id): plan for key_id in plan.key_ids}
                self._link_keys(new, plan)
        self._follow(place, served)

    def _link_keys(self, source: UsagePlans, plan: UsagePlan) -> None:
        for key_id in plan.key_ids:
            key = source.keys[key_id]
            if key.is_enabled:
                linked = self._keys.setdefault((source.account_id, source.region, key.value), _LinkedKey(key))
                linked.plans.append(plan)

    def _follow(self, place: Place, served: Mapping[UseKey, UsagePlan]) -> None:
        """Hold what was counted so far to the plans as they are now; forget it for keys that a plan has no more."""
        now = self._clock.now()
        for name in [name for name in self._meters if name[:2] == place]:
            plan = served.get(name)
            if plan is None:
                del self._meters[name]
                self._dropped.add(name)
            else:
                self._meters[name].use.set_quota(plan.quota, now)
                self._meters[name].forget(plan)
        for name in [name for name in self._records if name[:2] == place and name not in served]:
            del self._records[name]
            self._dropped.add(name)

    def _link_grant(self, key: _LinkedKey, stage: ApiStageId) -> UsageGrant | None:
        # "For each API stage, a given API key can only be associated with one usage plan."
        plan = next((plan for plan in key.plans if stage in plan.api_stages), None)
        if plan is None:
            return None
        meter = self._meter((plan.account_id, plan.region, plan.plan_id, key.key.key_id), plan)
        monotonic = self._clock.monotonic
        of_methods = {
            method: bucket
            for method, settings in plan.api_stages[stage].items()
            if (bucket := meter.bucket((*stage, method), settings, monotonic)) is not None
        }
        of_plan = meter.bucket(_WHOLE_PLAN, plan.throttle, monotonic)
        grant = key.grants[stage] = UsageGrant(key.key, meter.use, of_plan, of_methods, self._clock.now)
        return grant

    def _meter(self, name: UseKey, plan: UsagePlan) -> _Meter:
        meter = self._meters.get(name)
        if meter is None:
            record = self._records.pop(name, NEVER_USED)

            def changed(use: KeyUse) -> None:
                self._changed[use] = name

            meter = self._meters[name] = _Meter(KeyUse(plan.quota, record, self._clock.now(), changed))
        return meter

    def _is_metered(self, name: UseKey, use: KeyUse) -> bool:
        meter = self._meters.get(name)
        return meter is not None and meter.use is use
