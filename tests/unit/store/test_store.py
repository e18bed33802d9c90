"""The contract of `store.types`, kept by both implementations."""

import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatewright.store import collect_blobs, open_store
from gatewright.store.errors import BlobMissing, StoreClosed, StoreError
from gatewright.store.types import Change, Key, Store


def key(identifier: str, **parts: str) -> Key:
    fields = {"account": "123456789012", "region": "us-east-1", "service": "lambda", "kind": "function"}
    return Key(**{**fields, **parts}, id=identifier)


def put(store: Store, identifier: str, document: dict[str, Any] | None = None, **parts: str) -> None:
    with store.write() as writer:
        writer.put(key(identifier, **parts), document if document is not None else {"FunctionName": identifier})


def ids(store: Store, **options: Any) -> list[str]:
    with store.read() as reader:
        return [found for found, _ in reader.list("123456789012", "us-east-1", "lambda", "function", **options)]


class TestDocuments:
    def test_a_put_document_is_read_back(self, store: Store) -> None:
        put(store, "a", {"Timeout": 3, "Environment": {"Variables": {"K": "V"}}, "Layers": [], "VpcConfig": None})
        with store.read() as reader:
            assert reader.get(key("a")) == {
                "Timeout": 3,
                "Environment": {"Variables": {"K": "V"}},
                "Layers": [],
                "VpcConfig": None,
            }
            assert reader.get(key("b")) is None

    @pytest.mark.parametrize("part", ["account", "region", "service", "kind"])
    def test_every_part_of_a_key_counts(self, store: Store, part: str) -> None:
        put(store, "a", {"n": 1})
        put(store, "a", {"n": 2}, **{part: "other"})
        with store.read() as reader:
            assert reader.get(key("a")) == {"n": 1}
            assert reader.get(key("a", **{part: "other"})) == {"n": 2}
        assert ids(store) == ["a"]

    def test_what_was_read_may_be_changed(self, store: Store) -> None:
        put(store, "a", {"Tags": {"k": "v"}})
        with store.read() as reader:
            first = reader.get(key("a"))
            assert first is not None
            first["Tags"]["k"] = "changed"
            assert reader.get(key("a")) == {"Tags": {"k": "v"}}

    def test_what_was_put_may_be_changed(self, store: Store) -> None:
        document = {"Tags": {"k": "v"}}
        with store.write() as writer:
            writer.put(key("a"), document)
            document["Tags"]["k"] = "changed"
            assert writer.get(key("a")) == {"Tags": {"k": "v"}}

    @pytest.mark.parametrize(
        "document",
        [
            {"text": "ünïcödé 漢字 🦊 \u0000 \u2028 \ud800"},
            {"number": 2**80, "negative": -(2**63) - 1, "real": 0.1, "true": True, "null": None},
            {"long": "x" * 8_000_000},
            {"deep": [[[[[[{"a": [{}]}]]]]]]},
            {},
        ],
        ids=["unicode", "numbers", "long", "deep", "empty"],
    )
    def test_documents_come_back_as_they_went(self, store: Store, document: dict[str, Any]) -> None:
        put(store, "a", document)
        with store.read() as reader:
            assert reader.get(key("a")) == document

    @pytest.mark.parametrize("document", [{"n": float("nan")}, {"n": b"octets"}, {"n": {1, 2}}])
    def test_what_json_cannot_say_is_refused_and_nothing_is_kept(self, store: Store, document: Any) -> None:
        with pytest.raises((ValueError, TypeError)), store.write() as writer:  # noqa: PT012
            writer.put(key("before"), {})
            writer.put(key("a"), document)
        assert ids(store) == []
        assert store.revision() == 0


