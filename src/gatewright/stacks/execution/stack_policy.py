"""Stack policies: which updates of which resources are allowed.

Source: "Prevent updates to stack resources" (AWS CloudFormation User Guide); the errors as recorded of AWS (localstack,
test_stack_policies.snapshot.json).
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.execution.object_urls import read_object
from gatewright.stacks.resource_types.contract import Services

_ACTIONS: Final = frozenset({"Update:*", "Update:Modify", "Update:Replace", "Update:Delete"})
_INVALID: Final = AwsError("ValidationError", "Error validating stack policy: Invalid stack policy")


def policy_of(
    services: Services, request: Mapping[str, Any], body: str = "StackPolicyBody", url: str = "StackPolicyURL"
) -> str | None:
    """Return the text of the policy that a request gives, None when it gives none. Raises AwsError."""
    text, location = request.get(body), request.get(url)
    if text is not None and location is not None:
        raise AwsError("ValidationError", f"You cannot specify both {url} and {body}")
    if location is not None:
        text = read_object(services, location).decode("utf-8", "replace")
    if text is not None:
        _check(text)
    return text


def denial(policy: str | None, action: str, logical_id: str, resource_type: str) -> str | None:
    """Return why an action (`Update:Modify`) on a resource is not allowed; None when it is.

    Without a policy everything is allowed, with one what it allows and does not deny.
    """
    if policy is None:
        return None
    statements = _statements(json.loads(policy))
    if not statements:
        return None
    matching = [
        (number, statement)
        for number, statement in enumerate(statements, 1)
        if _matches(statement, action, logical_id, resource_type)
    ]
    for number, statement in matching:
        if statement["Effect"] == "Deny":
            listed = f"Statement [#{number}] does not allow [{_text(statement, 'Action')}]"
            return f"Action denied by stack policy: {listed} for resource [{_text(statement, 'Resource')}]"
    if matching:
        return None
    return f"Action not allowed by stack policy: no statement allows [{action}] for resource [{logical_id}]"


def _check(text: str) -> None:
    try:
        policy = json.loads(text)
    except ValueError as error:
        raise _INVALID from error
    if not isinstance(policy, dict) or not set(policy) <= {"Statement", "Version"}:
        raise _INVALID
    for statement in _statements(policy):
        if not isinstance(statement, dict) or statement.get("Effect") not in {"Allow", "Deny"}:
            raise _INVALID
        is_everybody = statement.get("Principal") in ("*", {"AWS": "*"}) or statement.get("NotPrincipal") == "*"
        if not is_everybody or not set(_values(statement, "Action") + _values(statement, "NotAction")) <= _ACTIONS:
            raise _INVALID
        if not _values(statement, "Action") + _values(statement, "NotAction"):
            raise _INVALID
        if not _values(statement, "Resource") + _values(statement, "NotResource"):
            raise _INVALID


def _statements(policy: Mapping[str, Any]) -> Sequence[Any]:
    statements = policy.get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def _matches(statement: Mapping[str, Any], action: str, logical_id: str, resource_type: str) -> bool:
    names = (f"LogicalResourceId/{logical_id}", logical_id)
    return (
        _selects(statement, "Action", (action,))
        and _selects(statement, "Resource", names)
        and _holds(statement.get("Condition") or {}, resource_type)
    )


def _selects(statement: Mapping[str, Any], member: str, names: Sequence[str]) -> bool:
    wanted, unwanted = _values(statement, member), _values(statement, f"Not{member}")
    if wanted:
        return any(_like(pattern, name) for pattern in wanted for name in names)
    return not any(_like(pattern, name) for pattern in unwanted for name in names)


def _holds(condition: Mapping[str, Any], resource_type: str) -> bool:
    for operator, keys in condition.items():
        for types in keys.values():
            listed = types if isinstance(types, list) else [types]
            is_there = any(_like(pattern, resource_type) for pattern in listed)
            if is_there == operator.startswith("StringNot"):
                return False
    return True


def _values(statement: Mapping[str, Any], member: str) -> list[str]:
    value = statement.get(member, [])
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _text(statement: Mapping[str, Any], member: str) -> str:
    return ", ".join(_values(statement, member) or _values(statement, f"Not{member}"))


def _like(pattern: str, name: str) -> bool:
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.fullmatch("".join(parts), name) is not None
