"""API keys and usage plans at run time."""

import sys
from types import MappingProxyType
from typing import Any

from gatewright.gateway.rest_apis.quota import NEVER_USED, DayUse, UseRecord, day_of
from gatewright.gateway.rest_apis.usage_plans import PlaceKey, TakeResult, UsageGrant, UsagePlanDirectory
from gatewright.snapshot.compile_usage_plan import members_of
from gatewright.snapshot.types.usage_plan import (
    ApiKey,
    ApiStageId,
    QuotaSettings,
    ThrottleSettings,
    UsagePlan,
    UsagePlans,
)
from tests.unit.gateway.fakes import ACCOUNT, API_ID, REGION, FakeClock

OK, THROTTLED, QUOTA_EXCEEDED = TakeResult.OK, TakeResult.THROTTLED, TakeResult.QUOTA_EXCEEDED
PLACE = (ACCOUNT, REGION)
PROD: ApiStageId = (API_ID, "prod")
DEV: ApiStageId = (API_ID, "dev")


def api_key(key_id: str = "k1", *, is_enabled: bool = True) -> ApiKey:
    return ApiKey(key_id, f"value-of-{key_id}", "customer", is_enabled)


def plan(
    plan_id: str = "p1",
    *stages: ApiStageId,
    throttle: ThrottleSettings | None = None,
    quota: QuotaSettings | None = None,
    methods: dict[str, ThrottleSettings] | None = None,
    key_ids: tuple[str, ...] = ("k1",),
) -> UsagePlan:
    api_stages = {stage: MappingProxyType(methods or {}) for stage in stages or (PROD,)}
    return UsagePlan(plan_id, *PLACE, throttle, quota, MappingProxyType(api_stages), frozenset(key_ids))


def plans(*all_plans: UsagePlan, keys: tuple[ApiKey, ...] = (api_key(),)) -> dict[PlaceKey, UsagePlans]:
    by_id = {each.plan_id: each for each in all_plans}
    by_key_id = {key.key_id: key for key in keys}
    members = members_of(by_key_id, by_id)
    return {PLACE: UsagePlans(*PLACE, MappingProxyType(by_key_id), MappingProxyType(by_id), members)}


class Served:
    """A directory with what it serves."""

    def __init__(self, *all_plans: UsagePlan, keys: tuple[ApiKey, ...] = (api_key(),)) -> None:
        self.clock = FakeClock()
        self.directory = UsagePlanDirectory(self.clock)
        self.directory.swap(plans(*all_plans, keys=keys))

    def swap(self, *all_plans: UsagePlan, keys: tuple[ApiKey, ...] = (api_key(),)) -> None:
        self.directory.swap(plans(*all_plans, keys=keys))

    def find(self, key_id: str = "k1", stage: ApiStageId = PROD) -> UsageGrant | None:
        return self.directory.find(*PLACE, *stage, f"value-of-{key_id}")

    def take(self, times: int, key_id: str = "k1", stage: ApiStageId = PROD, method: str = "/pets/GET") -> list[str]:
        grants = [self.find(key_id, stage) for _ in range(times)]
        return [grant.take(method).value if grant else "FORBIDDEN" for grant in grants]


def test_a_key_of_the_plan_may_call_its_stages() -> None:
    """ "Usage plans and API keys for REST APIs in API Gateway"."""
    served = Served(plan("p1", PROD))
    grant = served.find()
    assert grant is not None
    assert grant.key == api_key()
    assert grant.take("/pets/GET") is OK
    assert served.find(stage=DEV) is None
    assert served.find(stage=("other", "prod")) is None


def test_others_may_not() -> None:
    """ "Gateway response types for API Gateway": INVALID_API_KEY is for unknown and disabled keys alike."""
    keys = (api_key("k1"), api_key("off", is_enabled=False), api_key("planless"))
    served = Served(plan(key_ids=("k1", "off")), keys=keys)
    assert served.find("off") is None
    assert served.find("planless") is None
    assert served.find("unknown") is None
    assert served.directory.find(*PLACE, *PROD, "") is None
    assert served.directory.find("210987654321", REGION, *PROD, "value-of-k1") is None
    assert served.directory.find(ACCOUNT, "eu-west-1", *PROD, "value-of-k1") is None
    assert served.directory.find(*PLACE, *PROD, "VALUE-OF-K1") is None


