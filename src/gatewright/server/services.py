"""The AWS services that a node serves. A package is imported by the first call of its service (`server.operations`)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qsl

from gatewright.aws.scope import parse_credential, scope_of_authorization
from gatewright.wire.request_head import RequestHead

SERVICES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "lambda": "gatewright.control.lambda_",
        "apigateway": "gatewright.control.apigateway",
        "apigatewayv2": "gatewright.control.apigatewayv2",
        "cloudcontrol": "gatewright.control.cloudcontrol",
        "cloudformation": "gatewright.stacks.operations",
        "iam": "gatewright.control.iam",
        "logs": "gatewright.control.logs",
        "sts": "gatewright.control.sts",
    }
)
"""botocore's name of a service, and the package whose OPERATIONS serve it."""

OWN_SIGNING_NAMES: Final = frozenset(
    {"apigateway", "cloudcontrolapi", "cloudformation", "iam", "lambda", "logs", "sts"}
)
"""The names that calls to these services are signed by."""

NEVER_ELSEWHERE: Final = frozenset({"cloudformation", "execute-api"})
"""Signing names of what a companion must not serve, though it may offer to: what deals with our functions and APIs."""

OWN_SCOPES: Final = OWN_SIGNING_NAMES | NEVER_ELSEWHERE | frozenset(SERVICES)
"""The services in credential scopes whose calls are answered here."""


def is_signed_for_others(head: RequestHead) -> bool:
    """Say whether a request is signed, by its Authorization or its query, for a service that is none of ours."""
    authorization = head.headers.get("authorization")
    scope = None if authorization is None else scope_of_authorization(authorization)
    if scope is None and "X-Amz-Credential" in head.query:
        credential = dict(parse_qsl(head.query)).get("X-Amz-Credential", "")
        scope = parse_credential(credential)
    return scope is not None and scope.service not in OWN_SCOPES
