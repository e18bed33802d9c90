"""Integrations and their responses, as the "Amazon API Gateway REST API Reference" describes Integration and
IntegrationResponse.

Texts and members that the pages do not have are those of recorded answers of AWS.
"""

from typing import Any

import pytest

from tests.unit.control.apigateway.calls import FUNCTION, INVOCATION, ROLE, Calls

RESOURCE = ("NotFoundException", "Invalid Resource identifier specified")
METHOD = ("NotFoundException", "Invalid Method identifier specified")
INTEGRATION = ("NotFoundException", "Invalid Integration identifier specified")
RESPONSE = ("NotFoundException", "Invalid Response status code specified")
URL = "http://petstore.example.com/pets"
QUEUE = "arn:aws:apigateway:us-east-1:sqs:path/123456789012/queue"
RESULT = "Invalid mapping expression specified: Validation Result: warnings : [], errors : "


@pytest.fixture
def where(calls: Calls, api_id: str) -> dict[str, str]:
    return calls.method(api_id, requestParameters={"method.request.querystring.q": False})


def test_mock_has_only_defaults(calls: Calls, where: dict[str, str]) -> None:
    templates = {"application/json": '{"statusCode": 200}'}
    integration = calls("PutIntegration", **where, type="MOCK", requestTemplates=templates)
    assert integration == {
        "type": "MOCK",
        "cacheKeyParameters": [],
        "cacheNamespace": where["resourceId"],
        "passthroughBehavior": "WHEN_NO_MATCH",
        "requestTemplates": templates,
        "timeoutInMillis": 29000,
    }
    assert calls("GetIntegration", **where) == integration
    assert calls("GetMethod", **where)["methodIntegration"] == integration


def test_http_goes_through_the_internet(calls: Calls, where: dict[str, str]) -> None:
    integration = calls("PutIntegration", **where, type="HTTP", integrationHttpMethod="POST", uri=URL)
    assert integration == {
        "type": "HTTP",
        "httpMethod": "POST",
        "uri": URL,
        "connectionType": "INTERNET",
        "cacheKeyParameters": [],
        "cacheNamespace": where["resourceId"],
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": 29000,
    }


def test_lambda_proxy_has_no_connection_type(calls: Calls, where: dict[str, str]) -> None:
    integration = calls("PutIntegration", **where, type="AWS_PROXY", integrationHttpMethod="POST", uri=INVOCATION)
    assert "connectionType" not in integration
    assert (integration["httpMethod"], integration["uri"]) == ("POST", INVOCATION)
    assert integration["responseTransferMode"] == "BUFFERED"


def test_put_integration_keeps_what_it_is_given(calls: Calls, where: dict[str, str]) -> None:
    given: dict[str, Any] = {
        "type": "HTTP",
        "uri": "https://${stageVariables.host}/pets/{q}",
        "credentials": ROLE,
        "requestParameters": {"integration.request.path.q": "method.request.querystring.q"},
        "requestTemplates": {"application/json": "$input.json('$')"},
        "passthroughBehavior": "NEVER",
        "cacheNamespace": "pets",
        "cacheKeyParameters": ["method.request.querystring.q"],
        "contentHandling": "CONVERT_TO_TEXT",
        "timeoutInMillis": 50,
        "tlsConfig": {"insecureSkipVerification": True},
    }
    integration = calls("PutIntegration", **where, **given, integrationHttpMethod="ANY")
    assert integration == {**given, "httpMethod": "ANY", "connectionType": "INTERNET"}