def test_the_stage_picks_the_plan() -> None:
    """ "For each API stage, a given API key can only be associated with one usage plan"."""
    served = Served(
        plan("p1", PROD, quota=QuotaSettings(1, 0, "DAY")), plan("p2", DEV, quota=QuotaSettings(2, 0, "DAY"))
    )
    assert served.take(2, stage=PROD) == ["OK", "QUOTA_EXCEEDED"]
    assert served.take(3, stage=DEV) == ["OK", "OK", "QUOTA_EXCEEDED"]


def test_limits_are_for_each_key_over_all_stages_of_a_plan() -> None:
    """ "aggregated across all API stages within a usage plan"."""
    settings = ThrottleSettings(1.0, 2)
    keys = (api_key("k1"), api_key("k2"))
    served = Served(plan("p1", PROD, DEV, throttle=settings, key_ids=("k1", "k2")), keys=keys)
    assert served.take(1, stage=PROD) + served.take(2, stage=DEV) == ["OK", "OK", "THROTTLED"]
    assert served.take(1, "k2") == ["OK"]
    served = Served(plan("p1", PROD, DEV, quota=QuotaSettings(2, 0, "DAY"), key_ids=("k1", "k2")), keys=keys)
    assert served.take(1, stage=PROD) + served.take(2, stage=DEV) == ["OK", "OK", "QUOTA_EXCEEDED"]
    assert served.take(1, "k2") == ["OK"]


def test_a_throttle_fills_again() -> None:
    """ "Throttle requests to your REST APIs for better throughput in API Gateway"."""
    served = Served(plan(throttle=ThrottleSettings(2.0, 1)))
    assert served.take(2) == ["OK", "THROTTLED"]
    served.clock.seconds += 0.5
    assert served.take(2) == ["OK", "THROTTLED"]


def test_a_method_has_a_throttle_of_its_own_beside_the_plans() -> None:
    """ "Configure method-level throttling targets in a usage plan"."""
    served = Served(plan(throttle=ThrottleSettings(1.0, 3), methods={"/pets/GET": ThrottleSettings(1.0, 1)}))
    assert served.take(2) == ["OK", "THROTTLED"]
    assert served.take(3, method="/pets/POST") == ["OK", "OK", "THROTTLED"], "what was throttled took no token here"


def test_a_throttle_of_a_method_is_the_stages() -> None:
    served = Served(plan("p1", PROD, DEV, methods={"/pets/GET": ThrottleSettings(1.0, 1)}))
    assert served.take(2, stage=PROD) == ["OK", "THROTTLED"]
    assert served.take(2, stage=DEV) == ["OK", "THROTTLED"]


def test_what_is_not_set_is_the_accounts() -> None:
    """ "Amazon API Gateway quotas": 10,000 requests per second, burst of 5,000."""
    assert set(Served(plan(throttle=ThrottleSettings(None, None))).take(6000)) == {"OK"}
    assert Served(plan(throttle=ThrottleSettings(1.0, None))).take(5001)[4999:] == ["OK", "THROTTLED"]
    assert Served(plan(throttle=ThrottleSettings(None, 2))).take(3) == ["OK", "OK", "THROTTLED"]
    assert Served(plan(throttle=ThrottleSettings(0.0, 0))).take(1) == ["THROTTLED"]


def test_a_throttled_request_is_not_counted() -> None:
    served = Served(plan(throttle=ThrottleSettings(1.0, 1), quota=QuotaSettings(2, 0, "DAY")))
    assert served.take(5) == ["OK", *["THROTTLED"] * 4]
    served.clock.seconds += 1
    assert served.take(1) == ["OK"]
    served.clock.seconds += 1
    assert served.take(1) == ["QUOTA_EXCEEDED"]


