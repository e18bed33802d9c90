"""Finds interpreters on the machine. Nothing runs before a runtime is first used; what was found is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SearchPlaces:
    """Where interpreters may be. Made by the composition root, since only settings read the environment."""

    path: tuple[Path, ...]
    """The directories of PATH, in order."""
    home: Path | None
    """The user's home directory, for version managers that install below it."""
    pinned: Mapping[str, Path]
    """Interpreters set by the operator, by runtime identifier (`python3.12` → its executable)."""
