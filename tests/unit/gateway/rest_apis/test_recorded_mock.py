"""Mock integrations and overrides, as AWS was recorded to serve them: localstack, tests/aws/services/apigateway/
test_apigateway_integrations.py and test_apigateway_basic.py; what mocks take for JSON, tests/unit/services/apigateway/
test_mock_integration.py, whose cases were tried on AWS (pull request 11967).
"""

import json
from typing import Any

import pytest

from gatewright.base.messages import Response
from gatewright.snapshot.types.rest_api import RestMethodResponse
from tests.unit.gateway.fakes import request
from tests.unit.gateway.rest_apis.recorded import (
    IDS,
    INTERNAL_SERVER_ERROR,
    error_of,
    json_of,
    names_of,
    serving,
    text_of,
)
from tests.unit.gateway.rest_apis.rest_api import integration, method, mock, outcome, resource

_UNDERSTOOD = (
    '{"statusCode": 200}',
    "{ statusCode: 200 }",
    "{statusCode: 200,super{ f}oo: [ba r]}",
    '{statusCode: 200, "value": "goog"}',
    "{statusCode: 200, foo}: [ba r]}",
    "{statusCode: 200, foo'}: [ba r]}",
    "{statusCode: 200, }foo: [ba r]}",
    "{statusCode: 200, }foo: ''}",
    '{statusCode: 200, " ": " "}',
    "{'statusCode': 200, '': ''}",
    '{"statusCode": 200 , }',
    '{"statusCode": 200 ,, }',
    '{"statusCode": 200 , statusCode: 200 }',
    '{"statusCode": 0}',
    '{"statusCode": -1000}',
)
_REFUSED = (
    '{"statusCode": "200"}',
    '{"statusCode": 200',
    "statusCode: 200",
    "{statusCode: 200, {foo: [ba r]}",
    "{statusCode: 200, what:{}foo: [ba r]}}",
    '{"statusCode": 200.5}',
    '{"statusCode": true}',
    "{}",
    "[]",
    " ",
)


async def answer_of(template: str, request_template: str = '{"statusCode": 200}', path: str = "/a") -> Response:
    gateway = serving(resource("/{path}", method("GET", mock(template, request_template))))
    return await gateway.get(f"/prod{path}")


@pytest.mark.parametrize("template", _UNDERSTOOD)
async def test_what_mocks_understand(template: str) -> None:
    response = await answer_of("mocked", template)
    assert (response.status, await text_of(response)) == (200, "mocked")
    # `test_apigateway_common.py::TestApiGatewayCommon::test_invocation_trace_id`: those of a mock have no trace id.
    assert names_of(response) == IDS | {"content-type"}


@pytest.mark.parametrize("template", _REFUSED)
async def test_what_mocks_do_not_understand(template: str) -> None:
    assert await error_of(await answer_of("mocked", template)) == INTERNAL_SERVER_ERROR


async def test_mocks_without_a_template_read_the_body() -> None:
    """ "Mock integrations for REST APIs in API Gateway": the integration request's body says the status."""
    gateway = serving(resource("/a", method("POST", integration("MOCK", responses=(outcome(),)))))
    assert await error_of(await gateway.send(request("POST", "/prod/a"))) == INTERNAL_SERVER_ERROR
    sent = request("POST", "/prod/a", ("Content-Type", "text/plain"), body=b'{"statusCode": 200}')
    assert (await gateway.send(sent)).status == 200


async def test_path_parameters_are_echoed() -> None:
    """`test_api_gateway_mock_integration`."""
    response = await answer_of("""{"echo": "$input.params('path')", "response": "mocked"}""", path="/foobar")
    assert await json_of(response) == {"echo": "foobar", "response": "mocked"}


