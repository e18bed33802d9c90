"""Events and results of payload format 1.0: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway"."""

import json
from typing import Any

import pytest

from gatewright.base.ids import Ids
from gatewright.base.messages import Request
from gatewright.gateway.payloads.result import MalformedResult
from gatewright.gateway.payloads.v1 import parse_result
from tests.unit.gateway.fakes import (
    ACCOUNT,
    API_ID,
    RECEIVED_AT,
    Gateway,
    counting_entropy,
    integration,
    request,
    stage,
)

HOST = f"{API_ID}.execute-api.localhost"


async def event_of(sent: Request, route_key: str, *, name: str = "$default", **parts: Any) -> dict[str, Any]:
    gateway = Gateway({"statusCode": 200})
    gateway.serve(stage(route_key, name=name, target=integration(payload_format_version="1.0"), **parts))
    response = await gateway.send(sent)
    assert response.status == 200
    return gateway.invoker.events[0]


REQUEST_ID = Ids(counting_entropy()).extended_request_id()
SINGLE = {
    "Content-Length": "18",
    "Content-Type": "text/plain",
    "Host": f"{HOST}:4566",
    "User-Agent": "user-agent",
    "X-Amzn-Trace-Id": "Root=1-a",
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Port": "4566",
    "X-Forwarded-Proto": "http",
    "Header1": "value1",
    "Header2": "value2",
    "accept": "*/*",
    "accept-encoding": "gzip, deflate, br",
}
WHOLE_EVENT = {
    "version": "1.0",
    "resource": "/my/path",
    "path": "/my/path",
    "httpMethod": "GET",
    "headers": SINGLE,
    "multiValueHeaders": {
        **{name: [value] for name, value in SINGLE.items()},
        "Header2": ["value1", "value2"],
    },
    "queryStringParameters": {"parameter1": "value2", "parameter2": "value"},
    "multiValueQueryStringParameters": {"parameter1": ["value1", "value2"], "parameter2": ["value"]},
    "requestContext": {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "domainName": HOST,
        "domainPrefix": API_ID,
        "extendedRequestId": REQUEST_ID,
        "httpMethod": "GET",
        "identity": {
            "accessKey": None,
            "accountId": None,
            "caller": None,
            "cognitoAmr": None,
            "cognitoAuthenticationProvider": None,
            "cognitoAuthenticationType": None,
            "cognitoIdentityId": None,
            "cognitoIdentityPoolId": None,
            "principalOrgId": None,
            "sourceIp": "192.0.2.1",
            "user": None,
            "userAgent": "user-agent",
            "userArn": None,
        },
        "path": "/my/path",
        "protocol": "HTTP/1.1",
        "requestId": REQUEST_ID,
        "requestTime": "12/Mar/2020:19:03:58 +0000",
        "requestTimeEpoch": int(RECEIVED_AT * 1000),
        "resourceId": "GET /my/path",
        "resourcePath": "/my/path",
        "stage": "$default",
    },
    "pathParameters": None,
    "stageVariables": None,
    "body": "Hello from Lambda!",
    "isBase64Encoded": False,
}


async def test_a_whole_event() -> None:
    """The example of the page, sent as a request; spelling and members as recorded of AWS."""
    sent = request(
        "GET",
        "/my/path?parameter1=value1&parameter1=value2&parameter2=value",
        ("Header1", "value1"),
        ("Header2", "value1"),
        ("header2", "value2"),
        ("user-agent", "user-agent"),
        ("Accept", "*/*"),
        ("Accept-Encoding", "gzip, deflate, br"),
        ("CONTENT-TYPE", "text/plain"),
        ("X-Amzn-Trace-Id", "Root=1-a"),
        body=b"Hello from Lambda!",
    )
    event = await event_of(sent, "GET /my/path")
    assert event == WHOLE_EVENT
    assert list(event) == list(WHOLE_EVENT), "in the order of the page"


