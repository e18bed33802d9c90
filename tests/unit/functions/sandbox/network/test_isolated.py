import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from gatewright.functions.sandbox.network.isolated import IsolatedNetwork
from gatewright.functions.sandbox.network.plan import Plan
from gatewright.functions.sandbox.network.spawner_link import Opened
from gatewright.functions.sandbox.types import SandboxError

PLAN = Plan((), 65534, 65534, 9001, 4566, ())


class FakeLink:
    """A spawner whose spaces are pipes and plain sockets."""

    def __init__(self, lost: Callable[[int, str], None], ended: Callable[[], None]) -> None:
        self.lost = lost
        self.ended = ended
        self.made: list[int] = []
        self.finished: list[int] = []
        self.problems: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.is_closed = False

    async def start(self) -> int:
        if self.problems and self.problems[0] == "no start":
            raise SandboxError(self.problems.pop(0))
        return os.open(os.devnull, os.O_RDONLY)

    async def open(self) -> Opened:
        number = len(self.made) + 1
        self.made.append(number)
        await self.gate.wait()
        if self.problems:
            raise SandboxError(self.problems.pop(0))
        return Opened(number, os.open(os.devnull, os.O_RDONLY), socket.socket(), socket.socket(), [socket.socket()])

    def end(self, number: int) -> None:
        self.finished.append(number)

    async def close(self) -> None:
        self.is_closed = True


class Spawners:
    """Makes links, and keeps them for the test to look at."""

    def __init__(self, *problems: str) -> None:
        self.problems = list(problems)
        self.links: list[FakeLink] = []

    def __call__(self, _: Plan, lost: Callable[[int, str], None], ended: Callable[[], None]) -> FakeLink:
        link = FakeLink(lost, ended)
        link.problems, self.problems = self.problems, []
        self.links.append(link)
        return link


@asynccontextmanager
async def network(spawners: Spawners, ready: int = 2) -> AsyncIterator[IsolatedNetwork]:
    made = IsolatedNetwork(
        "none", PLAN, Path("/usr/bin/nsenter"), (), ready_spaces=ready, refill_seconds=0, make_link=spawners
    )
    try:
        yield made
    finally:
        await made.close()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0.001)


async def test_spaces_are_made_ahead_and_given_once() -> None:
    spawners = Spawners()
    async with network(spawners) as made:
        first = await made.open()
        await settle()
        (link,) = spawners.links
        assert link.made == [1, 2, 3]
        second = await made.open()
        await settle()
        assert (first.number, second.number, link.made) == (1, 2, [1, 2, 3, 4])
        await first.close()
        await first.close()
        await second.close()
        assert link.finished == [1, 2]
    assert sorted(link.finished) == [1, 2, 3, 4]
    assert link.is_closed


async def test_others_are_made_when_the_start_that_took_one_is_over() -> None:
    spawners = Spawners()
    made = IsolatedNetwork(
        "none", PLAN, Path("/usr/bin/nsenter"), (), ready_spaces=2, refill_seconds=0.05, make_link=spawners
    )
    spaces = [await made.open()]
    await settle()
    (link,) = spawners.links
    assert link.made == [1]
    await asyncio.sleep(0.1)
    assert link.made == [1, 2, 3]
    spaces.append(await made.open())
    await settle()
    assert link.made == [1, 2, 3]
    spaces.append(await made.open())  # the last: now it is high time
    await settle()
    assert link.made == [1, 2, 3, 4, 5]
    for space in spaces:
        await space.close()
    await made.close()


async def test_what_is_ready_goes_when_the_host_has_got_another_address() -> None:
    spawners, addresses = Spawners(), [IPv4Address("10.0.0.1")]
    made = IsolatedNetwork(
        "outbound",
        PLAN,
        Path("/usr/bin/nsenter"),
        (),
        ready_spaces=2,
        refill_seconds=0,
        make_link=spawners,
        host_addresses=lambda: tuple(addresses),
    )
    await (await made.open()).close()
    await settle()
    addresses.append(IPv4Address("10.0.0.2"))
    space = await made.open()
    await settle()
    (link,) = spawners.links
    assert space.number == 4
    assert link.finished == [1, 2, 3]
    await space.close()
    await made.close()


