"""The AWS services that a node serves. A package is imported by the first call of its service (`server.operations`)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SERVICES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "lambda": "gatewright.control.lambda_",
        "apigateway": "gatewright.control.apigateway",
        "apigatewayv2": "gatewright.control.apigatewayv2",
        "iam": "gatewright.control.iam",
    }
)
"""botocore's name of a service, and the package whose OPERATIONS serve it."""

OWN_SIGNING_NAMES: Final = frozenset({"apigateway", "iam", "lambda"})
"""The names that calls to these services are signed by."""