def test_put_integration_replaces(calls: Calls, where: dict[str, str]) -> None:
    calls("PutIntegration", **where, type="HTTP", integrationHttpMethod="POST", uri=URL)
    calls("PutIntegration", **where, type="MOCK")
    assert "uri" not in calls("GetIntegration", **where)
    assert calls("DeleteIntegration", **where) == {}
    assert "methodIntegration" not in calls("GetMethod", **where)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"type": "HTTP", "uri": URL}, "Enumeration value for HttpMethod must be non-empty"),
        ({"type": "AWS_PROXY", "uri": INVOCATION}, "Enumeration value for HttpMethod must be non-empty"),
        (
            {"type": "HTTP", "uri": URL, "integrationHttpMethod": "WRONG"},
            "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY",
        ),
        ({"type": "HTTP", "integrationHttpMethod": "GET"}, "Invalid HTTP endpoint specified for URI"),
        (
            {"type": "HTTP_PROXY", "integrationHttpMethod": "GET", "uri": "petstore"},
            "Invalid HTTP endpoint specified for URI",
        ),
        ({"type": "AWS", "integrationHttpMethod": "GET", "uri": URL}, "Invalid ARN specified in the request"),
        ({"type": "AWS_PROXY", "integrationHttpMethod": "POST"}, "Invalid ARN specified in the request"),
        (
            {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": FUNCTION},
            "AWS ARN for integration must contain path or action",
        ),
        (
            {"type": "AWS_PROXY", "integrationHttpMethod": "POST", "uri": QUEUE, "credentials": ROLE},
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
        ),
        (
            {"type": "AWS", "integrationHttpMethod": "POST", "uri": QUEUE},
            "Role ARN must be specified for AWS integrations",
        ),
        ({"type": "MOCK", "credentials": "NONE"}, "Invalid ARN specified in the request"),
        ({"type": "MOCK", "timeoutInMillis": 49}, "Timeout should be between 50 ms and 29000 ms"),
        ({"type": "MOCK", "timeoutInMillis": 29001}, "Timeout should be between 50 ms and 29000 ms"),
        (
            {"type": "MOCK", "requestParameters": {"integration.request.header.x": "method.request.header.x"}},
            f"{RESULT}[Invalid mapping expression parameter specified: method.request.header.x]",
        ),
        (
            {"type": "MOCK", "requestParameters": {"integration.request.header.x": "x"}},
            f"{RESULT}[Invalid mapping expression specified: x]",
        ),
        (
            {"type": "MOCK", "requestParameters": {"request.header.x": "'x'"}},
            f"{RESULT}[Invalid mapping expression specified: request.header.x]",
        ),
        (
            {"type": "MOCK", "cacheKeyParameters": ["method.request.querystring.z"]},
            "Invalid cache key parameter specified",
        ),
        (
            {"type": "MOCK", "requestTemplates": {"123": "x"}},
            "Validation Result: warnings : [], errors : [Invalid content type specified: 123]",
        ),
    ],
)
def test_put_integration_refuses(calls: Calls, where: dict[str, str], members: dict[str, Any], message: str) -> None:
    assert calls.refusal("PutIntegration", **where, **members) == ("BadRequestException", message)


@pytest.mark.parametrize(
    "source",
    [
        "'literal value'",
        "method.request.querystring.q",
        "method.request.multivaluequerystring.q",
        "method.request.body",
        "method.request.body.pet.name",
        "context.requestId",
        "context.authorizer.principalId",
        "stageVariables.host",
    ],
)
def test_sources_of_parameters(calls: Calls, where: dict[str, str], source: str) -> None:
    """ "Parameter mapping source examples for REST APIs in API Gateway"."""
    mappings = {"integration.request.header.x": source}
    assert calls("PutIntegration", **where, type="MOCK", requestParameters=mappings)["requestParameters"] == mappings


def test_roles_of_other_accounts_are_not_passed(calls: Calls, where: dict[str, str]) -> None:
    role = "arn:aws:iam::999999999999:role/gateway"
    error = calls.error("PutIntegration", **where, type="MOCK", credentials=role)
    assert (error.code, error.message, error.status) == (
        "AccessDeniedException",
        "Cross-account pass role is not allowed.",
        403,
    )
    calls("PutIntegration", **where, type="MOCK", credentials="arn:aws:iam::*:user/*")


