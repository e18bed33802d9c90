"""Credential scopes."""

import pytest

from gatewright.aws.scope import CredentialScope, parse_credential, scope_of_authorization


@pytest.mark.parametrize(
    ("credential", "scope"),
    [
        ("AKID/20150830/us-east-1/lambda/aws4_request", CredentialScope("AKID", "20150830", "us-east-1", "lambda")),
        ("A/B/20150830/us-east-1/lambda/aws4_request", CredentialScope("A/B", "20150830", "us-east-1", "lambda")),
        ("AKID/20150830/s3/aws4_request", CredentialScope("AKID", "20150830", "", "s3")),
        ("AKID/20150830/us-east-1/lambda/aws3_request", None),
        ("AKID//us-east-1/lambda/aws4_request", None),
        ("/20150830/us-east-1/lambda/aws4_request", None),
        ("lambda/aws4_request", None),
        ("aws4_request", None),
        ("", None),
    ],
)
def test_credentials(credential: str, scope: CredentialScope | None) -> None:
    assert parse_credential(credential) == scope


@pytest.mark.parametrize(
    ("header", "service"),
    [
        (
            "AWS4-HMAC-SHA256 Credential=A/20150830/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0",
            "lambda",
        ),
        ("AWS4-HMAC-SHA256 Credential=A/20150830/us-east-1/sqs/aws4_request,SignedHeaders=host,Signature=0", "sqs"),
        ("AWS4-HMAC-SHA256 SignedHeaders=host, Credential=A/20150830/us-east-1/sqs/aws4_request", "sqs"),
        ("AWS4-ECDSA-P256-SHA256 Credential=A/20150830/s3/aws4_request, SignedHeaders=host, Signature=0", "s3"),
        ("AWS4-HMAC-SHA256 Credential=A/20150830/s3/aws4_request", None),
        ("AWS4-HMAC-SHA256", None),
        ("Bearer Credential=A/20150830/us-east-1/lambda/aws4_request", None),
        ("AWS AKID:signature", None),
    ],
)
def test_authorizations(header: str, service: str | None) -> None:
    scope = scope_of_authorization(header)
    assert (scope.service if scope else None) == service
