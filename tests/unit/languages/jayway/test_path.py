"""JSON paths of REST APIs: "Mapping template transformation for REST APIs", "Parameter mapping source reference for
REST APIs in API Gateway" (API Gateway Developer Guide).

The expected results are those of Jayway JsonPath itself (2.9.0, and 2.0.0 where they agree), run on the same documents.
"""

import json
import time

import pytest

from gatewright.languages.jayway import MISSING, PathError, PathLimitError, compile_path

DOCUMENT = json.loads(
    """
    {"store": {"book": [
        {"category": "reference", "author": "Nigel Rees", "title": "Sayings", "price": 8.95},
        {"category": "fiction", "author": "Evelyn Waugh", "title": "Sword", "price": 12.99, "tags": ["a", "b"]},
        {"category": "fiction", "author": "Herman", "title": "Moby", "isbn": "0-553", "price": 8.99, "tags": []},
        {"category": "fiction", "author": "J", "title": "Lord", "isbn": "0-395", "price": 22.99, "n": null, "t": true}],
      "bicycle": {"color": "red", "price": 19.95}},
     "expensive": 10, "list": [1, 2, 3, 4], "s": "str", "z": null, "nest": [[1, 2], [3, [4]]],
     "a b": {"c.d": 1}, "m": {"x": {"v": 1}, "y": {"v": 2}, "q": 3}}
    """
)

DEFINITE: list[tuple[str, object]] = [
    ("$", DOCUMENT),
    ("$.expensive", 10),
    ("expensive", 10),
    ("@.expensive", 10),
    ("['expensive']", 10),
    ("$['store']['book'][1]['title']", "Sword"),
    ('$["store"].book[0].title', "Sayings"),
    ("store.book[-1].title", "Lord"),
    ("$['a b']['c.d']", 1),
    ("$[ 'expensive' ]", 10),
    ("$.list[ 0 ]", 1),
    ("$.list[-4]", 1),
    ("$.nest[1][1][0]", 4),
    ("$.z", None),
    ("$.m['x','y']", {"x": {"v": 1}, "y": {"v": 2}}),
    ("$.m['x','zz']", {"x": {"v": 1}}),
    ("$.list.length()", 4),
    ("$.m.length()", 3),
    ("$.m.size()", 3),
    ("$.s.length()", None),
    ("$.m.keys()", ["x", "y", "q"]),
    ("$.list.sum()", 10.0),
    ("$.list.min()", 1.0),
    ("$.list.max()", 4.0),
    ("$.list.avg()", 2.5),
    ("$.list.first()", 1),
    ("$.list.last()", 4),
    ("$.list.index(1)", 2),
    ("$.list.index(-2)", 3),
    ("$.list.append(9)", [1, 2, 3, 4, 9]),
    ("$..price.max()", 22.99),
    ("$..book.length()", 4),
    ("$.max($.list)", 4.0),
    ('$.concat($.s, "-", $.store.book[0].title)', "str-Sayings"),
]

MISSES = [
    "$.missing",
    "$.missing.x",
    "$.s.x",
    "$.s[0]",
    "$.list.x",
    "$.list[0].x",
    "$.list[9]",
    "$.list[-5]",
    "$.z.x",
    "$.z[0]",
    "$.missing[*]",
    "$.missing..x",
    "$.missing[?(@.x)]",
    "$.s['a','b']",
    "$.s[?(@.x)]",
    "$.missing.length()",
    "$.m.x.sum()",
    "$.store.book[*].price.sum()",
]