def test_a_swap_keeps_tokens_and_counts() -> None:
    limits = {"throttle": ThrottleSettings(1.0, 3), "methods": {"/pets/GET": ThrottleSettings(1.0, 2)}}
    served = Served(plan(**limits, quota=QuotaSettings(9, 0, "DAY")))
    assert served.take(1) == ["OK"]
    served.swap(plan("p1", PROD, DEV, **limits, quota=QuotaSettings(9, 0, "DAY")))
    assert served.take(2) == ["OK", "THROTTLED"]
    assert served.take(2, method="/pets/PUT") == ["OK", "THROTTLED"]
    assert used(served) == 3


def test_a_new_limit_begins_full_and_keeps_the_count() -> None:
    served = Served(plan(throttle=ThrottleSettings(1.0, 2), quota=QuotaSettings(9, 0, "DAY")))
    assert served.take(3) == ["OK", "OK", "THROTTLED"]
    served.swap(plan(throttle=ThrottleSettings(1.0, 5), quota=QuotaSettings(3, 0, "DAY")))
    assert served.take(2) == ["OK", "QUOTA_EXCEEDED"]


def test_a_throttle_that_is_removed_and_set_again_begins_full() -> None:
    served = Served(plan(throttle=ThrottleSettings(1.0, 1), methods={"/pets/GET": ThrottleSettings(1.0, 1)}))
    assert served.take(2) == ["OK", "THROTTLED"]
    served.swap(plan())
    assert set(served.take(5)) == {"OK"}
    served.swap(plan(throttle=ThrottleSettings(1.0, 1), methods={"/pets/GET": ThrottleSettings(1.0, 1)}))
    assert served.take(2) == ["OK", "THROTTLED"]


def test_a_swap_of_another_account_touches_nothing() -> None:
    served = Served(plan(throttle=ThrottleSettings(1.0, 1)))
    before = served.find()
    source = plans(plan(throttle=ThrottleSettings(1.0, 1)))
    served.directory.swap(source)
    linked = served.find()
    assert linked is not before
    nothing: MappingProxyType[str, Any] = MappingProxyType({})
    other = {("210987654321", REGION): UsagePlans("210987654321", REGION, nothing, nothing, nothing)}
    served.directory.swap({**source, **other})
    assert served.find() is linked


def test_keys_and_plans_that_are_gone_are_forgotten() -> None:
    """DeleteUsagePlanKey, DeleteUsagePlan, DeleteApiKey ("API Reference", API Gateway)."""
    served = Served(plan(quota=QuotaSettings(1, 0, "DAY")))
    assert served.take(2) == ["OK", "QUOTA_EXCEEDED"]
    in_flight = served.find()
    served.swap(plan(quota=QuotaSettings(1, 0, "DAY"), key_ids=()))
    assert served.find() is None
    assert served.directory.take_changed() == {(*PLACE, "p1", "k1"): None}
    assert in_flight is not None
    assert in_flight.take("/pets/GET") is QUOTA_EXCEEDED, "a request keeps what it started with"
    served.swap(plan(quota=QuotaSettings(1, 0, "DAY")))
    assert served.take(2) == ["OK", "QUOTA_EXCEEDED"], "the key begins anew"
    served.directory.swap({})
    assert served.find() is None


def test_a_key_that_is_disabled_and_enabled_goes_on_as_before() -> None:
    served = Served(plan(quota=QuotaSettings(2, 0, "DAY")))
    assert served.take(1) == ["OK"]
    served.swap(plan(quota=QuotaSettings(2, 0, "DAY")), keys=(api_key(is_enabled=False),))
    assert served.take(1) == ["FORBIDDEN"]
    served.swap(plan(quota=QuotaSettings(2, 0, "DAY")))
    assert served.take(2) == ["OK", "QUOTA_EXCEEDED"]


