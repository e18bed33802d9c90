"""API keys: the ApiKey type in the API reference, "API Gateway API key file format"; recorded answers of AWS."""

import re
from typing import Any

import pytest

from tests.unit.control.apigateway.calls import Calls

START = "2026-01-01T00:00:00Z"
VALUE = "apikey1234abcdefghij0123456789"


def key(calls: Calls, **request: Any) -> dict[str, Any]:
    return calls("CreateApiKey", **request)


def test_create_api_key(calls: Calls) -> None:
    api_key = key(calls, name="mine")
    assert api_key == {
        "id": api_key["id"],
        "value": api_key["value"],
        "name": "mine",
        "enabled": False,
        "createdDate": START,
        "lastUpdatedDate": START,
        "stageKeys": [],
    }
    assert re.fullmatch(r"[a-zA-Z0-9]{40}", api_key["value"])
    assert re.fullmatch(r"[a-z0-9]{10}", api_key["id"])
    assert key(calls)["value"] != api_key["value"]
    assert "name" not in key(calls, name="", value="")


def test_create_api_key_keeps_what_it_is_given(calls: Calls) -> None:
    given = {"value": VALUE, "enabled": True, "description": "d", "customerId": "c", "tags": {"team": "a"}}
    created = key(calls, **given, generateDistinctId=True)
    assert {member: created[member] for member in given} == given


def test_stage_keys(calls: Calls, api_id: str) -> None:
    # "DEPRECATED FOR USAGE PLANS": kept and returned, without effect.
    calls.mock(api_id)
    calls("CreateDeployment", restApiId=api_id, stageName="dev")
    created = key(calls, stageKeys=[{"restApiId": api_id, "stageName": "dev"}])
    assert created["stageKeys"] == [f"{api_id}/dev"]
    changed = calls.patch("UpdateApiKey", ("remove", "/stages", f"{api_id}/dev"), apiKey=created["id"])
    assert changed["stageKeys"] == []
    changed = calls.patch("UpdateApiKey", ("add", "/stages", f"{api_id}/dev"), apiKey=created["id"])
    assert changed["stageKeys"] == [f"{api_id}/dev"]
    refused = calls.refusal("CreateApiKey", stageKeys=[{"restApiId": api_id, "stageName": "x"}])
    assert refused == ("NotFoundException", "Invalid stage identifier specified")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"name": "a" * 1025}, "Invalid API Key name, can be at most 1024 characters."),
        ({"value": "short"}, "API Key value should be at least 20 characters"),
        ({"value": "a" * 129}, "API Key value exceeds maximum size of 128 characters"),
        ({"description": "a" * 125001}, "Invalid API Key description specified."),
    ],
)
def test_keys_that_cannot_be(calls: Calls, members: dict[str, str], message: str) -> None:
    assert calls.refusal("CreateApiKey", **members) == ("BadRequestException", message)


def test_a_value_exists_once(calls: Calls) -> None:
    key(calls, value=VALUE)
    assert calls.refusal("CreateApiKey", value=VALUE) == ("ConflictException", "API Key already exists")


def test_get_api_key(calls: Calls) -> None:
    created = key(calls, name="mine")
    shown = {member: value for member, value in created.items() if member != "value"}
    assert calls("GetApiKey", apiKey=created["id"]) == {**shown, "tags": {}}
    assert calls("GetApiKey", apiKey=created["id"], includeValue=True) == {**created, "tags": {}}
    assert calls("GetApiKeys") == {"items": [shown]}
    assert calls("GetApiKeys", includeValues=True) == {"items": [created]}
    for operation in ("GetApiKey", "UpdateApiKey", "DeleteApiKey"):
        assert calls.refusal(operation, apiKey="nosuch") == (
            "NotFoundException",
            "Invalid API Key identifier specified",
        )


def test_keys_are_listed_by_the_beginning_of_their_name(calls: Calls) -> None:
    first, second = key(calls, name="test-key-1"), key(calls, name="test-key-2", customerId="c")
    found = {"test-key": 2, "TEST-key": 0, "st-key": 0, "test-key-2": 1, "": 2}
    for name, count in found.items():
        assert len(calls("GetApiKeys", nameQuery=name)["items"]) == count
    assert [item["id"] for item in calls("GetApiKeys", customerId="c")["items"]] == [second["id"]]
    page = calls("GetApiKeys", limit=1)
    rest = calls("GetApiKeys", limit=1, position=page["position"])
    assert {page["items"][0]["id"], rest["items"][0]["id"]} == {first["id"], second["id"]}
    assert "position" not in rest
    assert len(calls("GetApiKeys", limit=-1)["items"]) == 2


