"""The project's Python files as syntax trees, for the tests that judge how they are written."""

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "gatewright"


@dataclass(frozen=True)
class Source:
    """One file."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def module(self) -> str:
        """Return the dotted name below `gatewright`, such as `wire.listener`; "" for the package itself."""
        parts = list(self.path.relative_to(PACKAGE).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        return ".".join(parts)


def read(folder: Path) -> list[Source]:
    """Return every Python file below a folder."""
    paths = sorted(path for path in folder.rglob("*.py") if "node_modules" not in path.parts)
    return [Source(path, text := path.read_text(), ast.parse(text)) for path in paths]
