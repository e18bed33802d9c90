"""REST APIs over fakes: from a request to the response, phase by phase.

Sources: "Invoke REST APIs in API Gateway", "Lambda proxy integrations in API Gateway", "Gateway response types for API
Gateway", "Throttle requests to your REST APIs for better throughput in API Gateway", "Set up an API Gateway canary
release deployment"; "Amazon API Gateway important notes" for what is no part of a path.
"""

import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from gatewright.base.messages import Response
from gatewright.functions.errors import TooManyRequests
from gatewright.snapshot.types.rest_api import RestCanary, RestMethodSettings, RestStage
from tests.unit.gateway.fakes import (
    ROLE_ARN,
    Gateway,
    never,
    policy_for,
    qualified_function,
    read,
    request,
    role,
    snapshot,
)
from tests.unit.gateway.rest_apis.rest_api import (
    STAGE,
    deployment,
    integration,
    method,
    mock,
    outcome,
    resource,
    rest_api,
    stage,
)


def serving(*stages: RestStage, answer: Any = None, **changes: Any) -> Gateway:
    gateway = Gateway({"statusCode": 200, "body": "hello"} if answer is None else answer)
    gateway.link(snapshot(rest_api(*stages), **changes))
    return gateway


def settings(**changes: Any) -> RestMethodSettings:
    members: dict[str, Any] = {
        "throttling_rate_limit": None,
        "throttling_burst_limit": None,
        "is_caching_enabled": False,
        "cache_ttl_seconds": 300,
        "requires_cache_control_authorization": True,
        "unauthorized_cache_control": "SUCCEED_WITH_RESPONSE_HEADER",
    }
    return RestMethodSettings(**{**members, **changes})


def error_of(response: Response) -> tuple[int, str, str | None]:
    return response.status, json.loads(response.body)["message"], response.headers.get("x-amzn-errortype")  # type: ignore[arg-type]


FORBIDDEN = (403, "Forbidden", "ForbiddenException")
UNMATCHED = (403, "Missing Authentication Token", "MissingAuthenticationTokenException")
INTERNAL = "Internal server error"


async def test_a_method_of_a_stage_is_served_and_named() -> None:
    gateway = serving(stage(resource("/pets/{petId}", method("GET"))))
    response = await gateway.get("/prod/pets/7?x=1")
    assert (response.status, response.body) == (200, b"hello")
    event = gateway.invoker.events[0]
    assert (event["resource"], event["path"], event["pathParameters"]) == ("/pets/{petId}", "/pets/7", {"petId": "7"})
    context = event["requestContext"]
    assert (context["stage"], context["path"], context["deploymentId"]) == (STAGE, "/prod/pets/7", "dep1")
    assert response.headers.get("x-amzn-requestid") == context["requestId"]
    assert response.headers.get("x-amz-apigw-id") == context["extendedRequestId"]
    assert (
        response.headers.get(
            "x-amzn-trace-id",
        )
        is not None
    )


@pytest.mark.parametrize(
    ("target", "expected"),
    [("/other/pets", FORBIDDEN), ("/", FORBIDDEN), ("/prod/nothing", UNMATCHED), ("/prod", UNMATCHED)],
)
async def test_what_is_not_there(target: str, expected: tuple[int, str, str]) -> None:
    assert error_of(await serving(stage(resource("/pets", method("GET")))).get(target)) == expected


async def test_a_disabled_endpoint_is_forbidden() -> None:
    """ "Disable the default endpoint for REST APIs": 403 Forbidden."""
    gateway = serving(stage(resource("/pets", method("GET")), is_endpoint_disabled=True))
    assert error_of(await gateway.get("/prod/pets")) == FORBIDDEN


