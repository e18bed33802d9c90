"""Header fields that do not pass: "Amazon API Gateway important notes", as recorded of AWS by localstack."""

import pytest

from gatewright.gateway.rest_apis.header_remapping import DROPPED_REQUEST_FIELDS, remap_response_fields


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Connection",
        "Content-Length",
        "Content-MD5",
        "Date",
        "Expect",
        "Host",
        "Max-Forwards",
        "Proxy-Authenticate",
        "Server",
        "Trailer",
        "Upgrade",
        "User-Agent",
        "WWW-Authenticate",
        "www-authenticate",
        "x-amzn-RequestId",
    ],
)
def test_fields_that_get_another_name(name: str) -> None:
    assert remap_response_fields([(name, "v")]) == [(f"x-amzn-Remapped-{name}", "v")]


@pytest.mark.parametrize(
    "name",
    [
        "Accept",
        "Accept-Charset",
        "Accept-Encoding",
        "Age",
        "Content-Encoding",
        "Content-Type",
        "Pragma",
        "Range",
        "Referer",
        "TE",
        "Via",
        "Warn",
        "Set-Cookie",
    ],
)
def test_fields_that_pass(name: str) -> None:
    assert remap_response_fields([(name, "a"), (name, "b")]) == [(name, "a"), (name, "b")]


def test_fields_that_are_dropped() -> None:
    assert remap_response_fields([("Transfer-Encoding", "chunked"), ("Keep-Alive", "timeout=5")]) == []


def test_fields_that_a_method_request_does_not_have() -> None:
    dropped = "Connection Content-Length Content-MD5 Expect Max-Forwards Proxy-Authenticate Server TE Transfer-Encoding"
    for name in [*dropped.split(), "Trailer", "Upgrade", "WWW-Authenticate"]:
        assert name.lower() in DROPPED_REQUEST_FIELDS
    for name in ("Authorization", "Age", "Content-Encoding", "Date", "Host", "Range", "User-Agent", "Via", "Warn"):
        assert name.lower() not in DROPPED_REQUEST_FIELDS
