"""A node's stacks with resource types that keep what they make in memory, and that fail or wait when told to."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gatewright.base.clock import SystemClock
from gatewright.base.errors import AwsError
from gatewright.base.ids import Ids
from gatewright.base.operations import Caller
from gatewright.stacks.execution.own_types import find_own_types
from gatewright.stacks.execution.places import Place
from gatewright.stacks.execution.responses import Responses
from gatewright.stacks.execution.runs import StackRuns
from gatewright.stacks.execution.surroundings import Schema, Surroundings
from gatewright.stacks.operations import OPERATIONS
from gatewright.stacks.operations.context import StackContext
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.store import open_store
from gatewright.store.types import Store

PLACE = Place("123456789012", "us-east-1")
THING = "AWS::SSM::Parameter"
FIXED = "AWS::SNS::Topic"
"""A type whose TopicName replaces."""
GROUP = "AWS::IAM::Group"
SECONDS = 20


class Killed(BaseException):
    """Ends a thread as the end of the process would: nobody catches it."""


@dataclass
class World:
    """What is outside of stacks: it stays when a node is killed."""

    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Physical id → properties."""
    calls: list[str] = field(default_factory=list)
    """`create Name`, `update Name`, `delete Name`, in their order, by logical id."""
    failing: dict[str, str] = field(default_factory=dict)
    """`create Name` → the message of its error."""
    failing_again: dict[str, str] = field(default_factory=dict)
    """`update Name` → the message of its error, from the second time on."""
    blocked: dict[str, threading.Event] = field(default_factory=dict)
    """`create Name` → what it waits for."""
    killing: set[str] = field(default_factory=set)
    """`create Name` in which the node is killed, after it was done."""
    objects: dict[str, str] = field(default_factory=dict)
    """`bucket/key` → text."""
    functions: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = field(default_factory=dict)
    at_once: int = 0
    most_at_once: int = 0
    guard: threading.Lock = field(default_factory=threading.Lock)

    def do(self, call: Call, what: str, act: Callable[[], None]) -> None:
        """Do something to a thing, as far as the test lets it."""
        name = f"{what} {call.logical_id}"
        with self.guard:
            self.calls.append(name)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if name in self.blocked:
                self.blocked[name].wait(SECONDS)
            if name in self.failing:
                raise AwsError("InvalidParameterValue", self.failing[name])
            if name in self.failing_again and self.calls.count(name) > 1:
                raise AwsError("InvalidParameterValue", self.failing_again[name])
            act()
            if name in self.killing:
                raise Killed
        finally:
            with self.guard:
                self.at_once -= 1


