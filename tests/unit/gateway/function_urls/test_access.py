"""Who may use a function URL ("Control access to Lambda function URLs")."""

from typing import Any

import pytest

from gatewright.gateway.function_urls.callers import CallerRefused, UrlCaller
from tests.unit.gateway.fakes import ACCOUNT, request
from tests.unit.gateway.function_urls.fakes import CALLER, FUNCTION, URL, Urls, allow, fields, function_with_url

ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
FROM_THE_LAN = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
FROM_ELSEWHERE = {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}

FORBIDDEN = (
    b'{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: '
    b'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}'
)

PUBLIC: list[tuple[list[dict[str, Any]], bool]] = [
    ([URL, FUNCTION], True),
    ([URL], False),
    ([FUNCTION], False),
    ([allow("lambda:InvokeFunctionUrl"), allow("lambda:InvokeFunction")], True),
    ([allow("lambda:*")], True),
    ([allow("lambda:InvokeFunctionUrl", StringEquals={"lambda:FunctionUrlAuthType": "AWS_IAM"}), FUNCTION], False),
    ([URL, allow("lambda:InvokeFunction", Bool={"lambda:InvokedViaFunctionUrl": "false"})], False),
    ([{**URL, "Principal": ROOT}, FUNCTION], False),
    ([{**URL, "Principal": {"AWS": "*"}}, FUNCTION], True),
    ([{**URL, "Resource": "arn:aws:lambda:us-east-2:123456789012:function:other"}, FUNCTION], False),
    ([URL, FUNCTION, allow("lambda:InvokeFunctionUrl", effect="Deny")], False),
    ([URL, FUNCTION, allow("lambda:InvokeFunction", effect="Deny")], False),
    ([URL, FUNCTION, allow("lambda:InvokeFunction", effect="Deny", principal=ROOT)], True),
    ([allow("lambda:*", **FROM_THE_LAN)], True),
    ([allow("lambda:*", **FROM_ELSEWHERE)], False),
    ([URL, FUNCTION, allow("lambda:*", effect="Deny", **FROM_THE_LAN)], False),
    ([URL, FUNCTION, allow("lambda:*", effect="Deny", **FROM_ELSEWHERE)], True),
    ([URL, FUNCTION, allow("lambda:*", effect="Deny", Bool={"aws:SecureTransport": "false"})], False),
    ([allow("lambda:*", StringEquals={"aws:UserAgent": "agent"})], True),
    ([allow("lambda:*", StringEquals={"aws:Referer": "x"})], False),
    ([allow("lambda:*", DateLessThan={"aws:CurrentTime": "2020-03-13"})], True),
    ([allow("lambda:*", NumericGreaterThan={"aws:EpochTime": "1584039839"})], False),
]


@pytest.mark.parametrize(("statements", "is_allowed"), PUBLIC)
async def test_a_public_url_needs_both_permissions(statements: list[dict[str, Any]], is_allowed: bool) -> None:
    urls = Urls({"statusCode": 200}, function_with_url(*statements))
    response = await urls.get("/", ("User-Agent", "agent"))
    if is_allowed:
        assert response.status == 200
        return
    assert (response.status, response.body) == (403, FORBIDDEN)
    assert fields(response) == {"content-type": "application/json", "x-amzn-errortype": "AccessDeniedException"}
    assert urls.invoker.events == []


async def test_a_url_nobody_knows_of() -> None:
    urls = Urls({"statusCode": 200})
    response = await urls.send(request("GET", "/"), "0123456789abcdefghijklmnopqrstuv")
    assert (response.status, response.body) == (403, b'{"Message":null}')
    assert fields(response) == {"content-type": "application/json", "x-amzn-errortype": "AccessDeniedException"}


SIGNED: list[tuple[list[dict[str, Any]], bool]] = [
    ([allow("lambda:Other")], True),
    ([allow("lambda:InvokeFunctionUrl", effect="Deny")], False),
    ([allow("lambda:InvokeFunction", effect="Deny", principal=ROOT)], False),
    ([allow("lambda:*", effect="Deny", principal={"AWS": "arn:aws:iam::999999999999:root"})], True),
    ([allow("lambda:*", effect="Deny", StringEquals={"lambda:FunctionUrlAuthType": "NONE"})], True),
    ([allow("lambda:*", effect="Deny", **FROM_THE_LAN)], False),
]


@pytest.mark.parametrize(("statements", "is_allowed"), SIGNED)
async def test_an_account_may_use_its_own_urls_unless_denied(
    statements: list[dict[str, Any]], is_allowed: bool
) -> None:
    urls = Urls({}, function_with_url(*statements, auth_type="AWS_IAM"), identify=lambda _: CALLER)
    assert (await urls.get()).status == (200 if is_allowed else 403)
    if is_allowed:
        assert urls.invoker.events[0]["requestContext"]["authorizer"]["iam"]["accessKey"] == "AKIDEXAMPLE"


async def test_what_is_not_signed_is_not_let_in() -> None:
    public = function_with_url(URL, FUNCTION, allow("lambda:*"), auth_type="AWS_IAM")

    def refuse(_: object) -> UrlCaller | None:
        raise CallerRefused("Credential should be scoped to correct service: 'lambda'.")

    for urls in (Urls({}, public), Urls({}, public, identify=refuse)):
        response = await urls.get()
        assert (response.status, response.body) == (403, FORBIDDEN)
        assert urls.invoker.events == []
