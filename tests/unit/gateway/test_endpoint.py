"""Where a request goes: the table of DESIGN.md, row by row."""

from typing import Any

import pytest

from gatewright.base.messages import Headers, Request, Response
from gatewright.gateway.endpoint import EXECUTE_API, LAMBDA_URL, Endpoint, destination_of, domain_of
from tests.unit.gateway.fakes import API_ID, Gateway, stage
from tests.unit.gateway.function_urls.fakes import URL_ID, Urls


def plane(name: str) -> Any:
    async def handle(request: Request) -> Response:
        return Response(200, Headers(), f"{name} {request.path}".encode())

    return handle


def endpoint(gateway: Gateway) -> Endpoint:
    return Endpoint(gateway.execute_api, Urls({"statusCode": 200}).served, aws=plane("aws"), own=plane("own"))


async def send(target: Endpoint, host: str | None, path: str) -> Response:
    headers = Headers([] if host is None else [("hOsT", host)])
    return await target.handle(Request("GET", path, "", headers, received_at=1.0))


# (Host, path, domain name of the event, stage, raw path)
TO_THE_API = [
    (f"{API_ID}.execute-api.localhost:4566", "/a", f"{API_ID}.execute-api.localhost", "$default", "/a"),
    (f"{API_ID.upper()}.Execute-API.LocalHost", "/a", f"{API_ID}.execute-api.localhost", "$default", "/a"),
    (f"{API_ID}.execute-api.us-east-2.amazonaws.com", "/prod/a", None, "prod", "/prod/a"),
    (f"{API_ID}.execute-api", "/", None, "$default", "/"),
    # On an API's host every path is the API's.
    (f"{API_ID}.execute-api.localhost", "/_gatewright/health", None, "$default", "/_gatewright/health"),
    (f"{API_ID}.execute-api.localhost", "/_aws/execute-api/x/y", None, "$default", "/_aws/execute-api/x/y"),
    ("localhost:4566", f"/_aws/execute-api/{API_ID}/prod/a/b", f"{API_ID}.execute-api.localhost", "prod", "/prod/a/b"),
    ("localhost", f"/_aws/execute-api/{API_ID}/$default/a", None, "$default", "/a"),
    ("localhost", f"/_aws/execute-api/{API_ID}/%24default/a", None, "$default", "/a"),
    ("localhost", f"/_aws/execute-api/{API_ID}/prod", None, "prod", "/prod/"),
    ("localhost", f"/_aws/execute-api/{API_ID}/prod/", None, "prod", "/prod/"),
    ("localhost", f"/_aws/execute-api/{API_ID}/prod//a/", None, "prod", "/prod//a/"),
    ("localhost", f"/restapis/{API_ID}/prod/_user_request_/a/b", None, "prod", "/prod/a/b"),
    ("localhost", f"/restapis/{API_ID}/prod/_user_request_", None, "prod", "/prod/"),
    (None, f"/_aws/execute-api/{API_ID}/prod/a", f"{API_ID}.execute-api.localhost", "prod", "/prod/a"),
    ("127.0.0.1:4566", f"/_aws/execute-api/{API_ID}/prod/a", f"{API_ID}.execute-api.localhost", "prod", "/prod/a"),
    ("gw.corp", f"/_aws/execute-api/{API_ID}/prod/a", f"{API_ID}.execute-api.gw.corp", "prod", "/prod/a"),
    ("[::1]:4566", f"/_aws/execute-api/{API_ID}/prod/a", f"{API_ID}.execute-api.localhost", "prod", "/prod/a"),
]


@pytest.mark.parametrize(("host", "path", "domain_name", "stage_name", "raw_path"), TO_THE_API)
async def test_to_the_api(host: str | None, path: str, domain_name: str | None, stage_name: str, raw_path: str) -> None:
    gateway = Gateway({"statusCode": 200}).serve(stage("$default"), stage("$default", name="prod"))
    assert destination_of(host or "", path) == (EXECUTE_API, API_ID)
    response = await send(endpoint(gateway), host, path)
    assert response.status == 200
    event = gateway.invoker.events[0]
    assert (event["requestContext"]["stage"], event["rawPath"]) == (stage_name, raw_path)
    assert event["requestContext"]["domainPrefix"] == API_ID
    if domain_name is not None:
        assert event["requestContext"]["domainName"] == domain_name