INDEFINITE: list[tuple[str, list[object]]] = [
    ("$.store.book[*].title", ["Sayings", "Sword", "Moby", "Lord"]),
    ("$..title", ["Sayings", "Sword", "Moby", "Lord"]),
    (".title", ["Sayings", "Sword", "Moby", "Lord"]),
    ("$..book[0].title", ["Sayings"]),
    ("$..book[0,1].title", ["Sayings", "Sword"]),
    ("$..book[-2:].title", ["Moby", "Lord"]),
    ("$.store..price", [8.95, 12.99, 8.99, 22.99, 19.95]),
    ("$.list[1:]", [2, 3, 4]),
    ("$.list[:2]", [1, 2]),
    ("$.list[:-1]", [1, 2, 3]),
    ("$.list[-1:]", [4]),
    ("$.list[0:10]", [1, 2, 3, 4]),
    ("$.list[-3:-1]", [2, 3]),
    ("$.list[3:1]", []),
    ("$.list[1:2:3]", [2]),
    ("$.list[0,2]", [1, 3]),
    ("$.list[0,9]", [1]),
    ("$.list[*]", [1, 2, 3, 4]),
    ("$.s.*", []),
    ("$.store.book[*].isbn", ["0-553", "0-395"]),
    ("$.store.book[*].zz.yy", []),
    ("$..zz", []),
    ("$.m.*.v", [1, 2]),
    ("$.m['x','y'].v", [1, 2]),
    ("$..['x','y'].v", [1, 2]),
    ("$.nest[*][0]", [1, 3]),
    ("$.nest..[0]", [[1, 2], 1, 3, 4]),
    ("$.nest[*].length()", [2, 2]),
    ("$..[?(@.v==1)]", [{"v": 1}]),
    ("$.store.book[0,1]['title','isbn']", [{"title": "Sayings"}, {"title": "Sword"}]),
]

# The titles of the books for which an expression holds.
FILTERS: list[tuple[str, list[str]]] = [
    ("@.isbn", ["Moby", "Lord"]),
    ("!@.isbn", ["Sayings", "Sword"]),
    ("@.n", ["Lord"]),
    ("@.n == null", ["Lord"]),
    ("@.zz == null", []),
    ("@.zz != null", ["Sayings", "Sword", "Moby", "Lord"]),
    ("@.t == true", ["Lord"]),
    ("@.t == 'true'", []),
    ("@.price < 10", ["Sayings", "Moby"]),
    ("@.price >= 12.99", ["Sword", "Lord"]),
    ("@.price == '8.95'", ["Sayings"]),
    ("@.price === 8.95", ["Sayings"]),
    ("@.price !== 8.95", ["Sword", "Moby", "Lord"]),
    ("@.price <= $['expensive']", ["Sayings", "Moby"]),
    ("@.price > $.store.bicycle.price", ["Lord"]),
    ("@.title > 'Moby'", ["Sayings", "Sword"]),
    ("@.title > 1", []),
    ("@.price > 20 || @.category == 'reference'", ["Sayings", "Lord"]),
    ("@.price < 10 || @.price > 20 && @.isbn", ["Sayings", "Moby", "Lord"]),
    ("(@.price < 10 || @.price > 20) && @.isbn", ["Moby", "Lord"]),
    ("!(@.price > 10)", ["Sayings", "Moby"]),
    ("'fiction' == @.category", ["Sword", "Moby", "Lord"]),
    ("@['category'] == \"fiction\"", ["Sword", "Moby", "Lord"]),
    ("@.category in ['fiction', 'x']", ["Sword", "Moby", "Lord"]),
    ("@.category IN ['reference']", ["Sayings"]),
    ("@.category nin ['fiction']", ["Sayings"]),
    ("@.tags subsetof ['a', 'b', 'c']", ["Sword", "Moby"]),
    ("@.tags anyof ['a']", ["Sword"]),
    ("@.tags noneof ['a']", ["Moby"]),
    ("@.tags contains 'a'", ["Sword"]),
    ("@.title contains 'o'", ["Sword", "Moby", "Lord"]),
    ("@.tags size 2", ["Sword"]),
    ("@.tags empty true", ["Moby"]),
    ("@.tags empty false", ["Sword"]),
    ("@.tags == ['a', 'b']", ["Sword"]),
    ("@.tags.length() > 1", ["Sword"]),
    ("@.tags[0] == 'a'", ["Sword"]),
    ("@.author =~ /.*REES/i", ["Sayings"]),
    ("@.author =~ /Nigel/", []),
    ("/N.*/ =~ @.author", ["Sayings"]),
    ("@..zz", ["Sayings", "Sword", "Moby", "Lord"]),
]

