"""Resource types that are stacks' own: nested stacks, custom resources, wait conditions, macros, the CDK's metadata."""

from collections.abc import Callable

from gatewright.stacks.execution.custom_resources import CUSTOM_RESOURCE, PREFIX, CustomResources
from gatewright.stacks.execution.macros import MACRO_TYPE, macro_type
from gatewright.stacks.execution.nested import NestedStacks
from gatewright.stacks.execution.places import STACK_TYPE
from gatewright.stacks.execution.responses import Responses
from gatewright.stacks.execution.runs import StackRuns
from gatewright.stacks.execution.surroundings import FindType
from gatewright.stacks.execution.wait_conditions import CONDITION, HANDLE, WaitConditions
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType

CDK_METADATA = "AWS::CDK::Metadata"


def find_own_types(responses: Responses) -> Callable[[StackRuns], FindType]:
    """Return what makes, for a node's stacks, what finds their own types."""

    def make(runs: StackRuns) -> FindType:
        surroundings = runs.surroundings
        url = surroundings.response_url
        custom = CustomResources(responses, surroundings.clock, url, surroundings.catch_up)
        waits = WaitConditions(responses, surroundings.clock, url)
        types = {
            STACK_TYPE: NestedStacks(runs).resource_type(),
            HANDLE: waits.handle_type(),
            CONDITION: waits.condition_type(),
            CDK_METADATA: cdk_metadata(),
            MACRO_TYPE: macro_type(surroundings),
        }

        def find(name: str) -> ResourceType | None:
            if name == CUSTOM_RESOURCE or name.startswith(PREFIX):
                return custom.resource_type(name)
            return types.get(name)

        return find

    return make


def cdk_metadata() -> ResourceType:
    """Return the type of the CDK's usage report: a record that nobody evaluates here."""

    def create(call: Call, properties: Properties) -> Resource:
        return Resource(call.token)

    def update(call: Call, resource: Resource, old: Properties, new: Properties) -> Resource:
        return resource

    def delete(call: Call, resource: Resource, properties: Properties) -> None:
        """Do nothing: there is nothing but the record."""

    return ResourceType(CDK_METADATA, create, update, delete, is_record=True)
