"""Documents whose commands are executed as they are printed."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.integration.nodes import Node

PORT = "4566"
# What no two answers have in common.
DIFFERENT = ("Date: ", "Apigw-Requestid: ", "x-amzn-RequestId: ", "x-amz-apigw-id: ", "X-Amzn-Trace-Id: ")


@dataclass(frozen=True)
class Document:
    """A document of the repository, or one section of it."""

    text: str

    def section(self, name: str) -> "Document":
        parts = re.split(r"^## ", self.text, flags=re.MULTILINE)
        (found,) = [part for part in parts if part.startswith(f"{name}\n")]
        return Document(found)

    def blocks(self, language: str) -> list[str]:
        """Return the fenced blocks that have a language, or none."""
        fenced = re.findall(r"^```(\w*)\n(.*?)^```$", self.text, flags=re.MULTILINE | re.DOTALL)
        return [content for named, content in fenced if named == language]


def document(*path: str) -> Document:
    return Document(Path(__file__).parents[2].joinpath(*path).read_text())


def run(node: Node, script: str, directory: Path) -> str:
    """Run commands that were written for port 4566; return what they print."""
    environment = {"PATH": node.environment["PATH"], "HOME": str(directory), "AWS_PAGER": ""}
    done = subprocess.run(
        ["bash", "-euo", "pipefail"],
        input=script.replace(f":{PORT}", f":{node.port}"),
        env=environment,
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout.replace("\r", "")


def missing_lines(node: Node, printed: list[str], output: str) -> list[str]:
    """Return the lines that a document prints as answers and that are not in an output."""
    lines = [line for block in printed for line in block.replace(f":{PORT}", f":{node.port}").splitlines()]
    return [line for line in lines if not line.startswith(DIFFERENT) and line not in output]
