"""From a method and a path to a route.

"Create routes for HTTP APIs in API Gateway", "Routing API requests": a full match of route and method wins over a
match with a greedy path variable, and that over `$default`. Among full matches a literal segment wins over `{param}`,
leftmost first; among greedy ones the longest prefix; in one place, a method wins over `ANY`.

Segments are compared after percent-decoding each, so `%2F` is part of a segment, never its end. Case counts, and so
does a trailing slash: `/pets/` is another path than `/pets`. `/pets/{proxy+}` matches it with an empty value (so
recorded of AWS); other variables match no empty text.
"""

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar
from urllib.parse import unquote

T = TypeVar("T")

ANY = "ANY"
DEFAULT_ROUTE_KEY = "$default"


class _Node(Generic[T]):
    """A place in the tree of paths."""

    __slots__ = ("greedy", "literals", "methods", "param")

    def __init__(self) -> None:
        self.literals: dict[str, _Node[T]] = {}
        self.param: _Node[T] | None = None
        self.methods: dict[str, tuple[tuple[str, ...], T]] = {}
        self.greedy: dict[str, tuple[tuple[str, ...], T]] = {}


class RouteTrie(Generic[T]):
    """The routes of a stage. Built once, then only read."""

    __slots__ = ("_default", "_has_variables", "_literal", "_root")

    def __init__(self, routes: Iterable[tuple[str, T]]) -> None:
        """Take pairs of a route key (`GET /pets/{petId}`, `$default`) and what it stands for."""
        self._root: _Node[T] = _Node()
        self._literal: dict[str, dict[str, T]] = {}
        self._default: T | None = None
        self._has_variables = False
        for route_key, target in routes:
            if route_key == DEFAULT_ROUTE_KEY:
                self._default = target
            else:
                method, _, path = route_key.partition(" ")
                self._add(method, path, target)

    def _add(self, method: str, path: str, target: T) -> None:
        node = self._root
        names: list[str] = []
        for segment in path[1:].split("/"):
            if segment.startswith("{") and segment.endswith("+}"):
                node.greedy[method] = ((*names, segment[1:-2]), target)
                self._has_variables = True
                return
            if segment.startswith("{") and segment.endswith("}"):
                names.append(segment[1:-1])
                if node.param is None:
                    node.param = _Node()
                node = node.param
            else:
                node = node.literals.setdefault(segment, _Node())
        node.methods[method] = (tuple(names), target)
        if names:
            self._has_variables = True
        else:
            self._literal.setdefault(path, {})[method] = target

    def match(self, method: str, path: str) -> tuple[T, dict[str, str]] | None:
        """Return the route of a request with its decoded path parameters; `path` is undecoded and begins with `/`."""
        # A path without variables is always the best match that its text can have.
        literal = self._literal.get(path)
        if literal is not None:
            if method in literal:
                return literal[method], {}
            if ANY in literal:
                return literal[ANY], {}
        if "%" in path:
            segments = [unquote(segment) for segment in path[1:].split("/")]
        elif self._has_variables:
            segments = path[1:].split("/")
        else:
            return None if self._default is None else (self._default, {})
        values: list[str] = []
        found = _match_full(self._root, method, segments, 0, values) or _match_greedy(
            self._root, method, segments, 0, values
        )
        if found is not None:
            names, target = found
            return target, dict(zip(names, values, strict=True))
        return None if self._default is None else (self._default, {})


def _of_method(methods: Mapping[str, tuple[tuple[str, ...], T]], method: str) -> tuple[tuple[str, ...], T] | None:
    return methods.get(method) or methods.get(ANY)


def _match_full(
    node: _Node[T], method: str, segments: list[str], depth: int, values: list[str]
) -> tuple[tuple[str, ...], T] | None:
    """Find the best route whose every segment matches; `values` are then those of its variables."""
    if depth == len(segments):
        return _of_method(node.methods, method)
    segment = segments[depth]
    literal = node.literals.get(segment)
    if literal is not None:
        found = _match_full(literal, method, segments, depth + 1, values)
        if found is not None:
            return found
    if node.param is not None and segment:
        values.append(segment)
        found = _match_full(node.param, method, segments, depth + 1, values)
        if found is not None:
            return found
        values.pop()
    return None


def _match_greedy(
    node: _Node[T], method: str, segments: list[str], depth: int, values: list[str]
) -> tuple[tuple[str, ...], T] | None:
    """Find the deepest greedy route; its own value comes last."""
    if depth == len(segments):
        return None
    segment = segments[depth]
    literal = node.literals.get(segment)
    if literal is not None:
        found = _match_greedy(literal, method, segments, depth + 1, values)
        if found is not None:
            return found
    if node.param is not None and segment:
        values.append(segment)
        found = _match_greedy(node.param, method, segments, depth + 1, values)
        if found is not None:
            return found
        values.pop()
    found = _of_method(node.greedy, method)
    if found is not None:
        values.append("/".join(segments[depth:]))
    return found
