"""What the documents promise is there: tests that they name, files that they link to, commands of make."""

import re
from pathlib import Path

import pytest

from tests.style.source import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMED_TEST = re.compile(r"`(tests/[\w/]+(?:\.py)?)(?:::(\w+))?`")
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")


def by_path(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=by_path)
def test_named_tests_exist(document: Path) -> None:
    missing = []
    for path, function in NAMED_TEST.findall(document.read_text()):
        file = ROOT / path
        if not file.exists() or (function and f"def {function}(" not in file.read_text()):
            missing.append(f"{path}::{function}")
    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=by_path)
def test_links_lead_somewhere(document: Path) -> None:
    assert [link for link in LINK.findall(document.read_text()) if not (document.parent / link).exists()] == []


def test_every_promise_names_a_test_or_the_benchmark() -> None:
    rows = [line for line in (ROOT / "SPECIFICATION.md").read_text().splitlines() if line.startswith("| ")]
    promises = [row for row in rows if not row.startswith(("| promise", "| ---", "| target"))]
    speed = promises.index(next(row for row in promises if "bare baseline's requests" in row))
    assert len(promises) > 30
    assert [row for row in promises[:speed] if not NAMED_TEST.search(row) and "make bench" not in row] == []


def test_the_four_commands_are_targets_of_make() -> None:
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"demo", "test", "check", "bench"} <= set(targets)
