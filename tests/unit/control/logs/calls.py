"""Calls of the operations as the endpoint makes them, each also held against the output shape of botocore's model."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.model import ServiceModel, Shape
from botocore.session import get_session

from gatewright.base.errors import AwsError
from gatewright.control.logs import OPERATIONS
from gatewright.observe.log_archive import LogArchive
from tests.unit.control.contexts import Contexts


@cache
def model() -> ServiceModel:
    return get_session().get_service_model("logs")


class Calls:
    """The operations, called by name: `calls("CreateLogGroup", logGroupName=…)`."""

    def __init__(self, contexts: Contexts, folder: Path) -> None:
        self.archive = LogArchive(folder / "logs.sqlite3", is_durable=False)
        self.clock = contexts.clock
        context = contexts.context()
        self.context = replace(context, node=replace(context.node, logs=lambda: self.archive))

    @property
    def now_ms(self) -> int:
        return int(self.clock.now() * 1000)

    def __call__(self, operation: str, **request: Any) -> dict[str, Any]:
        shapes = model().operation_model(operation)
        assert request.keys() <= shapes.input_shape.members.keys()
        result = OPERATIONS[operation](self.context, request)
        check_members(shapes.output_shape, result, operation)
        return {name: value for name, value in result.items() if value is not None}

    def error(self, operation: str, **request: Any) -> tuple[str, str]:
        """Call an operation that fails, and return the code and the text of its error."""
        with pytest.raises(AwsError) as caught:
            self(operation, **request)
        return caught.value.code, caught.value.message

    def put(self, stream: str, *events: tuple[int, str], group: str = "g") -> dict[str, Any]:
        """Put events at offsets from now, in milliseconds."""
        made = [{"timestamp": self.now_ms + offset, "message": message} for offset, message in events]
        return self("PutLogEvents", logGroupName=group, logStreamName=stream, logEvents=made)


def check_members(shape: Shape | None, value: Any, where: str) -> None:
    """Fail when a result has a member that its shape does not know."""
    if value is None:
        return
    if shape is None:
        assert value == {}, where
    elif shape.type_name == "structure":
        assert isinstance(value, Mapping), where
        assert value.keys() <= shape.members.keys(), where
        for name, member in value.items():
            check_members(shape.members[name], member, f"{where}.{name}")
    elif shape.type_name == "list":
        for member in value:
            check_members(shape.member, member, where)
    elif shape.type_name == "map":
        for member in value.values():
            check_members(shape.value, member, where)
    else:
        kinds = {"string": str, "boolean": bool, "integer": int, "long": int}
        assert isinstance(value, kinds[shape.type_name]), where
