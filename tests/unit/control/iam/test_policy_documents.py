"""What IAM takes for a policy document, and what it says of the others.

The documents, their order and the messages are those that AWS answered when localstack recorded it
(test_iam_policies.py and its snapshot: CreatePolicy; test_iam_roles.py: UpdateAssumeRolePolicy).
"""

import json
from typing import Any

import pytest

from gatewright.base.errors import AwsError
from gatewright.control.iam.policy_documents import check_identity_policy, check_trust_policy, encoded, size_of

BUCKET = "arn:aws:s3:::example_bucket"
STATEMENT: dict[str, Any] = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": BUCKET}
SYNTAX = "Syntax errors in policy."
LEGACY = "The policy failed legacy parsing"
VERSION = "Policy document must be version 2012-10-17 or greater."
ACTIONS = "Policy statement must contain actions."
RESOURCES = "Policy statement must contain resources."
VENDOR = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
COLON = "Actions/Condition can contain only one colon."
IAM_PATH = (
    'IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, '
    "instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, "
    "access-report/."
)


def policy(*statements: Any, **elements: Any) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": statements[0] if len(statements) == 1 else list(statements),
        **elements,
    }


def statement(**changes: Any) -> dict[str, Any]:
    """Return the usual statement with elements changed; None takes one out."""
    return {name: value for name, value in {**STATEMENT, **changes}.items() if value is not None}


def when(condition: Any) -> dict[str, Any]:
    return policy(statement(Condition=condition))


def of_resource(resource: Any) -> dict[str, Any]:
    return policy(statement(Resource=resource))


def partition(name: str, resource: str) -> str:
    return f'Partition "{name}" is not valid for resource "{resource}".'


def no_arn(resource: str) -> str:
    return f'Resource {resource} must be in ARN format or "*".'


