from collections.abc import Iterator

import pytest

from tests.integration.nodes import Node, running


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """An ephemeral node for the tests of one client."""
    with running("--ephemeral") as started:
        yield started