class TestLists:
    def test_ids_are_in_the_order_of_their_octets(self, store: Store) -> None:
        names = ["b", "a", "B", "é", "z", "a/1", "a0", "_", "漢", "\uffff", "🦊", "A"]
        with store.write() as writer:
            for name in names:
                writer.put(key(name), {})
        assert ids(store) == sorted(names, key=str.encode)

    @pytest.mark.parametrize("prefix", ["a%", "a_", "a\\", "a'", "a*", "a?", "a[", "a/", 'a"', "a--"])
    def test_no_character_of_a_prefix_is_special(self, store: Store, prefix: str) -> None:
        with store.write() as writer:
            for name in ("a", "ab", "abc", "a~x", "A%", prefix, prefix + "x", prefix + "y/z", "b"):
                writer.put(key(name), {})
        assert ids(store, prefix=prefix) == [prefix, prefix + "x", prefix + "y/z"]

    def test_after_and_limit_page_through(self, store: Store) -> None:
        with store.write() as writer:
            for number in range(25):
                writer.put(key(f"api/{number:02}"), {"n": number})
            writer.put(key("apj/0"), {})
        assert ids(store, prefix="api/", limit=10) == [f"api/{number:02}" for number in range(10)]
        assert ids(store, prefix="api/", after="api/09", limit=10) == [f"api/{number:02}" for number in range(10, 20)]
        assert ids(store, prefix="api/", after="api/19", limit=10) == [f"api/{number:02}" for number in range(20, 25)]
        assert ids(store, prefix="api/", after="api/24") == []
        assert ids(store, prefix="api/", limit=0) == []

    def test_after_need_not_exist(self, store: Store) -> None:
        put(store, "a")
        put(store, "c")
        assert ids(store, after="b") == ["c"]

    def test_scan_yields_all_accounts_and_regions_in_key_order(self, store: Store) -> None:
        expected = []
        with store.write() as writer:
            for account in ("222222222222", "111111111111"):
                for region in ("us-west-2", "eu-west-1"):
                    for number in range(400):
                        expected.append(key(f"f{number}", account=account, region=region))
                        writer.put(expected[-1], {"n": number})
            writer.put(key("f", kind="function-policy"), {})
            writer.put(key("f", service="apigatewayv2"), {})
        with store.read() as reader:
            found = list(reader.scan("lambda", "function"))
        assert [found_key for found_key, _ in found] == sorted(expected)
        assert all(document == {"n": int(found_key.id[1:])} for found_key, document in found)

    # The fixture's directory is shared by the examples; each works in a kind of its own.
    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(
        names=st.sets(st.text(alphabet="a/%\ud7ff\ue000\U0010ffff", max_size=4), max_size=12),
        prefix=st.text(alphabet="a/%\ud7ff\ue000\U0010ffff", max_size=3),
        after=st.text(alphabet="a/%\ud7ff\ue000\U0010ffff", max_size=3),
    )
    def test_a_list_is_what_its_definition_says(self, store: Store, names: set[str], prefix: str, after: str) -> None:
        kind = f"kind-{store.revision()}"
        with store.write() as writer:
            writer.put(key("marker"), {})
            for name in names:
                writer.put(key(name, kind=kind), {})
            found = writer.list("123456789012", "us-east-1", "lambda", kind, prefix=prefix, after=after)
        wanted = sorted((n for n in names if n.startswith(prefix) and n > after), key=str.encode)
        assert [name for name, _ in found] == wanted


