"""Models that bodies are held to: "Request validation for REST APIs in API Gateway"."""

import asyncio

import pytest

from gatewright.gateway.rest_apis.body_models import BodyModel

SLOW = b'["' + b'","'.join([b"a" * 22 + b"!"] * 20) + b'"]'


def test_no_body_is_an_empty_object() -> None:
    model = BodyModel('{"type": "array"}', ())
    assert model.errors(b"") == (
        '[instance type (object) does not match any allowed primitive type (allowed: ["array"])]'
    )
    assert model.errors(b"[]") is None
    assert model.errors(b"[") == "[Invalid JSON in request body]"


async def test_a_client_that_goes_away_does_not_let_two_threads_validate_at_once() -> None:
    model = BodyModel('{"items": {"pattern": "^(a|aa)+$|!$"}}', ())
    given_up = asyncio.create_task(model.errors_aside(SLOW))
    await asyncio.sleep(0.05)
    following = asyncio.create_task(model.errors_aside(b"[]"))
    given_up.cancel()
    await asyncio.sleep(0.02)
    assert not following.done()
    assert await following is None
    with pytest.raises(asyncio.CancelledError):
        await given_up
