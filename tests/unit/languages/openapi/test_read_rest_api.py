"""REST APIs read from documents: "OpenAPI extensions for API Gateway" (API Gateway Developer Guide), page by page."""

import json
from typing import Any

import pytest

from gatewright.languages.openapi.errors import OpenApiError
from tests.unit.languages.openapi.reading import API_ID, read, read_case

MOCK = {"type": "mock", "responses": {"default": {"statusCode": "200"}}}
BOOK_URL = f"https://apigateway.amazonaws.com/restapis/{API_ID}/models/Book"


def test_settings_of_the_api_are_read() -> None:
    """Pages of x-amazon-apigateway-binary-media-types, -minimum-compression-size, -tag-value."""
    assert read_case("library.swagger.json").rest_api == {
        "name": "Library",
        "description": "Books and who reads them",
        "version": "1.2",
        "binaryMediaTypes": ["image/png"],
        "minimumCompressionSize": 1024,
        "tags": {"team": "shelves"},
    }


def test_the_api_key_source_is_read() -> None:
    """Page "x-amazon-apigateway-api-key-source property"."""
    assert read_case("library.oas30.yaml").rest_api == {
        "name": "Library",
        "version": "2020-01-01",
        "apiKeySource": "AUTHORIZER",
    }


@pytest.mark.parametrize(
    "place", [lambda extension: extension, lambda extension: {"servers": [{"url": "/", **extension}]}]
)
def test_the_endpoint_configuration_is_read(place: Any) -> None:
    """Page "x-amazon-apigateway-endpoint-configuration object": at the top (2.0) or in the server object (3.0)."""
    extension = {"x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": True}}

    assert read(place(extension)).rest_api["disableExecuteApiEndpoint"] is True


def test_parents_come_before_what_is_below_them() -> None:
    """Page "Set up a proxy integration with a proxy resource"."""
    definition = read_case("library.swagger.json")

    assert [(path, list(methods)) for path, methods in definition.resources.items()] == [
        ("/", ["GET"]),
        ("/books", ["GET", "POST"]),
        ("/books/{id}", []),
        ("/books/{id}/{rest+}", ["ANY"]),
    ]


def test_a_method_is_read_as_get_method_returns_it() -> None:
    """Pages "x-amazon-apigateway-integration object" and those of its members."""
    assert read_case("library.swagger.json").resources["/books"]["GET"] == {
        "apiKeyRequired": False,
        "authorizationType": "NONE",
        "httpMethod": "GET",
        "operationName": "ListBooks",
        "requestValidator": "all",
        "requestParameters": {"method.request.querystring.page": False, "method.request.header.X-Shelf": True},
        "methodResponses": {
            "200": {"statusCode": "200", "responseModels": {"application/json": "Books"}},
            "404": {"statusCode": "404", "responseModels": {"application/json": "Failure"}},
        },
        "methodIntegration": {
            "cacheKeyParameters": ["method.request.querystring.page"],
            "cacheNamespace": "books",
            "connectionType": "INTERNET",
            "httpMethod": "GET",
            "integrationResponses": {
                "200": {"statusCode": "200"},
                "404": {"statusCode": "404", "selectionPattern": "4\\d{2}"},
            },
            "passthroughBehavior": "WHEN_NO_MATCH",
            "requestParameters": {"integration.request.querystring.page": "method.request.querystring.page"},
            "timeoutInMillis": 5000,
            "type": "HTTP",
            "uri": "http://backend.example.com/books",
        },
    }


def test_a_mock_has_neither_method_nor_connection() -> None:
    """Recorded of AWS: httpMethod of a mock is passed over. Page "x-amazon-apigateway-integrations object" (reuse)."""
    assert read_case("library.oas30.yaml").resources["/books/{id}"]["PUT"]["methodIntegration"] == {
        "cacheKeyParameters": [],
        "integrationResponses": {"200": {"statusCode": "200"}},
        "passthroughBehavior": "WHEN_NO_TEMPLATES",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "timeoutInMillis": 29000,
        "type": "MOCK",
    }


