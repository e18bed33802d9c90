"""java.util.regex, asked by a program of its own, and what it answered: corpus.jsonl.

`python -m tests.unit.languages.java_patterns.write_corpus` writes the corpus anew.
"""

import base64
import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CORPUS = HERE / "corpus.jsonl"
REFERENCE = 17
"""The version whose answers the corpus holds: later ones have other boundaries of words."""


@dataclass(frozen=True)
class Case:
    """A pattern, a text, and what to put in the place of what matches."""

    pattern: str
    text: str
    replacement: str = "<$0>"


@dataclass(frozen=True)
class Answer:
    """What came of it; `replaced` is None where the replacement is malformed."""

    is_match: bool
    is_found: bool
    replaced: str | None


def ask(cases: list[Case]) -> list[Answer | None]:
    """Return Java's answers; None for what is no pattern."""
    lines = "".join(f"{' '.join(map(_encode, (case.pattern, case.text, case.replacement)))}\n" for case in cases)
    command = ["java", "-XX:TieredStopAtLevel=1", str(HERE / "JavaPatterns.java")]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, timeout=300)
    return [_answer(line) for line in done.stdout.splitlines()]


def _encode(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode()


def _answer(line: str) -> Answer | None:
    if line == "E":
        return None
    is_match, is_found, replaced = line.split(" ")
    text = None if replaced == "!" else base64.b64decode(replaced).decode()
    return Answer(is_match == "true", is_found == "true", text)


def load() -> list[tuple[Case, Answer | None]]:
    """Return the cases of the corpus with Java's answers."""
    found = []
    for line in CORPUS.read_text().splitlines():
        row = json.loads(line)
        answer = None if row["answer"] is None else Answer(*row["answer"])
        found.append((Case(row["pattern"], row["text"], row["replacement"]), answer))
    return found


def version() -> int | None:
    """Return the number of the Java that is installed; None without one."""
    if shutil.which("java") is None:
        return None
    shown = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
    return int(shown.split('"')[1].split(".")[0])
