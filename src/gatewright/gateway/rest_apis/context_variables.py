"""`$context` of REST APIs: a tree of plain values, made when somebody asks for it.

Source: "Context variables for data transformations" in "Mapping template and access logging variables for REST APIs".
What only authorizers, certificates or a WAF know is not here; a variable without a value is not in the tree.
"""

from collections.abc import Mapping
from typing import Any

from gatewright.gateway.rest_apis.call import RestCall
from gatewright.languages.times import format_clf

Tree = dict[str, Any]


def build_context(call: RestCall) -> Tree:
    """Return the variables of a request."""
    facts, request = call.facts, call.request
    received_ms = int(request.received_at * 1000)
    context: Tree = {
        "accountId": facts.account_id,
        "apiId": facts.api_id,
        "deploymentId": facts.deployment_id,
        "domainName": call.domain_name,
        "domainPrefix": call.domain_name.partition(".")[0],
        "extendedRequestId": call.extended_request_id,
        "httpMethod": request.method,
        "identity": _identity(call),
        "path": call.raw_path,
        "protocol": f"HTTP/{request.http_version}",
        "requestId": call.request_id,
        "requestOverride": {"header": {}, "path": {}, "querystring": {}},
        "requestTime": format_clf(request.received_at),
        "requestTimeEpoch": received_ms,
        "resourceId": facts.resource_id,
        "resourcePath": facts.resource_path,
        "responseOverride": {"header": {}},
        "stage": facts.stage_name,
    }
    if facts.operation_name is not None:
        context["operationName"] = facts.operation_name
    if facts.is_canary is not None:
        context["isCanaryRequest"] = facts.is_canary
    return context


def _identity(call: RestCall) -> Tree:
    identity: Tree = {"sourceIp": call.request.peer_address}
    agent = call.header("user-agent")
    if agent is not None:
        identity["userAgent"] = agent
    if call.api_key is not None:
        identity["apiKey"] = call.api_key.value
        identity["apiKeyId"] = call.api_key.key_id
    return identity


def context_value(context: Mapping[str, Any], name: str) -> str | None:
    """Return a variable by its dotted name (`identity.sourceIp`) as text; None for one that has no value here."""
    value: Any = context
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return None if isinstance(value, Mapping) else value_text(value)


def value_text(value: object) -> str:
    """Return a plain value as Java shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