REFUSED: list[tuple[Any, str]] = [
    ({"Statement": STATEMENT}, VERSION),
    ({"Version": "2008-10-17", "Statement": STATEMENT}, VERSION),
    ({"Version": "2013-10-17", "Statement": STATEMENT}, SYNTAX),
    ({"Version": "2012-10-17"}, SYNTAX),
    (policy(["afd"]), SYNTAX),
    (policy(STATEMENT, **{"Extra field": "value"}), SYNTAX),
    (policy(statement(**{"Extra field": "value"})), SYNTAX),
    (policy(STATEMENT, Id=["cd3a"]), SYNTAX),
    (policy(STATEMENT, Id={}), SYNTAX),
    (policy(statement(Effect="invalid")), SYNTAX),
    (policy(statement(Action="invalid")), VENDOR),
    (policy(statement(Action=None, NotAction="")), VENDOR),
    (policy(statement(Action="a a:ListBucket")), "Vendor a a is not valid"),
    (policy(statement(Action="s3:List:Bucket")), COLON),
    (policy(statement(Action="s3s:ListBucket"), statement(Action="s:3s:ListBucket")), COLON),
    (of_resource("invalid resource"), no_arn("invalid resource")),
    (policy(statement(Resource="", Sid="a"), statement(Resource="", Sid="b")), no_arn("")),
    (policy(statement(Action="s:3:ListBucket", Resource="sdfsadf")), no_arn("sdfsadf")),
    (of_resource(["adf"]), no_arn("adf")),
    (of_resource(""), no_arn("")),
    (of_resource("a:bsdfdsafsad"), partition("bsdfdsafsad", "arn:bsdfdsafsad:*:*:*:*")),
    (of_resource("a:b:cadfsdf"), partition("b", "arn:b:cadfsdf:*:*:*")),
    (of_resource("a:b:c:d:e:f:g:h"), partition("b", "arn:b:c:d:e:f:g:h")),
    (of_resource("aws:s3:::example_bucket"), partition("s3", "arn:s3:::example_bucket:*")),
    (
        of_resource(["arn:error:s3:::example_bucket", "arn:error:s3::example_bucket"]),
        partition("error", "arn:error:s3:::example_bucket"),
    ),
    (policy([]), SYNTAX),
    (policy(statement(Resource=None)), RESOURCES),
    (of_resource([]), RESOURCES),
    (policy(statement(Action="invalid", Resource=None)), RESOURCES),
    (policy(statement(Action=None)), ACTIONS),
    (policy(statement(Effect=None)), SYNTAX),
    (policy({"Effect": "Allow"}), ACTIONS),
    (policy(statement(Action=[])), ACTIONS),
    (policy({"Effect": "Deny"}, STATEMENT), ACTIONS),
    (of_resource("arn:aws:iam:::example_bucket"), IAM_PATH),
    (of_resource("arn:aws:s3::example_bucket"), LEGACY),
    (policy(statement(Action=None, Resource="arn:aws:s3::example_bucket")), LEGACY),
    (of_resource("arn:aws"), "Resource vendor must be fully qualified and cannot contain regexes."),
    (of_resource({"a": BUCKET}), SYNTAX),
    (of_resource(["adfdf", {}]), SYNTAX),
    (policy(statement(NotResource=[])), SYNTAX),
    (policy(statement(Action=[[]])), SYNTAX),
    (policy(statement(NotAction="s3s:ListBucket", Action=[])), SYNTAX),
    (policy(statement(Action={})), SYNTAX),
    (when([]), SYNTAX),
    (when("a"), SYNTAX),
    (when({"a": "b"}), SYNTAX),
    (when({"DateGreaterThan": "b"}), SYNTAX),
    (when({"DateGreaterThan": []}), SYNTAX),
    (when({"DateGreaterThan": {"a": {}}}), SYNTAX),
    (policy(statement(Action=None, Condition={"DateGreaterThan": {"a": {}}})), SYNTAX),
    (when({"x": {"a": "1"}}), SYNTAX),
    (when({"ForAnyValue::StringEqualsIfExists": {"a": "asf"}}), SYNTAX),
    (when([{"ForAllValues:StringEquals": {"aws:TagKeys": "Department"}}]), SYNTAX),
    (
        of_resource("arn:aws:iam:us-east-1::example_bucket"),
        "IAM resource arn:aws:iam:us-east-1::example_bucket cannot contain region information.",
    ),
    (
        of_resource("arn:aws:s3:us-east-1::example_bucket"),
        "Resource arn:aws:s3:us-east-1::example_bucket can not contain region information.",
    ),
    (policy(statement(Sid={})), SYNTAX),
    (policy(statement(Sid=[])), SYNTAX),
    (
        policy(statement(Sid="sdf"), {"Sid": "sdf", "Effect": "Allow"}),
        "Statement IDs (SID) in a single policy must be unique.",
    ),
    ({"Statement": [statement(Sid="sdf"), {"Sid": "sdf", "Effect": "Allow"}]}, VERSION),
    (policy(statement(NotAction="s3:ListBucket", Action="iam:dsf")), SYNTAX),
    (policy(statement(NotResource="*")), SYNTAX),
    (policy(statement(Effect="denY")), LEGACY),
    (when({"DateGreaterThan": {"a": "sdfdsf"}}), LEGACY),
    ({"Statement": statement(Condition={"DateGreaterThan": {"a": "sdfdsf"}})}, VERSION),
    ({"Statement": statement(Effect="denY")}, VERSION),
    (policy({"Effect": "Allow", "Condition": {"DateGreaterThan": {"a": "sdfdsf"}}}), LEGACY),
    (policy(statement(Action=None, NotAction="s3:ListBucket", Resource="arn:aws::::example_bucket")), LEGACY),
    (policy({"Effect": "allow", "Resource": "arn:aws:s3:us-east-1::example_bucket"}), LEGACY),
    (policy(statement(Sid="sdf", Effect="aLLow"), {"Sid": "sdf", "Effect": "Allow"}), LEGACY),
    (policy(statement(Resource=None, NotResource="arn:aws:s3::example_bucket")), LEGACY),
    (when({"DateLessThanEquals": {"a": "234-13"}}), LEGACY),
    (when({"DateLessThanEquals": {"a": "2016-12-13t2:00:00.593194+1"}}), LEGACY),
    (when({"DateLessThanEquals": {"a": "2016-12-13t2:00:00.1999999999+10:59"}}), LEGACY),
    (when({"DateLessThan": {"a": "9223372036854775808"}}), LEGACY),
    (
        policy(statement(Resource="arn:error:s3:::example_bucket", Condition={"DateGreaterThan": {"a": "sdfdsf"}})),
        LEGACY,
    ),
    (of_resource("arn:aws::fdsasf"), LEGACY),
]

TAKEN: list[Any] = [
    of_resource([BUCKET]),
    policy(statement(Action="iam: asdf safdsf af ")),
    of_resource([BUCKET, "*"]),
    policy(statement(Action="*")),
    policy([STATEMENT]),
    when({"DateGreaterThan": {"aws:CurrentTime": "2017-07-01T00:00:00Z"}}),
    policy(statement(Action="service-prefix:action-name", Resource="*")),
    of_resource("arn:aws:iam:::user/example_bucket"),
    of_resource("arn:aws:s33:::example_bucket"),
    of_resource("arn:aws:fdsasf"),
    when({}),
    when({"ForAllValues:StringEquals": {"aws:TagKeys": "Department"}}),
    of_resource("arn:aws:cloudwatch:us-east-1::example_bucket"),
    of_resource("arn:aws:invalid-service:us-east-1::example_bucket"),
    when({"DateGreaterThan": {}}),
    when({"DateGreaterThan": {"a": []}}),
    when({"a": {}}),
    when({"x": {}, "y": {}}),
    policy(statement(Sid="dsfsdfsdfsdfsdfsadfsd")),
    policy(statement(Action=None, NotAction="s3:ListBucket")),
    policy(statement(Effect="Deny", Action="s3:*", Resource=None, NotResource=[BUCKET, f"{BUCKET}/*"])),
    policy(STATEMENT, Id="sdfsdfsdf"),
    policy(statement(Action="aaaaaadsfdsafsadfsadfaaaaa:ListBucket")),
    policy(statement(Action="s3-s:ListBucket")),
    policy(statement(Action="s3.s:ListBucket")),
    policy(statement(Action=None, NotAction="s3:ListBucket", Resource=None, NotResource="*")),
    policy(statement(Sid="sdf"), STATEMENT),
    when({"DateGreaterThan": {"a": "01T"}}),
    when({"StringEqualsIfExists": {"a": "asf"}}),
    when({"ForAnyValue:StringEqualsIfExists": {"a": "asf"}}),
    when({"DateLessThanEquals": {"a": "2019-07-01T13:20:15Z"}}),
    when({"DateLessThanEquals": {"a": "2016-12-13T21:20:37.593194+00:00"}}),
    when({"DateLessThanEquals": {"a": "2016-12-13t2:00:00.593194+23"}}),
    when({"DateLessThan": {"a": "-292275054"}}),
    of_resource("arn:aws:iam::*:user/${aws:username}"),
    of_resource("arn:aws:iam::*:mfa/${aws:username}"),
    when({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}),
    of_resource("arn:aws:dynamodb:*:*:table/MyTable"),
    of_resource("arn:aws:ec2:region:account-id:instance/*"),
    when({"ArnEquals": {"ec2:SourceInstanceARN": "arn:aws:ec2:*:*:instance/instance-id"}}),
    when({"StringLike": {"s3:prefix": ["", "home/", "home/${aws:userid}/*"]}}),
    of_resource(["arn:aws:rds:region:*:*"]),
    policy(statement(Sid=""), statement(Sid="")),
    of_resource("arn:aws:s3:us-west-2:123456789012:accesspoint/my-access-point/object/*"),
    policy(statement(Action=["s3:*Object", "s3:*"])),
]


