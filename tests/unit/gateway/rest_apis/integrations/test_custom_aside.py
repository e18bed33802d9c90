"""Mappings that take long: others are served meanwhile. No AWS page: there, nobody waits for anybody else."""

import asyncio
import threading
import time

from gatewright.gateway.rest_apis.integrations.custom import Mapper
from tests.unit.gateway.fakes import Gateway, request, snapshot
from tests.unit.gateway.rest_apis.rest_api import method, mock, resource, rest_api, stage

_SLOW = "#set($s='aaaaaaaaaaaaaaaaaaaaaa!')#foreach($i in [1..900])#set($x=$s.matches('(a|aa)+b'))#end"


async def test_a_template_that_takes_long_does_so_in_a_thread_the_next_time() -> None:
    gateway = Gateway()
    gateway.link(snapshot(rest_api(stage(resource("/a", method("GET", mock(_SLOW)))))))
    await gateway.send(request("GET", "/prod/a"))
    longest = 0.0
    waiting = asyncio.ensure_future(gateway.send(request("GET", "/prod/a")))
    while not waiting.done():
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - began)
    assert waiting.result().status == 500
    assert 0 < longest < 0.4


async def test_each_mapping_is_timed_by_itself() -> None:
    def wait(seconds: float) -> threading.Thread:
        time.sleep(seconds)
        return threading.current_thread()

    slow, quick = Mapper(wait), Mapper(wait)
    slow.run(0.11)
    quick.run(0.0)
    assert (slow.is_slow, quick.is_slow) == (True, False)
    assert await slow.run_aside(0.0) is not threading.current_thread()
    assert not slow.is_slow
