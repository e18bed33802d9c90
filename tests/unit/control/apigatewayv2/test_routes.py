"""Routes: "Create routes for HTTP APIs in API Gateway" and the Route resource in the API reference."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gatewright.base.errors import AwsError
from tests.unit.control.apigatewayv2.calls import Calls

FORM = (
    "The provided route key is not formatted properly for HTTP protocol. "
    'Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"'
)


def test_create_route_answers_with_the_defaults(calls: Calls, api_id: str) -> None:
    target = f"integrations/{calls.integration(api_id)['IntegrationId']}"
    route = calls.route(api_id, "GET /pets/{id}", Target=target, OperationName="getPet")
    assert route == {
        "ApiKeyRequired": False,
        "AuthorizationType": "NONE",
        "OperationName": "getPet",
        "RouteId": route["RouteId"],
        "RouteKey": "GET /pets/{id}",
        "Target": target,
    }
    assert len(route["RouteId"]) == 7
    assert calls("GetRoute", ApiId=api_id, RouteId=route["RouteId"]) == route
    assert calls("GetRoutes", ApiId=api_id) == {"Items": [route]}


@pytest.mark.parametrize(
    "route_key",
    [
        "$default",
        "GET /",
        "ANY /{proxy+}",
        "POST /pets/dog/1",
        "DELETE /pets/{petId}/toys/{toy-id}",
        "PATCH /files/{name.ext}/{proxy+}",
        "HEAD /a/",
        "OPTIONS /a%20b/~c/@d",
        "PUT /é",
    ],
)
def test_route_keys(calls: Calls, api_id: str, route_key: str) -> None:
    assert calls.route(api_id, route_key)["RouteKey"] == route_key


@pytest.mark.parametrize(
    "route_key",
    [
        "GET",
        "/pets",
        "GET pets",
        "GET/pets",
        "FETCH /pets",
        "TRACE /pets",
        "get /pets",
        " GET /pets",
        "GET  /pets",
        "GET /pets ",
        "GET /a b",
        "GET /a\tb",
        "GET /a\nb",
        "$connect",
        "GET $default",
        "GET /{proxy+}/more",
        "GET /{}",
        "GET /{+}",
        "GET /{a",
        "GET /a}",
        "GET /x{a}",
        "GET /{a}{b}",
        "GET /{a b}",
        "GET /{a++}",
        "GET /" + "a" * 1024,
    ],
)
def test_route_keys_that_are_none(calls: Calls, api_id: str, route_key: str) -> None:
    error = calls.error("CreateRoute", ApiId=api_id, RouteKey=route_key)
    assert (error.code, error.message) == ("BadRequestException", FORM)


def test_an_empty_route_key(calls: Calls, api_id: str) -> None:
    error = calls.error("CreateRoute", ApiId=api_id, RouteKey="")
    assert (error.code, error.message) == ("BadRequestException", "Route key is required")


def test_a_path_parameter_is_named_once(calls: Calls, api_id: str) -> None:
    error = calls.error("CreateRoute", ApiId=api_id, RouteKey="GET /a/{id}/b/{id}")
    assert error.message == "The provided route key has the path parameter id more than once"


def test_a_route_key_is_unique(calls: Calls, api_id: str) -> None:
    calls.route(api_id, "GET /pets")
    error = calls.error("CreateRoute", ApiId=api_id, RouteKey="GET /pets")
    assert (error.code, error.status) == ("ConflictException", 409)
    assert error.message == "Route with key GET /pets already exists for this API"
    calls.route(calls.api(), "GET /pets")


def test_route_keys_that_match_the_same_requests_conflict(calls: Calls, api_id: str) -> None:
    calls.route(api_id, "GET /orgs/{orgId}/stages/{stageId}")
    error = calls.error("CreateRoute", ApiId=api_id, RouteKey="GET /orgs/{orgId}/stages/{stage_id}")
    assert error.code == "ConflictException"
    assert error.message == (
        'The provided route key "GET /orgs/{orgId}/stages/{stage_id}" has a conflicting variable on the same '
        'hierarchical level as "GET /orgs/{orgId}/stages/{stageId}"'
    )
    for allowed in ("POST /orgs/{o}/stages/{s}", "GET /orgs/{o}", "GET /orgs/{o}/stages/{s+}", "GET /orgs/x/stages/y"):
        calls.route(api_id, allowed)


def test_update_route_changes_only_what_is_sent(calls: Calls, api_id: str) -> None:
    target = f"integrations/{calls.integration(api_id)['IntegrationId']}"
    route = calls.route(api_id, "GET /a", Target=target, OperationName="a")
    update = {"ApiId": api_id, "RouteId": route["RouteId"]}

    assert calls("UpdateRoute", **update, RouteKey="GET /b") == {**route, "RouteKey": "GET /b"}
    assert calls("UpdateRoute", **update, OperationName="b")["OperationName"] == "b"
    cleared = calls("UpdateRoute", **update, Target="", OperationName="")
    assert not {"Target", "OperationName"} & cleared.keys()
    assert calls("GetRoute", **update) == cleared
    # Its own key is no conflict.
    calls("UpdateRoute", **update, RouteKey="GET /b")
    calls.route(api_id, "GET /c")
    assert calls.error("UpdateRoute", **update, RouteKey="GET /c").code == "ConflictException"


@pytest.mark.parametrize(
    ("target", "code", "message"),
    [
        ("integrations/nosuch1", "NotFoundException", "Invalid Integration identifier specified"),
        ("integrations/", "NotFoundException", "Invalid Integration identifier specified"),
        ("integrations/a/b", "NotFoundException", "Invalid Integration identifier specified"),
        ("nosuch1", "BadRequestException", "Invalid target specified: nosuch1."),
    ],
)
def test_a_target_must_be_an_integration_of_the_api(
    calls: Calls, api_id: str, target: str, code: str, message: str
) -> None:
    error = calls.error("CreateRoute", ApiId=api_id, RouteKey="GET /", Target=target)
    assert error.code == code
    assert error.message.startswith(message)


def test_the_target_of_another_api_is_none(calls: Calls, api_id: str) -> None:
    foreign = calls.integration(calls.api())["IntegrationId"]
    error = calls.error("CreateRoute", ApiId=api_id, RouteKey="GET /", Target=f"integrations/{foreign}")
    assert error.code == "NotFoundException"


@pytest.mark.parametrize(
    ("members", "code", "named"),
    [
        ({"AuthorizationType": "JWT"}, "NotImplemented", "AuthorizationType JWT"),
        ({"AuthorizationType": "AWS_IAM"}, "NotImplemented", "AuthorizationType AWS_IAM"),
        ({"AuthorizationType": "CUSTOM"}, "NotImplemented", "AuthorizationType CUSTOM"),
        ({"AuthorizerId": "abc1234"}, "NotImplemented", "AuthorizerId"),
        ({"AuthorizationScopes": ["read"]}, "NotImplemented", "AuthorizationScopes"),
        ({"ApiKeyRequired": True}, "BadRequestException", "ApiKeyRequired"),
        ({"ModelSelectionExpression": "x"}, "BadRequestException", "ModelSelectionExpression"),
        ({"RequestModels": {"a": "b"}}, "BadRequestException", "RequestModels"),
        (
            {"RequestParameters": {"route.request.header.a": {"Required": True}}},
            "BadRequestException",
            "RequestParameters",
        ),
        ({"RouteResponseSelectionExpression": "$default"}, "BadRequestException", "RouteResponseSelectionExpression"),
        ({"OperationName": "o" * 65}, "BadRequestException", "OperationName"),
    ],
)
def test_options_that_are_refused_by_name(
    calls: Calls, api_id: str, members: dict[str, Any], code: str, named: str
) -> None:
    route = calls.route(api_id, "GET /")
    for operation, key in (("CreateRoute", {"RouteKey": "GET /a"}), ("UpdateRoute", {"RouteId": route["RouteId"]})):
        error = calls.error(operation, ApiId=api_id, **key, **members)
        assert error.code == code
        assert named in error.message


def test_options_that_say_nothing_are_taken(calls: Calls, api_id: str) -> None:
    # Terraform sends these for every route.
    route = calls.route(
        api_id,
        "GET /",
        ApiKeyRequired=False,
        AuthorizationType="NONE",
        AuthorizationScopes=[],
        AuthorizerId="",
        RequestParameters={},
    )
    assert route.keys() == {"ApiKeyRequired", "AuthorizationType", "RouteId", "RouteKey"}


def test_delete_route(calls: Calls, api_id: str) -> None:
    route = calls.route(api_id, "GET /")
    assert calls("DeleteRoute", ApiId=api_id, RouteId=route["RouteId"]) == {}
    for operation in ("GetRoute", "UpdateRoute", "DeleteRoute"):
        error = calls.error(operation, ApiId=api_id, RouteId=route["RouteId"])
        assert (error.code, error.message) == ("NotFoundException", "Invalid Route identifier specified")


def test_delete_route_request_parameter_finds_none(calls: Calls, api_id: str) -> None:
    route = calls.route(api_id, "GET /")
    request = {"ApiId": api_id, "RequestParameterKey": "route.request.header.a"}
    error = calls.error("DeleteRouteRequestParameter", **request, RouteId=route["RouteId"])
    assert (error.code, error.message) == ("NotFoundException", "Invalid request parameter key specified")
    assert calls.error("DeleteRouteRequestParameter", **request, RouteId="x").message.startswith("Invalid Route")


def test_300_routes_per_api(calls: Calls, api_id: str) -> None:
    # "Quotas for configuring and running an HTTP API in API Gateway".
    for number in range(300):
        calls.route(api_id, f"GET /{number}")
    error = calls.error("CreateRoute", ApiId=api_id, RouteKey="GET /more")
    assert (error.code, error.status) == ("TooManyRequestsException", 429)
    assert error.message.startswith("Maximum number of Routes for this API has been reached.")


def test_of_several_at_once_one_takes_the_route_key(calls: Calls, api_id: str) -> None:
    def create(_: int) -> str:
        try:
            calls.route(api_id, "GET /")
        except AwsError as error:
            return error.code
        return "created"

    with ThreadPoolExecutor(8) as threads:
        outcomes = sorted(threads.map(create, range(8)))
    assert outcomes == ["ConflictException"] * 7 + ["created"]
