"""Calls of IAM's operations in tests: outputs held to the model, errors as code and message."""

import json
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import botocore.session
import pytest
from botocore.model import ServiceModel, Shape

from gatewright.base.errors import AwsError
from gatewright.control.context import Context
from gatewright.control.iam import OPERATIONS

ACCOUNT = "123456789012"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
READ = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*"}]}
)
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
MISSING = f"arn:aws:iam::{ACCOUNT}:policy/missing"


def call(context: Context, operation: str, **request: Any) -> dict[str, Any]:
    """Call an operation and check that its output has the members and types of the service's model."""
    output = dict(OPERATIONS[operation](context, request))
    shape = _model().operation_model(operation).output_shape
    if shape is None:
        assert output == {}
    else:
        _check(shape, output, operation)
    return output


def failure(context: Context, operation: str, **request: Any) -> tuple[str, str]:
    """Call an operation that must fail; return the error's code and message."""
    with pytest.raises(AwsError) as caught:
        OPERATIONS[operation](context, request)
    return caught.value.code, caught.value.message


def create_role(context: Context, name: str = "worker", **members: Any) -> dict[str, Any]:
    role = call(context, "CreateRole", **{"RoleName": name, "AssumeRolePolicyDocument": TRUST, **members})["Role"]
    assert isinstance(role, dict)
    return role


def create_policy(context: Context, name: str = "reader", **members: Any) -> str:
    created = call(context, "CreatePolicy", **{"PolicyName": name, "PolicyDocument": READ, **members})
    return str(created["Policy"]["Arn"])


def decoded(text: str) -> Any:
    return json.loads(unquote(text))


@lru_cache
def _model() -> ServiceModel:
    return botocore.session.get_session().get_service_model("iam")


def _check(shape: Shape, value: Any, path: str) -> None:
    if value is None:
        return
    kinds = {"string": str, "boolean": bool, "integer": int, "structure": dict, "list": list, "map": dict}
    assert isinstance(value, kinds.get(shape.type_name, str)), f"{path} is a {type(value).__name__}"
    if shape.type_name == "structure":
        assert set(value) <= set(shape.members), f"{path} has unknown members {set(value) - set(shape.members)}"
        for name, member in value.items():
            _check(shape.members[name], member, f"{path}.{name}")
    elif shape.type_name == "list":
        for item in value:
            _check(shape.member, item, f"{path}[]")
