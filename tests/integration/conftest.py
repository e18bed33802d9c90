from collections.abc import Iterator

import pytest

from tests.integration.nodes import Node, running


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """One ephemeral node for all tests that only add functions and APIs of their own names."""
    with running("--ephemeral") as started:
        yield started
