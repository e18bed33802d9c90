"""The archive of logs: what comes in comes out by time, of all streams, and no more is kept than was asked."""

import random
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gatewright.base.errors import SettingsError
from gatewright.observe.log_archive import (
    GroupExists,
    GroupKey,
    GroupMissing,
    Lines,
    LogArchive,
    LogGroup,
    NewEvent,
    Position,
    StreamExists,
    StreamMissing,
)
from gatewright.observe.log_archive.chunks import CHUNK_BYTES, SPAN_MS

KEY = GroupKey("123456789012", "us-east-1", "/aws/lambda/hello")
NOON_MS = 1_795_435_200_123
DAY_MS = 86_400_000


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[LogArchive]:
    made = LogArchive(tmp_path / "logs.sqlite3")
    yield made
    made.close()


def lines(text: bytes, timestamp_ms: int = NOON_MS, stream: str = "one", group: GroupKey = KEY) -> Lines:
    return group, stream, timestamp_ms, text, len(text)


def put(archive: LogArchive, stream: str, *events: tuple[int, str]) -> None:
    archive.events.put(KEY, stream, [NewEvent(NOON_MS + offset, message) for offset, message in events], NOON_MS)


def streams_of(archive: LogArchive, *names: str) -> None:
    archive.groups.create(LogGroup(KEY, NOON_MS))
    for name in names:
        archive.streams.create(KEY, name, NOON_MS)


def messages(
    archive: LogArchive,
    stream: str | None = None,
    *,
    start: int | None = None,
    end: int | None = None,
    is_backward: bool = False,
    place: Position | None = None,
) -> list[str]:
    with archive.reading(KEY) as reader:
        streams = None if stream is None else frozenset((reader.stream(stream),))
        read = reader.backward if is_backward else reader.forward
        bounds = [None if offset is None else NOON_MS + offset for offset in (start, end)]
        return [event.message for event in read(streams, *bounds, place)]


def test_lines_of_a_function_make_its_group_and_stream(archive: LogArchive) -> None:
    archive.events.append([lines(b"one\ntwo\n"), lines(b"thr\ree\n", NOON_MS + 1)], NOON_MS + 5)
    group = archive.groups.get(KEY)
    assert (group.created_ms, group.retention_days, group.log_class) == (NOON_MS + 5, None, "STANDARD")
    assert group.stored_bytes > 0
    [stream] = archive.streams.by_name(KEY, limit=10)
    assert (stream.name, stream.first_event_ms, stream.last_event_ms) == ("one", NOON_MS, NOON_MS + 1)
    assert stream.last_ingested_ms == NOON_MS + 5
    with archive.reading(KEY) as reader:
        events = list(reader.forward(None, None, None))
    assert [event.message for event in events] == ["one\n", "two\n", "thr\ree\n"]
    assert [event.position.timestamp_ms for event in events] == [NOON_MS, NOON_MS, NOON_MS + 1]
    assert {(event.stream, event.ingested_ms) for event in events} == {("one", NOON_MS + 5)}


def test_events_with_line_feeds_stay_whole(archive: LogArchive) -> None:
    streams_of(archive, "one")
    put(archive, "one", (0, "two\nlines"), (0, "é 参\n"))
    assert messages(archive) == ["two\nlines", "é 参\n"]


def test_octets_that_are_no_text_are_shown_as_such(archive: LogArchive) -> None:
    archive.events.append([lines(b"\xff\xfe\n")], NOON_MS)
    assert messages(archive) == ["��\n"]


