"""The phases of operations on stacks, and what follows which.

    CREATE ──▶ done            UPDATE ──▶ CLEANUP ──▶ done                     DELETE ──▶ done
      └─▶ ROLLBACK ──▶ done      └─▶ UPDATE_ROLLBACK ──▶ ROLLBACK_CLEANUP ──▶ done
      └─▶ DELETE (OnFailure)

Each phase works from the documents alone, and ends with one transaction that begins the next one or ends the operation:
a node that was killed takes a stack up at the phase that its document names.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.stacks.execution.apply import Apply
from gatewright.stacks.execution.errors import OutputsFailed
from gatewright.stacks.execution.evaluations import EvaluatedStack, evaluate_stack, load_template
from gatewright.stacks.execution.exports import export_in_use, exports_of, keep_exports, shown_outputs
from gatewright.stacks.execution.journal import Step
from gatewright.stacks.execution.lookups import ResourceLookup
from gatewright.stacks.execution.nested_change_sets import discard_all_reviewed
from gatewright.stacks.execution.places import EXPORT, STACK_NAME, TEMPLATE
from gatewright.stacks.execution.removal import Removal
from gatewright.stacks.execution.rollback import Restoration
from gatewright.stacks.execution.run import Run
from gatewright.stacks.execution.statuses import DELETED, STATUS_OF_PHASE, Phase
from gatewright.stacks.template import Output, TemplateError
from gatewright.store.types import Document

_NOT_ALL_DELETED: Final = "Update successful. One or more resources could not be deleted."

RESTORED: Final = (
    "Parameters",
    "RawParameters",
    "Tags",
    "Capabilities",
    "NotificationARNs",
    "Description",
    "RoleARN",
    "Imports",
    "RollbackConfiguration",
)
"""What an update changes of a stack's document, and its roll-back gives back."""


def run_phase(run: Run, phase: Phase) -> None:
    """Do a phase. Raises `NodeStopping`."""
    run.refuse_stopping()
    _PHASES[phase](run)


def begin(step: Step, phase: Phase, reason: str | None) -> None:
    """Begin a phase: the status of the stack says so."""
    step.stack["Operation"]["Phase"] = phase.value
    step.set_status(STATUS_OF_PHASE[phase], reason)


def begin_clean_up(step: Step, phase: Phase) -> None:
    """Begin a clean-up; that of a nested stack waits until its parent cleans up: until then there is a way back."""
    begin(step, phase, None)
    operation = step.stack["Operation"]
    if operation.get("IsNested"):
        operation["IsHeld"] = True


def end(step: Step, status: str, reason: str | None = None) -> None:
    """End an operation."""
    step.set_status(status, reason)
    discard_all_reviewed(step, step.stack.pop("Operation", None) or {})


def _apply(run: Run, phase: Phase) -> None:
    """Make the resources what the template says (CREATE, UPDATE)."""
    stack = run.journal.stack()
    given_up: str | None = stack["Operation"].get("CancelReason")
    if given_up is not None:
        run.give_up(given_up)
        _fail(run, phase, stack, given_up)
        return
    failure, outputs, target = None, list[Output](), None
    try:
        target = _evaluate(run, stack, "current", stack["RawParameters"])
        apply = Apply(run, stack, target)
        apply.work()
        if phase is Phase.UPDATE and run.goes_on():
            apply.refuse_removals()
        failure = _failure(apply, run)
        if failure is None:
            outputs = target.evaluation.outputs(ResourceLookup(run.resources))
            run.surroundings.catch_up()
    except TemplateError as error:
        failure = error.message
    if failure is None and target is not None:
        failure = _complete(run, phase, stack, outputs, target)
    if failure is not None:
        _fail(run, phase, stack, failure)