def test_longer_time_outs(calls: Calls) -> None:
    """PutIntegration: the quota of 29 seconds can be raised for Regional APIs; a stream lasts 15 minutes."""
    where = calls.method(calls.api(endpointConfiguration={"types": ["REGIONAL"]}))
    assert calls("PutIntegration", **where, type="MOCK", timeoutInMillis=300_000)["timeoutInMillis"] == 300_000
    stream = {"type": "HTTP_PROXY", "integrationHttpMethod": "GET", "uri": URL, "responseTransferMode": "STREAM"}
    assert calls("PutIntegration", **where, **stream, timeoutInMillis=900_000)["responseTransferMode"] == "STREAM"
    assert calls.refusal("PutIntegration", **where, **{**stream, "type": "HTTP"})[0] == "BadRequestException"


def test_a_function_streams_when_it_is_invoked_so(calls: Calls, where: dict[str, str]) -> None:
    """ "Set up a Lambda proxy integration with payload response streaming in API Gateway"."""
    streaming = (
        f"arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/{FUNCTION}/response-streaming-invocations"
    )
    request = {**where, "type": "AWS_PROXY", "integrationHttpMethod": "POST"}
    assert calls.refusal("PutIntegration", **request, uri=streaming) == (
        "BadRequestException",
        (
            "Invalid ResponseTransferMode. Cannot use ResponseTransferMode BUFFERED for Lambda functions invoked by "
            "InvokeWithResponseStream for AWS_PROXY integrations."
        ),
    )
    code, _ = calls.refusal("PutIntegration", **request, uri=INVOCATION, responseTransferMode="STREAM")
    assert code == "BadRequestException"
    made = calls("PutIntegration", **request, uri=streaming, responseTransferMode="STREAM")
    assert made["responseTransferMode"] == "STREAM"
    changes = (("replace", "/uri", INVOCATION), ("replace", "/responseTransferMode", "BUFFERED"))
    assert calls.patch("UpdateIntegration", *changes, **where)["uri"] == INVOCATION


@pytest.mark.parametrize(
    "members", [{"connectionType": "VPC_LINK", "connectionId": "x"}, {"connectionId": "x"}, {"integrationTarget": "x"}]
)
def test_vpc_links_are_of_a_later_issue(calls: Calls, where: dict[str, str], members: dict[str, str]) -> None:
    request = {"type": "HTTP_PROXY", "integrationHttpMethod": "GET", "uri": URL, **members}
    assert calls.refusal("PutIntegration", **where, **request)[0] == "NotImplemented"


def test_what_is_not_there(calls: Calls, where: dict[str, str]) -> None:
    assert calls.refusal("GetIntegration", **where) == INTEGRATION
    assert calls.refusal("DeleteIntegration", **where) == INTEGRATION
    for operation in ("PutIntegration", "GetIntegration"):
        more = {"type": "MOCK"} if operation == "PutIntegration" else {}
        assert calls.refusal(operation, **{**where, "restApiId": "fake"}, **more) == RESOURCE
        assert calls.refusal(operation, **{**where, "resourceId": "fake"}, **more) == RESOURCE
        assert calls.refusal(operation, **{**where, "httpMethod": "POST"}, **more) == METHOD


