"""HTTP APIs in front of an origin: what it is sent, what comes back, and parameter mapping.

AWS documentation: "Create HTTP proxy integrations for HTTP APIs"; "Transform API requests and responses for HTTP APIs
in API Gateway". RFC 9110 section 7.6 (message forwarding).
"""

import http.client
import socket
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.deployed import Api, Function, api, fails
from tests.integration.nodes import Node
from tests.integration.origin import Origin, answer

UNAVAILABLE = (503, {"message": "Service Unavailable"})
MIB = 1024 * 1024


def test_what_an_origin_is_sent(node: Node, upstream: Origin) -> None:
    made = api(node, {"ANY /shop/{proxy+}": f"{upstream.url}/base/{{proxy}}"})
    headers = [
        ("X-Kept", "1"),
        ("x-Twice", "a"),
        ("x-Twice", "b"),
        ("Cookie", "a=1"),
        ("Connection", "x-hop"),
        ("X-Hop", "gone"),
        ("TE", "trailers"),
        ("User-Agent", "tests/1.0"),
    ]
    upstream.respond = answer(b"from the origin", "201 Created", "X-Origin: yes", "Set-Cookie: a=1", "Set-Cookie: b=2")
    got = made.call("PUT", "/shop/a%20b/c%C3%A4?q=1&q=2%20x", headers, b"the body")
    assert (got.status, got.body) == (201, b"from the origin")
    assert got.get_all("X-Origin") == ["yes"]
    assert got.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert len(got.get_all("Apigw-Requestid")) == 1
    (sent,) = upstream.requests
    assert sent.line == "PUT /base/a%20b/c%C3%A4?q=1&q=2%20x HTTP/1.1"
    assert sent.body == b"the body"
    assert sent.get_all("Host") == [f"127.0.0.1:{upstream.port}"]
    assert sent.get_all("X-Kept") == ["1"]
    assert ",".join(sent.get_all("X-Twice")).replace(" ", "") == "a,b"
    assert sent.get_all("Cookie") == ["a=1"]
    assert sent.get_all("User-Agent") == ["tests/1.0"]
    assert sent.get_all("Content-Length") == ["8"]
    assert sent.get_all("X-Hop") == sent.get_all("TE") == []
    assert sent.get_all("Via") == ["HTTP/1.1 AmazonAPIGateway"]
    assert "for=127.0.0.1" in sent.get_all("Forwarded")[0]
    assert sent.get_all("X-Amzn-Trace-Id")[0].startswith("Root=1-")


def test_the_default_route_sends_the_full_path(node: Node, upstream: Origin) -> None:
    """ "API Gateway sends the full request path to the integration" when the $default route takes a request."""
    made = api(node, {"$default": upstream.url})
    made.get("/store/checkout?a=b")
    made.get("/")
    assert [request.target for request in upstream.requests] == ["/store/checkout?a=b", "/"]


def test_the_method_of_the_integration(node: Node, upstream: Origin) -> None:
    made = api(node)
    made.route("GET /fixed", f"{upstream.url}/fixed", IntegrationMethod="POST")
    made.route("ANY /same", f"{upstream.url}/same")
    made.get("/fixed")
    for method in ("GET", "DELETE", "PATCH"):
        assert made.call(method, "/same").body == b"ok"
    lines = [request.line.split(" ")[:2] for request in upstream.requests]
    assert lines == [["POST", "/fixed"], ["GET", "/same"], ["DELETE", "/same"], ["PATCH", "/same"]]


