"""Events of Lambda proxy integrations: "Input format of a Lambda function for proxy integration".

Facts that the page's example does not show were recorded of AWS: localstack, test_apigateway_lambda.snapshot.json and
TestApiGatewayHeaderRemapping; aws/aws-lambda-dotnet, LambdaTestTool-v2, Snapshots/V1_UrlEncodedQueryStringRest.json.
"""

import base64
import json
from typing import Any

import pytest

from gatewright.gateway.rest_apis.binary_media import BinaryMediaTypes
from gatewright.gateway.rest_apis.call import RestCall
from gatewright.gateway.rest_apis.proxy_event import link_proxy_event
from gatewright.languages.times import ClfClock
from gatewright.snapshot.types.usage_plan import ApiKey
from tests.unit.gateway.rest_apis.calls import (
    ACCOUNT,
    API_ID,
    EXTENDED_REQUEST_ID,
    HOST,
    REQUEST_ID,
    TRACE_HEADER,
    method_facts,
    rest_call,
)


def event_of(call: RestCall, body: bytes = b"", binary: tuple[str, ...] = ()) -> dict[str, Any]:
    encoder = link_proxy_event(call.facts, BinaryMediaTypes(binary), ClfClock())
    event: dict[str, Any] = json.loads(encoder.encode(call, body))
    return event


SINGLE = {
    "Accept": "*/*",
    "Authorization": "random-value",
    "Host": HOST,
    "User-Agent": "python-requests/testing",
    "tEsT-HEADeR": "aValUE",
    "X-Amzn-Trace-Id": TRACE_HEADER,
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Port": "443",
    "X-Forwarded-Proto": "https",
}


def test_whole_event() -> None:
    call = rest_call(
        headers=[
            ("Accept", "*/*"),
            ("authorization", "random-value"),
            ("Host", HOST),
            ("user-Agent", "python-requests/testing"),
            ("tEsT-HEADeR", "aValUE"),
        ],
        path_parameters={"proxy": "test-path"},
    )
    event = event_of(call)
    assert event == {
        "resource": "/{proxy+}",
        "path": "/test-path",
        "httpMethod": "GET",
        "headers": SINGLE,
        "multiValueHeaders": {name: [value] for name, value in SINGLE.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": "test-path"},
        "stageVariables": None,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": API_ID,
            "deploymentId": "dep1oy",
            "domainName": HOST,
            "domainPrefix": API_ID,
            "extendedRequestId": EXTENDED_REQUEST_ID,
            "httpMethod": "GET",
            "identity": {
                "accessKey": None,
                "accountId": None,
                "caller": None,
                "cognitoAuthenticationProvider": None,
                "cognitoAuthenticationType": None,
                "cognitoIdentityId": None,
                "cognitoIdentityPoolId": None,
                "principalOrgId": None,
                "sourceIp": "192.0.2.1",
                "user": None,
                "userAgent": "python-requests/testing",
                "userArn": None,
            },
            "path": "/test/test-path",
            "protocol": "HTTP/1.1",
            "requestId": REQUEST_ID,
            "requestTime": "12/Mar/2020:19:03:58 +0000",
            "requestTimeEpoch": 1584039838390,
            "resourceId": "r3s0rc",
            "resourcePath": "/{proxy+}",
            "stage": "test",
        },
        "body": None,
        "isBase64Encoded": False,
    }


def test_stage_variables_operation_name_and_missing_members() -> None:
    facts = method_facts(
        resource_path="/", stage_variables={"stageVariableName": "stageVariableValue"}, operation_name="listPets"
    )
    event = event_of(rest_call(facts, path="/"))
    assert event["stageVariables"] == {"stageVariableName": "stageVariableValue"}
    assert event["requestContext"]["operationName"] == "listPets"
    assert event["requestContext"]["identity"]["userAgent"] is None
    assert event["pathParameters"] is None
    assert (event["path"], event["requestContext"]["path"]) == ("/", "/test/")


def test_api_key() -> None:
    """ "$context.identity.apiKey: for API methods that require an API key"."""
    identity = event_of(rest_call(api_key=ApiKey("k3y1d", "valuevaluevaluevalue", "name", True)))["requestContext"][
        "identity"
    ]
    assert (identity["apiKey"], identity["apiKeyId"]) == ("valuevaluevaluevalue", "k3y1d")


