"""Gateway responses, as the "Amazon API Gateway REST API Reference" describes the GatewayResponse resource.

Texts and members that the pages do not have are those of recorded answers of AWS.
"""

from typing import Any

import pytest

from tests.unit.control.apigateway.calls import Calls, model

TEMPLATES = {"application/json": '{"message":$context.error.messageString}'}
HEADERS = {"gatewayresponse.header.Access-Control-Allow-Origin": "'a.b.c'"}
ORIGIN = "/responseParameters/gatewayresponse.header.Access-Control-Allow-Origin"


def default(response_type: str, **status: str) -> dict[str, Any]:
    return {
        "defaultResponse": True,
        "responseParameters": {},
        "responseTemplates": TEMPLATES,
        "responseType": response_type,
        **status,
    }


def test_every_type_has_a_default(calls: Calls, api_id: str) -> None:
    """ "Gateway response types for API Gateway"."""
    responses = calls("GetGatewayResponses", restApiId=api_id)["items"]
    assert sorted(response["responseType"] for response in responses) == sorted(
        model().shape_for("GatewayResponseType").enum
    )
    statuses = {response["responseType"]: response.get("statusCode") for response in responses}
    assert statuses["INTEGRATION_TIMEOUT"] == "504"
    assert statuses["DEFAULT_4XX"] is None
    for response in responses:
        named = {"restApiId": api_id, "responseType": response["responseType"]}
        assert calls("GetGatewayResponse", **named) == response
    missing = next(each for each in responses if each["responseType"] == "MISSING_AUTHENTICATION_TOKEN")
    assert missing == default("MISSING_AUTHENTICATION_TOKEN", statusCode="403")


def test_what_is_left_out_is_the_default(calls: Calls, api_id: str) -> None:
    named = {"restApiId": api_id, "responseType": "MISSING_AUTHENTICATION_TOKEN"}
    template = {"application/json": "{}"}
    customised = {**default("MISSING_AUTHENTICATION_TOKEN", statusCode="403"), "defaultResponse": False}
    for given in ({"statusCode": "404"}, {"responseParameters": HEADERS}, {"responseTemplates": template}):
        response = calls("PutGatewayResponse", **named, **given)
        assert response == {**customised, **given}
        assert calls("GetGatewayResponse", **named) == response
    assert calls("DeleteGatewayResponse", **named) == {}
    assert calls("GetGatewayResponse", **named) == default("MISSING_AUTHENTICATION_TOKEN", statusCode="403")


def test_default_5xx_is_the_default_of_its_class(calls: Calls, api_id: str) -> None:
    given: dict[str, Any] = {
        "statusCode": "599",
        "responseParameters": HEADERS,
        "responseTemplates": {"application/json": "{}"},
    }
    calls("PutGatewayResponse", restApiId=api_id, responseType="DEFAULT_5XX", **given)
    own = calls("PutGatewayResponse", restApiId=api_id, responseType="AUTHORIZER_FAILURE", responseParameters={})
    assert (own["statusCode"], own["responseTemplates"]) == ("500", TEMPLATES)
    responses = {each["responseType"]: each for each in calls("GetGatewayResponses", restApiId=api_id)["items"]}
    assert responses["INTEGRATION_TIMEOUT"] == {**default("INTEGRATION_TIMEOUT"), **given}
    assert responses["API_CONFIGURATION_ERROR"] == {**default("API_CONFIGURATION_ERROR"), **given}
    assert responses["AUTHORIZER_FAILURE"] == own
    assert responses["THROTTLED"] == default("THROTTLED", statusCode="429")


def test_an_update_customises(calls: Calls, api_id: str) -> None:
    named = {"restApiId": api_id, "responseType": "DEFAULT_4XX"}
    response = calls.patch("UpdateGatewayResponse", ("replace", "/statusCode", "444"), **named)
    assert response == {**default("DEFAULT_4XX", statusCode="444"), "defaultResponse": False}
    calls("PutGatewayResponse", **named, statusCode="404", responseParameters=HEADERS)
    response = calls.patch(
        "UpdateGatewayResponse",
        ("replace", ORIGIN, "'example.com'"),
        ("add", "/responseTemplates/application~1xml", "<a/>"),
        **named,
    )
    assert response["responseParameters"] == {"gatewayresponse.header.Access-Control-Allow-Origin": "'example.com'"}
    assert response["responseTemplates"] == {**TEMPLATES, "application/xml": "<a/>"}
    assert calls("GetGatewayResponse", **named) == response
    assert calls.patch("UpdateGatewayResponse", ("remove", ORIGIN), **named)["responseParameters"] == {}


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (("add", "/statusCode", "444"), ("BadRequestException", "Invalid patch path /statusCode")),
        (("remove", "/statusCode"), ("BadRequestException", "Invalid patch path /statusCode")),
        (("add", "/wrongPath", "x"), ("BadRequestException", "Invalid patch path /wrongPath")),
        (("add",), ("BadRequestException", "Invalid patch path null")),
        (("replace", "/statusCode", "999"), ("BadRequestException", "Invalid status code specified: 999")),
        (
            ("add", ORIGIN, "x"),
            (
                "BadRequestException",
                (
                    "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
                    "[Invalid mapping expression specified: x]"
                ),
            ),
        ),
        (("replace", ORIGIN, "'x'"), ("NotFoundException", "Invalid parameter name specified")),
        (
            ("add", "/responseTemplates/application~1xml"),
            ("BadRequestException", "Invalid null or empty value in responseTemplates"),
        ),
        (("add", ORIGIN, ""), ("BadRequestException", "Invalid null or empty value in responseParameters")),
    ],
)
def test_patches_that_are_refused(calls: Calls, api_id: str, change: tuple[str, ...], refusal: tuple[str, str]) -> None:
    named = {"restApiId": api_id, "responseType": "DEFAULT_5XX"}
    assert calls.patch_refusal("UpdateGatewayResponse", change, **named) == refusal


def test_what_is_not_there(calls: Calls, api_id: str) -> None:
    missing = ("NotFoundException", "Invalid API identifier specified 123456789012:fake")
    named = {"restApiId": "fake", "responseType": "DEFAULT_4XX"}
    assert calls.refusal("GetGatewayResponses", restApiId="fake") == missing
    for operation in ("GetGatewayResponse", "DeleteGatewayResponse", "PutGatewayResponse", "UpdateGatewayResponse"):
        assert calls.refusal(operation, **named) == missing
    assert calls.refusal("DeleteGatewayResponse", **{**named, "restApiId": api_id}) == (
        "NotFoundException",
        "Gateway response type not defined on api",
    )


def test_gateway_responses_have_pages(calls: Calls, api_id: str) -> None:
    first = calls("GetGatewayResponses", restApiId=api_id, limit=20)
    rest = calls("GetGatewayResponses", restApiId=api_id, position=first["position"])
    assert (len(first["items"]), len(rest["items"])) == (20, 1)
    assert "position" not in rest