@dataclass(frozen=True)
class FakeServices:
    """S3 and Lambda as far as stacks call them."""

    world: World

    def call(self, service: str, operation: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        given = dict(parameters or {})
        if (service, operation) == ("s3", "GetObject"):
            text = self.world.objects.get(f"{given['Bucket']}/{given['Key']}")
            if text is None:
                raise AwsError("NoSuchKey", "The specified key does not exist.", status=404)
            return {"Body": text.encode()}
        if (service, operation) == ("lambda", "Invoke"):
            function = self.world.functions.get(given["FunctionName"])
            if function is None:
                raise AwsError("ResourceNotFoundException", f"Function not found: {given['FunctionName']}", status=404)
            return function(json.loads(given["Payload"]))
        raise AwsError("NotImplemented", f"{service} {operation}", status=501)


@dataclass(frozen=True)
class FakeSchema:
    """Facts of a type."""

    create_only: tuple[str, ...] = ()
    conditional_create_only: tuple[str, ...] = ()
    primary_identifier: tuple[str, ...] = ()
    write_only: tuple[str, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)

    def coerce(self, properties: Properties) -> dict[str, Any]:
        return dict(properties)

    def check(self, logical_id: str, properties: Properties) -> None:
        if "Unknown" in properties:
            message = "#: extraneous key [Unknown] is not permitted"
            raise AwsError(
                "ValidationError", f"Properties validation failed for resource {logical_id} with message:\n[{message}]"
            )

    def replaced_by(self, old: Properties, new: Properties) -> tuple[str, ...]:
        return tuple(path for path in self.create_only if old.get(path) != new.get(path))


SCHEMAS: Mapping[str, Schema] = {
    THING: FakeSchema(create_only=("Name",), properties={"Name": {}, "Value": {}, "Tags": {}}),
    FIXED: FakeSchema(create_only=("TopicName",), primary_identifier=("TopicArn",)),
}


def thing_type(world: World, name: str, naming: str) -> ResourceType:
    """Return a type of things that are named by a property, or by their stack."""

    def attributes(physical_id: str, properties: Properties) -> dict[str, Any]:
        return {"Arn": f"arn:thing:{physical_id}", "Value": properties.get("Value", ""), naming: physical_id}

    def create(call: Call, properties: Properties) -> Resource:
        physical_id = properties.get(naming) or call.physical_name()
        if properties.get("Steps"):
            call.keep_id(physical_id)
            call.wait(0.001)

        def act() -> None:
            made = {**properties, "Token": call.token}
            there = world.things.get(physical_id)
            if there is not None and there["Token"] != call.token:
                raise AwsError("AlreadyExistsException", f"{physical_id} already exists")
            world.things[physical_id] = made

        world.do(call, "create", act)
        return Resource(physical_id, attributes(physical_id, properties))

    def update(call: Call, resource: Resource, old: Properties, new: Properties) -> Resource:
        world.do(call, "update", lambda: world.things[resource.physical_id].update(new))
        return Resource(resource.physical_id, attributes(resource.physical_id, new))

    def delete(call: Call, resource: Resource, properties: Properties) -> None:
        world.do(call, "delete", lambda: world.things.pop(resource.physical_id, None) and None)

    def read(call: Call, resource: Resource) -> Properties | None:
        return world.things.get(resource.physical_id)

    return ResourceType(name, create, update, delete, read)


@dataclass
class Stacks:
    """The stacks of one node over a store and a world."""

    store: Store = field(default_factory=lambda: open_store(None))
    world: World = field(default_factory=World)

    def __post_init__(self) -> None:
        ids = Ids()
        namings = {THING: "Name", FIXED: "TopicName", GROUP: "GroupName"}
        types = {name: thing_type(self.world, name, naming) for name, naming in namings.items()}
        self.responses = Responses(self.store, ids)
        surroundings = Surroundings(
            store=self.store,
            clock=SystemClock(),
            ids=ids,
            find_type=types.get,
            schema_of=SCHEMAS.get,
            services=lambda place: FakeServices(self.world),
            expect=lambda types: None,
            catch_up=lambda: None,
            response_url=lambda secret: f"http://node/responses/{secret}",
        )
        self.runs = StackRuns(surroundings, find_own_types(self.responses))

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """Call an operation and wait for what it began."""
        context = self.begin(operation, request)
        for uuid in context.begun:
            future = self.runs.future(uuid)
            if future is not None:
                future.result(SECONDS)
        return self.answer

    def begin(self, operation: str, request: dict[str, Any]) -> StackContext:
        """Call an operation; what it began goes on."""
        context = StackContext(Caller("123456789012", "us-east-1", "request"), self.runs)
        self.answer: dict[str, Any] = dict(OPERATIONS[operation](context, request))
        return context

    def refused(self, operation: str, **request: Any) -> str:
        """Return the code and message with which an operation is refused."""
        try:
            self.call(operation, **request)
        except AwsError as error:
            return f"{error.code}: {error.message}"
        raise AssertionError(f"{operation} was not refused")

    def stack(self, name: str = "app") -> dict[str, Any]:
        (stack,) = self.call("DescribeStacks", StackName=name)["Stacks"]
        return dict(stack)

    def status(self, name: str = "app") -> str:
        return str(self.stack(name)["StackStatus"])

    def settled(self, uuid: str, name: str = "app") -> str:
        """Return the status of a stack that is not worked on any more, as the one with a UUID."""
        future = self.runs.future(uuid)
        if future is not None:
            future.result(SECONDS)
        return self.status(name)

    def events(self, name: str = "app") -> list[tuple[str, str, str]]:
        """Return (logical id, status, reason) of a stack's events, the oldest first."""
        found = self.call("DescribeStackEvents", StackName=name)["StackEvents"]
        return [
            (event["LogicalResourceId"], event["ResourceStatus"], event.get("ResourceStatusReason", ""))
            for event in reversed(found)
        ]

    def resources(self, name: str = "app") -> dict[str, dict[str, Any]]:
        """Return the resources of a stack by logical id."""
        found = self.call("DescribeStackResources", StackName=name)["StackResources"]
        return {resource["LogicalResourceId"]: resource for resource in found}


def template(resources: Mapping[str, Any], **sections: Any) -> str:
    """Return the text of a template."""
    return json.dumps({"Resources": resources, **sections})


def nested(key: str = "child.json", **parameters: Any) -> dict[str, Any]:
    """Return a nested stack with a template in the bucket `templates`."""
    url = f"https://s3.amazonaws.com/templates/{key}"
    return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url, "Parameters": parameters}}


def child(value: Any = None, outputs: Mapping[str, Any] | None = None, **resources: Any) -> str:
    """Return the template of a nested stack with a Thing, which has the parameter Value as its value."""
    parameters = {"Value": {"Type": "String", "Default": "none"}}
    made = {"Made": {"Value": {"Ref": "Thing"}}, **(outputs or {})}
    return template({"Thing": thing(value or {"Ref": "Value"}), **resources}, Parameters=parameters, Outputs=made)


def thing(value: Any = "1", **members: Any) -> dict[str, Any]:
    """Return a resource of the type THING."""
    properties = {"Type": "String", "Value": value, **members.pop("Properties", {})}
    return {"Type": THING, "Properties": properties, **members}
