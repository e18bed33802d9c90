"""The REST routes of a service: (method, URI template, required query literals) → operation.

Segments are matched undecoded, so that `%2F` in a label stays inside its segment; labels are decoded afterwards. Some
operations of one service share method and path and differ only in what else they require (S3's `PutObject`,
`CopyObject` and `UploadPart`); the one whose requirements are all there, and which requires most, is meant.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Generic, TypeVar
from urllib.parse import unquote

from gatewright.aws.errors import Malformed

Target = TypeVar("Target")

_REMEMBERED_PATHS: Final = 256
_MAX_REMEMBERED: Final = 512
"""Characters of a path. Clients call few paths, and each many times: finding the route took 5 of an Invoke's 80 µs."""


@dataclass(frozen=True, slots=True)
class Route(Generic[Target]):
    """One operation's place."""

    target: Target
    segments: tuple[str, ...]
    """Of the template: `functions`, `{FunctionName}`, `{Key+}`."""
    literals: tuple[tuple[str, str], ...]
    """Query parameters that must be there with this value ("" is any value)."""
    required_query: frozenset[str]
    required_headers: frozenset[str]
    """In lower case."""
    is_deprecated: bool = False
    """S3 keeps operations beside others of the same place that took them over."""

    @property
    def rank(self) -> tuple[int, int, bool]:
        """Return how particular the route is."""
        return len(self.literals), len(self.required_query) + len(self.required_headers), not self.is_deprecated


@dataclass(slots=True)
class _Node(Generic[Target]):
    literals: "dict[str, _Node[Target]]" = field(default_factory=dict)
    label: "_Node[Target] | None" = None
    routes: dict[str, list[Route[Target]]] = field(default_factory=dict)
    greedy_routes: dict[str, list[Route[Target]]] = field(default_factory=dict)


class Routes(Generic[Target]):
    """All routes of a service."""

    def __init__(self, routes: Iterable[tuple[str, Route[Target]]]) -> None:
        self._root: _Node[Target] = _Node()
        for method, route in routes:
            self._add(method, route)
        self._remembered = lru_cache(_REMEMBERED_PATHS)(self._at)

    def match(
        self, method: str, path: str, query: Collection[tuple[str, str]], headers: Iterable[tuple[str, str]]
    ) -> tuple[Target, dict[str, str]] | None:
        """Return the operation that a request means and its decoded labels, or None.

        `path` is as sent, `query` decoded.
        """
        routes_at = self._remembered if len(path) <= _MAX_REMEMBERED else self._at
        for route, segments in routes_at(method, path):
            if _is_met(route, query, headers):
                return route.target, _labels(route, segments)
        return None

    def _at(self, method: str, path: str) -> tuple[tuple[Route[Target], list[str]], ...]:
        """Return the routes of a path, best first, each with the segments that it is matched by."""
        segments = path.split("/")[1:]
        found = [(route, segments) for routes in _candidates(self._root, method, segments, 0) for route in routes]
        if len(segments) > 1 and segments[-1] == "":
            # Older SDKs end a path with a slash (`/2015-03-31/functions/`).
            less = segments[:-1]
            found += [(route, less) for routes in _candidates(self._root, method, less, 0) for route in routes]
        return tuple(found)

    def _add(self, method: str, route: Route[Target]) -> None:
        node = self._root
        for segment in route.segments:
            if segment.startswith("{"):
                if segment.endswith("+}"):
                    _insert(node.greedy_routes, method, route)
                    return
                node.label = node.label or _Node()
                node = node.label
            else:
                node = node.literals.setdefault(segment, _Node())
        _insert(node.routes, method, route)


def parse_template(uri: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Split a URI template into path segments and query literals."""
    path, _, query = uri.partition("?")
    segments = tuple(path.split("/")[1:])
    if len(segments) > 1 and segments[-1] == "":
        segments = segments[:-1]
    literals = tuple((name, value) for name, _, value in (part.partition("=") for part in query.split("&") if part))
    return segments, literals


def _candidates(node: _Node[Target], method: str, segments: list[str], index: int) -> Iterable[list[Route[Target]]]:
    """Yield the routes of a path, literal segments before labels before greedy labels."""
    if index == len(segments):
        if method in node.routes:
            yield node.routes[method]
        return
    segment = segments[index]
    if segment in node.literals:
        yield from _candidates(node.literals[segment], method, segments, index + 1)
    if node.label is not None and segment:
        yield from _candidates(node.label, method, segments, index + 1)
    if method in node.greedy_routes and segments[index:] != [""]:
        yield node.greedy_routes[method]


def _insert(table: dict[str, list[Route[Target]]], method: str, route: Route[Target]) -> None:
    routes = table.setdefault(method, [])
    routes.append(route)
    routes.sort(key=lambda other: other.rank, reverse=True)


def _is_met(route: Route[Target], query: Collection[tuple[str, str]], headers: Iterable[tuple[str, str]]) -> bool:
    if not (route.literals or route.required_query or route.required_headers):
        return True
    names: Mapping[str, str] = dict(query)
    return (
        all(name in names and (not value or names[name] == value) for name, value in route.literals)
        and route.required_query <= names.keys()
        and route.required_headers <= {name.lower() for name, _ in headers}
    )


def _labels(route: Route[Target], segments: list[str]) -> dict[str, str]:
    labels: dict[str, str] = {}
    for index, segment in enumerate(route.segments):
        if not segment.startswith("{"):
            continue
        is_greedy = segment.endswith("+}")
        raw = "/".join(segments[index:]) if is_greedy else segments[index]
        try:
            labels[segment[1 : -2 if is_greedy else -1]] = unquote(raw, errors="strict")
        except UnicodeDecodeError as error:
            raise Malformed("The path is not valid UTF-8") from error
    return labels
