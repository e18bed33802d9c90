"""CreateStack.

Source: CreateStack (AWS CloudFormation API Reference); what happens to a stack in review as recorded of AWS
(localstack, test_changesets.snapshot.json, test_create_while_in_review).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.base.errors import AwsError
from gatewright.base.operations import Shape
from gatewright.stacks.execution.begin import begin_creation, new_stack, open_stack, save
from gatewright.stacks.execution.nested_change_sets import delete_hierarchy
from gatewright.stacks.execution.places import CHANGE_SET, CHANGE_SET_ID, find_stack, is_stack_name
from gatewright.stacks.execution.stack_policy import policy_of
from gatewright.stacks.execution.statuses import IN_REVIEW
from gatewright.stacks.operations.context import StackContext
from gatewright.stacks.operations.inputs import given_of, options_of, prepared_at_once, validation_error
from gatewright.store.types import Document, Writer

_KEPT_CHANGE_SETS: Final = 20


def create_stack(context: StackContext, request: Shape) -> Shape:
    """Create a stack: its resources are made while the caller looks on."""
    name = request["StackName"]
    refuse_name(name)
    options = options_of(request)
    policy = policy_of(context.services, request)
    with context.store.read() as reader:
        there = find_stack(context.place, reader, name)
    if there is not None and there["StackStatus"] != IN_REVIEW:
        if options.client_token is not None and there.get("CreationToken") == options.client_token:
            return {"StackId": there["StackId"]}
        raise AwsError("AlreadyExistsException", f"Stack [{name}] already exists")
    stack = there or new_stack(context.surroundings, context.place, name)
    prepared, failure = prepared_at_once(context, stack, given_of(context, request), request, options)
    with context.store.write() as writer:
        there = find_stack(context.place, writer, name)
        if there is not None and (there["StackStatus"] != IN_REVIEW or there["Uuid"] != stack["Uuid"]):
            raise AwsError("AlreadyExistsException", f"Stack [{name}] already exists")
        step = open_stack(context.surroundings, writer, context.place, there or stack)
        step.stack["EnableTerminationProtection"] = bool(request.get("EnableTerminationProtection"))
        step.stack["CreationToken"] = options.client_token
        if policy is not None:
            step.stack["StackPolicy"] = policy
        outdate_change_sets(context, writer, step.stack, but="")
        begin_creation(step, prepared, options, context.new_id(), context.surroundings.clock.now())
        step.stack["Operation"]["CancelReason"] = failure
        save(step)
    context.work_on(stack)
    return {"StackId": stack["StackId"]}


def refuse_name(name: str) -> None:
    """Refuse a name that no stack may have. Raises ValidationError."""
    if not is_stack_name(name):
        pattern = "[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*"
        wrong = f"Member must satisfy regular expression pattern: {pattern}"
        if len(name) > 128:
            wrong = "Member must have length less than or equal to 128"
        raise validation_error(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy constraint: {wrong}"
        )


def outdate_change_sets(context: StackContext, writer: Writer, stack: Document, *, but: str) -> None:
    """Have the change sets of a stack that changes be executed no more; `but` is the UUID of the one that is.

    AWS deletes them all; here some are kept, for who looks at what was done.
    """
    place = context.place
    found = place.list(writer, CHANGE_SET, prefix=f"{stack['Uuid']}/")
    found.sort(key=lambda pair: pair[1]["CreationTime"])
    for number, (identifier, change_set) in enumerate(found):
        if change_set["Uuid"] == but:
            continue
        is_open = change_set["ExecutionStatus"] in {"AVAILABLE", "UNAVAILABLE"}
        if is_open or len(found) - number > _KEPT_CHANGE_SETS:
            delete_hierarchy(context.surroundings, writer, place, change_set)
        if len(found) - number > _KEPT_CHANGE_SETS:
            writer.delete(place.key(CHANGE_SET, identifier))
            writer.delete(place.key(CHANGE_SET_ID, change_set["Uuid"]))
        elif is_open:
            change_set["ExecutionStatus"] = "OBSOLETE"
            writer.put(place.key(CHANGE_SET, identifier), change_set)


OPERATIONS: Mapping[str, Callable[[StackContext, Shape], Shape]] = MappingProxyType({"CreateStack": create_stack})
