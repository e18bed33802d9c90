"""DetectStackDrift, DetectStackResourceDrift, DescribeStackDriftDetectionStatus, DescribeStackResourceDrifts.

A detection is done before its operation answers: reading some resources takes milliseconds here.

Source: the pages of these operations (AWS CloudFormation API Reference); a drift as recorded of AWS (localstack,
test_drift_detection.snapshot.json).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.aws.pagination import page
from gatewright.base.operations import Shape
from gatewright.stacks.execution.drift import check_stack, shown_properties
from gatewright.stacks.execution.journal import iso
from gatewright.stacks.execution.places import DRIFT, require_stack
from gatewright.stacks.execution.run import Run
from gatewright.stacks.operations.context import StackContext, moment, present
from gatewright.stacks.operations.inputs import validation_error
from gatewright.store.types import Document

_PER_PAGE: Final = 100


def detect_stack_drift(context: StackContext, request: Shape) -> Shape:
    """Compare the resources of a stack with what it made of them."""
    stack = _stack(context, request["StackName"])
    now = _now(context)
    wanted = tuple(request.get("LogicalResourceIds") or ())
    run = Run(context.surroundings, context.runs.find_type, context.place, stack["Uuid"])
    status, drifted, failure = check_stack(run, stack, now, wanted)
    detection = {
        "StackId": stack["StackId"],
        "StackDriftDetectionId": context.new_id(),
        "StackDriftStatus": status,
        "DetectionStatus": "DETECTION_COMPLETE" if failure is None else "DETECTION_FAILED",
        "DetectionStatusReason": failure,
        "DriftedStackResourceCount": drifted,
        "Timestamp": now,
    }
    with context.journal(stack).step() as step:
        step.stack["Drift"] = {"Status": status, "CheckedAt": now}
        step.writer.put(context.place.key(DRIFT, detection["StackDriftDetectionId"]), detection)
    return {"StackDriftDetectionId": detection["StackDriftDetectionId"]}


def describe_stack_drift_detection_status(context: StackContext, request: Shape) -> Shape:
    """Return what a detection found."""
    identifier = request["StackDriftDetectionId"]
    with context.store.read() as reader:
        detection = reader.get(context.place.key(DRIFT, identifier))
    if detection is None:
        raise validation_error(f"The specified drift detection does not exist: {identifier}")
    return present({**detection, "Timestamp": moment(detection["Timestamp"])})


def detect_stack_resource_drift(context: StackContext, request: Shape) -> Shape:
    """Compare one resource of a stack with what it was made as."""
    stack = _stack(context, request["StackName"])
    logical_id = request["LogicalResourceId"]
    run = Run(context.surroundings, context.runs.find_type, context.place, stack["Uuid"])
    if logical_id not in run.resources:
        raise validation_error(f"Resource {logical_id} does not exist for stack {stack['StackName']}")
    _, _, failure = check_stack(run, stack, _now(context), (logical_id,))
    if failure is not None:
        raise validation_error(failure)
    return {"StackResourceDrift": _shown(stack, run.resources[logical_id])}


def describe_stack_resource_drifts(context: StackContext, request: Shape) -> Shape:
    """List the resources of a stack that were checked."""
    stack = _stack(context, request["StackName"])
    wanted = request.get("StackResourceDriftStatusFilters") or ()
    resources = context.journal(stack).resources()
    checked = [
        (logical_id, resource)
        for logical_id, resource in sorted(resources.items())
        if "Drift" in resource and (not wanted or resource["Drift"]["Status"] in wanted)
    ]
    found, token = page(
        lambda after, limit: [pair for pair in checked if pair[0] > after][:limit],
        request.get("NextToken"),
        request.get("MaxResults") or _PER_PAGE,
        listing=f"Drifts/{stack['Uuid']}",
        error_code="ValidationError",
    )
    return present({"StackResourceDrifts": [_shown(stack, resource) for resource in found], "NextToken": token})


def _stack(context: StackContext, name: str) -> Document:
    with context.store.read() as reader:
        return require_stack(context.place, reader, name)


def _now(context: StackContext) -> str:
    return iso(int(context.surroundings.clock.now() * 1000))


def _shown(stack: Document, resource: Document) -> dict[str, Any]:
    drift = resource["Drift"]
    return present(
        {
            "StackId": stack["StackId"],
            "LogicalResourceId": resource["LogicalResourceId"],
            "PhysicalResourceId": resource["PhysicalResourceId"],
            "ResourceType": resource["ResourceType"],
            "ExpectedProperties": shown_properties(drift.get("Expected")),
            "ActualProperties": shown_properties(drift.get("Actual")),
            "PropertyDifferences": drift.get("Differences"),
            "StackResourceDriftStatus": drift["Status"],
            "Timestamp": moment(drift["CheckedAt"]),
        }
    )


OPERATIONS: Mapping[str, Callable[[StackContext, Shape], Shape]] = MappingProxyType(
    {
        "DetectStackDrift": detect_stack_drift,
        "DetectStackResourceDrift": detect_stack_resource_drift,
        "DescribeStackDriftDetectionStatus": describe_stack_drift_detection_status,
        "DescribeStackResourceDrifts": describe_stack_resource_drifts,
    }
)
