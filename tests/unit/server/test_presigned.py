"""Links to S3 that have expired. Sources are named in the module."""

from datetime import UTC, datetime

import pytest

from gatewright.server.companion.address import FixedAddress
from gatewright.server.companion.passing import Passing
from gatewright.server.companion.presigned import refuse_expired
from tests.unit.gateway.fakes import FakeClient, FakeClock
from tests.unit.server.test_companion_passing import request

SIGNED = datetime(2026, 11, 30, 22, 40, 0, tzinfo=UTC).timestamp()
V4 = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20261130%2Fus-east-1%2Fs3%2Faws4_request"
    "&X-Amz-Date=20261130T224000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=0f"
)
V2 = f"AWSAccessKeyId=test&Signature=yY%3D&Expires={int(SIGNED) + 60}"


@pytest.mark.parametrize(("query", "shown"), [(V4, "<X-Amz-Expires>60</X-Amz-Expires>"), (V2, "")])
def test_a_link_is_good_until_it_expires(query: str, shown: str) -> None:
    assert refuse_expired(query, SIGNED + 59.9) is None
    answer = refuse_expired(query, SIGNED + 60)
    assert answer is not None
    assert (answer.status, answer.headers.get("content-type")) == (403, "application/xml")
    assert (
        answer.body
        == (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>AccessDenied</Code><Message>Request has expired</Message>{shown}"
            "<Expires>2026-11-30T22:41:00Z</Expires><ServerTime>2026-11-30T22:41:00Z</ServerTime></Error>"
        ).encode()
    )


@pytest.mark.parametrize(
    "query",
    [
        "",
        "Expires=1",
        "AWSAccessKeyId=test&Expires=1",
        V4.replace("20261130T224000Z", "yesterday"),
        V4.replace("X-Amz-Expires=60", "X-Amz-Expires=soon"),
        V4.replace("&X-Amz-Expires=60", ""),
        V4.replace("X-Amz-Expires=60", "X-Amz-Expires=" + "9" * 400),
        V4.replace("X-Amz-Expires=60", "X-Amz-Expires=-99999999999999"),
        "Signature=a&AWSAccessKeyId=b&Expires=" + "9" * 400,
        "Signature=a&AWSAccessKeyId=b&Expires=-99999999999999",
    ],
)
def test_what_is_no_link_is_for_s3(query: str) -> None:
    assert refuse_expired(query, SIGNED + 10_000) is None


@pytest.mark.parametrize(
    ("is_moto", "service", "is_refused"), [(True, "s3", True), (True, "sqs", False), (False, "s3", False)]
)
async def test_only_links_to_s3_of_moto_are_refused(is_moto: bool, service: str, is_refused: bool) -> None:
    """Other companions look themselves."""
    address = FixedAddress("http://127.0.0.1:5000")
    passing = Passing(address, FakeClient(), FakeClock(SIGNED + 3600), is_moto=is_moto)
    answer = await passing.handle(request("GET", f"/bucket/key?{V4}"), service)
    assert (answer.status == 403) == is_refused
