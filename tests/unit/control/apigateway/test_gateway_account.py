"""The account: GetAccount and UpdateAccount in the API reference, "Set up CloudWatch logging for REST APIs"."""

from dataclasses import replace

from tests.unit.control.apigateway.calls import Calls

ROLE = "arn:aws:iam::123456789012:role/service/logs"
DEFAULTS = {
    "throttleSettings": {"burstLimit": 5000, "rateLimit": 10000.0},
    "features": ["UsagePlans"],
    "apiKeyVersion": "4",
}


def test_get_account(calls: Calls) -> None:
    assert calls("GetAccount") == DEFAULTS
    node = replace(calls.context.node, account_burst_limit=7, account_rate_limit=3.5)
    calls.context = replace(calls.context, node=node)
    assert calls("GetAccount")["throttleSettings"] == {"burstLimit": 7, "rateLimit": 3.5}


def test_update_account(calls: Calls) -> None:
    assert calls.patch("UpdateAccount", ("replace", "/cloudwatchRoleArn", ROLE)) == {
        "cloudwatchRoleArn": ROLE,
        **DEFAULTS,
    }
    assert calls("GetAccount")["cloudwatchRoleArn"] == ROLE
    assert calls.patch("UpdateAccount", ("replace", "/cloudwatchRoleArn", "")) == DEFAULTS
    assert calls.patch("UpdateAccount", ("add", "/features", "UsagePlans")) == DEFAULTS


def test_what_cannot_be_changed(calls: Calls) -> None:
    assert calls.patch_refusal("UpdateAccount", ("replace", "/apiKeyVersion", "5")) == (
        "BadRequestException",
        "Invalid patch path  '/apiKeyVersion' specified for op 'replace'. Must be one of: [/cloudwatchRoleArn]",
    )
    for change in (
        ("replace", "/cloudwatchRoleArn", "role"),
        ("add", "/features", "Teapots"),
    ):
        assert calls.patch_refusal("UpdateAccount", change)[0] == "BadRequestException"
    # The text is that of moto's tests (test_update_account_error).
    refused = ("BadRequestException", "Usage Plans cannot be disabled once enabled")
    assert calls.patch_refusal("UpdateAccount", ("remove", "/features", "UsagePlans")) == refused
