"""Mappings that take long: others are served meanwhile. No AWS page: there, nobody waits for anybody else."""

import asyncio
import time

import pytest

from gatewright.gateway.rest_apis.integrations.mapper import Mapper
from gatewright.gateway.rest_apis.templates import MappingTakesLong
from tests.unit.gateway.fakes import Gateway, request, snapshot
from tests.unit.gateway.rest_apis.calls import rest_call
from tests.unit.gateway.rest_apis.rest_api import integration, method, mock, outcome, resource, rest_api, stage

# Quick to refuse or to give up at once, but more than may be done at once.
_LOOPS = "#foreach($i in [1..30])#foreach($j in [1..1000])#set($x=$j)#end#end"
_PATTERNS = "#set($s='aaaaaaaaaaaaaaaaaaaaaa!')#foreach($i in [1..900])#set($x=$s.matches('(a|aa)+b'))#end"
_HOSTILE = {
    "patterns": _PATTERNS,
    "lists": "#foreach($i in [1..1000])#set($l=[" + "1," * 20_000 + "1])#end",
    "calls": "#foreach($i in [1..1000])" + "#set($x=$i.toString())" * 1000 + "#end",
    "texts": "#foreach($i in [1..1000])" + '#set($x="a$i")' * 1000 + "#end",
}


async def longest_wait(gateway: Gateway, *paths: str) -> tuple[list[int], float]:
    """Return the statuses of requests at once, and how long the event loop was held at most, in processor time."""
    waiting = [asyncio.ensure_future(gateway.send(request("GET", path))) for path in paths]
    longest = 0.0
    while not all(each.done() for each in waiting):
        began = time.thread_time()
        await asyncio.sleep(0.001)
        longest = max(longest, time.thread_time() - began)
    return [each.result().status for each in waiting], longest


@pytest.mark.parametrize("template", _HOSTILE.values(), ids=_HOSTILE.keys())
async def test_no_template_keeps_others_waiting(template: str) -> None:
    """Not even when it is rendered for the first time, nor when several requests want it."""
    gateway = Gateway()
    gateway.link(snapshot(rest_api(stage(resource("/a", method("GET", mock(template)))))))
    statuses, longest = await longest_wait(gateway, *["/prod/a"] * 3)
    assert set(statuses) <= {200, 500}
    assert longest < 0.15


async def test_what_takes_long_and_may_is_rendered() -> None:
    gateway = Gateway()
    gateway.link(snapshot(rest_api(stage(resource("/a", method("GET", mock(_LOOPS + "$x")))))))
    for _ in range(3):
        answered = await gateway.send(request("GET", "/prod/a"))
        assert (answered.status, answered.body) == (200, b"1000")


async def test_what_is_begun_again_leaves_nothing_behind() -> None:
    """`$context` is the template's to change, and a mapping that was given up has changed it."""
    more = '#set($context.responseOverride.header.x = "$!{{context.responseOverride.header.x}}{}")'
    target = integration(
        "AWS",
        request_templates=(("application/json", more.format("a") + _LOOPS),),
        responses=(outcome("200", template=more.format("b") + _LOOPS),),
        credentials=None,
    )
    gateway = Gateway({"a": 1})
    gateway.link(snapshot(rest_api(stage(resource("/a", method("POST", target))))))
    for _ in range(3):
        answered = await gateway.send(request("POST", "/prod/a", ("Content-Type", "application/json"), body=b"{}"))
        assert (answered.status, answered.headers.get("x")) == (200, "ab")


def held(seconds: float) -> float:
    """Use the processor for so long."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass
    return seconds


def test_what_needed_a_thread_stays_there_for_twice_as_long_each_time() -> None:
    is_long = True

    def work(_: object) -> str:
        if is_long:
            raise MappingTakesLong
        return "mapped"

    mapper, call = Mapper(work), rest_call()
    for turns in (64, 128, 256):
        is_long = True
        assert not mapper.is_slow
        with pytest.raises(MappingTakesLong):
            mapper.run(call)
        is_long = False
        for _ in range(turns):
            assert mapper.is_slow
            assert mapper.run_aside(call) == "mapped"
        assert mapper.run(call) == "mapped"
    assert not call.is_aside


def test_what_is_still_long_in_a_thread_stays_there() -> None:
    mapper, call = Mapper(lambda _call, seconds: held(seconds)), rest_call()
    mapper.run(call, 0.11)
    for _ in range(63):
        mapper.run_aside(call, 0.0)
    mapper.run_aside(call, 0.03)
    for _ in range(64):
        assert mapper.is_slow
        mapper.run_aside(call, 0.0)
    assert not mapper.is_slow
