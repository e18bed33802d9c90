import uuid
from collections.abc import Iterator

import pytest

from gatewright.functions.settings import Credentials
from gatewright.server.companion.calls import Companion
from gatewright.server.companion.moto import MotoServer
from tests.unit.stacks.resource_types.companion.companion_stack import ACCOUNT, CompanionServices, Stack


@pytest.fixture(scope="session")
def companion() -> Iterator[Companion]:
    """One moto server for all tests; what they make has names of its own."""
    server = MotoServer(account_id=ACCOUNT, node_url="http://127.0.0.1:1", search_path="/usr/bin:/bin")
    opened = Companion(server, Credentials(), node_host="127.0.0.1:4566")
    yield opened
    for client in opened._clients.values():
        client.close()
    opened.close()
    server.close()


@pytest.fixture
def stack(companion: Companion) -> Stack:
    return Stack(CompanionServices(companion), uuid.uuid4().hex[:12].upper())
