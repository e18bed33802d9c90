"""GetUsage and UpdateUsage in the API reference: what the data plane counted, checked and put in order."""

from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from tests.unit.control.apigateway.calls import Calls
from tests.unit.control.contexts import Contexts


@dataclass
class CountedUsage:
    """Use that was counted before: by key, `[used, remaining]` of each day."""

    days: dict[str, list[list[int]]] = field(default_factory=dict)
    asked: list[tuple[str | None, date, date]] = field(default_factory=list)

    def read(
        self, account_id: str, region: str, plan_id: str, key_id: str | None, start: date, end: date
    ) -> dict[str, list[list[int]]]:
        assert (account_id, region) == ("123456789012", "us-east-1")
        self.asked.append((key_id, start, end))
        return {each: days for each, days in self.days.items() if key_id in (None, each)}

    def set_remaining(self, account_id: str, region: str, plan_id: str, key_id: str, remaining: int) -> None:
        self.days[key_id] = [[0, remaining]]


@pytest.fixture
def counted() -> CountedUsage:
    return CountedUsage()


@pytest.fixture
def calls(contexts: Contexts, counted: CountedUsage) -> Calls:
    calls = Calls(contexts)
    calls.context = replace(calls.context, node=replace(calls.context.node, usage=counted))
    return calls


@pytest.fixture
def plan_id(calls: Calls) -> str:
    return str(calls("CreateUsagePlan", name="basic", quota={"limit": 100, "period": "DAY"})["id"])


def add_key(calls: Calls, plan_id: str) -> str:
    key_id = str(calls("CreateApiKey")["id"])
    calls("CreateUsagePlanKey", usagePlanId=plan_id, keyId=key_id, keyType="API_KEY")
    return key_id


def test_get_usage(calls: Calls, counted: CountedUsage, plan_id: str) -> None:
    first, second = sorted(add_key(calls, plan_id) for _ in range(2))
    counted.days = {second: [[10, 90], [100, 0]], first: [[0, 100], [1, 99]]}
    days = {"startDate": "2016-08-16", "endDate": "2016-08-17"}
    answer = calls("GetUsage", usagePlanId=plan_id, **days)
    assert answer == {
        "usagePlanId": plan_id,
        **days,
        "items": {first: [[0, 100], [1, 99]], second: [[10, 90], [100, 0]]},
    }
    assert list(answer["items"]) == [first, second]
    assert calls("GetUsage", usagePlanId=plan_id, keyId=second, **days)["items"] == {second: counted.days[second]}
    assert counted.asked == [(None, date(2016, 8, 16), date(2016, 8, 17)), (second, *counted.asked[0][1:])]


def test_pages_of_usage(calls: Calls, counted: CountedUsage, plan_id: str) -> None:
    counted.days = {key_id: [[0, 1]] for key_id in ("a", "b", "c")}
    days = {"startDate": "2016-08-16", "endDate": "2016-08-16"}
    page = calls("GetUsage", usagePlanId=plan_id, limit=2, **days)
    rest = calls("GetUsage", usagePlanId=plan_id, limit=2, position=page["position"], **days)
    assert (list(page["items"]), list(rest["items"])) == (["a", "b"], ["c"])
    assert "position" not in rest


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2016-08-17", "2016-08-16"),
        ("20160816", "2016-08-17"),
        ("yesterday", "2016-08-17"),
        ("2016-08-16", "2016-02-30"),
        ("2016-01-01", "2017-01-02"),
    ],
)
def test_dates_that_are_none(calls: Calls, plan_id: str, start: str, end: str) -> None:
    refused = calls.refusal("GetUsage", usagePlanId=plan_id, startDate=start, endDate=end)
    assert refused[0] == "BadRequestException"


def test_usage_of_what_is_not_there(calls: Calls, plan_id: str) -> None:
    days = {"startDate": "2016-08-16", "endDate": "2016-08-17"}
    assert calls("GetUsage", usagePlanId=plan_id, **days)["items"] == {}
    assert calls.refusal("GetUsage", usagePlanId="nosuch", **days) == (
        "NotFoundException",
        "Invalid Usage Plan ID specified",
    )
    assert calls.refusal("GetUsage", usagePlanId=plan_id, keyId="nosuch", **days) == (
        "NotFoundException",
        "Invalid API Key identifier specified",
    )


def test_update_usage(calls: Calls, plan_id: str) -> None:
    # "UpdateUsage" in "Patch operations": `/remaining` grants an extension of the quota.
    where = {"usagePlanId": plan_id, "keyId": add_key(calls, plan_id)}
    today = {"startDate": "2026-01-01", "endDate": "2026-01-01"}
    answer = calls.patch("UpdateUsage", ("replace", "/remaining", "10"), **where)
    assert answer == {"usagePlanId": plan_id, **today, "items": {where["keyId"]: [[0, 10]]}}
    assert calls.patch_refusal("UpdateUsage", ("replace", "/remaining", "-1"), **where)[0] == "BadRequestException"
    assert calls.patch_refusal("UpdateUsage", ("replace", "/used", "1"), **where) == (
        "BadRequestException",
        "Invalid patch path  '/used' specified for op 'replace'. Must be one of: [/remaining]",
    )


def test_a_plan_without_a_quota_has_nothing_to_extend(calls: Calls) -> None:
    plan_id = calls("CreateUsagePlan", name="basic")["id"]
    where = {"usagePlanId": plan_id, "keyId": add_key(calls, plan_id)}
    assert calls.patch_refusal("UpdateUsage", ("replace", "/remaining", "1"), **where)[0] == "BadRequestException"