def test_streams_are_merged_by_time_both_ways(archive: LogArchive) -> None:
    """Held against a plain sort, with chunks that lie within and across each other."""
    numbers = random.Random(7)
    streams_of(archive, "one", "two", "three")
    written: list[tuple[int, int, str]] = []
    for batch in range(40):
        offsets = sorted(numbers.randrange(0, 5 * SPAN_MS) for _ in range(numbers.randrange(1, 30)))
        events = [(offset, f"{batch}-{number}") for number, offset in enumerate(offsets)]
        put(archive, numbers.choice(["one", "two", "three"]), *events)
        written += [(offset, batch, message) for offset, message in events]
    expected = [message for *_, message in sorted(written, key=lambda each: each[:2])]
    assert sorted(messages(archive)) == sorted(expected)
    with archive.reading(KEY) as reader:
        forward = list(reader.forward(None, None, None))
        backward = list(reader.backward(None, None, None))
    assert [event.position for event in forward] == sorted(event.position for event in forward)
    assert backward == forward[::-1]
    assert [event.message for event in forward] == expected
    for start, end in ((0, SPAN_MS), (SPAN_MS, SPAN_MS), (100_000, 200_000), (-5, 10**9)):
        wanted = [m for offset, _, m in sorted(written, key=lambda each: each[:2]) if start <= offset <= end]
        assert messages(archive, start=start, end=end) == wanted
        assert messages(archive, start=start, end=end, is_backward=True) == wanted[::-1]
    for number in (0, 1, len(forward) // 2, len(forward) - 1):
        place = forward[number].position
        assert messages(archive, place=place) == expected[number + 1 :]
        assert messages(archive, place=place, is_backward=True) == expected[:number][::-1]


def test_one_stream_is_read_by_itself(archive: LogArchive) -> None:
    streams_of(archive, "one", "two", "empty")
    put(archive, "one", (0, "a"), (2, "c"))
    put(archive, "two", (1, "b"))
    assert messages(archive, "one") == ["a", "c"]
    assert messages(archive, "empty") == []
    with archive.reading(KEY) as reader:
        assert [e.message for e in reader.forward(reader.streams_named(["two", "none"]), None, None)] == ["b"]
        assert [e.message for e in reader.forward(reader.streams_with("t"), None, None)] == ["b"]
        assert list(reader.forward(reader.streams_with("x"), None, None)) == []
        with pytest.raises(StreamMissing):
            reader.stream("none")


def test_a_clock_that_was_set_back_loses_nothing(archive: LogArchive) -> None:
    archive.events.append([lines(b"b\n", NOON_MS), lines(b"a\n", NOON_MS - 10), lines(b"c\n", NOON_MS + 1)], NOON_MS)
    assert messages(archive) == ["a\n", "b\n", "c\n"]
    [stream] = archive.streams.by_name(KEY, limit=1)
    assert (stream.first_event_ms, stream.last_event_ms) == (NOON_MS - 10, NOON_MS + 1)


def test_much_at_once_is_more_than_one_chunk(archive: LogArchive, tmp_path: Path) -> None:
    text = b"x" * 1023 + b"\n"
    archive.events.append([lines(text * 64) for _ in range(40)], NOON_MS)
    assert len(messages(archive)) == 40 * 64
    connection = sqlite3.connect(tmp_path / "logs.sqlite3")
    sizes = [size for (size,) in connection.execute("SELECT length(data) FROM chunks")]
    connection.close()
    assert max(sizes) < CHUNK_BYTES + 65 * 1024
    assert archive.groups.get(KEY).stored_bytes == sum(sizes)


def test_groups_are_listed_by_name_in_pages(archive: LogArchive) -> None:
    for name in ("b", "a/1", "a/2", "c", "A"):
        archive.groups.create(
            LogGroup(KEY._replace(name=name), NOON_MS, log_class="DELIVERY" if name == "c" else "STANDARD")
        )
    archive.groups.create(LogGroup(KEY._replace(name="a/9", region="eu-west-1"), NOON_MS))

    def names(**options: object) -> list[str]:
        found = archive.groups.by_name(KEY.account_id, KEY.region, **{"limit": 10, **options})  # type: ignore[arg-type]
        return [group.key.name for group in found]

    assert names() == ["A", "a/1", "a/2", "b", "c"]
    assert names(limit=2) == ["A", "a/1"]
    assert names(after="a/1") == ["a/2", "b", "c"]
    assert names(prefix="a") == ["a/1", "a/2"]
    assert names(part="/") == ["a/1", "a/2"]
    assert names(log_class="DELIVERY") == ["c"]


def test_a_group_is_changed_and_stays_what_it_is(archive: LogArchive) -> None:
    archive.groups.create(LogGroup(KEY, NOON_MS, tags={"a": "1"}))
    archive.groups.change(KEY, lambda group: replace(group, retention_days=7, tags={"b": "2"}, is_protected=True))
    group = archive.groups.get(KEY)
    assert (group.retention_days, group.tags, group.is_protected, group.created_ms) == (7, {"b": "2"}, True, NOON_MS)
    with pytest.raises(GroupExists):
        archive.groups.create(LogGroup(KEY, NOON_MS))


def test_a_deleted_group_is_made_again_by_the_next_line(archive: LogArchive) -> None:
    archive.events.append([lines(b"old\n")], NOON_MS)
    archive.groups.delete(KEY)
    with pytest.raises(GroupMissing):
        archive.groups.get(KEY)
    with pytest.raises(GroupMissing), archive.reading(KEY):
        pass
    archive.events.append([lines(b"new\n")], NOON_MS)
    assert messages(archive) == ["new\n"]


def test_a_deleted_stream_takes_its_events_with_it(archive: LogArchive) -> None:
    archive.events.append([lines(b"old\n"), lines(b"other\n", stream="two")], NOON_MS)
    archive.streams.delete(KEY, "one")
    assert messages(archive) == ["other\n"]
    archive.events.append([lines(b"new\n")], NOON_MS)
    assert messages(archive, "one") == ["new\n"]
    archive.streams.delete(KEY, "one")
    archive.streams.delete(KEY, "two")
    assert archive.groups.get(KEY).stored_bytes == 0


def test_what_is_not_there(archive: LogArchive) -> None:
    with pytest.raises(GroupMissing):
        archive.streams.create(KEY, "one", NOON_MS)
    with pytest.raises(GroupMissing):
        archive.groups.delete(KEY)
    with pytest.raises(GroupMissing):
        put(archive, "one", (0, "a"))
    streams_of(archive, "one")
    with pytest.raises(StreamExists):
        archive.streams.create(KEY, "one", NOON_MS)
    with pytest.raises(StreamMissing):
        archive.streams.delete(KEY, "two")
    with pytest.raises(StreamMissing):
        put(archive, "two", (0, "a"))


def test_streams_by_name_and_by_their_last_events(archive: LogArchive) -> None:
    streams_of(archive, "a", "b", "c", "ab")
    put(archive, "c", (5, "x"))
    put(archive, "a", (9, "x"))

    def by_name(**options: object) -> list[str]:
        return [s.name for s in archive.streams.by_name(KEY, **{"limit": 9, **options})]  # type: ignore[arg-type]

    def by_event(**options: object) -> list[str]:
        return [s.name for s in archive.streams.by_last_event(KEY, **{"limit": 9, **options})]  # type: ignore[arg-type]

    assert by_name() == ["a", "ab", "b", "c"]
    assert by_name(is_descending=True, after="b") == ["ab", "a"]
    assert by_name(prefix="a", limit=1) == ["a"]
    assert by_event() == ["ab", "b", "c", "a"]
    assert by_event(is_descending=True) == ["a", "c", "b", "ab"]
    assert by_event(is_descending=True, after=(NOON_MS + 5, "c")) == ["b", "ab"]
    assert by_event(after=(0, "ab")) == ["b", "c", "a"]


def test_events_beyond_the_retention_go(archive: LogArchive) -> None:
    streams_of(archive, "one")
    put(archive, "one", (-3 * DAY_MS, "old"))
    put(archive, "one", (0, "new"))
    archive.delete_outdated(NOON_MS)
    assert messages(archive) == ["old", "new"]
    archive.groups.change(KEY, lambda group: replace(group, retention_days=1))
    before = archive.groups.get(KEY).stored_bytes
    archive.delete_outdated(NOON_MS)
    assert messages(archive) == ["new"]
    assert 0 < archive.groups.get(KEY).stored_bytes < before


def test_no_more_is_kept_than_was_asked(tmp_path: Path) -> None:
    archive = LogArchive(tmp_path / "logs.sqlite3", kept_bytes=1 << 20)
    text = b"x" * 1023 + b"\n"
    for number in range(30):
        archive.events.append([lines(text * 100, NOON_MS + number)], NOON_MS)
        archive.delete_excess()
    assert archive.groups.get(KEY).stored_bytes <= 1 << 20
    kept = messages(archive)
    assert 900 <= len(kept) < 1024
    with archive.reading(KEY) as reader:
        assert next(reader.backward(None, None, None)).position.timestamp_ms == NOON_MS + 29
    archive.close()


def test_what_was_kept_is_there_for_the_next_node(tmp_path: Path) -> None:
    archive = LogArchive(tmp_path / "logs.sqlite3")
    archive.events.append([lines(b"one\n")], NOON_MS)
    archive.close()
    again = LogArchive(tmp_path / "logs.sqlite3")
    assert messages(again) == ["one\n"]
    again.close()


def test_a_file_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database" * 100)
    with pytest.raises(SettingsError, match=r"the logs in .*text cannot be used"):
        LogArchive(tmp_path / "text")
    with sqlite3.connect(tmp_path / "newer") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(SettingsError, match="newer gatewright"):
        LogArchive(tmp_path / "newer")


def test_many_threads_write_and_read(archive: LogArchive) -> None:
    streams_of(archive, "one")
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for round_ in range(20):
                put(archive, "one", (round_, f"{number}-{round_}"))
                messages(archive)
        except BaseException as error:  # noqa: BLE001 — told by the test
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(messages(archive)) == 80
