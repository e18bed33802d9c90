"""ValidateStateMachineDefinition, which moto does not offer, and which Terraform asks before it makes a state machine.

Sources: "ValidateStateMachineDefinition" and "ValidateStateMachineDefinitionDiagnostic" (AWS Step Functions API
Reference); the answers of AWS that localstack recorded
(tests/aws/services/stepfunctions/v2/test_sfn_api_validation.snapshot.json). What is found is errors, no warnings, and
the first one at most where moto's parser finds it. Messages are not AWS's word by word, on whose order, count and
wording nobody should rely.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

Definition = Mapping[str, Any]

logger = logging.getLogger(__name__)

_REQUIRED: Final = ("States", "StartAt")
_TRANSITIONS: Final = ("Next", "Default")
_MOST_DIAGNOSTICS: Final = 100
_SCHEMA: Final = "SCHEMA_VALIDATION_FAILED"


def diagnose(text: str, parse: Callable[[str], object]) -> list[dict[str, str]]:
    """Return the diagnostics of a definition (JSON). `parse` raises what a machine would not be made for."""
    try:
        definition = json.loads(text) if text.strip() else None
    except ValueError as error:
        return [_error("INVALID_JSON_DESCRIPTION", str(error))]
    if not isinstance(definition, dict):
        return [_error(_SCHEMA, "Definition must be a valid JSON object")]
    if missing := [name for name in _REQUIRED if name not in definition]:
        return [_error(_SCHEMA, f"These fields are required: [{', '.join(missing)}]", "/")]
    try:
        parse(text)
    except Exception as error:  # noqa: BLE001 — moto's parser raises errors of any kind at what is no definition
        logger.info("a definition of a state machine is refused: %r", error)
        return [_error(_SCHEMA, str(error))]
    return list(_lost(definition, ""))


def _lost(definition: Definition, path: str) -> Iterator[dict[str, str]]:
    """Yield the transitions to states that are not there, in branches and iterations too."""
    states: Mapping[str, Definition] = definition["States"]
    if definition["StartAt"] not in states:
        yield _missing("StartAt", definition["StartAt"], path)
    for name, state in states.items():
        there = f"{path}/States/{name}"
        rules = [(there, state)]
        for kind in ("Choices", "Catch"):
            rules += [(f"{there}/{kind}[{index}]", rule) for index, rule in enumerate(state.get(kind, ()))]
        for where, rule in rules:
            for member in _TRANSITIONS:
                if member in rule and rule[member] not in states:
                    yield _missing(member, rule[member], where)
        for index, branch in enumerate(state.get("Branches", ())):
            yield from _lost(branch, f"{there}/Branches[{index}]")
        for member in ("ItemProcessor", "Iterator"):
            if member in state:
                yield from _lost(state[member], f"{there}/{member}")


def _missing(member: str, target: str, path: str) -> dict[str, str]:
    return _error("MISSING_TRANSITION_TARGET", f"Missing '{member}' target: {target}", f"{path}/{member}")


def _error(code: str, message: str, location: str | None = None) -> dict[str, str]:
    made = {"severity": "ERROR", "code": code, "message": message}
    return made if location is None else {**made, "location": location}


def answer(diagnostics: list[dict[str, str]], most: int) -> dict[str, Any]:
    """Return what ValidateStateMachineDefinition answers; `most` of 0 is the default."""
    most = most or _MOST_DIAGNOSTICS
    return {
        "result": "FAIL" if diagnostics else "OK",
        "diagnostics": diagnostics[:most],
        "truncated": len(diagnostics) > most,
    }


def apply() -> None:
    """Give moto the operation; and let one definition that is refused have nothing to do with the next."""
    from moto.core.responses import ActionResult
    from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
    from moto.stepfunctions.parser.asl.static_analyser.express_static_analyser import ExpressStaticAnalyser
    from moto.stepfunctions.parser.asl.static_analyser.static_analyser import StaticAnalyser
    from moto.stepfunctions.responses import StepFunctionResponse

    make = Preprocessor.__init__

    def make_with_scopes_of_its_own(self: Any) -> None:
        # moto has one list for all, in which a definition that is refused leaves the scopes that it opened.
        make(self)
        self._query_language_per_scope = []

    def validate_state_machine_definition(self: Any) -> ActionResult:
        is_express = self._get_param("type") == "EXPRESS"
        analyser = ExpressStaticAnalyser() if is_express else StaticAnalyser()
        diagnostics = diagnose(self._get_param("definition"), analyser.analyse)
        return ActionResult(answer(diagnostics, self._get_param("maxResults") or 0))

    Preprocessor.__init__ = make_with_scopes_of_its_own  # type: ignore[method-assign]
    StepFunctionResponse.validate_state_machine_definition = validate_state_machine_definition  # type: ignore[attr-defined]