def test_content_handling_and_credentials_are_read() -> None:
    """Pages of x-amazon-apigateway-integration and x-amazon-apigateway-integration.response."""
    integration = read_case("library.swagger.json").resources["/books"]["POST"]["methodIntegration"]

    assert integration["contentHandling"] == "CONVERT_TO_TEXT"
    assert integration["credentials"] == "arn:aws:iam::123456789012:role/books"
    assert integration["passthroughBehavior"] == "NEVER"
    assert integration["integrationResponses"]["200"]["contentHandling"] == "CONVERT_TO_BINARY"
    assert "connectionType" not in integration


def test_further_members_of_an_integration_are_read() -> None:
    """Page "x-amazon-apigateway-integration object": tlsConfig, responseTransferMode, connectionId."""
    extension = {
        "type": "http_proxy",
        "httpMethod": "any",
        "uri": "https://example.com",
        "tlsConfig": {"insecureSkipVerification": True},
        "responseTransferMode": "stream",
        "connectionType": "vpc_link",
        "connectionId": "abc123",
    }
    definition = read({"paths": {"/": {"get": {"x-amazon-apigateway-integration": extension}}}})

    assert definition.resources["/"]["GET"]["methodIntegration"] == {
        "type": "HTTP_PROXY",
        "httpMethod": "ANY",
        "uri": "https://example.com",
        "tlsConfig": {"insecureSkipVerification": True},
        "responseTransferMode": "STREAM",
        "connectionType": "VPC_LINK",
        "connectionId": "abc123",
        "cacheKeyParameters": [],
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": 29000,
    }


def test_a_mapping_that_is_no_text_is_a_warning() -> None:
    """Recorded of AWS. Page "Errors and warnings from importing your API into API Gateway"."""
    definition = read_case("library.oas30.yaml")
    integration = definition.resources["/books/{id}"]["HEAD"]["methodIntegration"]

    assert integration["requestParameters"] == {"integration.request.header.Fixed": "'yes'"}
    assert integration["integrationResponses"] == {"204": {"statusCode": "204"}}
    [warning] = definition.warnings
    assert warning == (
        "Invalid format for 'requestParameters'. Expected type string for property "
        "'integration.request.header.Wrong' of resource '/books/{id}' and method 'HEAD' but got 'true'"
    )


def test_schemas_become_models_of_json_schema() -> None:
    """Pages "Data models for REST APIs in API Gateway" and "Amazon API Gateway important notes"."""
    models = {model["name"]: model for model in read_case("library.swagger.json").models}

    assert list(models) == ["Books", "Book", "Failure", "MODELc70db7"]
    assert json.loads(models["Books"]["schema"]) == {"type": "array", "items": {"$ref": BOOK_URL}}
    assert models["Book"]["description"] == "A book"
    # `example` is no keyword of draft 4; a property may have that name.
    assert json.loads(models["Book"]["schema"])["properties"] == {
        "title": {"type": "string"},
        "example": {"type": "string"},
        "sequel": {"$ref": BOOK_URL},
    }


def test_schemas_of_openapi_3_are_written_in_the_order_of_aws() -> None:
    """Recorded of AWS: title, required, type, properties, description."""
    models = {model["name"]: model["schema"] for model in read_case("library.oas30.yaml").models}

    assert list(json.loads(models["Book"])) == ["required", "type", "properties", "description"]
    assert models["Part"] == '{\n  "title" : "Part",\n  "type" : "object"\n}'


def test_a_schema_without_a_name_gets_a_model_of_its_own() -> None:
    """Page "Data models for REST APIs in API Gateway"; the form of the name as AWS gives it."""
    definition = read_case("library.swagger.json")
    name = definition.resources["/books"]["POST"]["methodResponses"]["200"]["responseModels"]["application/json"]

    assert name == "MODELc70db7"
    assert name in {model["name"] for model in definition.models}


