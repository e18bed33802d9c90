"""Requests for the tests of signatures, and a clock that stands still."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from gatewright.aws.sigv4.verify import Credentials, SignatureVerifier
from gatewright.base.messages import Headers, Request

ACCESS_KEY = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
S3_ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
S3_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@dataclass
class StoppedClock:
    """A clock that shows one time."""

    seconds: float

    def now(self) -> float:
        return self.seconds

    def monotonic(self) -> float:
        return self.seconds


def clock(timestamp: str, later: float = 0) -> StoppedClock:
    """Return a clock that shows a time such as `20150830T123600Z`, or some seconds later."""
    moment = datetime.strptime(timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return StoppedClock(moment.timestamp() + later)


def verifier(timestamp: str, later: float = 0, session_token: str | None = None) -> SignatureVerifier:
    """Return a verifier that knows the example credentials of AWS's documentation."""
    known = {
        ACCESS_KEY: Credentials(SECRET, session_token),
        S3_ACCESS_KEY: Credentials(S3_SECRET, session_token),
    }
    return SignatureVerifier(known.get, clock(timestamp, later))


def suite_request(case: dict[str, Any]) -> Request:
    """Return a request of the test suite with its Authorization."""
    own = [tuple(header) for header in case.get("headers", [])]
    headers = Headers([("Host", "example.amazonaws.com"), *own, ("X-Amz-Date", "20150830T123600Z")])
    if case.get("is_upper_case"):
        headers = Headers([(name.upper(), value) for name, value in headers])
    if "session_token" in case:
        headers.append(("X-Amz-Security-Token", case["session_token"]))
    signed = ";".join(sorted({name.lower() for name, _ in headers}))
    scope = f"{ACCESS_KEY}/20150830/us-east-1/service/aws4_request"
    authorization = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={signed}, Signature={case['signature']}"
    headers.append(("Authorization", authorization))
    return Request(case.get("method", "GET"), octets(case.get("path", "/")), octets(case.get("query", "")), headers)


def octets(text: str) -> str:
    """Return text as `wire` hands it on: its octets as ISO-8859-1."""
    return text.encode().decode("latin-1")
