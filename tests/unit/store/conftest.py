"""Both stores, held to one contract."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gatewright.store import open_store
from gatewright.store.types import Store


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(None if request.param == "memory" else tmp_path / "data")
    yield opened
    opened.close()
