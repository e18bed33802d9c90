"""Change sets: what a template changes of a stack, and how it goes on when that is done."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gatewright.cli.calls import Call, CallFailed
from gatewright.cli.deploy.errors import DeployFailed
from gatewright.cli.deploy.package_store import PackageStore

_CAPABILITIES: Final = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
_MAX_BODY_BYTES: Final = 51_200
"""Of a TemplateBody; a longer one goes by its URL ("CloudFormation quotas")."""
_POLL_SECONDS: Final = 0.1
_STACK: Final = "AWS::CloudFormation::Stack"
_MISSING: Final = "ValidationError"
_NO_CHANGES: Final = ("didn't contain changes", "No updates are to be performed")
_DONE: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})
_CANCELLED: Final = ("Resource creation cancelled", "Resource update cancelled")

Event = Mapping[str, Any]
"""An event of a stack, as DescribeStackEvents has it."""
Watch = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """A change set that can be executed."""

    stack_id: str
    change_set_id: str
    changes: tuple[Mapping[str, Any], ...]
    """The resource changes."""


class Deployment:
    """Deploys templates as one stack."""

    def __init__(self, call: Call, store: PackageStore, stack_name: str) -> None:
        self._call = call
        self._store = store
        self._name = stack_name

    def plan(
        self, text: str, declared: Mapping[str, Any], overrides: Mapping[str, str], say: Callable[[str], None]
    ) -> Plan | None:
        """Return what a template changes, or None when that is nothing. Raises `DeployFailed`, `CallFailed`.

        Parameters that are declared and not given keep the values that they have.
        """
        stack = self._usable_stack(say)
        is_new = stack is None or stack["StackStatus"] == "REVIEW_IN_PROGRESS"
        present = {each["ParameterKey"] for each in (stack or {}).get("Parameters", ())}
        parameters: list[dict[str, object]] = [
            {"ParameterKey": name, "ParameterValue": value} for name, value in overrides.items()
        ]
        kept = [name for name in declared if name in present and name not in overrides]
        parameters += [{"ParameterKey": name, "UsePreviousValue": True} for name in kept]
        created = self._call(
            "cloudformation",
            "CreateChangeSet",
            StackName=self._name,
            ChangeSetName=f"gatewright-{time.time_ns()}",
            ChangeSetType="CREATE" if is_new else "UPDATE",
            Parameters=parameters,
            Capabilities=list(_CAPABILITIES),
            **self._template(text),
        )
        return self._settled(created["Id"], created["StackId"], is_new=is_new)

    def execute(self, plan: Plan, watch: Watch) -> Mapping[str, Any]:
        """Do what was planned, and tell `watch` each event. Return the stack. Raises `DeployFailed`, `CallFailed`."""
        last = next((event["EventId"] for event in self._pages_of_events(plan.stack_id)), None)
        failures: list[CallFailed] = []

        def run() -> None:
            try:
                self._call("cloudformation", "ExecuteChangeSet", ChangeSetName=plan.change_set_id)
            except CallFailed as error:
                failures.append(error)

        # It waits for stacks that are soon done: events are asked for meanwhile.
        executing = threading.Thread(target=run, name="execute", daemon=True)
        executing.start()
        failed = self._watch(plan.stack_id, last, watch, failures)
        executing.join()
        stack: Mapping[str, Any] = self._call("cloudformation", "DescribeStacks", StackName=plan.stack_id)["Stacks"][0]
        if stack["StackStatus"] not in _DONE:
            raise DeployFailed(f"stack {self._name} is {stack['StackStatus']}{''.join(self._reasons(failed))}")
        return stack

    def resources(self, stack_name: str) -> Iterator[Mapping[str, Any]]:
        """Yield the resources of a stack and of its nested stacks. Raises `CallFailed`."""
        for resource in self._call("cloudformation", "DescribeStackResources", StackName=stack_name)["StackResources"]:
            yield resource
            if resource["ResourceType"] == _STACK and resource.get("PhysicalResourceId"):
                yield from self.resources(resource["PhysicalResourceId"])

    def physical_id(self, logical_ids: tuple[str, ...]) -> str:
        """Return the name of a resource, behind the nested stacks that lead to it. Raises `CallFailed`."""
        found = self._name
        for logical_id in logical_ids:
            answer = self._call(
                "cloudformation", "DescribeStackResource", StackName=found, LogicalResourceId=logical_id
            )
            found = answer["StackResourceDetail"]["PhysicalResourceId"]
        return found

    def _usable_stack(self, say: Callable[[str], None]) -> Mapping[str, Any] | None:
        """Return the stack, if there is one. What is left of one that could not be created is deleted first."""
        try:
            stack: Mapping[str, Any] = self._call("cloudformation", "DescribeStacks", StackName=self._name)["Stacks"][0]
        except CallFailed as error:
            if error.code == _MISSING and "does not exist" in str(error):
                return None
            raise
        status = stack["StackStatus"]
        if status == "ROLLBACK_COMPLETE":
            say(f"stack {self._name} could not be created before: what is left of it is deleted")
            self._call("cloudformation", "DeleteStack", StackName=stack["StackId"])
            self._wait_until_deleted(stack["StackId"])
            return None
        if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
            raise DeployFailed(f"stack {self._name} is {status}: wait for it")
        return stack

    def _wait_until_deleted(self, stack_id: str) -> None:
        while True:
            (stack,) = self._call("cloudformation", "DescribeStacks", StackName=stack_id)["Stacks"]
            if stack["StackStatus"] == "DELETE_COMPLETE":
                return
            if stack["StackStatus"] == "DELETE_FAILED":
                raise DeployFailed(f"stack {self._name} cannot be deleted: {stack.get('StackStatusReason', '')}")
            time.sleep(_POLL_SECONDS)

    def _template(self, text: str) -> dict[str, str]:
        content = text.encode()
        if len(content) <= _MAX_BODY_BYTES:
            return {"TemplateBody": text}
        return {"TemplateURL": f"https://s3.amazonaws.com/gatewright-packages/{self._store.keep(content)}"}

    def _settled(self, change_set_id: str, stack_id: str, *, is_new: bool) -> Plan | None:
        while True:
            answer = self._call("cloudformation", "DescribeChangeSet", ChangeSetName=change_set_id)
            if answer["Status"] in ("CREATE_COMPLETE", "FAILED"):
                break
            time.sleep(_POLL_SECONDS)
        if answer["Status"] == "CREATE_COMPLETE":
            return Plan(stack_id, change_set_id, tuple(self._changes(answer)))
        reason = answer.get("StatusReason", "")
        if is_new:
            self._call("cloudformation", "DeleteStack", StackName=stack_id)  # there is nothing of it but its name
        else:
            self._call("cloudformation", "DeleteChangeSet", ChangeSetName=change_set_id)
        if any(text in reason for text in _NO_CHANGES) and not is_new:
            return None
        raise DeployFailed(f"stack {self._name}: {reason}")

    def _changes(self, answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        yield from (change["ResourceChange"] for change in answer["Changes"])
        while token := answer.get("NextToken"):
            name = answer["ChangeSetId"]
            answer = self._call("cloudformation", "DescribeChangeSet", ChangeSetName=name, NextToken=token)
            yield from (change["ResourceChange"] for change in answer["Changes"])

    def _watch(self, stack_id: str, last: str | None, watch: Watch, failures: list[CallFailed]) -> list[Event]:
        """Tell the events until the stack is done; return those of failures."""
        failed: list[Event] = []
        while True:
            for event in self._events_after(stack_id, last):
                last = event["EventId"]
                watch(event)
                if event["ResourceStatus"].endswith("_FAILED"):
                    failed.append(event)
                if event["PhysicalResourceId"] == stack_id and _is_end(event["ResourceStatus"]):
                    return failed
            if failures:
                raise failures[0]
            time.sleep(_POLL_SECONDS)

    def _events_after(self, stack_id: str, last: str | None) -> list[Event]:
        found = []
        for event in self._pages_of_events(stack_id):
            if event["EventId"] == last:
                break
            found.append(event)
        return found[::-1]

    def _pages_of_events(self, stack_id: str) -> Iterator[Event]:
        """Yield events, the newest first; pages are asked for as they are needed."""
        page = self._call("cloudformation", "DescribeStackEvents", StackName=stack_id)
        yield from page["StackEvents"]
        while token := page.get("NextToken"):
            page = self._call("cloudformation", "DescribeStackEvents", StackName=stack_id, NextToken=token)
            yield from page["StackEvents"]

    def _reasons(self, failed: list[Event]) -> Iterator[str]:
        """Yield a line for each failure that is not the consequence of another, those in nested stacks included."""
        for event in failed:
            reason, physical_id = event.get("ResourceStatusReason", ""), event.get("PhysicalResourceId", "")
            if reason.startswith(_CANCELLED) or physical_id == event["StackId"]:
                continue
            yield f"\n  {event['LogicalResourceId']} ({event['ResourceType']}): {reason}"
            if event["ResourceType"] == _STACK and physical_id:
                nested = [each for each in self._pages_of_events(physical_id) if _has_failed(each)]
                yield from (line.replace("\n", "\n  ") for line in self._reasons(nested[::-1]))


def _has_failed(event: Event) -> bool:
    return str(event["ResourceStatus"]).endswith("_FAILED")


def _is_end(status: str) -> bool:
    return not status.endswith("_IN_PROGRESS")
