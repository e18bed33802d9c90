"""Verification against an independent signer (botocore), and everything that is refused, with AWS's codes and words."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from gatewright.aws.sigv4.errors import Dialect, Refusal, SignatureError
from gatewright.aws.sigv4.verify import Credentials, SignatureVerifier, check_body
from gatewright.base.messages import Headers, Request
from tests.unit.aws.sigv4.signing import ACCESS_KEY, SECRET, StoppedClock, verifier

TOKEN = "AQoDYXdzEPT//////////wEXAMPLE+/=="
PATHS = ("/", "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A1%3Afunction%3Af/invocations", "/a%20b/%E1%88%B4")
URLS = [*PATHS, "/?b=2&a=1&a=0", "/x?prefix=J%2F%2B%20~&marker=", "/a//b/./c/../d", "/~tilde*(paren)"]


def signed(auth: Callable[..., Any], url: str, token: str | None, body: bytes = b"{}", **options: Any) -> Request:
    """Return a request that botocore signed now."""
    request = AWSRequest("POST", f"https://lambda.us-east-1.amazonaws.com{url}", data=body)
    request.headers["Content-Type"] = "application/json"
    request.headers["X-Custom"] = "  two   blanks  "
    service = "s3" if "S3" in auth.__name__ else "lambda"
    auth(BotoCredentials(ACCESS_KEY, SECRET, token), service, "us-east-1", **options).add_auth(request)
    parts = urlsplit(request.url)
    headers = Headers([("Host", "lambda.us-east-1.amazonaws.com")])
    for name, value in request.headers.items():
        headers.append((name, value.decode() if isinstance(value, bytes) else value))
    return Request("POST", parts.path, parts.query, headers)


def now_verifier(token: str | None, later: float = 0) -> SignatureVerifier:
    clock = StoppedClock(datetime.now(UTC).timestamp() + later)
    return SignatureVerifier({ACCESS_KEY: Credentials(SECRET, token)}.get, clock)


@pytest.mark.parametrize("token", [None, TOKEN])
@pytest.mark.parametrize("url", URLS)
def test_what_botocore_signs_verifies(url: str, token: str | None) -> None:
    head = now_verifier(token).verify(signed(SigV4Auth, url, token), b"{}", service="lambda", dialect=Dialect.JSON)
    check_body(head, b"{}")
    assert (head.scope.region, head.scope.access_key_id) == ("us-east-1", ACCESS_KEY)


@pytest.mark.parametrize("token", [None, TOKEN])
@pytest.mark.parametrize("url", URLS[:5])
def test_what_botocore_signs_for_s3_verifies(url: str, token: str | None) -> None:
    request = signed(S3SigV4Auth, url, token)
    check_body(now_verifier(token).verify(request, None, service="s3", dialect=Dialect.S3), b"{}")


@pytest.mark.parametrize("token", [None, TOKEN])
def test_what_botocore_presigns_verifies(token: str | None) -> None:
    request = signed(S3SigV4QueryAuth, "/key", token, expires=60)
    head = now_verifier(token).verify(request, None, service="s3", dialect=Dialect.S3)
    check_body(head, b"anything")
    with pytest.raises(SignatureError) as caught:
        now_verifier(token, later=65).verify(request, None, service="s3", dialect=Dialect.S3)
    assert caught.value.refusal is Refusal.EXPIRED
    others = signed(SigV4QueryAuth, "/2015-03-31/functions", token, b"", expires=60)
    now_verifier(token).verify(others, b"", service="lambda", dialect=Dialect.JSON)


def request(authorization: str | None, *headers: tuple[str, str]) -> Request:
    all_headers = Headers([("Host", "example.amazonaws.com"), *headers])
    if authorization is not None:
        all_headers.append(("Authorization", authorization))
    return Request("GET", "/", "", all_headers)


GOOD = (
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
    "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
)
NOW = "20150830T123600Z"
REQUIRES = "Authorization header requires '{}' parameter."
NO_MATCH = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP:"

REFUSALS: list[tuple[str, str | None, str, str, str]] = [
    (
        "no header",
        None,
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
    ),
    (
        "nothing in it",
        "AWS4-HMAC-SHA256 x",
        "IncompleteSignature",
        "IncompleteSignatureException",
        " ".join(map(REQUIRES.format, ("Credential", "Signature", "SignedHeaders")))
        + " Authorization=AWS4-HMAC-SHA256 x",
    ),
    (
        "basic",
        "Basic abc",
        "IncompleteSignature",
        "IncompleteSignatureException",
        "Unsupported AWS 'algorithm': 'Basic'",
    ),
    (
        "short credential",
        GOOD.replace("/20150830/us-east-1/service/aws4_request", ""),
        "IncompleteSignature",
        "IncompleteSignatureException",
        "Credential must have exactly 5 slash-delimited elements",
    ),
    (
        "terminator",
        GOOD.replace("aws4_request", "aws5_request"),
        "IncompleteSignature",
        "IncompleteSignatureException",
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'.",
    ),
    (
        "service",
        GOOD.replace("/service/", "/sqs/"),
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "Credential should be scoped to correct service: 'service'.",
    ),
    (
        "day",
        GOOD.replace("20150830", "20150831"),
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        f"{NO_MATCH} '20150831' != '20150830', from '20150830T123600Z'.",
    ),
    (
        "host is not signed",
        GOOD.replace("host;", ""),
        "IncompleteSignature",
        "IncompleteSignatureException",
        "'Host' or ':authority' must be a 'SignedHeader'",
    ),
    (
        "nobody's key",
        GOOD.replace("AKIDEXAMPLE", "AKIDOTHER"),
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    ),
    (
        "wrong signature",
        GOOD.replace("5fa0", "5fa1"),
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access",
    ),
    ("not ASCII", GOOD.replace("5fa0", "é"), "SignatureDoesNotMatch", "InvalidSignatureException", "The request signa"),
    ("a part twice", GOOD + ", Signature=x", "", "", ""),
]


@pytest.mark.parametrize(
    ("name", "authorization", "query", "json", "message"), REFUSALS, ids=lambda value: str(value)[:20]
)
def test_refusals(name: str, authorization: str | None, query: str, json: str, message: str) -> None:
    bad = request(authorization, ("X-Amz-Date", NOW))
    for dialect, code in ((Dialect.QUERY, query), (Dialect.JSON, json)):
        if not code:
            verifier(NOW).verify(bad, b"", service="service", dialect=dialect)
            continue
        with pytest.raises(SignatureError) as caught:
            verifier(NOW).verify(bad, b"", service="service", dialect=dialect)
        assert (caught.value.code, caught.value.status) == (code, 403)
        assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    ("later", "message"),
    [
        (301, "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)"),
        (
            -301,
            "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T123059Z + 5",
        ),
    ],
)
def test_clock_skew(later: int, message: str) -> None:
    good = request(GOOD, ("X-Amz-Date", NOW))
    verifier(NOW, later - (1 if later > 0 else -1)).verify(good, b"", service="service", dialect=Dialect.QUERY)
    with pytest.raises(SignatureError) as caught:
        verifier(NOW, later).verify(good, b"", service="service", dialect=Dialect.QUERY)
    assert caught.value.code == "SignatureDoesNotMatch"
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize("date", [None, "yesterday", "20150830", "20159930T123600Z", "２0150830T123600Z"])
def test_a_date_that_is_none(date: str | None) -> None:
    headers = [] if date is None else [("X-Amz-Date", date)]
    with pytest.raises(SignatureError) as caught:
        verifier(NOW).verify(request(GOOD, *headers), b"", service="service", dialect=Dialect.QUERY)
    assert caught.value.code == "IncompleteSignature"


def test_a_session_token_belongs_to_its_credentials() -> None:
    with_token, without = signed(SigV4Auth, "/", TOKEN), signed(SigV4Auth, "/", None)
    for credentials_token, bad in (("other", with_token), (None, with_token), (TOKEN, without)):
        with pytest.raises(SignatureError) as caught:
            now_verifier(credentials_token).verify(bad, b"{}", service="lambda", dialect=Dialect.QUERY)
        assert caught.value.code == "InvalidClientTokenId"


def test_s3_wants_its_headers_signed() -> None:
    request = signed(S3SigV4Auth, "/key", None)
    request.headers.append(("x-amz-acl", "public-read"))
    with pytest.raises(SignatureError) as caught:
        now_verifier(None).verify(request, None, service="s3", dialect=Dialect.S3)
    assert caught.value.code == "AccessDenied"
    assert "x-amz-acl" in caught.value.message


def test_header_and_query_at_once() -> None:
    both = signed(SigV4Auth, "/?X-Amz-Signature=x", None)
    with pytest.raises(SignatureError) as caught:
        now_verifier(None).verify(both, b"{}", service="lambda", dialect=Dialect.S3)
    assert caught.value.message.startswith("Only one auth mechanism allowed")
