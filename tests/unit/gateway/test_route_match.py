"""Routing: "Create routes for HTTP APIs in API Gateway", "Routing API requests"."""

import itertools
import re
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatewright.gateway.route_match import RouteTrie

# The example of the page.
PAGE_ROUTES = ["GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default"]
PAGE_REQUESTS = [
    ("GET", "/pets/dog/1", "GET /pets/dog/1", {}),
    ("GET", "/pets/dog/2", "GET /pets/dog/{id}", {"id": "2"}),
    ("GET", "/pets/cat/1", "GET /pets/{proxy+}", {"proxy": "cat/1"}),
    ("POST", "/test/5", "ANY /{proxy+}", {"proxy": "test/5"}),
    ("GET", "/", "ANY /{proxy+}", {"proxy": ""}),
]


def trie(*routes: str) -> RouteTrie[str]:
    return RouteTrie((route, route) for route in routes)


@pytest.mark.parametrize(("method", "path", "route", "parameters"), PAGE_REQUESTS)
def test_the_example_of_the_page(method: str, path: str, route: str, parameters: dict[str, str]) -> None:
    assert trie(*PAGE_ROUTES).match(method, path) == (route, parameters)


MATCHES: list[tuple[list[str], str, str, tuple[str, dict[str, str]] | None]] = [
    # A method wins over ANY, in one place.
    (["ANY /a", "GET /a"], "GET", "/a", ("GET /a", {})),
    (["ANY /a", "GET /a"], "POST", "/a", ("ANY /a", {})),
    (["GET /a"], "HEAD", "/a", None),
    (["GET /a"], "OPTIONS", "/a", None),
    (["ANY /a"], "OPTIONS", "/a", ("ANY /a", {})),
    (["ANY /a"], "PROPFIND", "/a", ("ANY /a", {})),
    (["GET /a"], "get", "/a", None),
    # Literal over variable, with a way back where the literal leads nowhere.
    (["GET /a/{x}", "GET /{y}/b"], "GET", "/a/b", ("GET /a/{x}", {"x": "b"})),
    (["GET /a/c", "GET /{y}/b"], "GET", "/a/b", ("GET /{y}/b", {"y": "a"})),
    (["POST /a/b", "GET /{y}/b"], "GET", "/a/b", ("GET /{y}/b", {"y": "a"})),
    (["GET /a/{x}/c", "GET /{y}/b/{z}"], "GET", "/a/b/d", ("GET /{y}/b/{z}", {"y": "a", "z": "d"})),
    # Any full match over a greedy one.
    (["GET /a/{p+}", "GET /{x}/{y}"], "GET", "/a/b", ("GET /{x}/{y}", {"x": "a", "y": "b"})),
    (["GET /a/{p+}", "GET /{x}/{y}"], "POST", "/a/b", None),
    # Among greedy ones the longest prefix, with a way back.
    (["GET /{p+}", "GET /a/{q+}"], "GET", "/a/b/c", ("GET /a/{q+}", {"q": "b/c"})),
    (["GET /{p+}", "POST /a/{q+}"], "GET", "/a/b", ("GET /{p+}", {"p": "a/b"})),
    (["GET /{x}/{q+}", "GET /a/b/{r+}"], "GET", "/a/c/d", ("GET /{x}/{q+}", {"x": "a", "q": "c/d"})),
    # A greedy variable may be empty after a slash (recorded of AWS); other variables may not.
    (["GET /{p+}"], "GET", "/", ("GET /{p+}", {"p": ""})),
    (["GET /", "GET /{p+}"], "GET", "/", ("GET /", {})),
    (["GET /a/{p+}"], "GET", "/a", None),
    (["GET /a/{p+}"], "GET", "/a/", ("GET /a/{p+}", {"p": ""})),
    (["GET /{p+}", "GET /a/{q+}"], "GET", "/a/", ("GET /a/{q+}", {"q": ""})),
    (["GET /a/{x}"], "GET", "/a/", None),
    (["GET /{x}/b"], "GET", "//b", None),
    # Slashes count.
    (["GET /a"], "GET", "/a/", None),
    (["GET /a/"], "GET", "/a/", ("GET /a/", {})),
    (["GET /a/"], "GET", "/a", None),
    (["GET /{p+}"], "GET", "/a//b/", ("GET /{p+}", {"p": "a//b/"})),
    (["GET /a/b"], "GET", "/a//b", None),
    # Case counts.
    (["GET /Pets"], "GET", "/pets", None),
    # Percent-encoding: matched decoded, segment by segment.
    (["GET /a b"], "GET", "/a%20b", ("GET /a b", {})),
    (["GET /pets"], "GET", "/%70ets", ("GET /pets", {})),
    (["GET /{x}"], "GET", "/a%2Fb", ("GET /{x}", {"x": "a/b"})),
    (["GET /{x}/b", "GET /{x}"], "GET", "/a%2Fb", ("GET /{x}", {"x": "a/b"})),
    (["GET /{p+}"], "GET", "/%E4%BD%A0/b", ("GET /{p+}", {"p": "你/b"})),
    (["GET /{x}"], "GET", "/%zz%", ("GET /{x}", {"x": "%zz%"})),
    (["GET /{x}"], "GET", "/%ff%fe", ("GET /{x}", {"x": "��"})),
    (["GET /{x}"], "GET", "/%00", ("GET /{x}", {"x": "\x00"})),
    (["GET /{x}"], "GET", "/%7Bx%7D", ("GET /{x}", {"x": "{x}"})),
    # The default route takes what is left, whatever the method.
    (["$default", "GET /a"], "POST", "/a", ("$default", {})),
    (["$default"], "BREW", "/", ("$default", {})),
    (["GET /"], "GET", "/", ("GET /", {})),
    ([], "GET", "/", None),
]


