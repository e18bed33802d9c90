"""Fixtures of all control-plane tests."""

import pytest

from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts


@pytest.fixture
def contexts() -> Contexts:
    return Contexts()


@pytest.fixture
def context(contexts: Contexts) -> Context:
    return contexts.context()
