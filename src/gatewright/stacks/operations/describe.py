"""What there is: DescribeStacks, ListStacks, DescribeStackEvents, DescribeStackResource(s), ListStackResources.

Source: the pages of these operations (AWS CloudFormation API Reference); their members as recorded of AWS (localstack,
test_stacks.snapshot.json).
"""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.aws.pagination import page
from gatewright.base.operations import Shape
from gatewright.stacks.execution.places import EVENT, RESOURCE, STACK, find_stack, protection_of, require_stack
from gatewright.stacks.execution.statuses import DELETED
from gatewright.stacks.operations.context import StackContext, moment, present
from gatewright.stacks.operations.inputs import stack_missing, validation_error
from gatewright.store.types import Document

_STACKS_PER_PAGE: Final = 100
_EVENTS_PER_PAGE: Final = 100
_RESOURCES_PER_PAGE: Final = 100
_MOST_RESOURCES: Final = 500
_HIGHEST: Final = 999_999_999


def describe_stacks(context: StackContext, request: Shape) -> Shape:
    """Describe a stack, by its ARN also when it is deleted; or all that are there, the newest first."""
    name = request.get("StackName")
    with context.store.read() as reader:
        if name is not None:
            stack = require_stack(context.place, reader, name)
            return {"Stacks": [stack_description(stack, protection_of(context.place, reader, stack))]}
        stacks = [stack for _, stack in context.place.list(reader, STACK) if stack["StackStatus"] != DELETED]
        found, token = _newest(stacks, request.get("NextToken"), "DescribeStacks")
        described = [stack_description(stack, protection_of(context.place, reader, stack)) for stack in found]
    return present({"Stacks": described, "NextToken": token})


def list_stacks(context: StackContext, request: Shape) -> Shape:
    """List stacks, deleted ones too, the newest first."""
    wanted = request.get("StackStatusFilter") or ()
    with context.store.read() as reader:
        stacks = [stack for _, stack in context.place.list(reader, STACK)]
    selected = [stack for stack in stacks if not wanted or stack["StackStatus"] in wanted]
    found, token = _newest(selected, request.get("NextToken"), "ListStacks")
    return present({"StackSummaries": [_summary(stack) for stack in found], "NextToken": token})


def describe_stack_events(context: StackContext, request: Shape) -> Shape:
    """List the events of a stack, the newest first."""
    with context.store.read() as reader:
        stack = find_stack(context.place, reader, request["StackName"])
        if stack is None:
            raise stack_missing(request["StackName"])
        uuid = stack["Uuid"]

        def fetch(after: str, limit: int) -> list[tuple[str, Document]]:
            # Keys of pages count down, as events are listed.
            highest = _HIGHEST - int(after) - 1 if after else stack.get("Events", 0)
            first = max(highest - limit, 0)
            listed = context.place.list(reader, EVENT, f"{uuid}/", f"{uuid}/{first:09}", highest - first)
            numbered = [(int(identifier.rpartition("/")[2]), event) for identifier, event in listed]
            return [(f"{_HIGHEST - number:09}", event) for number, event in reversed(numbered)]

        token = request.get("NextToken")
        events, following = page(fetch, token, _EVENTS_PER_PAGE, listing=f"Events/{uuid}", error_code="ValidationError")
    return present({"StackEvents": [_event(event) for event in events], "NextToken": following})


def describe_stack_resources(context: StackContext, request: Shape) -> Shape:
    """Describe the resources of a stack, or those of the stack that has a physical resource."""
    name, physical_id = request.get("StackName"), request.get("PhysicalResourceId")
    if (name is None) == (physical_id is None):
        raise validation_error("Either a stack name or a physical resource id must be specified, not both")
    with context.store.read() as reader:
        if name is None:
            listed = context.place.list(reader, RESOURCE)
            owners = {key.partition("/")[0] for key, each in listed if each["PhysicalResourceId"] == physical_id}
            live = [stack for _, stack in context.place.list(reader, STACK) if stack["Uuid"] in owners]
            if not live:
                raise validation_error(f"Stack for {physical_id} does not exist")
            stack = live[-1]
        else:
            stack = require_stack(context.place, reader, name)
        resources = context.place.list(reader, RESOURCE, prefix=f"{stack['Uuid']}/", limit=_MOST_RESOURCES)
    wanted = request.get("LogicalResourceId")
    found = [resource for _, resource in resources if wanted in (None, resource["LogicalResourceId"])]
    if wanted is not None and not found:
        raise _resource_missing(wanted, stack)
    return {"StackResources": [_resource(stack, resource) for resource in found]}


def describe_stack_resource(context: StackContext, request: Shape) -> Shape:
    """Describe one resource, with its metadata."""
    with context.store.read() as reader:
        stack = find_stack(context.place, reader, request["StackName"])
        if stack is None:
            raise validation_error(f"Stack '{request['StackName']}' does not exist")
        key = context.place.key(RESOURCE, f"{stack['Uuid']}/{request['LogicalResourceId']}")
        resource = reader.get(key)
    if resource is None:
        raise _resource_missing(request["LogicalResourceId"], stack)
    described = _resource(stack, resource)
    described["LastUpdatedTimestamp"] = described.pop("Timestamp")
    described["Metadata"] = json.dumps(resource.get("Metadata") or {})
    return {"StackResourceDetail": described}


