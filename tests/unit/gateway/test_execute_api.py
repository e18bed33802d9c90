"""Requests through a linked API over fakes: the main job from end to end."""

import json

from tests.unit.gateway.fakes import Gateway, request, stage


async def test_a_function_answers_a_request() -> None:
    gateway = Gateway({"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": '{"ok":true}'})
    gateway.serve(stage("GET /pets/{petId}"))
    response = await gateway.get("/pets/6?a=1")
    assert (response.status, response.body) == (200, b'{"ok":true}')
    assert response.headers.get("Content-Type") == "application/json"
    event = gateway.invoker.events[0]
    assert event["routeKey"] == "GET /pets/{petId}"
    assert event["pathParameters"] == {"petId": "6"}
    assert response.headers.get("Apigw-Requestid") == event["requestContext"]["requestId"]


async def test_no_route_is_not_found() -> None:
    gateway = Gateway().serve(stage("GET /pets"))
    response = await gateway.send(request("POST", "/pets"))
    assert (response.status, response.body) == (404, b'{"message":"Not Found"}')
    assert response.headers.get("Content-Type") == "application/json"
    assert response.headers.get("Apigw-Requestid")
    assert json.loads(response.body) == {"message": "Not Found"}
