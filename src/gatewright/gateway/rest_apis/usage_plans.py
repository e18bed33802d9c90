"""API keys and usage plans as requests meet them: whose key it is, how fast and how often it may call.

"How throttling limit settings are applied in API Gateway": the limits of a client come first, those of a method before
those of the whole plan; then follow the stage's and the account's, which are not ours. Throttles and quotas "apply to
requests for individual API keys that are aggregated across all API stages within a usage plan" ("Usage plans and API
keys for REST APIs in API Gateway"). A request that a throttle refuses is not counted against the quota.

What is made for a key is made at its first request to a stage: a snapshot with many keys is taken over quickly, and
values that are nobody's key leave nothing behind.
"""

import enum
import itertools
from collections.abc import Callable, Mapping, Set
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

PlaceKey = tuple[str, str]
"""An account and a region."""
UseKey = tuple[str, str, str, str]
"""Account, region, usage plan id and API key id."""
BucketName = tuple[str, str, str]
"""API id, stage and `/{resource path}/{method}`; three empty texts for the plan's own."""

MOST_CHANGES: Final = 1000
"""How many keys `take_changed` returns at a time: it runs between requests."""
_WHOLE_PLAN: Final = ("", "", "")


class TakeResult(enum.Enum):
    """What became of a request with an API key."""

    OK = "OK"
    THROTTLED = "THROTTLED"
    """429, gateway response THROTTLED."""
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    """429, gateway response QUOTA_EXCEEDED."""


# A look into an enumeration costs as much as a look into a dictionary.
_OK, _THROTTLED, _QUOTA_EXCEEDED = TakeResult.OK, TakeResult.THROTTLED, TakeResult.QUOTA_EXCEEDED


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
            return _THROTTLED
        of_plan = self._of_plan
        if of_plan is not None and not of_plan.take():
            return _THROTTLED
        return _OK if self._use.take(self._now()) else _QUOTA_EXCEEDED


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

    def follow(self, plan: UsagePlan, now: float) -> None:
        """Go on under the plan as it is now."""
        self.use.set_quota(plan.quota, now)
        for api_id, stage, method in tuple(self.buckets):
            if method and method not in plan.api_stages.get((api_id, stage), ()):
                del self.buckets[api_id, stage, method]


class _Place:
    """The keys and plans of an account in a region, and what was made for keys since they were taken over."""

    __slots__ = ("grants", "source")

    def __init__(self, source: UsagePlans) -> None:
        self.source = source
        self.grants: dict[tuple[str, str, str], UsageGrant] = {}
        """By API id, stage and the value of the key."""


