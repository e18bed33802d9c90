"""What the integrations of an HTTP API point at: a Lambda function or a URL, stage variables included.

Sources: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway", "Create HTTP proxy integrations for HTTP
APIs", "Use stage variables for HTTP APIs in API Gateway" (API Gateway Developer Guide).
"""

import re
from urllib.parse import urlsplit

from gatewright.base.errors import AwsError
from gatewright.control.apigatewayv2.errors import bad_request

_STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.[A-Za-z0-9_]+\}")
# Stands for a stage variable while the rest of a URI is matched; no URI holds this character.
_STAND_IN = "\x00"

_NAME = rf"[A-Za-z0-9_\-{_STAND_IN}]+"
_FUNCTION_ARN = rf"(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{{12}}:function:{_NAME}(?::(?:\$LATEST|{_NAME}))?|{_STAND_IN})"
_FUNCTION_URI = re.compile(
    rf"{_FUNCTION_ARN}"
    rf"|arn:aws[a-z-]*:apigateway:[a-z0-9-]+:lambda:path/2015-03-31/functions/{_FUNCTION_ARN}/invocations"
)
# Visible ASCII; scheme, host or path may be stage variables.
_URL = re.compile(rf"(?:https?://|{_STAND_IN})[!-~{_STAND_IN}]*", re.IGNORECASE)


def is_function_uri(uri: str) -> bool:
    """Tell whether a URI names a Lambda function: its ARN, or the ARN of its invocation by API Gateway."""
    return _FUNCTION_URI.fullmatch(_without_stage_variables(uri)) is not None


def is_http_url(uri: str) -> bool:
    """Tell whether a URI is a fully qualified URL of http or https."""
    text = _without_stage_variables(uri)
    if not _URL.fullmatch(text):
        return False
    return _STAND_IN in text or _has_host(text)


def check_integration_uri(integration_type: str, uri: str | None) -> None:
    """Raise BadRequestException when a URI is none of the integration's type (`AWS_PROXY`, `HTTP_PROXY`)."""
    if not uri:
        raise bad_request(f"IntegrationUri must be specified for integration of type {integration_type}")
    if integration_type == "AWS_PROXY" and not is_function_uri(uri):
        raise _invalid_arn()
    if integration_type == "HTTP_PROXY" and not is_http_url(uri):
        raise bad_request("Invalid HTTP endpoint specified for URI")


def _invalid_arn() -> AwsError:
    return bad_request("Invalid ARN specified in the request")


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        # Path variables belong into the path, and nobody asks for a user's name.
        return bool(parts.hostname) and parts.port != 0 and not set("{}@").intersection(parts.netloc)
    except ValueError:
        # A port that is none, brackets that do not match.
        return False


def _without_stage_variables(uri: str) -> str:
    return _STAGE_VARIABLE.sub(_STAND_IN, uri.replace(_STAND_IN, " "))
