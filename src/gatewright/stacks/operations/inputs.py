"""What operations take of stacks: templates, parameters, options; what they refuse of them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.base.operations import Shape
from gatewright.stacks.execution.begin import Options
from gatewright.stacks.execution.evaluations import load_template
from gatewright.stacks.execution.object_urls import read_template_object
from gatewright.stacks.execution.preparation import (
    Given,
    Prepared,
    nothing_of,
    prepare,
    refuse_capabilities,
    refuse_expansion,
)
from gatewright.stacks.operations.context import StackContext
from gatewright.stacks.template import MacroError, TemplateError
from gatewright.store.types import Document

_LONGEST_BODY: Final = 51_200
_LONGEST_OBJECT: Final = 1 << 20
_TRIGGER_TYPES: Final = frozenset({"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"})
_ALARM_ARN: Final = re.compile(r"arn:[^:]+:cloudwatch:[^:]+:[^:]+:alarm:.+")


def validation_error(text: str) -> AwsError:
    """Return the error of nearly everything that CloudFormation refuses."""
    return AwsError("ValidationError", text)


def stack_missing(name: str) -> AwsError:
    """Return the error of operations that change a stack which is not there."""
    return validation_error(f"Stack [{name}] does not exist")


def template_text(context: StackContext, request: Shape, stack: Document | None = None) -> str:
    """Return the template that a caller gives; that of `stack` for UsePreviousTemplate. Raises AwsError."""
    body, url = request.get("TemplateBody"), request.get("TemplateURL")
    if stack is not None and request.get("UsePreviousTemplate"):
        if body is not None or url is not None:
            raise validation_error("You cannot specify both usePreviousTemplate and Template Body/Template URL.")
        with context.store.read() as reader:
            original: str = load_template(reader, context.place, stack["Uuid"], "current")["Original"]
            return original
    if body is not None and url is not None:
        raise validation_error("You cannot specify both Template URL and Template Body.")
    if body is not None:
        if len(body.encode()) > _LONGEST_BODY:
            shown = "Member must have length less than or equal to 51200"
            raise validation_error(
                f"1 validation error detected: Value '{body}' at 'templateBody' failed to satisfy constraint: {shown}"
            )
        return str(body)
    if url is None:
        raise validation_error("Either Template URL or Template Body must be specified.")
    text = read_template_object(context.services, url)
    if len(text.encode()) > _LONGEST_OBJECT:
        raise validation_error("Template may not exceed 1000000 bytes in size.")
    return text


def given_of(context: StackContext, request: Shape, stack: Document | None = None) -> Given:
    """Return template and parameters as a caller gives them, for a new stack or an update of `stack`."""
    parameters: Iterable[Mapping[str, Any]] = request.get("Parameters") or ()
    values, previous = {}, []
    for parameter in parameters:
        key = parameter.get("ParameterKey")
        if key is None:
            raise validation_error("Parameters must have a ParameterKey")
        if parameter.get("UsePreviousValue"):
            if stack is None:
                raise validation_error(
                    f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true for a parameter "
                    "key not in the previous template"
                )
            if parameter.get("ParameterValue"):
                raise validation_error(
                    f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true and non empty "
                    "value for a parameter"
                )
            previous.append(key)
        elif parameter.get("ParameterValue") is not None:
            values[key] = parameter["ParameterValue"]
    raw = {} if stack is None else stack.get("RawParameters", {})
    return Given(template_text(context, request, stack), values, previous, raw)


class MacroFailed(AwsError):
    """A macro of a template failed: a change set is FAILED for it, a stack is rolled back."""


def prepared_of(context: StackContext, stack: Document, given: Given, allowed_types: Iterable[str] | None) -> Prepared:
    """Return what a stack can be made of. Raises AwsError with what is wrong with the template, MacroFailed."""
    try:
        prepared = prepare(context.surroundings, context.runs.find_type, context.place, stack, given)
    except MacroError as error:
        raise MacroFailed("ValidationError", error.message) from error
    except TemplateError as error:
        raise validation_error(error.message) from error
    if allowed_types is not None:
        _refuse_types(prepared, list(allowed_types))
    return prepared


def prepared_at_once(
    context: StackContext, stack: Document, given: Given, request: Shape, options: Options
) -> tuple[Prepared, str | None]:
    """Return what is to be done without a change set, and why it is going to fail, when a macro did.

    Raises AwsError.
    """
    try:
        refuse_expansion(given.template, options.capabilities)
        prepared = prepared_of(context, stack, given, request.get("ResourceTypes"))
    except MacroFailed as error:
        return nothing_of(context.surroundings, context.place, stack, given), f"{error.message}."
    except TemplateError as error:
        raise validation_error(error.message) from error
    refuse_capabilities(prepared, options.capabilities, is_change_set=False)
    return prepared, None


def options_of(request: Shape, stack: Document | None = None) -> Options:
    """Return what a caller says besides the template; what an update does not say stays as it is in `stack`."""
    refuse_unbuilt(request)
    old = stack or {}
    timeout = request.get("TimeoutInMinutes")
    tags = request.get("Tags")
    arns = request.get("NotificationARNs")
    return Options(
        tags=old.get("Tags", []) if tags is None else [dict(tag) for tag in tags],
        capabilities=request.get("Capabilities") or [],
        notification_arns=old.get("NotificationARNs", []) if arns is None else arns,
        role_arn=request.get("RoleARN"),
        on_failure=on_failure_of(request),
        retain_except_on_create=bool(request.get("RetainExceptOnCreate")),
        timeout_minutes=timeout,
        client_token=request.get("ClientRequestToken"),
        rollback_configuration=request.get("RollbackConfiguration") or {},
    )


def on_failure_of(request: Shape) -> str:
    """Return what is to become of a stack whose operation fails. Raises AwsError for two answers to that."""
    on_failure, disables = request.get("OnFailure"), request.get("DisableRollback")
    deployment = request.get("DeploymentConfig") or {}
    if disables is None:
        disables = deployment.get("DisableRollback")
    if on_failure is not None and request.get("DisableRollback") is not None:
        raise validation_error("Either DisableRollback or OnFailure can be specified, not both.")
    if on_failure is not None:
        return str(on_failure)
    return "DO_NOTHING" if disables else "ROLLBACK"


def refuse_unbuilt(request: Shape) -> None:
    """Refuse what would change what happens and is not built. Raises OperationNotImplemented, and ValidationError.

    What is wrong with triggers is said first, as recorded of AWS (localstack, api/test_update_stack.snapshot.json).
    """
    triggers = (request.get("RollbackConfiguration") or {}).get("RollbackTriggers")
    for trigger in triggers or ():
        if trigger.get("Type") not in _TRIGGER_TYPES:
            raise validation_error("Rollback Trigger Type not supported")
        if not _ALARM_ARN.fullmatch(trigger.get("Arn") or ""):
            raise validation_error("RelativeId of a Rollback Trigger's ARN is incorrect")
    if triggers:
        raise OperationNotImplemented("Rollback triggers (RollbackConfiguration) are not implemented by gatewright.")


def _refuse_types(prepared: Prepared, allowed: list[str]) -> None:
    """Refuse resources that ResourceTypes does not allow ("AWS::EC2::*", "Custom::*", "AWS::*")."""
    listed = ", ".join(allowed)
    for declaration in prepared.evaluated.evaluation.resources.values():
        if not any(_allows(pattern, declaration.type) for pattern in allowed):
            raise validation_error(
                f"Resource type {declaration.type} is not allowed by parameter ResourceTypes [{listed}]"
            )


def _allows(pattern: str, name: str) -> bool:
    if pattern.endswith("::*"):
        return name.startswith(pattern[:-1])
    return pattern == name
