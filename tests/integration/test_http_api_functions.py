"""HTTP APIs in front of functions: the event, the response, and who may invoke what.

AWS documentation: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway"; "Using AWS Lambda with Amazon
API Gateway" (Permissions); "Quotas for configuring and running an HTTP API in API Gateway".
"""

import base64
import json
import os
import re
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.integration.deployed import ACCOUNT, Api, Function, api, function
from tests.integration.nodes import Answer, Node, running

SERVER_ERROR = (500, b'{"message":"Internal Server Error"}')
MIB = 1024 * 1024


def shown(answer: Answer) -> tuple[int, bytes]:
    return answer.status, answer.body


HEADERS = [
    ("User-Agent", "tests/1.0"),
    ("X-One", "1"),
    ("x-many", "a"),
    ("X-Many", "b, c"),
    ("Cookie", "cookie1=a; cookie2=b"),
    ("Cookie", "cookie3=c"),
    ("Content-Type", "application/json"),
]


@pytest.fixture(scope="module")
def pets(node: Node, echo: Function) -> Api:
    made = api(node, stage=None)
    made.route("POST /two/{petId}/{rest+}", echo.arn, "2.0")
    made.route("POST /one/{petId}/{rest+}", echo.arn, "1.0")
    made.route("GET /two", echo.arn, "2.0")
    made.route("GET /one", echo.arn, "1.0")
    made.stage("$default")
    made.stage("dev", StageVariables={"stageVariable1": "value1"})
    return made


def common(event: Any, pets: Api) -> None:
    """Take out of an event what is never the same, and check its form."""
    context = event["requestContext"]
    now = time.time()
    clf = context.pop("time", None) or context.pop("requestTime")
    assert re.fullmatch(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000", clf)
    epoch = context.pop("timeEpoch", None) or context.pop("requestTimeEpoch")
    assert abs(now * 1000 - epoch) < 60_000
    assert isinstance(epoch, int)
    assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", context.pop("requestId"))
    headers = {name.lower(): value for name, value in event["headers"].items()}
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", headers["x-amzn-trace-id"])
    assert headers["host"] == f"{pets.api_id}.execute-api.localhost:{pets.node.port}"
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert headers["x-forwarded-port"] == str(pets.node.port)


def test_the_event_of_format_2(pets: Api) -> None:
    target = "/dev/two/7/a/b%20c?parameter1=value1&parameter1=value2&parameter2=v%20%2B+x&parameter3"
    event = pets.call("POST", target, HEADERS, b'{"hello": 1}').json()
    common(event, pets)
    headers = event.pop("headers")
    sent = {"user-agent": "tests/1.0", "x-one": "1", "x-many": "a,b, c", "content-type": "application/json"}
    assert {name: headers[name] for name in sent} == sent
    assert headers["content-length"] == "12"
    assert [name for name in headers if name != name.lower()] == []
    assert "cookie" not in headers
    assert event == {
        "version": "2.0",
        "routeKey": "POST /two/{petId}/{rest+}",
        "rawPath": "/dev/two/7/a/b c",
        "rawQueryString": "parameter1=value1&parameter1=value2&parameter2=v%20%2B+x&parameter3",
        "cookies": ["cookie1=a", "cookie2=b", "cookie3=c"],
        "queryStringParameters": {"parameter1": "value1,value2", "parameter2": "v + x", "parameter3": ""},
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": pets.api_id,
            "domainName": f"{pets.api_id}.execute-api.localhost",
            "domainPrefix": pets.api_id,
            "http": {
                "method": "POST",
                "path": "/dev/two/7/a/b c",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "tests/1.0",
            },
            "routeKey": "POST /two/{petId}/{rest+}",
            "stage": "dev",
        },
        "body": '{"hello": 1}',
        "pathParameters": {"petId": "7", "rest": "a/b c"},
        "isBase64Encoded": False,
        "stageVariables": {"stageVariable1": "value1"},
    }


def test_what_says_nothing_is_absent_in_format_2(pets: Api) -> None:
    event = pets.get("/two").json()
    assert set(event) == {
        "version",
        "routeKey",
        "rawPath",
        "rawQueryString",
        "headers",
        "requestContext",
        "isBase64Encoded",
    }
    assert event["rawQueryString"] == ""


