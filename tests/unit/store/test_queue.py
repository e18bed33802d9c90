"""The queue of a store (`base.event_queue`), both stores held to one contract."""

from pathlib import Path

import pytest

from gatewright.base.event_queue import LaneSize, NewItem, Postponement, QueueChange
from gatewright.store import open_store
from gatewright.store.errors import StoreError
from gatewright.store.types import Store


def item(lane: str, due: float, payload: bytes = b"{}") -> NewItem:
    return NewItem(lane, due, b"header", payload)


def add(store: Store, *items: NewItem) -> None:
    store.queue.apply([QueueChange(added=items)])


def sequences(store: Store, lane: str) -> list[int]:
    return [sequence for sequence, _ in store.queue.look(lane, 100)]


def test_items_are_looked_at_as_they_are_due(store: Store) -> None:
    add(store, item("a", 3.0), item("a", 1.0), item("b", 0.5), item("a", 1.0))
    assert store.queue.look("a", 10) == [(2, 1.0), (4, 1.0), (1, 3.0)]
    assert store.queue.look("a", 1) == [(2, 1.0)]
    assert store.queue.look("nothing", 10) == []


def test_items_are_read_as_they_were_put_and_those_that_are_gone_are_left_out(store: Store) -> None:
    add(store, item("a", 1.0, b"\x00first"), item("a", 1.0, b"second"))
    assert [(found.sequence, found.payload) for found in store.queue.read([2, 9, 1])] == [
        (1, b"\x00first"),
        (2, b"second"),
    ]
    assert store.queue.read([]) == []


def test_a_postponed_item_has_a_new_time_and_header_and_its_old_payload(store: Store) -> None:
    add(store, item("a", 1.0, b"payload"), item("a", 2.0))
    store.queue.apply([QueueChange(postponed=(Postponement(1, 5.0, b"tried"), Postponement(77, 1.0, b"")))])
    assert store.queue.look("a", 10) == [(2, 2.0), (1, 5.0)]
    (found,) = store.queue.read([1])
    assert (found.due, found.header, found.payload) == (5.0, b"tried", b"payload")


def test_removed_items_are_gone_and_their_names_are_not_used_again(store: Store) -> None:
    add(store, item("a", 1.0), item("a", 2.0))
    store.queue.apply([QueueChange(removed=(1, 2, 77))])
    assert store.queue.lanes() == []
    add(store, item("a", 1.0))
    assert sequences(store, "a") == [3]


def test_lanes_and_their_sizes(store: Store) -> None:
    add(store, item("b", 1.0, b"12345"), item("a", 2.0, b"1"), item("b", 3.0, b""))
    assert store.queue.lanes() == [LaneSize("a", 1, 7), LaneSize("b", 2, 17)]


def test_the_queue_is_no_part_of_the_feed(store: Store) -> None:
    add(store, item("a", 1.0))
    assert store.revision() == 0
    assert store.changes(0) == []


def test_changes_are_made_all_or_none(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data")
    broken = NewItem("a", 1.0, b"header", None)  # type: ignore[arg-type]
    with pytest.raises(StoreError):
        store.queue.apply([QueueChange(added=(item("a", 1.0),)), QueueChange(added=(broken,))])
    assert store.queue.lanes() == []
    store.close()


def test_items_survive_the_store(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data")
    add(store, item("a", 1.5, b"payload"))
    store.close()
    store = open_store(tmp_path / "data")
    assert store.queue.look("a", 10) == [(1, 1.5)]
    store.close()


def test_a_closed_store_has_no_queue(tmp_path: Path) -> None:
    store = open_store(tmp_path / "data")
    store.close()
    with pytest.raises(StoreError):
        store.queue.lanes()