def test_references_to_no_model_are_warnings() -> None:
    """Texts recorded of AWS. Page "Errors and warnings from importing your API into API Gateway"."""
    pointer = "#/components/schemas/"
    bad, none = ({"application/json": {"schema": {"$ref": pointer + name}}} for name in ("not_good", "None"))
    definition = read(
        {
            "paths": {"/a": {"get": {"responses": {"200": {"content": bad}, "404": {"content": none}}}}},
            "components": {"schemas": {"not_good": {"type": "object"}}},
        }
    )

    # It is kept: whoever makes it is told that it cannot be made.
    assert [model["name"] for model in definition.models] == ["not_good"]
    assert definition.warnings == (
        "Unknown or invalid reference specified by '#/components/schemas/not_good'. Ignoring.",
        "Unknown or invalid reference specified by '#/components/schemas/not_good'. Ignoring.",
        "Invalid format for model application/json for method GET",
        "Reference to model 'None' not found. Ignoring.",
        "Reference to model 'None' not found. Ignoring.",
        "Invalid format for model application/json for method GET",
    )
    assert definition.resources["/a"]["GET"]["methodResponses"]["200"] == {"statusCode": "200"}


def test_schemas_that_make_no_model_are_warnings() -> None:
    """Texts recorded of AWS. Page "Amazon API Gateway important notes"."""

    def content(schema: dict[str, Any]) -> dict[str, Any]:
        return {"content": {"application/json": {"schema": schema}}}

    responses = {"200": content({"type": "string"}), "404": content({"allOf": [{"type": "object"}]})}
    operation = {"requestBody": content({"oneOf": []}), "responses": responses}

    assert read({"paths": {"/{a}": {"put": operation}}}).warnings == (
        "Unsupported model type 'Content' in request schema for 'PUT /{a}'. Ignoring.",
        "Unsupported model type 'StringSchema' in 200 response to method 'PUT /{a}'. Ignoring.",
        "Unsupported model type 'ComposedSchema' in 404 response to method 'PUT /{a}'. Ignoring.",
    )


def test_request_bodies_are_found_by_reference() -> None:
    """Page "API Gateway OpenAPI import"; OpenAPI 3.0.3, Reference Object."""
    method = read_case("library.oas30.yaml").resources["/books/{id}"]["PUT"]

    assert method["requestModels"] == {"application/json": "Book"}
    assert method["requestParameters"] == {"method.request.path.id": True}
    assert method["methodResponses"] == {
        "200": {
            "statusCode": "200",
            "responseModels": {"application/json": "Book"},
            "responseParameters": {"method.response.header.ETag": False},
        }
    }


def test_variables_of_a_path_are_parameters_declared_or_not() -> None:
    """Recorded of AWS, which imports documents of SAM so. Page "API Gateway OpenAPI import"."""
    definition = read({"paths": {"/a/{b}/{c+}": {"get": {"responses": {}}}}})

    assert definition.resources["/a/{b}/{c+}"]["GET"]["requestParameters"] == {
        "method.request.path.b": True,
        "method.request.path.c": True,
    }


def test_validators_of_a_method_win_over_that_of_the_api() -> None:
    """Pages "x-amazon-apigateway-request-validator property" and "…-request-validators object"."""
    definition = read_case("library.swagger.json")

    assert definition.request_validators == (
        {"name": "all", "validateRequestBody": True, "validateRequestParameters": True},
        {"name": "none", "validateRequestBody": False, "validateRequestParameters": False},
    )
    assert definition.resources["/"]["GET"]["requestValidator"] == "all"
    assert definition.resources["/books"]["POST"]["requestValidator"] == "none"


def test_gateway_responses_are_read() -> None:
    """Page "x-amazon-apigateway-gateway-responses object"."""
    assert read_case("library.swagger.json").gateway_responses == (
        {
            "responseType": "DEFAULT_4XX",
            "statusCode": "400",
            "responseParameters": {"gatewayresponse.header.Retry-After": "'5'"},
            "responseTemplates": {"application/json": '{"error": $context.error.messageString}'},
        },
    )


@pytest.mark.parametrize(
    ("api", "operation", "is_required"),
    [
        ({}, {}, False),
        ({"security": [{"key": []}]}, {}, True),
        ({"security": [{"key": []}]}, {"security": []}, False),
        ({}, {"security": [{"key": []}]}, True),
        ({}, {"security": [{"other": []}, {"key": []}]}, True),
        ({}, {"security": [{"other": []}]}, False),
    ],
)
def test_an_api_key_is_required_by_its_scheme(
    api: dict[str, Any], operation: dict[str, Any], is_required: bool
) -> None:
    """Page "Configure a method to use API keys with an OpenAPI definition"."""
    schemes = {"key": {"type": "apiKey", "in": "header", "name": "x-api-key"}}
    document = {**api, "paths": {"/": {"get": operation}}, "components": {"securitySchemes": schemes}}

    assert read(document).resources["/"]["GET"]["apiKeyRequired"] is is_required


