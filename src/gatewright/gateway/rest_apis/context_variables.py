"""`$context` of REST APIs: a tree of plain values, made when somebody asks for it.

Source: "Context variables for data transformations" in "Mapping template and access logging variables for REST APIs".
What only authorizers, certificates or a WAF know is not here; a variable without a value is not in the tree.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from gatewright.gateway.rest_apis.call import RestCall
from gatewright.languages.times import format_clf

Tree = dict[str, Any]


def build_context(call: RestCall) -> Tree:
    """Return the variables of a request."""
    return _ALL.read(call)


@dataclass(frozen=True, slots=True)
class ContextReads:
    """Some of the variables: what a template names."""

    variables: tuple[tuple[str, Callable[[RestCall], Any]], ...]
    optional: tuple[str, ...]
    """Those that may have no value: two have none where the method has no name, and the stage no canary."""

    def read(self, call: RestCall) -> Tree:
        """Return the variables of a request."""
        context = {name: value(call) for name, value in self.variables}
        for name in self.optional:
            if context[name] is None:
                del context[name]
        return context


def _identity(call: RestCall) -> Tree:
    identity: Tree = {"sourceIp": call.request.peer_address}
    agent = call.request.headers.get("user-agent")
    if agent is not None:
        identity["userAgent"] = agent
    if call.api_key is not None:
        identity["apiKey"] = call.api_key.value
        identity["apiKeyId"] = call.api_key.key_id
    return identity


_OPTIONAL = ("operationName", "isCanaryRequest")

_VARIABLES: Mapping[str, Callable[[RestCall], Any]] = MappingProxyType(
    {
        "accountId": lambda call: call.facts.account_id,
        "apiId": lambda call: call.facts.api_id,
        "deploymentId": lambda call: call.facts.deployment_id,
        "domainName": lambda call: call.domain_name,
        "domainPrefix": lambda call: call.domain_name.partition(".")[0],
        "extendedRequestId": lambda call: call.extended_request_id,
        "httpMethod": lambda call: call.request.method,
        "identity": _identity,
        "isCanaryRequest": lambda call: call.facts.is_canary,
        "operationName": lambda call: call.facts.operation_name,
        "path": lambda call: call.raw_path,
        "protocol": lambda call: f"HTTP/{call.request.http_version}",
        "requestId": lambda call: call.request_id,
        "requestOverride": lambda _: {"header": {}, "path": {}, "querystring": {}},
        "requestTime": lambda call: format_clf(call.request.received_at),
        "requestTimeEpoch": lambda call: int(call.request.received_at * 1000),
        "resourceId": lambda call: call.facts.resource_id,
        "resourcePath": lambda call: call.facts.resource_path,
        "responseOverride": lambda _: {"header": {}},
        "stage": lambda call: call.facts.stage_name,
    }
)


def context_reads(names: Iterable[str]) -> ContextReads:
    """Return what reads the variables of these names; there need not be any of a name."""
    known = [name for name in names if name in _VARIABLES]
    return ContextReads(
        tuple([(name, _VARIABLES[name]) for name in known]), tuple([name for name in _OPTIONAL if name in known])
    )


_ALL = context_reads(_VARIABLES)


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
