"""Requests to APIs: stages, routes, errors, throttling, and what a swap means to a request in flight."""

import asyncio
import json

import pytest

from gatewright.base.messages import Response
from gatewright.snapshot.types import HttpRoute, Throttle
from tests.unit.gateway.fakes import Gateway, http_api, request, snapshot, stage

NOT_FOUND = (404, b'{"message":"Not Found"}')
TOO_MANY_REQUESTS = (429, b'{"message":"Too Many Requests"}')


def status_and_body(response: Response) -> tuple[int, object]:
    return response.status, response.body


async def test_a_function_answers_a_request() -> None:
    gateway = Gateway({"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": '{"ok":true}'})
    gateway.serve(stage("GET /pets/{petId}"))
    response = await gateway.get("/pets/6?a=1")
    assert status_and_body(response) == (200, b'{"ok":true}')
    assert response.headers.get("Content-Type") == "application/json"
    event = gateway.invoker.events[0]
    assert event["routeKey"] == "GET /pets/{petId}"
    assert event["pathParameters"] == {"petId": "6"}
    assert response.headers.get("Apigw-Requestid") == event["requestContext"]["requestId"]


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/pets"), ("GET", "/other"), ("GET", "/pets/"), ("OPTIONS", "*"), ("GET", "")]
)
async def test_no_route_is_not_found(method: str, path: str) -> None:
    response = await Gateway().serve(stage("GET /pets")).send(request(method, path))
    assert status_and_body(response) == NOT_FOUND
    assert response.headers.get("Content-Type") == "application/json"
    assert response.headers.get("Apigw-Requestid")


async def test_an_unknown_api_is_not_found() -> None:
    response = await Gateway().execute_api.handle(request("GET", "/"), "unknown", None, "/", "x")
    assert status_and_body(response) == NOT_FOUND


async def test_a_disabled_endpoint_is_not_found() -> None:
    gateway = Gateway({"statusCode": 200}).serve(stage("$default"), disable_execute_api_endpoint=True)
    assert status_and_body(await gateway.get("/")) == NOT_FOUND


async def test_a_route_without_integration_is_not_found() -> None:
    empty = stage("GET /x")
    bare = type(empty)(
        name=empty.name,
        deployment_id=empty.deployment_id,
        routes=(HttpRoute("r0", "GET /x", None, None),),
        variables=empty.variables,
        default_throttle=empty.default_throttle,
        route_throttles=empty.route_throttles,
    )
    assert status_and_body(await Gateway().serve(bare).get("/x")) == NOT_FOUND


# "Create routes for HTTP APIs": "If a request explicitly matches a stage, API Gateway sends the request to that
# stage. If no stage explicitly matches the request, API Gateway sends the request to the $default stage. If there's no
# $default stage, then the API returns {"message":"Not Found"}".
STAGES = [
    (["$default", "prod"], "/prod/a", "prod", "/prod/a"),
    (["$default", "prod"], "/prod", "prod", "/prod/"),
    (["$default", "prod"], "/prod/", "prod", "/prod/"),
    (["$default", "prod"], "/product", "$default", "/product"),
    (["$default", "prod"], "/Prod/a", "$default", "/Prod/a"),
    (["$default", "prod"], "/a/prod", "$default", "/a/prod"),
    (["$default", "prod"], "/", "$default", "/"),
    (["$default", "prod"], "/$default/a", "$default", "/$default/a"),
    (["$default", "prod"], "//prod", "$default", "//prod"),
    (["prod", "dev"], "/dev/prod", "dev", "/dev/prod"),
]


@pytest.mark.parametrize(("names", "path", "name", "raw_path"), STAGES)
async def test_stages(names: list[str], path: str, name: str, raw_path: str) -> None:
    gateway = Gateway({"statusCode": 200}).serve(*[stage("$default", name=each) for each in names])
    await gateway.get(path)
    event = gateway.invoker.events[0]
    assert (event["requestContext"]["stage"], event["rawPath"]) == (name, raw_path)


@pytest.mark.parametrize("path", ["/", "/other/a"])
async def test_no_stage_is_not_found(path: str) -> None:
    assert status_and_body(await Gateway().serve(stage("$default", name="prod")).get(path)) == NOT_FOUND


