"""Payloads between client and integration: "Content type conversions in API Gateway".

What the page leaves open was recorded of AWS by localstack (test_apigateway_s3.py, TestApiGatewayS3BinarySupport, and
test_apigateway_lambda.py, test_aws_proxy_binary_response).
"""

import base64
import gzip

import pytest

from gatewright.gateway.rest_apis.binary_media import (
    CONVERT_TO_BINARY,
    CONVERT_TO_TEXT,
    BinaryMediaTypes,
    convert_request,
    convert_response,
    decode_base64,
    event_body,
    result_body,
    utf8,
)
from gatewright.gateway.rest_apis.errors import API_CONFIGURATION_ERROR, RestError

NONE = BinaryMediaTypes(())
PNG = BinaryMediaTypes(("image/png",))
RAW = gzip.compress(b"compressed data, should be invalid UTF-8 string", mtime=1676569620)
ENCODED = base64.b64encode(RAW)
TEXT = b"this is a UTF8 text typed object"
REPLACED = RAW.decode("utf-8", "replace").encode()


@pytest.mark.parametrize(
    ("entries", "content_type", "is_binary"),
    [
        ((), "image/png", False),
        (("image/png",), "image/png", True),
        (("image/png",), "IMAGE/PNG ; q=1", True),
        (("Image/PNG",), "image/png", True),
        (("image/png",), "image/jpg", False),
        (("image/*",), "image/jpg", True),
        (("image/*",), "images/jpg", False),
        (("image/*",), "image", False),
        (("*/png",), "image/png", False),
        (("*/*",), "anything", True),
        (("*/*",), None, True),
        (("multipart/form-data",), "multipart/form-data; boundary=x", True),
        (("application/json",), None, True),
        (("image/png",), None, False),
        (("image/png",), "", False),
    ],
)
def test_content_types_that_are_binary(entries: tuple[str, ...], content_type: str | None, is_binary: bool) -> None:
    assert BinaryMediaTypes(entries).match_content_type(content_type) is is_binary


@pytest.mark.parametrize(
    ("entries", "accept", "is_binary"),
    [
        (("image/png", "*/test"), "image/png", True),
        (("image/png", "*/test"), "image/jpg", False),
        (("image/png", "*/test"), "image/*", False),
        (("image/png", "*/test"), "*/test", False),
        (("image/png", "*/test"), "random/test", False),
        (("image/png", "*/test"), "*/*", False),
        (("image/png", "*/test"), "image/webp,image/png,*/*;q=0.8", False),
        (("image/png", "*/test"), "image/png,image/*,*/*;q=0.8", True),
        (("image/png", "application/*"), "application/whatever", True),
        (("image/png", "application/*"), "application/*", True),
        (("image/png", "application/*"), "application", False),
        (("image/png", "application/*"), None, False),
        (("*/*",), None, True),
        (("*/*",), "text/html", True),
    ],
)
def test_first_media_type_of_accept(entries: tuple[str, ...], accept: str | None, is_binary: bool) -> None:
    assert BinaryMediaTypes(entries).match_accept(accept) is is_binary


def test_an_api_without_binary_media_types() -> None:
    assert not NONE
    assert not BinaryMediaTypes(("*/png",))
    assert PNG
    assert BinaryMediaTypes(("*/*",))


@pytest.mark.parametrize(
    ("types", "handling", "content_type", "body", "expected"),
    [
        # Undefined binaryMediaTypes.
        (NONE, None, "image/png", RAW, (REPLACED, False)),
        (NONE, None, "image/png", TEXT, (TEXT, False)),
        (NONE, CONVERT_TO_BINARY, "image/png", ENCODED, (RAW, True)),
        (NONE, CONVERT_TO_TEXT, "image/png", RAW, (REPLACED, False)),
        # A text data type, with binaryMediaTypes.
        (PNG, None, "text/plain", RAW, (REPLACED, False)),
        (PNG, CONVERT_TO_BINARY, "text/plain", ENCODED, (RAW, True)),
        (PNG, CONVERT_TO_TEXT, "text/plain", ENCODED, (ENCODED, False)),
        # A binary data type.
        (PNG, None, "image/png", RAW, (RAW, True)),
        (PNG, CONVERT_TO_BINARY, "image/png", TEXT, (TEXT, True)),
        (PNG, CONVERT_TO_TEXT, "image/png", RAW, (ENCODED, False)),
    ],
)
def test_table_of_requests(
    types: BinaryMediaTypes, handling: str | None, content_type: str, body: bytes, expected: tuple[bytes, bool]
) -> None:
    assert convert_request(types, handling, content_type, body) == expected


