"""`AWS::Events::EventBusPolicy`: a statement in the policy of a bus. Ref is `BUS|STATEMENT`.

Source: AWS::Events::EventBusPolicy (AWS CloudFormation User Guide); PutPermission (Amazon EventBridge API Reference).
PutPermission replaces a whole policy by another: a statement is put among those that are there.
"""

import json
from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.json_text import json_text
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_DEFAULT_BUS: Final = "default"


def create(call: Call, properties: Properties) -> Resource:
    """Put the statement."""
    bus = properties.get("EventBusName", _DEFAULT_BUS)
    name = properties["StatementId"]
    if "Statement" in properties:
        _put_statement(call, bus, name, properties["Statement"])
    else:
        parameters = picked(properties, ("Action", "Principal", "Condition"))
        parameters |= {"EventBusName": bus, "StatementId": name}
        call.services.call("events", "PutPermission", parameters)
    return Resource(f"{bus}|{name}")


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Put it in the place of the old one."""
    delete(call, there, old)
    return create(call, new)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Remove the statement."""
    bus, _, name = there.physical_id.partition("|")
    with absence_is_done():
        call.services.call("events", "RemovePermission", {"EventBusName": bus, "StatementId": name})


def _put_statement(call: Call, bus: str, name: str, statement: Any) -> None:
    described = call.services.call("events", "DescribeEventBus", {"Name": bus})
    policy = json.loads(described.get("Policy") or '{"Version":"2012-10-17","Statement":[]}')
    given = json.loads(statement) if isinstance(statement, str) else dict(statement)
    others = [one for one in policy["Statement"] if one.get("Sid") != name]
    policy["Statement"] = [*others, {"Sid": name, **given}]
    call.services.call("events", "PutPermission", {"EventBusName": bus, "Policy": json_text(policy)})


TYPE: Final = ResourceType("AWS::Events::EventBusPolicy", create, update, delete)
