"""What a resource type is, and what one attempt to create, update or delete a resource is given.

Who executes stacks (`stacks.execute` and its like) makes a `Call` for each attempt, and coerces and validates
properties (`schemas`) before `create` and `update` see them. Resource types call services through `Services` only.
They raise `AwsError` for what becomes the resource's status reason; `Cancelled`, from `Call.wait`, passes through
them.

Rules for resource types:

- A create may be repeated after the node was killed, with the same `Call.physical_name` and `Call.token`, and with
  `Call.is_repeated`. It then adopts what its first attempt made; what somebody else made fails it.
- A create of several calls tells `Call.keep_id` as soon as there is something to delete: a create that fails later is
  followed by a `delete` of that id, with no attributes.
- A delete of what is gone already is done.

Sources: "Resource type handler contract" (CloudFormation Command Line Interface User Guide); "Name type" and
"Resource tags" (AWS CloudFormation User Guide).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias

from gatewright.base.errors import GatewrightError

Properties = Mapping[str, Any]
"""The properties of a resource as its schema has them: every function of the template evaluated, values coerced."""


class Cancelled(GatewrightError):
    """The operation on the stack is to stop; raised by `Call.wait`."""


class Services(Protocol):
    """The AWS APIs of this node and of its companion, in the account and region of a stack."""

    def call(self, service: str, operation: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Call an operation, such as `("sqs", "CreateQueue", {"QueueName": "jobs"})`, and return its output.

        `service` is botocore's name. Parameters are checked by the service's model; blobs are bytes, and streams of an
        output, such as the Body of GetObject, have been read into bytes. Raises AwsError.
        """
        ...


def _forget(physical_id: str) -> None:
    """Keep nothing: for calls whose resource has its id already."""


def made_up_name(stack_name: str, logical_id: str, random_part: str, maximum: int) -> str:
    """Return the name that CloudFormation makes up: `{stack}-{logical id}-{random}`, at most `maximum` characters.

    What is too long is cut: the longer of the two names, or both to a half each. Observed: a stack
    `MyStackDev-MyNestedApplication-K87FLFVLYVQJ` with a function `MyLambdaFunctionName` made
    `MyStackDev-MyNestedApplicatio-MyLambdaFunctionName-1U44TLUZ7OR55`.
    """
    room = maximum - len(random_part) - 2
    half = room // 2
    logical_room = max(half, room - len(stack_name))
    logical_part = logical_id[:logical_room]
    stack_part = stack_name[: room - len(logical_part)]
    return f"{stack_part}-{logical_part}-{random_part}"


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt to create, update, delete or read a resource."""

    services: Services
    account_id: str
    region: str
    partition: str
    stack_id: str
    stack_name: str
    logical_id: str
    token: str
    """The idempotency token of this attempt, a UUID; the same when it is repeated after a crash."""
    random_part: str
    """Twelve letters and digits for `physical_name`; the same when the attempt is repeated after a crash."""
    pause: Callable[[float], None]
    """Waits some seconds. Raises Cancelled when the operation is to stop."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """The stack's tags, and `aws:cloudformation:stack-name`, `:stack-id` and `:logical-id`."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """The Metadata attribute of the resource."""
    keep_id: Callable[[str], None] = _forget
    """Makes the physical id of a resource that is being created durable."""
    is_repeated: bool = False
    """Whether an attempt with this token was begun before, and the node was killed in it."""
    earlier_id: str | None = None
    """What `keep_id` was told by the attempt that a crash ended."""

    def physical_name(self, maximum: int = 64, *, lower: bool = False, suffix: str = "") -> str:
        """Return the name that CloudFormation makes up (`made_up_name`)."""
        name = made_up_name(self.stack_name, self.logical_id, self.random_part, maximum - len(suffix))
        return (name.lower() if lower else name) + suffix

    def short_id(self) -> str:
        """Return the id of what has no name, such as `nzshm-ApiGa-1INIKWVV0NBA`: observed of policies and methods."""
        return f"{self.stack_name[:5]}-{self.logical_id[:5]}-{self.random_part.upper()}"

    def has_made(self, name: str) -> bool:
        """Tell whether an earlier attempt made what has this name: it has our random part, or `keep_id` was told."""
        return self.is_repeated and (self.random_part in name or name == self.earlier_id)

    def wait(self, seconds: float) -> None:
        """Wait before asking a service again. Raises Cancelled when the operation is to stop."""
        self.pause(seconds)

    def arn(self, service: str, resource: str) -> str:
        """Return an ARN in the stack's account and region, such as of `("sqs", "jobs")`."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource that is there."""

    physical_id: str
    """What Ref gives."""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """What Fn::GetAtt gives, by its name (`Arn`, `Endpoint.Address`): text, numbers, lists, as JSON has them."""


@dataclass(frozen=True, slots=True)
class ResourceType:
    """How resources of a type are made, changed and removed."""

    name: str
    """Such as `AWS::SQS::Queue`."""
    create: Callable[[Call, Properties], Resource]
    update: Callable[[Call, Resource, Properties, Properties], Resource] | None
    """Given what is there, the old properties and the new ones. None: every change replaces the resource."""
    delete: Callable[[Call, Resource, Properties], None]
    read: Callable[[Call, Resource], Properties | None] | None = None
    """The current properties, for drift detection; its result is None when the resource is gone."""
    is_record: bool = False
    """Whether there is nothing behind it: kept and answered, as the docs say."""
    replaces: Callable[[Properties, Properties], bool] | None = None
    """Whether a change of old properties into new ones replaces the resource, beyond the schema's createOnly ones."""
    restore: Callable[[Call, Resource, Properties, Properties], Resource] | None = None
    """What a roll-back does instead of `update`: given what is there, the changed properties and those of before."""
    settle: Callable[[Call, Resource], None] | None = None
    """Does what was put off until there is no way back: the clean-up of the stack calls it."""
    is_outdated: Callable[[Call, Resource, Properties], bool] | None = None
    """Whether a resource is to be updated although its properties stay as they are: what they name has changed."""


Family: TypeAlias = Mapping[str, ResourceType]
"""The resource types of a service, by their names."""


def family(*types: ResourceType) -> Family:
    """Return resource types by their names."""
    return MappingProxyType({one.name: one for one in types})
