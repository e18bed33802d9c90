"""The commands of README.md, executed as they are printed."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.nodes import Node, start, stop

README = Path(__file__).parents[2] / "README.md"
SECTION = "One minute"
PORT = "4566"
# What no two answers have in common.
DIFFERENT = ("Date: ", "Apigw-Requestid: ")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not all(map(shutil.which, ("node", "npm", "curl", "bash"))), reason="the walk-through needs Node.js and curl"
    ),
]


def section(name: str) -> str:
    parts = re.split(r"^## ", README.read_text(), flags=re.MULTILINE)
    (found,) = [part for part in parts if part.startswith(f"{name}\n")]
    return found


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of the section that have a language, or none."""
    fenced = re.findall(r"^```(\w*)\n(.*?)^```$", section(SECTION), flags=re.MULTILINE | re.DOTALL)
    return [content for named, content in fenced if named == language]


@pytest.fixture(scope="module")
def own_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node with README's port, or with another one where that is taken."""
    data = str(tmp_path_factory.mktemp("data"))
    try:
        node = start("--data-dir", data, "--port", PORT)
    except AssertionError:
        node = start("--data-dir", data)
    try:
        yield node
    finally:
        assert stop(node) == 0


def test_the_walk_through(own_node: Node, tmp_path: Path) -> None:
    script = "".join(blocks("sh")).replace(f":{PORT}", f":{own_node.port}")
    assert script.count("aws ") >= 6
    environment = {"PATH": own_node.environment["PATH"], "HOME": str(tmp_path), "AWS_PAGER": ""}
    done = subprocess.run(
        ["bash", "-euo", "pipefail"],
        input=script,
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    output = done.stdout.replace("\r", "")
    for expected in blocks(""):
        head, _, body = expected.replace(f":{PORT}", f":{own_node.port}").partition("\n\n")
        missing = [line for line in head.splitlines() if not line.startswith(DIFFERENT) and line not in output]
        assert missing == []
        assert body.strip() in output
    assert "START RequestId: " in output
