"""REST APIs before functions: localstack's recordings of AWS, tests/aws/services/apigateway/test_apigateway_lambda.py,
and test_apigateway_basic.py where a test names it.
"""

from typing import Any

import pytest

from tests.unit.gateway.fakes import API_ID, request
from tests.unit.gateway.rest_apis.recorded import INTERNAL_SERVER_ERROR, error_of, json_of, serving, text_of
from tests.unit.gateway.rest_apis.rest_api import integration, method, outcome, resource

_REQUEST_TEMPLATE = """\
#set($allParams = $input.params())
#set($path = $allParams.get('path'))
#set($querystring = $allParams.get('querystring'))
{"apiContext": {"apiId": "$context.apiId", "method": "$context.httpMethod", "stage": "$context.stage"},
"path": {
#foreach($paramName in $path.keySet())
"$paramName": "$util.escapeJavaScript($path.get($paramName))"#if($foreach.hasNext),#end
#end
},
"querystring": {
#foreach($paramName in $querystring.keySet())
"$paramName": "$util.escapeJavaScript($querystring.get($paramName))"#if($foreach.hasNext),#end
#end
},
"body": $input.json('$')
}
"""
_RESPONSE_TEMPLATE = """\
#set($inputRoot = $input.path('$'))
$input.json("$")
#if($inputRoot.toString().contains("customerror"))
    #set($context.responseOverride.status = 400)
#else
    #set($context.responseOverride.status = 202)
#end
"""


async def test_a_body_passes_through() -> None:
    """`test_lambda_aws_integration`."""

    async def echo(_: object, event: bytes) -> bytes:
        return event

    target = integration("AWS", responses=(outcome(),))
    gateway = serving(resource("/test", method("POST", target)), answer=echo)
    response = await gateway.send(request("POST", "/prod/test", body=b'{"message": "hello world"}'))
    assert (response.status, await json_of(response)) == (200, {"message": "hello world"})
    assert response.headers.get("content-type") == "application/json"


@pytest.mark.parametrize("query", ["param1=foobar", "param1=foobar&Signature=1"])
async def test_a_request_template_makes_the_event(query: str) -> None:
    """`test_lambda_aws_integration_with_request_template`."""
    template = """{"param1": "$input.params('param1')"}"""
    target = integration("AWS", request_templates=(("application/json", template),), responses=(outcome(),))
    gateway = serving(resource("/test", method("GET", target)), answer={})
    await gateway.get(f"/prod/test?{query}")
    assert gateway.invoker.events == [{"param1": "foobar"}]


@pytest.mark.parametrize(("said", "status"), [("noerror", 202), ("customerror", 400)])
async def test_a_response_template_overrides_the_status(said: str, status: int) -> None:
    """`test_lambda_aws_integration_response_with_mapping_templates`."""
    result = {"statusCode": 200, "body": said}
    target = integration(
        "AWS",
        request_templates=(("application/json", _REQUEST_TEMPLATE),),
        responses=(outcome(template=_RESPONSE_TEMPLATE),),
    )
    gateway = serving(resource("/test", method("POST", target)), answer=result)
    sent = request("POST", "/prod/test?a=b&c=d/e", ("Content-Type", "application/json"), body=b'{"httpStatus": "400"}')
    response = await gateway.send(sent)
    assert (response.status, await json_of(response)) == (status, result)
    assert gateway.invoker.events[0]["body"] == {"httpStatus": "400"}


@pytest.mark.parametrize(("code", "status"), [(None, 200), (400, 405), (500, 502)])
async def test_errors_select_responses(code: int | None, status: int) -> None:
    """`test_lambda_selection_patterns`."""
    error = {"errorMessage": f"Error: Raising {code} from within the Lambda function", "errorType": "Exception"}
    target = integration(
        "AWS",
        request_templates=(("application/json", """{"statusCode": "$input.params('statusCode')"}"""),),
        responses=(outcome(), outcome("405", ".*400.*"), outcome("502", r".*5\d\d.*")),
    )
    gateway = serving(resource("/{statusCode}", method("GET", target)), answer="Pass" if code is None else error)
    gateway.invoker.function_error = None if code is None else "Unhandled"
    response = await gateway.get(f"/prod/{code or 200}")
    assert (response.status, await json_of(response)) == (status, "Pass" if code is None else error)
    assert gateway.invoker.events == [{"statusCode": str(code or 200)}]