def test_the_event_of_format_1(pets: Api) -> None:
    target = "/dev/one/7/a/b%20c?parameter1=value1&parameter1=value2&parameter2=v%20%2B+x&parameter3"
    event = pets.call("POST", target, HEADERS, b'{"hello": 1}').json()
    common(event, pets)
    headers = {name.lower(): value for name, value in event.pop("headers").items()}
    multi = {name.lower(): value for name, value in event.pop("multiValueHeaders").items()}
    assert headers.keys() == multi.keys()
    assert (headers["x-one"], multi["x-one"]) == ("1", ["1"])
    assert (headers["x-many"], multi["x-many"]) == ("b, c", ["a", "b, c"])
    assert multi["cookie"] == ["cookie1=a; cookie2=b", "cookie3=c"]
    context = event.pop("requestContext")
    assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", context.pop("extendedRequestId"))
    identity = context.pop("identity")
    assert (identity.pop("sourceIp"), identity.pop("userAgent")) == ("127.0.0.1", "tests/1.0")
    assert set(identity.values()) == {None}
    documented = {
        "accessKey", "accountId", "caller", "cognitoAuthenticationProvider", "cognitoAuthenticationType",
        "cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "user", "userArn",
    }  # fmt: skip
    assert documented <= set(identity)
    expected = {
        "accountId": ACCOUNT,
        "apiId": pets.api_id,
        "domainName": f"{pets.api_id}.execute-api.localhost",
        "domainPrefix": pets.api_id,
        "httpMethod": "POST",
        "path": "/dev/one/7/a/b c",
        "protocol": "HTTP/1.1",
        "resourcePath": "/one/{petId}/{rest+}",
        "stage": "dev",
    }
    assert {name: context[name] for name in expected} == expected
    assert event == {
        "version": "1.0",
        "resource": "/one/{petId}/{rest+}",
        "path": "/dev/one/7/a/b c",
        "httpMethod": "POST",
        "queryStringParameters": {"parameter1": "value2", "parameter2": "v + x", "parameter3": ""},
        "multiValueQueryStringParameters": {
            "parameter1": ["value1", "value2"],
            "parameter2": ["v + x"],
            "parameter3": [""],
        },
        "pathParameters": {"petId": "7", "rest": "a/b c"},
        "stageVariables": {"stageVariable1": "value1"},
        "body": '{"hello": 1}',
        "isBase64Encoded": False,
    }


def test_what_says_nothing_is_null_in_format_1(pets: Api) -> None:
    event = pets.get("/one").json()
    names = (
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "pathParameters",
        "stageVariables",
        "body",
    )
    assert {name: event[name] for name in names} == dict.fromkeys(names)
    assert event["isBase64Encoded"] is False


def test_a_client_that_came_through_a_proxy(pets: Api) -> None:
    trace = "Root=1-67891233-abcdef012345678912345678;Sampled=1"
    headers = {"X-Forwarded-For": "203.0.113.7", "X-Amzn-Trace-Id": trace}
    event = pets.get("/two", headers).json()
    assert event["headers"]["x-forwarded-for"] == "203.0.113.7, 127.0.0.1"
    assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.1"
    assert "67891233-abcdef012345678912345678" in event["headers"]["x-amzn-trace-id"]


# (Content-Type, body, whether the event has it in base64)
BODIES: tuple[tuple[str | None, bytes, bool], ...] = (
    ("application/json", b'{"a":"\xc3\xa4"}', False),
    ("application/json; charset=utf-8", b"[]", False),
    ("text/plain", "ä€😀".encode(), False),
    ("image/png", b"\x89PNG\r\n\x1a\n\x00\xff", True),
    ("application/octet-stream", bytes(range(256)), True),
    ("application/json", b"\xff\xfe", True),
)


@pytest.mark.parametrize("path", ["/two/1/x", "/one/1/x"])
@pytest.mark.parametrize(("content_type", "body", "is_base64"), BODIES)
def test_bodies_of_requests(pets: Api, path: str, content_type: str | None, body: bytes, is_base64: bool) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    event = pets.call("POST", path, headers, body).json()
    assert event["isBase64Encoded"] is is_base64
    found = base64.b64decode(event["body"]) if is_base64 else event["body"].encode()
    assert found == body


def test_a_body_in_chunks(pets: Api) -> None:
    host = f"{pets.api_id}.execute-api.localhost"
    fields = [("Host", host), ("Transfer-Encoding", "chunked"), ("Content-Type", "text/plain")]
    answer = pets.node.request("POST", "/two/1/x", fields, encoded_body=b"3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n")
    event = answer.json()
    assert event["body"] == "abcdefg"
    assert event["headers"]["content-length"] == "7"
    assert "transfer-encoding" not in event["headers"]


