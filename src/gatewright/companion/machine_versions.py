"""ListStateMachineVersions, which moto does not offer though it has versions; Terraform asks it of every state machine.

Source: "ListStateMachineVersions" (AWS Step Functions API Reference): newest first, 100 on a page by default.
"""

from collections.abc import Mapping
from typing import Any, Final

_PAGE: Final = 100


def page(versions: Mapping[int, Any], most: int, token: str | None) -> dict[str, Any]:
    """Return a page of moto's versions by their numbers; ValueError for a token that no page gave."""
    below = None if token is None else int(token)
    numbers = sorted((number for number in versions if below is None or number < below), reverse=True)
    shown = numbers[: most or _PAGE]
    listed = [
        {"stateMachineVersionArn": versions[number].arn, "creationDate": versions[number].creation_date}
        for number in shown
    ]
    more = {"nextToken": str(shown[-1])} if len(shown) < len(numbers) else {}
    return {"stateMachineVersions": listed, **more}


def apply() -> None:
    """Give moto the operation."""
    from moto.core.responses import ActionResult
    from moto.stepfunctions.exceptions import InvalidArn, InvalidToken
    from moto.stepfunctions.responses import StepFunctionResponse

    def list_state_machine_versions(self: Any) -> ActionResult:
        arn, token = self._get_param("stateMachineArn"), self._get_param("nextToken")
        machine = next((one for one in self.stepfunction_backend.state_machines if one.arn == arn), None)
        if machine is None:
            raise InvalidArn(f"Invalid Arn: '{arn}'")
        try:
            return ActionResult(page(machine.versions, self._get_param("maxResults") or 0, token))
        except ValueError as error:
            raise InvalidToken(f"'{token}'") from error

    StepFunctionResponse.list_state_machine_versions = list_state_machine_versions  # type: ignore[attr-defined]
