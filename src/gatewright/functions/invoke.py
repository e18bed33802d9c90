"""The face of the data plane of Lambda: what API Gateway and the Invoke operation call.

    invoke ──▶ pool of the function's revision ──▶ environment ──▶ link ──▶ runtime in its sandbox

An invocation has no task of its own: it is handed on by calls until its octets are in the socket, and its future is
resolved where the answer's octets are read. Whoever awaits the future may go away; the invocation runs to its end.
Source: "Invoke", Lambda API Reference.
"""

import asyncio
import contextlib
import os
import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from gatewright.base.clock import Clock
from gatewright.base.ids import Ids
from gatewright.base.messages import Handler
from gatewright.functions.capacity import Capacity
from gatewright.functions.channel import Channel
from gatewright.functions.code import CodeCache, OpenBlob
from gatewright.functions.concurrency import Concurrency, FunctionConcurrency
from gatewright.functions.environment import KILLED
from gatewright.functions.errors import InvokeError, ServiceUnavailable, TooManyRequests, too_large
from gatewright.functions.invocation import Invocation, InvocationResult
from gatewright.functions.invoke_operation import OPERATIONS, InvokeContext
from gatewright.functions.journal import Journal
from gatewright.functions.launching import Runtimes
from gatewright.functions.log_stream import LogStream
from gatewright.functions.platform_log import platform_log
from gatewright.functions.pool import Pool
from gatewright.functions.provisioned import Provisioned, ProvisionedStatus
from gatewright.functions.response_sink import ResponseSink
from gatewright.functions.runtime_api import RuntimeApi
from gatewright.functions.runtimes.types import Transport
from gatewright.functions.sandbox.types import Isolation
from gatewright.functions.settings import MAX_EVENT_BYTES, FunctionSettings
from gatewright.functions.states import State
from gatewright.functions.streaming import ResponseStream, StreamedInvocation
from gatewright.functions.surroundings import LinkFactory, Surroundings
from gatewright.functions.sweep import Sweep
from gatewright.functions.variables import ON_DEMAND
from gatewright.observe.log_archive.types import GroupKey
from gatewright.observe.logs import LogSink
from gatewright.snapshot.types import Function, FunctionVersion, QualifiedFunction

__all__ = ["OPERATIONS", "Functions", "InvocationResult", "InvokeContext", "InvokeError", "StreamedInvocation"]

_KILL_SECONDS = 5.0