class UsagePlanDirectory:
    """All API keys that may call something, and what they have used. On the event loop only."""

    def __init__(self, clock: Clock, records: Mapping[UseKey, UseRecord] | None = None) -> None:
        """`records` is what was kept of the use of keys when the node ran last."""
        self._clock = clock
        self._records = dict(records or {})
        self._places: dict[PlaceKey, _Place] = {}
        self._meters: dict[UseKey, _Meter] = {}
        self._changed: dict[KeyUse, UseKey] = {}
        self._dropped: set[UseKey] = set()

    def find(self, account: str, region: str, api_id: str, stage: str, value: str) -> UsageGrant | None:
        """Return what a key may do at a stage; None when it may not call it, or is not known or enabled."""
        place = self._places.get((account, region))
        if place is None:
            return None
        return place.grants.get((api_id, stage, value)) or self._link_grant(place, (api_id, stage), value)

    def swap(self, usage_plans: Mapping[PlaceKey, UsagePlans]) -> None:
        """Take over the plans of a snapshot, by account and region. Tokens and counts stay."""
        stale = set()
        for key in {**self._places, **usage_plans}:
            old, new = self._places.get(key), usage_plans.get(key)
            if new is (old and old.source):
                continue
            stale.add(key)
            if new is None:
                del self._places[key]
            else:
                self._places[key] = _Place(new)
        if stale:
            self._follow(stale)

    @property
    def changes(self) -> int:
        """Return how many keys `take_changed` has something to tell of."""
        return len(self._changed) + len(self._dropped)

    def take_changed(self, most: int = MOST_CHANGES) -> dict[UseKey, UseRecord | None]:
        """Return what is to be kept of some keys that changed since it was taken last; None is to be forgotten."""
        dropped = tuple(itertools.islice(self._dropped, most))
        self._dropped.difference_update(dropped)
        records: dict[UseKey, UseRecord | None] = dict.fromkeys(dropped)
        for use in tuple(itertools.islice(self._changed, most - len(dropped))):
            name = self._changed.pop(use)
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
        """Return key id, quota and use of the keys of a plan, by id; of all, when the key id is empty."""
        return [(name[3], found.quota, self._record(name)) for name, found in self._metered(plan)]

    def set_remaining(self, name: UseKey, remaining: int) -> bool:
        """Let a key make that many more requests in this period; False when there is no such key in the plan."""
        for each, plan in self._metered(name):
            self._meter(each, plan).use.set_remaining(remaining, self._clock.now())
            return True
        return False

    def _metered(self, name: UseKey) -> list[tuple[UseKey, UsagePlan]]:
        account, region, plan_id, key_id = name
        place = self._places.get((account, region))
        plan = place.source.plans.get(plan_id) if place else None
        if plan is None:
            return []
        wanted = plan.key_ids & {key_id} if key_id else plan.key_ids
        return [((account, region, plan_id, each), plan) for each in sorted(wanted)]

    def _record(self, name: UseKey) -> UseRecord:
        meter = self._meters.get(name)
        return meter.use.record() if meter is not None else self._records.get(name, NEVER_USED)

    def _follow(self, stale: Set[PlaceKey]) -> None:
        """Hold what was counted so far to the plans as they are now; forget it for keys that a plan has no more."""
        now = self._clock.now()
        gone = []
        for name, meter in self._meters.items():
            if name[:2] in stale:
                plan = self._plan_of(name)
                if plan is None:
                    gone.append(name)
                else:
                    meter.follow(plan, now)
        for name in gone:
            del self._meters[name]
        unused = [name for name in self._records if name[:2] in stale and self._plan_of(name) is None]
        for name in unused:
            del self._records[name]
        self._dropped.update(gone, unused)

    def _plan_of(self, name: UseKey) -> UsagePlan | None:
        """Return the plan of a name, if the key is in it."""
        account, region, plan_id, key_id = name
        place = self._places.get((account, region))
        plan = place.source.plans.get(plan_id) if place else None
        return plan if plan is not None and key_id in plan.key_ids else None

    def _link_grant(self, place: _Place, stage: ApiStageId, value: str) -> UsageGrant | None:
        member = place.source.members.get(value)
        if member is None:
            return None
        # "For each API stage, a given API key can only be associated with one usage plan."
        plan = next((plan for plan in member.plans if stage in plan.api_stages), None)
        if plan is None:
            return None
        meter = self._meter((plan.account_id, plan.region, plan.plan_id, member.key.key_id), plan)
        monotonic = self._clock.monotonic
        of_methods = {
            method: bucket
            for method, settings in plan.api_stages[stage].items()
            if (bucket := meter.bucket((*stage, method), settings, monotonic)) is not None
        }
        of_plan = meter.bucket(_WHOLE_PLAN, plan.throttle, monotonic)
        grant = UsageGrant(member.key, meter.use, of_plan, of_methods, self._clock.now)
        place.grants[*stage, value] = grant
        return grant

    def _meter(self, name: UseKey, plan: UsagePlan) -> _Meter:
        meter = self._meters.get(name)
        if meter is None:
            record = self._records.pop(name, NEVER_USED)

            def changed(use: KeyUse) -> None:
                self._changed[use] = name

            use = KeyUse(plan.quota, record, self._clock.now(), changed)
            meter = self._meters[name] = _Meter(use)
        return meter

    def _is_metered(self, name: UseKey, use: KeyUse) -> bool:
        meter = self._meters.get(name)
        return meter is not None and meter.use is use