def test_update_api_key(calls: Calls) -> None:
    # "UpdateApiKey" in "Patch operations".
    created = key(calls, name="old", enabled=True)
    calls.contexts.clock.advance(1)
    changed = calls.patch(
        "UpdateApiKey",
        ("replace", "/name", "new"),
        ("replace", "/enabled", "not-a-boolean"),
        ("replace", "/description", "d"),
        ("replace", "/customerId", "c"),
        apiKey=created["id"],
    )
    assert changed == {
        "id": created["id"],
        "name": "new",
        "description": "d",
        "customerId": "c",
        "enabled": False,
        "createdDate": START,
        "lastUpdatedDate": "2026-01-01T00:00:01Z",
        "stageKeys": [],
        "tags": {},
    }
    assert calls.patch_refusal("UpdateApiKey", ("replace", "/id", "x"), apiKey=created["id"]) == (
        "BadRequestException",
        (
            "Invalid patch path  '/id' specified for op 'replace'. "
            "Must be one of: [/description, /enabled, /name, /customerId]"
        ),
    )
    assert calls.patch_refusal("UpdateApiKey", ("replace", "/description", "a" * 125001), apiKey=created["id"]) == (
        "BadRequestException",
        "Invalid API Key description specified.",
    )


def import_keys(calls: Calls, text: str, **request: Any) -> dict[str, Any]:
    return calls("ImportApiKeys", body=text.encode(), format="csv", **request)


def test_import_api_keys(calls: Calls) -> None:
    plans = [calls("CreateUsagePlan", name=name)["id"] for name in ("a", "b", "c")]
    imported = import_keys(
        calls,
        "Name,key,description,Enabled,usageplanIds,colour\n"
        f"First,{VALUE}1,An imported key,TRUE,{plans[0]},red\n"
        f'Second,{VALUE}2,,false,"{plans[0]},{plans[1]}",\n'
        f"Third,{VALUE}3,,,'{plans[1]},{plans[2]}',blue\n"
        "\n",
    )
    assert imported.keys() == {"ids"}
    shown = [calls("GetApiKey", apiKey=key_id, includeValue=True) for key_id in imported["ids"]]
    assert [(item["name"], item["value"], item.get("description"), item["enabled"]) for item in shown] == [
        ("First", f"{VALUE}1", "An imported key", True),
        ("Second", f"{VALUE}2", None, False),
        ("Third", f"{VALUE}3", None, True),
    ]
    first, second, third = imported["ids"]
    for plan, keys in zip(plans, ({first, second}, {second, third}, {third}), strict=True):
        assert {item["id"] for item in calls("GetUsagePlanKeys", usagePlanId=plan)["items"]} == keys


def test_a_key_is_imported_again(calls: Calls) -> None:
    # "The same API key can be imported multiple times, with the most recent version overwriting the previous one."
    created = key(calls, value=VALUE, name="old", description="old", customerId="c")
    assert import_keys(calls, f"Key,name\n{VALUE},new\n{VALUE},newer") == {"ids": [created["id"]] * 2}
    changed = calls("GetApiKey", apiKey=created["id"])
    assert (changed["name"], changed["enabled"], changed["customerId"]) == ("newer", True, "c")
    assert "description" not in changed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Missing required column 'Key'"),
        ("/tmp/apikey.csv", "Missing required column 'Key'"),
        (f"Key\n{VALUE}", "Missing required column 'Name'"),
    ],
)
def test_files_that_are_none(calls: Calls, text: str, message: str) -> None:
    refused = calls.refusal("ImportApiKeys", body=text.encode(), format="csv")
    assert refused == ("BadRequestException", message)


def test_lines_that_are_wrong_are_warnings(calls: Calls) -> None:
    text = f"key,name,usageplanids\nshort,a,\n{VALUE},b,nosuch\n"
    refused = calls.refusal("ImportApiKeys", body=text.encode(), format="csv", failOnWarnings=True)
    assert refused[0] == "BadRequestException"
    assert calls("GetApiKeys") == {"items": []}
    imported = import_keys(calls, text)
    assert len(imported["ids"]) == 1
    assert imported["warnings"] == [
        "Line 2: API Key value should be at least 20 characters",
        "Line 3: Invalid Usage Plan ID specified: nosuch",
    ]