def test_what_was_kept_is_taken_up() -> None:
    clock = FakeClock()
    today = day_of(clock.now())
    directory = UsagePlanDirectory(
        clock, {(*PLACE, "p1", "k1"): UseRecord({today: DayUse(2, 1)}), (*PLACE, "p0", "k1"): NEVER_USED}
    )
    directory.swap(plans(plan(quota=QuotaSettings(3, 0, "DAY"))))
    grant = directory.find(*PLACE, *PROD, "value-of-k1")
    assert grant is not None
    assert [grant.take("/pets/GET") for _ in range(2)] == [OK, QUOTA_EXCEEDED]
    changed = directory.take_changed()
    assert changed[*PLACE, "p0", "k1"] is None, "the plan is gone"
    assert changed[*PLACE, "p1", "k1"] == UseRecord({today: DayUse(3, 0)})


def test_only_what_changed_is_to_be_kept() -> None:
    keys = (api_key("k1"), api_key("k2"))
    served = Served(plan(key_ids=("k1", "k2")), keys=keys)
    served.take(3, "k1")
    assert [name[3] for name in served.directory.take_changed()] == ["k1"]
    assert served.directory.take_changed() == {}
    served.take(1, "k2")
    changed = served.directory.take_changed()
    assert [name[3] for name in changed] == ["k2"]
    served.directory.put_back(changed)
    served.take(1, "k2")
    again = served.directory.take_changed()
    assert [record.days[day_of(served.clock.now())].used for record in again.values() if record] == [2]


def test_use_of_one_key_and_of_all() -> None:
    keys = (api_key("k1"), api_key("k2"))
    served = Served(plan(quota=QuotaSettings(5, 0, "DAY"), key_ids=("k1", "k2")), keys=keys)
    served.take(2, "k2")
    uses = {key_id: len(record.days) for key_id, _, record in served.directory.uses((*PLACE, "p1", ""))}
    assert uses == {"k1": 0, "k2": 1}
    assert [use[0] for use in served.directory.uses((*PLACE, "p1", "k2"))] == ["k2"]
    assert served.directory.uses((*PLACE, "p1", "k3")) == []
    assert served.directory.uses((*PLACE, "p2", "")) == []
    assert served.directory.uses(("210987654321", REGION, "p1", "")) == []


def test_remaining_is_set_for_keys_of_the_plan_only() -> None:
    """UpdateUsage, "API Reference", API Gateway."""
    served = Served(plan(quota=QuotaSettings(1, 0, "DAY")))
    assert served.take(2) == ["OK", "QUOTA_EXCEEDED"]
    assert served.directory.set_remaining((*PLACE, "p1", "k1"), 2)
    record = served.directory.take_changed()[*PLACE, "p1", "k1"]
    assert record is not None
    assert record.extension == 2
    assert served.take(3) == ["OK", "OK", "QUOTA_EXCEEDED"]
    assert served.directory.set_remaining((*PLACE, "p1", "k2"), 2) is False


def test_a_million_unknown_keys_leave_nothing_behind() -> None:
    served = Served(plan())
    find = served.directory.find
    for number in range(1000):
        find(*PLACE, *PROD, f"guess{number}")
    before = sys.getallocatedblocks()
    for number in range(1_000_000):
        find(*PLACE, *PROD, f"guess{number}")
        if number % 10 == 0:
            find(*PLACE, API_ID, f"stage{number}", "value-of-k1")
    assert sys.getallocatedblocks() - before < 1000


def used(served: Served) -> int:
    record = served.directory.uses((*PLACE, "p1", "k1"))[0][2]
    return sum(day.used for day in record.days.values())


def test_changes_are_returned_a_few_at_a_time() -> None:
    keys = tuple(api_key(f"k{number}") for number in range(5))
    served = Served(plan(key_ids=tuple(key.key_id for key in keys)), keys=keys)
    for key in keys:
        served.take(1, key.key_id)
    assert [len(served.directory.take_changed(2)) for _ in range(4)] == [2, 2, 1, 0]
