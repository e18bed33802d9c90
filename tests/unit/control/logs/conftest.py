"""Fixtures of the tests of CloudWatch Logs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.control.contexts import Contexts
from tests.unit.control.logs.calls import Calls


@pytest.fixture
def calls(contexts: Contexts, tmp_path: Path) -> Iterator[Calls]:
    made = Calls(contexts, tmp_path)
    yield made
    made.archive.close()


@pytest.fixture
def group(calls: Calls) -> str:
    """A log group `g` with the streams `one` and `two`."""
    calls("CreateLogGroup", logGroupName="g")
    for stream in ("one", "two"):
        calls("CreateLogStream", logGroupName="g", logStreamName=stream)
    return "g"
