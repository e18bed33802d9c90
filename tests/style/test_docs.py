"""What the documents promise is there: tests that they name, files that they link to, commands of make."""

import json
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


def test_clients_are_driven_at_the_versions_that_their_page_names() -> None:
    """What `make test-clients` installs, but for what the applications need besides."""
    clients = ROOT / "tests/clients"
    pins = dict(
        line.split("==")
        for file in (clients / "requirements").glob("*.txt")
        for line in file.read_text().splitlines()
        if "==" in line
    )
    for file in clients.glob("*/package.json"):
        package = json.loads(file.read_text())
        pins |= package.get("dependencies", {}) | package.get("devDependencies", {})
    rows = [line for line in (ROOT / "docs/reference/clients.md").read_text().splitlines() if line.startswith("| ")]
    versions = set(re.findall(r"\d+\.\d+\.\d+", "".join(row.split("|")[2] for row in rows)))
    besides = {"flask", "constructs", "esbuild"}
    assert {name: version for name, version in pins.items() if version not in versions} == {
        name: pins[name] for name in besides
    }