@pytest.mark.parametrize("passthrough", ["WHEN_NO_MATCH", "NEVER", "WHEN_NO_TEMPLATES"])
@pytest.mark.parametrize("http_method", ["GET", "POST"])
async def test_a_matching_template_is_used_whatever_passes_through(passthrough: str, http_method: str) -> None:
    """`TestIntegrations::test_mock_integration_response`."""
    target = mock('{"statusCode": 200, "id": $input.params().path.id}', passthrough_behavior=passthrough)
    gateway = serving(resource("/{id}", method(http_method, target)))
    response = await gateway.send(request(http_method, "/prod/42", ("Content-Type", "application/json")))
    assert (response.status, await json_of(response)) == (200, {"statusCode": 200, "id": 42})


@pytest.mark.parametrize(
    ("passthrough", "status"), [("NEVER", 415), ("WHEN_NO_TEMPLATES", 415), ("WHEN_NO_MATCH", 500)]
)
async def test_what_no_template_matches(passthrough: str, status: int) -> None:
    """localstack, tests/unit/services/apigateway/test_handler_integration_request.py, and its gateway responses."""
    gateway = serving(resource("/a", method("POST", mock(passthrough_behavior=passthrough))))
    response = await gateway.send(request("POST", "/prod/a", ("Content-Type", "text/plain"), body=b"x"))
    unsupported = (415, {"message": "Unsupported Media Type"}, "BadRequestException")
    assert await error_of(response) == (unsupported if status == 415 else INTERNAL_SERVER_ERROR)


@pytest.mark.parametrize(
    ("path", "said"),
    [("path1", "path was path one"), ("path2", "path was path two"), ("path3", "this is the else clause")],
)
async def test_response_templates_see_overrides_of_the_request(path: str, said: str) -> None:
    """`test_integration_mock_with_request_overrides_in_response_template`."""
    request_template = """#set($context.requestOverride.path.mypath = $input.params('path')){"statusCode": 200}"""
    response_template = """
        #set($mypath = $context.requestOverride.path.mypath)
        #if($mypath == 'path1')
          {"response": "path was path one"}
        #elseif($mypath == 'path2')
          {"response": "path was path two"}
        #else
          {"response": "this is the else clause"}
        #end
    """
    assert await json_of(await answer_of(response_template, request_template, f"/{path}")) == {"response": said}


_OVERRIDES = """
#set($context.responseOverride.status = 444)
#set($context.responseOverride.header.foo = "bar")
#set($context.responseOverride.custom = "is also passed around")
{"statusCode": 200}
"""


@pytest.mark.parametrize("has_template", [True, False])
async def test_request_templates_override_responses(has_template: bool) -> None:
    """localstack, `test_integration_mock_with_response_override_in_request_template`."""
    template = """{
        "statusOverride": "$context.responseOverride.status",
        "fooHeader": "$context.responseOverride.header.foo",
        "custom": "$context.responseOverride.custom"
    }"""
    gateway = serving(resource("/a", method("GET", mock(template if has_template else None, _OVERRIDES))))
    response = await gateway.get("/prod/a")
    assert (response.status, response.headers.get("foo")) == (444, "bar")
    shown: Any = {"statusOverride": "444", "fooHeader": "bar", "custom": "is also passed around"}
    assert await text_of(response) == "" or json.loads(await text_of(response)) == shown


@pytest.mark.parametrize(("override", "status"), [("500", 500), ("600", 300), ("99", 300), ("'500'", 300)])
async def test_what_is_no_status_overrides_none(override: str, status: int) -> None:
    """localstack, tests/unit/services/apigateway/test_handler_integration_response.py::test_status_code."""
    responses = (outcome("300", template=f"#set($context.responseOverride.status = {override})"),)
    gateway = serving(resource("/a", method("GET", mock(responses=responses))))
    assert (await gateway.get("/prod/a")).status == status


