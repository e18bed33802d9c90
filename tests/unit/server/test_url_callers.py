"""Who calls a function URL of auth type AWS_IAM, while signatures are believed."""

import pytest

from gatewright.base.messages import Headers, Request
from gatewright.gateway.function_urls.callers import CallerRefused, UrlCaller
from gatewright.server.url_callers import believe_signatures

IDENTIFY = believe_signatures("123456789012")
CALLER = UrlCaller("AKIDEXAMPLE", "123456789012", "arn:aws:iam::123456789012:root", "123456789012")


def signed(service: str = "lambda", region: str = "us-east-1", **changes: str) -> Request:
    authorization = (
        f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/{region}/{service}/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=00"
    )
    fields = {"Host": "x", "X-Amz-Date": "20260101T000000Z", "Authorization": authorization, **changes}
    return Request("GET", "/", "", Headers(fields.items()))


def test_a_signature_names_the_nodes_account() -> None:
    assert IDENTIFY(signed()) == CALLER
    caller = IDENTIFY(signed(region="cn-north-1"))
    assert caller is not None
    assert caller.user_arn == "arn:aws-cn:iam::123456789012:root"


def test_a_presigned_query_names_it_too() -> None:
    query = (
        "a=b&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260101%2Fus-east-1%2Flambda%2Faws4_request"
        "&X-Amz-Date=20260101T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=00"
    )
    assert IDENTIFY(Request("GET", "/", query, Headers())) == CALLER


def test_no_signature() -> None:
    assert IDENTIFY(Request("GET", "/", "a=b", Headers())) is None


@pytest.mark.parametrize(
    "request_",
    [
        signed("execute-api"),
        signed("s3"),
        signed(Authorization="Bearer token"),
        signed(Authorization="AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0"),
        signed(Authorization=""),
        Request("GET", "/", "X-Amz-Signature=00", Headers()),
    ],
)
def test_signatures_that_say_nothing(request_: Request) -> None:
    with pytest.raises(CallerRefused):
        IDENTIFY(request_)