def test_repeated_headers() -> None:
    """ "Support for multi-value headers and query string parameters": the last value, and all of them."""
    event = event_of(rest_call(headers=[("X-Multi", "a"), ("X-Multi", "b"), ("USER-AGENT", "1"), ("User-Agent", "2")]))
    assert (event["headers"]["X-Multi"], event["multiValueHeaders"]["X-Multi"]) == ("b", ["a", "b"])
    assert event["multiValueHeaders"]["User-Agent"] == ["1", "2"]
    assert event["requestContext"]["identity"]["userAgent"] == "2"


def test_headers_that_events_do_not_have() -> None:
    """Recorded of AWS: TestApiGatewayHeaderRemapping."""
    dropped = [
        ("Connection", "close, X-Hop"),
        ("Content-Length", "12"),
        ("Content-MD5", "x"),
        ("Expect", "100-continue"),
        ("Max-Forwards", "2"),
        ("Proxy-Authenticate", "Basic"),
        ("Server", "x"),
        ("TE", "deflate"),
        ("Trailer", "Expires"),
        ("Transfer-Encoding", "chunked"),
        ("Upgrade", "HTTP/2.0"),
        ("WWW-Authenticate", "Basic"),
        ("x-hop", "1"),
    ]
    kept = [
        ("Age", "request_Age"),
        ("Content-Encoding", "deflate"),
        ("Content-Type", "application/json"),
        ("Date", "request_Date"),
        ("Range", "bytes=500-999"),
        ("Via", "p.example.net"),
        ("Warn", "299 localStack/0.0"),
    ]
    headers = event_of(rest_call(headers=dropped + kept))["headers"]
    added = ("X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto")
    assert headers == dict(kept) | {name: SINGLE[name] for name in added}


def test_forwarded_headers() -> None:
    """aws-solutions/aws-waf-security-automations pull request 123, seen of AWS: one value, the client's own first."""
    call = rest_call(
        headers=[
            ("x-forwarded-for", "198.51.100.7"),
            ("X-Forwarded-For", "198.51.100.8"),
            ("X-Forwarded-For", ""),
            ("X-Forwarded-Proto", "ftp"),
            ("x-forwarded-port", "1"),
            ("x-amzn-trace-id", "Root=1-a"),
            ("host", "localhost:4566"),
        ]
    )
    event = event_of(call)
    assert event["headers"] == {
        "Host": "localhost:4566",
        "X-Amzn-Trace-Id": TRACE_HEADER,
        "X-Forwarded-For": "198.51.100.7, 198.51.100.8, 192.0.2.1",
        "X-Forwarded-Port": "4566",
        "X-Forwarded-Proto": "https",
    }
    assert event["multiValueHeaders"] == {name: [value] for name, value in event["headers"].items()}


def test_query() -> None:
    """Decoded, a plus is a space; recorded of AWS (invocation-payload-with-params-encoding)."""
    query = "at=18:05:10+00:00&email=test%2Balias@gmail.com&plus=test+alias&price=10&price=20&empty=&bare&b%20c=1"
    event = event_of(rest_call(query=query))
    assert event["multiValueQueryStringParameters"] == {
        "at": ["18:05:10 00:00"],
        "email": ["test+alias@gmail.com"],
        "plus": ["test alias"],
        "price": ["10", "20"],
        "empty": [""],
        "bare": [""],
        "b c": ["1"],
    }
    assert event["queryStringParameters"]["price"] == "20"