def test_head(node: Node, upstream: Origin) -> None:
    made = api(node, {"ANY /": upstream.url})

    def head_only(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nX-Here: 1\r\n\r\n")

    upstream.respond = head_only
    got = made.call("HEAD", "/")
    assert (got.status, got.body, got.get_all("X-Here")) == (200, b"", ["1"])
    assert got.get_all("Content-Length") == ["1000"]


def test_path_variables_in_the_uri(node: Node, upstream: Origin) -> None:
    made = api(node, {"GET /pets/{id}/{rest+}": f"{upstream.url}/v1/{{id}}/x/{{rest}}?id={{id}}"})
    assert made.get("/pets/7/a/b?more=1").status == 200
    assert upstream.requests[0].target == "/v1/7/x/a/b?id=7&more=1"


@pytest.mark.parametrize("path", ["/shop/..%2f..%2fadmin", "/shop/%2e%2e/admin", "/shop/../admin"])
def test_a_client_cannot_climb_out_of_the_path(node: Node, upstream: Origin, path: str) -> None:
    made = api(node, {"ANY /shop/{proxy+}": f"{upstream.url}/base/{{proxy}}"})
    made.get(path)
    assert [request.target for request in upstream.requests if ".." in request.target.replace("%2e", ".")] == []
    assert all(request.target.startswith("/base/") for request in upstream.requests)


def test_a_response_streams(node: Node, upstream: Origin) -> None:
    """The first part arrives before the origin has written the second."""
    go_on = threading.Event()

    def in_two_parts(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        assert go_on.wait(20)
        connection.sendall(b"6\r\nsecond\r\n0\r\n\r\n")

    upstream.respond = in_two_parts
    made = api(node, {"GET /": upstream.url})
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=20)
    connection.request("GET", "/", headers={"Host": f"{made.api_id}.execute-api.localhost"})
    response = connection.getresponse()
    assert response.read(5) == b"first"
    go_on.set()
    assert response.read() == b"second"
    connection.close()


def test_a_request_in_chunks(node: Node, upstream: Origin) -> None:
    made = api(node, {"POST /": upstream.url})
    fields = [("Host", f"{made.api_id}.execute-api.localhost"), ("Transfer-Encoding", "chunked")]
    got = node.request("POST", "/", fields, encoded_body=b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")
    assert got.body == b"ok"
    assert upstream.requests[0].body == b"abcdefg"


@pytest.mark.slow
def test_bodies_up_to_10_mib(node: Node, upstream: Origin) -> None:
    made = api(node, {"POST /": upstream.url})
    body = b"0123456789abcdef" * (10 * MIB // 16)
    upstream.respond = answer(body)
    got = made.call("POST", "/", {"Content-Type": "application/octet-stream"}, body)
    assert got.status == 200
    assert got.body == body
    assert upstream.requests[0].body == body
    over = made.call("POST", "/", {}, body + b"x")
    assert over.status == 413
    assert len(upstream.requests) == 1
    fields = [("Host", f"{made.api_id}.execute-api.localhost"), ("Transfer-Encoding", "chunked")]
    upstream.respond = answer(b"seen")
    chunked = b"a00000\r\n" + body + b"\r\n1\r\nx\r\n0\r\n\r\n"
    assert node.request("POST", "/", fields, encoded_body=chunked).status == 413
    assert made.call("POST", "/", {}, b"small").body == b"seen"


def test_an_origin_that_is_not_there(node: Node) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    made = api(node, {"GET /": f"http://127.0.0.1:{port}/", "GET /unknown": "http://no-such-host.invalid/"})
    for path in ("/", "/unknown"):
        got = made.get(path)
        assert (got.status, got.json()) == UNAVAILABLE


def hang_up(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def garbage(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
    hang_up(connection)


@pytest.mark.parametrize("behaviour", [hang_up, garbage])
def test_an_origin_that_speaks_no_http(node: Node, upstream: Origin, behaviour: object) -> None:
    made = api(node, {"GET /": upstream.url})
    assert callable(behaviour)
    upstream.respond = behaviour
    got = made.get("/")
    assert (got.status, got.json()) == UNAVAILABLE
    upstream.respond = answer()
    assert made.get("/").body == b"ok"


def test_an_origin_that_does_not_answer_in_time(node: Node, upstream: Origin) -> None:
    release = threading.Event()
    made = api(node)
    made.route("GET /", upstream.url, TimeoutInMillis=200)
    upstream.respond = lambda connection: release.wait(20) and None
    got = made.get("/")
    release.set()
    assert (got.status, got.json()) == UNAVAILABLE
    upstream.respond = answer()
    assert made.get("/").body == b"ok"


def test_a_response_that_breaks_off(node: Node, upstream: Origin) -> None:
    """The client must see that something is missing."""

    def break_off(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 70_000)
        hang_up(connection)

    upstream.respond = break_off
    made = api(node, {"GET /": upstream.url})
    with pytest.raises(http.client.IncompleteRead):
        made.get("/")
    upstream.respond = answer()
    assert made.get("/").body == b"ok"


def test_request_parameters(node: Node, upstream: Origin) -> None:
    made = api(node, stage=None)
    parameters = {
        "append:header.header1": "$context.requestId",
        "append:header.x-kept": "more",
        "overwrite:header.x-replaced": "static",
        "remove:header.x-removed": "''",
        "overwrite:header.x-stage": "$stageVariables.colour",
        "overwrite:header.x-joined": "${request.path.id}-${request.querystring.q}-${context.stage}",
        "overwrite:header.x-body": "$request.body.user.name",
        "append:querystring.added": "$request.header.x-kept",
        "remove:querystring.secret": "''",
        "overwrite:querystring.q": "new value",
        "overwrite:path": "/moved/$request.path.id",
    }
    parameters["overwrite:path"] = "/moved/${request.path.id}/here"
    made.route("POST /pets/{id}", f"{upstream.url}/base", RequestParameters=parameters)
    made.stage(StageVariables={"colour": "blue"})
    headers = {"X-Kept": "1", "X-Replaced": "old", "X-Removed": "secret"}
    got = made.call("POST", "/pets/7?q=old&secret=1&other=2", headers, b'{"user": {"name": "Ada"}}')
    assert got.status == 200
    (sent,) = upstream.requests
    path, _, query = sent.target.partition("?")
    assert path == "/moved/7/here"
    assert sorted(query.split("&")) == ["added=1", "other=2", "q=new%20value"]
    assert sent.get_all("header1") == got.get_all("Apigw-Requestid")
    assert ",".join(sent.get_all("X-Kept")).replace(" ", "") == "1,more"
    expected = {"X-Replaced": "static", "X-Stage": "blue", "X-Joined": "7-old-$default", "X-Body": "Ada"}
    assert {name: ",".join(sent.get_all(name)) for name in expected} == expected
    assert sent.get_all("X-Removed") == []
    assert sent.body == b'{"user": {"name": "Ada"}}'


def test_a_mapped_host(node: Node, upstream: Origin) -> None:
    made = api(node)
    made.route("GET /", upstream.url, RequestParameters={"overwrite:header.Host": "internal.example"})
    assert made.get("/").body == b"ok"
    assert upstream.requests[0].get_all("Host") == ["internal.example"]


def test_response_parameters(node: Node, upstream: Origin) -> None:
    made = api(node)
    made.route(
        "GET /",
        upstream.url,
        ResponseParameters={
            "500": {"append:header.header1": "$context.requestId", "overwrite:statuscode": "403"},
            "404": {"append:header.error": "$response.body.error", "remove:header.x-internal": "''"},
            "200": {"overwrite:header.x-from": "$response.header.x-origin"},
        },
    )
    upstream.respond = answer(b"{}", "500 Broken")
    got = made.get("/")
    assert (got.status, got.body) == (403, b"{}")
    assert got.get_all("header1") == got.get_all("Apigw-Requestid")
    upstream.respond = answer(
        b'{"error": "no pet"}', "404 Not Found", "X-Internal: secret", "Content-Type: application/json"
    )
    got = made.get("/")
    assert (got.status, got.json()) == (404, {"error": "no pet"})
    assert (got.get_all("error"), got.get_all("X-Internal")) == (["no pet"], [])
    upstream.respond = answer(b"fine", "200 OK", "X-Origin: here")
    got = made.get("/")
    assert (got.get_all("X-From"), got.get_all("header1")) == (["here"], [])


def test_parameter_mapping_in_front_of_a_function(node: Node, echo: Function) -> None:
    made = api(node)
    made.route(
        "GET /{id}",
        echo.arn,
        RequestParameters={
            "overwrite:header.x-id": "$request.path.id",
            "remove:header.x-removed": "''",
            "append:querystring.added": "yes",
        },
        ResponseParameters={"200": {"overwrite:statuscode": "202", "append:header.x-added": "1"}},
    )
    got = made.get("/7?a=b", {"X-Removed": "1"})
    assert (got.status, got.get_all("X-Added")) == (202, ["1"])
    event = got.json()
    assert event["headers"]["x-id"] == "7"
    assert "x-removed" not in event["headers"]
    assert event["queryStringParameters"] == {"a": "b", "added": "yes"}


REFUSED: Mapping[str, Mapping[str, str]] = {
    "reserved header": {"overwrite:header.X-Forwarded-For": "elsewhere"},
    "reserved prefix": {"append:header.x-amzn-trace-id": "1"},
    "unknown action": {"replace:header.a": "b"},
    "unknown place": {"overwrite:cookie.a": "b"},
    "unknown source": {"overwrite:header.a": "$request.cookie.b"},
    "append to path": {"append:path": "/a"},
}


@pytest.mark.parametrize("case", REFUSED)
def test_mappings_that_are_refused(node: Node, case: str) -> None:
    made = api(node)
    found = fails(
        made.client.create_integration,
        ApiId=made.api_id,
        IntegrationType="HTTP_PROXY",
        IntegrationMethod="GET",
        IntegrationUri="http://127.0.0.1:1/",
        PayloadFormatVersion="1.0",
        RequestParameters=REFUSED[case],
    )
    assert found[:2] == (400, "BadRequestException")


@pytest.mark.slow
def test_many_clients_of_one_origin(node: Node, upstream: Origin) -> None:
    made: Api = api(node, {"ANY /{proxy+}": f"{upstream.url}/{{proxy}}"})

    def call(number: int) -> bool:
        got = made.call("POST", f"/n/{number}", {}, b"%d" % number)
        return (got.status, got.body) == (200, b"ok")

    with ThreadPoolExecutor(32) as threads:
        assert all(threads.map(call, range(500)))
    # Nothing was sent twice.
    assert sorted(int(request.body) for request in upstream.requests) == list(range(500))
    assert all(request.target == f"/n/{request.body.decode()}" for request in upstream.requests)
