"""The text of statements, character by character.

Sources: the example outputs of "Invoking a Lambda function using an Amazon API Gateway endpoint", "Viewing
resource-based IAM policies in Lambda" and "Control access to Lambda function URLs" (AWS Lambda Developer Guide).
"""

from typing import Any

import pytest

from gatewright.base.errors import AwsError
from gatewright.control.context import Context
from gatewright.control.lambda_.statements import build_statement, to_json
from tests.unit.control.contexts import Contexts

ARN = "arn:aws:lambda:us-east-2:123456789012:function:my-function"


def text(context: Context, **request: Any) -> str:
    members = {
        "StatementId": "apigateway-test-2",
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        **request,
    }
    return to_json(build_statement(context, ARN, members))


def test_the_output_of_the_page(context: Context) -> None:
    source = "arn:aws:execute-api:us-east-2:123456789012:mnh1xmpli7/default/GET"
    assert text(context, SourceArn=source) == (
        '{"Sid":"apigateway-test-2","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},'
        '"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-2:123456789012:function:my-function",'
        '"Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:us-east-2:123456789012:mnh1xmpli7/default/GET"}}}'
    )


@pytest.mark.parametrize(
    ("request_members", "condition"),
    [
        ({}, None),
        ({"SourceAccount": "123456789012"}, '{"StringEquals":{"AWS:SourceAccount":"123456789012"}}'),
        (
            {"SourceArn": "arn:aws:s3:::bucket", "SourceAccount": "123456789012"},
            '{"StringEquals":{"AWS:SourceAccount":"123456789012"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::bucket"}}',
        ),
        ({"PrincipalOrgID": "o-a1b2c3d4e5f"}, '{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5f"}}'),
        ({"EventSourceToken": "amzn1.ask.x"}, '{"StringEquals":{"lambda:EventSourceToken":"amzn1.ask.x"}}'),
        (
            {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE", "SourceAccount": "123456789012"},
            '{"StringEquals":{"AWS:SourceAccount":"123456789012","lambda:FunctionUrlAuthType":"NONE"}}',
        ),
        (
            # The order that localstack recorded of AWS in test_add_lambda_permission_fields.
            {
                "Action": "lambda:InvokeFunctionUrl",
                "FunctionUrlAuthType": "NONE",
                "PrincipalOrgID": "o-1234567890",
                "SourceAccount": "123456789012",
                "SourceArn": "arn:aws:s3:::bucket",
            },
            (
                '{"StringEquals":{"AWS:SourceAccount":"123456789012","lambda:FunctionUrlAuthType":"NONE",'
                '"aws:PrincipalOrgID":"o-1234567890"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::bucket"}}'
            ),
        ),
        ({"InvokedViaFunctionUrl": True}, '{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}'),
    ],
)
def test_conditions(context: Context, request_members: dict[str, Any], condition: str | None) -> None:
    _, _, written = text(context, **request_members).partition(',"Condition":')
    assert written == ("" if condition is None else condition + "}")


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", '"*"'),
        ("s3.amazonaws.com", '{"Service":"s3.amazonaws.com"}'),
        ("logs.us-west-2.amazonaws.com", '{"Service":"logs.us-west-2.amazonaws.com"}'),
        ("apigateway.amazonaws.com.cn", '{"Service":"apigateway.amazonaws.com.cn"}'),
        ("alexa-appkit.amazon.com", '{"Service":"alexa-appkit.amazon.com"}'),
        ("111122223333", '{"AWS":"arn:aws:iam::111122223333:root"}'),
        ("012345678901", '{"AWS":"arn:aws:iam::012345678901:root"}'),
        ("arn:aws:iam::111122223333:user/ana", '{"AWS":"arn:aws:iam::111122223333:user/ana"}'),
        (
            "arn:aws:sts::111122223333:assumed-role/r/session",
            '{"AWS":"arn:aws:sts::111122223333:assumed-role/r/session"}',
        ),
    ],
)
def test_principals(context: Context, principal: str, expected: str) -> None:
    assert f'"Principal":{expected},"Action"' in text(context, Principal=principal)


def test_accounts_in_other_partitions(contexts: Contexts) -> None:
    context = contexts.context(region="cn-north-1", partition="aws-cn")
    assert '{"AWS":"arn:aws-cn:iam::111122223333:root"}' in text(context, Principal="111122223333")


@pytest.mark.parametrize(
    "principal", ["apigateway", "12345678901", "evil.example.com", "arn:aws:s3:::bucket", "amazonaws.com", "a..b"]
)
def test_invalid_principals(context: Context, principal: str) -> None:
    with pytest.raises(AwsError) as caught:
        text(context, Principal=principal)
    assert caught.value.code == "InvalidParameterValueException"
    assert caught.value.message == ("The provided principal was invalid. Please check the principal and try again.")


def test_auth_types_are_for_function_urls(context: Context) -> None:
    with pytest.raises(AwsError) as caught:
        text(context, Principal="*", FunctionUrlAuthType="NONE")
    assert caught.value.message == "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action"