@pytest.mark.parametrize(
    ("types", "handling", "accept", "content_type", "body", "expected"),
    [
        # Undefined binaryMediaTypes.
        (NONE, None, "image/png", "binary/octet-stream", RAW, (REPLACED, False)),
        (NONE, CONVERT_TO_BINARY, "image/png", "binary/octet-stream", ENCODED, (RAW, True)),
        (NONE, CONVERT_TO_TEXT, "image/png", "binary/octet-stream", RAW, (REPLACED, False)),
        # Text data, a text type in Accept.
        (PNG, None, "text/plain", "binary/octet-stream", RAW, (REPLACED, False)),
        (PNG, CONVERT_TO_BINARY, "text/plain", "binary/octet-stream", ENCODED, (RAW, True)),
        (PNG, CONVERT_TO_TEXT, "text/plain", "binary/octet-stream", TEXT, (TEXT, False)),
        # Text data, a binary type in Accept.
        (PNG, None, "image/png", "binary/octet-stream", ENCODED, (RAW, True)),
        (PNG, CONVERT_TO_BINARY, "image/png", "binary/octet-stream", ENCODED, (RAW, True)),
        (PNG, CONVERT_TO_TEXT, "image/png", "binary/octet-stream", TEXT, (TEXT, False)),
        # Binary data, a text type in Accept.
        (PNG, None, "text/plain", "image/png", RAW, (ENCODED, False)),
        (PNG, CONVERT_TO_BINARY, "text/plain", "image/png", TEXT, (TEXT, True)),
        (PNG, CONVERT_TO_TEXT, "text/plain", "image/png", RAW, (ENCODED, False)),
        # Binary data, a binary type in Accept.
        (PNG, None, "image/png", "image/png", RAW, (RAW, True)),
        (PNG, CONVERT_TO_BINARY, "image/png", "image/png", RAW, (RAW, True)),
        (PNG, CONVERT_TO_TEXT, "image/png", "image/png", RAW, (ENCODED, False)),
    ],
)
def test_table_of_responses(
    types: BinaryMediaTypes,
    handling: str | None,
    accept: str,
    content_type: str,
    body: bytes,
    expected: tuple[bytes, bool],
) -> None:
    assert convert_response(types, handling, accept, content_type, body) == expected


@pytest.mark.parametrize("body", [RAW, TEXT, b"YQ=", b"Y", b"YQ=a", b"YW\nJj", "é".encode()])
def test_text_that_is_not_base64_is_a_configuration_error(body: bytes) -> None:
    with pytest.raises(RestError) as caught:
        convert_request(NONE, CONVERT_TO_BINARY, "text/plain", body)
    assert caught.value.kind is API_CONFIGURATION_ERROR
    with pytest.raises(RestError):
        convert_response(PNG, None, "image/png", "text/plain", body)


@pytest.mark.parametrize(("text", "octets"), [(b"", b""), (b"YQ==", b"a"), (b"YQ", b"a"), (b"YWI", b"ab")])
def test_padding_may_be_left_out(text: bytes, octets: bytes) -> None:
    assert decode_base64(text) == octets


def test_bodies_of_events() -> None:
    """ "Input format of a Lambda function for proxy integration": base64 by the request's Content-Type."""
    assert event_body(PNG, "image/png", b"") == (None, False)
    assert event_body(PNG, "image/png", RAW) == (ENCODED.decode(), True)
    assert event_body(PNG, "text/plain", TEXT) == (TEXT.decode(), False)
    assert event_body(NONE, "image/png", b"\xff") == ("\N{REPLACEMENT CHARACTER}", False)


def test_bodies_of_results() -> None:
    """ "Return binary media from a Lambda proxy integration in API Gateway": decoded by the request's Accept."""
    assert result_body(PNG, "image/png", ENCODED, is_base64=True) == RAW
    assert result_body(PNG, "image/jpg", ENCODED, is_base64=True) == ENCODED
    assert result_body(PNG, "image/png", ENCODED, is_base64=False) == ENCODED
    assert result_body(NONE, "image/png", ENCODED, is_base64=True) == ENCODED
    assert result_body(PNG, "image/png", b"", is_base64=True) == b""
    with pytest.raises(RestError, match="base64"):
        result_body(PNG, "image/png", "èé+à)(".encode(), is_base64=True)


def test_text_is_utf8() -> None:
    assert utf8(b"plain") == b"plain"
    assert utf8("naïve".encode()) == "naïve".encode()
    assert utf8(b"a\xffb") == "a\N{REPLACEMENT CHARACTER}b".encode()
