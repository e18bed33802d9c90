"""Filter patterns as the guide has them, in its words of 2022 and later.

"Filter pattern syntax for metric filters, subscription filters, filter log events, and Live Tail" (CloudWatch Logs User
Guide).
"""

import json
import time

import pytest

from gatewright.languages.filter_pattern import FilterGrammarError, FilterPatternError, compile_filter
from gatewright.languages.patterns import PatternTimeout

ERRORS = (
    "[ERROR 400] BAD REQUEST",
    "[ERROR 401] UNAUTHORIZED REQUEST",
    "[ERROR 419] MISSING ARGUMENTS",
    "[ERROR 420] INVALID ARGUMENTS",
)
TRAIL = json.dumps(
    {
        "eventType": "UpdateTrail",
        "sourceIPAddress": "111.111.111.111",
        "arrayKey": ["value", "another value"],
        "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
        "SomeObject": None,
        "ThisFlag": True,
    }
)
PEOPLE = json.dumps(
    {
        "user": {"id": 1, "email": "John.Stiles@example.com"},
        "users": [{"id": 2, "email": "John.Doe@example.com"}, {"id": 3, "email": "Jane.Doe@example.com"}],
        "actions": ["GET", "PUT", "DELETE"],
        "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]],
    }
)
REQUEST = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'


def matched(pattern: str, *messages: str) -> list[bool]:
    compiled = compile_filter(pattern)
    return [compiled.is_match(message) for message in messages]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("ERROR", [True, True, True, True]),
        ("ERROR ARGUMENTS", [False, False, True, True]),
        ("?ERROR ?ARGUMENTS", [True, True, True, True]),
        ("ERROR -ARGUMENTS", [True, True, False, False]),
        ('"ERROR" - "MISSING"', [True, True, False, True]),
        ('" "', [True, True, True, True]),
        ("%AUTHORIZED%", [False, True, False, False]),
        ("%4[0-1]{1}[0-9]%", [True, True, True, False]),
    ],
)
def test_terms(pattern: str, expected: list[bool]) -> None:
    assert matched(pattern, *ERRORS) == expected


def test_or_beside_and_in_three_messages() -> None:
    messages = ("ERROR WARN message", "ERROR message", "WARN message")
    assert matched("?ERROR ?WARN", *messages) == [True, True, True]
    assert matched("ERROR WARN", *messages) == [True, False, False]
    assert matched("ERROR -WARN", *messages) == [False, True, False]


@pytest.mark.parametrize(
    "pattern",
    [
        '{ $.eventType = "UpdateTrail" }',
        "{$.eventType=UpdateTrail}",
        "{ $.sourceIPAddress != 123.123.* }",
        "{ $.sourceIPAddress = 111.111.* }",
        '{ $.arrayKey[0] = "value" }',
        "{ $.objectList[1].id = 2 }",
        "{ $.SomeObject IS NULL }",
        "{ $.SomeOtherObject NOT EXISTS }",
        "{ $.ThisFlag IS TRUE }",
        '{ $.eventType = "*" && $.sourceIPAddress != 123.123.* }',
    ],
)
def test_json_patterns_that_match(pattern: str) -> None:
    assert matched(pattern, TRAIL) == [True]


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.arrayKey = 1 }",
        "{ $.arrayKey != 1 }",
        '{ $.arrayKey[7] = "value" }',
        '{ $.eventType[0] = "U" }',
        "{ $.ThisFlag IS FALSE }",
        "{ $.eventType IS NULL }",
        "{ $.SomeObject NOT EXISTS }",
        '{ $.eventType = "Update*l" }',
    ],
)
def test_json_patterns_that_do_not(pattern: str) -> None:
    """Of an asterisk in the middle: "Ev*ent will only match the actual string Ev*ent" (the guide, in 2019)."""
    assert matched(pattern, TRAIL) == [False]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', True),
        ('{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', False),
        ('{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = no && $.actions[2] = no }', True),
        ('{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = "no") && $.actions[2] = "no" }', False),
    ],
)
def test_compound_expressions(pattern: str, expected: bool) -> None:
    assert matched(pattern, PEOPLE) == [expected]


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("{ $.n > 75 }", 76, True),
        ("{ $.n < 50 }", 50, False),
        ("{ $.n >= 60 }", 60, True),
        ("{ $.n <= 5 }", 5.1, False),
        ("{ $.n = 1e-3 }", 0.001, True),
        ("{ $.n != 1e+3 }", 1000, False),
        ("{ $.n < 10e3 }", 9999, True),
        ("{ $.n > +1000 }", 1001, True),
        ("{ $.n = 55.5 }", 55.5, True),
        ("{ $.n = 4* }", 404, True),
        ("{ $.n = %^4% }", 504, False),
    ],
)
def test_numbers(pattern: str, value: float, expected: bool) -> None:
    assert matched(pattern, json.dumps({"n": value})) == [expected]


def test_a_pattern_of_everybodys_alarms() -> None:
    """The filter patterns of the CIS AWS Foundations Benchmark, as many have them."""
    denied = json.dumps({"errorCode": "Client.UnauthorizedOperation", "eventName": "RunInstances"})
    login = json.dumps({"eventName": "ConsoleLogin", "additionalEventData": {"MFAUsed": "No"}})
    root = json.dumps({"userIdentity": {"type": "Root"}, "eventType": "AwsApiCall"})
    messages = (denied, login, root)
    assert matched('{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}', *messages) == [
        *[True, False, False]
    ]
    assert matched('{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }', *messages) == [
        False,
        True,
        False,
    ]
    of_root = '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}'
    assert matched(of_root, *messages) == [False, False, True]


