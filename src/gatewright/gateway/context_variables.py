"""`$context` variables, by name.

Source: "Customize HTTP API access logs", the table of variables. What only authorizers, certificates or the access log
know is not here.
"""

from collections.abc import Callable
from types import MappingProxyType

from gatewright.gateway.call import Call
from gatewright.languages.times import format_clf


def _user_agent(call: Call) -> str | None:
    return call.request.headers.get("user-agent")


_VARIABLES: MappingProxyType[str, Callable[[Call], str | None]] = MappingProxyType(
    {
        "accountId": lambda call: call.facts.account_id,
        "apiId": lambda call: call.facts.api_id,
        "domainName": lambda call: call.domain_name,
        "domainPrefix": lambda call: call.domain_name.partition(".")[0],
        "extendedRequestId": lambda call: call.request_id,
        "httpMethod": lambda call: call.request.method,
        "identity.sourceIp": lambda call: call.request.peer_address,
        "identity.userAgent": _user_agent,
        "path": lambda call: call.raw_path,
        "protocol": lambda call: f"HTTP/{call.request.http_version}",
        "requestId": lambda call: call.request_id,
        "requestTime": lambda call: format_clf(call.request.received_at),
        "requestTimeEpoch": lambda call: str(int(call.request.received_at * 1000)),
        "routeKey": lambda call: call.facts.route_key,
        "stage": lambda call: call.facts.stage_name,
    }
)


def context_variable(call: Call, name: str) -> str | None:
    """Return a variable, or None for one that has no value here."""
    variable = _VARIABLES.get(name)
    return None if variable is None else variable(call)
