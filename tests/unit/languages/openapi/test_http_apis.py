"""HTTP APIs: "Working with OpenAPI definitions for HTTP APIs" (API Gateway Developer Guide) and the pages it names."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatewright.languages.openapi.document import parse
from gatewright.languages.openapi.errors import OpenApiError
from gatewright.languages.openapi.read_http_api import read_http_api
from gatewright.languages.openapi.text import json_text, yaml_text
from gatewright.languages.openapi.types import HttpApiDefinition, JsonObject
from gatewright.languages.openapi.write_http_api import ExportedStage, write_http_api

URI = "https://example.com/"
PROXY = {"type": "http_proxy", "httpMethod": "GET", "uri": URI, "payloadFormatVersion": "1.0"}
CREATED = "2026-03-04T12:56:53Z"
STAGE = ExportedStage("https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com", "$default")


def read(document: dict[str, Any], basepath: str | None = None) -> HttpApiDefinition:
    base = {"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": {}}
    return read_http_api({**base, **document}, basepath)


def operation(**members: Any) -> JsonObject:
    return {"responses": {}, "x-amazon-apigateway-integration": {**PROXY, **members}}


def route_keys(definition: HttpApiDefinition) -> list[str]:
    return [route["RouteKey"] for route in definition.routes]


def test_paths_become_routes() -> None:
    """Page "Import an HTTP API"; "x-amazon-apigateway-any-method object"."""
    definition = read(
        {
            "paths": {
                "/pets": {"get": operation(), "post": {"responses": {}, "operationId": "AddPet"}},
                "/pets/{proxy+}": {"x-amazon-apigateway-any-method": operation()},
                "/$default": {"x-amazon-apigateway-any-method": {**operation(), "isDefaultRoute": True}},
            }
        }
    )

    assert definition.routes == [
        {"RouteKey": "GET /pets", "Target": "GET /pets"},
        {"RouteKey": "POST /pets", "OperationName": "AddPet"},
        {"RouteKey": "ANY /pets/{proxy+}", "Target": "ANY /pets/{proxy+}"},
        {"RouteKey": "$default", "Target": "$default"},
    ]
    assert definition.warnings == ()


def test_an_integration_is_read() -> None:
    """Page "x-amazon-apigateway-integration object"."""
    members = {
        "credentials": "arn:aws:iam::123456789012:role/r",
        "timeoutInMillis": 12000,
        "connectionType": "INTERNET",
        "requestParameters": {"append:querystring.n": "1", "overwrite:header.x": 2},
        "responseParameters": {"200": {"overwrite:header.Cache-Control": "no-store"}},
        "tlsConfig": {"serverNameToVerify": "example.org"},
    }
    definition = read({"paths": {"/": {"get": operation(**members)}}})

    assert definition.integrations == {
        "GET /": {
            "ConnectionType": "INTERNET",
            "CredentialsArn": "arn:aws:iam::123456789012:role/r",
            "IntegrationMethod": "GET",
            "IntegrationType": "HTTP_PROXY",
            "IntegrationUri": URI,
            "PayloadFormatVersion": "1.0",
            "RequestParameters": {"append:querystring.n": "1", "overwrite:header.x": "2"},
            "ResponseParameters": {"200": {"overwrite:header.Cache-Control": "no-store"}},
            "TimeoutInMillis": 12000,
            "TlsConfig": {"ServerNameToVerify": "example.org"},
        }
    }


def test_an_integration_can_be_shared() -> None:
    """Page "x-amazon-apigateway-integrations object"."""
    pointer = "#/components/x-amazon-apigateway-integrations/one"
    shared = {"responses": {}, "x-amazon-apigateway-integration": {"$ref": pointer}}
    definition = read(
        {
            "paths": {"/a": {"get": shared}, "/b": {"get": shared}},
            "components": {"x-amazon-apigateway-integrations": {"one": PROXY}},
        }
    )

    assert list(definition.integrations) == [pointer]
    assert [route["Target"] for route in definition.routes] == [pointer, pointer]


@pytest.mark.parametrize("extension", [None, {}, {"$ref": "#/nowhere"}, {"type": "http_proxy", "timeoutInMillis": "x"}])
def test_a_malformed_integration_is_an_error(extension: Any) -> None:
    """Page "x-amazon-apigateway-integration object"."""
    with pytest.raises(OpenApiError, match="malformed integration at path /a"):
        read({"paths": {"/a": {"get": {"x-amazon-apigateway-integration": extension}}}})


def test_settings_are_read() -> None:
    """Pages "x-amazon-apigateway-cors object", "…-endpoint-configuration object", "…-tag-value property"."""
    cors = {"allowOrigins": ["https://example.com"], "allowMethods": ["GET"], "maxAge": 300, "allowCredentials": True}
    endpoint = {"x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": True}}
    definition = read(
        {
            "info": {"title": "pets", "description": "All", "version": "7"},
            "x-amazon-apigateway-cors": cors,
            "servers": [{"url": "/", **endpoint}],
            "tags": [{"name": "a", "x-amazon-apigateway-tag-value": "b"}, {"name": "plain"}],
        }
    )

    assert definition.api == {
        "Name": "pets",
        "Description": "All",
        "Version": "7",
        "CorsConfiguration": {
            "AllowOrigins": ["https://example.com"],
            "AllowMethods": ["GET"],
            "MaxAge": 300,
            "AllowCredentials": True,
        },
        "DisableExecuteApiEndpoint": True,
        "Tags": {"a": "b"},
    }


@pytest.mark.parametrize("cors", ["*", {"allowOrigins": "*"}, {"maxAge": True}, {"allowHeaders": [1]}])
def test_malformed_cors_is_a_warning(cors: Any) -> None:
    """Text of AWS. Page "x-amazon-apigateway-cors object"."""
    definition = read({"x-amazon-apigateway-cors": cors})

    assert definition.warnings == ("CORS Scheme is malformed, ignoring.",)
    assert "CorsConfiguration" not in definition.api


@pytest.mark.parametrize(
    ("mode", "key"), [(None, "GET /x"), ("ignore", "GET /x"), ("prepend", "GET /a/b/x"), ("split", "GET /b/x")]
)
def test_the_base_path_goes_before_routes(mode: str | None, key: str) -> None:
    """Page "Set the OpenAPI basePath property"."""
    document = {"servers": [{"url": "https://x.example/a/b"}], "paths": {"/x": {"get": operation()}}}

    assert route_keys(read(document, mode)) == [key]


def test_parse_issues_are_warnings() -> None:
    """Texts recorded of AWS. Page "Errors and warnings from importing your API into API Gateway"."""
    missing = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/None"}}}}
    definition = read_http_api(
        {
            "openapi": "3.0.1",
            "info": {},
            "paths": {
                "/update": {"get": {"responses": {"200": missing}}},
                "/none": {"get": {}},
                "$default": {"x-amazon-apigateway-any-method": operation()},
            },
        }
    )

    assert definition.warnings == (
        "Parse issue: attribute info.title is missing",
        "Parse issue: attribute info.version is missing",
        "Parse issue: attribute paths.'/none'(get).responses is missing",
        "Parse issue: attribute paths.'/update'(get).responses.200.content.schema.#/components/schemas/None is missing",
        "Parse issue: attribute paths. Resource $default should start with /",
    )
    # It is imported nevertheless, as SAM's documents rely on.
    assert route_keys(definition) == ["GET /update", "GET /none", "$default"]


def test_openapi_2_is_refused() -> None:
    """Page "Import an HTTP API": OpenAPI 3.0."""
    with pytest.raises(OpenApiError, match=r"Invalid OpenAPI input\."):
        read_http_api({"swagger": "2.0", "info": {"title": "t"}, "paths": {}})


@pytest.mark.parametrize(
    "components",
    [
        {"securitySchemes": {"jwt": {"type": "oauth2", "x-amazon-apigateway-authorizer": {"type": "jwt"}}}},
        {"x-amazon-apigateway-authorizers": {"jwt": {"type": "jwt"}}},
    ],
)
def test_authorizers_are_not_built(components: JsonObject) -> None:
    """Page "x-amazon-apigateway-authorizer object"."""
    [option] = read({"components": components}).not_built
    assert "jwt" in option


WHEELS = HttpApiDefinition(
    {"Name": "wheels", "CorsConfiguration": {"AllowOrigins": ["*"], "MaxAge": 0}},
    {
        "i": {
            "ConnectionType": "INTERNET",
            "IntegrationId": "i",
            "IntegrationMethod": "GET",
            "IntegrationType": "HTTP_PROXY",
            "IntegrationUri": URI,
            "PayloadFormatVersion": "1.0",
            "RequestParameters": {"append:querystring.n": "1"},
            "TimeoutInMillis": 30000,
        }
    },
    [{"RouteKey": "GET /bus/{id}", "Target": "i"}, {"RouteKey": "$default"}],
)


def test_the_settings_of_an_export_have_the_form_of_aws() -> None:
    """Page "Export an HTTP API"; the form as recorded."""
    document = write_http_api(WHEELS, CREATED, STAGE, has_extensions=True)
    del document["paths"]

    assert document == {
        "openapi": "3.0.1",
        "info": {"title": "wheels", "version": "2026-03-04 12:56:53UTC"},
        "servers": [
            {
                "url": "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com/{basePath}",
                "variables": {"basePath": {"default": ""}},
            }
        ],
        "x-amazon-apigateway-cors": {"maxAge": 0, "allowOrigins": ["*"]},
        "x-amazon-apigateway-importexport-version": "1.0",
    }


def test_the_routes_of_an_export_have_the_form_of_aws() -> None:
    """Page "Export an HTTP API"; the form as recorded."""
    assert write_http_api(WHEELS, CREATED, STAGE, has_extensions=True)["paths"] == {
        "/$default": {
            "x-amazon-apigateway-any-method": {
                "isDefaultRoute": True,
                "responses": {"default": {"description": "Default response for $default"}},
            }
        },
        "/bus/{id}": {
            "get": {
                "responses": {"default": {"description": "Default response for GET /bus/{id}"}},
                "x-amazon-apigateway-integration": {
                    "requestParameters": {"append:querystring.n": "1"},
                    "payloadFormatVersion": "1.0",
                    "type": "http_proxy",
                    "httpMethod": "GET",
                    "uri": URI,
                    "connectionType": "INTERNET",
                },
            },
            "parameters": [
                {
                    "name": "id",
                    "in": "path",
                    "description": "Generated path parameter for id",
                    "required": True,
                    "schema": {"type": "string"},
                }
            ],
        },
    }


def test_an_export_without_extensions_is_plain_openapi() -> None:
    """ExportApi: includeExtensions."""
    definition = HttpApiDefinition(
        {"Name": "a", "Tags": {"b": "c"}, "CorsConfiguration": {"MaxAge": 1}},
        {},
        [{"RouteKey": "GET /x"}, {"RouteKey": "ANY /y"}, {"RouteKey": "$default"}],
    )

    assert "x-amazon" not in json.dumps(write_http_api(definition, CREATED, None, has_extensions=False))


_WORD = st.from_regex(r"[a-z]{1,6}", fullmatch=True)
_LINE = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)


def _some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[JsonObject]:
    return st.fixed_dictionaries({}, optional=members)


@st.composite
def _definitions(draw: st.DrawFn) -> HttpApiDefinition:
    methods, paths = st.sampled_from(("GET", "POST", "ANY")), st.sampled_from(("/", "/a", "/a/{b}", "/c/{d+}"))
    keys = draw(st.sets(st.builds("{} {}".format, methods, paths) | st.just("$default"), max_size=4))
    integrations, routes = {}, []
    for key in sorted(keys):
        route = {"RouteKey": key, **draw(_some(OperationName=_WORD))}
        if draw(st.booleans()):
            route["Target"] = key
            integrations[key] = {
                "ConnectionType": "INTERNET",
                "IntegrationMethod": "POST",
                "IntegrationType": draw(st.sampled_from(("AWS_PROXY", "HTTP_PROXY"))),
                "IntegrationUri": draw(_LINE),
                "PayloadFormatVersion": draw(st.sampled_from(("1.0", "2.0"))),
                **draw(
                    _some(
                        CredentialsArn=_WORD,
                        TimeoutInMillis=st.integers(50, 29999),
                        RequestParameters=st.dictionaries(_WORD, _LINE, min_size=1),
                        ResponseParameters=st.just({"200": {"overwrite:statuscode": "404"}}),
                    )
                ),
            }
        routes.append(route)
    cors = _some(AllowOrigins=st.just(["*"]), MaxAge=st.integers(0, 100), AllowCredentials=st.booleans())
    api = _some(Description=_LINE, CorsConfiguration=cors.filter(bool), DisableExecuteApiEndpoint=st.just(True))
    return HttpApiDefinition({"Name": draw(_LINE), "Version": draw(_LINE), **draw(api)}, integrations, routes)


@settings(max_examples=60, deadline=None)
@given(_definitions(), st.booleans(), st.sampled_from((None, STAGE)))
def test_any_api_survives_its_export(definition: HttpApiDefinition, is_yaml: bool, stage: ExportedStage | None) -> None:
    """Pages "Export an HTTP API" and "Import an HTTP API"."""
    document = write_http_api(definition, CREATED, stage, has_extensions=True)
    read_again = read_http_api(parse(yaml_text(document) if is_yaml else json_text(document)))

    assert read_again.api == definition.api
    assert read_again.integrations == definition.integrations
    assert sorted(read_again.routes, key=lambda route: str(route["RouteKey"])) == definition.routes
    assert read_again.warnings == ()
