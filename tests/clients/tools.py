"""Deployment clients as people run them: programs of their own installation, pointed at a node by the environment.

`make test-clients` installs them into `.clients`, at the versions of `tests/clients/requirements` or of the
`package-lock.json` of their applications, and runs the tests.
Where one is not installed, its tests are skipped, and say so.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.integration.nodes import Node

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / ".clients"
APPLICATIONS = Path(__file__).parent
REGION = "us-east-2"
"""Not the one that everything falls back to."""
SECONDS = 300


@dataclass(frozen=True)
class Client:
    """A program in the directory of an application."""

    program: Path
    directory: Path
    environment: dict[str, str]

    def run(self, *arguments: str, status: int = 0, answers: str = "", seconds: float = SECONDS) -> str:
        """Run it, with what it may ask answered; return what it printed. It must end with the status."""
        done = subprocess.run(
            [str(self.program), *arguments],
            cwd=self.directory,
            env=self.environment,
            input=answers,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        assert done.returncode == status, f"{self.program.name} {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def beside(self, name: str) -> "Client":
        """Return another program that the environment has, in the same directory."""
        found = shutil.which(name, path=self.environment["PATH"])
        assert found is not None, name
        return replace(self, program=Path(found))

    def change(self, file: str, old: str, new: str) -> None:
        """Edit a file of the application."""
        path = self.directory / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


def program(client: str, name: str) -> Path:
    """Return the path of a program of a client's; skip the test where it is not installed."""
    folders = (CLIENTS / client / "bin", CLIENTS / client / "node_modules" / ".bin")
    found = shutil.which(name, path=os.pathsep.join(map(str, folders)))
    if found is None:
        pytest.skip(f"{name} is not installed: make test-clients")
    return Path(found)


def client_in(node: Node, path: Path, home: Path, application: Path) -> Client:
    """Return a program with a copy of an application below `home`, pointed at a node."""
    directory = home / application.name
    shutil.copytree(application, directory)
    environment = {
        **node.environment,
        "PATH": f"{path.parent}:{node.environment['PATH']}",
        "HOME": str(home),
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return Client(path, directory, environment)
