from collections.abc import Iterator

import pytest

from tests.integration.deployed import Function, function
from tests.integration.nodes import Node, running
from tests.integration.origin import Origin, origin
from tests.integration.tiers import ALL_TIERS, TIERS, node_on_tier


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """One ephemeral node for all tests that only add functions and APIs of their own names."""
    with running("--ephemeral") as started:
        yield started


@pytest.fixture(scope="session")
def echo(node: Node) -> Function:
    """A function whose response is the event; any API may invoke it."""
    made = function(node, "return {'statusCode': 200, 'body': json.dumps(event)}")
    made.permit()
    return made


@pytest.fixture
def upstream() -> Iterator[Origin]:
    """An origin that answers `ok`."""
    with origin() as listening:
        yield listening


@pytest.fixture(scope="session", params=TIERS)
def tier_node(request: pytest.FixtureRequest) -> Iterator[Node]:
    """One ephemeral node on each tier that people run in production: each test runs on both."""
    with node_on_tier(request.param) as started:
        yield started


@pytest.fixture(scope="session", params=ALL_TIERS)
def any_tier_node(request: pytest.FixtureRequest) -> Iterator[Node]:
    """The same, and one on tier C."""
    with node_on_tier(request.param) as started:
        yield started
