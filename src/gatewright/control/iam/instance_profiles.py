"""Instance profiles: records that hold a role for EC2 instances, of which there are none here.

Source: CreateInstanceProfile and its relatives in the "API Reference" (IAM); members and messages as recorded
(localstack, test_iam_instance_profiles.snapshot.json).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.documents import (
    INSTANCE_PROFILE,
    ROLE,
    entity_key,
    find,
    new_document,
    put,
    require,
)
from gatewright.control.iam.errors import already_exists, delete_conflict, limit_exceeded, no_such_entity
from gatewright.control.iam.markers import page_below_path, page_of
from gatewright.control.iam.roles import role_in_brief
from gatewright.control.iam.tag_sets import OF_INSTANCE_PROFILES
from gatewright.store.types import Document, Reader


def create_instance_profile(context: Context, request: Shape) -> Shape:
    """Create an instance profile without a role."""
    name = request["InstanceProfileName"]
    tags = OF_INSTANCE_PROFILES.checked(request.get("Tags") or ())
    profile = {**new_document(context, INSTANCE_PROFILE, request), "Roles": [], "Tags": tags}
    with context.store.write() as writer:
        if find(context, writer, INSTANCE_PROFILE, name) is not None:
            raise already_exists(f"Instance Profile {name} already exists.")
        put(context, writer, INSTANCE_PROFILE, profile)
    return {"InstanceProfile": {**profile, "Tags": tags or None}}


def get_instance_profile(context: Context, request: Shape) -> Shape:
    """Return an instance profile with its role and tags."""
    with context.store.read() as reader:
        profile = require(context, reader, INSTANCE_PROFILE, request["InstanceProfileName"])
        return {"InstanceProfile": {**shown_profile(context, reader, profile), "Tags": profile["Tags"]}}


def list_instance_profiles(context: Context, request: Shape) -> Shape:
    """List instance profiles by name, those below a path only where one is given."""
    with context.store.read() as reader:
        shown, rest = page_below_path(context, reader, INSTANCE_PROFILE, request, "ListInstanceProfiles")
        return {"InstanceProfiles": [shown_profile(context, reader, profile) for profile in shown], **rest}


def list_instance_profiles_for_role(context: Context, request: Shape) -> Shape:
    """List the instance profiles that a role is in."""
    with context.store.read() as reader:
        role = require(context, reader, ROLE, request["RoleName"])
        profiles = profiles_of_role(context, reader, role)
    listed = [(profile["InstanceProfileName"].lower(), profile) for profile in profiles]
    shown, rest = page_of(request, f"ListInstanceProfilesForRole/{role['RoleName']}", listed)
    return {"InstanceProfiles": shown, **rest}


def add_role_to_instance_profile(context: Context, request: Shape) -> Shape:
    """Put a role into an instance profile, which can hold one."""
    with context.store.write() as writer:
        profile = require(context, writer, INSTANCE_PROFILE, request["InstanceProfileName"])
        role = require(context, writer, ROLE, request["RoleName"])
        if profile["Roles"]:
            raise limit_exceeded("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")
        profile["Roles"] = [role["RoleName"]]
        role.setdefault("InstanceProfiles", []).append(profile["InstanceProfileName"])
        put(context, writer, INSTANCE_PROFILE, profile)
        put(context, writer, ROLE, role)
    return {}


def remove_role_from_instance_profile(context: Context, request: Shape) -> Shape:
    """Take a role out of an instance profile."""
    with context.store.write() as writer:
        profile = require(context, writer, INSTANCE_PROFILE, request["InstanceProfileName"])
        role = require(context, writer, ROLE, request["RoleName"])
        if role["RoleName"] not in profile["Roles"]:
            where = f"Role {role['RoleName']} in Instance Profile {profile['InstanceProfileName']}"
            raise no_such_entity(f"{where} cannot be found.")
        profile["Roles"] = []
        role["InstanceProfiles"].remove(profile["InstanceProfileName"])
        put(context, writer, INSTANCE_PROFILE, profile)
        put(context, writer, ROLE, role)
    return {}


def delete_instance_profile(context: Context, request: Shape) -> Shape:
    """Delete an instance profile that holds no role."""
    name = request["InstanceProfileName"]
    with context.store.write() as writer:
        profile = require(context, writer, INSTANCE_PROFILE, name)
        if profile["Roles"]:
            raise delete_conflict("Cannot delete entity, must remove roles from instance profile first.")
        writer.delete(entity_key(context, INSTANCE_PROFILE, name))
    return {}


def shown_profile(context: Context, reader: Reader, profile: Document) -> Document:
    """Return an instance profile as listings show it."""
    roles = [role_in_brief(require(context, reader, ROLE, name)) for name in profile["Roles"]]
    return {name: value for name, value in profile.items() if name != "Tags"} | {"Roles": roles}


def profiles_of_role(context: Context, reader: Reader, role: Document) -> list[Document]:
    """Return the instance profiles that a role is in, by name."""
    names = sorted(role.get("InstanceProfiles", ()), key=str.lower)
    return [shown_profile(context, reader, require(context, reader, INSTANCE_PROFILE, name)) for name in names]


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateInstanceProfile": create_instance_profile,
        "GetInstanceProfile": get_instance_profile,
        "ListInstanceProfiles": list_instance_profiles,
        "ListInstanceProfilesForRole": list_instance_profiles_for_role,
        "AddRoleToInstanceProfile": add_role_to_instance_profile,
        "RemoveRoleFromInstanceProfile": remove_role_from_instance_profile,
        "DeleteInstanceProfile": delete_instance_profile,
    }
)
