"""REST APIs before HTTP endpoints: localstack's recordings of AWS, tests/aws/services/apigateway/
test_apigateway_http.py, and test_apigateway_integrations.py where a test names it.
"""

import pytest

from gatewright.base.messages import Headers, Response
from gatewright.snapshot.types.rest_api import RestIntegration
from tests.unit.gateway.fakes import API_ID, Gateway, request
from tests.unit.gateway.rest_apis.recorded import IDS, json_of, names_of, serving
from tests.unit.gateway.rest_apis.rest_api import integration, method, outcome, resource

_ORIGIN = "https://origin.example.com"
_SENT = (("Content-Type", "application/json"), ("accept", "application/xml"), ("user-Agent", "test/integration"))


def serving_http(path: str, target: RestIntegration, answer: Response, http_method: str = "POST") -> Gateway:
    gateway = serving(resource(path, method(http_method, target)))
    gateway.client.answer = answer
    return gateway


def answered(status: int = 200) -> Response:
    return Response(status, Headers([("Content-Type", "application/json")]), b'{"status_code": %d}' % status)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("HTTP", {"accept": "application/json", "user-agent": f"AmazonAPIGateway_{API_ID}"}),
        ("HTTP_PROXY", {"accept": "application/xml", "user-agent": "test/integration"}),
    ],
)
async def test_what_endpoints_get(kind: str, fields: dict[str, str]) -> None:
    """`test_http_integration_with_lambda`."""
    target = integration(kind, uri=f"{_ORIGIN}/", responses=(outcome(),))
    gateway = serving_http("/test", target, answered())
    response = await gateway.send(request("POST", "/prod/test", *_SENT, body=b'{"message": "hello world"}'))
    assert (response.status, gateway.client.bodies) == (200, [b'{"message": "hello world"}'])
    headers = {name.lower(): value for name, value in gateway.client.requests[0].headers}
    assert {"content-type": "application/json", "x-amzn-apigateway-api-id": API_ID, **fields}.items() <= headers.items()
    assert "x-amzn-trace-id" in headers


async def test_responses_of_proxied_endpoints_are_remapped() -> None:
    """`test_http_integration_with_lambda[HTTP_PROXY]`: an endpoint that sends a trace id of its own."""
    fields = ("Connection", "Content-Length", "Date", "x-amzn-RequestId", "X-Amzn-Trace-Id", "Content-Type")
    answer = Response(200, Headers([(name, f"its {name}") for name in fields]), b"{}")
    target = integration("HTTP_PROXY", uri=f"{_ORIGIN}/")
    response = await serving_http("/test", target, answer).send(request("POST", "/prod/test"))
    remapped = {f"x-amzn-remapped-{name}" for name in ("connection", "content-length", "date", "x-amzn-requestid")}
    assert names_of(response) == IDS | remapped | {"content-type", "x-amzn-trace-id"}


@pytest.mark.parametrize(
    ("kind", "sent", "status"),
    [("HTTP", 200, 200), ("HTTP", 400, 200), ("HTTP_PROXY", 200, 200), ("HTTP_PROXY", 400, 400)],
)
async def test_the_status_of_an_endpoint(kind: str, sent: int, status: int) -> None:
    """`test_http_integration_invoke_status_code_passthrough`."""
    target = integration(
        kind,
        uri=f"{_ORIGIN}/{{map}}",
        request_parameters=(("integration.request.path.map", "method.request.path.map"),),
        responses=(outcome(),),
    )
    gateway = serving_http("/{map+}", target, answered(sent))
    response = await gateway.send(request("POST", f"/prod/status/{sent}"))
    assert (response.status, await json_of(response)) == (status, {"status_code": sent})
    assert gateway.client.requests[0].target == f"/status/{sent}"


@pytest.mark.parametrize(("sent", "status"), [(404, 400), (201, 200)])
async def test_the_status_of_an_endpoint_selects_the_response(sent: int, status: int) -> None:
    """`test_apigateway_integrations.py::test_http_integration_status_code_selection`."""
    target = integration(
        "HTTP",
        http_method="GET",
        uri=f"{_ORIGIN}/status/{{status}}",
        request_parameters=(("integration.request.path.status", "method.request.path.status"),),
        responses=(outcome(), outcome("400", r"4\d{2}")),
    )
    gateway = serving_http("/{status}", target, answered(sent), "GET")
    assert (await gateway.get(f"/prod/{sent}")).status == status


@pytest.mark.parametrize("kind", ["HTTP", "HTTP_PROXY"])
@pytest.mark.parametrize("sent", ["POST", "PUT"])
async def test_the_method_is_that_of_the_integration(kind: str, sent: str) -> None:
    """`test_http_integration_method`."""
    target = integration(kind, uri=f"{_ORIGIN}/", responses=(outcome(),))
    gateway = serving_http("/test", target, answered(), "ANY")
    response = await gateway.send(request(sent, "/prod/test", body=b'{"message": "hello world"}'))
    assert (response.status, gateway.client.requests[0].method) == (200, "POST")
    assert gateway.client.bodies == [b'{"message": "hello world"}']


async def test_what_is_mapped_comes_behind_what_is_proxied() -> None:
    """`test_http_proxy_integration_request_data_mappings`."""
    mappings = (
        ("integration.request.header.headerVar", "method.request.header.foobar"),
        ("integration.request.path.qsVar", "method.request.querystring.testVar"),
        ("integration.request.path.pathVar", "method.request.path.pathVariable"),
        ("integration.request.querystring.queryString", "method.request.querystring.testQueryString"),
        ("integration.request.querystring.testQs", "method.request.querystring.testQueryString"),
        ("integration.request.querystring.testEmptyQs", "method.request.header.emptyheader"),
    )
    uri = f"{_ORIGIN}/?testVar={{pathVar}}&testQs={{qsVar}}"
    gateway = serving_http(
        "/{pathVariable}", integration("HTTP_PROXY", uri=uri, request_parameters=mappings), answered()
    )
    headers = (*_SENT, ("foobar", "mapped-value"), ("headerVar", "request-value"))
    await gateway.send(request("POST", "/prod/foobar?testQueryString=foo&testVar=bar", *headers, body=b"{}"))
    sent = gateway.client.requests[0]
    own, proxied = "testVar=foobar&testQs=bar", "testQueryString=foo&testVar=bar"
    assert sent.target == f"/?{own}&{proxied}&queryString=foo&testQs=foo"
    assert [value for name, value in sent.headers if name.lower() == "headervar"] == ["mapped-value"]
    assert sent.headers.get("foobar") == "mapped-value"
