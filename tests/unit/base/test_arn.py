"""Sources: "Amazon Resource Names (ARNs)", IAM User Guide; "CreateFunction", Lambda API reference (FunctionName)."""

import pytest

from gatewright.base.arn import Arn, FunctionReference, function_arn, parse_arn, parse_function_name

ACCOUNT = "123456789012"


def test_an_arn_and_its_parts() -> None:
    text = f"arn:aws:lambda:us-east-2:{ACCOUNT}:function:hello:prod"
    arn = parse_arn(text)
    assert arn == Arn("aws", "lambda", "us-east-2", ACCOUNT, "function:hello:prod")
    assert str(arn) == text


@pytest.mark.parametrize(
    "text", ["", "arn", "arn:aws:lambda:us-east-1:1", "arn:aws:s3:::", "urn:aws:s3:::x", "arn::s3:::x"]
)
def test_what_is_no_arn(text: str) -> None:
    assert parse_arn(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello", FunctionReference(None, None, "hello", None)),
        ("hello:v1", FunctionReference(None, None, "hello", "v1")),
        ("hello:$LATEST", FunctionReference(None, None, "hello", "$LATEST")),
        ("function:hello", FunctionReference(None, None, "hello", None)),
        (f"{ACCOUNT}:function:hello", FunctionReference(None, ACCOUNT, "hello", None)),
        (f"{ACCOUNT}:function:hello:7", FunctionReference(None, ACCOUNT, "hello", "7")),
        (f"{ACCOUNT}:hello", FunctionReference(None, ACCOUNT, "hello", None)),
        (f"us-west-2:{ACCOUNT}:function:hello", FunctionReference("us-west-2", ACCOUNT, "hello", None)),
        (f"arn:aws:lambda:us-west-2:{ACCOUNT}:function:hello", FunctionReference("us-west-2", ACCOUNT, "hello", None)),
        (
            f"arn:aws-us-gov:lambda:us-gov-west-1:{ACCOUNT}:function:h_-1:$LATEST",
            FunctionReference("us-gov-west-1", ACCOUNT, "h_-1", "$LATEST"),
        ),
    ],
)
def test_the_ways_to_name_a_function(text: str, expected: FunctionReference) -> None:
    assert parse_function_name(text) == expected


@pytest.mark.parametrize("text", ["", "a b", "hello:", "hello:$OTHER", "a/b", "arn:aws:s3:::bucket", "x" * 10 + "\n"])
def test_what_names_no_function(text: str) -> None:
    assert parse_function_name(text) is None


def test_function_arn() -> None:
    assert function_arn("aws", "eu-west-1", ACCOUNT, "f") == f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f"