@pytest.mark.parametrize(
    ("http_method", "target", "found"),
    [
        ("POST", "/prod/test", "POST /test"),
        ("OPTIONS", "/prod/test", "OPTIONS /{proxy+}"),
        ("GET", "/prod/test/any", "ANY /test/any"),
        ("GET", "/prod/test/any/", "ANY /test/any"),
        ("GET", "/prod//test/any", "ANY /test/any"),
        ("OPTIONS", "/prod/a/b/c/", "OPTIONS /{proxy+}"),
    ],
)
async def test_resource_match(http_method: str, target: str, found: str) -> None:
    """Recorded: localstack test_apigateway_common.py, TestProxyRouting; slashes at the ends count nothing."""
    resources = [
        resource("/test", method("POST", mock("POST /test"))),
        resource("/test/any", method("ANY", mock("ANY /test/any"))),
        resource("/{proxy+}", method("OPTIONS", mock("OPTIONS /{proxy+}"))),
    ]
    response = await serving(stage(*resources)).send(request(http_method, target))
    assert (response.status, response.body) == (200, found.encode())


async def test_a_function_that_fails_is_a_bad_gateway() -> None:
    gateway = serving(stage(resource("/pets", method("GET"))))
    gateway.invoker.function_error = "Unhandled"
    assert error_of(await gateway.get("/prod/pets")) == (502, INTERNAL, "InternalServerErrorException")


@pytest.mark.parametrize("answer", ["text", {"statusCode": "x"}, {"statusCode": 200, "body": {"a": 1}}, b"no json"])
async def test_a_result_that_is_no_response_is_a_bad_gateway(answer: Any) -> None:
    gateway = serving(stage(resource("/pets", method("GET"))), answer=answer)
    assert error_of(await gateway.get("/prod/pets")) == (502, INTERNAL, "InternalServerErrorException")


async def test_a_throttled_function_is_an_internal_error() -> None:
    gateway = serving(stage(resource("/pets", method("GET"))), answer=TooManyRequests("ReservedFunctionConcurrent"))
    assert error_of(await gateway.get("/prod/pets"))[:2] == (500, INTERNAL)


async def test_a_function_that_takes_too_long_times_out() -> None:
    gateway = serving(stage(resource("/pets", method("GET", integration(timeout_ms=50)))), answer=never())
    expected = (504, "Endpoint request timed out", "InternalServerErrorException")
    assert error_of(await gateway.get("/prod/pets")) == expected


async def test_a_function_that_may_not_be_invoked() -> None:
    function = qualified_function(policy_for("other/*"))
    gateway = serving(stage(resource("/pets", method("GET"))), functions=[function])
    assert error_of(await gateway.get("/prod/pets"))[:2] == (500, INTERNAL)
    assert gateway.invoker.events == []


async def test_permission_is_by_stage_method_and_path() -> None:
    """ "ARN format reference for API Gateway resources": an ANY method may be granted for one HTTP method."""
    function = qualified_function(policy_for("mnh1xmpli7/prod/GET/pets/{petId}"))
    gateway = serving(stage(resource("/pets/{petId}", method("ANY"))), functions=[function])
    assert (await gateway.get("/prod/pets/1")).status == 200
    assert (await gateway.send(request("POST", "/prod/pets/1"))).status == 500


async def test_a_role_takes_the_place_of_the_policy() -> None:
    function = qualified_function(policy_for("other/*"))
    target = integration(credentials=ROLE_ARN)
    gateway = serving(stage(resource("/pets", method("GET", target))), functions=[function])
    assert (await gateway.get("/prod/pets")).status == 200


async def test_a_role_that_api_gateway_must_not_assume(caplog: pytest.LogCaptureFixture) -> None:
    """Execution logs, such as those in zappa/Zappa issue 63; a role may be trusted after the API that names it."""
    roles = [role(service="lambda.amazonaws.com")]
    target = integration(credentials="arn:aws:iam::123456789012:role/${stageVariables.role}")
    api = rest_api(stage(resource("/pets", method("GET", target)), variables={"role": "service-role/gateway"}))
    gateway = serving(roles=roles)
    gateway.link(snapshot(api, roles=roles))
    with caplog.at_level(logging.WARNING):
        assert error_of(await gateway.get("/prod/pets"))[:2] == (500, INTERNAL)
    assert f"API Gateway does not have permission to assume the provided role {ROLE_ARN}: " in caplog.text
    gateway.link(snapshot(api, revision=2))
    assert (await gateway.get("/prod/pets")).status == 200


async def test_a_mock_has_no_use_for_a_role() -> None:
    """PutIntegration, credentials: "Specifies the credentials required for the integration"."""
    target = mock(credentials="arn:aws:iam::123456789012:role/nobody")
    gateway = serving(stage(resource("/pets", method("GET", target))))
    assert (await gateway.get("/prod/pets")).status == 200