@pytest.fixture(scope="module")
def scripted(node: Node) -> Api:
    """An API whose function answers what the request's body says, in format 2.0 below /two and 1.0 below /one."""
    answers = function(node, "return json.loads(event['body'])")
    answers.permit()
    made = api(node)
    made.route("POST /two", answers.arn, "2.0")
    made.route("POST /one", answers.arn, "1.0")
    return made


def say(scripted: Api, path: str, result: object) -> Answer:
    return scripted.call("POST", path, {"Content-Type": "application/json"}, json.dumps(result).encode())


def test_a_response_of_format_2(scripted: Api) -> None:
    answer = say(
        scripted,
        "/two",
        {
            "cookies": ["cookie1=a; Path=/", "cookie2=b"],
            "isBase64Encoded": False,
            "statusCode": 201,
            "headers": {"Content-Type": "text/html", "X-Number": 7, "X-Yes": True, "headername": "headervalue ä"},
            "body": "Hello from Lambda! ä",
        },
    )
    assert answer.status == 201
    assert answer.body == "Hello from Lambda! ä".encode()
    assert answer.get_all("Set-Cookie") == ["cookie1=a; Path=/", "cookie2=b"]
    assert answer.get_all("Content-Type") == ["text/html"]
    assert (answer.get_all("X-Number"), answer.get_all("X-Yes")) == (["7"], ["true"])
    assert answer.get_all("headername")[0].encode("latin-1").decode() == "headervalue ä"
    assert answer.get_all("Content-Length") == [str(len(answer.body))]
    assert len(answer.get_all("Apigw-Requestid")) == 1
    assert len(answer.get_all("Date")) == 1


def test_a_response_of_format_1(scripted: Api) -> None:
    result = {
        "statusCode": 200,
        "headers": {"X-Single": "one", "X-Both": "single"},
        "multiValueHeaders": {"X-Multi": ["My value", "My other value"], "X-Both": ["multi"]},
        "body": "text",
    }
    answer = say(scripted, "/one", result)
    assert shown(answer) == (200, b"text")
    assert answer.get_all("X-Single") == ["one"]
    assert answer.get_all("X-Multi") == ["My value", "My other value"]
    assert "multi" in answer.get_all("X-Both")


# "API Gateway can infer the response format for you" (format 2.0 only).
INFERRED: tuple[tuple[object, bytes], ...] = (
    ("Hello from Lambda!", b"Hello from Lambda!"),
    ({"message": "Hello from Lambda!"}, b'{"message": "Hello from Lambda!"}'),
    ([1, 2], b"[1, 2]"),
    (7, b"7"),
    (None, b"null"),
    ({}, b"{}"),
)


@pytest.mark.parametrize(("result", "body"), INFERRED)
def test_responses_that_are_inferred(scripted: Api, result: object, body: bytes) -> None:
    answer = say(scripted, "/two", result)
    assert shown(answer) == (200, body)
    assert answer.get_all("Content-Type") == ["application/json"]
    assert shown(say(scripted, "/one", result)) == SERVER_ERROR


MALFORMED: tuple[object, ...] = (
    {"statusCode": "many"},
    {"statusCode": 99},
    {"statusCode": 1000},
    {"statusCode": 200, "headers": "X: y"},
    {"statusCode": 200, "headers": {"X": {"a": 1}}},
    {"statusCode": 200, "headers": {"X Y": "1"}},
    {"statusCode": 200, "headers": {"X": "a\r\nSet-Cookie: stolen=1"}},
    {"statusCode": 200, "body": {"a": 1}},
    {"statusCode": 200, "isBase64Encoded": True, "body": "a"},
)


@pytest.mark.parametrize("path", ["/two", "/one"])
@pytest.mark.parametrize("result", MALFORMED)
def test_malformed_responses(scripted: Api, path: str, result: object) -> None:
    answer = say(scripted, path, result)
    assert shown(answer) == SERVER_ERROR
    assert answer.get_all("Set-Cookie") == []
    assert answer.get_all("Content-Type") == ["application/json"]
    assert len(answer.get_all("Apigw-Requestid")) == 1


