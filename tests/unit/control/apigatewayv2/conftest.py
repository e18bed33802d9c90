"""Fixtures of the tests of HTTP APIs."""

import pytest

from tests.unit.control.apigatewayv2.calls import Calls
from tests.unit.control.contexts import Contexts


@pytest.fixture
def calls(contexts: Contexts) -> Calls:
    return Calls(contexts)


@pytest.fixture
def api_id(calls: Calls) -> str:
    return calls.api()
