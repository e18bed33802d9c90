"""Writes corpus.jsonl: the cases by topic and some by chance, with the answers of the Java that is installed."""

import json

from tests.unit.languages.java_patterns.cases import topics
from tests.unit.languages.java_patterns.generate import cases
from tests.unit.languages.java_patterns.java import CORPUS, REFERENCE, ask, version


def main() -> None:
    """Ask Java, and write."""
    if version() != REFERENCE:
        raise SystemExit(f"Java {REFERENCE} is not installed")
    asked = [*topics(), *cases(300, seed=1)]
    rows = [
        {
            "pattern": case.pattern,
            "text": case.text,
            "replacement": case.replacement,
            "answer": None if answer is None else [answer.is_match, answer.is_found, answer.replaced],
        }
        for case, answer in zip(asked, ask(asked), strict=True)
    ]
    CORPUS.write_text("".join(f"{json.dumps(row)}\n" for row in rows))


if __name__ == "__main__":
    main()
