"""The worked examples of the Amazon S3 API Reference.

"Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk", "… in Multiple Chunks",
"… for trailing headers" and "Authenticating Requests: Using Query Parameters".
"""

import pytest

from gatewright.aws.sigv4.canonical import EMPTY_SHA256
from gatewright.aws.sigv4.chunks import ChunkDecoder, ChunkSignatures, decode_body
from gatewright.aws.sigv4.errors import Dialect, Refusal, SignatureError
from gatewright.aws.sigv4.verify import VerifiedHead, check_body
from gatewright.base.messages import Headers, Request
from tests.unit.aws.sigv4.signing import verifier

NOW = "20130524T000000Z"
SCOPE = "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request"
CHUNKED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
WELCOME_SHA256 = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"


def request(
    method: str,
    path: str,
    query: str,
    signature: str,
    *headers: tuple[str, str],
    host: str = "examplebucket.s3.amazonaws.com",
) -> Request:
    all_headers = Headers([("Host", host), ("x-amz-date", NOW), *headers])
    signed = ";".join(sorted(name.lower() for name, _ in all_headers))
    all_headers.append(
        ("Authorization", f"AWS4-HMAC-SHA256 Credential={SCOPE},SignedHeaders={signed},Signature={signature}")
    )
    return Request(method, path, query, all_headers)


def verify(of: Request, later: float = 0) -> VerifiedHead:
    return verifier(NOW, later).verify(of, None, service="s3", dialect=Dialect.S3)


def test_get_object() -> None:
    head = verify(
        request(
            "GET",
            "/test.txt",
            "",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
            ("Range", "bytes=0-9"),
            ("x-amz-content-sha256", EMPTY_SHA256),
        )
    )
    check_body(head, b"")
    with pytest.raises(SignatureError) as caught:
        check_body(head, b"x")
    assert (caught.value.code, caught.value.status) == ("XAmzContentSHA256Mismatch", 400)


def test_put_object() -> None:
    head = verify(
        request(
            "PUT",
            "/test$file.text",
            "",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
            ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ("x-amz-content-sha256", WELCOME_SHA256),
        )
    )
    check_body(head, b"Welcome to Amazon S3.")


@pytest.mark.parametrize(
    ("query", "signature"),
    [
        ("lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
)
def test_get_bucket(query: str, signature: str) -> None:
    verify(request("GET", "/", query, signature, ("x-amz-content-sha256", EMPTY_SHA256)))


PRESIGNED = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2F"
    "aws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
    "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
)


def presigned(query: str = PRESIGNED) -> Request:
    return Request("GET", "/test.txt", query, Headers([("Host", "examplebucket.s3.amazonaws.com")]))


def test_a_presigned_request_is_good_until_it_expires() -> None:
    verify(presigned())
    verify(presigned(), later=86400)
    with pytest.raises(SignatureError) as caught:
        verify(presigned(), later=86401)
    assert (caught.value.code, caught.value.message, caught.value.status) == (
        "AccessDenied",
        "Request has expired",
        403,
    )


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        (
            "Expires=86400",
            "Expires=604801",
            "AuthorizationQueryParametersError",
            "X-Amz-Expires must be less than a week",
        ),
        ("Expires=86400", "Expires=-1", "AuthorizationQueryParametersError", "X-Amz-Expires must be non-negative"),
        ("Expires=86400", "Expires=x", "AuthorizationQueryParametersError", "X-Amz-Expires should be a number"),
        ("Expires=86400", "Expires=86401", "SignatureDoesNotMatch", "The request signature we calculated"),
        ("&X-Amz-SignedHeaders=host", "", "AuthorizationQueryParametersError", "Query-string authentication version 4"),
        ("AWS4-HMAC-SHA256", "AWS4-X", "AuthorizationQueryParametersError", "X-Amz-Algorithm only supports"),
        ("AKIAIOSFODNN7EXAMPLE", "AKIA", "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist"),
        (
            "us-east-1%2Fs3",
            "us-east-1%2Fsqs",
            "AuthorizationQueryParametersError",
            "Credential should be scoped to corr",
        ),
    ],
)
def test_a_changed_presigned_request_is_refused(old: str, new: str, code: str, message: str) -> None:
    with pytest.raises(SignatureError) as caught:
        verify(presigned(PRESIGNED.replace(old, new)))
    assert caught.value.code == code
    assert caught.value.message.startswith(message)


def chunked_request(payload_hash: str, signature: str, *headers: tuple[str, str]) -> Request:
    return request(
        "PUT",
        "/examplebucket/chunkObject.txt",
        "",
        signature,
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ("x-amz-content-sha256", payload_hash),
        ("Content-Encoding", "aws-chunked"),
        ("x-amz-decoded-content-length", "66560"),
        *headers,
        host="s3.amazonaws.com",
    )


