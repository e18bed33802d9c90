"""Tags of roles, users, customer managed policies and instance profiles.

Source: TagRole and its relatives in the "API Reference" (IAM).
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.documents import INSTANCE_PROFILE, POLICY, ROLE, USER, Entity, put, require
from gatewright.control.iam.errors import invalid_input
from gatewright.control.iam.managed_policies import is_aws_managed, require_policy
from gatewright.control.iam.markers import page_of
from gatewright.control.iam.tag_sets import OF_INSTANCE_PROFILES, OF_POLICIES, OF_PRINCIPALS, TagRules
from gatewright.store.types import Document, Reader


@dataclass(frozen=True, slots=True)
class Tagged:
    """A kind of thing that has tags."""

    entity: Entity
    rules: TagRules

    def require(self, context: Context, reader: Reader, request: Shape) -> Document:
        """Return what a request names. Raises NoSuchEntity."""
        if self.entity is not POLICY:
            return require(context, reader, self.entity, request[self.entity.name])
        arn = request["PolicyArn"]
        if is_aws_managed(arn):
            raise invalid_input(f"The policy {arn} is managed by AWS and has no tags.")
        return require_policy(context, reader, arn)


def tag(tagged: Tagged, context: Context, request: Shape) -> Shape:
    """Add tags, in the place of those with the same keys."""
    with context.store.write() as writer:
        document = tagged.require(context, writer, request)
        document["Tags"] = tagged.rules.added(document["Tags"], request["Tags"])
        put(context, writer, tagged.entity, document)
    return {}


def untag(tagged: Tagged, context: Context, request: Shape) -> Shape:
    """Remove tags by their keys."""
    with context.store.write() as writer:
        document = tagged.require(context, writer, request)
        document["Tags"] = tagged.rules.without(document["Tags"], request["TagKeys"])
        put(context, writer, tagged.entity, document)
    return {}


def list_tags(tagged: Tagged, context: Context, request: Shape) -> Shape:
    """List the tags of one thing."""
    with context.store.read() as reader:
        document = tagged.require(context, reader, request)
    shown, rest = page_of(request, f"tags/{document['Arn']}", tagged.rules.in_order(document["Tags"]))
    return {"Tags": shown, **rest}


_TAGGED: Final = MappingProxyType(
    {
        "Role": Tagged(ROLE, OF_PRINCIPALS),
        "User": Tagged(USER, OF_PRINCIPALS),
        "Policy": Tagged(POLICY, OF_POLICIES),
        "InstanceProfile": Tagged(INSTANCE_PROFILE, OF_INSTANCE_PROFILES),
    }
)
"""By what the operations are called after."""
_OPERATIONS: Final = MappingProxyType({"Tag{}": tag, "Untag{}": untag, "List{}Tags": list_tags})

OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        name.format(kind): functools.partial(operation, tagged)
        for kind, tagged in _TAGGED.items()
        for name, operation in _OPERATIONS.items()
    }
)