class Functions:
    """Runs functions. Made and used on one event loop."""

    def __init__(
        self,
        settings: FunctionSettings,
        clock: Clock,
        ids: Ids,
        open_blob: OpenBlob,
        runtimes: Runtimes,
        isolation: Isolation,
        log_sink: LogSink,
        endpoint: Handler,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._ids = ids
        self._runtimes = runtimes
        self._log_sink = log_sink
        self._pools: dict[tuple[str, str], Pool] = {}
        self._retired: list[Pool] = []
        self._concurrency = Concurrency(settings.account_concurrency)
        self._provisioned = Provisioned(self._new_pool)
        self._functions: Mapping[str, Function] | None = None
        self._is_open = True
        self._draw = random.random
        self._loop = asyncio.get_running_loop()
        self._code = CodeCache(settings.code_directory, open_blob, settings.code_cache_mb << 20)
        self._capacity = Capacity(settings, os.cpu_count() or 1, self._evict_idle)
        self._sweep = Sweep(clock, settings.memory_check_ms, self._all_pools)
        links: dict[Transport, LinkFactory] = {Transport.CHANNEL: Channel, Transport.RUNTIME_API: RuntimeApi}
        self._surroundings = Surroundings(settings, clock, isolation, links, endpoint, ids)

    @property
    def running(self) -> int:
        """Return how many invocations are under way or wait for an environment."""
        return self._capacity.invocations

    @property
    def environments(self) -> int:
        """Return how many environments there are."""
        return self._capacity.environments

    def swap(self, functions: Mapping[str, Function]) -> None:
        """Take the functions, by ARN, that exist from now on.

        Environments of unchanged revisions live on. Those of changed and removed ones finish what they do and end.
        """
        self._functions = functions
        self._concurrency.configure(functions.values())
        for retired in self._provisioned.configure(functions.values()):
            self._retire(retired)
        if self._provisioned.pools and not self._sweep.is_fast:
            self._sweep.hurry()
        for key, pool in list(self._pools.items()):
            if not self._is_current(pool.function):
                self._retire(self._pools.pop(key))

    async def invoke(
        self,
        target: QualifiedFunction,
        event: bytes,
        *,
        request_id: str | None = None,
        trace_header: str | None = None,
        client_context: str | None = None,
        wants_log_tail: bool = False,
        response: ResponseSink | None = None,
    ) -> InvocationResult:
        """Run a function with an event (JSON) and return what came of it. Raises `InvokeError` when it was refused.

        `client_context` is JSON. A response that the runtime streams goes to `response`, or else is collected.
        Cancelling the awaiting task does not cancel the invocation.
        """
        if len(event) > MAX_EVENT_BYTES:
            raise too_large(len(event))
        if not self._is_open:
            raise ServiceUnavailable("The node is stopping.")
        function = target.version
        if target.additional_version is not None and self._draw() < target.additional_weight:
            function = target.additional_version
        pool = self._provisioned.idle_pool(target.arn, function) if target.provisioned_concurrency else None
        if pool is None:
            pool = self._pools.get((function.arn, function.version))
            if pool is None or pool.function.identity != function.identity:
                pool = self._pool_of(function)
            if not pool.concurrency.take():
                raise TooManyRequests(pool.concurrency.reason)
        future: asyncio.Future[InvocationResult] = self._loop.create_future()
        invocation = Invocation(
            request_id or self._ids.request_id(),
            target.arn,
            event,
            trace_header or self._new_trace(),
            client_context,
            wants_log_tail,
            future,
            self._clock.monotonic(),
            response,
        )
        if not self._sweep.is_fast:
            self._sweep.hurry()
        pool.submit(invocation)
        return await future

    async def invoke_streaming(
        self,
        target: QualifiedFunction,
        event: bytes,
        *,
        request_id: str | None = None,
        trace_header: str | None = None,
        client_context: str | None = None,
        wants_log_tail: bool = False,
    ) -> StreamedInvocation:
        """Run a function like `invoke`, but return when it begins to respond, or has failed before that.

        Raises `InvokeError` when it was refused. Read the result to its end, or close it.
        """
        request_id = request_id or self._ids.request_id()
        trace_header = trace_header or self._new_trace()
        stream = ResponseStream()
        invocation = self._loop.create_task(
            self.invoke(
                target,
                event,
                request_id=request_id,
                trace_header=trace_header,
                client_context=client_context,
                wants_log_tail=wants_log_tail,
                response=stream,
            )
        )
        invocation.add_done_callback(stream.settle)
        try:
            await stream.wait_until_begun()
        except asyncio.CancelledError:
            stream.discard()
            raise
        return StreamedInvocation(request_id, trace_header, stream)

    def _new_trace(self) -> str:
        return f"Root={self._ids.trace_root(self._clock.now())};Sampled=0"

    def provisioned(self, arn: str, qualifier: str) -> ProvisionedStatus:
        """Return how far provisioned concurrency has come. Safe to call from other threads."""
        return self._provisioned.status(f"{arn}:{qualifier}")

    async def close(self, *, drain_seconds: float | None = None) -> None:
        """Refuse new invocations, wait for those that run, then end every environment.

        They are waited for as long as the settings say, unless this says it. Harmless when it ended already.
        """
        self._is_open = False
        await self._capacity.drain(self._settings.drain_seconds if drain_seconds is None else drain_seconds)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_KILL_SECONDS):
                await asyncio.gather(*(pool.close() for pool in self._all_pools()))
        self._sweep.stop()
        await self._code.close()

    def _pool_of(self, function: FunctionVersion) -> Pool:
        """Return the pool of a revision, made now or about to go: requests keep the snapshot that they started with."""
        for retired in self._retired:
            if _serves(retired, function):
                return retired
        concurrency = self._concurrency.of(function.arn, function.account_id, function.region)
        pool = self._new_pool(function, concurrency, ON_DEMAND)
        if not self._is_current(function):
            self._retire(pool)
            return pool
        key = (function.arn, function.version)
        previous = self._pools.get(key)
        if previous is not None:
            self._retire(previous)
        self._pools[key] = pool
        return pool

    def _new_pool(self, function: FunctionVersion, concurrency: FunctionConcurrency, initialization_type: str) -> Pool:
        return Pool(
            function,
            self._surroundings,
            self._capacity,
            self._code,
            self._runtimes,
            self._journal,
            concurrency,
            initialization_type,
        )

    def _is_current(self, function: FunctionVersion) -> bool:
        if self._functions is None:
            return True
        served = self._functions.get(function.arn)
        current = None if served is None else served.qualified.get(function.version)
        return current is not None and current.version.identity == function.identity

    def _retire(self, pool: Pool) -> None:
        pool.retire()
        self._retired = [*(old for old in self._retired if not old.is_gone), pool]

    def _all_pools(self) -> Iterator[Pool]:
        yield from self._pools.values()
        yield from self._provisioned.pools
        yield from self._retired

    def _evict_idle(self) -> bool:
        idle = [pool.idle[0] for pool in self._all_pools() if pool.idle and not pool.kept]
        if not idle:
            return False
        min(idle, key=lambda environment: environment.idle_since).end(State.STOPPING, KILLED)
        return True

    def _journal(self, function: FunctionVersion, initialization_type: str) -> Journal:
        day = datetime.fromtimestamp(self._clock.now(), UTC).strftime("%Y/%m/%d")
        # In a log group that functions may share it says whose it is: as recorded (radkawar/stackd,
        # testdata/aws/lambda/streaming_async.json).
        owner = "" if function.log_group == f"/aws/lambda/{function.name}" else function.name
        name = f"{day}/{owner}[{function.version}]{self._ids.uuid().hex}"
        group = GroupKey(function.account_id, function.region, function.log_group)
        stream = LogStream(self._log_sink, group, name)
        log = platform_log(function, initialization_type, name)
        return Journal(log, stream, self._clock, function.version, initialization_type)


def _serves(pool: Pool, function: FunctionVersion) -> bool:
    """Return whether a pool is the one that everybody's invocations of a revision go to."""
    own = pool.function
    is_same = (own.arn, own.version, own.identity) == (function.arn, function.version, function.identity)
    return is_same and pool.initialization_type == ON_DEMAND