def list_stack_resources(context: StackContext, request: Shape) -> Shape:
    """List the resources of a stack."""
    with context.store.read() as reader:
        stack = require_stack(context.place, reader, request["StackName"])
        prefix = f"{stack['Uuid']}/"
        found, token = page(
            lambda after, limit: [
                (key.removeprefix(prefix), resource)
                for key, resource in context.place.list(reader, RESOURCE, prefix, prefix + after, limit)
            ],
            request.get("NextToken"),
            _RESOURCES_PER_PAGE,
            listing=f"Resources/{prefix}",
            error_code="ValidationError",
        )
    summaries = [_resource(stack, resource) for resource in found]
    for summary in summaries:
        summary["LastUpdatedTimestamp"] = summary.pop("Timestamp")
        del summary["StackId"], summary["StackName"]
    return present({"StackResourceSummaries": summaries, "NextToken": token})


def stack_description(stack: Document, is_protected: bool) -> dict[str, Any]:
    """Return a stack as DescribeStacks does."""
    is_deleted = stack["StackStatus"] == DELETED
    return present(
        {
            "StackId": stack["StackId"],
            "StackName": stack["StackName"],
            "ChangeSetId": None if is_deleted else stack.get("ChangeSetId"),
            "Description": stack.get("Description"),
            "Parameters": stack.get("Parameters") or None,
            "CreationTime": moment(stack["CreationTime"]),
            "DeletionTime": moment(stack.get("DeletionTime")),
            "LastUpdatedTime": moment(stack.get("LastUpdatedTime")),
            "RollbackConfiguration": stack.get("RollbackConfiguration") or {},
            "StackStatus": stack["StackStatus"],
            "StackStatusReason": stack.get("StackStatusReason"),
            "DisableRollback": stack.get("DisableRollback", False),
            "NotificationARNs": stack.get("NotificationARNs", []),
            "TimeoutInMinutes": stack.get("TimeoutInMinutes"),
            "Capabilities": stack.get("Capabilities") or None,
            "Outputs": stack.get("Outputs") or None,
            "RoleARN": stack.get("RoleARN"),
            "Tags": stack.get("Tags", []),
            "EnableTerminationProtection": None if is_deleted else is_protected,
            "ParentId": stack.get("ParentId"),
            "RootId": stack.get("RootId"),
            "DriftInformation": _drift_information(stack),
            "RetainExceptOnCreate": stack.get("RetainExceptOnCreate") or None,
        }
    )


def _drift_information(stack: Document) -> dict[str, Any]:
    drift = stack.get("Drift") or {}
    return present(
        {
            "StackDriftStatus": drift.get("Status", "NOT_CHECKED"),
            "LastCheckTimestamp": moment(drift.get("CheckedAt")),
        }
    )


def _summary(stack: Document) -> dict[str, Any]:
    return present(
        {
            "StackId": stack["StackId"],
            "StackName": stack["StackName"],
            "TemplateDescription": stack.get("Description"),
            "CreationTime": moment(stack["CreationTime"]),
            "LastUpdatedTime": moment(stack.get("LastUpdatedTime")),
            "DeletionTime": moment(stack.get("DeletionTime")),
            "StackStatus": stack["StackStatus"],
            "StackStatusReason": stack.get("StackStatusReason"),
            "ParentId": stack.get("ParentId"),
            "RootId": stack.get("RootId"),
            "DriftInformation": _drift_information(stack),
        }
    )


def _event(event: Document) -> dict[str, Any]:
    properties = event.get("ResourceProperties")
    shown = {**event, "Timestamp": moment(event["Timestamp"])}
    if properties is not None:
        shown["ResourceProperties"] = json.dumps(properties, separators=(",", ":"))
    return shown


def _resource(stack: Document, resource: Document) -> dict[str, Any]:
    drift = resource.get("Drift") or {}
    return present(
        {
            "StackName": stack["StackName"],
            "StackId": stack["StackId"],
            "LogicalResourceId": resource["LogicalResourceId"],
            "PhysicalResourceId": resource["PhysicalResourceId"] or None,
            "ResourceType": resource["ResourceType"],
            "Timestamp": moment(resource["Timestamp"]),
            "ResourceStatus": resource["ResourceStatus"],
            "ResourceStatusReason": resource.get("ResourceStatusReason"),
            "DriftInformation": present(
                {
                    "StackResourceDriftStatus": drift.get("Status", "NOT_CHECKED"),
                    "LastCheckTimestamp": moment(drift.get("CheckedAt")),
                }
            ),
        }
    )


def _newest(stacks: list[Document], token: str | None, listing: str) -> tuple[list[Document], str | None]:
    """Return a page of stacks, the newest first."""
    ordered = sorted(stacks, key=lambda stack: (stack["CreationTime"], stack["Uuid"]), reverse=True)
    # Keys sort as text in the order of the pages.
    keyed = [(_descending(stack), stack) for stack in ordered]

    def fetch(after: str, limit: int) -> list[tuple[str, Document]]:
        return [(key, stack) for key, stack in keyed if key > after][:limit]

    return page(fetch, token, _STACKS_PER_PAGE, listing=listing, error_code="ValidationError")


def _descending(stack: Document) -> str:
    """Return a key that is smaller the newer a stack is."""
    text = f"{stack['CreationTime']}{stack['Uuid']}"
    return "".join(chr(0x7F - ord(character) + 0x20) for character in text)


def _resource_missing(logical_id: str, stack: Document) -> Exception:
    return validation_error(f"Resource {logical_id} does not exist for stack {stack['StackName']}")


OPERATIONS: Mapping[str, Callable[[StackContext, Shape], Shape]] = MappingProxyType(
    {
        "DescribeStacks": describe_stacks,
        "ListStacks": list_stacks,
        "DescribeStackEvents": describe_stack_events,
        "DescribeStackResources": describe_stack_resources,
        "DescribeStackResource": describe_stack_resource,
        "ListStackResources": list_stack_resources,
    }
)
