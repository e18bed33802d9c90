"""How operations on stacks begin: what is written before anybody works on them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gatewright.stacks.execution.journal import Step, iso
from gatewright.stacks.execution.phases import RESTORED, begin
from gatewright.stacks.execution.places import STACK, STACK_NAME, TEMPLATE, Place
from gatewright.stacks.execution.preparation import Prepared
from gatewright.stacks.execution.statuses import Phase
from gatewright.stacks.execution.surroundings import Surroundings
from gatewright.store.types import Document, Writer

USER_INITIATED = "User Initiated"


@dataclass(frozen=True, slots=True)
class Options:
    """What a caller says of a stack besides its template."""

    tags: Sequence[Mapping[str, str]] = ()
    capabilities: Sequence[str] = ()
    notification_arns: Sequence[str] = ()
    role_arn: str | None = None
    on_failure: str = "ROLLBACK"
    """ROLLBACK, DELETE or DO_NOTHING."""
    retain_except_on_create: bool = False
    timeout_minutes: int | None = None
    client_token: str | None = None
    change_set_id: str | None = None
    rollback_configuration: Mapping[str, Any] = field(default_factory=dict)
    parent: Document | None = None
    """The stack that a nested stack is part of."""


def new_stack(surroundings: Surroundings, place: Place, name: str, uuid: str | None = None) -> Document:
    """Return the document of a stack that is not there yet."""
    uuid = uuid or str(surroundings.ids.uuid())
    return {
        "Uuid": uuid,
        "StackId": place.stack_arn(name, uuid),
        "StackName": name,
        "CreationTime": iso(int(surroundings.clock.now() * 1000)),
        "DisableRollback": False,
        "NotificationARNs": [],
        "RollbackConfiguration": {},
        "Tags": [],
        "EnableTerminationProtection": False,
        "Outputs": [],
        "RawParameters": {},
        "Parameters": [],
    }


def open_stack(surroundings: Surroundings, writer: Writer, place: Place, stack: Document) -> Step:
    """Give a new stack its name; return the step that its first event is written in. The caller puts the document."""
    writer.put(place.key(STACK_NAME, stack["StackName"]), {"Uuid": stack["Uuid"]})
    return Step(writer, place, stack, surroundings.clock, surroundings.ids)


def save(step: Step) -> None:
    """Write a stack's document."""
    step.writer.put(step.place.key(STACK, step.uuid), step.stack)


def begin_creation(step: Step, prepared: Prepared, options: Options, operation_id: str, now: float) -> None:
    """Have a stack created."""
    stack = step.stack
    _take_over(stack, prepared, options)
    stack["DisableRollback"] = options.on_failure == "DO_NOTHING" and options.parent is None
    stack["RetainExceptOnCreate"] = options.retain_except_on_create
    if options.timeout_minutes is not None:
        stack["TimeoutInMinutes"] = options.timeout_minutes
    if options.parent is not None:
        parent = options.parent
        stack |= {"ParentId": parent["StackId"], "RootId": parent.get("RootId", parent["StackId"])}
    step.writer.put(step.place.key(TEMPLATE, f"{step.uuid}/current"), prepared.document)
    operation = _operation(operation_id, options)
    operation["OnFailure"] = options.on_failure
    if options.timeout_minutes is not None:
        operation["EndsAt"] = now + 60 * options.timeout_minutes
    stack["Operation"] = operation
    begin(step, Phase.CREATE, USER_INITIATED)


def begin_update(step: Step, prepared: Prepared, options: Options, operation_id: str) -> None:
    """Have a stack updated. What it was is kept, unless an update that failed has kept it before."""
    stack, place = step.stack, step.place
    stack.pop("Failure", None)
    current, previous = (place.key(TEMPLATE, f"{step.uuid}/{stage}") for stage in ("current", "previous"))
    if "Before" not in stack:
        stack["Before"] = {name: stack[name] for name in RESTORED if name in stack}
        document = step.writer.get(current)
        if document is not None:
            step.writer.put(previous, document)
    _take_over(stack, prepared, options)
    step.writer.put(current, prepared.document)
    stack["LastUpdatedTime"] = step.now()
    stack["DisableRollback"] = options.on_failure == "DO_NOTHING"
    stack["RetainExceptOnCreate"] = options.retain_except_on_create
    stack["Operation"] = {**_operation(operation_id, options), "OnFailure": options.on_failure}
    if options.parent is not None:
        stack["Operation"]["IsNested"] = True
    begin(step, Phase.UPDATE, USER_INITIATED)


def begin_deletion(
    step: Step, operation_id: str, *, retained: Collection[str] = (), client_token: str | None = None
) -> None:
    """Have a stack deleted."""
    step.stack["Operation"] = {
        "Id": operation_id,
        "RetainResources": sorted(retained),
        "ClientRequestToken": client_token,
        "Status": step.stack["StackStatus"],
    }
    begin(step, Phase.DELETE, USER_INITIATED)


def begin_rollback(
    step: Step,
    operation_id: str,
    phase: Phase,
    *,
    skipped: Collection[str] = (),
    client_token: str | None = None,
    is_nested: bool = False,
) -> None:
    """Have the operation of a stack rolled back; `is_nested` says that its parent does so."""
    operation: Document = {
        "Id": operation_id,
        "ResourcesToSkip": sorted(skipped),
        "ClientRequestToken": client_token,
    }
    if is_nested:
        operation["IsNested"] = True
    step.stack["Operation"] = operation
    begin(step, phase, USER_INITIATED)


def _operation(operation_id: str, options: Options) -> Document:
    return {"Id": operation_id, "ClientRequestToken": options.client_token}


def _take_over(stack: Document, prepared: Prepared, options: Options) -> None:
    parameters = prepared.evaluated.parameters
    stack |= {
        "Parameters": parameters.shown(),
        "RawParameters": dict(parameters.raw),
        "Tags": [dict(tag) for tag in options.tags],
        "Capabilities": list(options.capabilities),
        "NotificationARNs": list(options.notification_arns),
        "RollbackConfiguration": dict(options.rollback_configuration),
        "Description": prepared.description,
    }
    for name, value in (("RoleARN", options.role_arn), ("ChangeSetId", options.change_set_id)):
        if value is not None:
            stack[name] = value
