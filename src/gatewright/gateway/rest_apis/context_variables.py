"""`$context` of REST APIs: a tree of plain values, made when somebody asks for it.

Source: "Context variables for data transformations" in "Mapping template and access logging variables for REST APIs".
What only authorizers, certificates or a WAF know is not here; a variable without a value is not in the tree.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from gatewright.gateway.rest_apis.call import MethodFacts, RestCall
from gatewright.languages.times import format_clf

Tree = dict[str, Any]


def build_context(call: RestCall) -> Tree:
    """Return the variables of a request."""
    facts = call.facts
    context = {name: value(facts if is_of_method else call) for name, is_of_method, value in _ALL}
    for name in _OPTIONAL:
        if context[name] is None:
            del context[name]
    return context


@dataclass(frozen=True, slots=True)
class ContextReads:
    """Some of the variables, for one method: what a template names."""

    of_method: Tree
    """What is the same for every request. Others hold the places of theirs."""
    of_request: tuple[tuple[str, Callable[[RestCall], Any]], ...]

    def read(self, call: RestCall) -> Tree:
        """Return the variables of a request."""
        context = self.of_method.copy()
        for name, value in self.of_request:
            context[name] = value(call)
        return context


def context_reads(names: Iterable[str], facts: MethodFacts) -> ContextReads:
    """Return what reads the variables of these names; there need not be any of a name."""
    of_method: Tree = {}
    of_request = []
    for name in names:
        if name in _OF_METHOD:
            value = _OF_METHOD[name](facts)
            if value is not None:
                of_method[name] = value
        elif name in _OF_REQUEST:
            of_method[name] = None
            of_request.append((name, _OF_REQUEST[name]))
    return ContextReads(of_method, tuple(of_request))


def _identity(call: RestCall) -> Tree:
    identity: Tree = {"sourceIp": call.request.peer_address}
    agent = call.request.headers.get("user-agent")
    if agent is not None:
        identity["userAgent"] = agent
    if call.api_key is not None:
        identity["apiKey"] = call.api_key.value
        identity["apiKeyId"] = call.api_key.key_id
    return identity


_OF_METHOD: Mapping[str, Callable[[MethodFacts], Any]] = MappingProxyType(
    {
        "accountId": attrgetter("account_id"),
        "apiId": attrgetter("api_id"),
        "deploymentId": attrgetter("deployment_id"),
        "isCanaryRequest": attrgetter("is_canary"),
        "operationName": attrgetter("operation_name"),
        "resourceId": attrgetter("resource_id"),
        "resourcePath": attrgetter("resource_path"),
        "stage": attrgetter("stage_name"),
    }
)
_OF_REQUEST: Mapping[str, Callable[[RestCall], Any]] = MappingProxyType(
    {
        "domainName": attrgetter("domain_name"),
        "domainPrefix": lambda call: call.domain_name.partition(".")[0],
        "extendedRequestId": attrgetter("extended_request_id"),
        "httpMethod": attrgetter("request.method"),
        "identity": _identity,
        "path": attrgetter("raw_path"),
        "protocol": lambda call: f"HTTP/{call.request.http_version}",
        "requestId": attrgetter("request_id"),
        "requestOverride": lambda _: {"header": {}, "path": {}, "querystring": {}},
        "requestTime": lambda call: format_clf(call.request.received_at),
        "requestTimeEpoch": lambda call: int(call.request.received_at * 1000),
        "responseOverride": lambda _: {"header": {}},
    }
)
_OPTIONAL = ("operationName", "isCanaryRequest")
"""Those that may have no value: two have none where the method has no name, and the stage no canary."""
_ALL: tuple[tuple[str, bool, Callable[[Any], Any]], ...] = tuple(
    (name, name in _OF_METHOD, _OF_METHOD.get(name) or _OF_REQUEST[name])
    for name in sorted([*_OF_METHOD, *_OF_REQUEST])
)


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