@pytest.mark.parametrize(
    ("resource", "sent", "path", "parameters"),
    [
        ("/{proxy+}", "/test-path/", "/test-path/", {"proxy": "test-path"}),
        ("/{proxy+}", "//proxy-value", "/proxy-value", {"proxy": "proxy-value"}),
        (
            "/{proxy+}",
            "/api/user/test%2Balias@gmail.com/plus/test+alias@gmail.com",
            "/api/user/test%2Balias@gmail.com/plus/test+alias@gmail.com",
            {"proxy": "api/user/test%2Balias@gmail.com/plus/test+alias@gmail.com"},
        ),
        ("/{proxy+}", "/a%2Fb/c%20d/", "/a%2Fb/c%20d/", {"proxy": "a%2Fb/c%20d"}),
        (
            "/users/{username}/orders/{orderName}",
            "/users/****%20Doe/orders/Summer%20Sale%202023",
            "/users/****%20Doe/orders/Summer%20Sale%202023",
            {"username": "****%20Doe", "orderName": "Summer%20Sale%202023"},
        ),
        ("/{id}/x/{proxy+}", "//%C3%A9/x/%20/y/", "/%C3%A9/x/%20/y/", {"id": "%C3%A9", "proxy": "%20/y"}),
    ],
)
def test_paths_stay_undecoded(resource: str, sent: str, path: str, parameters: dict[str, str]) -> None:
    """Recorded of AWS: invocation-payload-with-path-encoded-email and others; V1_SpecialCharactersInPath."""
    decoded = {name: value.replace("%20", " ") for name, value in parameters.items()}
    event = event_of(rest_call(method_facts(resource_path=resource), path=sent, path_parameters=decoded))
    assert (event["path"], event["requestContext"]["path"]) == (path, f"/test{sent}")
    assert event["pathParameters"] == parameters


@pytest.mark.parametrize(
    ("raw_path", "path"),
    [
        ("/test", "/"),
        ("/test/", "/"),
        ("/tests/a", "/tests/a"),
        ("/pets/{id}", "/pets/{id}"),
        ("/test/test/a", "/test/a"),
    ],
)
def test_paths_that_do_not_begin_with_the_stage(raw_path: str, path: str) -> None:
    """A custom domain name has no stage in its path."""
    call = rest_call()
    call.raw_path = raw_path
    assert event_of(call)["path"] == path


def test_parameters_of_a_path_with_other_segments() -> None:
    call = rest_call(method_facts(resource_path="/a/{b}/{c}"), path="/%20", path_parameters={"b": "1", "c": "2"})
    assert event_of(call)["pathParameters"] == {"b": "1", "c": "2"}


def test_bodies() -> None:
    """ "Content type conversions in API Gateway"."""
    png = [("content-type", "image/png")]
    assert event_of(rest_call(method="POST"), b'{"a": 1}')["body"] == '{"a": 1}'
    event = event_of(rest_call(method="POST", headers=png), b"\x89PNG", binary=("image/*",))
    assert (event["body"], event["isBase64Encoded"]) == (base64.b64encode(b"\x89PNG").decode(), True)
    event = event_of(rest_call(method="POST", headers=png), b"\x89PNG")
    assert (event["body"], event["isBase64Encoded"]) == ("\N{REPLACEMENT CHARACTER}PNG", False)
    event = event_of(rest_call(headers=png), b"", binary=("*/*",))
    assert (event["body"], event["isBase64Encoded"]) == (None, False)


def test_event_of_a_test_invocation() -> None:
    """TestInvokeMethod; as functions logged such events: no header but the given ones, no deployment, another owner."""
    facts = method_facts(stage_name="test-invoke-stage", resource_path="/coupons/{id}")
    call = rest_call(facts, path="/coupons/000000", path_parameters={"id": "000000"})
    event = event_of(call)
    assert (event["headers"], event["multiValueHeaders"]) == (None, None)
    assert (event["path"], event["pathParameters"]) == ("/coupons/000000", {"id": "000000"})
    context = event["requestContext"]
    assert "deploymentId" not in context
    assert (context["path"], context["stage"]) == ("/coupons/{id}", "test-invoke-stage")
    assert (context["domainName"], context["domainPrefix"]) == ("testPrefix.testDomainName", "testPrefix")
    assert context["identity"] == {
        "accessKey": None,
        "accountId": ACCOUNT,
        "apiKey": "test-invoke-api-key",
        "apiKeyId": "test-invoke-api-key-id",
        "caller": ACCOUNT,
        "cognitoAuthenticationProvider": None,
        "cognitoAuthenticationType": None,
        "cognitoIdentityId": None,
        "cognitoIdentityPoolId": None,
        "principalOrgId": None,
        "sourceIp": "test-invoke-source-ip",
        "user": ACCOUNT,
        "userAgent": None,
        "userArn": f"arn:aws:iam::{ACCOUNT}:root",
    }
    sent = rest_call(facts, path="/coupons/1", headers=[("X-A", "1"), ("x-forwarded-for", "198.51.100.7")])
    assert event_of(sent)["headers"] == {"X-A": "1", "X-Forwarded-For": "198.51.100.7"}