def _complete(run: Run, phase: Phase, begun: Document, outputs: list[Output], target: EvaluatedStack) -> str | None:
    """End or clean up after all resources are there; return why that may not be."""
    try:
        with run.journal.step() as step:
            if not _is_current(step, begun):
                return None
            keep_exports(step, outputs)
            step.stack["Outputs"] = shown_outputs(outputs)
            step.stack["Imports"] = sorted(target.seams.imports)
            if phase is Phase.UPDATE:
                begin_clean_up(step, Phase.CLEANUP)
            else:
                _forget_before(run, step)
                end(step, "CREATE_COMPLETE")
    except OutputsFailed as error:
        return str(error)
    return None


def _failure(apply: Apply, run: Run) -> str | None:
    """Return what the stack's status says of resources that failed, None when all are there."""
    parts = [
        f"The following resource(s) failed to {what}: [{', '.join(sorted(failed))}]. "
        for what, failed in apply.failed.items()
        if failed
    ]
    if run.halt_reason is not None:
        return run.halt_reason
    # The parent of a nested stack may give up before anything failed here.
    return "".join(parts) or (None if run.goes_on() else "Resource creation cancelled")


def _fail(run: Run, phase: Phase, begun: Document, failure: str) -> None:
    with run.journal.step() as step:
        if not _is_current(step, begun):
            return
        operation = step.stack["Operation"]
        on_failure = operation.get("OnFailure", "ROLLBACK")
        text = failure.rstrip()
        if on_failure == "DO_NOTHING":
            end(step, "CREATE_FAILED" if phase is Phase.CREATE else "UPDATE_FAILED", failure)
        elif phase is Phase.UPDATE:
            # What a parent is told, whatever comes of the roll-back.
            step.stack["Failure"] = failure
            begin(step, Phase.UPDATE_ROLLBACK, failure)
        elif on_failure == "DELETE":
            begin(step, Phase.DELETE, f"{text.removesuffix('.')}. Delete requested by user.")
        else:
            begin(step, Phase.ROLLBACK, f"{text.removesuffix('.')}. Rollback requested by user.")


def _roll_back_creation(run: Run) -> None:
    stack = run.journal.stack()
    removal = Removal(run, stack, is_creation=True)
    removal.delete_all()
    run.surroundings.catch_up()
    with run.journal.step() as step:
        if not _is_current(step, stack):
            return
        step.stack["Outputs"] = []
        step.stack["DeletionTime"] = step.now()
        _end_removal(step, removal, "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")


def _clean_up(run: Run) -> None:
    """Delete what an update left behind."""
    stack = run.journal.stack()
    target = _evaluate(run, stack, "current", stack["RawParameters"])
    removal = Removal(run, stack)
    removal.clean_up(target.evaluation.resources)
    removal.settle()
    run.surroundings.catch_up()
    with run.journal.step() as step:
        if not _is_current(step, stack):
            return
        _forget_before(run, step)
        step.writer.delete(step.place.key(TEMPLATE, f"{run.uuid}/previous"))
        end(step, "UPDATE_COMPLETE", _NOT_ALL_DELETED if removal.failed else None)


def _roll_back_update(run: Run) -> None:
    stack = run.journal.stack()
    restoration = Restoration(run, stack, _skipped(stack))
    restoration.work()
    run.surroundings.catch_up()
    with run.journal.step() as step:
        if not _is_current(step, stack):
            return
        if restoration.failed:
            failed = ", ".join(sorted(restoration.failed))
            end(step, "UPDATE_ROLLBACK_FAILED", f"The following resource(s) failed to update: [{failed}]. ")
            return
        before = step.stack.pop("Before", {})
        for name in RESTORED:
            step.stack.pop(name, None)
        step.stack |= before
        previous, current = (step.place.key(TEMPLATE, f"{run.uuid}/{stage}") for stage in ("previous", "current"))
        document = step.writer.get(previous)
        if document is not None:
            step.writer.put(current, document)
            step.writer.delete(previous)
        begin_clean_up(step, Phase.ROLLBACK_CLEANUP)


