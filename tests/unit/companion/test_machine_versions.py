"""Pages of versions: "ListStateMachineVersions" (AWS Step Functions API Reference)."""

from types import SimpleNamespace
from typing import Any

import pytest

from gatewright.companion.machine_versions import page

VERSIONS = {number: SimpleNamespace(arn=f"machine:{number}", creation_date=number) for number in range(1, 104)}


def numbers(answer: dict[str, Any]) -> list[int]:
    return [version["creationDate"] for version in answer["stateMachineVersions"]]


def test_newest_first_in_pages() -> None:
    first = page(VERSIONS, 0, None)
    assert numbers(first) == list(range(103, 3, -1))
    second = page(VERSIONS, 0, first["nextToken"])
    assert numbers(second) == [3, 2, 1]
    assert "nextToken" not in second
    assert first["stateMachineVersions"][0]["stateMachineVersionArn"] == "machine:103"


def test_as_many_as_are_wanted() -> None:
    answer = page(VERSIONS, 2, "4")
    assert (numbers(answer), answer["nextToken"]) == ([3, 2], "2")
    assert page({}, 2, None) == {"stateMachineVersions": []}


def test_a_token_of_somebody_else() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        page(VERSIONS, 0, "x")
