"""`$context` variables: "Customize HTTP API access logs"."""

import pytest

from tests.unit.gateway.fakes import ACCOUNT, API_ID, RECEIVED_AT, Gateway, integration, request, stage

VARIABLES = [
    ("accountId", ACCOUNT),
    ("apiId", API_ID),
    ("domainName", f"{API_ID}.execute-api.localhost"),
    ("domainPrefix", API_ID),
    ("httpMethod", "PUT"),
    ("identity.sourceIp", "192.0.2.1"),
    ("identity.userAgent", "agent"),
    ("path", "/prod/pets/6"),
    ("protocol", "HTTP/1.1"),
    ("requestTime", "12/Mar/2020:19:03:58 +0000"),
    ("requestTimeEpoch", str(int(RECEIVED_AT * 1000))),
    ("routeKey", "PUT /pets/{petId}"),
    ("stage", "prod"),
    ("unknown", None),
    ("authorizer.claims.sub", None),
]


@pytest.mark.parametrize(("name", "value"), VARIABLES)
async def test_variables(name: str, value: str | None) -> None:
    gateway = Gateway({"statusCode": 200})
    target = integration(request_parameters=(("overwrite:header.x", f"$context.{name}"),))
    gateway.serve(stage("PUT /pets/{petId}", target=target, name="prod"))
    await gateway.send(request("PUT", "/prod/pets/6", ("User-Agent", "agent")))
    assert gateway.invoker.events[0]["headers"].get("x") == value


@pytest.mark.parametrize("name", ["requestId", "extendedRequestId"])
async def test_the_request_id_is_the_one_of_the_response(name: str) -> None:
    gateway = Gateway({"statusCode": 200})
    target = integration(request_parameters=(("overwrite:header.x", f"$context.{name}"),))
    gateway.serve(stage("$default", target=target))
    response = await gateway.get("/")
    assert gateway.invoker.events[0]["headers"]["x"] == response.headers.get("Apigw-Requestid")