def test_integrations_are_patched(calls: Calls, where: dict[str, str]) -> None:
    calls("PutIntegration", **where, type="HTTP", integrationHttpMethod="POST", uri=URL)
    key = "/cacheKeyParameters/method.request.querystring.q"
    integration = calls.patch(
        "UpdateIntegration",
        ("replace", "/timeoutInMillis", "1000"),
        ("replace", "/uri", f"{URL}/2"),
        ("replace", "/httpMethod", "PUT"),
        ("replace", "/passthroughBehavior", "NEVER"),
        ("replace", "/contentHandling", "CONVERT_TO_BINARY"),
        ("replace", "/tlsConfig/insecureSkipVerification", "true"),
        ("add", "/requestParameters/integration.request.header.a-b", "'x'"),
        ("add", "/requestTemplates/application~1json", "{}"),
        ("add", key),
        **where,
    )
    assert integration == {
        "type": "HTTP",
        "httpMethod": "PUT",
        "uri": f"{URL}/2",
        "connectionType": "INTERNET",
        "cacheKeyParameters": ["method.request.querystring.q"],
        "cacheNamespace": where["resourceId"],
        "contentHandling": "CONVERT_TO_BINARY",
        "passthroughBehavior": "NEVER",
        "requestParameters": {"integration.request.header.a-b": "'x'"},
        "requestTemplates": {"application/json": "{}"},
        "timeoutInMillis": 1000,
        "tlsConfig": {"insecureSkipVerification": True},
    }
    assert calls("GetIntegration", **where) == integration
    integration = calls.patch(
        "UpdateIntegration", ("remove", key), ("remove", "/requestTemplates/application~1json"), **where
    )
    assert integration["cacheKeyParameters"] == []
    assert "requestTemplates" not in integration


def test_cache_keys_go_with_their_parameters(calls: Calls, where: dict[str, str]) -> None:
    """hashicorp/terraform-provider-aws, TestAccAPIGatewayIntegration_Parameters_requestCacheKeyUpdate.

    Terraform takes a parameter from the method, then from the mappings, and finds the cache keys gone by that.
    """
    declared, mapped = "method.request.querystring.q", "integration.request.querystring.q"
    members = {
        "type": "HTTP_PROXY",
        "integrationHttpMethod": "ANY",
        "uri": URL,
        "requestParameters": {mapped: declared},
    }
    calls("PutIntegration", **where, **members, cacheKeyParameters=[declared, mapped])
    calls.patch("UpdateMethod", ("remove", f"/requestParameters/{declared}"), **where)
    integration = calls.patch("UpdateIntegration", ("remove", f"/requestParameters/{mapped}"), **where)
    assert integration["cacheKeyParameters"] == []
    refusal = calls.patch_refusal("UpdateIntegration", ("add", f"/cacheKeyParameters/{declared}"), **where)
    assert refusal == ("BadRequestException", "Invalid cache key parameter specified")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (("replace", "/type", "MOCK"), ("BadRequestException", "Invalid patch path /type")),
        (
            ("replace", "/timeoutInMillis", "1"),
            ("BadRequestException", "Timeout should be between 50 ms and 29000 ms"),
        ),
        (
            ("replace", "/contentHandling", "x"),
            (
                "BadRequestException",
                "Invalid ContentHandling specified. Valid options are CONVERT_TO_BINARY,CONVERT_TO_TEXT",
            ),
        ),
        (("replace", "/uri", "x"), ("BadRequestException", "Invalid HTTP endpoint specified for URI")),
        (
            ("replace", "/requestParameters/integration.request.header.x", "'x'"),
            ("NotFoundException", "Invalid parameter name specified"),
        ),
        (
            ("remove", "/requestTemplates/application~1json"),
            ("NotFoundException", "Content-Type specified was not found"),
        ),
        (
            ("add", "/requestParameters/integration.request.header.x", "method.request.header.x"),
            (
                "BadRequestException",
                f"{RESULT}[Invalid mapping expression parameter specified: method.request.header.x]",
            ),
        ),
    ],
)
def test_patches_that_are_refused(
    calls: Calls, where: dict[str, str], change: tuple[str, ...], refusal: tuple[str, str]
) -> None:
    calls("PutIntegration", **where, type="HTTP", integrationHttpMethod="POST", uri=URL)
    assert calls.patch_refusal("UpdateIntegration", change, **where) == refusal


