"""Fixtures of the tests of stacks."""

from collections.abc import Iterator

import pytest

from tests.unit.stacks.execution.nodes import Stacks


@pytest.fixture
def stacks() -> Iterator[Stacks]:
    stacks = Stacks()
    yield stacks
    stacks.runs.close()
