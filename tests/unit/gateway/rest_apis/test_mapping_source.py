"""What parameter mappings read: "Parameter mapping source reference for REST APIs in API Gateway"."""

import json

import pytest

from gatewright.gateway.rest_apis.errors import API_CONFIGURATION_ERROR, RestError
from gatewright.gateway.rest_apis.mapping_source import RequestSource
from gatewright.languages.rest_mapping import compile_request_value
from tests.unit.gateway.rest_apis.calls import rest_call


def test_a_body_is_read_once_for_all_mappings() -> None:
    source = RequestSource(rest_call(body=b'{"a": {"b": 1}}'))
    assert compile_request_value("method.request.body.a.b").read(source) == "1"
    assert source.body_json() is source.body_json()


def test_a_path_that_takes_too_long_ends_the_request() -> None:
    # No AWS page: what a client sends must neither stop the node nor fill its log with stack traces.
    value = compile_request_value("method.request.body.$[?(@ =~ /(a|aa)+|.*!/)]")
    with pytest.raises(RestError) as raised:
        value.read(RequestSource(rest_call(body=json.dumps(["a" * 22 + "!"] * 1000).encode())))
    assert raised.value.kind is API_CONFIGURATION_ERROR