@pytest.mark.parametrize(
    ("document", "option"),
    [
        (
            {"components": {"securitySchemes": {"a": {"type": "apiKey", "x-amazon-apigateway-authorizer": {}}}}},
            "the authorizer of security scheme a (x-amazon-apigateway-authorizer)",
        ),
        (
            {"components": {"securitySchemes": {"a": {"x-amazon-apigateway-authtype": "awsSigv4"}}}},
            "x-amazon-apigateway-authtype awsSigv4 of security scheme a",
        ),
        (
            {"paths": {"/": {"get": {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}}}},
            "x-amazon-apigateway-auth AWS_IAM of a method",
        ),
        ({"x-amazon-apigateway-policy": {}}, "a resource policy (x-amazon-apigateway-policy)"),
        (
            {"x-amazon-apigateway-endpoint-configuration": {"vpcEndpointIds": ["vpce-1"]}},
            "a private API (vpcEndpointIds of x-amazon-apigateway-endpoint-configuration)",
        ),
    ],
)
def test_what_is_not_built_is_named(document: dict[str, Any], option: str) -> None:
    """Pages "x-amazon-apigateway-authorizer object", "-authtype", "-auth", "-policy"."""
    assert read(document).not_built == (option,)


def test_other_security_schemes_are_warnings() -> None:
    """Page "Amazon API Gateway important notes": the type of a security scheme is apiKey."""
    definition = read({"components": {"securitySchemes": {"login": {"type": "oauth2"}}}})

    assert definition.warnings == ("Unsupported security definition type 'oauth2' for 'login'. Ignoring.",)
    assert definition.not_built == ()


@pytest.mark.parametrize(
    ("document", "mode", "paths"),
    [
        ({"swagger": "2.0", "basePath": "/a/b"}, None, ["/", "/e"]),
        ({"swagger": "2.0", "basePath": "/a/b"}, "ignore", ["/", "/e"]),
        ({"swagger": "2.0", "basePath": "/a/b/"}, "prepend", ["/", "/a", "/a/b", "/a/b/e"]),
        ({"swagger": "2.0", "basePath": "/a/b"}, "split", ["/", "/b", "/b/e"]),
        ({"swagger": "2.0", "basePath": "/a"}, "split", ["/", "/e"]),
        ({"swagger": "2.0"}, "prepend", ["/", "/e"]),
        ({"servers": [{"url": "https://x.example/a/b/"}]}, "prepend", ["/", "/a", "/a/b", "/a/b/e"]),
        ({"servers": [{"url": "https://x.example/a/b/"}]}, "split", ["/", "/b", "/b/e"]),
        (
            {"servers": [{"url": "https://x.example/{basePath}", "variables": {"basePath": {"default": "/v"}}}]},
            "prepend",
            ["/", "/v", "/v/e"],
        ),
        (
            {"servers": [{"url": "https://x.example/{v}/b", "variables": {"v": {"default": "v1"}}}]},
            "prepend",
            ["/", "/v1", "/v1/b", "/v1/b/e"],
        ),
    ],
)
def test_the_base_path_goes_before_paths_as_its_mode_says(
    document: dict[str, Any], mode: str | None, paths: list[str]
) -> None:
    """Page "Set the OpenAPI basePath property"."""
    assert list(read({**document, "paths": {"/e": {"get": {}}}}, mode).resources) == paths


def test_another_mode_is_refused() -> None:
    """Page "Set the OpenAPI basePath property"."""
    with pytest.raises(OpenApiError):
        read({}, "append")


def test_more_servers_than_one_are_a_warning() -> None:
    """Text recorded of AWS."""
    definition = read({"servers": [{"url": "/a"}, {"url": "/b"}]})

    assert definition.warnings == (
        "More than one server provided. Ignoring all but the first for defining endpoint configuration",
    )