@pytest.mark.parametrize("path", ["/two", "/one"])
def test_a_binary_response(scripted: Api, path: str) -> None:
    body = bytes(range(256)) * 3
    result = {
        "statusCode": 200,
        "isBase64Encoded": True,
        "headers": {"content-type": "image/png"},
        "body": base64.b64encode(body).decode(),
    }
    answer = say(scripted, path, result)
    assert shown(answer) == (200, body)
    assert answer.get_all("Content-Type") == ["image/png"]


def test_what_frames_the_response_is_ours(scripted: Api) -> None:
    headers = {"Content-Length": "3", "Transfer-Encoding": "chunked", "Connection": "close", "X-Kept": "1"}
    answer = say(scripted, "/two", {"statusCode": 200, "headers": headers, "body": "longer than three"})
    assert shown(answer) == (200, b"longer than three")
    assert answer.get_all("Content-Length") == ["17"]
    assert answer.get_all("Transfer-Encoding") == []
    assert answer.get_all("X-Kept") == ["1"]


@pytest.mark.parametrize("status", [204, 304])
def test_responses_without_a_body(scripted: Api, status: int) -> None:
    assert shown(say(scripted, "/two", {"statusCode": status, "body": "ignored"})) == (status, b"")


def test_errors_of_functions(node: Node) -> None:
    made = api(node)
    for path, lines in {
        "/raises": ("raise ValueError('secret')",),
        "/exits": ("os._exit(1)",),
        "/set": ("return {1}",),
    }.items():
        failing = function(node, *lines)
        failing.permit()
        made.route(f"GET {path}", failing.arn)
    for path in ("/raises", "/exits", "/set", "/raises"):
        answer = made.get(path)
        assert shown(answer) == SERVER_ERROR
        assert b"secret" not in answer.body


@pytest.mark.slow
def test_a_function_that_is_too_slow_for_the_integration(node: Node) -> None:
    """ "TimeoutInMillis": the client gets 503; the invocation runs on, and the next request is served."""
    slow = function(node, "time.sleep(float(event['rawQueryString'])); return 'done'", Timeout=20)
    slow.permit()
    made = api(node)
    made.route("GET /", slow.arn, TimeoutInMillis=300)
    assert shown(made.get("/?0")) == (200, b"done")
    assert shown(made.get("/?1.5")) == (503, b'{"message":"Service Unavailable"}')
    assert shown(made.get("/?0")) == (200, b"done")


@pytest.mark.slow
def test_a_function_that_times_out(node: Node) -> None:
    slow = function(node, "time.sleep(60)", Timeout=1)
    slow.permit()
    made = api(node, {"GET /": slow.arn})
    assert shown(made.get("/")) == SERVER_ERROR


def source(made: Api, pattern: str) -> str:
    return f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{made.api_id}/{pattern}"


# Resource patterns (the page's own first), and which of the calls below they allow.
CALLS = ("GET /", "GET /user", "POST /user", "GET /pets/1")
PATTERNS: Mapping[str, frozenset[str]] = {
    "*/GET/*": frozenset({"GET /", "GET /user", "GET /pets/1"}),
    "*/*/*": frozenset(CALLS),
    "*": frozenset(CALLS),
    "$default/GET/": frozenset({"GET /"}),
    "*/GET/user": frozenset({"GET /user"}),
    "*/POST/user": frozenset({"POST /user"}),
    "*/*/user": frozenset({"GET /user", "POST /user"}),
    "$default/*/user": frozenset({"GET /user", "POST /user"}),
    "prod/GET/user": frozenset(),
    "*/GET/pets/{id}": frozenset({"GET /pets/1"}),
    "*/GET/us?r": frozenset({"GET /user"}),
    "*/DELETE/*": frozenset(),
}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_a_permission_allows(node: Node, pattern: str) -> None:
    called = function(node, "return 'invoked'")
    keys = ("GET /", "GET /user", "POST /user", "GET /pets/{id}")
    made = api(node, dict.fromkeys(keys, called.arn))

    def allowed() -> set[str]:
        found = set()
        for call in CALLS:
            answer = made.call(*call.split(" "))
            if answer.status == 200:
                found.add(call)
            else:
                assert shown(answer) == SERVER_ERROR
        return found

    assert allowed() == set()
    called.permit(source(made, pattern))
    assert allowed() == PATTERNS[pattern]
    called.client.remove_permission(FunctionName=called.name, StatementId="apigateway")
    assert allowed() == set()


