"""HTTP APIs at their edges: CORS, throttling, and what is no HTTP.

AWS documentation: "Configure CORS for HTTP APIs in API Gateway"; "Throttle requests to your HTTP APIs for better
throughput in API Gateway". RFC 9112 (what a request may look like).
"""

import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.deployed import Api, Function, api, fails, function
from tests.integration.nodes import Answer, Node, wait_until

ORIGIN = "https://www.example.com"
CORS = {
    "AllowOrigins": [ORIGIN, "https://other.example.com"],
    "AllowMethods": ["GET", "POST"],
    "AllowHeaders": ["authorization", "X-Custom"],
    "ExposeHeaders": ["date", "x-api-id"],
    "MaxAge": 300,
    "AllowCredentials": True,
}


def cors_headers(answer: Answer) -> dict[str, str]:
    return {
        name.lower(): value.replace(", ", ",")
        for name, value in answer.headers
        if name.lower().startswith("access-control-")
    }


@pytest.fixture(scope="module")
def plain(node: Node) -> Function:
    """A function with CORS headers of its own."""
    headers = {"Access-Control-Allow-Origin": "https://evil.example", "X-Own": "1"}
    made = function(node, f"return {{'statusCode': 200, 'headers': {headers!r}, 'body': event['routeKey']}}")
    made.permit()
    return made


@pytest.fixture(scope="module")
def shared(node: Node, plain: Function) -> Api:
    return api(node, {"GET /pets": plain.arn, "POST /pets": plain.arn}, CorsConfiguration=CORS)


def preflight(origin: str = ORIGIN, method: str = "POST", headers: str | None = "authorization") -> Mapping[str, str]:
    sent = {"Origin": origin, "Access-Control-Request-Method": method}
    return sent if headers is None else sent | {"Access-Control-Request-Headers": headers}


@pytest.mark.parametrize("path", ["/pets", "/no/such/route"])
def test_a_preflight_request(shared: Api, path: str) -> None:
    """ "API Gateway automatically sends a response to preflight OPTIONS requests, even if there isn't a route"."""
    answer = shared.call("OPTIONS", path, preflight())
    assert (answer.status, answer.body) == (204, b"")
    found = cors_headers(answer)
    assert found.pop("access-control-allow-headers").lower() == "authorization,x-custom"
    found.pop("access-control-expose-headers", None)
    assert found == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-methods": "GET,POST",
        "access-control-allow-credentials": "true",
        "access-control-max-age": "300",
    }


@pytest.mark.parametrize(
    "sent",
    [
        preflight(origin="https://evil.example"),
        preflight(origin="https://www.example.com.evil.example"),
        preflight(origin="null"),
        preflight(method="DELETE"),
        preflight(headers="authorization, x-other"),
        {"Origin": ORIGIN},
        {"Access-Control-Request-Method": "GET"},
        {},
    ],
)
def test_a_preflight_request_that_is_not_allowed(shared: Api, sent: Mapping[str, str]) -> None:
    answer = shared.call("OPTIONS", "/pets", sent)
    assert (answer.status, answer.body) == (204, b"")
    assert cors_headers(answer) == {}


def test_the_headers_of_a_cors_request(shared: Api) -> None:
    answer = shared.get("/pets", {"Origin": ORIGIN})
    assert (answer.status, answer.get_all("X-Own")) == (200, ["1"])
    assert cors_headers(answer) == {
        "access-control-allow-origin": ORIGIN,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "date,x-api-id",
    }


def test_the_integration_has_no_cors_headers_of_its_own(shared: Api) -> None:
    """ "API Gateway ignores CORS headers returned from your backend integration"."""
    for headers in ({"Origin": "https://evil.example"}, {}):
        answer = shared.get("/pets", headers)
        assert (answer.status, cors_headers(answer)) == (200, {})


def test_any_origin(node: Node, plain: Function) -> None:
    made = api(node, {"GET /": plain.arn}, CorsConfiguration={"AllowOrigins": ["*"], "AllowMethods": ["*"]})
    assert cors_headers(made.get("/", {"Origin": "https://a.example"})) == {"access-control-allow-origin": "*"}
    answer = made.call("OPTIONS", "/", preflight("https://a.example", "DELETE", None))
    assert (answer.status, cors_headers(answer)["access-control-allow-origin"]) == (204, "*")


