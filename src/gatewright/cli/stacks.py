"""`gatewright stacks`: the stacks of a node, or one of them with its resources and outputs."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, TextIO

from gatewright.cli.calls import Call
from gatewright.cli.tables import columns
from gatewright.cli.target import Target


def show_stacks(call: Call, target: Target, name: str | None, output: TextIO, *, is_json: bool) -> int:
    """Print them, or one. Return 0. Raises `CallFailed`."""
    if name is not None:
        return _show_stack(call, name, output, is_json=is_json)
    stacks = sorted(_stacks(call), key=lambda stack: str(stack["StackName"]))
    if is_json:
        print(json.dumps(stacks, indent=2, default=_text_of_time), file=output)
    elif stacks:
        rows = [
            (each["StackName"], each["StackStatus"], _changed(each), each.get("Description", "")) for each in stacks
        ]
        print("\n".join(columns(rows)), file=output)
    else:
        print(f"no stacks in {target.region}", file=output)
    return 0


def _show_stack(call: Call, name: str, output: TextIO, *, is_json: bool) -> int:
    (stack,) = call("cloudformation", "DescribeStacks", StackName=name)["Stacks"]
    resources = call("cloudformation", "DescribeStackResources", StackName=name)["StackResources"]
    if is_json:
        print(json.dumps({"Stack": stack, "Resources": resources}, indent=2, default=_text_of_time), file=output)
        return 0
    lines = [f"{stack['StackName']}  {stack['StackStatus']}  {_changed(stack)}"]
    if reason := stack.get("StackStatusReason"):
        lines.append(f"  {reason}")
    if parameters := stack.get("Parameters"):
        rows = [(each["ParameterKey"], each.get("ResolvedValue") or each["ParameterValue"]) for each in parameters]
        lines += ["Parameters", *columns(rows, "  ")]
    if resources:
        lines += ["Resources", *columns([_resource_row(resource) for resource in resources], "  ")]
    lines += output_lines(stack)
    print("\n".join(lines), file=output)
    return 0


def output_lines(stack: Mapping[str, Any]) -> list[str]:
    """Return the outputs of a stack in columns, under a heading; nothing when there are none."""
    rows = [(each["OutputKey"], each["OutputValue"]) for each in stack.get("Outputs", ())]
    return ["Outputs", *columns(rows, "  ")] if rows else []


def _stacks(call: Call) -> Iterator[Mapping[str, Any]]:
    page = call("cloudformation", "DescribeStacks")
    yield from page["Stacks"]
    while token := page.get("NextToken"):
        page = call("cloudformation", "DescribeStacks", NextToken=token)
        yield from page["Stacks"]


def _resource_row(resource: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return (
        resource["LogicalResourceId"],
        resource["ResourceType"],
        resource["ResourceStatus"],
        resource.get("ResourceStatusReason") or resource.get("PhysicalResourceId", ""),
    )


def _changed(stack: Mapping[str, Any]) -> str:
    moment: datetime = stack.get("LastUpdatedTime") or stack["CreationTime"]
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _text_of_time(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} in an answer")
