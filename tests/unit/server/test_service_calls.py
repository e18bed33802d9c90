"""Calls of services: signed (AWS Signature Version 4) to the companion, or to the node's own API."""

import json
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gatewright.aws.scope import scope_of_authorization
from gatewright.base.ids import Ids
from gatewright.base.messages import Headers, Request, Response
from gatewright.functions.settings import Credentials
from gatewright.gateway.seams import ServiceCall, ServiceNotConfigured, ServiceUnreachable
from gatewright.server.companion.address import FixedAddress, NoAddress
from gatewright.server.service_calls import ServiceCalls
from gatewright.wire.client_errors import ConnectFailed
from gatewright.wire.client_request import Origin, encode_head
from tests.unit.gateway.fakes import FakeClient

COMPANION = "http://127.0.0.1:5000"
ROLE = "arn:aws:iam::123456789012:role/gateway"


class OwnApi:
    """Stands for the node's own API."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    async def handle(self, request: Request) -> Response:
        self.requests.append(request)
        return Response(200, Headers([("Content-Type", "application/json")]), b"own")


def service_calls(client: FakeClient, companion: str = COMPANION, own: OwnApi | None = None) -> ServiceCalls:
    return ServiceCalls(
        client,
        NoAddress() if companion == "none" else FixedAddress(companion),
        lambda role_arn: Credentials("id", "secret", f"session of {role_arn}"),
        Ids(os.urandom),
        own=(own or OwnApi()).handle,
        own_services=frozenset({"lambda", "apigateway"}),
    )


def call_of(service: str, **parts: Any) -> ServiceCall:
    members = {"method": "POST", "path": "/", "query": "", "headers": (), "body": b"", **parts}
    return ServiceCall(service=service, region="eu-west-1", role_arn=ROLE, **members)


async def test_a_signed_call() -> None:
    """Create a signed AWS API request, IAM User Guide: Authorization and X-Amz-Date."""
    client = FakeClient(Response(200, Headers(), b"{}"))
    headers = (("Accept", "application/json"), ("Content-Type", "application/json"))
    call = call_of("states", action="StartExecution", headers=headers, body=b'{"input":"{}"}')
    assert (await service_calls(client).call(call)).body == b"{}"
    (request,) = client.requests
    encode_head(request)
    assert (request.method, request.origin, request.target) == ("POST", Origin("http", "127.0.0.1", 5000), "/")
    assert request.headers.get("X-Amz-Target") == "AWSStepFunctions.StartExecution"
    assert request.headers.get("X-Amz-Date") is not None
    scope = scope_of_authorization(request.headers.get("Authorization") or "")
    assert scope is not None
    assert (scope.access_key_id, scope.region, scope.service) == ("id", "eu-west-1", "states")
    assert request.headers.get("X-Amz-Security-Token") == f"session of {ROLE}"
    assert client.bodies == [b'{"input":"{}"}']


async def test_a_call_of_s3() -> None:
    """Create a signed AWS API request, IAM User Guide: `x-amz-content-sha256`; a companion with a path."""
    client = FakeClient(Response(200, Headers(), b"content"))
    call = call_of("s3", method="GET", path="/bucket/a%20b", query="versionId=1")
    await service_calls(client, f"{COMPANION}/aws/").call(call)
    request = client.requests[0]
    assert request.target == "/aws/bucket/a%20b?versionId=1"
    assert request.headers.get("x-amz-content-sha256") is not None


async def test_a_call_of_the_node_itself() -> None:
    """Invoke, AWS Lambda API Reference: what the node serves needs no companion."""
    client, own = FakeClient(), OwnApi()
    call = call_of("lambda", method="GET", path="/2015-03-31/functions/", query="MaxItems=1")
    response = await service_calls(client, "none", own).call(call)
    assert (response.body, client.requests) == (b"own", [])
    (request,) = own.requests
    assert (request.method, request.path, request.query) == ("GET", "/2015-03-31/functions/", "MaxItems=1")
    scope = scope_of_authorization(request.headers.get("authorization") or "")
    assert scope is not None
    assert scope.service == "lambda"


async def test_no_companion() -> None:
    """docs/settings.md: `companion`."""
    with pytest.raises(ServiceNotConfigured, match="set the setting companion"):
        await service_calls(FakeClient(), "none").call(call_of("sqs"))


async def test_a_companion_that_is_not_there() -> None:
    """docs/settings.md: `companion`."""
    with pytest.raises(ServiceUnreachable, match="refused"):
        await service_calls(FakeClient(ConnectFailed("refused"))).call(call_of("sqs"))


PUBLISHED = b"<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>"


@pytest.mark.parametrize("accept", ["application/json", "application/xml"])
async def test_xml_where_json_is_asked_for(accept: str) -> None:
    """localstack, test_sqs_request_and_response_xml_templates_integration, recorded of AWS: JSON, or XML by Accept."""

    async def parts() -> AsyncIterator[bytes]:
        yield PUBLISHED

    headers = Headers([("Content-Type", "text/xml"), ("Content-Length", "1")])
    client = FakeClient(Response(200, headers, parts()))
    response = await service_calls(client).call(call_of("sns", action="Publish", headers=(("Accept", accept),)))
    if accept == "application/xml":
        assert response.headers is headers
        return
    assert list(response.headers) == [("Content-Type", "application/json")]
    assert isinstance(response.body, bytes)
    assert json.loads(response.body)["PublishResponse"]["PublishResult"] == {"MessageId": "m", "SequenceNumber": None}


async def test_ssm() -> None:
    """localstack, test_apigateway_ssm.py, recorded of AWS."""
    client = FakeClient(Response(200, Headers([("Content-Type", "application/x-amz-json-1.1")]), b'{"Parameter":{}}'))
    response = await service_calls(client).call(call_of("ssm", method="GET", action="GetParameter", query="Name=p"))
    assert isinstance(response.body, bytes)
    assert list(json.loads(response.body)) == ["GetParameterResponse"]
    assert client.bodies == [b'{"Name": "p"}']
