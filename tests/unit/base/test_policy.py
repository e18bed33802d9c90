"""Policy documents: elements, principals, the order of Allow and Deny, what parsing refuses.

Sources: "IAM JSON policy elements reference" and its pages on Action, Resource, Principal and NotPrincipal, "Policy
evaluation logic" (IAM User Guide); "Viewing resource-based IAM policies in Lambda" (Lambda Developer Guide).
"""

from typing import Any

import pytest

from gatewright.base.policy import (
    AccessRequest,
    Effect,
    PolicyError,
    Principal,
    PrincipalType,
    parse_policy,
)

ACCOUNT = "123456789012"
FUNCTION = f"arn:aws:lambda:us-east-2:{ACCOUNT}:function:my-function"
GATEWAY = Principal(PrincipalType.SERVICE, ("apigateway.amazonaws.com",))
USER = Principal(PrincipalType.AWS, (f"arn:aws:iam::{ACCOUNT}:user/ana",), ACCOUNT)
SESSION = Principal(
    PrincipalType.AWS,
    (f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/session", f"arn:aws:iam::{ACCOUNT}:role/deploy"),
    ACCOUNT,
)
FEDERATED = Principal(PrincipalType.FEDERATED, ("cognito-identity.amazonaws.com",))
CANONICAL = Principal(
    PrincipalType.CANONICAL_USER, ("79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be",)
)
ANONYMOUS = Principal(PrincipalType.ANONYMOUS)


def statement(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": FUNCTION, **elements}


def judge(
    *statements: dict[str, Any],
    principal: Principal | None = GATEWAY,
    action: str = "lambda:InvokeFunction",
    resource: str = FUNCTION,
    context: dict[str, Any] | None = None,
    version: str = "2012-10-17",
) -> Effect:
    policy = parse_policy({"Version": version, "Statement": list(statements)})
    return policy.evaluate(AccessRequest(principal, action, resource, context or {})).effect


def allows(*statements: dict[str, Any], **request: Any) -> bool:
    return judge(*statements, **request) is Effect.ALLOW


class TestOrder:
    ALLOW = statement(Sid="allow")
    DENY = statement(Sid="deny", Effect="Deny")
    OTHER = statement(Sid="other", Action="lambda:GetFunction")

    @pytest.mark.parametrize(
        ("statements", "effect", "sid"),
        [
            ([], Effect.IMPLICIT_DENY, None),
            ([OTHER], Effect.IMPLICIT_DENY, None),
            ([ALLOW], Effect.ALLOW, "allow"),
            ([OTHER, ALLOW, {**ALLOW, "Sid": "second"}], Effect.ALLOW, "allow"),
            ([DENY, ALLOW], Effect.EXPLICIT_DENY, "deny"),
            ([ALLOW, DENY], Effect.EXPLICIT_DENY, "deny"),
            ([{**OTHER, "Effect": "Deny"}, ALLOW], Effect.ALLOW, "allow"),
        ],
    )
    def test_an_explicit_deny_wins_and_nothing_is_denied(
        self, statements: list[dict[str, Any]], effect: Effect, sid: str | None
    ) -> None:
        decision = parse_policy({"Statement": statements}).evaluate(
            AccessRequest(GATEWAY, "lambda:InvokeFunction", FUNCTION)
        )
        assert decision.effect is effect
        assert decision.is_allowed is (effect is Effect.ALLOW)
        assert (decision.statement.sid if decision.statement else None) == sid


class TestActions:
    @pytest.mark.parametrize(
        ("element", "action", "expected"),
        [
            ({"Action": "lambda:InvokeFunction"}, "lambda:InvokeFunction", True),
            ({"Action": "LAMBDA:invokefunction"}, "lambda:InvokeFunction", True),
            ({"Action": "lambda:InvokeFunction"}, "lambda:InvokeFunctionUrl", False),
            ({"Action": "lambda:Invoke*"}, "lambda:InvokeFunctionUrl", True),
            ({"Action": "lambda:*Function"}, "lambda:InvokeFunction", True),
            ({"Action": "lambda:?nvokeFunction"}, "lambda:InvokeFunction", True),
            ({"Action": "lambda:?InvokeFunction"}, "lambda:InvokeFunction", False),
            ({"Action": "*"}, "lambda:InvokeFunction", True),
            ({"Action": "lambda:*"}, "s3:GetObject", False),
            ({"Action": ["s3:GetObject", "lambda:InvokeFunction"]}, "lambda:InvokeFunction", True),
            ({"NotAction": "lambda:GetFunction"}, "lambda:InvokeFunction", True),
            ({"NotAction": ["lambda:get*", "lambda:invoke*"]}, "lambda:InvokeFunction", False),
            # Variables are for Resource and Condition only.
            ({"Action": "lambda:${aws:username}"}, "lambda:ana", False),
        ],
    )
    def test_actions(self, element: dict[str, Any], action: str, expected: bool) -> None:
        base = {"Effect": "Allow", "Resource": "*", **element}
        assert allows(base, action=action, context={"aws:username": "ana"}) is expected


class TestResources:
    @pytest.mark.parametrize(
        ("element", "resource", "expected"),
        [
            ({"Resource": FUNCTION}, FUNCTION, True),
            ({"Resource": FUNCTION.upper()}, FUNCTION, False),
            ({"Resource": "*"}, FUNCTION, True),
            ({"Resource": FUNCTION + ":*"}, FUNCTION, False),
            ({"Resource": FUNCTION + ":*"}, FUNCTION + ":prod", True),
            ({"Resource": f"arn:aws:lambda:*:{ACCOUNT}:function:*"}, FUNCTION, True),
            ({"Resource": "arn:aws:lambda:us-east-?:*"}, FUNCTION, True),
            ({"Resource": "arn:aws:lambda:us-west-?:*"}, FUNCTION, False),
            ({"Resource": ["arn:aws:s3:::bucket", FUNCTION]}, FUNCTION, True),
            ({"NotResource": FUNCTION}, FUNCTION, False),
            ({"NotResource": "arn:aws:s3:::*"}, FUNCTION, True),
            ({}, FUNCTION, True),
            ({"Resource": "arn:aws:s3:::b/${aws:username}/*"}, "arn:aws:s3:::b/ana/x", True),
            ({"Resource": "arn:aws:s3:::b/${aws:username}/*"}, "arn:aws:s3:::b/bob/x", False),
            ({"Resource": "arn:aws:s3:::b/${AWS:UserName}/*"}, "arn:aws:s3:::b/ana/x", True),
            ({"Resource": "arn:aws:s3:::b/${aws:unknown}/*"}, "arn:aws:s3:::b//x", False),
            ({"Resource": "arn:aws:s3:::b/${aws:unknown, 'all'}/*"}, "arn:aws:s3:::b/all/x", True),
            ({"Resource": "arn:aws:s3:::b/${aws:unknown,'all'}/*"}, "arn:aws:s3:::b/ana/x", False),
            ({"Resource": "arn:aws:s3:::b/${aws:username, 'all'}"}, "arn:aws:s3:::b/ana", True),
            # A key with several values cannot stand in a variable.
            ({"Resource": "arn:aws:s3:::b/${aws:TagKeys}"}, "arn:aws:s3:::b/one", False),
            # A wildcard in a variable's value is a character: `evil` is called `*`.
            ({"Resource": "arn:aws:s3:::b/${test:evil}/x"}, "arn:aws:s3:::b/ana/x", False),
            ({"Resource": "arn:aws:s3:::b/${test:evil}/x"}, "arn:aws:s3:::b/*/x", True),
            ({"Resource": "arn:aws:s3:::b/${*}"}, "arn:aws:s3:::b/x", False),
            ({"Resource": "arn:aws:s3:::b/${*}"}, "arn:aws:s3:::b/*", True),
            ({"Resource": "arn:aws:s3:::b/${?}${$}"}, "arn:aws:s3:::b/?$", True),
            ({"Resource": "arn:aws:s3:::b/$x{y}"}, "arn:aws:s3:::b/$x{y}", True),
        ],
    )
    def test_resources(self, element: dict[str, Any], resource: str, expected: bool) -> None:
        base = {"Effect": "Allow", "Action": "*", **element}
        context = {"aws:username": "ana", "aws:TagKeys": ["one", "two"], "test:evil": "*"}
        assert allows(base, resource=resource, context=context) is expected

    def test_version_2008_knows_no_variables(self) -> None:
        """ "IAM JSON policy elements: Version": in older policies, variables are literal strings."""
        element = statement(Resource="arn:aws:s3:::b/${aws:username}")
        context = {"aws:username": "ana"}
        assert not allows(element, resource="arn:aws:s3:::b/ana", context=context, version="2008-10-17")
        assert allows(element, resource="arn:aws:s3:::b/${aws:username}", context=context, version="2008-10-17")
        assert allows(element, resource="arn:aws:s3:::b/ana", context=context)
        assert parse_policy({"Statement": element}).version == "2008-10-17"
        star = statement(Resource="${*}")
        assert allows(star, resource="${anything}", version="2008-10-17")
        assert allows(star, resource="*")


class TestPrincipals:
    @pytest.mark.parametrize(
        ("element", "principal", "expected"),
        [
            ("*", GATEWAY, True),
            ("*", USER, True),
            ("*", ANONYMOUS, True),
            ({"AWS": "*"}, USER, True),
            ({"AWS": "*"}, ANONYMOUS, True),
            ({"AWS": "*"}, GATEWAY, True),
            ({"Service": "*"}, GATEWAY, True),
            ({"Service": "*"}, USER, False),
            ({"Service": "apigateway.amazonaws.com"}, GATEWAY, True),
            ({"Service": "apigateway.amazonaws.com"}, USER, False),
            ({"Service": ["sns.amazonaws.com", "apigateway.amazonaws.com"]}, GATEWAY, True),
            ({"Service": "sns.amazonaws.com"}, GATEWAY, False),
            ({"AWS": "apigateway.amazonaws.com"}, GATEWAY, False),
            ({"AWS": ACCOUNT}, USER, True),
            ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, USER, True),
            ({"AWS": f"arn:aws-cn:iam::{ACCOUNT}:root"}, USER, True),
            ({"AWS": ACCOUNT}, SESSION, True),
            ({"AWS": "999999999999"}, USER, False),
            ({"AWS": "arn:aws:iam::999999999999:root"}, USER, False),
            ({"AWS": ["999999999999", f"arn:aws:iam::{ACCOUNT}:user/ana"]}, USER, True),
            ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/bob"}, USER, False),
            # No wildcard can match a part of a principal's name.
            ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"}, USER, False),
            ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/deploy"}, SESSION, True),
            ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/session"}, SESSION, True),
            ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/other"}, SESSION, False),
            ({"Federated": "cognito-identity.amazonaws.com"}, FEDERATED, True),
            ({"Federated": "accounts.google.com"}, FEDERATED, False),
            ({"CanonicalUser": CANONICAL.names[0]}, CANONICAL, True),
            ({"CanonicalUser": "0" * 64}, CANONICAL, False),
            ({"AWS": ACCOUNT, "Service": "apigateway.amazonaws.com"}, GATEWAY, True),
            ({"AWS": ACCOUNT}, ANONYMOUS, False),
            ({"AWS": ACCOUNT}, None, False),
            ("*", None, False),
        ],
    )
    def test_principals(self, element: Any, principal: Principal | None, expected: bool) -> None:
        assert allows(statement(Principal=element), principal=principal) is expected

    def test_a_statement_without_principal_is_for_whoever_has_the_policy(self) -> None:
        assert allows(statement(), principal=None)
        assert allows(statement(), principal=USER)

    @pytest.mark.parametrize(
        ("element", "principal", "denied"),
        [
            ({"AWS": "999999999999"}, USER, True),
            ({"AWS": [f"arn:aws:iam::{ACCOUNT}:user/ana", f"arn:aws:iam::{ACCOUNT}:root"]}, USER, False),
            ({"AWS": [f"arn:aws:iam::{ACCOUNT}:user/bob", ACCOUNT]}, USER, True),
            # "When you use NotPrincipal with Deny, you must also specify the account ARN".
            ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/ana"}, USER, True),
            ({"AWS": [*SESSION.names, ACCOUNT]}, SESSION, False),
            ({"AWS": [SESSION.names[1], ACCOUNT]}, SESSION, True),
            ({"Service": "apigateway.amazonaws.com"}, GATEWAY, False),
            ({"Service": "apigateway.amazonaws.com"}, ANONYMOUS, True),
            ("*", USER, False),
        ],
    )
    def test_not_principal(self, element: Any, principal: Principal, denied: bool) -> None:
        effect = judge(
            statement(),
            {"Effect": "Deny", "NotPrincipal": element, "Action": "*", "Resource": "*"},
            principal=principal,
        )
        assert (effect is Effect.EXPLICIT_DENY) is denied


class TestFunctionPolicies:
    """The function policy of "Invoking a Lambda function using an Amazon API Gateway endpoint"."""

    @pytest.mark.parametrize(
        ("pattern", "source", "expected"),
        [
            ("mnh1xmpli7/*/GET/*", "mnh1xmpli7/prod/GET/users", True),
            ("mnh1xmpli7/*/GET/*", "mnh1xmpli7/prod/GET/users/1/orders", True),
            ("mnh1xmpli7/*/GET/*", "mnh1xmpli7/prod/POST/users", False),
            ("mnh1xmpli7/prod/ANY/user", "mnh1xmpli7/prod/ANY/user", True),
            ("mnh1xmpli7/prod/ANY/user", "mnh1xmpli7/test/ANY/user", False),
            ("mnh1xmpli7/*/*/*", "mnh1xmpli7/$default/$default", False),
            ("mnh1xmpli7/*/*", "mnh1xmpli7/$default/$default", True),
            ("mnh1xmpli7/*/*/*", "mnh1xmpli7/prod/DELETE/user", True),
            ("mnh1xmpli7/*/*/*", "other1234/prod/DELETE/user", False),
            ("mnh1xmpli7/default/GET/", "mnh1xmpli7/default/GET/", True),
        ],
    )
    @pytest.mark.parametrize("operator", ["ArnLike", "ArnEquals", "StringLike"])
    def test_source_arns(self, operator: str, pattern: str, source: str, expected: bool) -> None:
        prefix = f"arn:aws:execute-api:us-east-2:{ACCOUNT}:"
        element = statement(
            Principal={"Service": "apigateway.amazonaws.com"},
            Condition={
                operator: {"AWS:SourceArn": prefix + pattern},
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
            },
        )
        context = {"aws:SourceArn": prefix + source, "aws:SourceAccount": ACCOUNT}
        assert allows(element, context=context) is expected
        assert not allows(element, context={**context, "aws:SourceAccount": "999999999999"})
        assert not allows(element, context={"aws:SourceArn": prefix + source})


class TestParsing:
    @pytest.mark.parametrize(
        ("document", "reason"),
        [
            ([], "must be a JSON object"),
            ({}, "must have a Statement"),
            ({"Version": "2013-01-01", "Statement": []}, "Invalid policy version: 2013-01-01"),
            ({"Version": ["2012-10-17"], "Statement": []}, "Invalid policy version"),
            ({"Id": 5, "Statement": []}, "Id must be a string"),
            ({"Statement": [], "Statements": []}, "Unknown element of a policy: Statements"),
            ({"Statement": "Allow"}, "A statement must be a JSON object"),
            ({"Statement": [statement(Sid=1)]}, "Sid must be a string"),
            ({"Statement": [statement(Effect="allow")]}, "Effect must be Allow or Deny, not allow"),
            ({"Statement": [statement(Effect=["Allow"])]}, "Effect must be Allow or Deny"),
            ({"Statement": [{"Action": "*", "Resource": "*"}]}, "Effect must be Allow or Deny, not None"),
            ({"Statement": [{"Effect": "Allow", "Resource": "*"}]}, "must have Action or NotAction"),
            ({"Statement": [statement(NotAction="*")]}, "both Action and NotAction"),
            ({"Statement": [statement(NotResource="*")]}, "both Resource and NotResource"),
            ({"Statement": [statement(Principal="*", NotPrincipal="*")]}, "both Principal and NotPrincipal"),
            ({"Statement": [statement(Action=[])]}, "Action must not be empty"),
            ({"Statement": [statement(Action=[1])]}, "Action must be a string or a list"),
            ({"Statement": [statement(Resource={"a": "b"})]}, "Resource must be a string or a list"),
            ({"Version": "2012-10-17", "Statement": [statement(Resource="${}")]}, "Invalid policy variable: ${}"),
            ({"Statement": [statement(Principal="ana")]}, 'Principal must be "*" or a JSON object'),
            ({"Statement": [statement(Principal={})]}, 'Principal must be "*" or a JSON object'),
            ({"Statement": [statement(Principal={"Aws": "*"})]}, "Unknown type of principal: Aws"),
            ({"Statement": [statement(Principal={"AWS": 5})]}, "Principal.AWS must be a string"),
            ({"Statement": [statement(Conditions={})]}, "Unknown element of a statement: Conditions"),
            ({"Statement": [statement(Condition=[])]}, "Condition must be a JSON object"),
            ({"Statement": [statement(Condition={"Bool": "x"})]}, "Bool must hold a JSON object"),
            ({"Statement": [statement(Condition={"Bool": {"": "true"}})]}, "empty condition key"),
            ({"Statement": [statement(Condition={"Bool": {"a": {}}})]}, "values must be strings"),
        ],
    )
    def test_malformed_policies_are_named(self, document: Any, reason: str) -> None:
        with pytest.raises(PolicyError) as caught:
            parse_policy(document)
        assert reason in str(caught.value)

    def test_a_single_statement_needs_no_list(self) -> None:
        assert len(parse_policy({"Id": "default", "Statement": statement()}).statements) == 1

    def test_equal_documents_are_equal_policies(self) -> None:
        element = statement(Principal="*", Condition={"StringLike": {"aws:SourceArn": "a*"}})
        first, second = parse_policy({"Statement": element}), parse_policy({"Statement": [element]})
        assert first == second
        assert hash(first) == hash(second)
        assert first != parse_policy({"Statement": {**element, "Action": "*"}})
        other = {"StringLike": {"aws:SourceArn": "b*"}}
        assert first != parse_policy({"Statement": {**element, "Condition": other}})


def test_hostile_wildcards_take_no_time() -> None:
    """As a regular expression, this pattern would take longer than the universe has existed."""
    element = statement(Resource="*a" * 200 + "b")
    assert not allows(element, resource="a" * 5000)
    assert not allows(statement(Resource="*?a" * 60 + "b"), resource="a" * 1000)
