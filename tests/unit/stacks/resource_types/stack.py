"""A stack of tests: resource types run against the control planes of a node, their calls checked by the services'
models."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from gatewright.aws.operation import Operation
from gatewright.aws.service import Service, load_service
from gatewright.aws.shapes import Shape as ModelShape
from gatewright.aws.validation import message, violations
from gatewright.base.errors import AwsError
from gatewright.base.ids import Ids
from gatewright.control import apigateway, apigatewayv2, iam, lambda_, logs
from gatewright.control.context import Context, Node, ProvisionedEnvironments
from gatewright.stacks.resource_types.contract import Call, Cancelled, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.schemas import Schema, schema_of
from gatewright.stacks.resource_types.table import TYPES
from tests.unit.control.contexts import Contexts

ACCOUNT = "123456789012"
REGION = "us-east-1"
STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/shop/5f3c0f10-0000-4000-8000-000000000000"
SERVICES: Mapping[str, Mapping[str, Callable[[Context, Any], Any]]] = {
    "apigateway": apigateway.OPERATIONS,
    "apigatewayv2": apigatewayv2.OPERATIONS,
    "iam": iam.OPERATIONS,
    "lambda": lambda_.OPERATIONS,
    "logs": logs.OPERATIONS,
}
"""The control planes; what AWS serves from the data plane is not called by resource types."""
NOT_GIVEN: Mapping[str, frozenset[str]] = {}
"""Read-only properties of schemas that Fn::GetAtt does not give, with the reason beside them."""


@cache
def service_model(name: str) -> Service:
    return load_service(name)


def check_known(shape: ModelShape, value: Any, path: str) -> None:
    """Fail for members that a model does not have: botocore would refuse them, and so must the seam."""
    if shape.type == "structure" and not shape.is_document and isinstance(value, Mapping):
        unknown = sorted(value.keys() - shape.members.keys())
        assert unknown == [], f"{path} has no {unknown}"
        for key, one in value.items():
            check_known(shape.members[key].shape, one, f"{path}.{key}")
    elif shape.type == "list" and isinstance(value, list):
        for one in value:
            check_known(shape.members["member"].shape, one, f"{path}[]")
    elif shape.type == "map" and isinstance(value, Mapping):
        for one in value.values():
            check_known(shape.members["value"].shape, one, f"{path}{{}}")
    elif value is not None:
        kinds = {"string": str, "blob": bytes, "boolean": bool, "integer": int, "long": int, "list": list}
        kind = kinds.get(shape.type)
        assert kind is None or (isinstance(value, kind) and isinstance(value, bool) is (kind is bool)), (path, value)


@dataclass
class OwnServices:
    """The seam `Services` over the operations of the control planes, as the composition root makes it."""

    context: Context
    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    """What S3 has, by bucket and key."""
    calls: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    fails: dict[str, AwsError] = field(default_factory=dict)
    """Operations that fail, and how."""
    before: Callable[[str], None] = lambda operation: None
    scripted: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Outputs of operations that the control planes do not have, in the order of calls; the last one stays."""

    def call(self, service: str, operation: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        request = dict(parameters or {})
        self.calls.append((service, operation, request))
        self.before(operation)
        if operation in self.fails:
            raise self.fails[operation]
        if (service, operation) == ("s3", "GetObject"):
            return self._object(request)
        modeled = self.check(service, operation, request)
        if operation in self.scripted:
            outputs = self.scripted[operation]
            return dict(outputs.pop(0) if len(outputs) > 1 else outputs[0])
        run = SERVICES[service].get(modeled.name)
        if run is None:
            raise AwsError("NotImplemented", f"{operation} is not implemented by gatewright.", status=501)
        return dict(run(self.context, request))

    def _object(self, request: Mapping[str, Any]) -> dict[str, Any]:
        content = self.objects.get((request["Bucket"], request["Key"]))
        if content is None:
            raise AwsError("NoSuchKey", "The specified key does not exist.", status=404)
        return {"Body": content}

    def check(self, service: str, operation: str, request: Mapping[str, Any]) -> Operation:
        """Return the operation as its model has it. Raises AwsError for parameters that it would refuse."""
        model = service_model(service)
        modeled = model.operation(operation)
        assert modeled is not None, f"{service} has no operation {operation}"
        if modeled.input is not None:
            check_known(modeled.input.shape, request, operation)
        else:
            assert request == {}
        if found := violations(modeled, request):
            raise AwsError(model.corrections.validation_error or "ValidationException", message(found))
        return modeled

    def sent(self, operation: str) -> Mapping[str, Any]:
        """Return the parameters of the last call of an operation."""
        return next(request for _, name, request in reversed(self.calls) if name == operation)

    def names(self) -> list[str]:
        """Return the operations that were called, and forget them."""
        called = [operation for _, operation, _ in self.calls]
        self.calls.clear()
        return called


@dataclass
class Stack:
    """Makes resources as those who execute stacks do."""

    contexts: Contexts = field(default_factory=Contexts)
    tags: dict[str, str] = field(default_factory=dict)
    provisioned: dict[str, ProvisionedEnvironments] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    is_stopping: bool = False

    def __post_init__(self) -> None:
        context = self.contexts.context()
        node = replace(
            context.node,
            fetch_object=lambda caller, bucket, key, version: self.services.objects[bucket, key],
            provisioned_environments=lambda arn, qualifier: self.provisioned.get(
                qualifier, ProvisionedEnvironments(allocated=1000, available=1000)
            ),
        )
        caller = replace(context.caller, called_via="cloudformation.amazonaws.com")
        self.services = OwnServices(replace(context, node=node, caller=caller, ids=Ids()))

    @property
    def node(self) -> Node:
        return self.services.context.node

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
            random_part="a1B2c3D4e5F6",
            pause=self._pause,
            tags={f"aws:cloudformation:{name}": value for name, value in system.items()} | self.tags,
            keep_id=lambda physical_id: self.kept.update({logical_id: physical_id}),
        )
        return replace(attempt, **changes)

    def create(self, type_name: str, logical_id: str = "Thing", /, **properties: Any) -> Resource:
        """Make a resource of properties as a template has them."""
        kind, schema = known(type_name)
        made = kind.create(self.call(logical_id), checked(schema, logical_id, properties))
        assert made.physical_id
        missing = {path.replace("/", ".") for path in schema.read_only} - made.attributes.keys()
        assert missing == NOT_GIVEN.get(type_name, frozenset()), f"{type_name}: attributes"
        return made

    def update(
        self, type_name: str, there: Resource, old: Properties, new: Properties, logical_id: str = "Thing"
    ) -> Resource:
        """Change a resource in place."""
        kind, schema = known(type_name)
        before, after = checked(schema, logical_id, old), checked(schema, logical_id, new)
        assert schema.replaced_by(before, after) == ()
        assert kind.update is not None
        changed = kind.update(self.call(logical_id), there, before, after)
        assert changed.physical_id == there.physical_id
        return changed

    def delete(self, type_name: str, there: Resource, logical_id: str = "Thing", /, **properties: Any) -> None:
        """Delete a resource, and once more: what is gone is no error."""
        kind, schema = known(type_name)
        for _ in range(2):
            kind.delete(self.call(logical_id), there, checked(schema, logical_id, properties))

    def repeat(self, type_name: str, logical_id: str = "Thing", /, **properties: Any) -> Resource:
        """Make a resource once more, as after a crash."""
        kind, schema = known(type_name)
        return kind.create(self.call(logical_id, is_repeated=True), checked(schema, logical_id, properties))

    def _pause(self, seconds: float) -> None:
        if self.is_stopping:
            raise Cancelled("stop")
        self.waits.append(seconds)


def known(type_name: str) -> tuple[ResourceType, Schema]:
    schema = schema_of(type_name)
    assert schema is not None
    return TYPES[type_name], schema


def checked(schema: Schema, logical_id: str, properties: Properties) -> dict[str, Any]:
    coerced = schema.coerce(properties)
    schema.check(logical_id, coerced)
    return coerced
