"""Where the documents of stacks are, and how stacks and change sets are named.

    stack        UUID                  what DescribeStacks says of a stack, and the operation that is under way
    stackname    name                  the UUID of the stack that has the name now
    template     UUID/current          the template of a stack; UUID/previous while it may be rolled back to
    resource     UUID/logical id       a resource, and what an update must know to roll it back
    event        UUID/number           an event, oldest first
    changeset    UUID/UUID             a change set of a stack, with its template
    changesetid  UUID                  the stack of a change set, for who has only its ARN
    export       name                  the value of an export and the stack that has it
    signal       UUID/logical id/id    a signal that a resource received
    response     secret                what a custom resource or a wait condition is answered with
    macro        name                  the function of a macro, and the resource that made it

Nothing is compiled from them: they are no lines of the change feed (`store.types.is_followed`).
"""

import re
from dataclasses import dataclass
from typing import Final

from gatewright.base.arn import parse_arn
from gatewright.base.errors import AwsError
from gatewright.base.operations import Caller
from gatewright.store.types import Document, Key, Reader

SERVICE: Final = "cloudformation"

STACK: Final = "stack"
STACK_NAME: Final = "stackname"
TEMPLATE: Final = "template"
RESOURCE: Final = "resource"
EVENT: Final = "event"
CHANGE_SET: Final = "changeset"
CHANGE_SET_ID: Final = "changesetid"
EXPORT: Final = "export"
SIGNAL: Final = "signal"
RESPONSE: Final = "response"
DRIFT: Final = "drift"
MACRO: Final = "macro"

STACK_TYPE: Final = "AWS::CloudFormation::Stack"

_STACK_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")


@dataclass(frozen=True, slots=True)
class Place:
    """An account in a region: where stacks, their names and their exports are."""

    account_id: str
    region: str
    partition: str = "aws"

    def key(self, kind: str, identifier: str) -> Key:
        """Return the key of a document."""
        return Key(self.account_id, self.region, SERVICE, kind, identifier)

    def list(
        self, reader: Reader, kind: str, prefix: str = "", after: str = "", limit: int | None = None
    ) -> list[tuple[str, Document]]:
        """Return (id, document) pairs of a kind, in id order."""
        return reader.list(self.account_id, self.region, SERVICE, kind, prefix=prefix, after=after, limit=limit)

    def stack_arn(self, name: str, uuid: str) -> str:
        """Return the id of a stack."""
        return self._arn(f"stack/{name}/{uuid}")

    def change_set_arn(self, name: str, uuid: str) -> str:
        """Return the id of a change set."""
        return self._arn(f"changeSet/{name}/{uuid}")

    def _arn(self, resource: str) -> str:
        return f"arn:{self.partition}:cloudformation:{self.region}:{self.account_id}:{resource}"

    @property
    def url_suffix(self) -> str:
        """Return what AWS::URLSuffix is here."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"


def place_of(caller: Caller) -> Place:
    """Return where a caller's stacks are."""
    return Place(caller.account_id, caller.region, caller.partition)


def uuid_of(arn: str) -> str | None:
    """Return the UUID at the end of the ARN of a stack or a change set; None for anything else."""
    parsed = parse_arn(arn)
    if parsed is None or parsed.service != SERVICE:
        return None
    parts = parsed.resource.split("/")
    return parts[2] if len(parts) == 3 else None


def is_stack_name(name: str) -> bool:
    """Say whether a stack may have this name."""
    return _STACK_NAME.fullmatch(name) is not None


def find_stack(place: Place, reader: Reader, name_or_arn: str) -> Document | None:
    """Return a stack by its name, when it is there, or by its ARN, deleted ones too."""
    if name_or_arn.startswith("arn:"):
        uuid = uuid_of(name_or_arn)
        stack = None if uuid is None else reader.get(place.key(STACK, uuid))
        return stack if stack is not None and stack["StackId"] == name_or_arn else None
    named = reader.get(place.key(STACK_NAME, name_or_arn))
    return None if named is None else reader.get(place.key(STACK, named["Uuid"]))


def protection_of(place: Place, reader: Reader, stack: Document) -> bool:
    """Say whether a stack is protected from deletion: of nested stacks, the root is what is protected."""
    root = stack if "RootId" not in stack else reader.get(place.key(STACK, uuid_of(stack["RootId"]) or ""))
    return bool((root or stack).get("EnableTerminationProtection"))


def require_stack(place: Place, reader: Reader, name_or_arn: str) -> Document:
    """Return a stack by name or ARN. Raises ValidationError as most operations do."""
    stack = find_stack(place, reader, name_or_arn)
    if stack is None:
        raise AwsError("ValidationError", f"Stack with id {name_or_arn} does not exist")
    return stack
