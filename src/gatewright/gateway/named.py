"""What the integrations of an API name: it is linked again when that is no longer what it was."""

from collections.abc import Iterable
from dataclasses import dataclass

from gatewright.snapshot.types import Function, Role, Snapshot


@dataclass(frozen=True, slots=True)
class NamedParts:
    """What the ARNs that an API's integrations name stood for when it was linked; None for what was not there."""

    functions: tuple[tuple[str, Function | None], ...]
    roles: tuple[tuple[str, Role | None], ...]

    @classmethod
    def of(cls, snapshot: Snapshot, functions: Iterable[str], roles: Iterable[str]) -> "NamedParts":
        """Look up what is named by its ARN."""
        return cls(
            tuple((arn, snapshot.functions.get(arn)) for arn in sorted(functions)),
            tuple((arn, snapshot.roles.get(arn)) for arn in sorted(roles)),
        )

    def are_current(self, snapshot: Snapshot) -> bool:
        """Tell whether all of it is the same in a snapshot."""
        return all(snapshot.functions.get(arn) is function for arn, function in self.functions) and all(
            snapshot.roles.get(arn) is role for arn, role in self.roles
        )
