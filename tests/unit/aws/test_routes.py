"""REST routes: which operation a method, a path and a query mean."""

import pytest

from gatewright.aws.errors import Malformed
from gatewright.aws.routes import Route, Routes, parse_template

TEMPLATES = [
    ("GET", "/functions"),
    ("POST", "/functions"),
    ("GET", "/functions/{Name}"),
    ("GET", "/functions/latest"),
    ("GET", "/functions/{Name}/policy"),
    ("GET", "/functions/{Name}/concurrency"),
    ("GET", "/functions/{Name}/concurrency?List=ALL"),
    ("GET", "/layers?find=LayerVersion"),
    ("GET", "/layers"),
    ("GET", "/"),
    ("GET", "/{Bucket}"),
    ("GET", "/{Bucket}?acl"),
    ("GET", "/{Bucket}/{Key+}"),
    ("GET", "/{Bucket}/{Key+}?acl"),
    ("GET", "/tags/{arn}"),
]


def routes() -> Routes[str]:
    return Routes(
        (method, Route(f"{method} {uri}", *parse_template(uri), frozenset(), frozenset())) for method, uri in TEMPLATES
    )


@pytest.mark.parametrize(
    ("path", "query", "operation", "labels"),
    [
        ("/functions", [], "GET /functions", {}),
        ("/functions/", [], "GET /functions", {}),
        ("/functions/latest", [], "GET /functions/latest", {}),
        ("/functions/a", [], "GET /functions/{Name}", {"Name": "a"}),
        ("/functions/latest/policy", [], "GET /functions/{Name}/policy", {"Name": "latest"}),
        ("/functions/a%2Fb", [], "GET /functions/{Name}", {"Name": "a/b"}),
        ("/functions/a+b%20c", [], "GET /functions/{Name}", {"Name": "a+b c"}),
        ("/functions/%E1%88%B4", [], "GET /functions/{Name}", {"Name": "ሴ"}),
        ("/functions/a/concurrency", [], "GET /functions/{Name}/concurrency", {"Name": "a"}),
        ("/functions/a/concurrency", [("List", "ALL")], "GET /functions/{Name}/concurrency?List=ALL", {"Name": "a"}),
        ("/functions/a/concurrency", [("List", "SOME")], "GET /functions/{Name}/concurrency", {"Name": "a"}),
        ("/layers", [("find", "LayerVersion"), ("Arn", "a")], "GET /layers?find=LayerVersion", {}),
        ("/layers", [("find", "x")], "GET /layers", {}),
        ("/", [], "GET /", {}),
        ("/bucket", [], "GET /{Bucket}", {"Bucket": "bucket"}),
        ("/bucket", [("acl", "")], "GET /{Bucket}?acl", {"Bucket": "bucket"}),
        ("/bucket/a/b//c", [], "GET /{Bucket}/{Key+}", {"Bucket": "bucket", "Key": "a/b//c"}),
        ("/bucket/a%2Fb/", [("acl", "")], "GET /{Bucket}/{Key+}?acl", {"Bucket": "bucket", "Key": "a/b/"}),
        ("/bucket/", [], "GET /{Bucket}", {"Bucket": "bucket"}),
        (
            "/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fa1",
            [],
            "GET /tags/{arn}",
            {"arn": "arn:aws:apigateway:us-east-1::/apis/a1"},
        ),
    ],
)
def test_matches(path: str, query: list[tuple[str, str]], operation: str, labels: dict[str, str]) -> None:
    table = routes()
    for _ in range(2):  # found, then remembered
        assert table.match("GET", path, query, ()) == (operation, labels)


@pytest.mark.parametrize(("method", "path"), [("PUT", "/functions"), ("GET", "//x"), ("get", "/functions")])
def test_no_match(method: str, path: str) -> None:
    assert routes().match(method, path, (), ()) is None


def test_a_label_must_be_utf_8() -> None:
    with pytest.raises(Malformed):
        routes().match("GET", "/functions/%ff", (), ())


def test_the_route_that_requires_most_of_what_is_there_is_meant() -> None:
    def route(name: str, query: set[str], headers: set[str], *, is_deprecated: bool = False) -> tuple[str, Route[str]]:
        return "PUT", Route(name, ("{b}", "{k+}"), (), frozenset(query), frozenset(headers), is_deprecated)

    table = Routes(
        [
            route("old", set(), set(), is_deprecated=True),
            route("put", set(), set()),
            route("copy", set(), {"x-copy"}),
            route("part", {"part"}, set()),
            route("copy part", {"part"}, {"x-copy"}),
        ]
    )
    for expected, query, headers in [
        ("put", [], []),
        ("copy", [], [("X-Copy", "1"), ("Host", "h")]),
        ("part", [("part", "1")], []),
        ("copy part", [("part", "1")], [("x-copy", "1")]),
    ]:
        match = table.match("PUT", "/b/k", query, headers)
        assert match is not None
        assert match[0] == expected


def test_many_segments_cost_no_more_than_the_path() -> None:
    assert routes().match("GET", "/bucket/" + "a/" * 5000, (), ()) is not None