@pytest.mark.parametrize(("document", "text"), REFUSED)
def test_refused_documents(document: Any, text: str) -> None:
    with pytest.raises(AwsError) as refused:
        check_identity_policy(json.dumps(document), is_managed=True)
    assert (refused.value.code, refused.value.message) == ("MalformedPolicyDocument", text)


@pytest.mark.parametrize("document", TAKEN)
def test_documents_that_are_taken(document: Any) -> None:
    check_identity_policy(json.dumps(document), is_managed=True)


@pytest.mark.parametrize("text", ["This is not a json document", "[]", "null", "[" * 100_000])
def test_what_is_no_document(text: str) -> None:
    with pytest.raises(AwsError, match=SYNTAX):
        check_identity_policy(text)


def test_a_principal_is_for_resource_policies() -> None:
    with pytest.raises(AwsError, match="should not specify a principal"):
        check_identity_policy(json.dumps(policy(statement(Principal="*"))))


TRUSTED = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


def trusting(**changes: Any) -> str:
    changed = {name: value for name, value in {**TRUSTED, **changes}.items() if value is not None}
    return json.dumps(policy(changed))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "This policy contains invalid Json"),
        (trusting(Resource="*"), "Has prohibited field Resource"),
        (trusting(Action="s3:GetObject"), "AssumeRole policy may only specify STS AssumeRole actions."),
        (trusting(Principal=None), "Missing required field Principal"),
        (trusting(Action=None), "Missing required field Action"),
        (trusting(Principal={"Service": "lambda"}), 'Invalid principal in policy: "SERVICE":"lambda"'),
        (trusting(Principal={"AWS": "somebody"}), 'Invalid principal in policy: "AWS":"somebody"'),
        (trusting(Principal={"Aws": "*"}), "Unknown field Aws"),
        (trusting(Effect="allow"), LEGACY),
        (trusting(Extra=1), SYNTAX),
    ],
)
def test_refused_trust_policies(text: str, message: str) -> None:
    with pytest.raises(AwsError) as refused:
        check_trust_policy(text)
    assert (refused.value.code, refused.value.message) == ("MalformedPolicyDocument", message)


@pytest.mark.parametrize(
    "text",
    [
        trusting(),
        trusting(Principal={"Service": ["lambda.amazonaws.com", "edgelambda.amazonaws.com"]}),
        trusting(Principal={"AWS": ["123456789012", "arn:aws:iam::123456789012:root", "AIDACKCEVSQ6C2EXAMPLE"]}),
        trusting(Principal="*"),
        trusting(Action=["sts:AssumeRole", "sts:TagSession"]),
        trusting(Action="sts:Assume*"),
        trusting(
            Principal={"Federated": "cognito-identity.amazonaws.com"},
            Action="sts:AssumeRoleWithWebIdentity",
            Condition={"StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:1"}},
        ),
        json.dumps({"Version": "2008-10-17", "Statement": TRUSTED}),
    ],
)
def test_trust_policies_that_are_taken(text: str) -> None:
    check_trust_policy(text)


def test_how_answers_have_documents() -> None:
    """GetRole: "The document is URL-encoded compliant with RFC 3986"."""
    assert (
        encoded('{"a": ["s3:*", "b~c-d_e.f"]}\n') == "%7B%22a%22%3A%20%5B%22s3%3A%2A%22%2C%20%22b~c-d_e.f%22%5D%7D%0A"
    )


def test_white_space_does_not_count() -> None:
    assert size_of(' {"a":\t"b c"}\n') == len('{"a":"bc"}')