async def test_who_comes_when_none_is_ready_gets_the_next() -> None:
    spawners = Spawners()
    async with network(spawners, ready=1) as made:
        await (await made.open()).close()
        await settle()
        (link,) = spawners.links
        link.gate.clear()
        opening = [asyncio.create_task(made.open()) for _ in range(3)]
        await settle()
        assert len(link.made) == 5  # one was ready, and one shall be
        link.gate.set()
        spaces = await asyncio.gather(*opening)
        assert len({space.number for space in spaces}) == 3
        for space in spaces:
            await space.close()


async def test_who_gives_up_leaves_the_space_to_the_next() -> None:
    spawners = Spawners()
    async with network(spawners, ready=0) as made:
        await (await made.open()).close()
        (link,) = spawners.links
        link.gate.clear()
        opening = asyncio.create_task(made.open())
        await settle()
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        link.gate.set()
        await settle()
        space = await made.open()
        assert (space.number, link.made) == (2, [1, 2])
        await space.close()


async def test_a_failure_is_told_to_who_waits_and_the_next_tries_again() -> None:
    spawners = Spawners("no memory")
    async with network(spawners, ready=0) as made:
        with pytest.raises(SandboxError, match="no memory"):
            await made.open()
        await (await made.open()).close()


async def test_a_spawner_that_does_not_start_is_closed_and_started_anew() -> None:
    spawners = Spawners("no start")
    async with network(spawners, ready=0) as made:
        with pytest.raises(SandboxError, match="no start"):
            await made.open()
        await (await made.open()).close()
    assert [link.is_closed for link in spawners.links] == [True, True]


async def test_a_ready_space_that_lost_its_helper_is_given_to_nobody() -> None:
    spawners = Spawners()
    async with network(spawners) as made:
        await (await made.open()).close()
        await settle()
        (link,) = spawners.links
        link.lost(2, "killed")
        await settle()
        space = await made.open()
        assert space.number == 3
        await space.close()
        link.lost(space.number, "killed")  # it is nobody's any more


async def test_when_the_spawner_ends_what_was_ready_goes_and_another_is_started() -> None:
    spawners = Spawners()
    async with network(spawners) as made:
        used = await made.open()
        await settle()
        spawners.links[0].ended()
        await settle()
        assert spawners.links[0].is_closed
        assert sorted(spawners.links[0].finished) == [2, 3]
        fresh = await made.open()
        assert len(spawners.links) == 2
        await used.close()
        await fresh.close()


async def test_the_end_of_the_network_is_told_to_who_waits() -> None:
    spawners = Spawners()
    made = IsolatedNetwork("none", PLAN, Path("/usr/bin/nsenter"), (), ready_spaces=0, make_link=spawners)
    space = await made.open()
    await space.close()
    spawners.links[0].gate.clear()
    opening = asyncio.create_task(made.open())
    await settle()
    await made.close()
    with pytest.raises(SandboxError, match="stopping"):
        await opening
    with pytest.raises(SandboxError, match="stopping"):
        await made.open()


async def test_a_space_gives_its_spare_sockets_away() -> None:
    spawners = Spawners()
    async with network(spawners, ready=0) as made:
        space = await made.open()
        with space.tcp_socket():
            pass
        with pytest.raises(OSError, match="no socket left"):
            space.tcp_socket()
        await space.close()


async def test_it_is_entered_by_a_path_that_needs_no_inherited_descriptor() -> None:
    async with network(Spawners(), ready=0) as made:
        space = await made.open()
        program, *options, end = space.entry
        assert (program, end) == ("/usr/bin/nsenter", "--")
        assert options[-1].startswith(f"--net=/proc/{os.getpid()}/fd/")
        assert (len(options) == 1) is (os.geteuid() == 0)
        await space.close()