async def test_the_callers_own_credentials_need_a_caller() -> None:
    """PutIntegration, credentials: `arn:aws:iam::*:user/*` passes the caller's identity through."""
    target = integration(credentials="arn:aws:iam::*:user/*")
    gateway = serving(stage(resource("/pets", method("GET", target))))
    assert error_of(await gateway.get("/prod/pets"))[:2] == (500, INTERNAL)
    assert gateway.invoker.events == []


async def test_stage_variables_name_the_function() -> None:
    uri = integration().uri.replace("my-function", "${stageVariables.fn}")
    gateway = serving(stage(resource("/pets", method("GET", integration(uri=uri))), variables={"fn": "my-function"}))
    assert (await gateway.get("/prod/pets")).status == 200
    assert gateway.invoker.events[0]["stageVariables"] == {"fn": "my-function"}


async def test_throttles_of_stage_and_method() -> None:
    stages = stage(
        resource("/a", method("GET", mock())),
        resource("/b", method("GET", mock())),
        method_settings={"*/*": settings(throttling_burst_limit=1, throttling_rate_limit=1.0), "b/GET": settings()},
    )
    gateway = serving(stages)
    assert [(await gateway.get("/prod/a")).status for _ in range(2)] == [200, 429]
    assert error_of(await gateway.get("/prod/a")) == (429, "Too Many Requests", "TooManyRequestsException")
    assert [(await gateway.get("/prod/b")).status for _ in range(3)] == [200, 200, 200]
    gateway.link(snapshot(rest_api(stages), revision=2))
    assert (await gateway.get("/prod/a")).status == 429, "a new link keeps the tokens"
    gateway.clock.seconds += 1
    assert (await gateway.get("/prod/a")).status == 200


async def test_a_canary_has_its_share_variables_and_cache() -> None:
    shown = "$context.isCanaryRequest $stageVariables.v"
    stages = stage(resource("/a", method("GET", mock(shown))), variables={"v": "stage"})
    canary = RestCanary(100.0, deployment(resource("/a", method("GET", mock(shown)))), {"v": "canary"}, False)
    assert (await serving(stages).get("/prod/a")).body == b" stage"
    assert (await serving(replace(stages, canary=canary)).get("/prod/a")).body == b"true canary"
    idle = replace(canary, percent_traffic=0.0)
    assert (await serving(replace(stages, canary=idle)).get("/prod/a")).body == b"false stage"


async def test_a_cached_method_answers_from_its_cache_until_it_is_flushed() -> None:
    """ "Cache settings for REST APIs in API Gateway"."""
    target = mock("$context.requestId", cache_key_parameters=("method.request.querystring.q",))
    stages = stage(
        resource("/a", method("GET", target), method("POST", target)),
        is_cache_enabled=True,
        method_settings={"*/*": settings(is_caching_enabled=True, cache_ttl_seconds=60)},
    )
    gateway = serving(stages)
    first = (await gateway.get("/prod/a?q=1")).body
    assert (await gateway.get("/prod/a?q=1&other=2")).body == first
    assert (await gateway.get("/prod/a?q=2")).body != first
    posted = [(await gateway.send(request("POST", "/prod/a?q=1"))).body for _ in range(2)]
    assert posted[0] != posted[1], "without settings of their own only GET methods are cached"
    warned = await gateway.get("/prod/a?q=1", ("Cache-Control", "max-age=0"))
    assert (warned.body, (warned.headers.get("warning") or "")[:4]) == (first, "199 ")
    gateway.link(snapshot(rest_api(replace(stages, deployment=replace(stages.deployment, deployment_id="dep2")))))
    assert (await gateway.get("/prod/a?q=1")).body == first, "a deployment does not empty the cache"
    gateway.link(snapshot(rest_api(replace(stages, cache_generation=1))))
    assert (await gateway.get("/prod/a?q=1")).body != first
    refreshed = (await gateway.get("/prod/a?q=1")).body
    gateway.clock.seconds += 61
    assert (await gateway.get("/prod/a?q=1")).body != refreshed


