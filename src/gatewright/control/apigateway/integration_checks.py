"""What an integration may be: its type, its URI, its credentials, its time-out.

Sources: PutIntegration in the "Amazon API Gateway REST API Reference"; "Quotas for configuring and running a REST API
in API Gateway" (API Gateway Developer Guide); the texts as AWS answers them.
"""

import re

from gatewright.base.arn import parse_arn
from gatewright.base.errors import AwsError
from gatewright.control.apigateway.constraints import (
    LONGEST_REGIONAL_TIMEOUT_MS,
    LONGEST_STREAM_TIMEOUT_MS,
    LONGEST_TIMEOUT_MS,
    SHORTEST_TIMEOUT_MS,
)
from gatewright.control.apigateway.errors import access_denied, bad_request, not_built
from gatewright.control.apigateway.methods import check_http_method
from gatewright.control.apigatewayv2.integration_uris import is_http_url
from gatewright.store.types import Document

_HTTP_TYPES = frozenset(("HTTP", "HTTP_PROXY"))
_AWS_TYPES = frozenset(("AWS", "AWS_PROXY"))
_PROXY_TYPES = frozenset(("HTTP_PROXY", "AWS_PROXY"))
_TRANSFER_MODES = ("BUFFERED", "STREAM")
# "Set up a Lambda proxy integration with payload response streaming in API Gateway".
_STREAMING_INVOCATION = "/response-streaming-invocations"
_CONTENT_HANDLING = ("CONVERT_TO_BINARY", "CONVERT_TO_TEXT")
_PASSTHROUGH = ("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER")
_CALLER_CREDENTIALS = re.compile(r"arn:[^:]+:iam::\*:user/\*")
_ROLE = re.compile(r"arn:[^:]+:iam::(?P<account>\d{12}):role/.+")
_STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.[^{}]+\}")


def is_http(integration: Document) -> bool:
    """Tell whether an integration sends its requests to a URL."""
    return integration["type"] in _HTTP_TYPES


def is_proxy(integration: Document) -> bool:
    """Tell whether an integration passes the whole request on, and the response back."""
    return integration["type"] in _PROXY_TYPES


def check_integration(integration: Document, api: Document, account_id: str) -> None:
    """Raise BadRequestException when an integration cannot be as its document says."""
    _check_connection(integration)
    _check_credentials(integration, account_id)
    _check_method(integration)
    if is_http(integration) and not is_http_url(integration.get("uri", "")):
        raise bad_request("Invalid HTTP endpoint specified for URI")
    if integration["type"] in _AWS_TYPES:
        _check_aws_uri(integration)
    if integration["passthroughBehavior"] not in _PASSTHROUGH:
        raise bad_request(f"Invalid PassthroughBehavior specified. Valid options are {','.join(_PASSTHROUGH)}")
    check_content_handling(integration)
    _check_transfer_mode(integration)
    _check_timeout(integration, api)


def check_content_handling(document: Document) -> None:
    """Raise BadRequestException when an integration, or a response of one, converts to what is neither."""
    if document.get("contentHandling", _CONTENT_HANDLING[0]) not in _CONTENT_HANDLING:
        raise bad_request(f"Invalid ContentHandling specified. Valid options are {','.join(_CONTENT_HANDLING)}")


def _check_connection(integration: Document) -> None:
    if integration.get("connectionType") == "VPC_LINK" or "connectionId" in integration:
        raise not_built("connectionType VPC_LINK of an integration")
    if "integrationTarget" in integration:
        raise not_built("integrationTarget of an integration")


def _check_credentials(integration: Document, account_id: str) -> None:
    credentials = integration.get("credentials")
    if not credentials or _CALLER_CREDENTIALS.fullmatch(credentials) or _STAGE_VARIABLE.search(credentials):
        return
    role = _ROLE.fullmatch(credentials)
    if role is None:
        raise bad_request("Invalid ARN specified in the request")
    if role["account"] != account_id:
        raise access_denied("Cross-account pass role is not allowed.")


def _check_method(integration: Document) -> None:
    http_method = integration.get("httpMethod")
    if not http_method and integration["type"] != "MOCK":
        raise bad_request("Enumeration value for HttpMethod must be non-empty")
    if http_method:
        check_http_method(http_method)


def _check_aws_uri(integration: Document) -> None:
    arn = parse_arn(_STAGE_VARIABLE.sub("-", integration.get("uri", "")))
    if arn is None:
        raise bad_request("Invalid ARN specified in the request")
    # arn:aws:apigateway:REGION:[SUBDOMAIN.]SERVICE:path|action/…
    if arn.service != "apigateway" or not arn.resource.startswith(("path/", "action/")):
        raise bad_request("AWS ARN for integration must contain path or action")
    service = arn.account.rpartition(".")[2]
    if service == "lambda":
        return
    if integration["type"] == "AWS_PROXY":
        raise bad_request(
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations."
        )
    if not integration.get("credentials"):
        raise bad_request("Role ARN must be specified for AWS integrations")


def _check_transfer_mode(integration: Document) -> None:
    mode = integration.get("responseTransferMode", "BUFFERED")
    if mode not in _TRANSFER_MODES:
        raise bad_request(f"Invalid ResponseTransferMode specified. Valid options are {','.join(_TRANSFER_MODES)}")
    if mode == "STREAM" and not is_proxy(integration):
        raise _transfer_mode_contradicts(f"STREAM for {integration['type']} integrations")
    is_streaming_invocation = integration.get("uri", "").endswith(_STREAMING_INVOCATION)
    if integration["type"] == "AWS_PROXY" and is_streaming_invocation != (mode == "STREAM"):
        invocation = "InvokeWithResponseStream" if is_streaming_invocation else "Invoke"
        raise _transfer_mode_contradicts(
            f"{mode} for Lambda functions invoked by {invocation} for AWS_PROXY integrations"
        )


def _transfer_mode_contradicts(what: str) -> AwsError:
    return bad_request(f"Invalid ResponseTransferMode. Cannot use ResponseTransferMode {what}.")


def _check_timeout(integration: Document, api: Document) -> None:
    longest = LONGEST_TIMEOUT_MS
    if integration.get("responseTransferMode") == "STREAM":
        longest = LONGEST_STREAM_TIMEOUT_MS
    elif "REGIONAL" in api["endpointConfiguration"]["types"]:
        longest = LONGEST_REGIONAL_TIMEOUT_MS
    if not SHORTEST_TIMEOUT_MS <= integration["timeoutInMillis"] <= longest:
        raise bad_request(f"Timeout should be between {SHORTEST_TIMEOUT_MS} ms and {longest} ms")
