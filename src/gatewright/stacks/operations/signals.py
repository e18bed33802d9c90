"""SignalResource.

Source: SignalResource (AWS CloudFormation API Reference).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.stacks.execution.places import RESOURCE, SIGNAL, require_stack
from gatewright.stacks.operations.context import StackContext
from gatewright.stacks.operations.inputs import validation_error


def signal_resource(context: StackContext, request: Shape) -> Shape:
    """Tell a resource whose creation policy waits for it that something succeeded or failed."""
    logical_id, unique_id = request["LogicalResourceId"], request["UniqueId"]
    with context.store.write() as writer:
        stack = require_stack(context.place, writer, request["StackName"])
        resource = writer.get(context.place.key(RESOURCE, f"{stack['Uuid']}/{logical_id}"))
        if resource is None:
            raise validation_error(f"Resource {logical_id} does not exist for stack {stack['StackName']}")
        if not resource["ResourceStatus"].endswith("_IN_PROGRESS"):
            status = resource["ResourceStatus"]
            raise validation_error(f"Signal is not accepted for resource {logical_id} in state {status}")
        key = context.place.key(SIGNAL, f"{stack['Uuid']}/{logical_id}/{unique_id}")
        if writer.get(key) is None:
            writer.put(key, {"UniqueId": unique_id, "Status": request["Status"]})
    return {}


OPERATIONS: Mapping[str, Callable[[StackContext, Shape], Shape]] = MappingProxyType({"SignalResource": signal_resource})
