"""GetResource ("API Reference", Cloud Control API) of a function URL, as `sam list endpoints` asks it."""

import json

import pytest

from gatewright.base.errors import AwsError
from gatewright.control.cloudcontrol import OPERATIONS
from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts
from tests.unit.control.lambda_ import calls

TYPE = "AWS::Lambda::Url"


@pytest.fixture
def context(contexts: Contexts) -> Context:
    made = contexts.context()
    calls.create(made)
    return made


def failure(context: Context, type_name: str) -> str:
    with pytest.raises(AwsError) as refused:
        OPERATIONS["GetResource"](context, {"TypeName": type_name, "Identifier": calls.ARN})
    return refused.value.code


def test_a_function_url(context: Context) -> None:
    config = calls.call(context, "CreateFunctionUrlConfig", FunctionName=calls.ARN, AuthType="NONE")
    answer = OPERATIONS["GetResource"](context, {"TypeName": TYPE, "Identifier": calls.ARN})
    assert answer["TypeName"] == TYPE
    assert answer["ResourceDescription"]["Identifier"] == calls.ARN
    assert json.loads(answer["ResourceDescription"]["Properties"]) == {
        "TargetFunctionArn": calls.ARN,
        "FunctionArn": calls.ARN,
        "AuthType": "NONE",
        "FunctionUrl": config["FunctionUrl"],
        "InvokeMode": "BUFFERED",
    }


def test_none(context: Context) -> None:
    """The code by which SAM CLI knows that a function has none."""
    assert failure(context, TYPE) == "ResourceNotFoundException"


def test_other_types(context: Context) -> None:
    assert failure(context, "AWS::Lambda::Function") == "NotImplemented"
