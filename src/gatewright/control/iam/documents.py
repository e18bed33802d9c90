"""The documents of IAM: their keys, names, ids and dates, and how they are listed.

IAM is global: a document has the region `aws-global` (the partition's). "Names are not distinguished by case"
(CreateRole, "API Reference"), so a document's id is its name in lower case, and the document has the name as it was
given. A part of something has the id `NAME/PART`. What an operation shows of a document is its
own to say.

Sources: "IAM identifiers", "IAM and AWS STS quotas" (IAM User Guide).
"""

import base64
from dataclasses import dataclass
from typing import Final

from gatewright.base.clock import utc
from gatewright.base.ids import Ids
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.errors import delete_conflict, no_such_entity
from gatewright.store.types import Document, Key, Reader, Writer

SERVICE: Final = "iam"


@dataclass(frozen=True, slots=True)
class Entity:
    """A kind of thing that has a name and a path."""

    kind: str
    """Of its documents; and of its ARNs."""
    name: str
    """The member that names it."""
    id: str
    """The member with its unique id."""
    id_prefix: str
    missing: str
    """The message where there is none, of its name."""

    @property
    def label(self) -> str:
        """Return what messages call it at their beginning, such as `Role`."""
        return self.name.removesuffix("Name")


_MISSING: Final = "The {kind} with name {{}} cannot be found."
ROLE: Final = Entity("role", "RoleName", "RoleId", "AROA", _MISSING.format(kind="role"))
USER: Final = Entity("user", "UserName", "UserId", "AIDA", _MISSING.format(kind="user"))
GROUP: Final = Entity("group", "GroupName", "GroupId", "AGPA", _MISSING.format(kind="group"))
INSTANCE_PROFILE: Final = Entity(
    "instance-profile", "InstanceProfileName", "InstanceProfileId", "AIPA", "Instance Profile {} cannot be found."
)
POLICY: Final = Entity("policy", "PolicyName", "PolicyId", "ANPA", "Policy {} was not found.")

PRINCIPALS: Final = (ROLE, USER, GROUP)
"""What policies are attached to."""

ACCESS_KEY: Final = "access-key"
"""By its id; the user's document lists the ids."""
ACCOUNT_ALIAS: Final = "account-alias"
ATTACHMENT: Final = "attachment"
"""`POLICY_ARN|KIND/NAME`: which principals a managed policy is attached to; their documents list the policies."""
BOUNDARY: Final = "boundary"
"""The same of permissions boundaries."""
MEMBERSHIP: Final = "membership"
"""`GROUP/USER`; the user's document lists the groups."""
POLICY_VERSION: Final = "policy-version"
"""`POLICY/NUMBER`."""


def entity_key(context: Context, entity: Entity, name: str) -> Key:
    """Return the key of something by its name."""
    return context.global_key(SERVICE, entity.kind, name.lower())


def find(context: Context, reader: Reader, entity: Entity, name: str) -> Document | None:
    """Return something by its name."""
    return reader.get(entity_key(context, entity, name))


def require(context: Context, reader: Reader, entity: Entity, name: str) -> Document:
    """Return something by its name. Raises NoSuchEntity."""
    found = find(context, reader, entity, name)
    if found is None:
        raise no_such_entity(entity.missing.format(name))
    return found


def put(context: Context, writer: Writer, entity: Entity, document: Document) -> None:
    """Keep something under its name."""
    writer.put(entity_key(context, entity, document[entity.name]), document)


def refuse_policies(principal: Document) -> None:
    """Raise DeleteConflict when something to be deleted still has policies."""
    if principal.get("AttachedPolicies"):
        raise delete_conflict("Cannot delete entity, must detach all policies first.")
    if principal.get("InlinePolicies"):
        raise delete_conflict("Cannot delete entity, must delete policies first.")


def new_document(context: Context, entity: Entity, request: Shape) -> Document:
    """Return what all entities begin with: path, name, id, ARN and date."""
    path, name = request.get("Path") or "/", request[entity.name]
    return {
        "Path": path,
        entity.name: name,
        entity.id: unique_id(context.ids, entity.id_prefix),
        "Arn": arn_of(context, entity, path, name),
        "CreateDate": now(context),
    }


def arn_of(context: Context, entity: Entity, path: str, name: str) -> str:
    """Return the ARN of something of the caller's account."""
    return f"arn:{context.caller.partition}:iam::{context.caller.account_id}:{entity.kind}{path}{name}"


def unique_id(ids: Ids, prefix: str) -> str:
    """Return an id such as `AROADBQP57FF2AEXAMPLE`."""
    # Entropy is in the last octets of a test's ids, so the text is taken from its end.
    return prefix + base64.b32encode(ids.uuid().bytes).decode().rstrip("=")[-17:]


def now(context: Context) -> str:
    """Return the time as IAM gives it, in whole seconds."""
    return as_date(context.clock.now())


def as_date(seconds: float) -> str:
    """Return a time since the epoch as IAM gives it, in whole seconds."""
    return utc(int(seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def list_all(context: Context, reader: Reader, kind: str, prefix: str = "") -> list[tuple[str, Document]]:
    """Return (id, document) of every document of a kind in the account, in the order of their ids."""
    return reader.list(context.caller.account_id, context.global_region, SERVICE, kind, prefix=prefix)
