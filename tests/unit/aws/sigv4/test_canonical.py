"""AWS's published test suite: each request verifies with its published signature and with no other."""

import json
from pathlib import Path
from typing import Any

import pytest

from gatewright.aws.sigv4.canonical import canonical_path, canonical_query
from gatewright.aws.sigv4.errors import Dialect, Refusal, SignatureError
from tests.unit.aws.sigv4.signing import suite_request, verifier

CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("vectors.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_published_signature_verifies(case: dict[str, Any]) -> None:
    verify = verifier("20150830T123600Z", session_token=case.get("session_token")).verify
    verify(suite_request(case), case.get("body", "").encode(), service="service", dialect=Dialect.QUERY)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_another_method_path_query_header_or_body_does_not(case: dict[str, Any]) -> None:
    body = case.get("body", "").encode()
    changed = [suite_request(case) for _ in range(4)]
    changed[0].method = "PUT"
    changed[1].path += "x"
    changed[2].query += "&a=b"
    changed[3].headers.replace("Host", "evil.amazonaws.com")
    token = case.get("session_token")
    for request, content in [*((request, body) for request in changed), (suite_request(case), body + b"x")]:
        with pytest.raises(SignatureError) as caught:
            verifier("20150830T123600Z", session_token=token).verify(
                request, content, service="service", dialect=Dialect.QUERY
            )
        assert caught.value.refusal is Refusal.MISMATCH


@pytest.mark.parametrize(
    ("path", "s3", "others"),
    [
        ("/", "/", "/"),
        ("", "/", "/"),
        ("/a%20b", "/a%20b", "/a%2520b"),
        ("/a b", "/a%20b", "/a%20b"),
        ("/arn%3Aaws%3Alambda", "/arn%3Aaws%3Alambda", "/arn%253Aaws%253Alambda"),
        ("/arn:aws:lambda", "/arn%3Aaws%3Alambda", "/arn%3Aaws%3Alambda"),
        ("/a//b/../c", "/a//b/../c", "/a/c"),
        ("/a/.", "/a/.", "/a/"),
        ("/~user*", "/~user%2A", "/~user%2A"),
        ("/a%2Fb", "/a/b", "/a%252Fb"),
    ],
)
def test_s3_encodes_once_and_normalises_nothing(path: str, s3: str, others: str) -> None:
    assert canonical_path(path, is_s3=True) == s3
    assert canonical_path(path, is_s3=False) == others


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", ""),
        ("acl", "acl="),
        ("b=2&a=1&a=0", "a=0&a=1&b=2"),
        ("a=x+y&b=%2b", "a=x%20y&b=%2B"),
        ("a=1&X-Amz-Signature=abc", "a=1"),
        ("a=/:", "a=%2F%3A"),
        ("&&a=1&", "a=1"),
    ],
)
def test_a_query_has_one_form(query: str, canonical: str) -> None:
    assert canonical_query(query) == canonical
