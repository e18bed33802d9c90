"""A role's document, compiled: what of it decides who may assume it."""

from gatewright.snapshot.types import Role
from gatewright.store.types import Key, Reader


def compile_role(reader: Reader, key: Key) -> Role | None:
    """Compile a role; None when there is none of that name. Raises `KeyError`."""
    document = reader.get(key)
    return None if document is None else Role(document["Arn"], document["AssumeRolePolicyDocument"])
