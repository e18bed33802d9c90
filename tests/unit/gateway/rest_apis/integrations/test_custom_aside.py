"""Mappings that take long: others are served meanwhile. No AWS page: there, nobody waits for anybody else."""

import asyncio
import time

from tests.unit.gateway.fakes import Gateway, request, snapshot
from tests.unit.gateway.rest_apis.rest_api import method, mock, resource, rest_api, stage


async def test_a_template_that_takes_long_does_so_in_a_thread_the_next_time() -> None:
    slow = "#set($s='aaaaaaaaaaaaaaaaaaaaaa!')#foreach($i in [1..900])#set($x=$s.matches('(a|aa)+b'))#end"
    gateway = Gateway()
    gateway.link(snapshot(rest_api(stage(resource("/a", method("GET", mock(slow)))))))
    await gateway.send(request("GET", "/prod/a"))
    longest = 0.0
    waiting = asyncio.ensure_future(gateway.send(request("GET", "/prod/a")))
    while not waiting.done():
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - began)
    assert waiting.result().status == 500
    assert 0 < longest < 0.4
