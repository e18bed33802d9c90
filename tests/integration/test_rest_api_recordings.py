"""Calls of `apigateway` that were recorded of AWS, replayed on a node: whole outputs, whole errors.

Source: localstack/localstack, tests/aws/services/apigateway/*.snapshot.json; each test names its recording.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.nodes import Node
from tests.integration.rest_api_recordings import (
    cli_examples,
    documentation,
    exports,
    gateway_responses,
    imports,
    integrations,
    methods,
    models,
    resources,
    rest_apis,
    stages,
    terraform,
    usage_plans,
)
from tests.integration.rest_api_recordings.replay import Recordings, replay

MODULES: tuple[Recordings, ...] = (
    rest_apis.RECORDINGS,
    resources.RECORDINGS,
    methods.RECORDINGS,
    models.RECORDINGS,
    gateway_responses.RECORDINGS,
    integrations.RECORDINGS,
    documentation.RECORDINGS,
    stages.RECORDINGS,
    usage_plans.RECORDINGS,
    imports.RECORDINGS,
    exports.RECORDINGS,
    cli_examples.RECORDINGS,
    terraform.RECORDINGS,
)
RECORDINGS = [(name, steps) for module in MODULES for name, steps in module.items()]


@pytest.fixture
def client(node: Node) -> Iterator[Any]:
    """A client of a Region that other tests leave alone; what a scenario creates there goes with it."""
    found = node.client("apigateway", "ca-central-1", is_checking=False)
    yield found
    for api in found.get_rest_apis(limit=500)["items"]:
        found.delete_rest_api(restApiId=api["id"])
    for plan in found.get_usage_plans(limit=500)["items"]:
        found.delete_usage_plan(usagePlanId=plan["id"])
    for api_key in found.get_api_keys(limit=500)["items"]:
        found.delete_api_key(apiKey=api_key["id"])


@pytest.mark.parametrize(("name", "steps"), [pytest.param(*each, id=each[0]) for each in RECORDINGS])
def test_a_recording(client: Any, name: str, steps: Any) -> None:
    """Source: the recording of this name."""
    differences = replay(client, steps, {"<account>": "123456789012", "<region>": "ca-central-1"})
    assert not differences, "\n".join([name, *differences])
