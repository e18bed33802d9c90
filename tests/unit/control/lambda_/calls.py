"""Calls of Lambda's operations in tests: requests with what is mandatory filled in, outputs held to the model."""

import io
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import botocore.session
import pytest
from botocore.model import ServiceModel, Shape

from gatewright.base.errors import AwsError
from gatewright.control.context import Context
from gatewright.control.lambda_ import OPERATIONS

ROLE = "arn:aws:iam::123456789012:role/lambda-role"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:my-function"


def zip_of(files: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, compression)
    return target.getvalue()


CODE = zip_of({"index.py": "def handler(event, context): return event\n"})
OTHER_CODE = zip_of({"index.py": "def handler(event, context): return None\n"})


def call(context: Context, operation: str, **request: Any) -> dict[str, Any]:
    """Call an operation and check that its output has the members and types of the service's model."""
    output = dict(OPERATIONS[operation](context, request))
    shape = _model().operation_model(operation).output_shape
    if shape is None:
        assert output == {}
    else:
        _check(shape, output, operation)
    return output


def create(context: Context, name: str = "my-function", **settings: Any) -> dict[str, Any]:
    """Create a function and return its configuration as the next look finds it."""
    answer = creation(context, name, **settings)
    return call(context, "GetFunctionConfiguration", FunctionName=answer["FunctionName"])


def creation(context: Context, name: str = "my-function", **settings: Any) -> dict[str, Any]:
    """Create a function and return what CreateFunction answers."""
    request: dict[str, Any] = {
        "FunctionName": name,
        "Runtime": "python3.12",
        "Role": ROLE,
        "Handler": "index.handler",
        "Code": {"ZipFile": CODE},
        **settings,
    }
    return call(context, "CreateFunction", **{key: value for key, value in request.items() if value is not None})


def failure(context: Context, operation: str, **request: Any) -> tuple[str, str]:
    """Call an operation that must fail; return the error's code and message."""
    with pytest.raises(AwsError) as caught:
        OPERATIONS[operation](context, request)
    return caught.value.code, caught.value.message


def creation_failure(context: Context, **settings: Any) -> tuple[str, str]:
    with pytest.raises(AwsError) as caught:
        create(context, **settings)
    return caught.value.code, caught.value.message


def updated(context: Context, operation: str, **change: Any) -> dict[str, Any]:
    """Change the function `my-function` and return its configuration as the next look finds it."""
    call(context, operation, **{"FunctionName": "my-function", **change})
    return call(context, "GetFunctionConfiguration", FunctionName="my-function")


@lru_cache
def _model() -> ServiceModel:
    return botocore.session.get_session().get_service_model("lambda")


def _check(shape: Shape, value: Any, path: str) -> None:
    if value is None:
        return
    kinds = {"string": str, "boolean": bool, "integer": int, "long": int, "double": float}
    kinds |= {"structure": dict, "list": list, "map": dict, "timestamp": str}
    assert isinstance(value, kinds[shape.type_name]), f"{path} is a {type(value).__name__}"
    if shape.type_name == "structure":
        assert set(value) <= set(shape.members), f"{path} has unknown members {set(value) - set(shape.members)}"
        for name, member in value.items():
            _check(shape.members[name], member, f"{path}.{name}")
    elif shape.type_name == "list":
        for item in value:
            _check(shape.member, item, f"{path}[]")
    elif shape.type_name == "map":
        for name, member in value.items():
            _check(shape.value, member, f"{path}.{name}")
