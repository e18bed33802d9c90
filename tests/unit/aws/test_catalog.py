"""Which service a request is for."""

import pytest

from gatewright.aws.catalog import Catalog, scope_of_request
from gatewright.aws.errors import UnknownService
from gatewright.aws.scope import CredentialScope
from gatewright.aws.service import Service, load_service
from gatewright.base.errors import OperationNotImplemented
from gatewright.base.messages import Headers, Request

LOADED: dict[str, Service] = {}


def load(name: str) -> Service:
    if name not in LOADED:
        LOADED[name] = load_service(name)
    return LOADED[name]


NAMES = ("apigateway", "apigatewayv2", "lambda", "iam", "sqs", "s3")


def identify(path: str, scope: str | None, target: str | None = None, query: str = "") -> str:
    headers = Headers([] if target is None else [("X-Amz-Target", target)])
    of = None if scope is None else CredentialScope("AKID", "20261123", "us-east-1", scope)
    return Catalog(NAMES, load).identify(Request("GET", path, query, headers), of, []).name


@pytest.mark.parametrize(
    ("path", "scope", "target", "service"),
    [
        ("/2015-03-31/functions", "lambda", None, "lambda"),
        ("/nowhere", "lambda", None, "lambda"),
        # "apigateway" signs for REST APIs and HTTP APIs alike.
        ("/restapis", "apigateway", None, "apigateway"),
        ("/v2/apis", "apigateway", None, "apigatewayv2"),
        ("/v2/apis/a/routes", "apigateway", None, "apigatewayv2"),
        ("/tags/arn", "apigateway", None, "apigateway"),
        ("/v2/tags/arn", "apigateway", None, "apigatewayv2"),
        ("/", "iam", None, "iam"),
        ("/", "sqs", "AmazonSQS.SendMessage", "sqs"),
        ("/", None, "AmazonSQS.SendMessage", "sqs"),
        ("/bucket/key", "s3", None, "s3"),
    ],
)
def test_identified(path: str, scope: str | None, target: str | None, service: str) -> None:
    assert identify(path, scope, target) == service


def test_a_path_that_only_one_service_has_is_enough() -> None:
    catalog = Catalog(("lambda", "apigatewayv2"), load)
    for path, service in (("/2015-03-31/functions", "lambda"), ("/v2/apis", "apigatewayv2")):
        assert catalog.identify(Request("GET", path, "", Headers()), None, []).name == service


@pytest.mark.parametrize(
    ("path", "scope", "target"),
    [("/", "nothing", None), ("/", None, "DynamoDB_20120810.GetItem"), ("/", None, "nothing"), ("/v9/x", None, None)],
)
def test_not_identified(path: str, scope: str | None, target: str | None) -> None:
    catalog = Catalog(("lambda", "apigatewayv2", "iam"), load)
    headers = Headers([] if target is None else [("X-Amz-Target", target)])
    of = None if scope is None else CredentialScope("AKID", "20261123", "us-east-1", scope)
    with pytest.raises(UnknownService):
        catalog.identify(Request("GET", path, "", headers), of, [])


@pytest.mark.parametrize(
    ("scope", "method", "path", "expected"),
    [
        ("sqs", "POST", "/", "sqs"),
        ("monitoring", "POST", "/", "cloudwatch"),
        ("execute-api", "POST", "/@connections/L0SM9cOFvHcCIhw=", "apigatewaymanagementapi"),
        ("apigateway", "GET", "/v2/apis", "apigatewayv2"),
        ("apigateway", "GET", "/restapis", "apigateway"),
        ("apigateway", "GET", "/nowhere", "apigatewayv2"),
    ],
)
def test_a_service_of_aws_that_is_not_served_is_known_all_the_same(
    scope: str, method: str, path: str, expected: str
) -> None:
    catalog = Catalog(("lambda", "apigatewayv2"))
    of = CredentialScope("AKID", "20261123", "us-east-1", scope)
    assert catalog.identify(Request(method, path, "", Headers()), of, []).name == expected