async def test_a_stage_that_is_asked_for_by_name() -> None:
    gateway = Gateway({"statusCode": 200}).serve(stage("GET /a"), stage("GET /prod/a", name="prod"))
    assert (await gateway.send(request("GET", "/a"), stage_name="$default")).status == 200
    assert (await gateway.send(request("GET", "/prod/a"), stage_name="prod")).status == 200
    assert status_and_body(await gateway.send(request("GET", "/a"), stage_name="prod")) == NOT_FOUND
    assert status_and_body(await gateway.send(request("GET", "/a"), stage_name="other")) == NOT_FOUND
    assert [event["rawPath"] for event in gateway.invoker.events] == ["/a", "/prod/prod/a"]


async def statuses(gateway: Gateway, *paths: str) -> list[int]:
    return [(await gateway.get(path)).status for path in paths]


async def test_a_route_is_throttled() -> None:
    """ "Throttle requests to your HTTP APIs": a route's own settings go before the stage's default ones."""
    gateway = Gateway({"statusCode": 200})
    gateway.serve(
        stage("GET /a", "GET /b", default_throttle=Throttle(1.0, 1), route_throttles={"GET /b": Throttle(1.0, 2)})
    )
    assert await statuses(gateway, "/a", "/a", "/b", "/b", "/b") == [200, 429, 200, 200, 429]
    gateway.clock.seconds += 1
    assert await statuses(gateway, "/a", "/a", "/b", "/b") == [200, 429, 200, 429]


async def test_the_answer_to_a_throttled_request() -> None:
    gateway = Gateway({"statusCode": 200}).serve(stage("$default", default_throttle=Throttle(0.0, 0)))
    response = await gateway.get("/")
    assert status_and_body(response) == TOO_MANY_REQUESTS
    assert json.loads(response.body if isinstance(response.body, bytes) else b"") == {"message": "Too Many Requests"}
    assert gateway.invoker.events == []


async def test_one_account_shares_a_throttle() -> None:
    gateway = Gateway({"statusCode": 200}, rate_limit=1.0, burst_limit=2)
    gateway.serve(stage("GET /a"), stage("GET /a", name="dev"))
    assert await statuses(gateway, "/a", "/dev/a", "/a", "/dev/a") == [200, 200, 429, 429]


@pytest.mark.parametrize(
    ("throttle", "expected"), [(Throttle(None, 1), [200, 429, 429]), (Throttle(1.0, None), [200, 200, 200])]
)
async def test_what_a_throttle_leaves_out_is_the_accounts(throttle: Throttle, expected: list[int]) -> None:
    gateway = Gateway({"statusCode": 200}, burst_limit=100)
    gateway.serve(stage("GET /a", default_throttle=throttle))
    assert await statuses(gateway, "/a", "/a", "/a") == expected


async def test_tokens_survive_a_new_link() -> None:
    gateway = Gateway({"statusCode": 200})
    throttled = stage("GET /a", default_throttle=Throttle(1.0, 1))
    gateway.serve(throttled)
    assert await statuses(gateway, "/a") == [200]
    gateway.link(snapshot(http_api(throttled, name="renamed"), revision=2))
    assert await statuses(gateway, "/a") == [429]
    gateway.link(snapshot(http_api(stage("GET /a", default_throttle=Throttle(1.0, 5))), revision=3))
    assert await statuses(gateway, "/a") == [200]


async def test_a_request_in_flight_keeps_its_snapshot() -> None:
    go, arrived = asyncio.Event(), asyncio.Event()

    async def answer(*_: object) -> object:
        arrived.set()
        await go.wait()
        return {"statusCode": 201}

    gateway = Gateway(answer).serve(stage("GET /a"))
    task = asyncio.create_task(gateway.get("/a"))
    await arrived.wait()
    gateway.link(snapshot(revision=2))
    assert (await gateway.get("/a")).status == 404
    go.set()
    assert (await task).status == 201


async def test_a_request_without_a_time_gets_one() -> None:
    gateway = Gateway({"statusCode": 200}).serve(stage("$default"))
    await gateway.send(request("GET", "/", received_at=0.0))
    assert gateway.invoker.events[0]["requestContext"]["timeEpoch"] == int(gateway.clock.seconds * 1000)
