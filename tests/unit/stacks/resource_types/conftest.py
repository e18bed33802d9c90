import pytest

from tests.unit.stacks.resource_types.stack import Stack


@pytest.fixture
def stack() -> Stack:
    return Stack()