def test_members_of_openapi_2_are_unexpected_in_openapi_3() -> None:
    """Recorded of AWS for the type of a parameter; the other objects by the same rule of its parser."""
    operation = {
        "consumes": ["application/json"],
        "parameters": [{"name": "zipCode", "in": "query", "type": "string"}],
        "requestBody": {"schema": {}},
        "responses": {"200": {"description": "d", "schema": {}}, "x-any": 1},
        "x-any": 1,
    }
    item = {"get": operation, "parameters": [{"name": "p", "in": "query", "type": "string"}], "any": {}}

    assert read({"basePath": "/", "paths": {"/area": item}}).warnings == (
        "Parse issue: attribute basePath is unexpected",
        "Parse issue: attribute paths.'/area'.any is unexpected",
        "Parse issue: attribute paths.'/area'.parameters.[p].type is unexpected",
        "Parse issue: attribute paths.'/area'(get).consumes is unexpected",
        "Parse issue: attribute paths.'/area'(get).parameters.[zipCode].type is unexpected",
        "Parse issue: attribute paths.'/area'(get).requestBody.schema is unexpected",
        "Parse issue: attribute paths.'/area'(get).responses.200.schema is unexpected",
    )


def test_descriptions_become_documentation_parts() -> None:
    """Pages "Representation of API documentation in API Gateway" and "Import API documentation into API Gateway"."""
    parts = [(dict(part.location), part.properties) for part in read_case("library.swagger.json").documentation_parts]

    assert parts[:3] == [
        ({"type": "API"}, {"info": {"description": "Books and who reads them"}}),
        ({"type": "METHOD", "path": "/books", "method": "GET"}, {"summary": "All books"}),
        (
            {"type": "QUERY_PARAMETER", "path": "/books", "method": "GET", "name": "page"},
            {"description": "Which page"},
        ),
    ]


def test_the_documentation_extension_wins() -> None:
    """Page "x-amazon-apigateway-documentation object"."""
    part = {"location": {"type": "METHOD", "method": "GET"}, "properties": {"description": "Reads"}}
    definition = read(
        {
            "x-amazon-apigateway-documentation": {"version": "7", "documentationParts": [part, {}, None]},
            "paths": {"/": {"get": {"description": "other"}}},
        }
    )

    assert [(dict(each.location), each.properties) for each in definition.documentation_parts] == [
        ({"type": "METHOD", "method": "GET"}, {"description": "Reads"})
    ]
    assert definition.documentation_version == "7"


@pytest.mark.parametrize(
    "extension",
    [
        None,
        "mock",
        {},
        {"type": "lambda"},
        {"type": "mock", "timeoutInMillis": "soon"},
        {"type": "mock", "contentHandling": "none"},
        {"type": "aws", "uri": {"Fn::Sub": "arn"}},
        {"type": "mock", "responses": {"default": {"statusCode": "OK"}}},
    ],
)
def test_an_integration_that_cannot_be_read_is_an_error(extension: Any) -> None:
    """Text recorded of AWS. Page "x-amazon-apigateway-integration object"."""
    with pytest.raises(OpenApiError) as raised:
        read({"paths": {"/a": {"get": {"x-amazon-apigateway-integration": extension}}}})

    assert str(raised.value) == "Unable to parse API definition because of a malformed integration at path /a."


@pytest.mark.parametrize(
    "document",
    [
        {"paths": None},
        {"paths": {"/": None}},
        {"paths": {"/": {"get": []}}},
        {"paths": {"/": {"get": {"responses": [], "parameters": {}}}}},
        {"paths": {"/": {"get": {"parameters": [None, 1, {"in": "query"}], "requestBody": 5}}}},
        {"paths": {"/": {"get": {"responses": {"200": {"$ref": "#/responses/none"}, "x": 1}}}}},
        {"paths": {"/": {"get": {"parameters": [{"$ref": "#/a"}]}}}, "a": {"$ref": "#/a"}},
        {"components": {"schemas": [], "securitySchemes": {"a": None}}, "servers": {}, "tags": [1]},
        {"x-amazon-apigateway-request-validators": {"a": None}, "x-amazon-apigateway-gateway-responses": []},
        {"info": None, "servers": [{"url": "http://[bad"}]},
    ],
)
def test_a_document_of_another_form_breaks_nothing(document: dict[str, Any]) -> None:
    """Page "Errors and warnings from importing your API into API Gateway"."""
    assert "/" in read(document).resources
