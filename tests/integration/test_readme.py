"""The commands of README.md, executed as they are printed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.nodes import Node, start, stop
from tests.integration.walk_through import PORT, document, missing_lines, run

README = document("README.md")
HTTP_API, REST_API = README.section("One minute"), README.section("A REST API")
APPLICATION = README.section("Deploy an application")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not all(map(shutil.which, ("curl", "bash"))), reason="the walk-through needs curl"),
]


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


@pytest.mark.skipif(not all(map(shutil.which, ("node", "npm"))), reason="its function is one in Node.js")
def test_the_walk_through(own_node: Node, tmp_path: Path) -> None:
    script = "".join(HTTP_API.blocks("sh"))
    assert script.count("aws ") >= 6
    output = run(own_node, script, tmp_path)
    assert missing_lines(own_node, HTTP_API.blocks(""), output) == []
    (expected,) = HTTP_API.blocks("")
    assert expected.partition("\n\n")[2].strip() in output
    assert "START RequestId: " in output


def test_the_rest_api(own_node: Node, tmp_path: Path) -> None:
    """In the terminal of the walk-through: with what it exports."""
    script = "".join([HTTP_API.blocks("sh")[0], *REST_API.blocks("sh")])
    assert script.count("aws ") >= 10
    output = run(own_node, script, tmp_path)
    assert missing_lines(own_node, REST_API.blocks(""), output) == []


def test_the_application(own_node: Node, tmp_path: Path) -> None:
    """Also there: with what the walk-through exports."""
    script = "".join([HTTP_API.blocks("sh")[0], *APPLICATION.blocks("sh")])
    assert script.count("gatewright deploy") == 1
    output = run(own_node, script, tmp_path)
    assert missing_lines(own_node, APPLICATION.blocks(""), output) == []
