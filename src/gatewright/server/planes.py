"""Where the two planes meet: operations run in worker threads, and what they changed reaches the data plane.

A control-plane operation commits to the store. Before its caller gets the answer, the change feed is followed up to
that commit: compile and link in a worker thread, swap on the event loop. So a call that returned success is visible to
the next request. A compile that fails leaves the old form serving and says so in the log.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from types import MappingProxyType
from typing import TYPE_CHECKING

from gatewright.base.errors import AwsError
from gatewright.base.late import late_imports
from gatewright.base.operations import BoundOperation, Caller, Shape
from gatewright.snapshot.types import Function, Snapshot
from gatewright.store.types import Change, Key, Store

if TYPE_CHECKING:
    from gatewright.snapshot.types.rest_api import RestApi

Swap = Callable[[], None]
"""Puts what was linked in place. Runs on the event loop."""
Link = Callable[[Snapshot], Swap]
"""Binds a snapshot to the data plane. Runs in a worker thread: with a large API it takes seconds."""


class Planes:
    """Keeps the data plane at the revision of the store."""

    def __init__(self, store: Store, executor: Executor, link: Link) -> None:
        self._store = store
        self._executor = executor
        self._link = link
        self._snapshot: Snapshot | None = None
        self._followed = -1
        self._following = asyncio.Lock()
        self._calls: set[asyncio.Task[Shape]] = set()

    @property
    def revision(self) -> int:
        """Return the revision up to which the feed was followed; -1 before the first time."""
        return self._followed

    def function(self, arn: str) -> Function | None:
        """Return a function by its unqualified ARN, as the data plane sees it."""
        return None if self._snapshot is None else self._snapshot.functions.get(arn)

    @property
    def snapshot(self) -> Snapshot:
        """Return what the data plane sees."""
        return self._snapshot or Snapshot(0, MappingProxyType({}), MappingProxyType({}))

    async def compile_for_test(
        self, caller: Caller, api_id: str, variables: Mapping[str, str], certificate_id: str | None
    ) -> "RestApi | None":
        """Compile a REST API as it is now, with stage variables and a client certificate; None when there is none.

        Raises `AwsError` for an API that cannot be compiled.
        """
        key = Key(caller.account_id, caller.region, "apigateway", "restapi", api_id)

        def compile_now() -> "RestApi | None":
            with late_imports():
                from gatewright.snapshot.compile_rest_api import compile_for_test
            with self._store.read() as reader:
                return compile_for_test(reader, key, variables, certificate_id)

        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, compile_now)
        except (ValueError, KeyError, TypeError) as error:
            raise AwsError("BadRequestException", f"The API cannot be tested: {error}") from error

    async def catch_up(self) -> None:
        """Bring the data plane to the store's revision as of now, or a later one."""
        wanted = self._store.revision()
        async with self._following:
            # Whoever waited here may find that the one before has followed far enough already.
            if self._followed < wanted == 0:
                self._followed = 0  # nothing was ever stored, so there is nothing to compile and link
            elif self._followed < wanted:
                loop = asyncio.get_running_loop()
                followed, snapshot, swap = await loop.run_in_executor(self._executor, self._compile_and_link)
                swap()
                self._snapshot, self._followed = snapshot, followed

    def bind(self, operation: Callable[[Caller, Shape], Shape]) -> BoundOperation:
        """Return a control-plane operation as the endpoint calls it: in a thread, then caught up.

        A client that goes away ends its request, but not what the thread commits: that is caught up with all the same.
        """

        async def run(caller: Caller, request: Shape) -> Shape:
            call = asyncio.create_task(self._call(operation, caller, request))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
            return await asyncio.shield(call)

        return run

    async def _call(self, operation: Callable[[Caller, Shape], Shape], caller: Caller, request: Shape) -> Shape:
        loop = asyncio.get_running_loop()
        result = await loop.run_in_executor(self._executor, operation, caller, request)
        if self._store.revision() > self._followed:
            await self.catch_up()
        return result

    def _compile_and_link(self) -> tuple[int, Snapshot, Swap]:
        followed, snapshot = self._compile()
        return followed, snapshot, self._link(snapshot)

    def _compile(self) -> tuple[int, Snapshot]:
        """Return a snapshot, and the revision whose changes it surely holds.

        The feed is read before the documents. A commit in between is compiled now and, since its lines come with the
        next reading of the feed, looked at once more then.
        """
        with late_imports():
            from gatewright.snapshot.compile import compile_snapshot
        if self._snapshot is None:
            followed = self._store.revision()
            return followed, compile_snapshot(self._store, None, ())
        followed, changes = self._followed, list[Change]()
        while page := self._store.changes(followed):
            changes += page
            followed = page[-1].revision
        return followed, compile_snapshot(self._store, self._snapshot, changes)