async def test_maps_of_overrides_are_set_in_three_ways() -> None:
    """localstack, `test_integration_mock_with_vtl_map_assignation`."""
    request_template = """
        #set($paramName = "foo")
        #set($context.requestOverride.querystring[$paramName] = "bar")
        #set($paramPutName = "putfoo")
        $context.requestOverride.querystring.put($paramPutName, "putBar")
        #set($context["requestOverride"].querystring["nestedfoo"] = "nestedFoo")
        {"statusCode": 200}
    """
    template = """{
        "value": "$context.requestOverride.querystring["foo"]",
        "value2": "$context.requestOverride.querystring["putfoo"]",
        "value3": "$context.requestOverride.querystring["nestedfoo"]"
    }"""
    response = await answer_of(template, request_template)
    assert await json_of(response) == {"value": "bar", "value2": "putBar", "value3": "nestedFoo"}


@pytest.mark.parametrize(
    ("templates", "accept", "body"),
    [
        ((), None, ""),
        ((("application/xml", "xml"),), None, "xml"),
        ((("application/xml", "xml"), ("application/json", "json")), None, "json"),
        ((("application/xml", "xml"), ("application/json", "json")), "text/html", "json"),
        ((("application/xml", "xml"), ("application/json", "json")), "application/xml", "xml"),
    ],
)
async def test_which_response_template(templates: tuple[tuple[str, str], ...], accept: str | None, body: str) -> None:
    """localstack, test_handler_integration_response.py::test_default_template_selection_behavior."""
    gateway = serving(resource("/a", method("GET", mock(responses=(outcome(response_templates=templates),)))))
    response = await gateway.get("/prod/a", *([("Accept", accept)] if accept else []))
    assert await text_of(response) == body


@pytest.mark.parametrize(
    ("types", "accept", "content_type"),
    [
        ((), None, "application/json"),
        (("text/html",), None, "text/html"),
        (("text/html",), "application/json", "text/html"),
        (("text/html", "application/json"), None, "application/json"),
        (("text/html", "application/json"), "text/html", "text/html"),
    ],
)
async def test_the_model_of_a_response_says_its_content_type(
    types: tuple[str, ...], accept: str | None, content_type: str
) -> None:
    """serverless/serverless, pull request 194; serverless-apigateway-service-proxy, issue 115: seen of AWS."""
    declared = RestMethodResponse("200", (), tuple((name, "Empty") for name in types))
    gateway = serving(resource("/a", method("GET", mock("<html/>"), responses=(declared,))))
    response = await gateway.get("/prod/a", *([("Accept", accept)] if accept else []))
    assert response.headers.get("content-type") == content_type


async def test_an_integration_response_needs_a_method_response_of_its_status() -> None:
    """serverless-apigateway-service-proxy, issue 179: `Output mapping refers to an invalid method response: 201`."""
    created = integration(
        "MOCK",
        request_templates=(("application/json", '{"statusCode": $input.params("s")}'),),
        responses=(outcome("200"), outcome("201", "201", "#set($context.responseOverride.status = 200)")),
    )
    gateway = serving(resource("/a", method("GET", created, responses=(RestMethodResponse("200", (), ()),))))
    assert (await gateway.get("/prod/a?s=200")).status == 200
    assert await error_of(await gateway.get("/prod/a?s=201")) == INTERNAL_SERVER_ERROR


async def test_an_override_needs_no_method_response() -> None:
    """Override your API's request and response parameters and status codes for REST APIs in API Gateway."""
    target = mock("#set($context.responseOverride.status = 418)")
    gateway = serving(resource("/a", method("GET", target, responses=(RestMethodResponse("200", (), ()),))))
    assert (await gateway.get("/prod/a")).status == 418


async def test_a_parameter_of_a_content_type_is_no_part_of_it() -> None:
    """aws/aws-cdk issue 16323: a template for `application/x+json;version=1.6.3` matches nothing."""
    for name, status in (("application/x+json", 200), ("application/x+json;version=1.6.3", 500)):
        target = integration("MOCK", request_templates=((name, '{"statusCode": 200}'),), responses=(outcome(),))
        gateway = serving(resource("/a", method("POST", target)))
        sent = request("POST", "/prod/a", ("Content-Type", "application/x+json;version=1.6.3"), body=b"x")
        assert (await gateway.send(sent)).status == status