BODY = (
    b"10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n"
    + b"a" * 65536
    + b"\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n"
    + b"a" * 1024
    + b"\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n"
)


def chunked_head() -> VerifiedHead:
    seed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
    return verify(chunked_request(CHUNKED, seed, ("Content-Length", "66824")))


def test_the_body_in_chunks() -> None:
    head = chunked_head()
    assert head.payload_hash == CHUNKED
    assert decode_body(head.payload_hash, BODY, head) == b"a" * 66560


def test_a_body_may_arrive_in_any_pieces() -> None:
    decoder = ChunkDecoder(CHUNKED, ChunkSignatures(chunked_head()))
    pieces = [decoder.feed(BODY[start : start + 997]) for start in range(0, len(BODY), 997)]
    decoder.finish()
    assert b"".join(pieces) == b"a" * 66560


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        (b"aaaa\r\n400", b"aaab\r\n400", Refusal.MISMATCH),
        (b"0;chunk-signature=b6c6", b"0;chunk-signature=b6c7", Refusal.MISMATCH),
        (b"aaaa\r\n400", b"aaa\r\n400", Refusal.INCOMPLETE_BODY),
        (b"10000;chunk", b"1000g;chunk", Refusal.INCOMPLETE_BODY),
        (b"10000;chunk", b"FFFFFFFFFFFFFFF;chunk", Refusal.INCOMPLETE_BODY),
        (b"10000;chunk-signature=", b"10000;x=", Refusal.INCOMPLETE_BODY),
        (b"449df9\r\n\r\n", b"449df9\r\n", Refusal.INCOMPLETE_BODY),
        (b"449df9\r\n\r\n", b"449df9\r\nx-amz-meta-evil: 1\r\n\r\n", Refusal.INCOMPLETE_BODY),
        (b"449df9\r\n\r\n", b"449df9\r\n\r\nmore", Refusal.INCOMPLETE_BODY),
        (b"10000;chunk-signature=", b"10000;" + b"x" * 9000, Refusal.INCOMPLETE_BODY),
    ],
)
def test_a_changed_body_is_refused(old: bytes, new: bytes, refusal: Refusal) -> None:
    assert old in BODY
    head = chunked_head()
    with pytest.raises(SignatureError) as caught:
        decode_body(head.payload_hash, BODY.replace(old, new, 1), head)
    assert caught.value.refusal is refusal


def test_chunks_cannot_change_places() -> None:
    first, second, last = (
        BODY.split(b"\r\n400;")[0],
        b"400;" + BODY.split(b"\r\n400;")[1].split(b"\r\n0;")[0],
        BODY[-90:],
    )
    with pytest.raises(SignatureError):
        decode_body(CHUNKED, second + b"\r\n" + first + b"\r\n" + last, chunked_head())


TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
TRAILER_BODY = (
    b"10000;chunk-signature=b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n"
    + b"a" * 65536
    + b"\r\n400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n"
    + b"a" * 1024
    + b"\r\n0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n"
    + b"x-amz-checksum-crc32c:sOO8/Q==\r\n"
    + b"x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n"
)


def trailer_head() -> VerifiedHead:
    seed = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
    return verify(chunked_request(TRAILER, seed, ("x-amz-trailer", "x-amz-checksum-crc32c")))


def test_trailers_are_signed_too() -> None:
    decoder = ChunkDecoder(TRAILER, ChunkSignatures(trailer_head()))
    assert decoder.feed(TRAILER_BODY) == b"a" * 66560
    decoder.finish()
    assert decoder.trailers == [("x-amz-checksum-crc32c", "sOO8/Q==")]


@pytest.mark.parametrize(
    ("old", "new"), [(b"sOO8", b"sOO9"), (b"x-amz-trailer-signature:d", b"x-amz-trailer-signature:7")]
)
def test_a_changed_trailer_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(SignatureError) as caught:
        decode_body(TRAILER, TRAILER_BODY.replace(old, new), trailer_head())
    assert caught.value.refusal is Refusal.MISMATCH


def test_unsigned_chunks_with_a_trailer_as_sdks_send_them() -> None:
    decoder = ChunkDecoder("STREAMING-UNSIGNED-PAYLOAD-TRAILER", None)
    assert decoder.feed(b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n") == b"hello"
    decoder.finish()
    assert decoder.trailers == [("x-amz-checksum-crc32", "NhCmhg==")]


def test_in_open_mode_signatures_of_chunks_are_not_looked_at() -> None:
    assert decode_body(CHUNKED, BODY.replace(b"ad80", b"0000")) == b"a" * 66560
