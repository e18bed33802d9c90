"""CORS: "Configure CORS for HTTP APIs in API Gateway" (API Gateway Developer Guide)."""

from typing import Any

import pytest

from tests.unit.control.apigatewayv2.calls import FUNCTION, Calls


@pytest.mark.parametrize(
    "configuration",
    [
        {"AllowCredentials": True},
        {"AllowOrigins": ["*"], "AllowMethods": ["*"], "AllowHeaders": ["*"], "ExposeHeaders": ["*"], "MaxAge": 0},
        {"AllowOrigins": ["https://*"], "AllowCredentials": True, "MaxAge": -1},
        {"AllowOrigins": ["HTTP://WWW.EXAMPLE.ORG", "https://example.io", "http://localhost:3000"]},
        {"AllowMethods": ["GET", "put"], "AllowHeaders": ["Authorization", "x-custom"], "ExposeHeaders": ["Date"]},
    ],
)
def test_configurations_are_returned_as_given(calls: Calls, configuration: dict[str, Any]) -> None:
    api_id = calls.api(CorsConfiguration=configuration)
    assert calls("GetApi", ApiId=api_id)["CorsConfiguration"] == configuration


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        (
            {"AllowCredentials": True, "AllowOrigins": ["https://example.com", "*"]},
            "allow-credentials is not supported if 'allow-origin' is *",
        ),
        ({"AllowOrigins": ["example.com"]}, "Invalid format for origin example.com."),
        ({"AllowOrigins": ["chrome-extension://abc"]}, "Invalid format for origin chrome-extension://abc."),
        ({"AllowOrigins": ["https://"]}, "Invalid format for origin https://."),
        ({"AllowOrigins": ["https://a.example, https://b.example"]}, "Invalid format for origin https://a.example, "),
        ({"AllowOrigins": [""]}, "Invalid format for origin ."),
        ({"AllowMethods": ["FETCH"]}, "Invalid HTTP method specified in AllowMethods: FETCH"),
        ({"AllowHeaders": ["x y"]}, "Invalid header name specified in AllowHeaders: x y"),
        ({"ExposeHeaders": ["x\r\ny"]}, "Invalid header name specified in ExposeHeaders: x\r\ny"),
    ],
)
def test_configurations_that_are_refused(calls: Calls, configuration: dict[str, Any], message: str) -> None:
    error = calls.error("CreateApi", Name="pets", ProtocolType="HTTP", CorsConfiguration=configuration)
    assert error.code == "BadRequestException"
    assert error.message.startswith(message)


def test_an_update_replaces_the_whole_configuration(calls: Calls) -> None:
    # Terraform leaves out the lists that became empty.
    api_id = calls.api(CorsConfiguration={"AllowHeaders": ["authorization"], "AllowMethods": ["GET"]})
    calls("UpdateApi", ApiId=api_id, CorsConfiguration={"AllowMethods": ["*"]})
    assert calls("GetApi", ApiId=api_id)["CorsConfiguration"] == {"AllowMethods": ["*"]}


def test_delete_cors_configuration_deploys(calls: Calls) -> None:
    api_id = calls.api(Target=FUNCTION, CorsConfiguration={"AllowMethods": ["GET"]})
    before = calls("GetStage", ApiId=api_id, StageName="$default")["DeploymentId"]

    assert calls("DeleteCorsConfiguration", ApiId=api_id) == {}

    assert "CorsConfiguration" not in calls("GetApi", ApiId=api_id)
    after = calls("GetStage", ApiId=api_id, StageName="$default")["DeploymentId"]
    assert after != before

    calls("DeleteCorsConfiguration", ApiId=api_id)
    assert calls("GetStage", ApiId=api_id, StageName="$default")["DeploymentId"] == after
