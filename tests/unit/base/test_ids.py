import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from gatewright.base.ids import Ids


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


def trace_root(ids: Ids) -> str:
    return ids.trace_root(0)


FORMS = ((Ids.request_id, 16), (Ids.extended_request_id, 11), (Ids.trace_parent, 8), (trace_root, 12))


@pytest.mark.parametrize(("form", "octets_of_one"), FORMS)
def test_ids_made_ahead_are_those_made_one_by_one(form: Callable[[Ids], str], octets_of_one: int) -> None:
    octets = bytes(range(128))
    ahead = Ids(lambda length: octets[:length], ahead=8)
    single = [
        form(Ids(lambda length, start=start: octets[start : start + length]))  # type: ignore[misc]
        for start in range(0, 8 * octets_of_one, octets_of_one)
    ]
    assert [form(ahead) for _ in range(8)] == single[::-1]
    assert len(set(single)) == 8


@pytest.mark.parametrize("form", [form for form, _ in FORMS])
def test_ids_made_ahead_are_given_away_once(form: Callable[[Ids], str]) -> None:
    ids = Ids(ahead=64)
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(lambda _: form(ids), range(4000)))
    assert len(set(drawn)) == 4000
    assert all(len(each) == len(drawn[0]) for each in drawn)
