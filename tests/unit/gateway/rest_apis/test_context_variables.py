"""`$context` of REST APIs: the page's variables, and that what a template alone asks for is what all of them say.

Page: "Variables for data transformations for API Gateway".
"""

import pytest

from gatewright.gateway.rest_apis.call import RestCall
from gatewright.gateway.rest_apis.compiled import CompiledTexts
from gatewright.gateway.rest_apis.context_variables import build_context, context_reads
from gatewright.gateway.rest_apis.errors import INTERNAL_SERVER_ERROR
from gatewright.gateway.rest_apis.templates import link_templates
from tests.unit.gateway.rest_apis.calls import API_ID, EXTENDED_REQUEST_ID, HOST, REQUEST_ID, method_facts, rest_call

JSON = "application/json"


def full_call() -> RestCall:
    facts = method_facts(operation_name="getPet", is_canary=False)
    return rest_call(facts, headers=[("User-Agent", "curl/8")])


def test_the_variables_of_a_request() -> None:
    assert build_context(full_call()) == {
        "accountId": "123456789012",
        "apiId": API_ID,
        "deploymentId": "dep1oy",
        "domainName": HOST,
        "domainPrefix": API_ID,
        "extendedRequestId": EXTENDED_REQUEST_ID,
        "httpMethod": "GET",
        "identity": {"sourceIp": "192.0.2.1", "userAgent": "curl/8"},
        "isCanaryRequest": False,
        "operationName": "getPet",
        "path": "/test/test-path",
        "protocol": "HTTP/1.1",
        "requestId": REQUEST_ID,
        "requestOverride": {"header": {}, "path": {}, "querystring": {}},
        "requestTime": "12/Mar/2020:19:03:58 +0000",
        "requestTimeEpoch": 1584039838390,
        "resourceId": "r3s0rc",
        "resourcePath": "/{proxy+}",
        "responseOverride": {"header": {}},
        "stage": "test",
    }


def test_they_are_in_the_order_of_their_names() -> None:
    assert list(build_context(full_call())) == sorted(build_context(full_call()))


def test_what_has_no_value_is_not_there() -> None:
    context = build_context(rest_call())
    assert "operationName" not in context
    assert "isCanaryRequest" not in context
    assert "userAgent" not in context["identity"]


@pytest.mark.parametrize("name", build_context(full_call()))
def test_one_alone_is_what_it_is_among_all(name: str) -> None:
    for call in (full_call(), rest_call()):
        alone = context_reads([name, "noSuchName"], call.facts).read(call)
        whole = build_context(call)
        assert alone == ({name: whole[name]} if name in whole else {})


def test_what_one_request_is_given_no_other_gets() -> None:
    reads = context_reads(["stage", "identity"], method_facts())
    first, second = reads.read(rest_call()), reads.read(rest_call())
    first["stage"] = "other"
    first["identity"]["sourceIp"] = "other"
    assert second == {"stage": "test", "identity": {"sourceIp": "192.0.2.1"}}


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("limit=10", "limit", "10"),
        ("limit=10", "lim", ""),
        ("limit=10", "10", ""),
        ("a=1&limit=10", "limit", "10"),
        ("a%20b=1", "a b", "1"),
        ("a+b=1", "a b", "1"),
        ("%61=1", "a", "1"),
        ("a=1;b=2", "b", "2"),
        ("a=1;b=2", "a=1;b", ""),
        ("a", "a", ""),
        ("%C3%A9=1", "é", "1"),
        ("", "a", ""),
        ("=1", "", "1"),
        ("x=1&x=2", "x", "2"),
    ],
)
def test_a_query_parameter_is_found_however_it_is_encoded(query: str, name: str, value: str) -> None:
    """Whether another was asked for before, which reads the whole query, makes no difference."""
    for before in ("", "$input.params('other')"):
        text = f"{before}$input.params('{name}')"
        template = link_templates(((JSON, text),), CompiledTexts(), method_facts()).for_request(JSON)
        assert template is not None
        assert template.render(rest_call(query=query), b"", INTERNAL_SERVER_ERROR) == value
