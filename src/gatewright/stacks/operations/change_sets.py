"""Change sets: CreateChangeSet, DescribeChangeSet, ExecuteChangeSet, DeleteChangeSet, ListChangeSets.

A change set is made while its caller waits: planning reads templates and documents only.

Source: the pages of these operations (AWS CloudFormation API Reference); what they answer as recorded of AWS
(localstack, test_changesets.snapshot.json).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.aws.pagination import page
from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.base.operations import Shape
from gatewright.stacks.execution.begin import (
    USER_INITIATED,
    Options,
    begin_creation,
    new_stack,
    open_stack,
    save,
)
from gatewright.stacks.execution.evaluations import evaluate_stack
from gatewright.stacks.execution.journal import iso
from gatewright.stacks.execution.nested_change_sets import delete_hierarchy, hand_over, hierarchy
from gatewright.stacks.execution.places import CHANGE_SET, CHANGE_SET_ID, STACK, find_stack, uuid_of
from gatewright.stacks.execution.plan import plan_creation
from gatewright.stacks.execution.preparation import Given, Prepared, refuse_capabilities
from gatewright.stacks.execution.statuses import DELETED, IN_REVIEW
from gatewright.stacks.operations.context import StackContext, moment, present
from gatewright.stacks.operations.create import outdate_change_sets, refuse_name
from gatewright.stacks.operations.inputs import (
    MacroFailed,
    given_of,
    options_of,
    prepared_of,
    stack_missing,
    validation_error,
)
from gatewright.stacks.operations.nested_change_sets import NestedChangeSet, add_nested, write_nested
from gatewright.stacks.operations.update import begin_updating, nested_plans, plan_of, refuse_state
from gatewright.stacks.template import TemplateError
from gatewright.store.types import Document, Reader

NO_CHANGES: Final = (
    "The submitted information didn't contain changes. Submit different information to create a change set."
)
_CHANGES_PER_PAGE: Final = 1000
_CHANGE_SETS_PER_PAGE: Final = 100
_LISTED: Final = ("AVAILABLE", "UNAVAILABLE")


def create_change_set(context: StackContext, request: Shape) -> Shape:
    """Plan the creation or the update of a stack. What is wrong with it is the status of the change set."""
    kind = request.get("ChangeSetType") or "UPDATE"
    _refuse_unbuilt(kind, request)
    stack, is_new = _stack_for(context, kind, request["StackName"], request["ChangeSetName"])
    options = options_of(request, None if kind == "CREATE" else stack)
    if kind == "CREATE":
        _refuse_previous(request)
    given = given_of(context, request, None if kind == "CREATE" else stack)
    change_set = _change_set(context, request, stack, kind, options, given)
    nested = _fill(context, change_set, stack, request, given, options)
    with context.store.write() as writer:
        _refuse_taken(context, writer, stack, request["ChangeSetName"])
        if is_new:
            if find_stack(context.place, writer, stack["StackName"]) is not None:
                raise AwsError("AlreadyExistsException", f"Stack [{stack['StackName']}] already exists")
            step = open_stack(context.surroundings, writer, context.place, stack)
            stack["Description"] = change_set["Description"]
            stack["Tags"] = [dict(tag) for tag in options.tags]
            step.set_status(IN_REVIEW, USER_INITIATED)
            save(step)
        writer.put(context.place.key(CHANGE_SET, f"{stack['Uuid']}/{change_set['Uuid']}"), change_set)
        writer.put(context.place.key(CHANGE_SET_ID, change_set["Uuid"]), {"Stack": stack["Uuid"]})
        write_nested(context, writer, nested)
    return {"Id": change_set["ChangeSetId"], "StackId": stack["StackId"]}


def _refuse_unbuilt(kind: str, request: Shape) -> None:
    """Refuse imports and what depends on drift. Raises OperationNotImplemented.

    `ImportExistingResources` is let through: bootstrapping by the CDK always sets it, mostly where nothing is to be
    imported. What exists already fails its creation, as it does without.
    """
    if kind == "IMPORT" or request.get("ResourcesToImport"):
        raise OperationNotImplemented("Change sets that import resources are not implemented by gatewright.")
    if request.get("DeploymentMode"):
        mode = request["DeploymentMode"]
        raise OperationNotImplemented(f"Change sets of the deployment mode {mode} are not implemented by gatewright.")


def _refuse_previous(request: Shape) -> None:
    """Refuse what only an earlier template has, of a change set that makes a stack. Raises AwsError.

    Source: what AWS was reported to say (issue 38 of glassechidna/stackit, issue 182 of mapbox/cfn-config).
    """
    if request.get("UsePreviousTemplate"):
        raise validation_error("Cannot specify usePreviousTemplate as true for a changeSetType CREATE")
    if any(parameter.get("UsePreviousValue") for parameter in request.get("Parameters") or ()):
        raise validation_error("Cannot specify UsePreviousValue on Parameters when ChangeSetType is CREATE")


def describe_change_set(context: StackContext, request: Shape) -> Shape:
    """Describe a change set with its changes."""
    with context.store.read() as reader:
        change_set = require_change_set(context, reader, request["ChangeSetName"], request.get("StackName"))
    changes = change_set["ChangesWithValues" if request.get("IncludePropertyValues") else "Changes"]
    numbered = [(f"{number:06}", change) for number, change in enumerate(changes)]
    shown, token = page(
        lambda after, limit: [pair for pair in numbered if pair[0] > after][:limit],
        request.get("NextToken"),
        _CHANGES_PER_PAGE,
        listing=f"Changes/{change_set['Uuid']}",
        error_code="ValidationError",
    )
    return present(
        {
            **_summary(change_set),
            "Parameters": change_set["Parameters"] or None,
            "NotificationARNs": change_set["NotificationARNs"],
            "RollbackConfiguration": change_set["RollbackConfiguration"],
            "Capabilities": change_set["Capabilities"],
            "Tags": change_set["Tags"] or None,
            "OnStackFailure": change_set.get("OnStackFailure"),
            "Changes": shown,
            "NextToken": token,
        }
    )


def execute_change_set(context: StackContext, request: Shape) -> Shape:
    """Do what a change set says."""
    with context.store.read() as reader:
        change_set = require_change_set(context, reader, request["ChangeSetName"], request.get("StackName"))
        stack = reader.get(context.place.key(STACK, uuid_of(change_set["StackId"]) or ""))
    _refuse_execution(change_set)
    if stack is None or stack["StackStatus"] == DELETED:
        raise stack_missing(change_set["StackName"])
    prepared = _prepared_again(context, stack, change_set)
    options = _options_again(change_set, request)
    if change_set["Type"] == "CREATE":
        _begin_creating(context, stack, prepared, options, change_set)
    else:
        during = stack.get("StackPolicy")
        begin_updating(context, stack, prepared, options, during=during, change_set=change_set)
    with context.store.write() as writer:
        executed = [(f"{stack['Uuid']}/{change_set['Uuid']}", change_set)]
        for identifier, each in [*executed, *hierarchy(writer, context.place, change_set)]:
            each["ExecutionStatus"] = "EXECUTE_COMPLETE"
            writer.put(context.place.key(CHANGE_SET, identifier), each)
    return {}


def delete_change_set(context: StackContext, request: Shape) -> Shape:
    """Delete a change set; one that is not there is no error, but its stack has to be."""
    with context.store.write() as writer:
        try:
            change_set = require_change_set(context, writer, request["ChangeSetName"], request.get("StackName"))
        except AwsError as error:
            if error.code != "ChangeSetNotFound":
                raise
            return {}
        if "RootChangeSetId" in change_set and change_set["ExecutionStatus"] == "UNAVAILABLE":
            raise _wrong_status(change_set, "deleted")
        if _is_executing(context, writer, change_set):
            raise _wrong_status({**change_set, "ExecutionStatus": "EXECUTE_IN_PROGRESS"}, "deleted")
        uuid = uuid_of(change_set["StackId"])
        delete_hierarchy(context.surroundings, writer, context.place, change_set)
        writer.delete(context.place.key(CHANGE_SET, f"{uuid}/{change_set['Uuid']}"))
        writer.delete(context.place.key(CHANGE_SET_ID, change_set["Uuid"]))
    return {}


def list_change_sets(context: StackContext, request: Shape) -> Shape:
    """List the change sets of a stack that may still be executed, or that failed."""
    with context.store.read() as reader:
        stack = find_stack(context.place, reader, request["StackName"])
        if stack is None:
            raise stack_missing(request["StackName"])
        found = context.place.list(reader, CHANGE_SET, prefix=f"{stack['Uuid']}/")
    listed = [(key, change_set) for key, change_set in found if change_set["ExecutionStatus"] in _LISTED]
    shown, token = page(
        lambda after, limit: [pair for pair in listed if pair[0] > after][:limit],
        request.get("NextToken"),
        _CHANGE_SETS_PER_PAGE,
        listing=f"ChangeSets/{stack['Uuid']}",
        error_code="ValidationError",
    )
    return present({"Summaries": [_summary(change_set) for change_set in shown], "NextToken": token})


def require_change_set(context: StackContext, reader: Reader, name: str, stack_name: str | None) -> Document:
    """Return a change set by its ARN, or by its name and its stack. Raises ChangeSetNotFound, ValidationError."""
    if name.startswith("arn:"):
        uuid = uuid_of(name) or ""
        owner = (reader.get(context.place.key(CHANGE_SET_ID, uuid)) or {}).get("Stack")
        by_id = reader.get(context.place.key(CHANGE_SET, f"{owner}/{uuid}"))
        found = [] if by_id is None or by_id["ChangeSetId"] != name else [by_id]
    elif stack_name is None:
        raise validation_error("StackName must be specified if ChangeSetName is not specified as an ARN.")
    else:
        stack = find_stack(context.place, reader, stack_name)
        if stack is None:
            raise stack_missing(stack_name)
        every = context.place.list(reader, CHANGE_SET, prefix=f"{stack['Uuid']}/")
        found = [change_set for _, change_set in every if change_set["ChangeSetName"] == name]
        found.sort(key=lambda change_set: (change_set["ExecutionStatus"] in _LISTED, change_set["CreationTime"]))
    if not found:
        raise AwsError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", status=404)
    return found[-1]


def _stack_for(context: StackContext, kind: str, name: str, change_set_name: str) -> tuple[Document, bool]:
    """Return the stack that a change set is for, and whether it is new."""
    with context.store.read() as reader:
        stack = find_stack(context.place, reader, name)
    if kind == "CREATE":
        if stack is None and not name.startswith("arn:"):
            refuse_name(name)
            return new_stack(context.surroundings, context.place, name), True
        if stack is None or stack["StackStatus"] != IN_REVIEW:
            raise validation_error(
                f"Stack [{name}] already exists and cannot be created again with the changeSet [{change_set_name}]."
            )
        return stack, False
    if stack is None or stack["StackStatus"] == DELETED:
        raise stack_missing(name)
    refuse_state(stack)
    return stack, False


def _refuse_taken(context: StackContext, reader: Reader, stack: Document, name: str) -> None:
    for _, change_set in context.place.list(reader, CHANGE_SET, prefix=f"{stack['Uuid']}/"):
        if change_set["ChangeSetName"] == name and change_set["ExecutionStatus"] in _LISTED:
            raise AwsError("AlreadyExistsException", f"ChangeSet {change_set['ChangeSetId']} already exists")


def _change_set(
    context: StackContext, request: Shape, stack: Document, kind: str, options: Options, given: Given
) -> Document:
    uuid, name = context.new_id(), request["ChangeSetName"]
    return {
        "Uuid": uuid,
        "ChangeSetId": context.place.change_set_arn(name, uuid),
        "ChangeSetName": name,
        "StackId": stack["StackId"],
        "StackName": stack["StackName"],
        "Type": kind,
        "CreationTime": iso(int(context.surroundings.clock.now() * 1000)),
        "Description": request.get("Description"),
        "IncludeNestedStacks": bool(request.get("IncludeNestedStacks")),
        "OnStackFailure": request.get("OnStackFailure"),
        "OnFailure": request.get("OnStackFailure") or options.on_failure,
        "Capabilities": list(options.capabilities),
        "Tags": [dict(tag) for tag in options.tags],
        "NotificationARNs": list(options.notification_arns),
        "RollbackConfiguration": dict(options.rollback_configuration),
        "RoleARN": options.role_arn,
        "Template": {"Original": given.template},
        "Parameters": [],
        "RawParameters": {},
        "Changes": [],
        "ChangesWithValues": [],
        "Status": "FAILED",
        "ExecutionStatus": "UNAVAILABLE",
    }


def _fill(
    context: StackContext, change_set: Document, stack: Document, request: Shape, given: Given, options: Options
) -> list[NestedChangeSet]:
    """Plan; return the change sets of nested stacks that belong to it.

    What transforms and capabilities refuse is the reason of the status; the rest is refused at once.
    """
    try:
        prepared = prepared_of(context, stack, given, request.get("ResourceTypes"))
        has_transforms = bool(prepared.declared_transforms)
        _refuse_or_say(prepared, options, change_set, is_late=has_transforms)
    except AwsError as error:
        if not isinstance(error, MacroFailed) and not error.message.startswith("Transform "):
            raise
        change_set["StatusReason"] = error.message
        return []
    if change_set.get("StatusReason") is not None:
        return []
    is_creation = change_set["Type"] == "CREATE"
    nested = nested_plans(context, stack, options, is_with_new=change_set["IncludeNestedStacks"])
    if is_creation:
        plan = plan_creation(prepared.evaluated, nested)
    else:
        plan = plan_of(context, stack, prepared, options, nested)
    parameters = prepared.evaluated.parameters
    change_set |= {
        "Template": prepared.document,
        "Parameters": parameters.shown(),
        "RawParameters": dict(parameters.raw),
        "Changes": plan.shown(),
        "ChangesWithValues": plan.shown(with_values=True),
    }
    made = []
    if change_set["IncludeNestedStacks"] and plan.has_effects:
        made = add_nested(context, change_set, stack, plan, nested.found)
    if not plan.has_effects:
        change_set["StatusReason"] = NO_CHANGES
    elif "StatusReason" not in change_set:
        change_set |= {"Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE"}
    return made


def _refuse_or_say(prepared: Prepared, options: Options, change_set: Document, *, is_late: bool) -> None:
    try:
        refuse_capabilities(prepared, options.capabilities, is_change_set=True)
    except AwsError as error:
        if not is_late:
            raise
        change_set["StatusReason"] = error.message


def _summary(change_set: Document) -> dict[str, Any]:
    return present(
        {
            "ChangeSetName": change_set["ChangeSetName"],
            "ChangeSetId": change_set["ChangeSetId"],
            "StackId": change_set["StackId"],
            "StackName": change_set["StackName"],
            "Description": change_set.get("Description"),
            "CreationTime": moment(change_set["CreationTime"]),
            "ExecutionStatus": change_set["ExecutionStatus"],
            "Status": change_set["Status"],
            "StatusReason": change_set.get("StatusReason"),
            "IncludeNestedStacks": change_set["IncludeNestedStacks"],
            "ParentChangeSetId": change_set.get("ParentChangeSetId"),
            "RootChangeSetId": change_set.get("RootChangeSetId"),
        }
    )


def _refuse_execution(change_set: Document) -> None:
    if change_set["ExecutionStatus"] == "AVAILABLE":
        return
    raise _wrong_status(change_set, "executed")


def _is_executing(context: StackContext, reader: Reader, change_set: Document) -> bool:
    """Say whether an operation that is under way executes a change set of nested stacks, or the root of it."""
    root_id: str = change_set.get("RootChangeSetId") or change_set["ChangeSetId"]
    owner = (reader.get(context.place.key(CHANGE_SET_ID, uuid_of(root_id) or "")) or {}).get("Stack")
    stack = reader.get(context.place.key(STACK, owner or "")) or {}
    return stack.get("ChangeSetId") == root_id and "NestedChangeSets" in (stack.get("Operation") or {})


def _wrong_status(change_set: Document, what: str) -> AwsError:
    status = f"status of [{change_set['Status']}]"
    if change_set["Status"] != "FAILED":
        status = f"execution status of [{change_set['ExecutionStatus']}]"
    text = f"ChangeSet [{change_set['ChangeSetId']}] cannot be {what} in its current {status}"
    return AwsError("InvalidChangeSetStatus", text)


def _prepared_again(context: StackContext, stack: Document, change_set: Document) -> Prepared:
    """Return what a change set was made of, with what exports and SSM parameters say now."""
    document, raw = change_set["Template"], change_set["RawParameters"]
    try:
        evaluated = evaluate_stack(context.surroundings, context.place, stack, document, raw)
    except TemplateError as error:
        raise validation_error(error.message) from error
    return Prepared(document, evaluated, (), frozenset())


def _options_again(change_set: Document, request: Shape) -> Options:
    disables = request.get("DisableRollback")
    on_failure = change_set["OnFailure"]
    if disables is not None:
        on_failure = "DO_NOTHING" if disables else "ROLLBACK"
    return Options(
        tags=change_set["Tags"],
        capabilities=change_set["Capabilities"],
        notification_arns=change_set["NotificationARNs"],
        role_arn=change_set["RoleARN"],
        on_failure=on_failure,
        retain_except_on_create=bool(request.get("RetainExceptOnCreate")),
        client_token=request.get("ClientRequestToken"),
        change_set_id=change_set["ChangeSetId"],
        rollback_configuration=change_set["RollbackConfiguration"],
    )


def _begin_creating(
    context: StackContext, stack: Document, prepared: Prepared, options: Options, change_set: Document
) -> None:
    with context.journal(stack).step() as step:
        status = step.stack["StackStatus"]
        if status != IN_REVIEW:
            raise validation_error(f"Stack:{stack['StackId']} is in {status} state and can not be created.")
        outdate_change_sets(context, step.writer, step.stack, but=change_set["Uuid"])
        begin_creation(step, prepared, options, context.new_id(), context.surroundings.clock.now())
        hand_over(step.stack, change_set)
        step.stack["LastUpdatedTime"] = step.now()
    context.work_on(stack)


OPERATIONS: Mapping[str, Callable[[StackContext, Shape], Shape]] = MappingProxyType(
    {
        "CreateChangeSet": create_change_set,
        "DescribeChangeSet": describe_change_set,
        "ExecuteChangeSet": execute_change_set,
        "DeleteChangeSet": delete_change_set,
        "ListChangeSets": list_change_sets,
    }
)
