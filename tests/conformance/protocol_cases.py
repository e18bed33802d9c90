"""The protocol cases in ../shared/aws-protocol-cases, and what it takes to run them in the server's direction."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gatewright.aws.service import Service, parse_corrections

CASES = Path(__file__).parents[2].parent / "shared" / "aws-protocol-cases"
EXCEPTIONS = Path(__file__).with_name("exceptions.json")
FILES = ("rest-json", "json", "json_1_0", "query", "rest-xml")


@dataclass(frozen=True)
class Case:
    """One case with the model that it belongs to."""

    direction: str
    file: str
    id: str
    model: dict[str, Any]
    case: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.direction}/{self.file}/{self.id}"

    @property
    def operation(self) -> str:
        return str(self.case["given"]["name"])

    def service(self) -> Service:
        return Service("protocol-test", self.model, parse_corrections({}))


def load(direction: str) -> list[Case]:
    """Return all cases of a direction. A missing directory is an error, never an empty list."""
    if not CASES.is_dir():
        raise FileNotFoundError(f"the protocol cases are missing: {CASES} is no directory")
    return [case for file in FILES for case in _load_file(direction, file)]


def exceptions() -> dict[str, str]:
    """Return the cases that do not pass, with the reasons."""
    reasons: dict[str, str] = json.loads(EXCEPTIONS.read_text())["exceptions"]
    return reasons


def _load_file(direction: str, file: str) -> list[Case]:
    suites = json.loads((CASES / direction / f"{file}.json").read_text())
    cases = []
    for suite in suites:
        for number, case in enumerate(suite["cases"]):
            given = case["given"]
            shapes = dict(suite["shapes"])
            errors = [error["shape"] for error in given.get("errors", [])]
            model = {
                "metadata": {"endpointPrefix": "protocol-test", "serviceFullName": "Test", **suite["metadata"]},
                "operations": {given["name"]: given},
                "shapes": shapes,
                "documentation": ", ".join(errors),
            }
            cases.append(Case(direction, file, case.get("id") or f"{suite['description']}#{number}", model, case))
    return cases
