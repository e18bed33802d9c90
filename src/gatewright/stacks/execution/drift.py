"""Drift: whether resources still are what their stack made them.

A property that the template does not set may be what it likes, and one that its type does not read is not compared.
Types that cannot be read are not checked, and say so.

Source: "Detect unmanaged configuration changes to stacks and resources with drift detection" (AWS CloudFormation User
Guide).
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from gatewright.base.errors import GatewrightError
from gatewright.stacks.execution.changes import Leaf, differences
from gatewright.stacks.execution.run import Run
from gatewright.stacks.resource_types.contract import Properties, Resource
from gatewright.store.types import Document

CHECKED: Final = ("IN_SYNC", "MODIFIED", "DELETED")


def check_drift(run: Run, stack: Document, resource: Document, now: str) -> Document:
    """Return the drift of one resource: Status, CheckedAt, Expected, Actual, Differences. Raises GatewrightError."""
    drift: Document = {"Status": "NOT_CHECKED", "CheckedAt": now}
    resource_type = run.find_type(resource["ResourceType"])
    if resource_type is None or resource_type.read is None or resource_type.is_record:
        return drift
    there = Resource(resource["PhysicalResourceId"], resource.get("Attributes") or {})
    found = resource_type.read(run.call(stack, resource), there)
    schema = run.surroundings.schema_of(resource["ResourceType"])
    unread = set() if schema is None else {path.partition("/")[0] for path in schema.write_only}
    expected = {name: value for name, value in resource["Properties"].items() if name not in unread}
    if found is None:
        return drift | {"Status": "DELETED", "Expected": expected, "Actual": None, "Differences": []}
    expected = {name: value for name, value in expected.items() if name in found}
    # Services have numbers as text, and the other way round.
    actual = _as_far_as(expected, found if schema is None else schema.coerce(found))
    leaves = differences(expected, actual)
    status = "MODIFIED" if leaves else "IN_SYNC"
    return drift | {
        "Status": status,
        "Expected": expected,
        "Actual": actual,
        "Differences": [_difference(leaf) for leaf in leaves],
    }


def check_stack(run: Run, stack: Document, now: str, wanted: tuple[str, ...] = ()) -> tuple[str, int, str | None]:
    """Check the resources of a stack; return its drift status, how many drifted, and why some could not be checked."""
    failures = []
    for logical_id, resource in run.resources.items():
        if (wanted and logical_id not in wanted) or not _is_there(resource):
            continue
        try:
            resource["Drift"] = check_drift(run, stack, resource, now)
        except GatewrightError as error:
            failures.append(f"{logical_id}: {error}")
            continue
        with run.journal.step() as step:
            step.put_resource(resource)
    statuses = [resource.get("Drift", {}).get("Status") for resource in run.resources.values()]
    drifted = sum(status in {"MODIFIED", "DELETED"} for status in statuses)
    return ("DRIFTED" if drifted else "IN_SYNC"), drifted, "; ".join(failures) or None


def _is_there(resource: Document) -> bool:
    return bool(resource["PhysicalResourceId"]) and not resource["ResourceStatus"].startswith("DELETE_")


def _as_far_as(expected: Any, actual: Any) -> Any:
    """Return what is actual, without what the template does not set."""
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        return {name: _as_far_as(value, actual[name]) for name, value in expected.items() if name in actual}
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = zip(expected, actual, strict=True)
        return [_as_far_as(wanted, found) for wanted, found in pairs]
    return actual


def _difference(leaf: Leaf) -> dict[str, str]:
    kind = "REMOVE" if leaf.new is None else "ADD" if leaf.old is None else "NOT_EQUAL"
    return {
        "PropertyPath": f"/{'/'.join(leaf.path)}",
        "ExpectedValue": _text(leaf.old),
        "ActualValue": _text(leaf.new),
        "DifferenceType": kind,
    }


def shown_properties(properties: Properties | None) -> str | None:
    """Return properties as DescribeStackResourceDrifts shows them."""
    return None if properties is None else json.dumps(properties)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
