"""Apache Velocity 1.7 itself, the reference: Debian's package `velocity`, run by Java in one process for all cases."""

import base64
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
JARS = tuple(
    Path("/usr/share/java") / name for name in ("velocity.jar", "commons-collections3.jar", "commons-lang.jar")
)
JAVA = shutil.which("java")
IS_INSTALLED = JAVA is not None and all(jar.exists() for jar in JARS)


@dataclass(frozen=True, slots=True)
class Case:
    """A template, what it may read and what Velocity made of it: None where it refused or failed."""

    topic: str
    template: str
    variables: dict[str, object]
    output: str | None = None


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def rendered(cases: Sequence[Case]) -> list[str | None]:
    """Return what Velocity makes of each case, None for an error."""
    lines = "".join(f"{encoded(case.template)} {encoded(json.dumps(case.variables))}\n" for case in cases)
    command = [str(JAVA), "-cp", ":".join(map(str, JARS)), str(HERE / "Velocity.java")]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, timeout=300)
    answers = [line.split(" ", 1) for line in done.stdout.splitlines()]
    return [base64.b64decode(text).decode() if kind == "O" else None for kind, text in answers]


def load() -> list[Case]:
    """Return the corpus: one file for each topic, one line for each case."""
    variables = json.loads((HERE / "corpus" / "variables.json").read_text())
    return [
        Case(path.stem, row["template"], {**variables, **row.get("variables", {})}, row["output"])
        for path in sorted((HERE / "corpus").glob("*.jsonl"))
        for row in map(json.loads, path.read_text().splitlines())
    ]
