"""The planes meet: what an operation committed is in the data plane before its caller is answered."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from gatewright.base.operations import Caller, Shape
from gatewright.server.planes import Planes
from gatewright.snapshot.types import Snapshot
from gatewright.store import open_store
from gatewright.store.types import Key, Store

CALLER = Caller("123456789012", "us-east-1", "id")


def api_key(api_id: str) -> Key:
    return Key("123456789012", "us-east-1", "apigatewayv2", "api", api_id)


def put_api(store: Store, api_id: str, **changes: object) -> None:
    with store.write() as writer:
        document = {"ApiId": api_id, "Name": api_id, "ProtocolType": "HTTP", "DisableExecuteApiEndpoint": False}
        writer.put(api_key(api_id), document | changes)


class DataPlane:
    """Keeps what was swapped in."""

    def __init__(self) -> None:
        self.snapshots: list[Snapshot] = []

    def link(self, snapshot: Snapshot) -> Callable[[], None]:
        assert threading.current_thread() is not threading.main_thread()
        return lambda: self.swap(snapshot)

    def swap(self, snapshot: Snapshot) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.snapshots.append(snapshot)

    @property
    def api_ids(self) -> list[str]:
        return sorted(self.snapshots[-1].http_apis)


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store(None)
    yield opened
    opened.close()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor


async def test_what_is_there_at_the_start_is_served(store: Store, threads: ThreadPoolExecutor) -> None:
    put_api(store, "one")
    data_plane = DataPlane()
    planes = Planes(store, threads, data_plane.link)
    assert planes.revision == -1
    await planes.catch_up()
    assert data_plane.api_ids == ["one"]
    assert planes.revision == store.revision()


async def test_a_call_that_returned_is_visible(store: Store, threads: ThreadPoolExecutor) -> None:
    data_plane = DataPlane()
    planes = Planes(store, threads, data_plane.link)
    await planes.catch_up()

    def create(caller: Caller, request: Shape) -> Shape:
        assert threading.current_thread() is not threading.main_thread()
        put_api(store, request["ApiId"])
        return {"ApiId": request["ApiId"], "Account": caller.account_id}

    bound = planes.bind(create)
    for number in range(5):
        assert await bound(CALLER, {"ApiId": f"api{number}"}) == {"ApiId": f"api{number}", "Account": "123456789012"}
        assert f"api{number}" in data_plane.api_ids


async def test_concurrent_calls_are_all_visible_when_they_return(store: Store, threads: ThreadPoolExecutor) -> None:
    data_plane = DataPlane()
    planes = Planes(store, threads, data_plane.link)
    await planes.catch_up()

    def create(_: Caller, request: Shape) -> Shape:
        put_api(store, request["ApiId"])
        return {}

    bound = planes.bind(create)

    async def call(api_id: str) -> None:
        await bound(CALLER, {"ApiId": api_id})
        assert api_id in data_plane.api_ids

    await asyncio.gather(*(call(f"api{number}") for number in range(40)))
    assert planes.revision == store.revision()


async def test_what_a_cancelled_call_commits_is_served(store: Store, threads: ThreadPoolExecutor) -> None:
    swapped, started, may_commit = asyncio.Event(), threading.Event(), threading.Event()
    data_plane = DataPlane()

    def swap(snapshot: Snapshot) -> None:
        data_plane.swap(snapshot)
        swapped.set()

    planes = Planes(store, threads, lambda snapshot: lambda: swap(snapshot))
    await planes.catch_up()
    swapped.clear()

    def create(_: Caller, request: Shape) -> Shape:
        started.set()
        may_commit.wait(5)
        put_api(store, request["ApiId"])
        return {}

    call = asyncio.ensure_future(planes.bind(create)(CALLER, {"ApiId": "one"}))
    await asyncio.to_thread(started.wait, 5)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    may_commit.set()
    await asyncio.wait_for(swapped.wait(), 5)
    assert data_plane.api_ids == ["one"]


async def test_a_node_that_never_kept_anything_compiles_nothing(store: Store, threads: ThreadPoolExecutor) -> None:
    data_plane = DataPlane()
    planes = Planes(store, threads, data_plane.link)
    await planes.catch_up()
    assert (data_plane.snapshots, planes.revision, dict(planes.snapshot.functions)) == ([], 0, {})


async def test_what_is_kept_while_a_node_starts_is_served(store: Store, threads: ThreadPoolExecutor) -> None:
    data_plane = DataPlane()
    planes = Planes(store, threads, data_plane.link)
    await planes.catch_up()
    put_api(store, "one")
    await planes.catch_up()
    assert data_plane.api_ids == ["one"]
    with store.write() as writer:
        writer.delete(api_key("one"))
    await planes.catch_up()
    assert data_plane.api_ids == []


async def test_a_call_that_changed_nothing_compiles_nothing(store: Store, threads: ThreadPoolExecutor) -> None:
    put_api(store, "one")
    data_plane = DataPlane()
    planes = Planes(store, threads, data_plane.link)
    await planes.catch_up()
    await planes.bind(lambda caller, request: {})(CALLER, {})
    assert len(data_plane.snapshots) == 1


async def test_what_is_unchanged_stays_the_same_object(store: Store, threads: ThreadPoolExecutor) -> None:
    put_api(store, "one")
    data_plane = DataPlane()
    planes = Planes(store, threads, data_plane.link)
    await planes.catch_up()
    put_api(store, "two")
    await planes.catch_up()
    first, second = data_plane.snapshots
    assert second.http_apis["one"] is first.http_apis["one"]
    assert sorted(second.http_apis) == ["one", "two"]


async def test_a_commit_while_another_is_compiled_is_not_lost(store: Store, threads: ThreadPoolExecutor) -> None:
    put_api(store, "one")
    data_plane = DataPlane()
    planes = Planes(store, threads, data_plane.link)
    await planes.catch_up()

    def swap_and_commit(snapshot: Snapshot) -> None:
        # The moment at which a commit is most easily overlooked: between compiling and swapping.
        data_plane.swap(snapshot)
        if len(data_plane.snapshots) == 2:
            put_api(store, "late")

    late = Planes(store, threads, lambda snapshot: lambda: swap_and_commit(snapshot))
    await late.catch_up()
    put_api(store, "early")
    await late.catch_up()
    await late.catch_up()
    assert {"early", "late"} <= set(data_plane.api_ids)


async def test_an_api_that_does_not_compile_keeps_its_previous_form(
    store: Store, threads: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    put_api(store, "one", Name="good")
    data_plane = DataPlane()
    planes = Planes(store, threads, data_plane.link)
    await planes.catch_up()
    with store.write() as writer:
        writer.put(api_key("one"), {"ApiId": "one", "ProtocolType": "HTTP"})
    await planes.catch_up()
    assert data_plane.snapshots[-1].http_apis["one"].name == "good"
    assert "one does not compile, its previous version keeps serving" in caplog.text


async def test_an_operation_that_fails_tells_its_caller(store: Store, threads: ThreadPoolExecutor) -> None:
    planes = Planes(store, threads, DataPlane().link)
    await planes.catch_up()

    def fail(caller: Caller, request: Shape) -> Shape:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await planes.bind(fail)(CALLER, {})