async def test_a_function_that_did_not_fail_has_no_error_to_select_by() -> None:
    """ "Handle custom Lambda errors in API Gateway": patterns look at the errorMessage, and not at the status."""
    target = integration("AWS", responses=(outcome(), outcome("500", "200|.+")))
    gateway = serving(resource("/a", method("GET", target)), answer="Pass")
    assert (await gateway.get("/prod/a")).status == 200


async def test_functions_are_called_by_post() -> None:
    """`test_lambda_aws_proxy_integration_non_post_method`."""
    gateway = serving(resource("/a", method("GET", integration(http_method="GET"))), answer={})
    assert await error_of(await gateway.get("/prod/a")) == INTERNAL_SERVER_ERROR


async def test_request_parameters_change_no_event() -> None:
    """`test_lambda_aws_proxy_integration_request_data_mapping`."""
    mappings = (
        ("integration.request.header.headerVar", "method.request.header.foobar"),
        ("integration.request.path.qsVar", "method.request.querystring.testVar"),
        ("integration.request.path.pathVar", "method.request.path.pathVariable"),
        ("integration.request.querystring.queryString", "method.request.querystring.testQueryString"),
        ("integration.request.querystring.testQs", "method.request.querystring.testQueryString"),
        ("integration.request.querystring.testEmptyQs", "method.request.header.emptyheader"),
    )
    target = integration(request_parameters=mappings)
    gateway = serving(resource("/{pathVariable}", method("POST", target)), answer={"statusCode": 200})
    sent = request(
        "POST",
        "/prod/foobar?testQueryString=foo&testVar=bar",
        ("Content-Type", "application/json"),
        ("foobar", "mapped-value"),
        ("headerVar", "request-value"),
        body=b'{"message": "hello world"}',
    )
    assert (await gateway.send(sent)).status == 200
    event: dict[str, Any] = gateway.invoker.events[0]
    assert (event["headers"]["headerVar"], event["headers"]["foobar"]) == ("request-value", "mapped-value")
    assert event["queryStringParameters"] == {"testQueryString": "foo", "testVar": "bar"}
    assert event["pathParameters"] == {"pathVariable": "foobar"}
    assert (event["path"], event["resource"]) == ("/foobar", "/{pathVariable}")
    assert event["requestContext"]["apiId"] == API_ID


@pytest.mark.parametrize(("variables", "version"), [({}, ""), ({"version": "1.0"}, "1.0")])
async def test_stage_variables_without_a_value_are_empty(variables: dict[str, str], version: str) -> None:
    """`test_apigateway_basic.py::TestAPIGateway::test_apigw_stage_variables`."""
    template = '{ "version": "$stageVariables.version" }'
    target = integration("AWS", request_templates=(("application/json", template),), responses=(outcome(),))
    gateway = serving(resource("/test", method("POST", target)), answer={}, variables=variables)
    await gateway.send(request("POST", "/prod/test", body=b'{"test": "test"}'))
    assert gateway.invoker.events == [{"version": version}]


async def test_a_proxy_integration_needs_no_integration_responses() -> None:
    """`test_apigateway_basic.py::TestAPIGateway::test_response_headers_invocation_with_apigw`."""
    result = {"statusCode": 300, "headers": {"Content-Type": "application/xml"}, "body": "<message>completed</message>"}
    target = integration(responses=(outcome("200", "^2.*"), outcome("400", "^4.*"), outcome("500", "^5.*")))
    response = await serving(resource("/{proxy+}", method("GET", target)), answer=result).get("/prod/hello/world")
    assert (response.status, response.headers.get("content-type")) == (300, "application/xml")
    assert await text_of(response) == "<message>completed</message>"


async def test_an_event_that_is_no_json_is_refused_in_the_words_of_lambda() -> None:
    """serverless/serverless issue 2270, srcecde/aws-tutorial-code issue 4: what clients got of AWS."""
    gateway = serving(resource("/a", method("POST", integration("AWS", responses=(outcome(),)))), answer={})
    response = await gateway.send(request("POST", "/prod/a", ("Content-Type", "text/plain"), body=b"token=x"))
    status, body, error_type = await error_of(response)
    assert (status, error_type, list(body)) == (400, "BadRequestException", ["message"])
    assert body["message"].startswith("Could not parse request body into json: Could not parse payload into json: ")
    assert not gateway.invoker.events