class TestTransactions:
    def test_an_exception_undoes_everything(self, store: Store) -> None:
        put(store, "kept", {"n": 1})
        with pytest.raises(LookupError), store.write() as writer:  # noqa: PT012
            writer.put(key("kept"), {"n": 2})
            writer.put(key("new"), {})
            writer.delete(key("kept"))
            raise LookupError
        with store.read() as reader:
            assert reader.get(key("kept")) == {"n": 1}
        assert ids(store) == ["kept"]
        assert store.revision() == 1
        assert len(store.changes(0)) == 1

    def test_the_store_works_on_after_an_exception(self, store: Store) -> None:
        with pytest.raises(LookupError), store.write():
            raise LookupError
        put(store, "a")
        assert ids(store) == ["a"]

    def test_a_writer_sees_its_own_writes(self, store: Store) -> None:
        put(store, "a", {"n": 1})
        with store.write() as writer:
            writer.put(key("b"), {"n": 2})
            assert writer.delete(key("a")) is True
            assert writer.get(key("a")) is None
            assert writer.get(key("b")) == {"n": 2}
            assert writer.list("123456789012", "us-east-1", "lambda", "function") == [("b", {"n": 2})]
            assert [found.id for found, _ in writer.scan("lambda", "function")] == ["b"]

    def test_a_reader_keeps_its_revision(self, store: Store) -> None:
        put(store, "a", {"n": 1})
        with store.read() as reader:
            put(store, "a", {"n": 2})
            put(store, "b")
            assert reader.revision == 1
            assert reader.get(key("a")) == {"n": 1}
            assert [found.id for found, _ in reader.scan("lambda", "function")] == ["a"]
        with store.read() as reader:
            assert reader.revision == 3
            assert reader.get(key("a")) == {"n": 2}

    def test_a_reader_does_not_see_an_open_transaction(self, store: Store) -> None:
        with store.write() as writer:
            writer.put(key("a"), {})
            with store.read() as reader:
                assert reader.get(key("a")) is None
            assert store.revision() == 0
        assert ids(store) == ["a"]

    def test_a_transaction_in_a_transaction_is_refused_rather_than_waited_for(self, store: Store) -> None:
        with store.write() as writer:
            with pytest.raises(StoreError, match="already writes"), store.write():
                pass
            writer.put(key("a"), {})
        assert ids(store) == ["a"]

    def test_a_view_ends_with_its_block(self, store: Store) -> None:
        put(store, "a")
        with store.read() as reader:
            pending = reader.scan("lambda", "function")
        with store.write() as writer:
            pass
        for attempt in (
            lambda: reader.get(key("a")),
            lambda: list(pending),
            lambda: writer.put(key("a"), {}),
            lambda: writer.delete(key("a")),
        ):
            with pytest.raises(StoreClosed):
                attempt()

    def test_a_closed_store_says_so(self, store: Store) -> None:
        store.close()
        store.close()
        with pytest.raises(StoreClosed), store.read():
            pass
        with pytest.raises(StoreClosed), store.write():
            pass
        with pytest.raises(StoreClosed):
            store.changes(0)


class TestFeed:
    def test_a_transaction_is_one_revision_with_a_line_for_each_document(self, store: Store) -> None:
        with store.write() as writer:
            writer.put(key("a"), {})
            writer.put(key("b"), {})
            writer.put(key("a"), {"again": True})
        with store.write() as writer:
            writer.delete(key("a"))
            writer.put(key("c"), {})
            writer.delete(key("c"))
        assert store.changes(0) == [
            Change(1, key("a"), is_deleted=False),
            Change(1, key("b"), is_deleted=False),
            Change(2, key("a"), is_deleted=True),
            Change(2, key("c"), is_deleted=True),
        ]
        assert store.changes(1) == store.changes(0)[2:]
        assert store.changes(2) == []
        assert store.revision() == 2

    def test_a_transaction_that_changed_nothing_is_no_revision(self, store: Store) -> None:
        with store.write() as writer:
            assert writer.delete(key("nothing")) is False
            writer.get(key("nothing"))
        assert store.revision() == 0
        assert store.changes(0) == []

    def test_limits_never_split_a_revision(self, store: Store) -> None:
        for size in (2, 3, 1):
            with store.write() as writer:
                for number in range(size):
                    writer.put(key(f"f{number}"), {"size": size})
        cases = {1: [1, 1], 2: [1, 1], 3: [1, 1], 4: [1, 1], 5: [1, 1, 2, 2, 2], 6: [1, 1, 2, 2, 2, 3]}
        for limit, revisions in cases.items():
            assert [change.revision for change in store.changes(0, limit)] == revisions
        assert [change.revision for change in store.changes(1, 1)] == [2, 2, 2]
        assert [change.revision for change in store.changes(2, 1)] == [3]


