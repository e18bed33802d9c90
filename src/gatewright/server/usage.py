"""What API keys have used of their quotas, between the event loop that counts it and the store that keeps it.

Counts are written behind: about every second, and when the node stops. A node that is killed forgets at most what was
counted since the last write. What UpdateUsage sets is durable before it is answered.
"""

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any, Final, TypeVar

from gatewright.base.clock import Clock
from gatewright.gateway.rest_apis.quota import DayUse, KeyUse, UseRecord, date_of_day, day_of, day_of_date
from gatewright.gateway.rest_apis.usage_plans import MOST_CHANGES, UsagePlanDirectory, UseKey
from gatewright.store.errors import StoreClosed
from gatewright.store.types import Document, Key, Store

WRITE_SECONDS: Final = 1.0
_ANSWER_SECONDS: Final = 30.0
_logger = logging.getLogger(__name__)

T = TypeVar("T")


def load_usage(store: Store, clock: Clock) -> dict[UseKey, UseRecord]:
    """Return what was counted before, and delete what nobody asks for any more."""
    records: dict[UseKey, UseRecord] = {}
    outdated: list[Key] = []
    today = day_of(clock.now())
    with store.write() as writer:
        for key, document in writer.scan("apigateway", "usage"):
            try:
                record = _record_of(document)
            except (KeyError, TypeError, ValueError) as error:
                _logger.error("the use of API key %s is not what was written, it begins anew: %r", key.id, error)
                continue
            if record.is_outdated(today) or writer.get(_membership(key)) is None:
                outdated.append(key)
            else:
                plan_id, _, key_id = key.id.partition("/")
                records[key.account, key.region, plan_id, key_id] = record
        for key in outdated:
            writer.delete(key)
    return records


def open_usage(store: Store, clock: Clock, parts: contextlib.AsyncExitStack) -> "KeptUsage":
    """Take up what was counted before, and keep what is counted from now on, until the parts of the node end."""
    usage = KeptUsage(store, UsagePlanDirectory(clock, load_usage(store, clock)), clock)
    usage.start()
    parts.push_async_callback(usage.close)
    return usage


class KeptUsage:
    """Writes what the directory counts, and answers GetUsage and UpdateUsage, which run in other threads."""

    def __init__(self, store: Store, directory: UsagePlanDirectory, clock: Clock) -> None:
        """Make it on the event loop that serves requests."""
        self.directory = directory
        self._store = store
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        # A thread of its own: operations that wait for a write may hold all of theirs.
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="usage")
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._is_closed = False

    def start(self, write_seconds: float = WRITE_SECONDS) -> None:
        """Write now and then, until `close`."""
        self._task = asyncio.create_task(self._run(write_seconds))

    async def close(self) -> None:
        """Write what was counted since the last time."""
        self._is_closed = True
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        try:
            await self.write()
        except Exception as error:  # noqa: BLE001 — nobody is left to hear of it
            _logger.error("the last second's use of API keys is lost: %s", error)
        finally:
            self._executor.shutdown()

    async def write(self) -> None:
        """Make what was counted so far durable. Raises what the store raises; the next time tries again."""
        async with self._writing:
            # Those that change meanwhile are for the next time: under traffic there would be no end.
            for _ in range(0, self.directory.changes, MOST_CHANGES):
                records = self.directory.take_changed()
                try:
                    # A write that was begun is waited for, whoever gives up: the next one must not overtake it.
                    await _finish(self._loop.run_in_executor(self._executor, self._save, records))
                except BaseException:
                    self.directory.put_back(records)
                    raise

    def read(
        self, account_id: str, region: str, plan_id: str, key_id: str | None, start: date, end: date
    ) -> Mapping[str, list[list[int]]]:
        """Return `[used, remaining]` by day and key (`control.context.QuotaUsage`). In an operation's thread."""
        first, last, now = day_of_date(start), day_of_date(end), self._clock.now()
        uses = self._on_loop(self._uses((account_id, region, plan_id, key_id or "")))
        days = {key: KeyUse(quota, record, now, _ignore).read(first, last, now) for key, quota, record in uses}
        return {key: [[day.used, day.remaining] for day in read] for key, read in days.items()}

    def set_remaining(self, account_id: str, region: str, plan_id: str, key_id: str, remaining: int) -> None:
        """Let a key make that many more requests (`control.context.QuotaUsage`). In an operation's thread."""
        self._on_loop(self._set_remaining((account_id, region, plan_id, key_id), remaining))

    async def _run(self, write_seconds: float) -> None:
        while True:
            await asyncio.sleep(write_seconds)
            try:
                await self.write()
            except Exception as error:  # noqa: BLE001 — the next write tries again
                _logger.error("the use of API keys cannot be kept: %s", error)

    async def _uses(self, plan: UseKey) -> list[Any]:
        return self.directory.uses(plan)

    async def _set_remaining(self, name: UseKey, remaining: int) -> None:
        if self.directory.set_remaining(name, remaining):
            await self.write()

    def _on_loop(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run it where requests are counted, and wait."""
        if self._is_closed:
            coroutine.close()
            raise StoreClosed("The node is stopping")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_ANSWER_SECONDS)

    def _save(self, records: Mapping[UseKey, UseRecord | None]) -> None:
        with self._store.write() as writer:
            for (account, region, plan_id, key_id), record in records.items():
                key = Key(account, region, "apigateway", "usage", f"{plan_id}/{key_id}")
                # An operation may have taken the key from the plan since.
                if record is None or writer.get(_membership(key)) is None:
                    writer.delete(key)
                else:
                    writer.put(key, _document_of(plan_id, key_id, record))


async def _finish(future: "asyncio.Future[T]") -> T:
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.wait([future])
        future.exception()  # seen: what could not be kept is put back in either case
        raise


def _ignore(_: KeyUse) -> None:
    """Nothing is counted on a copy."""


def _membership(usage: Key) -> Key:
    """Return the key of the document that says that an API key is in a usage plan."""
    return Key(usage.account, usage.region, "apigateway", "usageplankey", usage.id)


def _document_of(plan_id: str, key_id: str, record: UseRecord) -> Document:
    document: Document = {
        "usagePlanId": plan_id,
        "keyId": key_id,
        "days": {date_of_day(day).isoformat(): [use.used, use.remaining] for day, use in sorted(record.days.items())},
    }
    if record.extended_on:
        on = date_of_day(record.extended_on).isoformat()
        document["extension"] = {"requests": record.extension, "date": on}
    return document


def _record_of(document: Document) -> UseRecord:
    days = {day_of_date(date.fromisoformat(day)): DayUse(*use) for day, use in document["days"].items()}
    extension = document.get("extension")
    if extension is None:
        return UseRecord(days)
    return UseRecord(days, extension["requests"], day_of_date(date.fromisoformat(extension["date"])))
