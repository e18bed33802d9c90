"""Tags of what IAM has: at most 50, with keys that roles and users do not tell apart by case.

Source: "Tags for AWS Identity and Access Management resources" (IAM User Guide); messages as recorded (localstack,
test_iam_roles.snapshot.json, test_iam_policies.snapshot.json).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gatewright.control.iam.errors import invalid_input, limit_exceeded
from gatewright.store.types import Document

_MOST_TAGS: Final = 50
_DUPLICATE: Final = "Duplicate tag keys found."


@dataclass(frozen=True, slots=True)
class TagRules:
    """How the keys of one kind of thing are told apart and listed."""

    ignores_case: bool
    lists_shortest_first: bool = False

    def checked(self, tags: Sequence[Mapping[str, str]]) -> list[Document]:
        """Return tags as a document holds them. Raises InvalidInput."""
        keys = {self._same(tag["Key"]) for tag in tags}
        if len(keys) != len(tags):
            note = " Please note that Tag keys are case insensitive." if self.ignores_case else ""
            raise invalid_input(_DUPLICATE + note)
        return [{"Key": tag["Key"], "Value": tag["Value"]} for tag in tags]

    def added(self, present: Iterable[Document], tags: Sequence[Mapping[str, str]]) -> list[Document]:
        """Return tags with others added; one with the same key takes the other's place."""
        by_key = {self._same(tag["Key"]): tag for tag in present}
        by_key |= {self._same(tag["Key"]): tag for tag in self.checked(tags)}
        if len(by_key) > _MOST_TAGS:
            raise limit_exceeded("The number of tags has reached the maximum limit.")
        return list(by_key.values())

    def without(self, present: Iterable[Document], keys: Iterable[str]) -> list[Document]:
        """Return tags without those with some keys."""
        gone = {self._same(key) for key in keys}
        return [tag for tag in present if self._same(tag["Key"]) not in gone]

    def in_order(self, tags: Iterable[Document]) -> list[tuple[str, Document]]:
        """Return (key of the listing, tag) as listings have them."""
        listed = [(f"{len(tag['Key']):03d}" if self.lists_shortest_first else "", tag) for tag in tags]
        return sorted(((place + tag["Key"], tag) for place, tag in listed), key=lambda each: each[0])

    def _same(self, key: str) -> str:
        return key.lower() if self.ignores_case else key


# "The returned list of tags is sorted by tag key" (ListRoleTags); those of policies were recorded as `a, b, z, abc`.
OF_PRINCIPALS: Final = TagRules(ignores_case=True)
OF_POLICIES: Final = TagRules(ignores_case=False, lists_shortest_first=True)
OF_INSTANCE_PROFILES: Final = TagRules(ignores_case=False)
