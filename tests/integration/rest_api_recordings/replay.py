"""Replays a recorded scenario with boto3, and compares whole outputs and errors.

A step is `(operation, input, status code, output)`. In the outputs `<word>` stands for a text that is bound where it
is first met and the same from there on, also in inputs; `datetime` for a time; an object for the JSON text that it
is. `...` as a member allows others; `None` as the output of a step means that only its success was recorded.
"""

import datetime
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

Step = tuple[str, Mapping[str, Any], int, Any]
Recordings = Mapping[str, Sequence[Step]]

_WORD = re.compile(r"<[a-z0-9-]+>")
_LATER = frozenset({"securityPolicy", "apiStatus", "responseTransferMode", "x-amazon-apigateway-security-policy"})
"""Members of RestApis, integrations and exports that AWS has since November 2025, after these recordings."""


@dataclass(frozen=True)
class By:
    """A list that was sorted by a member before it was recorded; its own order was not."""

    member: str
    items: Sequence[Any]


@dataclass(frozen=True)
class Unordered:
    """A list that was sorted before it was recorded, by nothing that its items show."""

    items: Sequence[Any]


@dataclass(frozen=True)
class Log:
    """The lines of a TestInvokeMethod log, without their times."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Error:
    """A recorded error."""

    code: str
    message: str


def bad_request(message: str) -> tuple[int, Error]:
    return 400, Error("BadRequestException", message)


def not_found(message: str) -> tuple[int, Error]:
    return 404, Error("NotFoundException", message)


def conflict(message: str) -> tuple[int, Error]:
    return 409, Error("ConflictException", message)


def invalid(message: str) -> tuple[int, Error]:
    return 400, Error("ValidationException", message)


def patch(*changes: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Return patch operations; a change is `(op, path)` or `(op, path, value)`."""
    return [dict(zip(("op", "path", "value"), change, strict=False)) for change in changes]


def replay(client: Any, steps: Sequence[Step], words: dict[str, str]) -> list[str]:
    """Make the calls of a scenario; return the differences."""
    differences: list[str] = []
    for index, (operation, request, status, expected) in enumerate(steps):
        where = f"{index} {operation}"
        got_status, got = _call(client, operation, _filled(request, words))
        if got_status != status:
            differences.append(f"{where}: {got_status} {got}, recorded {status}")
        if expected is not None:
            differences += _differences(where, expected, got, words)
    return differences


def _call(client: Any, operation: str, request: Any) -> tuple[int, Any]:
    try:
        answer = getattr(client, operation)(**request)
    except ClientError as error:
        response: Any = error.response
        return response["ResponseMetadata"]["HTTPStatusCode"], Error(
            response["Error"]["Code"], response["Error"]["Message"]
        )
    if hasattr(answer.get("body"), "read"):
        answer["body"] = answer["body"].read().decode()
    return answer.pop("ResponseMetadata")["HTTPStatusCode"], answer


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _filled(member, words) for name, member in value.items()}
    if isinstance(value, list):
        return [_filled(member, words) for member in value]
    if isinstance(value, str):
        return _WORD.sub(lambda found: words.get(found[0], found[0]), value)
    return value


def _differences(where: str, expected: Any, got: Any, words: dict[str, str]) -> list[str]:
    if isinstance(expected, By):
        ordered = sorted(got, key=lambda item: item[expected.member]) if isinstance(got, list) else got
        return _differences(where, list(expected.items), ordered, words)
    if isinstance(expected, Unordered):
        return _unordered_differences(where, expected.items, got, words)
    if isinstance(expected, Log):
        return _differences(where, list(expected.lines), _untimed(got), words)
    if isinstance(expected, Mapping):
        return _object_differences(where, expected, got, words)
    if isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        pairs = enumerate(zip(expected, got, strict=True))
        return [each for index, (old, new) in pairs for each in _differences(f"{where}[{index}]", old, new, words)]
    if isinstance(expected, Error) and isinstance(got, Error):
        return _differences(where, [expected.code, expected.message], [got.code, got.message], words)
    if _fits(expected, got, words):
        return []
    return [f"{where}: {got!r}, recorded {_filled(expected, words)!r}"]


def _unordered_differences(where: str, expected: Sequence[Any], got: Any, words: dict[str, str]) -> list[str]:
    left = list(got)
    differences: list[str] = []
    for item in expected:
        found = next((each for each in left if not _differences(where, item, each, dict(words))), None)
        if found is None:
            differences.append(f"{where}: nothing like {_filled(item, words)!r} in {left!r}")
        else:
            differences += _differences(where, item, found, words)
            left.remove(found)
    return differences + [f"{where}: {each!r}, not recorded" for each in left]


def _object_differences(where: str, expected: Mapping[Any, Any], got: Any, words: dict[str, str]) -> list[str]:
    if isinstance(got, str):
        return _json_differences(where, _filled(expected, words), json.loads(got), words)
    if not isinstance(got, Mapping):
        return [f"{where}: {got!r}, recorded {expected!r}"]
    wanted = {_filled(name, words): member for name, member in expected.items() if name is not ...}
    surplus = set() if ... in expected else got.keys() - wanted.keys() - _LATER
    differences = [f"{where}.{name}: {got[name]!r}, not recorded" for name in sorted(surplus)]
    for name, member in wanted.items():
        if name in got:
            differences += _differences(f"{where}.{name}", member, got[name], words)
        else:
            differences.append(f"{where}.{name}: absent, recorded {member!r}")
    return differences


def _json_differences(where: str, expected: Any, got: Any, words: dict[str, str]) -> list[str]:
    """Compare JSON texts, the order of their members too."""
    differences = _differences(where, expected, got, words)
    if isinstance(expected, Mapping) and isinstance(got, Mapping) and not differences:
        differences += _order_differences(where, expected, got)
    return differences


def _order_differences(where: str, expected: Mapping[str, Any], got: Mapping[str, Any]) -> list[str]:
    names = [name for name in got if name not in _LATER]
    if list(expected) != names:
        return [f"{where}: members {names}, recorded in the order {list(expected)}"]
    return [
        difference
        for name, member in expected.items()
        if isinstance(member, Mapping) and isinstance(got[name], Mapping)
        for difference in _order_differences(f"{where}.{name}", member, got[name])
    ]


def _fits(expected: Any, got: Any, words: dict[str, str]) -> bool:
    if expected is ...:
        return True
    if expected == "datetime":
        return isinstance(got, datetime.datetime)
    if isinstance(expected, str) and isinstance(got, str) and _WORD.fullmatch(expected):
        return words.setdefault(expected, got) == got
    return bool(_filled(expected, words) == got)


def _untimed(log: str) -> list[str]:
    lines = [
        re.sub(r"^[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d UTC \d{4} : ", "", line) for line in log.split("\n")
    ]
    identifier = lines[0].removeprefix("Execution log for request ")
    return [line.replace(identifier, "ID") for line in lines]