def _skipped(stack: Document) -> list[str]:
    """Return the resources of a stack that its roll-back skips: those in nested ones are `stack.logical id`."""
    names: list[str] = stack["Operation"].get("ResourcesToSkip", [])
    prefix = f"{stack['StackName']}."
    if "ParentId" in stack:
        return [name.removeprefix(prefix) for name in names if name.startswith(prefix)]
    return [name for name in names if "." not in name]


def _clean_up_rollback(run: Run) -> None:
    """Delete what a failed update added."""
    stack = run.journal.stack()
    wanted = [name for name, resource in run.resources.items() if resource.get("Before", resource) is not None]
    removal = Removal(run, stack, is_creation=True)
    removal.clean_up(wanted)
    removal.settle()
    run.surroundings.catch_up()
    with run.journal.step() as step:
        if _is_current(step, stack):
            _forget_before(run, step)
            end(step, "UPDATE_ROLLBACK_COMPLETE")


def _delete(run: Run) -> None:
    stack = run.journal.stack()
    with run.journal.store.read() as reader:
        in_use = export_in_use(reader, run.place, stack)
    if in_use is not None:
        with run.journal.step() as step:
            end(step, stack["Operation"].get("Status", "CREATE_COMPLETE"), in_use)
        return
    removal = Removal(run, stack, retained=stack["Operation"].get("RetainResources", ()))
    removal.delete_all()
    run.surroundings.catch_up()
    with run.journal.step() as step:
        if not _is_current(step, stack):
            return
        step.stack["DeletionTime"] = step.now()
        _end_removal(step, removal, DELETED, "DELETE_FAILED")
        if not removal.failed:
            _give_up_name(step)


def _end_removal(step: Step, removal: Removal, done: str, failed: str) -> None:
    if not removal.failed:
        end(step, done)
        return
    names = ", ".join(sorted(removal.failed))
    end(step, failed, f"The following resource(s) failed to delete: [{names}]. ")


def _give_up_name(step: Step) -> None:
    """Leave a deleted stack to those who have its ARN."""
    place, stack = step.place, step.stack
    stack["Imports"] = []
    stack["Outputs"] = []
    named = place.key(STACK_NAME, stack["StackName"])
    if (step.writer.get(named) or {}).get("Uuid") == stack["Uuid"]:
        step.writer.delete(named)
    for name, _ in exports_of(step.writer, place, stack["StackId"]):
        step.writer.delete(place.key(EXPORT, name))


def _forget_before(run: Run, step: Step) -> None:
    """Settle an operation: there is no way back behind it."""
    step.stack.pop("Before", None)
    for resource in run.resources.values():
        kept = [name for name in ("Before", "IsReplaced", "Settled", "Attempted") if name in resource]
        for name in kept:
            del resource[name]
        if kept:
            step.put_resource(resource)


def _is_current(step: Step, begun: Document) -> bool:
    """Say whether the operation is still that which a phase began with: a stack that is created may be deleted."""
    operation = step.stack.get("Operation")
    return operation is not None and operation["Id"] == begun["Operation"]["Id"]


def _evaluate(run: Run, stack: Document, stage: str, raw: dict[str, str]) -> EvaluatedStack:
    with run.journal.store.read() as reader:
        document = load_template(reader, run.place, run.uuid, stage)
    return evaluate_stack(run.surroundings, run.place, stack, document, raw)


_PHASES: Final[Mapping[Phase, Callable[[Run], None]]] = MappingProxyType(
    {
        Phase.CREATE: lambda run: _apply(run, Phase.CREATE),
        Phase.ROLLBACK: _roll_back_creation,
        Phase.UPDATE: lambda run: _apply(run, Phase.UPDATE),
        Phase.CLEANUP: _clean_up,
        Phase.UPDATE_ROLLBACK: _roll_back_update,
        Phase.ROLLBACK_CLEANUP: _clean_up_rollback,
        Phase.DELETE: _delete,
    }
)