def test_a_function_of_another_region(node: Node) -> None:
    """ "the Region identifier in the source ARN must match the Region of the function, not the Region of the API"."""
    called = function(node, "return os.environ['AWS_REGION']", region="us-east-2")
    made = api(node, {"GET /": called.arn})
    called.permit(source(made, "*"), "region-of-the-api")
    assert shown(made.get("/")) == SERVER_ERROR
    called.permit(source(made, "*").replace("us-east-1", "us-east-2"), "region-of-the-function")
    assert shown(made.get("/")) == (200, b"us-east-2")


def test_permissions_of_others_allow_nothing(node: Node) -> None:
    called = function(node, "return 'invoked'")
    made = api(node, {"GET /": called.arn})
    other = api(node)
    called.permit(source(other, "*/*/*"), "other-api")
    called.permit(source(made, "*").replace("us-east-1", "us-west-2"), "other-region")
    called.permit(source(made, "*").replace(ACCOUNT, "111122223333"), "other-account")
    called.permit(source(made, "*"), "other-owner", SourceAccount="111122223333")
    for principal, statement in (("s3.amazonaws.com", "other-service"), ("111122223333", "other-principal")):
        called.client.add_permission(
            FunctionName=called.name, StatementId=statement, Action="lambda:InvokeFunction", Principal=principal
        )
    called.client.add_permission(
        FunctionName=called.name,
        StatementId="other-action",
        Action="lambda:GetFunction",
        Principal="apigateway.amazonaws.com",
    )
    assert shown(made.get("/")) == SERVER_ERROR
    called.permit(source(made, "*"), "this", SourceAccount=ACCOUNT)
    assert shown(made.get("/")) == (200, b"invoked")


@pytest.mark.slow
def test_the_log_says_why_a_function_was_not_invoked(tmp_path: Path) -> None:
    path = tmp_path / "stderr"
    with path.open("wb") as errors, running("--ephemeral", errors=errors) as node:
        called = function(node, "print('invoked')")
        made = api(node, {"GET /one": called.arn})
        answer = made.get("/one")
        assert shown(answer) == SERVER_ERROR
        (request_id,) = answer.get_all("Apigw-Requestid")
        (line,) = [line for line in path.read_text().splitlines() if request_id in line]
        assert made.api_id in line
        assert called.name in line
        assert "policy" in line
        assert node.logs(called.name) == ""


@pytest.mark.slow
def test_bodies_up_to_what_lambda_takes(node: Node, scripted: Api) -> None:
    """10 MB for an HTTP API, 6 MB for an invocation with all that is around the body."""
    length = function(node, "return str(len(event['body']))", MemorySize=512)
    length.permit()
    made = api(node, {"POST /": length.arn})
    headers = {"Content-Type": "text/plain"}
    assert shown(made.call("POST", "/", headers, b"x" * (5 * MIB))) == (200, b"%d" % (5 * MIB))
    for size in (7 * MIB, 10 * MIB, 10 * MIB + 1):
        answer = made.call("POST", "/", headers, b"x" * size)
        assert answer.status == 413
        assert b'"message":"Request Entity Too Large"' in answer.body
    assert made.call("POST", "/", headers, b"x").body == b"1"


@pytest.mark.slow
def test_large_responses(node: Node) -> None:
    large = function(node, "return 'x' * int(event['rawQueryString'])", MemorySize=512)
    large.permit()
    made = api(node, {"GET /": large.arn})
    assert made.get(f"/?{6 * MIB - 2}").body == b"x" * (6 * MIB - 2)
    assert shown(made.get(f"/?{7 * MIB}")) == SERVER_ERROR
    assert made.get("/?1").body == b"x"


@pytest.mark.slow
def test_many_clients_at_once(node: Node) -> None:
    one = function(node, "return {'statusCode': 200, 'headers': {'X-Id': event['body']}, 'body': event['body']}")
    one.permit()
    made = api(node, {"POST /": one.arn})
    salt = os.urandom(500).hex()

    def call(number: int) -> bool:
        body = f"{number} {salt}".encode()
        answer = made.call("POST", "/", {"Content-Type": "text/plain"}, body)
        return shown(answer) == (200, body) and answer.get_all("X-Id") == [body.decode()]

    with ThreadPoolExecutor(32) as threads:
        assert all(threads.map(call, range(500)))


def test_request_ids_are_different(pets: Api) -> None:
    ids = [pets.get("/two").get_all("Apigw-Requestid") for _ in range(20)]
    assert len({one for (one,) in ids}) == 20
