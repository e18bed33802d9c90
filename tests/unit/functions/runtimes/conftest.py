from pathlib import Path

import pytest

from gatewright.functions.runtimes.table import RuntimeDirectory
from tests.unit.functions.runtimes.host import Runner, places


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> RuntimeDirectory:
    """The runtimes of this machine; interpreters are asked once for all tests."""
    return RuntimeDirectory(places(), tmp_path_factory.mktemp("cache"))


@pytest.fixture
def runner(directory: RuntimeDirectory, tmp_path: Path) -> Runner:
    return Runner(directory, tmp_path)
