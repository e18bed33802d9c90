"""DeleteStack, UpdateTerminationProtection.

Source: the pages of these operations (AWS CloudFormation API Reference); "Protect CloudFormation stacks from being
deleted" (User Guide).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.errors import OperationNotImplemented
from gatewright.base.operations import Shape
from gatewright.stacks.execution.begin import begin_deletion
from gatewright.stacks.execution.nested_change_sets import delete_hierarchy
from gatewright.stacks.execution.places import CHANGE_SET, find_stack, protection_of, require_stack
from gatewright.stacks.execution.statuses import DELETABLE_IN_PROGRESS, DELETED, is_in_progress
from gatewright.stacks.operations.context import StackContext
from gatewright.stacks.operations.inputs import validation_error
from gatewright.store.types import Document


def delete_stack(context: StackContext, request: Shape) -> Shape:
    """Delete a stack; one that is not there is no error."""
    if request.get("DeletionMode") == "FORCE_DELETE_STACK":
        raise OperationNotImplemented("DeleteStack with DeletionMode FORCE_DELETE_STACK is not implemented.")
    name = request["StackName"]
    with context.store.read() as reader:
        stack = find_stack(context.place, reader, name)
    if stack is None or stack["StackStatus"] == DELETED:
        return {}
    retained = request.get("RetainResources") or []
    resources = context.journal(stack).resources()
    with context.journal(stack).step() as step:
        _refuse_protected(step.stack, protection_of(context.place, step.writer, step.stack))
        _refuse(step.stack, resources, retained)
        if step.stack["StackStatus"] == "DELETE_IN_PROGRESS":
            return {}
        for _, change_set in context.place.list(step.writer, CHANGE_SET, prefix=f"{stack['Uuid']}/"):
            delete_hierarchy(context.surroundings, step.writer, context.place, change_set)
        token = request.get("ClientRequestToken")
        begin_deletion(step, context.new_id(), retained=retained, client_token=token)
    context.work_on(stack)
    return {}


def update_termination_protection(context: StackContext, request: Shape) -> Shape:
    """Protect a stack from deletion, or let it be deleted."""
    with context.store.read() as reader:
        stack = require_stack(context.place, reader, request["StackName"])
    with context.journal(stack).step() as step:
        if step.stack["StackStatus"] == DELETED:
            raise validation_error(f"Stack [{stack['StackName']}] does not exist")
        if "RootId" in step.stack:
            raise validation_error(
                f"Termination protection cannot be updated on nested stack [{stack['StackName']}]; use its root stack"
            )
        step.stack["EnableTerminationProtection"] = request["EnableTerminationProtection"]
    return {"StackId": stack["StackId"]}


def _refuse_protected(stack: Document, is_protected: bool) -> None:
    if is_protected:
        raise validation_error(f"Stack [{stack['StackName']}] cannot be deleted while TerminationProtection is enabled")


def _refuse(stack: Document, resources: Mapping[str, Document], retained: list[str]) -> None:
    status = stack["StackStatus"]
    if is_in_progress(status) and status not in DELETABLE_IN_PROGRESS and status != "DELETE_IN_PROGRESS":
        raise validation_error(f"Stack [{stack['StackId']}] cannot be deleted while in status {status}")
    if not retained:
        return
    if status != "DELETE_FAILED":
        raise validation_error(
            f"Invalid operation on stack [{stack['StackId']}]. When you delete a stack, specify which resources to "
            "retain only when the stack is in the DELETE_FAILED state."
        )
    unknown = [logical_id for logical_id in retained if logical_id not in resources]
    if unknown:
        raise validation_error(f"The following resource(s) to retain do not exist: [{', '.join(unknown)}]")


OPERATIONS: Mapping[str, Callable[[StackContext, Shape], Shape]] = MappingProxyType(
    {"DeleteStack": delete_stack, "UpdateTerminationProtection": update_termination_protection}
)