def test_integration_responses_live_in_their_integration(calls: Calls, where: dict[str, str]) -> None:
    calls("PutIntegration", **where, type="MOCK")
    named = {**where, "statusCode": "200"}
    templates = {"application/json": '"created"'}
    given = {"statusCode": "200", "responseTemplates": templates, "selectionPattern": ""}
    assert calls("PutIntegrationResponse", **where, **given) == given
    assert calls("GetIntegrationResponse", **named) == given
    changed = calls.patch("UpdateIntegrationResponse", ("replace", "/selectionPattern", r"5\d\d"), **named)
    assert changed == {**given, "selectionPattern": r"5\d\d"}
    # What is there already is replaced.
    assert calls("PutIntegrationResponse", **named) == {"statusCode": "200"}
    assert calls("GetIntegration", **where)["integrationResponses"] == {"200": {"statusCode": "200"}}
    assert calls("DeleteIntegrationResponse", **named) == {}
    assert "integrationResponses" not in calls("GetIntegration", **where)


@pytest.mark.parametrize("template", [None, ""])
def test_an_empty_template_is_null(calls: Calls, where: dict[str, str], template: str | None) -> None:
    calls("PutIntegration", **where, type="MOCK")
    request = {"statusCode": "200", "responseTemplates": {"application/json": template}}
    response = calls("PutIntegrationResponse", **where, **request)
    assert response["responseTemplates"] == {"application/json": None}


def test_response_parameters_are_declared_by_the_method(calls: Calls, where: dict[str, str]) -> None:
    """ "Set up an integration response": a header needs its place in the method response."""
    calls("PutIntegration", **where, type="MOCK")
    named = {**where, "statusCode": "200"}
    location = {"method.response.header.Location": "integration.response.header.Location"}

    def refusal(mappings: dict[str, str]) -> str:
        code, message = calls.refusal("PutIntegrationResponse", **named, responseParameters=mappings)
        assert code == "BadRequestException"
        return message

    assert refusal(location) == f"{RESULT}[No method response exists for method.]"
    calls("PutMethodResponse", **named)
    parameter = "Invalid mapping expression parameter specified: method.response.header.Location"
    assert refusal(location) == f"{RESULT}[{parameter}]"
    calls.patch("UpdateMethodResponse", ("add", "/responseParameters/method.response.header.Location", "true"), **named)
    assert calls("PutIntegrationResponse", **named, responseParameters=location)["responseParameters"] == location
    wrong = {"method.response.header.Location": "method.request.header.x"}
    assert refusal(wrong) == f"{RESULT}[Invalid mapping expression specified: method.request.header.x]"


def test_integration_responses_that_are_not_there(calls: Calls, where: dict[str, str]) -> None:
    named = {**where, "statusCode": "200"}
    other = {**named, "httpMethod": "POST"}
    for operation in ("PutIntegrationResponse", "GetIntegrationResponse"):
        assert calls.refusal(operation, **{**named, "restApiId": "fake"}) == RESOURCE
        assert calls.refusal(operation, **other) == METHOD
        assert calls.refusal(operation, **named) == INTEGRATION
    # Recorded of AWS: another text than that of its siblings.
    assert calls.refusal("DeleteIntegrationResponse", **other) == INTEGRATION
    calls("PutIntegration", **where, type="MOCK")
    assert calls.refusal("GetIntegrationResponse", **named) == RESPONSE
    assert calls.refusal("DeleteIntegrationResponse", **named) == RESPONSE


def test_a_status_without_a_method_response_has_the_headers_of_the_others(calls: Calls, where: dict[str, str]) -> None:
    """ "Set up basic request validation in API Gateway": AWS exports its sample API with 400 mapped, and 200 only."""
    calls("PutIntegration", **where, type="MOCK")
    calls("PutMethodResponse", **where, statusCode="200", responseParameters={"method.response.header.h": False})
    mappings = {"method.response.header.h": "'static value'"}
    made = calls("PutIntegrationResponse", **where, statusCode="400", responseParameters=mappings)
    assert made == {"statusCode": "400", "responseParameters": mappings}
