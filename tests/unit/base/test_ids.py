import re
import uuid
from concurrent.futures import ThreadPoolExecutor

from gatewright.base.ids import Ids, PooledEntropy


def test_request_ids_are_version_4_uuids() -> None:
    for _ in range(200):
        text = Ids().request_id()
        parsed = uuid.UUID(text)
        assert (str(parsed), parsed.version, parsed.variant) == (text, 4, uuid.RFC_4122)


def test_the_forms_of_ids() -> None:
    ids = Ids()
    assert re.fullmatch(r"[a-z][a-z0-9]{9}", ids.resource_id())
    assert re.fullmatch(r"[a-z][a-z0-9]{6}", ids.short_id())
    assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", ids.extended_request_id())
    assert re.fullmatch(r"1-5e6aa925-[0-9a-f]{24}", ids.trace_root(0x5E6AA925 + 0.5))


def test_entropy_decides_everything() -> None:
    fixed = Ids(entropy=bytes)
    assert fixed.request_id() == "00000000-0000-4000-8000-000000000000"
    assert fixed.resource_id() == "a" * 10
    assert str(fixed.uuid()) == "00000000-0000-4000-8000-000000000000"


def test_pooled_entropy_gives_nothing_twice() -> None:
    entropy = PooledEntropy()
    drawn = [entropy(16) for _ in range(2000)]
    assert len(set(drawn)) == 2000
    assert [len(entropy(length)) for length in (1, 11, 16, 17, 5000)] == [1, 11, 16, 17, 5000]


def test_pooled_entropy_gives_nothing_twice_to_several_threads() -> None:
    entropy = PooledEntropy()
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(lambda _: entropy(16), range(4000)))
    assert len(set(drawn)) == 4000
