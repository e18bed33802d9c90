import pytest

from gatewright.stacks.resource_types.contract import Resource
from tests.unit.stacks.resource_types.rest_apis import API, PREFIX, method_of
from tests.unit.stacks.resource_types.stack import Stack


@pytest.fixture
def stack() -> Stack:
    return Stack()


@pytest.fixture
def api(stack: Stack) -> Resource:
    """Return a REST API of the stack."""
    return stack.create(API, "Api", Name="pets")


@pytest.fixture
def deployed(stack: Stack, api: Resource) -> Resource:
    """Return a deployment of the API with a method."""
    stack.create(f"{PREFIX}Method", "Get", **method_of(api))
    return stack.create(f"{PREFIX}Deployment", "Deployed", RestApiId=api.physical_id)


@pytest.fixture
def prod(stack: Stack, api: Resource, deployed: Resource) -> Resource:
    """Return a stage of the API."""
    target = {"RestApiId": api.physical_id, "DeploymentId": deployed.physical_id}
    stack.create(f"{PREFIX}Stage", "Test", **target, StageName="test")
    return stack.create(f"{PREFIX}Stage", "Prod", **target, StageName="prod")
