"""Fixtures of the tests of REST APIs."""

import pytest

from tests.unit.control.apigateway.calls import Calls
from tests.unit.control.contexts import Contexts


@pytest.fixture
def calls(contexts: Contexts) -> Calls:
    return Calls(contexts)


@pytest.fixture
def api_id(calls: Calls) -> str:
    return calls.api()


@pytest.fixture
def root_id(calls: Calls, api_id: str) -> str:
    return calls.root(api_id)