class TestBlobs:
    def test_content_is_named_by_its_hash(self, store: Store) -> None:
        name = store.blobs.put(b"content")
        assert name == "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"
        assert store.blobs.put(b"content") == name
        assert list(store.blobs.names()) == [name]
        with store.blobs.open(name) as file:
            assert file.read(3) == b"con"
            file.seek(0)
            assert file.read() == b"content"

    @pytest.mark.parametrize("name", ["0" * 64, "", "../../lock", "ED" + "0" * 62, "a" * 63])
    def test_an_unknown_name_is_missing(self, store: Store, name: str) -> None:
        with pytest.raises(BlobMissing):
            store.blobs.open(name)
        assert store.blobs.delete(name) is False

    def test_empty_and_large_content(self, store: Store) -> None:
        for content in (b"", b"\x00" * 20_000_000):
            with store.blobs.open(store.blobs.put(content)) as file:
                assert file.read() == content

    def test_a_deleted_blob_is_gone(self, store: Store) -> None:
        name = store.blobs.put(b"content")
        assert store.blobs.delete(name) is True
        assert list(store.blobs.names()) == []

    def test_unreferenced_blobs_are_collected(self, store: Store) -> None:
        kept, *others = (store.blobs.put(content) for content in (b"a", b"b", b"c"))
        assert collect_blobs(store, {kept, "f" * 64}) == len(others)
        assert list(store.blobs.names()) == [kept]


class TestConcurrency:
    def test_writers_take_turns_and_readers_see_whole_revisions(self, store: Store) -> None:
        """Each transaction advances two counters; a reader that saw them differ would have seen half of one."""
        writers, rounds = 4, 40
        put(store, "left", {"n": 0})
        put(store, "right", {"n": 0})
        done = threading.Event()
        problems: list[object] = []

        def count(view: Any, name: str) -> int:
            document = view.get(key(name))
            return int(document["n"])

        def write() -> None:
            for _ in range(rounds):
                with store.write() as writer:
                    for name in ("left", "right"):
                        writer.put(key(name), {"n": count(writer, name) + 1})

        def read() -> None:
            last = 0
            while not done.is_set():
                with store.read() as reader:
                    left, right = count(reader, "left"), count(reader, "right")
                    if left != right or left != reader.revision - 2 or left < last:
                        problems.append((left, right, reader.revision))
                    last = left

        readers = [threading.Thread(target=read) for _ in range(3)]
        threads = [threading.Thread(target=write) for _ in range(writers)]
        for thread in readers + threads:
            thread.start()
        for thread in threads:
            thread.join()
        done.set()
        for thread in readers:
            thread.join()
        assert problems == []
        with store.read() as reader:
            assert count(reader, "left") == writers * rounds
        assert [change.revision for change in store.changes(2, 10_000)] == [
            revision for revision in range(3, writers * rounds + 3) for _ in range(2)
        ]

    def test_threads_may_keep_the_same_blob_at_once(self, store: Store) -> None:
        names: list[str] = []
        threads = [threading.Thread(target=lambda: names.append(store.blobs.put(b"same" * 100_000))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(names) == 8
        assert list(store.blobs.names()) == [names[0]]


def test_counters_are_kept_but_not_followed(store: Store) -> None:
    counter = key("plan/key", service="apigateway", kind="usage")
    with store.write() as writer:
        writer.put(counter, {"used": 1})
    assert (store.revision(), store.changes(0)) == (0, [])
    with store.write() as writer:
        writer.put(counter, {"used": 2})
        writer.put(key("a"), {})
    assert store.changes(0) == [Change(1, key("a"), is_deleted=False)]
    with store.read() as reader:
        assert reader.get(counter) == {"used": 2}
        assert reader.revision == 1
    with store.write() as writer:
        assert writer.delete(counter)
    with store.read() as reader:
        assert reader.get(counter) is None
    assert store.revision() == 1


def test_ephemeral_stores_are_separate() -> None:
    first, second = open_store(None), open_store(None)
    put(first, "a")
    assert ids(second) == []
