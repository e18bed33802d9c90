"""What holds of every connection in these tests."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def nothing_is_written_too_late(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail where `FakeTransport.write` refused: a turn of the event loop puts that into the log and goes on."""
    yield
    errors = [str(record.exc_info[1]) for record in caplog.get_records("call") if record.exc_info]
    assert [error for error in errors if error.startswith("written after")] == []