@pytest.mark.parametrize(("routes", "method", "path", "expected"), MATCHES)
def test_matches(routes: list[str], method: str, path: str, expected: tuple[str, dict[str, str]] | None) -> None:
    assert trie(*routes).match(method, path) == expected


PATHS = [
    "/",
    "/a/",
    "/b/a/",
    *("/" + "/".join(parts) for size in (1, 2, 3) for parts in itertools.product("ab", repeat=size)),
]


def naive_match(routes: list[str], method: str, path: str) -> tuple[str, dict[str, str]] | None:
    """The rules said again, without a tree: every route is tried, the best one sorted out."""
    found = []
    for route in routes:
        if route == "$default":
            continue
        route_method, _, route_path = route.partition(" ")
        if route_method not in {method, "ANY"}:
            continue
        parts = route_path[1:].split("/")
        pattern = "/" + "/".join(
            f"(?P<{part[1:-2]}>.*)"
            if part.endswith("+}")
            else f"(?P<{part[1:-1]}>[^/]+)"
            if part.startswith("{")
            else re.escape(part)
            for part in parts
        )
        match = re.fullmatch(pattern, path)
        if match is not None:
            is_greedy = parts[-1].endswith("+}")
            # Longest prefix first among greedy routes, a literal first at each place, the method before ANY.
            kinds = [0 if not part.startswith("{") else 1 if not part.endswith("+}") else 2 for part in parts]
            found.append((is_greedy, kinds, route_method == "ANY", route, match.groupdict()))
    if found:
        best = min(found, key=lambda each: each[:3])
        return best[3], best[4]
    return ("$default", {}) if "$default" in routes else None


def distinct(routes: list[str]) -> list[str]:
    """Keep one route per shape: API Gateway refuses two that differ only in the names of variables."""
    shapes: dict[str, str] = {}
    for route in routes:
        shapes.setdefault(re.sub(r"\{[a-z]+(\+?)\}", r"{\1}", route), route)
    return list(shapes.values())


@st.composite
def route_keys(draw: st.DrawFn) -> str:
    if draw(st.integers(0, 15)) == 0:
        return "$default"
    method = draw(st.sampled_from(["GET", "POST", "ANY"]))
    segments = draw(st.lists(st.sampled_from(["a", "b", "{var}"]), max_size=3))
    names = iter("xyz")
    parts = ["{" + next(names) + "}" if segment == "{var}" else segment for segment in segments]
    if draw(st.booleans()) and len(parts) < 3:
        parts.append("{proxy+}")
    return f"{method} /{'/'.join(parts)}"


@given(st.lists(route_keys(), max_size=12), st.sampled_from(["GET", "POST", "PUT"]))
def test_the_trie_finds_what_the_rules_say(routes: list[str], method: str) -> None:
    routes = distinct(routes)
    built = trie(*routes)
    for path in PATHS:
        assert built.match(method, path) == naive_match(routes, method, path), (routes, path)


@given(st.text(alphabet="/%2FaB\u00e9\u0000. +?#{}", max_size=60))
def test_any_path_is_matched_or_not(text: str) -> None:
    found = trie("GET /{x}", "GET /a/{p+}", "ANY /B/{y}/{q+}").match("GET", "/" + text)
    assert found is None or all(value for name, value in found[1].items() if name in "xy")


@given(st.text(min_size=1, max_size=20).filter(lambda text: text.encode(errors="ignore").decode() == text))
def test_a_quoted_parameter_comes_back(text: str) -> None:
    assert trie("GET /x/{value}").match("GET", f"/x/{quote(text, safe='')}") == ("GET /x/{value}", {"value": text})
    assert unquote(quote(text)) == text


def test_a_path_of_many_segments_is_quick_and_safe() -> None:
    deep = trie("GET /" + "/".join(f"{{v{number}}}" for number in range(50)), "GET /{p+}")
    found = deep.match("GET", "/" + "a/" * 8000)
    assert found is not None
    assert found[0] == "GET /{p+}"