async def test_streamed_responses_go_out_as_they_come() -> None:
    """ "Set up a Lambda proxy integration with payload response streaming in API Gateway"."""
    target = integration(response_transfer_mode="STREAM")
    prelude = json.dumps({"statusCode": 201, "headers": {"X-A": "b"}}).encode() + b"\0" * 8
    gateway = serving(stage(resource("/a", method("GET", target))), answer=prelude + b"streamed body")
    response = await gateway.get("/prod/a")
    assert (response.status, response.headers.get("x-a")) == (201, "b")
    assert not isinstance(response.body, bytes)
    assert await read(response) == b"streamed body"


@pytest.mark.parametrize(
    ("written", "status"),
    [(b'{"statusCode": 201}' + b"\0" * 8 + b"x", 201), (b'{"statusCode": 200, "body": "x"}', 502), (b"", 502)],
)
async def test_a_streamed_response_has_metadata_whatever_its_content_type(written: bytes, status: int) -> None:
    """ "Set up a Lambda proxy integration with payload response streaming in API Gateway": the format is required."""
    target = integration(response_transfer_mode="STREAM")
    gateway = serving(stage(resource("/a", method("GET", target))), answer=written)
    gateway.invoker.content_type = "application/octet-stream"
    assert (await gateway.get("/prod/a")).status == status


async def test_one_method_that_cannot_be_linked_stops_no_other() -> None:
    broken = mock("#if(")
    gateway = serving(stage(resource("/a", method("GET", broken)), resource("/b", method("GET", mock("fine")))))
    assert error_of(await gateway.get("/prod/a"))[:2] == (500, INTERNAL)
    assert (await gateway.get("/prod/b")).body == b"fine"


async def test_compression_of_what_is_large_enough() -> None:
    """ "Payload compression for REST APIs in API Gateway"."""
    gateway = serving(stage(resource("/a", method("GET", mock("x" * 500))), minimum_compression_bytes=100))
    assert (await gateway.get("/prod/a")).headers.get("content-encoding") is None
    response = await gateway.get("/prod/a", ("Accept-Encoding", "gzip"))
    assert response.headers.get("content-encoding") == "gzip"
    assert len(response.body) < 100  # type: ignore[arg-type]


async def test_operations_of_lambda_other_than_invoke_are_those_of_a_service() -> None:
    """Basic tasks of an API integration request: `lambda:path/…` names any operation by its path."""
    uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions"
    target = integration("AWS", http_method="GET", uri=uri, credentials=ROLE_ARN, responses=(outcome(),))
    gateway = serving(stage(resource("/a", method("GET", target))))
    assert (await gateway.get("/prod/a")).status == 200
    assert [(call.service, call.method, call.path) for call in gateway.services.calls] == [
        ("lambda", "GET", "/2015-03-31/functions")
    ]
    assert gateway.invoker.events == []


async def test_outcomes_are_chosen_by_the_error_message() -> None:
    """ "Handle custom Lambda errors in API Gateway"."""
    target = integration(
        "AWS",
        responses=(
            outcome("200", template="fine: $input.path('$.a')"),
            outcome("404", pattern="Not found.*", template="$input.path('$.errorMessage')"),
        ),
    )
    gateway = serving(stage(resource("/a", method("POST", target))), answer={"a": 1})
    assert (await gateway.send(request("POST", "/prod/a", body=b"{}"))).body == b"fine: 1"
    gateway.invoker.answer, gateway.invoker.function_error = {"errorMessage": "Not found: x"}, "Unhandled"
    response = await gateway.send(request("POST", "/prod/a", body=b"{}"))
    assert (response.status, response.body) == (404, b"Not found: x")


async def test_events_of_asynchronous_invocations_are_kept() -> None:
    """ "Set up asynchronous invocation of the backend Lambda function"."""
    mapped = (("integration.request.header.X-Amz-Invocation-Type", "'Event'"),)
    target = integration("AWS", request_parameters=mapped, responses=(outcome("202"),))
    gateway = serving(stage(resource("/a", method("POST", target))))
    response = await gateway.send(request("POST", "/prod/a", body=b'{"a":1}'))
    assert (response.status, response.body) == (202, b"")
    assert [event for _, event in gateway.events.submitted] == [b'{"a":1}']
    assert gateway.invoker.events == []
