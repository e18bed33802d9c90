"""Values made from a shape, the same for the same seed: what a caller could send, or an operation return."""

import random
import string
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.model import Shape

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_WORDS = ("a", "b c", "d&e=f", "é/ü", "100%", "+plus", "<x>&amp;", '"quoted", list', "snow ☃", "~-._")
_DEPTH = 4


def make(shape: Shape, seed: int, *, is_request: bool) -> dict[str, Any]:
    """Return a structure with most of its members."""
    value: dict[str, Any] = _Maker(random.Random(seed), is_request=is_request).structure(shape, 0)
    return value


class _Maker:
    def __init__(self, chance: random.Random, *, is_request: bool) -> None:
        self.chance = chance
        self.is_request = is_request

    def value(self, shape: Any, depth: int) -> Any:
        if getattr(shape, "is_document_type", False):
            return {"document": [1, "two", None, {"three": 3.5}]}
        makers = {
            "structure": lambda: self.structure(shape, depth),
            "list": lambda: [self.value(shape.member, depth + 1) for _ in range(self.chance.randint(1, 3))],
            "map": lambda: {self.word(shape.key): self.value(shape.value, depth + 1) for _ in range(2)},
            "blob": lambda: self.plain_word().encode() if depth == 1 else self.chance.randbytes(20),
            "boolean": lambda: self.chance.random() < 0.5,
            "timestamp": lambda: _EPOCH + timedelta(seconds=self.chance.randint(-(10**8), 10**8)),
            "integer": lambda: self.chance.randint(-(2**31), 2**31 - 1),
            "long": lambda: self.chance.randint(-(2**63), 2**63 - 1),
            "float": lambda: self.chance.randint(-1000, 1000) / 8,
            "double": lambda: self.chance.randint(-1000, 1000) / 8,
        }
        maker = makers.get(shape.type_name)
        return maker() if maker else self.word(shape)

    def structure(self, shape: Any, depth: int) -> dict[str, Any]:
        members = [name for name, member in shape.members.items() if self._is_makeable(member, depth)]
        if shape.is_tagged_union:
            members = [self.chance.choice(members)] if members else []
        else:
            members = [name for name in members if name in shape.required_members or self.chance.random() < 0.8]
        return {name: self._member(shape.members[name], depth) for name in members}

    def word(self, shape: Any) -> str:
        if shape.enum:
            return str(self.chance.choice(shape.enum))
        return self.chance.choice(_WORDS) + "".join(self.chance.choices(string.ascii_letters, k=4))

    def plain_word(self) -> str:
        return "".join(self.chance.choices(string.ascii_letters, k=8))

    def _member(self, member: Any, depth: int) -> Any:
        location = member.serialization.get("location")
        if location == "statusCode":
            return 200
        if member.serialization.get("jsonvalue"):
            return {"a": [1, 2]}
        if location in {"header", "headers"} and member.type_name in {"string", "map", "list"}:
            # Clients keep header fields to ASCII, and botocore does not read quoted lists back.
            if member.type_name == "string":
                return self.plain_word()
            if member.type_name == "map":
                return {self.plain_word().lower(): self.plain_word()}
            return [self.value(member.member, depth) if member.member.enum else self.plain_word()]
        return self.value(member, depth + 1)

    def _is_makeable(self, member: Any, depth: int) -> bool:
        if member.serialization.get("eventstream"):
            return False
        return depth < _DEPTH or member.type_name not in {"structure", "list", "map"}
