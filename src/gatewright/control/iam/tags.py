"""Tags of roles, users, customer managed policies and instance profiles.

Source: TagRole and its relatives in the "API Reference" (IAM).
"""

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


_ROLE: Final = Tagged(ROLE, OF_PRINCIPALS)
_USER: Final = Tagged(USER, OF_PRINCIPALS)
_POLICY: Final = Tagged(POLICY, OF_POLICIES)
_INSTANCE_PROFILE: Final = Tagged(INSTANCE_PROFILE, OF_INSTANCE_PROFILES)


def tag_role(context: Context, request: Shape) -> Shape:
    """Add tags to a role."""
    return _tag(context, _ROLE, request)


def untag_role(context: Context, request: Shape) -> Shape:
    """Remove tags from a role."""
    return _untag(context, _ROLE, request)


def list_role_tags(context: Context, request: Shape) -> Shape:
    """List a role's tags."""
    return _list(context, _ROLE, request)


def tag_user(context: Context, request: Shape) -> Shape:
    """Add tags to a user."""
    return _tag(context, _USER, request)


def untag_user(context: Context, request: Shape) -> Shape:
    """Remove tags from a user."""
    return _untag(context, _USER, request)


def list_user_tags(context: Context, request: Shape) -> Shape:
    """List a user's tags."""
    return _list(context, _USER, request)


def tag_policy(context: Context, request: Shape) -> Shape:
    """Add tags to a customer managed policy."""
    return _tag(context, _POLICY, request)


def untag_policy(context: Context, request: Shape) -> Shape:
    """Remove tags from a customer managed policy."""
    return _untag(context, _POLICY, request)


def list_policy_tags(context: Context, request: Shape) -> Shape:
    """List a customer managed policy's tags."""
    return _list(context, _POLICY, request)


def tag_instance_profile(context: Context, request: Shape) -> Shape:
    """Add tags to an instance profile."""
    return _tag(context, _INSTANCE_PROFILE, request)


def untag_instance_profile(context: Context, request: Shape) -> Shape:
    """Remove tags from an instance profile."""
    return _untag(context, _INSTANCE_PROFILE, request)


def list_instance_profile_tags(context: Context, request: Shape) -> Shape:
    """List an instance profile's tags."""
    return _list(context, _INSTANCE_PROFILE, request)


def _tag(context: Context, tagged: Tagged, request: Shape) -> Shape:
    with context.store.write() as writer:
        document = tagged.require(context, writer, request)
        document["Tags"] = tagged.rules.added(document["Tags"], request["Tags"])
        put(context, writer, tagged.entity, document)
    return {}


def _untag(context: Context, tagged: Tagged, request: Shape) -> Shape:
    with context.store.write() as writer:
        document = tagged.require(context, writer, request)
        document["Tags"] = tagged.rules.without(document["Tags"], request["TagKeys"])
        put(context, writer, tagged.entity, document)
    return {}


def _list(context: Context, tagged: Tagged, request: Shape) -> Shape:
    with context.store.read() as reader:
        document = tagged.require(context, reader, request)
    shown, rest = page_of(request, f"tags/{document['Arn']}", tagged.rules.in_order(document["Tags"]))
    return {"Tags": shown, **rest}


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "TagRole": tag_role,
        "UntagRole": untag_role,
        "ListRoleTags": list_role_tags,
        "TagUser": tag_user,
        "UntagUser": untag_user,
        "ListUserTags": list_user_tags,
        "TagPolicy": tag_policy,
        "UntagPolicy": untag_policy,
        "ListPolicyTags": list_policy_tags,
        "TagInstanceProfile": tag_instance_profile,
        "UntagInstanceProfile": untag_instance_profile,
        "ListInstanceProfileTags": list_instance_profile_tags,
    }
)
