"""From documents to a `Snapshot`: only what changed is compiled again.

An API or function that does not compile keeps its previous version in the snapshot, and the log says why: a mistake in
one of them must not stop the others, nor what already serves.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, TypeVar

from gatewright.base.errors import GatewrightError
from gatewright.snapshot.compile_function import compile_function
from gatewright.snapshot.compile_http_api import compile_http_api
from gatewright.snapshot.types import Function, HttpApi, Snapshot
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
        old_functions: Mapping[str, Function] = previous.functions if previous else {}
        old_apis: Mapping[str, HttpApi] = previous.http_apis if previous else {}
        functions = dict(old_functions)
        for key in sorted(stale.functions):
            _replace(functions, _function_arns(old_functions, key), compile_function, _arn_of, reader, key, log)
        http_apis = dict(old_apis)
        for key in sorted(stale.http_apis):
            _replace(http_apis, (key.id,), compile_http_api, _api_id_of, reader, key, log)
        return Snapshot(reader.revision, MappingProxyType(functions), MappingProxyType(http_apis))


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
    except (GatewrightError, ValueError, KeyError, TypeError) as error:
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


def _api_id_of(api: HttpApi) -> str:
    return api.api_id


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

    return _Stale(frozenset(keys("lambda", "function")), frozenset(keys("apigatewayv2", "api")))


def _changed(changes: Iterable[Change]) -> _Stale:
    functions, http_apis = set(), set()
    for change in changes:
        key = change.key
        if key.service == "lambda" and key.kind in _FUNCTION_KINDS:
            functions.add(Key(key.account, key.region, "lambda", "function", key.id.split("/", 1)[0]))
        elif key.service == "apigatewayv2" and key.kind in _API_KINDS:
            http_apis.add(Key(key.account, key.region, "apigatewayv2", "api", key.id.split("/", 1)[0]))
    return _Stale(frozenset(functions), frozenset(http_apis))