def test_without_cors_the_integration_has_its_own(node: Node, plain: Function) -> None:
    made = api(node, {"GET /": plain.arn})
    assert cors_headers(made.get("/", {"Origin": ORIGIN})) == {"access-control-allow-origin": "https://evil.example"}
    assert made.call("OPTIONS", "/", preflight()).status == 404
    made.client.update_api(ApiId=made.api_id, CorsConfiguration=CORS)
    assert made.call("OPTIONS", "/", preflight()).status == 204
    made.client.delete_cors_configuration(ApiId=made.api_id)
    assert made.call("OPTIONS", "/", preflight()).status == 404


def test_credentials_for_any_origin_are_refused(node: Node) -> None:
    found = fails(
        node.client("apigatewayv2").create_api,
        Name="x",
        ProtocolType="HTTP",
        CorsConfiguration={"AllowOrigins": ["*"], "AllowCredentials": True},
    )
    assert found[:2] == (400, "BadRequestException")


def statuses(made: Api, target: str, count: int) -> list[int]:
    return [made.get(target).status for _ in range(count)]


def test_throttling_by_the_stage_and_by_the_route(node: Node, plain: Function) -> None:
    # A token in 1,000 s: what the bucket holds at first is all there is.
    made = api(node, {"GET /a": plain.arn, "GET /b": plain.arn, "GET /c": plain.arn}, stage=None)
    slow = {"ThrottlingRateLimit": 0.001}
    made.stage(
        DefaultRouteSettings=slow | {"ThrottlingBurstLimit": 3},
        RouteSettings={"GET /b": slow | {"ThrottlingBurstLimit": 1}},
    )
    assert statuses(made, "/b", 3) == [200, 429, 429]
    throttled = made.get("/b")
    assert (throttled.json(), throttled.get_all("Content-Type")) == (
        {"message": "Too Many Requests"},
        ["application/json"],
    )
    assert statuses(made, "/a", 4)[0] == 200
    assert statuses(made, "/a", 1) == [429]
    # A change gives new buckets.
    made.client.update_stage(
        ApiId=made.api_id,
        StageName="$default",
        DefaultRouteSettings={"ThrottlingRateLimit": 1000.0, "ThrottlingBurstLimit": 1000},
    )
    assert statuses(made, "/a", 10) == [200] * 10
    made.client.delete_route_settings(ApiId=made.api_id, StageName="$default", RouteKey="GET /b")
    assert statuses(made, "/b", 10) == [200] * 10


def test_a_throttle_of_nothing_lets_nothing_through(node: Node, plain: Function) -> None:
    made = api(node, {"GET /": plain.arn}, stage=None)
    made.stage(DefaultRouteSettings={"ThrottlingRateLimit": 0.0, "ThrottlingBurstLimit": 0})
    assert statuses(made, "/", 3) == [429] * 3


def exchange(node: Node, sent: bytes) -> bytes:
    """Send octets, and read until the node closes."""
    with socket.create_connection(("127.0.0.1", node.port), timeout=30) as connection:
        connection.sendall(sent)
        received = b""
        try:
            while part := connection.recv(65536):
                received += part
        except ConnectionResetError:
            pass
    return received


HOST = b"Host: x.execute-api.localhost\r\n"

