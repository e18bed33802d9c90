"""docs/guides/rest-api.md: its commands work as printed, and its answers are what a node answers.

Source: "Tutorial: Create a REST API with a Lambda non-proxy integration" (API Gateway Developer Guide).
"""

import shutil
from pathlib import Path

import pytest

from tests.integration.nodes import running
from tests.integration.walk_through import document, missing_lines, run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(360),
    pytest.mark.skipif(not all(map(shutil.which, ("curl", "bash"))), reason="the guide needs curl"),
]


def test_the_guide(tmp_path: Path) -> None:
    guide = document("docs", "guides", "rest-api.md")
    script = "".join(guide.blocks("sh"))
    assert script.count("aws ") > 20
    with running("--ephemeral") as node:
        output = run(node, script, tmp_path)
        assert missing_lines(node, guide.blocks(""), output) == []
    # The second call with the key is the last one that its quota allows.
    assert output.count("1 of tea, 11 left") == 2
    assert output.count("Limit Exceeded") == 1
