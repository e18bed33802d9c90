"""A stack of tests whose resources are in a moto server, called as a node calls its companion."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gatewright.base.errors import AwsError
from gatewright.server.companion.calls import Companion
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.schemas import Schema, schema_of
from gatewright.stacks.resource_types.table import TYPES

ACCOUNT = "123456789012"
REGION = "eu-west-1"
STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/shop/5f3c0f10-0000-4000-8000-000000000000"


NOT_GIVEN: Mapping[str, frozenset[str]] = {
    "AWS::DynamoDB::GlobalTable": frozenset({"StreamArn", "TableId"}),  # streams are not always there; no ids in moto
    "AWS::DynamoDB::Table": frozenset({"StreamArn"}),
    "AWS::EC2::NatGateway": frozenset({"AutoProvisionZones", "AutoScalingIps", "RouteTableId"}),  # of regional ones
    "AWS::EC2::Subnet": frozenset({"BlockPublicAccessStates"}),  # not in moto
    "AWS::Kinesis::Stream": frozenset({"WarmThroughputObject"}),  # not in moto
    "AWS::StepFunctions::StateMachine": frozenset({"StateMachineRevisionId"}),  # not in moto
}
"""Read-only properties of schemas that need not be attributes, with the reason beside them."""


@dataclass
class CompanionServices:
    """The seam `Services` over a companion. What was called is kept."""

    companion: Companion
    calls: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    fails: dict[str, AwsError] = field(default_factory=dict)
    """Operations that fail, and how."""

    def call(self, service: str, operation: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        self.calls.append((operation, dict(parameters or {})))
        if operation in self.fails:
            raise self.fails[operation]
        return self.companion.call(service, REGION, operation, parameters or {})

    def names(self) -> list[str]:
        """Return the operations that were called, and forget them."""
        names = [operation for operation, _ in self.calls]
        self.calls.clear()
        return names


@dataclass
class Stack:
    """Makes resources as those who execute stacks do."""

    services: CompanionServices
    random_part: str
    tags: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)

    def ask(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call an operation of the test's own."""
        return self.services.companion.call(service, REGION, operation, parameters)

    def call(self, logical_id: str = "Thing", **changes: Any) -> Call:
        """Return what one attempt is given."""
        system = {"stack-name": "shop", "stack-id": STACK_ID, "logical-id": logical_id}
        attempt = Call(
            services=self.services,
            account_id=ACCOUNT,
            region=REGION,
            partition="aws",
            stack_id=STACK_ID,
            stack_name="shop",
            logical_id=logical_id,
            token="6b1f1d2e-0000-4000-8000-00000000000a",
            random_part=self.random_part,
            pause=lambda seconds: None,
            tags={f"aws:cloudformation:{name}": value for name, value in system.items()} | self.tags,
            keep_id=lambda physical_id: self.kept.update({logical_id: physical_id}),
        )
        return replace(attempt, **changes)

    def create(self, type_name: str, logical_id: str = "Thing", /, **properties: Any) -> Resource:
        """Make a resource of properties as a template has them."""
        kind, schema = known(type_name)
        made = kind.create(self.call(logical_id), checked(schema, logical_id, properties))
        assert made.physical_id
        missing = {path for path in schema.read_only if "/" not in path} - set(made.attributes)
        assert missing <= NOT_GIVEN.get(type_name, frozenset()), f"{type_name}: attributes"
        return made

    def repeat(self, type_name: str, logical_id: str = "Thing", /, **properties: Any) -> Resource:
        """Make a resource once more, as after a crash."""
        kind, schema = known(type_name)
        return kind.create(self.call(logical_id, is_repeated=True), checked(schema, logical_id, properties))

    def update(
        self, type_name: str, there: Resource, old: Properties, new: Properties, logical_id: str = "Thing"
    ) -> Resource:
        """Change a resource in place."""
        kind, schema = known(type_name)
        before, after = checked(schema, logical_id, old), checked(schema, logical_id, new)
        assert schema.replaced_by(before, after) == ()
        assert kind.replaces is None or not kind.replaces(before, after)
        assert kind.update is not None
        changed = kind.update(self.call(logical_id), there, before, after)
        assert changed.physical_id == there.physical_id
        return changed

    def delete(self, type_name: str, there: Resource, logical_id: str = "Thing", /, **properties: Any) -> None:
        """Delete a resource, and once more: what is gone is no error."""
        kind, schema = known(type_name)
        for _ in range(2):
            kind.delete(self.call(logical_id), there, schema.coerce(properties))

    def read(self, type_name: str, there: Resource) -> Properties | None:
        kind, _ = known(type_name)
        assert kind.read is not None
        return kind.read(self.call(), there)


def known(type_name: str) -> tuple[ResourceType, Schema]:
    schema = schema_of(type_name)
    assert schema is not None
    return TYPES[type_name], schema


def checked(schema: Schema, logical_id: str, properties: Properties) -> dict[str, Any]:
    coerced = schema.coerce(properties)
    schema.check(logical_id, coerced)
    return coerced
