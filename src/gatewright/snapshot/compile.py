"""From documents to a `Snapshot`: only what changed is compiled again.

An API or function that does not compile keeps its previous version in the snapshot, and the log says why: a mistake in
one of them must not stop the others, nor what already serves.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from gatewright.base.errors import GatewrightError
from gatewright.snapshot.compile_event_source import compile_event_source
from gatewright.snapshot.compile_function import compile_function
from gatewright.snapshot.compile_http_api import compile_http_api
from gatewright.snapshot.compile_rest_api import compile_rest_api
from gatewright.snapshot.compile_role import compile_role
from gatewright.snapshot.compile_usage_plan import USAGE_PLAN_KINDS, compile_usage_plans
from gatewright.snapshot.types import Function, HttpApi, Role, Snapshot
from gatewright.snapshot.types.event_source import QueueMapping
from gatewright.snapshot.types.rest_api import RestApi
from gatewright.snapshot.types.usage_plan import UsagePlans
from gatewright.store.types import Change, Key, Reader, Store

_FUNCTION_KINDS = frozenset(
    {
        "function",
        "version",
        "alias",
        "function-policy",
        "function-concurrency",
        "provisioned-concurrency",
        "event-invoke-config",
        "function-url",
        "recursion-config",
    }
)
_API_KINDS = frozenset({"api", "route", "integration", "stage", "deployment", "deployed-routes"})
# What is not deployed is not served: a change of a resource compiles nothing.
_REST_API_KINDS = frozenset({"restapi", "stage", "deployed-api", "stage-cache"})

_EVENT_SOURCE = "event-source-mapping"
_ROLE = "role"

_MISTAKES = (GatewrightError, ValueError, KeyError, TypeError)

T = TypeVar("T")


class Log(Protocol):
    """Where the reasons go; a `logging.Logger` fits."""

    def error(self, message: str, *args: object) -> None:
        """Write a line."""
        ...


@dataclass(frozen=True, slots=True)
class _Stale:
    """The keys of the documents whose compiled form is out of date."""

    functions: frozenset[Key]
    http_apis: frozenset[Key]
    rest_apis: frozenset[Key]
    usage_plans: frozenset[tuple[str, str]]
    """Accounts and regions."""
    event_sources: frozenset[Key]
    roles: frozenset[Key]


def compile_snapshot(
    store: Store, previous: Snapshot | None, changes: Iterable[Change], log: Log | None = None
) -> Snapshot:
    """Return the snapshot of the store's current revision.

    `changes` are all lines of the feed since `previous`; what they do not touch is taken over as it is. Without
    `previous` everything is compiled.
    """
    log = log or logging.getLogger("gatewright.snapshot")
    with store.read() as reader:
        stale = _everything(reader) if previous is None else _changed(changes)
        old = previous or Snapshot(0, _NOTHING, _NOTHING)
        functions, http_apis, rest_apis = dict(old.functions), dict(old.http_apis), dict(old.rest_apis)
        event_sources, roles = dict(old.event_sources), dict(old.roles)
        for key in sorted(stale.functions):
            _replace(functions, _function_arns(old.functions, key), compile_function, _arn_of, reader, key, log)
        for key in sorted(stale.http_apis):
            _replace(http_apis, (key.id,), compile_http_api, _api_id_of, reader, key, log)
        for key in sorted(stale.rest_apis):
            _replace(rest_apis, (key.id,), compile_rest_api, _api_id_of, reader, key, log)
        for key in sorted(stale.event_sources):
            _replace(event_sources, (key.id,), compile_event_source, _uuid_of, reader, key, log)
        for key in sorted(stale.roles):
            _replace(roles, _role_arns(old.roles, key), compile_role, _role_arn_of, reader, key, log)
        return Snapshot(
            reader.revision,
            MappingProxyType(functions),
            MappingProxyType(http_apis),
            MappingProxyType(rest_apis),
            _compile_usage_plans(reader, old.usage_plans, stale.usage_plans, log),
            MappingProxyType(event_sources),
            MappingProxyType(roles),
        )


_NOTHING: MappingProxyType[str, Any] = MappingProxyType({})


def _compile_usage_plans(
    reader: Reader, old: Mapping[tuple[str, str], UsagePlans], stale: Iterable[tuple[str, str]], log: Log
) -> Mapping[tuple[str, str], UsagePlans]:
    plans = dict(old)
    for place in sorted(stale):
        try:
            compiled = compile_usage_plans(reader, *place)
        except _MISTAKES as error:
            log.error("usage plans of %s in %s do not compile, the old ones stay: %s", *place, _reason(error))
            continue
        if compiled is None:
            plans.pop(place, None)
        elif plans.get(place) != compiled:
            plans[place] = compiled
    return MappingProxyType(plans)


def _replace(
    served: dict[str, T],
    names: Iterable[str],
    compile_one: Callable[[Reader, Key], T | None],
    name_of: Callable[[T], str],
    reader: Reader,
    key: Key,
    log: Log,
) -> None:
    """Put the compiled form of a document in the place of its old one; `names` are what the old one is served as."""
    try:
        compiled = compile_one(reader, key)
    except _MISTAKES as error:
        kept = "its previous version keeps serving" if any(name in served for name in names) else "it is not served"
        log.error("%s %s does not compile, %s: %s", key.kind, key.id, kept, _reason(error))
        return
    if compiled is None:
        for name in names:
            served.pop(name, None)
        return
    # An equal form stays the same object, so that linking can tell by identity what changed.
    name = name_of(compiled)
    if served.get(name) != compiled:
        served[name] = compiled


def _reason(error: Exception) -> str:
    return f"member {error} is missing" if isinstance(error, KeyError) else str(error) or type(error).__name__


def _arn_of(function: Function) -> str:
    return function.arn


def _api_id_of(api: HttpApi | RestApi) -> str:
    return api.api_id


def _uuid_of(mapping: QueueMapping) -> str:
    return mapping.uuid


def _role_arn_of(role: Role) -> str:
    return role.arn


def _role_arns(roles: Mapping[str, Role], key: Key) -> tuple[str, ...]:
    """Return the ARN of a role: it has a path, which the key lacks, and its document may be gone."""
    return tuple(arn for arn in roles if arn.split(":")[4] == key.account and arn.rpartition("/")[2].lower() == key.id)


def _function_arns(functions: Mapping[str, Function], key: Key) -> tuple[str, ...]:
    """Return the ARN under which a function is served: its document may be gone, so look in the old snapshot."""
    return tuple(
        arn
        for arn, function in functions.items()
        if (function.account_id, function.region, function.name) == (key.account, key.region, key.id)
    )


def _everything(reader: Reader) -> _Stale:
    def keys(service: str, kind: str) -> Iterator[Key]:
        return (key for key, _ in reader.scan(service, kind))

    places = {(key.account, key.region) for kind in USAGE_PLAN_KINDS for key, _ in reader.scan("apigateway", kind)}
    return _Stale(
        frozenset(keys("lambda", "function")),
        frozenset(keys("apigatewayv2", "api")),
        frozenset(keys("apigateway", "restapi")),
        frozenset(places),
        frozenset(keys("lambda", _EVENT_SOURCE)),
        frozenset(keys("iam", _ROLE)),
    )


def _changed(changes: Iterable[Change]) -> _Stale:
    functions, http_apis, rest_apis, places = set[Key](), set[Key](), set[Key](), set[tuple[str, str]]()
    event_sources, roles = set[Key](), set[Key]()
    for change in changes:
        key = change.key
        if key.service == "lambda" and key.kind in _FUNCTION_KINDS:
            functions.add(_whole(key, "function"))
        elif key.service == "lambda" and key.kind == _EVENT_SOURCE:
            event_sources.add(key)
        elif key.service == "apigatewayv2" and key.kind in _API_KINDS:
            http_apis.add(_whole(key, "api"))
        elif key.service == "apigateway" and key.kind in _REST_API_KINDS:
            rest_apis.add(_whole(key, "restapi"))
        elif key.service == "apigateway" and key.kind in USAGE_PLAN_KINDS:
            places.add((key.account, key.region))
        elif key.service == "iam" and key.kind == _ROLE:
            roles.add(key)
    return _Stale(
        frozenset(functions),
        frozenset(http_apis),
        frozenset(rest_apis),
        frozenset(places),
        frozenset(event_sources),
        frozenset(roles),
    )


def _whole(part: Key, kind: str) -> Key:
    """Return the key of what a document is a part of."""
    return Key(part.account, part.region, part.service, kind, part.id.split("/", 1)[0])