# (octets, the status they get)
NO_HTTP: Mapping[str, tuple[bytes, int]] = {
    "binary": (bytes(range(256)) + b"\r\n\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(32) + b"\r\n\r\n", 400),
    "only line ends": (b"\r\n\r\n\r\nX\r\n\r\n", 400),
    "no version": (b"GET /\r\n\r\n", 400),
    "another version": (b"GET / HTTP/4.2\r\n" + HOST + b"\r\n", 505),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two hosts": (b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
    "NUL in the target": (b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "space in the target": (b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "bare CR": (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\rb\r\n\r\n", 400),
    "NUL in a field": (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n", 400),
    "space before the colon": (b"GET / HTTP/1.1\r\n" + HOST + b"X : a\r\n\r\n", 400),
    "no colon": (b"GET / HTTP/1.1\r\n" + HOST + b"nothing\r\n\r\n", 400),
    "folded field": (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n", 400),
    "length and chunks": (
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
    "two lengths": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
    "negative length": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -3\r\n\r\nabc", 400),
    "long request line": (b"GET /" + b"a" * 17_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
    "large fields": (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 11_000 + b"\r\n\r\n", 431),
    "many fields": (
        b"GET / HTTP/1.1\r\n" + HOST + b"".join(b"a%d:b\r\n" % number for number in range(300)) + b"\r\n",
        431,
    ),
}


@pytest.mark.parametrize("case", NO_HTTP)
def test_what_is_no_http(node: Node, plain: Function, case: str) -> None:
    sent, status = NO_HTTP[case]
    received = exchange(node, sent)
    line = received.split(b"\r\n")[0].split(b" ")
    assert (line[0], line[1]) == (b"HTTP/1.1", b"%d" % status), received[:200]
    # One answer, and what came after it is not taken for a request.
    assert received.count(b"HTTP/1.1 ") == 1
    assert node.request("GET", "/_gatewright/health").status == 200


@pytest.mark.parametrize(
    "body", [b"xyz\r\n\r\n", b"3\r\nabcd\r\n0\r\n\r\n", b"-1\r\n\r\n", b"1;\x00\r\na\r\n0\r\n\r\n"]
)
def test_bodies_that_are_no_chunks(node: Node, plain: Function, body: bytes) -> None:
    made = api(node, {"POST /": plain.arn})
    head = f"POST / HTTP/1.1\r\nHost: {made.api_id}.execute-api.localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    received = exchange(node, head.encode() + body)
    assert received.startswith(b"HTTP/1.1 400 "), received
    assert received.count(b"HTTP/1.1 ") == 1
    assert made.call("POST", "/", {}, b"a").status == 200


def test_nothing_but_a_connection(node: Node) -> None:
    with socket.create_connection(("127.0.0.1", node.port), timeout=30):
        pass
    with socket.create_connection(("127.0.0.1", node.port), timeout=30) as connection:
        connection.sendall(b"GET / HT")
    assert node.request("GET", "/_gatewright/health").status == 200


def test_a_client_that_leaves_does_not_end_the_invocation(node: Node) -> None:
    """ "Cancelling" is not something that Lambda knows: the function runs to its end, and serves the next."""
    slow = function(node, "print('begun', flush=True); time.sleep(0.3); print('ended'); return os.getpid()")
    slow.permit()
    made = api(node, {"GET /": slow.arn})
    first = made.get("/").body
    with socket.create_connection(("127.0.0.1", node.port), timeout=30) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {made.api_id}.execute-api.localhost\r\n\r\n".encode())
        wait_until(lambda: node.logs(slow.name).count("begun") == 2, "it runs")
    wait_until(lambda: node.logs(slow.name).count("REPORT") == 2, "it ends")
    assert node.logs(slow.name).count("ended") == 2
    assert made.get("/").body == first


def test_pipelined_requests_are_answered_in_order(node: Node) -> None:
    one = function(node, "time.sleep(float(event['rawQueryString']) / 100); return event['rawQueryString']")
    one.permit()
    made = api(node, {"GET /": one.arn})
    host = f"Host: {made.api_id}.execute-api.localhost"
    sent = "".join(f"GET /?{number} HTTP/1.1\r\n{host}\r\n\r\n" for number in (9, 1, 5))
    received = exchange(node, f"{sent}GET /?3 HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n".encode())
    bodies = [part.partition(b"\r\n\r\n")[2] for part in received.split(b"HTTP/1.1 200 OK\r\n")[1:]]
    assert bodies == [b"9", b"1", b"5", b"3"]


@pytest.mark.slow
def test_clients_that_send_garbage_do_not_disturb_others(node: Node) -> None:
    one = function(node, "return event['rawQueryString']")
    one.permit()
    made = api(node, {"GET /": one.arn})

    def garbage(number: int) -> None:
        sent, _ = list(NO_HTTP.values())[number % len(NO_HTTP)]
        exchange(node, sent)

    with ThreadPoolExecutor(16) as threads:
        disturbing = threads.map(garbage, range(100))
        assert list(threads.map(lambda number: made.get(f"/?{number}").body, range(200))) == [
            b"%d" % number for number in range(200)
        ]
        assert len(list(disturbing)) == 100
