"""The table of `smuggling.toml`: each case sent whole, and octet by octet."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from gatewright.base.messages import Headers, Request, Response
from tests.wire.fake_transport import connect
from tests.wire.responses import read_responses

_TABLE = Path(__file__).with_name("smuggling.toml")
_CASES: list[dict[str, Any]] = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["case"]


async def _answer(request: Request) -> Response:
    return Response(200, Headers(), await request.body.read())


def test_the_table_is_a_table() -> None:
    assert len(_CASES) >= 40
    assert len({case["name"] for case in _CASES}) == len(_CASES)
    assert len({case["request"] for case in _CASES}) == len(_CASES)


@pytest.mark.parametrize("step", [None, 1], ids=["whole", "by octet"])
@pytest.mark.parametrize("case", _CASES, ids=[case["name"] for case in _CASES])
async def test_ambiguous_framing(case: dict[str, Any], step: int | None) -> None:
    octets = case["request"].encode("latin-1")
    peer = connect(_answer)
    for start in range(0, len(octets), step or len(octets)):
        await peer.send(octets[start : start + (step or len(octets))])
    responses = read_responses(bytes(peer.transport.written))
    assert [response.status for response in responses] == case["statuses"], case["source"]
    served = sum(status == 200 for status in case["statuses"])
    # A body's fault may be found while the handler reads it: then the handler is called and its answer is a refusal.
    assert len(peer.requests) in (served, len(case["statuses"]))
    if case["statuses"][-1] != 200:
        assert responses[-1].get("connection") == "close"
        assert peer.transport.has_written_eof or peer.transport.is_closed
    assert "/second" not in [request.path for request in peer.requests[served:]]
    await peer.vanish()