@pytest.mark.parametrize(
    ("host", "path"),
    [
        (f"{API_ID}.execute-api.localhost", "/other"),
        ("unknown.execute-api.localhost", "/"),
        (".execute-api.localhost", "/"),
        ("localhost", f"/_aws/execute-api/{API_ID}/other/a"),
        ("localhost", "/_aws/execute-api/unknown/prod/a"),
        ("localhost", "/restapis/unknown/prod/_user_request_/a"),
    ],
)
async def test_what_no_api_serves_is_not_found(host: str, path: str) -> None:
    gateway = Gateway({"statusCode": 200}).serve(stage("GET /a", name="prod"))
    response = await send(endpoint(gateway), host, path)
    assert (response.status, response.body) == (404, b'{"message":"Not Found"}')


# (Host, path, domain name of the event, raw path)
TO_THE_FUNCTION_URL = [
    (f"{URL_ID}.lambda-url.us-east-2.localhost:4566", "/a", f"{URL_ID}.lambda-url.us-east-2.localhost", "/a"),
    (f"{URL_ID.upper()}.Lambda-Url.us-east-2.ON.aws", "/a%2Fb", f"{URL_ID}.lambda-url.us-east-2.on.aws", "/a%2Fb"),
    (f"{URL_ID}.lambda-url", "/", f"{URL_ID}.lambda-url", "/"),
    (f"{URL_ID}.lambda-url.localhost", "/_gatewright/health", None, "/_gatewright/health"),
    (f"{URL_ID}.lambda-url.localhost", "/2015-03-31/functions", None, "/2015-03-31/functions"),
    ("localhost:4566", f"/_aws/lambda-url/{URL_ID}", f"{URL_ID}.lambda-url.localhost", "/"),
    ("localhost", f"/_aws/lambda-url/{URL_ID}/", None, "/"),
    ("127.0.0.1:4566", f"/_aws/lambda-url/{URL_ID}/a", f"{URL_ID}.lambda-url.localhost", "/a"),
    ("gw.corp", f"/_aws/lambda-url/{URL_ID}/a//b/c/d/", f"{URL_ID}.lambda-url.gw.corp", "/a//b/c/d/"),
]


@pytest.mark.parametrize(("host", "path", "domain_name", "raw_path"), TO_THE_FUNCTION_URL)
async def test_to_the_function_url(host: str, path: str, domain_name: str | None, raw_path: str) -> None:
    assert destination_of(host, path)[0] == LAMBDA_URL
    urls = Urls({"statusCode": 200})
    target = Endpoint(Gateway().execute_api, urls.served, aws=plane("aws"), own=plane("own"))
    assert (await send(target, host, path)).status == 200
    event = urls.invoker.events[0]
    assert event["rawPath"] == raw_path
    assert event["requestContext"]["apiId"] == event["requestContext"]["domainPrefix"] == URL_ID
    if domain_name is not None:
        assert event["requestContext"]["domainName"] == domain_name


ELSEWHERE = [
    ("localhost:4566", "/", "aws"),
    ("localhost:4566", "/2015-03-31/functions", "aws"),
    ("localhost:4566", "/restapis", "aws"),
    ("localhost:4566", f"/restapis/{API_ID}/stages/prod", "aws"),
    ("localhost:4566", f"/restapis/{API_ID}/resources/x/methods/GET", "aws"),
    ("localhost:4566", "/_aws/other", "aws"),
    ("localhost:4566", "/_aws/lambda-url", "aws"),
    ("lambda-url.us-east-2.on.aws", "/", "aws"),
    ("a.lambda-urls.localhost", "/", "aws"),
    ("localhost:4566", "/_aws/execute-api", "aws"),
    ("localhost:4566", f"/_aws/execute-api/{API_ID}", "aws"),
    ("localhost:4566", "/_gatewright/health", "own"),
    ("localhost:4566", "/_gatewright", "own"),
    ("localhost:4566", "/_gatewrightx", "aws"),
    ("lambda.us-east-2.amazonaws.com", "/", "aws"),
    ("execute-api.us-east-2.amazonaws.com", "/", "aws"),
    ("notexecute-api.localhost", "/", "aws"),
    ("a.execute-apix.localhost", "/", "aws"),
    ("[::1]:4566", "/", "aws"),
    (None, "/", "aws"),
    ("", "*", "aws"),
]


@pytest.mark.parametrize(("host", "path", "name"), ELSEWHERE)
async def test_elsewhere(host: str | None, path: str, name: str) -> None:
    assert destination_of(host or "", path) == (None, "")
    response = await send(endpoint(Gateway()), host, path)
    assert response.body == f"{name} {path}".encode()


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("A.b:80", "a.b"),
        ("A.b", "a.b"),
        ("[::1]:80", "[::1]"),
        ("[::1]", "[::1]"),
        ("", ""),
        (":80", ""),
        ("a:b:c", "a"),
    ],
)
def test_domains(host: str, domain: str) -> None:
    assert domain_of(host) == domain
