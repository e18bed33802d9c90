"""From a template file to one that a node can deploy: local code is packaged and brought to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gatewright.cli.deploy.archives import archive_of
from gatewright.cli.deploy.artifacts import Artifact, Kind, find_artifacts
from gatewright.cli.deploy.builds import Builds, Built
from gatewright.cli.deploy.errors import DeployFailed
from gatewright.cli.deploy.template_files import read_document, write_document

_DEEPEST: Final = 100

Keep = Callable[[bytes], str]
"""Brings a content to the node and returns its key."""


@dataclass(frozen=True, slots=True)
class FunctionCode:
    """The local code of a function, as a stack has it."""

    logical_ids: tuple[str, ...]
    """Of the nested stacks on the way, and of the function."""
    artifact: Artifact
    key: str
    """Of what was packaged."""


@dataclass(slots=True)
class Packaged:
    """What became of a template file. Not frozen: it is gathered while nested templates are packaged."""

    text: str = ""
    functions: list[FunctionCode] = field(default_factory=list)
    """Whose code can be changed without the stack."""
    others: list[Path] = field(default_factory=list)
    """All other files and directories that the stack was made of, templates included."""


class Packager:
    """Packages templates."""

    def __init__(self, keep: Keep, builds: Builds | None = None) -> None:
        """Without `builds`, code is taken as it is."""
        self._keep = keep
        self._builds = builds

    def package(self, template: Path) -> Packaged:
        """Return a template with its packages brought to the node. Raises `DeployFailed`, `CallFailed`."""
        packaged = Packaged()
        packaged.text = self._package(template, (), packaged)
        return packaged

    def archive(self, artifact: Artifact) -> bytes:
        """Return the zip file of a function's or layer's code. Raises `DeployFailed`."""
        built = Built() if self._builds is None else self._builds.build(artifact)
        return archive_of(artifact.path, built.overlays, built.left_out)

    def _package(self, template: Path, parents: tuple[str, ...], packaged: Packaged) -> str:
        text, document = read_document(template)
        if template in packaged.others and len(parents) >= _DEEPEST:
            raise DeployFailed(f"{template} is nested in itself")
        packaged.others.append(template)
        is_changed = False
        for artifact in find_artifacts(document, template.parent):
            is_changed = True
            if artifact.kind is Kind.TEMPLATE:
                nested = self._package(artifact.path, (*parents, artifact.logical_id), packaged)
                artifact.put(self._keep(nested.encode()))
            elif artifact.kind is Kind.FILE:
                packaged.others.append(artifact.path)
                artifact.put(self._keep(artifact.path.read_bytes()))
            else:
                key = self._keep(self.archive(artifact))
                artifact.put(key)
                if artifact.is_function and not artifact.is_published:
                    packaged.functions.append(FunctionCode((*parents, artifact.logical_id), artifact, key))
                else:
                    packaged.others.append(artifact.path)
        return write_document(document) if is_changed else text
