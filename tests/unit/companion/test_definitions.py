"""Definitions of state machines: "ValidateStateMachineDefinitionDiagnostic" (AWS Step Functions API Reference), and
localstack's recordings of AWS (test_sfn_api_validation.snapshot.json).
"""

import json
from typing import Any

import pytest

from gatewright.companion.definitions import answer, diagnose

DONE = {"Type": "Pass", "End": True}


def found(definition: Any, refusal: str = "") -> list[dict[str, str]]:
    """Return the diagnostics, with a parser that refuses with a message."""

    def parse(text: str) -> None:
        if refusal:
            raise ValueError(refusal)

    return diagnose(definition if isinstance(definition, str) else json.dumps(definition), parse)


def test_a_definition_with_nothing_to_say() -> None:
    assert found({"StartAt": "A", "States": {"A": DONE}}) == []


@pytest.mark.parametrize("text", [" ", "[]", '"A"'])
def test_no_object(text: str) -> None:
    message = "Definition must be a valid JSON object"
    assert found(text) == [{"severity": "ERROR", "code": "SCHEMA_VALIDATION_FAILED", "message": message}]


def test_no_json() -> None:
    (error,) = found("not a definition")
    assert error["code"] == "INVALID_JSON_DESCRIPTION"


@pytest.mark.parametrize(
    ("definition", "missing"), [({}, "States, StartAt"), ({"States": {}}, "StartAt"), ({"StartAt": "A"}, "States")]
)
def test_what_is_required(definition: Any, missing: str) -> None:
    expected = {
        "severity": "ERROR",
        "code": "SCHEMA_VALIDATION_FAILED",
        "message": f"These fields are required: [{missing}]",
        "location": "/",
    }
    assert found(definition) == [expected]


def test_what_the_parser_refuses() -> None:
    (error,) = found({"StartAt": "A", "States": {"A": {"Type": "Nope"}}}, "no such type")
    assert (error["code"], error["message"]) == ("SCHEMA_VALIDATION_FAILED", "no such type")


def test_transitions_to_nowhere() -> None:
    branch = {"StartAt": "X", "States": {"B": DONE}}
    states = {
        "A": {"Type": "Task", "Next": "B", "Catch": [{"Next": "Y"}]},
        "B": {"Type": "Choice", "Choices": [{"Next": "A"}, {"Next": "Z"}], "Default": "W"},
        "C": {"Type": "Parallel", "Branches": [branch], "End": True},
        "D": {"Type": "Map", "ItemProcessor": branch, "End": True},
    }
    diagnostics = found({"StartAt": "V", "States": states})
    assert {error["code"] for error in diagnostics} == {"MISSING_TRANSITION_TARGET"}
    assert {error["location"]: error["message"].rpartition(" ")[2] for error in diagnostics} == {
        "/StartAt": "V",
        "/States/A/Catch[0]/Next": "Y",
        "/States/B/Choices[1]/Next": "Z",
        "/States/B/Default": "W",
        "/States/C/Branches[0]/StartAt": "X",
        "/States/D/ItemProcessor/StartAt": "X",
    }


def test_as_many_as_are_wanted() -> None:
    errors = [{"code": str(number)} for number in range(101)]
    assert answer([], 0) == {"result": "OK", "diagnostics": [], "truncated": False}
    assert answer(errors[:2], 1) == {"result": "FAIL", "diagnostics": errors[:1], "truncated": True}
    assert answer(errors[:2], 2)["truncated"] is False
    assert answer(errors, 0) == {"result": "FAIL", "diagnostics": errors[:100], "truncated": True}
