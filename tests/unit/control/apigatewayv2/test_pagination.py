"""Pages: MaxResults and NextToken of the Get operations in the API reference."""

from typing import Any

import pytest

from tests.unit.control.apigatewayv2.calls import Calls


def pages(calls: Calls, operation: str, **request: Any) -> list[list[dict[str, Any]]]:
    page = calls(operation, **request)
    found = [page["Items"]]
    while "NextToken" in page:
        page = calls(operation, **request, NextToken=page["NextToken"])
        found.append(page["Items"])
    return found


def test_25_items_unless_asked_otherwise(calls: Calls, api_id: str) -> None:
    keys = {calls.route(api_id, f"GET /{number}")["RouteKey"] for number in range(60)}
    found = pages(calls, "GetRoutes", ApiId=api_id)
    assert [len(page) for page in found] == [25, 25, 10]
    assert {route["RouteKey"] for page in found for route in page} == keys
    assert [len(page) for page in pages(calls, "GetRoutes", ApiId=api_id, MaxResults="500")] == [60]


def test_apis_have_pages(calls: Calls) -> None:
    ids = sorted(calls.api() for _ in range(5))
    found = pages(calls, "GetApis", MaxResults="2")
    assert [[api["ApiId"] for api in page] for page in found] == [ids[:2], ids[2:4], ids[4:]]


@pytest.mark.parametrize("operation", ["GetRoutes", "GetIntegrations", "GetStages", "GetDeployments"])
def test_parts_have_pages(calls: Calls, api_id: str, operation: str) -> None:
    for made in (api_id, calls.api()):
        for number in range(5):
            calls.integration(made)
            calls.route(made, f"GET /{number}")
            calls("CreateStage", ApiId=made, StageName=f"stage{number}")
            calls("CreateDeployment", ApiId=made)
    found = pages(calls, operation, ApiId=api_id, MaxResults="2")
    assert [len(page) for page in found] == [2, 2, 1]
    assert pages(calls, operation, ApiId=api_id, MaxResults="5") == [[item for page in found for item in page]]


def test_a_page_survives_what_happens_between(calls: Calls, api_id: str) -> None:
    ids = sorted(calls.route(api_id, f"GET /{number}")["RouteId"] for number in range(6))
    first = calls("GetRoutes", ApiId=api_id, MaxResults="3")
    calls("DeleteRoute", ApiId=api_id, RouteId=ids[2])
    rest = calls("GetRoutes", ApiId=api_id, NextToken=first["NextToken"])
    assert [route["RouteId"] for route in first["Items"]] == ids[:3]
    assert [route["RouteId"] for route in rest["Items"]] == ids[3:]


@pytest.mark.parametrize("value", ["0", "-1", "x", "1.5", "²", "9" * 40])
def test_page_sizes_that_are_none(calls: Calls, value: str) -> None:
    error = calls.error("GetApis", MaxResults=value)
    assert error.code == "BadRequestException"
    assert error.message.startswith(f"Invalid value specified for maxResults: {value}.")


def test_tokens_belong_to_their_listing(calls: Calls, api_id: str) -> None:
    for number in range(3):
        calls.route(api_id, f"GET /{number}")
    token = calls("GetRoutes", ApiId=api_id, MaxResults="1")["NextToken"]
    for request in ({"ApiId": calls.api()}, {"ApiId": api_id, "MaxResults": "1"}):
        forged = token if len(request) == 1 else f"{token}x"
        error = calls.error("GetRoutes", **request, NextToken=forged)
        assert (error.code, error.message) == ("BadRequestException", "Invalid nextToken specified")