async def test_nulls_where_there_is_nothing() -> None:
    event = await event_of(request("GET", "/"), "$default")
    for member in (
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "pathParameters",
        "stageVariables",
        "body",
    ):
        assert event[member] is None, member
    assert event["isBase64Encoded"] is False
    assert event["requestContext"]["identity"]["userAgent"] == ""
    assert event["resource"] == event["requestContext"]["resourcePath"] == "$default"
    assert event["requestContext"]["resourceId"] == "$default"
    assert "authorizer" not in event["requestContext"]


async def test_a_stage_and_parameters() -> None:
    event = await event_of(request("PUT", "/prod/pets/6%2F7"), "ANY /pets/{petId}", name="prod", variables={"a": "b"})
    assert event["path"] == event["requestContext"]["path"] == "/prod/pets/6/7"
    assert event["resource"] == "/pets/{petId}"
    assert event["pathParameters"] == {"petId": "6/7"}
    assert event["stageVariables"] == {"a": "b"}


async def test_cookies_are_headers() -> None:
    event = await event_of(request("GET", "/", ("Cookie", "a=1; b=2"), ("cookie", "c=3")), "$default")
    assert event["multiValueHeaders"]["cookie"] == ["a=1; b=2", "c=3"]
    assert event["headers"]["cookie"] == "c=3"


async def test_forwarded_fields_have_one_value_each() -> None:
    """Duplicate headers are combined with commas; X-Forwarded-Host is the client's alone, and stays as it came."""
    lines = (("X-Forwarded-For", "203.0.113.7"), ("x-forwarded-for", "203.0.113.8, 203.0.113.9"))
    hosts = (("X-Forwarded-Host", "a"), ("X-Forwarded-Host", "b"))
    event = await event_of(request("GET", "/", *lines, ("X-Forwarded-Proto", "ftp"), *hosts), "$default")
    values = event["multiValueHeaders"]
    assert values["X-Forwarded-For"] == ["203.0.113.7,203.0.113.8, 203.0.113.9, 192.0.2.1"]
    assert event["headers"]["X-Forwarded-For"] == values["X-Forwarded-For"][0]
    assert (values["X-Forwarded-Proto"], values["X-Forwarded-Host"]) == (["http"], ["a", "b"])


async def test_hop_by_hop_fields_stay_out_even_when_repeated() -> None:
    sent = request("GET", "/", ("Connection", "a"), ("Connection", "keep-alive"), ("A", "1"), ("A", "2"), ("TE", "x"))
    event = await event_of(sent, "$default")
    assert not {"connection", "a", "te"} & {name.lower() for name in event["multiValueHeaders"]}


async def test_a_binary_body() -> None:
    event = await event_of(request("POST", "/", body=b"\xff"), "$default")
    assert (event["body"], event["isBase64Encoded"]) == ("/w==", True)


def test_the_response_of_the_seed_page() -> None:
    """ "Example index.mjs – Proxy integration response object (Node.js)", Lambda Developer Guide."""
    result = {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "isBase64Encoded": False,
        "multiValueHeaders": {"X-Custom-Header": ["My value", "My other value"]},
        "body": '{\n "TotalCodeSize": 104330022,\n "FunctionCount": 26\n}',
    }
    response = parse_result(json.dumps(result).encode())
    assert response.status == 200
    assert list(response.headers) == [
        ("Content-Type", "application/json"),
        ("X-Custom-Header", "My value"),
        ("X-Custom-Header", "My other value"),
    ]
    assert json.loads(response.body if isinstance(response.body, bytes) else b"") == {
        "TotalCodeSize": 104330022,
        "FunctionCount": 26,
    }


@pytest.mark.parametrize("result", [b"", b"{", b'"Hello"', b"null", b"[]", b"{}", b'{"body":"x"}'])
def test_nothing_is_inferred(result: bytes) -> None:
    with pytest.raises(MalformedResult):
        parse_result(result)