MALFORMED = [
    "$.",
    "$..",
    "$.a.",
    "$a",
    "$$.x",
    "$.list[0",
    "$.list['a",
    "$.list[a]",
    "$.list[]",
    "$.list[?(@.x]",
    "$.list[?@.x]",
    "$.list.foo()",
    "$.list[1",
    "$.list['a'b]",
    "$.list[?(1)]",
    "$.list[?(@.x==)]",
    "$.list[?(@.x=~/(/)]",
    "$.list[?(@.x==[)]",
    "$.list.length().x",
    "$.list[0,]",
    "$.list.sum(",
]


@pytest.mark.parametrize(("path", "expected"), DEFINITE)
def test_a_definite_path_gives_what_is_there(path: str, expected: object) -> None:
    compiled = compile_path(path)
    assert compiled.is_definite
    assert compiled.read(DOCUMENT) == expected


@pytest.mark.parametrize("path", MISSES)
def test_a_path_that_leads_nowhere(path: str) -> None:
    assert compile_path(path).read(DOCUMENT) is MISSING


@pytest.mark.parametrize(("path", "expected"), INDEFINITE)
def test_an_indefinite_path_gives_a_list(path: str, expected: list[object]) -> None:
    compiled = compile_path(path)
    assert not compiled.is_definite
    assert compiled.read(DOCUMENT) == expected


@pytest.mark.parametrize(("expression", "titles"), FILTERS)
def test_filters(expression: str, titles: list[str]) -> None:
    assert compile_path(f"$.store.book[?({expression})].title").read(DOCUMENT) == titles


def test_filters_of_plain_values() -> None:
    assert compile_path("$.list[?(@ > 1 && @ in [1, 3, 4])]").read(DOCUMENT) == [3, 4]
    assert compile_path("$.m[?(@.q == 3)]").read(DOCUMENT) == [DOCUMENT["m"]]


@pytest.mark.parametrize(
    "path", [*MALFORMED, "$.a b", "", "  ", "$." + "a" * 10_001, "$[?(" + "(" * 60, "$" + "[?(@" * 60]
)
def test_no_path(path: str) -> None:
    with pytest.raises(PathError):
        compile_path(path)


def test_a_root_need_not_be_an_object() -> None:
    assert compile_path("$[0]").read([7]) == 7
    assert compile_path("$").read("text") == "text"
    assert compile_path("$.x").read("text") is MISSING


def test_a_scan_of_a_deep_document() -> None:
    document: object = {"x": 1}
    for _ in range(900):
        document = {"d": document}
    assert compile_path("$..x").read(document) == [1]


def test_a_path_that_selects_too_much_is_given_up() -> None:
    document = [[[0] * 100] * 100] * 100
    start = time.monotonic()
    with pytest.raises(PathLimitError):
        compile_path("$..*..*..*").read(document)
    with pytest.raises(PathLimitError):
        compile_path("$..*[?(@..x == $..y)]").read(document)
    assert time.monotonic() - start < 5


def test_a_pattern_in_a_filter_cannot_hang() -> None:
    assert compile_path("$[?(@ =~ /(a|a)*b/)]").read(["a" * 60]) == []


def test_texts_of_a_filter_that_each_take_a_while_share_the_time() -> None:
    path = compile_path("$[?(@ =~ /(a|aa)+|.*!/)]")
    texts = ["a" * 22 + "!"] * 2500
    start = time.monotonic()
    with pytest.raises(PathLimitError):
        path.read(texts)
    assert time.monotonic() - start < 1
    assert path.read(texts[:1]) == texts[:1]
