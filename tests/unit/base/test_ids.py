import re
import uuid

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