@pytest.mark.parametrize(
    "pattern",
    [
        "[ip, user, username, timestamp, request =*.html*, status_code = 4*, bytes]",
        "[..., request =*.html*, status_code = 4*, bytes]",
        "[ip, user, username, timestamp, request =*.html*, status_code = 404 || status_code = 410, bytes]",
        "[ip, server, username, timestamp, request, status_code, bytes > 1000]",
        "[ip, user, ..., status_code, bytes]",
        "[ip, user, ...]",
        "[ip, user, username, timestamp, request, status_code = 4* && status_code != 403, bytes]",
        "[..., status_code = 404.0, bytes]",
        '[..., request = "GET /index.html HTTP/1.0", status_code, bytes]',
    ],
)
def test_space_delimited_patterns_that_match(pattern: str) -> None:
    assert matched(pattern, REQUEST) == [True]


def test_words_in_order() -> None:
    messages = ("ERROR one", "WARNING two", "INFO three")
    assert matched("[w1=ERROR, w2]", *messages) == [True, False, False]
    assert matched("[w1=ERROR || W1=WARNING, w2]", *messages) == [True, True, False]
    assert matched("[w1!=ERROR && w1!=WARNING, w2]", *messages) == [False, False, True]
    assert matched("[w1=ERROR && w1=WARNING || w1=INFO, w2]", *messages) == [False, False, True]


def test_a_field_without_a_name_is_called_by_its_number() -> None:
    assert compile_filter("[..., request=*.html*, status_code=4*,]").extract(REQUEST) == {
        "$1": "127.0.0.1",
        "$2": "Prod",
        "$3": "frank",
        "$4": "10/Oct/2000:13:25:15 -0700",
        "$request": "GET /index.html HTTP/1.0",
        "$status_code": "404",
        "$7": "1534",
    }


def test_the_line_feed_of_a_functions_line_is_no_field() -> None:
    assert compile_filter("[word, number > 1]").extract("SPACE 17\n") == {"$word": "SPACE", "$number": "17"}


def test_quotation_marks_in_quotation_marks() -> None:
    assert matched(r'"say \"hello"', 'say "hello', "say hello") == [True, False]
    assert matched(r'{ $.said = "a \"b\"" }', json.dumps({"said": 'a "b"'})) == [True]


@pytest.mark.parametrize(
    "pattern",
    [
        "{",
        "{}",
        "[",
        "[a",
        "{ $.a = 1",
        "{ $.a }",
        "{ $.a IS }",
        "{ $.a NOT }",
        "{ ($.a = 1 }",
        "{ $.a = 1 ) }",
        "{ a = 1 }",
        "{ $.a = 1 $.b = 2 }",
        "[a = ]",
        "[a = 1 &&]",
        "[a = 1 b]",
        "[a = 1 || b = 2]",
        "[... = 1]",
        '["a"]',
        "[a 1 2]",
        "[a = =]",
        "{" + "(" * 500 + "$.a = 1" + ")" * 500 + "}",
    ],
)
def test_tokens_in_a_wrong_order(pattern: str) -> None:
    with pytest.raises(FilterGrammarError):
        compile_filter(pattern)


@pytest.mark.parametrize(
    ("pattern", "term"),
    [
        ("hello-world", "-"),
        ("a.b", "."),
        ("é", "é"),
        ("%abc", "%abc"),
        ("- ", ""),
        ("{ $ = 1 }", "$ "),
        ("{ $.['a = 1 }", "$.["),
        ("{ $.a & $.b }", "& "),
        ("[a = (1)]", "("),
        ("[a > b]", "b"),
    ],
)
def test_characters_that_cannot_be_there(pattern: str, term: str) -> None:
    with pytest.raises(FilterPatternError) as caught:
        compile_filter(pattern)
    assert str(caught.value) == f"Invalid character(s) in term '{term}'"


@pytest.mark.parametrize("pattern", ["%%", "%*a%", "%[z-a]%"])
def test_what_is_no_regular_expression(pattern: str) -> None:
    with pytest.raises(FilterPatternError, match="Failed to compile"):
        compile_filter(pattern)


def test_a_hostile_regular_expression_does_not_take_forever() -> None:
    compiled = compile_filter("%a*a*a*a*a*a*a*a*a*a*[bc]%", search_seconds=0.2)
    began = time.perf_counter()
    with pytest.raises(PatternTimeout):
        compiled.is_match("a" * 5000)
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    "message",
    ['"' * 200_000, "[" * 200_000, '" [ ' * 100_000, "a " * 200_000],
    ids=["quotes", "brackets", "both", "words"],
)
@pytest.mark.parametrize("pattern", ["[..., a, b]", "[a, b]", "[]"])
def test_a_hostile_message_takes_a_time_in_proportion(pattern: str, message: str) -> None:
    began = time.perf_counter()
    compile_filter(pattern).extract(message)
    assert time.perf_counter() - began < 5


def test_json_that_is_nested_too_deep_is_none() -> None:
    assert matched("{ $.a NOT EXISTS }", '{"b":' * 5000 + "1" + "}" * 5000) == [False]
