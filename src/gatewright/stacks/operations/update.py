"""UpdateStack, CancelUpdateStack, ContinueUpdateRollback, RollbackStack.

Source: the pages of these operations (AWS CloudFormation API Reference); "Continue rolling back an update" (User
Guide).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.stacks.execution.begin import Options, begin_rollback, begin_update
from gatewright.stacks.execution.evaluations import load_template
from gatewright.stacks.execution.nested_change_sets import hand_over
from gatewright.stacks.execution.nested_plans import NestedPlans
from gatewright.stacks.execution.nesting import nesting_of
from gatewright.stacks.execution.places import RESOURCE, STACK_TYPE, find_stack, require_stack
from gatewright.stacks.execution.plan import Plan, plan_update
from gatewright.stacks.execution.preparation import Prepared
from gatewright.stacks.execution.stack_policy import policy_of
from gatewright.stacks.execution.statuses import UPDATABLE, Phase
from gatewright.stacks.operations.context import StackContext
from gatewright.stacks.operations.create import outdate_change_sets
from gatewright.stacks.operations.inputs import given_of, options_of, prepared_at_once, stack_missing, validation_error
from gatewright.stacks.template import TemplateError
from gatewright.store.types import Document, Reader

NO_UPDATES = "No updates are to be performed."


def update_stack(context: StackContext, request: Shape) -> Shape:
    """Change a stack into what a template says."""
    stack = require_updatable(context, request["StackName"])
    options = options_of(request, stack)
    policy = policy_of(context.services, request)
    during = policy_of(context.services, request, "StackPolicyDuringUpdateBody", "StackPolicyDuringUpdateURL")
    prepared, failure = prepared_at_once(context, stack, given_of(context, request, stack), request, options)
    if failure is None and not plan_of(context, stack, prepared, options).has_effects:
        raise validation_error(NO_UPDATES)
    begin_updating(context, stack, prepared, options, during=during, policy=policy, failure=failure)
    return {"StackId": stack["StackId"]}


def cancel_update_stack(context: StackContext, request: Shape) -> Shape:
    """Have an update that is under way rolled back."""
    with context.store.read() as reader:
        stack = require_stack(context.place, reader, request["StackName"])
    with context.journal(stack).step() as step:
        if step.stack["StackStatus"] != "UPDATE_IN_PROGRESS":
            raise validation_error("CancelUpdateStack cannot be called from current stack status")
        step.stack["Operation"]["CancelReason"] = "User Initiated"
    context.runs.give_up(stack["Uuid"], "User Initiated")
    return {}


def continue_update_rollback(context: StackContext, request: Shape) -> Shape:
    """Go on with a roll-back that failed; resources that are skipped are taken for rolled back."""
    with context.store.read() as reader:
        stack = require_stack(context.place, reader, request["StackName"])
    if "ParentId" in stack:
        raise validation_error("RollbackUpdatedStack cannot be invoked on child stacks")
    skipped = request.get("ResourcesToSkip") or []
    with context.journal(stack).step() as step:
        if step.stack["StackStatus"] != "UPDATE_ROLLBACK_FAILED":
            raise validation_error(
                f"Stack:{stack['StackId']} is in {step.stack['StackStatus']} state and can not continue rollback."
            )
        for name in skipped:
            _refuse_skipping(context, step.writer, step.stack, name)
        token = request.get("ClientRequestToken")
        begin_rollback(step, context.new_id(), Phase.UPDATE_ROLLBACK, skipped=skipped, client_token=token)
    context.work_on(stack)
    return {}


def _refuse_skipping(context: StackContext, reader: Reader, root: Document, name: str) -> None:
    """Refuse to skip what did not fail to be rolled back. `name` is a logical id, in a nested stack `stack.logical id`.

    Raises ValidationError, in the words that people quote of AWS. A nested stack is skipped only when it is gone.
    """
    stack_name, _, logical_id = name.rpartition(".")
    stack = root if not stack_name else find_stack(context.place, reader, stack_name)
    if stack is None or (stack_name and stack.get("RootId") != root["StackId"]):
        raise validation_error(f"Stack [{stack_name}] does not exist")
    resource = reader.get(context.place.key(RESOURCE, f"{stack['Uuid']}/{logical_id}"))
    if resource is None:
        raise validation_error(f"Resource {logical_id} does not belong to stack {stack['StackName']}")
    if resource["ResourceType"] == STACK_TYPE:
        nested = find_stack(context.place, reader, resource["PhysicalResourceId"])
        if nested is not None and not nested["StackStatus"].startswith("DELETE_"):
            raise validation_error("Nested stacks could not be skipped")
    if resource["ResourceStatus"] != "UPDATE_FAILED":
        raise validation_error("Only the resources failed during UpdateRollback are allowed to be skipped")


def rollback_stack(context: StackContext, request: Shape) -> Shape:
    """Roll back what failed and was kept as it was (DisableRollback)."""
    with context.store.read() as reader:
        stack = require_stack(context.place, reader, request["StackName"])
    phases = {"CREATE_FAILED": Phase.ROLLBACK, "UPDATE_FAILED": Phase.UPDATE_ROLLBACK}
    with context.journal(stack).step() as step:
        phase = phases.get(step.stack["StackStatus"])
        if phase is None:
            status = step.stack["StackStatus"]
            raise validation_error(f"Stack:{stack['StackId']} is in {status} state and can not be rolled back.")
        begin_rollback(step, context.new_id(), phase, client_token=request.get("ClientRequestToken"))
    context.work_on(stack)
    return {"StackId": stack["StackId"]}


def require_updatable(context: StackContext, name: str) -> Document:
    """Return a stack that may be updated. Raises ValidationError."""
    with context.store.read() as reader:
        stack = find_stack(context.place, reader, name)
    if stack is None:
        raise stack_missing(name)
    refuse_state(stack)
    return stack


def refuse_state(stack: Document) -> None:
    """Refuse to update a stack in its state. Raises ValidationError."""
    status = stack["StackStatus"]
    if status not in UPDATABLE or stack.get("Operation"):
        raise validation_error(f"Stack:{stack['StackId']} is in {status} state and can not be updated.")


def plan_of(
    context: StackContext, stack: Document, prepared: Prepared, options: Options, nested: NestedPlans | None = None
) -> Plan:
    """Return what an update of a stack will do. Raises AwsError."""
    nested = nested or nested_plans(context, stack, options)
    with context.store.read() as reader:
        current = load_template(reader, context.place, stack["Uuid"], "current")
    resources = context.journal(stack).resources()
    find_type = context.runs.find_type
    try:
        return plan_update(
            context.surroundings, find_type, stack, current, resources, prepared.evaluated, options.tags, nested
        )
    except TemplateError as error:
        raise validation_error(error.message) from error


def nested_plans(context: StackContext, stack: Document, options: Options, *, is_with_new: bool = False) -> NestedPlans:
    """Return what plans the nested stacks of a stack that is to have these options."""
    becoming = {**stack, "Tags": options.tags, "Capabilities": options.capabilities}
    find_type, place = context.runs.find_type, context.place
    with context.store.read() as reader:
        nesting = nesting_of(reader, place, stack)
    return NestedPlans(context.surroundings, find_type, place, becoming, nesting, is_with_new=is_with_new)


def begin_updating(
    context: StackContext,
    stack: Document,
    prepared: Prepared,
    options: Options,
    *,
    during: str | None = None,
    policy: str | None = None,
    change_set: Document | None = None,
    failure: str | None = None,
) -> None:
    """Have a stack updated, unless somebody else began something meanwhile. Raises ValidationError.

    `failure` says why that is rolled back before anything is done.
    """
    with context.journal(stack).step() as step:
        refuse_state(step.stack)
        outdate_change_sets(context, step.writer, step.stack, but="" if change_set is None else change_set["Uuid"])
        begin_update(step, prepared, options, context.new_id())
        if change_set is not None:
            hand_over(step.stack, change_set)
        operation = step.stack["Operation"]
        operation["CancelReason"] = failure
        operation["StackPolicy"] = during if during is not None else step.stack.get("StackPolicy")
        if policy is not None:
            step.stack["StackPolicy"] = policy
    context.work_on(stack)


OPERATIONS: Mapping[str, Callable[[StackContext, Shape], Shape]] = MappingProxyType(
    {
        "UpdateStack": update_stack,
        "CancelUpdateStack": cancel_update_stack,
        "ContinueUpdateRollback": continue_update_rollback,
        "RollbackStack": rollback_stack,
    }
)
