"""Integration URIs: "Set up HTTP integrations in API Gateway", "Use stage variables for a REST API in API Gateway"."""

import pytest

from gatewright.gateway.rest_apis.errors import API_CONFIGURATION_ERROR, BAD_REQUEST, RestError
from gatewright.gateway.rest_apis.integrations.uri import UriTemplate, check_http_endpoint

S3 = "arn:aws:apigateway:us-west-2:s3:"

# (URI, path values, what comes out)
RENDERED = [
    ("https://example.com/pets", {}, "https://example.com/pets"),
    ("https://example.com/pets/{petId}", {"petId": "6"}, "https://example.com/pets/6"),
    ("https://example.com/{proxy}", {"proxy": "a/b c"}, "https://example.com/a/b%20c"),
    ("https://example.com/{proxy+}", {"proxy": "a/b"}, "https://example.com/a/b"),
    ("https://example.com/{a}/{a}/{b-1}", {"a": "x", "b-1": "y"}, "https://example.com/x/x/y"),
    # Values come decoded; what a URI cannot hold is encoded, a percent sign among it ("important notes").
    ("https://example.com/{a}", {"a": "50%?#[é]"}, "https://example.com/50%25%3F%23%5B%C3%A9%5D"),
    ("https://example.com/x?q={a}&r=1", {"a": "1&2=3/4"}, "https://example.com/x?q=1%262%3D3%2F4&r=1"),
    ("https://example.com/x?q={a}", {"a": ""}, "https://example.com/x?q="),
    ("https://example.com/é?ü", {}, "https://example.com/%C3%A9?%C3%BC"),
    ("https://example.com/a%20b#fragment", {}, "https://example.com/a%20b"),
    # "Basic tasks of an API integration request"
    (f"{S3}path/{{bucket}}/{{key}}", {"bucket": "b", "key": "a/b c"}, f"{S3}path/b/a/b%20c"),
    (
        f"{S3}action/GetObject&Bucket={{bucket}}&Key={{key}}",
        {"bucket": "b", "key": "a/b&c"},
        f"{S3}action/GetObject&Bucket=b&Key=a%2Fb%26c",
    ),
]


@pytest.mark.parametrize(("uri", "values", "rendered"), RENDERED)
def test_places(uri: str, values: dict[str, str], rendered: str) -> None:
    assert UriTemplate(uri, {}).render(values) == rendered


def test_stage_variables() -> None:
    """Use stage variables for a REST API in API Gateway: "as part of HTTP integration URL", host and path."""
    uri = "https://${stageVariables.host}:${stageVariables.port}/${stageVariables.path}/{id}"
    variables = {"host": "example.com", "port": "8443", "path": "a/b"}
    assert UriTemplate(uri, variables).render({"id": "1"}) == "https://example.com:8443/a/b/1"


# Seen in execution logs of API Gateway.
ILLEGAL = [
    ("https://example.com/{id}", {}, "Illegal character in path at index 20: https://example.com/{id}"),
    ("https://example.com/{a}/{b}", {"a": "1"}, "Illegal character in path at index 22: https://example.com/1/{b}"),
    ("https://example.com/?q={id}", {}, "Illegal character in query at index 23: https://example.com/?q={id}"),
    ("https://example.com/a b", {}, "Illegal character in path at index 21: https://example.com/a b"),
    ("https://example.com/a|b", {}, "Illegal character in path at index 21: https://example.com/a|b"),
    ("https://example.com/?a|b", {}, "Illegal character in query at index 22: https://example.com/?a|b"),
]


@pytest.mark.parametrize(("uri", "values", "message"), ILLEGAL)
def test_places_without_a_value(uri: str, values: dict[str, str], message: str) -> None:
    with pytest.raises(RestError) as raised:
        UriTemplate(uri, {}).render(values)
    assert raised.value.kind is API_CONFIGURATION_ERROR
    assert raised.value.reason == f"Execution failed due to configuration error: {message}"


@pytest.mark.parametrize(
    ("uri", "values"),
    [
        ("https://example.com/base/{proxy}", {"proxy": ".."}),
        ("https://example.com/base/{proxy}", {"proxy": "a/../../b"}),
        ("https://example.com/base/{proxy}/x", {"proxy": "."}),
        ("https://example.com/base/{a}{b}", {"a": ".", "b": "."}),
        ("https://example.com/base/.{a}", {"a": "."}),
        (f"{S3}path/mine/{{key}}", {"key": "../other/secret"}),
    ],
)
def test_a_client_cannot_climb_out_of_the_path(uri: str, values: dict[str, str]) -> None:
    """RFC 3986, section 5.2.4: Remove Dot Segments."""
    with pytest.raises(RestError) as raised:
        UriTemplate(uri, {}).render(values)
    assert raised.value.kind is BAD_REQUEST


def test_dot_segments_of_the_uri_itself_stay() -> None:
    """RFC 3986, section 5.2.4: whoever made the integration may write what they like."""
    assert UriTemplate("http://example.com/a/../{b}", {}).render({"b": "c..d"}) == "http://example.com/a/../c..d"


@pytest.mark.parametrize(
    "uri",
    ["ftp://example.com", "example.com", "https://", "https://{host}/x", "https://a.{b}:80", "${stageVariables.none}"],
)
def test_uris_that_are_none(uri: str) -> None:
    """The execution log of AWS: "Execution failed due to configuration error: Invalid endpoint address"."""
    with pytest.raises(ValueError, match=r"^Invalid endpoint address"):
        check_http_endpoint(uri, {})


def test_uris_that_are_some() -> None:
    """Set up HTTP integrations in API Gateway: any HTTP or HTTPS URL, with places in path and query."""
    check_http_endpoint("http://example.com:8080/{a}/b?c={d}", {})
    check_http_endpoint("HTTPS://${stageVariables.host}/{proxy+}", {"host": "example.com"})