def test_a_service_whose_protocol_we_do_not_speak_is_not_implemented() -> None:
    of = CredentialScope("AKID", "20261123", "us-east-1", "ec2")
    with pytest.raises(OperationNotImplemented, match="The service 'ec2' is not implemented"):
        Catalog(("lambda",)).identify(Request("POST", "/", "", Headers()), of, [])


def test_only_the_model_that_is_named_is_loaded() -> None:
    loaded: list[str] = []

    def recording(name: str) -> Service:
        loaded.append(name)
        return load(name)

    catalog = Catalog(NAMES, recording)
    of = CredentialScope("AKID", "20261123", "us-east-1", "lambda")
    for _ in range(2):
        catalog.identify(Request("GET", "/2015-03-31/functions", "", Headers()), of, [])
    assert loaded == ["lambda"]


def test_what_can_be_told_at_once_waits_for_no_model() -> None:
    catalog = Catalog(("lambda", "apigatewayv2"), load)
    request = Request("GET", "/2015-03-31/functions", "", Headers())
    of = CredentialScope("AKID", "20261123", "us-east-1", "lambda")
    assert catalog.identify_at_once(request, of, []) is None
    catalog.service("lambda")
    for path, scope, service in (
        ("/2015-03-31/functions", of, "lambda"),
        ("/v2/apis", of, None),
        ("/v2/apis", None, None),
    ):
        found = catalog.identify_at_once(Request("GET", path, "", Headers()), scope, [])
        assert (found.name if found else None) == service
    catalog.service("apigatewayv2")
    found = catalog.identify_at_once(Request("GET", "/v2/apis", "", Headers()), None, [])
    assert found is not None
    with pytest.raises(UnknownService):
        catalog.identify_at_once(Request("GET", "/", "", Headers()), None, [])


def test_a_model_that_nobody_asks_for_keeps_nobody_waiting() -> None:
    catalog = Catalog(("lambda", "apigatewayv2", "iam"), load)
    of = CredentialScope("AKID", "20261123", "us-east-1", "apigateway")
    request = Request("GET", "/v2/apis", "", Headers())
    assert catalog.identify_at_once(request, of, []) is None
    assert catalog.identify(request, of, []).name == "apigatewayv2"
    found = catalog.identify_at_once(request, of, [])
    assert found is not None
    assert found.name == "apigatewayv2"


def test_a_form_that_is_not_signed_names_its_service() -> None:
    """AssumeRoleWithWebIdentity, "API Reference" (STS): it "does not require the use of AWS security credentials"."""
    catalog = Catalog(("lambda", "iam", "sts"), load)
    request = Request("POST", "/", "", Headers())
    form = [("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15")]
    assert catalog.identify(request, None, form).name == "sts"
    for other in ([("Action", "AssumeRoleWithWebIdentity"), ("Version", "2010-05-08")], [("Action", "Nothing")]):
        with pytest.raises(UnknownService):
            catalog.identify(request, None, other)


@pytest.mark.parametrize(
    ("authorization", "query", "service"),
    [
        ("AWS4-HMAC-SHA256 Credential=A/20261123/us-east-1/lambda/aws4_request, Signature=0", [], "lambda"),
        ("Bearer token", [("X-Amz-Credential", "A/20261123/us-east-1/s3/aws4_request")], "s3"),
        (None, [("X-Amz-Credential", "A/20261123/us-east-1/s3/aws4_request")], "s3"),
        (None, [("X-Amz-Credential", "x")], None),
        ("Bearer token", [], None),
    ],
)
def test_scopes(authorization: str | None, query: list[tuple[str, str]], service: str | None) -> None:
    headers = Headers([] if authorization is None else [("authorization", authorization)])
    scope = scope_of_request(Request("GET", "/", "", headers), query)
    assert (scope.service if scope else None) == service
