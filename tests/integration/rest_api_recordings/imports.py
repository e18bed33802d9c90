"""Imports and exports as AWS was recorded to answer about them.

Recordings: test_apigateway_import and test_apigateway_extended.snapshot.json, of documents like these.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.integration.rest_api_recordings.methods import method
from tests.integration.rest_api_recordings.replay import By, Recordings, Step, not_found
from tests.integration.rest_api_recordings.rest_apis import api

_PETS_URL = "http://petstore-demo-endpoint.execute-api.com/petstore/pets"
_OK: Mapping[str, Any] = MappingProxyType({"200": {"description": "200 response"}})
_PET_ID: Mapping[str, Any] = MappingProxyType({"integration.request.path.id": "method.request.path.petId"})


def _http(uri: str, **members: Any) -> dict[str, Any]:
    responses = {"default": {"statusCode": "200"}}
    return {"type": "HTTP", "uri": uri, "httpMethod": "GET", "responses": responses, **members}


_PETS = json.dumps(
    {
        "swagger": "2.0",
        "info": {"title": "Simple PetStore (Swagger)", "version": "1.0.0"},
        "schemes": ["https"],
        "paths": {
            "/pets": {"get": {"responses": dict(_OK), "x-amazon-apigateway-integration": _http(_PETS_URL)}},
            "/pets/{petId}": {
                "get": {
                    "parameters": [{"name": "petId", "in": "path", "required": True, "type": "string"}],
                    "responses": dict(_OK),
                    "x-amazon-apigateway-integration": _http(f"{_PETS_URL}/{{id}}", requestParameters=dict(_PET_ID)),
                }
            },
        },
    }
)
_PETS_API: Mapping[str, Any] = MappingProxyType(
    {"name": "Simple PetStore (Swagger)", "rootResourceId": "<root>", "version": "1.0.0"}
)
_IMPORTED: tuple[Step, ...] = (
    ("import_rest_api", {"body": _PETS, "failOnWarnings": True}, 201, api(**_PETS_API)),
    ("create_deployment", {"restApiId": "<api-1>", "stageName": "local"}, 201, None),
)


def _http_integration(resource: str, uri: str, **members: Any) -> dict[str, Any]:
    return {
        "cacheKeyParameters": [],
        "cacheNamespace": f"<{resource}>",
        "connectionType": "INTERNET",
        "httpMethod": "GET",
        "integrationResponses": {"200": {"statusCode": "200"}},
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": 29000,
        "type": "HTTP",
        "uri": uri,
        **members,
    }


def _resource(name: str, path: str, parent: str, *methods: str) -> dict[str, Any]:
    found = {"id": f"<{name}>", "parentId": f"<{parent}>", "path": path, "pathPart": path.rpartition("/")[2]}
    return {**found, "resourceMethods": {each: {} for each in methods}} if methods else found


def _root(*methods: str) -> dict[str, Any]:
    found = {"id": "<root>", "path": "/"}
    return {**found, "resourceMethods": {each: {} for each in methods}} if methods else found


def _listed(*resources: dict[str, Any]) -> Step:
    return "get_resources", {"restApiId": "<api-1>"}, 200, {"items": By("path", resources)}


def _about(resource: str, http_method: str, whole: dict[str, Any]) -> tuple[Step, ...]:
    """Return what GetMethod and the operations of its parts answer; no response of 200 is an error."""
    where = {"restApiId": "<api-1>", "resourceId": f"<{resource}>", "httpMethod": http_method}
    integration = whole["methodIntegration"]
    parts = (
        ("get_method_response", whole.get("methodResponses", {}).get("200")),
        ("get_integration_response", integration.get("integrationResponses", {}).get("200")),
    )
    return (
        ("get_method", where, 200, whole),
        ("get_integration", where, 200, integration),
        *(
            (
                operation,
                {**where, "statusCode": "200"},
                *((200, part) if part else not_found("Invalid Response status code specified")),
            )
            for operation, part in parts
        ),
    )


def _export(version: str, body: dict[str, Any], *, has_extensions: bool) -> Step:
    request = {"restApiId": "<api-1>", "stageName": "local", "exportType": version}
    return (
        "get_export",
        {**request, "parameters": {"extensions": "apigateway"}} if has_extensions else request,
        200,
        {
            "body": body,
            "contentDisposition": f'attachment; filename="{version}_1.0.0.json"',
            "contentType": "application/octet-stream",
        },
    )


def _exported_http(uri: str, *, is_oas30: bool, **members: Any) -> dict[str, Any]:
    kind = {"type": "http"}
    return {
        **({} if is_oas30 else kind),
        "httpMethod": "GET",
        "uri": uri,
        "responses": {"default": {"statusCode": "200"}},
        **members,
        "passthroughBehavior": "when_no_match",
        **(kind if is_oas30 else {}),
    }


def _exported_paths(*, is_oas30: bool, has_extensions: bool) -> dict[str, Any]:
    content: dict[str, Any] = {"content": {}} if is_oas30 else {}
    responses = {"200": {"description": "200 response", **content}}
    text = {"schema": {"type": "string"}} if is_oas30 else {"type": "string"}
    parameters = [{"name": "petId", "in": "path", "required": True, **text}]
    pets: dict[str, Any] = {"responses": responses}
    pet: dict[str, Any] = {"parameters": parameters, "responses": responses}
    if has_extensions:
        pets["x-amazon-apigateway-integration"] = _exported_http(_PETS_URL, is_oas30=is_oas30)
        pet["x-amazon-apigateway-integration"] = _exported_http(
            f"{_PETS_URL}/{{id}}", is_oas30=is_oas30, requestParameters=dict(_PET_ID)
        )
    return {"/pets": {"get": pets}, "/pets/{petId}": {"get": pet}}


def _exported_oas30(*, has_extensions: bool) -> dict[str, Any]:
    return {
        "openapi": "3.0.1",
        "info": {"title": "Simple PetStore (Swagger)", "version": "1.0.0"},
        "servers": [{"url": "<url-of-the-node>", "variables": {"basePath": {"default": "local"}}}],
        "paths": _exported_paths(is_oas30=True, has_extensions=has_extensions),
        "components": {},
    }


_CORS: Mapping[str, str] = MappingProxyType(
    {
        "method.response.header.Access-Control-Allow-Headers": "'Content-Type'",
        "method.response.header.Access-Control-Allow-Methods": "'OPTIONS,POST,GET'",
        "method.response.header.Access-Control-Allow-Origin": "'http://localhost:8080'",
    }
)
_FUNCTION = "arn:aws:lambda:<region>:<account>:function:products:live"
_INVOCATION = f"arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/{_FUNCTION}/invocations"
_PRODUCT: Mapping[str, Any] = MappingProxyType(
    {"parameters": [{"name": "product_id", "in": "path", "required": True, "type": "string"}]}
)


def _sam_path(**members: Any) -> dict[str, Any]:
    """Return a path as AWS SAM makes them: a Lambda proxy without responses, and a mock for OPTIONS."""
    headers = {name.rpartition(".")[2]: {"type": "string"} for name in _CORS}
    return {
        "get": {
            **members,
            "responses": {},
            "x-amazon-apigateway-integration": {"httpMethod": "POST", "type": "aws_proxy", "uri": _INVOCATION},
        },
        "options": {
            **members,
            "consumes": ["application/json"],
            "produces": ["application/json"],
            "responses": {"200": {"description": "Default response for CORS method", "headers": headers}},
            "x-amazon-apigateway-integration": {
                "type": "mock",
                "requestTemplates": {"application/json": '{"statusCode": 200}'},
                "responses": {
                    "default": {
                        "statusCode": "200",
                        "responseParameters": dict(_CORS),
                        "responseTemplates": {"application/json": "{}"},
                    }
                },
            },
        },
    }


_SAM = json.dumps(
    {
        "swagger": "2.0",
        "info": {"title": "products", "version": "1.0"},
        "paths": {"/product": _sam_path(), "/product/{product_id}": _sam_path(**_PRODUCT)},
    }
)


def _sam_methods(resource: str, **members: Any) -> tuple[Step, ...]:
    proxy = {
        "cacheKeyParameters": [],
        "cacheNamespace": f"<{resource}>",
        "httpMethod": "POST",
        "passthroughBehavior": "WHEN_NO_MATCH",
        "timeoutInMillis": 29000,
        "type": "AWS_PROXY",
        "uri": _INVOCATION,
    }
    mock = {
        "cacheKeyParameters": [],
        "cacheNamespace": f"<{resource}>",
        "integrationResponses": {
            "200": {
                "responseParameters": _CORS,
                "responseTemplates": {"application/json": {}},
                "statusCode": "200",
            }
        },
        "passthroughBehavior": "WHEN_NO_MATCH",
        "requestTemplates": {"application/json": {"statusCode": 200}},
        "timeoutInMillis": 29000,
        "type": "MOCK",
    }
    responses = {"200": {"responseParameters": dict.fromkeys(_CORS, False), "statusCode": "200"}}
    return (
        *_about(resource, "GET", method(httpMethod="GET", methodIntegration=proxy, **members)),
        *_about(
            resource,
            "OPTIONS",
            method(httpMethod="OPTIONS", methodIntegration=mock, methodResponses=responses, **members),
        ),
    )


def _based(parameters: Mapping[str, Any] = MappingProxyType({}), **members: Any) -> str:
    mock = {
        "type": "mock",
        "requestParameters": dict(parameters),
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": {"statusCode": "200"}},
    }
    get = {"responses": dict(_OK), "x-amazon-apigateway-integration": mock}
    return json.dumps(
        {"openapi": "3.0.1", "info": {"title": "based", "version": "2"}, **members, "paths": {"/test": {"get": get}}}
    )


_BASE_PATH: Mapping[str, Any] = MappingProxyType({"basePath": {"default": "base-var"}})
_VARIABLE = _based(servers=[{"url": "https://example.com/{basePath}", "variables": dict(_BASE_PATH)}])
_NOTHING: Mapping[str, Any] = MappingProxyType({"integration.request.header.nothing": True})
_URL = _based(_NOTHING, servers=[{"url": "https://example.com/base-url/part/"}])


def _put(body: str, mode: str, **members: Any) -> Step:
    request = {"restApiId": "<api-1>", "body": body, "mode": "overwrite", "parameters": {"basepath": mode}}
    return "put_rest_api", request, 200, api(name="based", version="2", tags={}, **members)


def _base_path(mode: str, variable: tuple[str, ...], url: tuple[str, ...]) -> tuple[Step, ...]:
    """Return the steps of two imports, the second over the first: what has the same path stays the same resource."""
    warning = (
        "Invalid format for 'requestParameters'. Expected type string for property "
        f"'integration.request.header.nothing' of resource '{url[-1]}' and method 'GET' but got 'true'"
    )
    return (
        ("create_rest_api", {"name": "based"}, 201, api()),
        _put(_VARIABLE, mode),
        _based_resources(variable),
        _put(_URL, mode, warnings=[warning]),
        _based_resources(url),
    )


def _based_resources(paths: tuple[str, ...]) -> Step:
    names = ["root-1", *(path.strip("/").replace("/", "-") for path in paths)]
    found = [
        _resource(names[index + 1], path, names[index], *(["GET"] if path.endswith("/test") else []))
        for index, path in enumerate(paths)
    ]
    return _listed({"id": "<root-1>", "path": "/"}, *found)


_PERSON: Mapping[str, Any] = MappingProxyType(
    {
        "type": "object",
        "description": "Random person.",
        "properties": {
            "name": {"type": "string", "description": "Random property"},
            "b": {"type": "number"},
            "house": {"$ref": "#/components/schemas/House"},
        },
        "required": ["name", "b"],
    }
)
_HOUSE: Mapping[str, Any] = MappingProxyType(
    {
        "type": "object",
        "description": "Where a person lives",
        "properties": {
            "kind": {"type": "string", "description": "Random property", "format": "byte"},
            "contains": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/Person"},
                "minItems": 1,
                "description": "Who lives there",
            },
        },
    }
)
_ECHO = '{"echo": $input.json(\'$\'), "response": "mocked"}'


def _content(name: str) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}


_CIRCULAR = json.dumps(
    {
        "openapi": "3.0.2",
        "info": {"title": "Circular", "version": "1.0"},
        "x-amazon-apigateway-request-validators": {
            "basic": {"validateRequestBody": True, "validateRequestParameters": True}
        },
        "x-amazon-apigateway-request-validator": "basic",
        "paths": {
            "/person": {
                "post": {
                    "description": "Create a person",
                    "operationId": "CreatePerson",
                    "requestBody": {**_content("Person"), "required": True},
                    "responses": {"200": {"description": "Empty", **_content("Empty")}},
                    "x-amazon-apigateway-integration": {
                        "type": "mock",
                        "responses": {
                            "default": {"statusCode": "200", "responseTemplates": {"application/json": _ECHO}}
                        },
                        "requestTemplates": {"application/json": '{"statusCode": 200}'},
                        "passthroughBehavior": "when_no_templates",
                    },
                }
            }
        },
        "components": {
            "schemas": {
                "Person": dict(_PERSON),
                "House": dict(_HOUSE),
                "Empty": {"title": "Empty Schema", "type": "object"},
            }
        },
    }
)


def _model(name: str, schema: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"contentType": "application/json", "id": f"<{name.lower()}>", "name": name, "schema": schema, **members}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"https://apigateway.amazonaws.com/restapis/<api-1>/models/{name}"}


_MODELS = (
    _model("Empty", {"title": "Empty Schema", "type": "object"}),
    _model(
        "House",
        {
            "type": "object",
            "properties": {
                "kind": {"type": "string", "description": "Random property", "format": "byte"},
                "contains": {
                    "minItems": 1,
                    "type": "array",
                    "description": "Who lives there",
                    "items": _reference("Person"),
                },
            },
            "description": "Where a person lives",
        },
        description="Where a person lives",
    ),
    _model(
        "Person",
        {
            "required": ["name", "b"],
            "type": "object",
            "properties": {
                "name": {"type": "string", "description": "Random property"},
                "b": {"type": "number"},
                "house": _reference("House"),
            },
            "description": "Random person.",
        },
        description="Random person.",
    ),
)
_INTEGERS = """
openapi: 3.0.1
info:
  title: integers
  version: '2.0'
paths:
  /test:
    get:
      responses:
        200:
          description: 200 response
          headers:
            Access-Control-Allow-Origin:
              schema:
                type: string
      x-amazon-apigateway-integration:
        responses:
          default:
            statusCode: 200
            responseParameters:
              method.response.header.Access-Control-Allow-Origin: "'*'"
        requestParameters:
          integration.request.header.X-Amz-Invocation-Type: "'Event'"
        requestTemplates:
          application/json: '{"statusCode": 200}'
        passthroughBehavior: when_no_match
        type: mock
"""
_ORIGIN = "method.response.header.Access-Control-Allow-Origin"


def _mock_integration(resource: str, response: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {
        "cacheKeyParameters": [],
        "cacheNamespace": f"<{resource}>",
        "integrationResponses": {"200": {"statusCode": "200", **response}},
        "passthroughBehavior": "WHEN_NO_MATCH",
        "requestTemplates": {"application/json": {"statusCode": 200}},
        "timeoutInMillis": 29000,
        "type": "MOCK",
        **members,
    }


RECORDINGS: Recordings = MappingProxyType(
    {
        "test_export_oas30_openapi[TEST_IMPORT_PETS]": (
            *_IMPORTED,
            _listed(
                _root(),
                _resource("pets", "/pets", "root", "GET"),
                _resource("pet", "/pets/{petId}", "pets", "GET"),
            ),
            *_about(
                "pets",
                "GET",
                method(
                    httpMethod="GET",
                    methodIntegration=_http_integration("pets", _PETS_URL),
                    methodResponses={"200": {"statusCode": "200"}},
                ),
            ),
            *_about(
                "pet",
                "GET",
                method(
                    httpMethod="GET",
                    methodIntegration=_http_integration("pet", f"{_PETS_URL}/{{id}}", requestParameters=_PET_ID),
                    methodResponses={"200": {"statusCode": "200"}},
                    requestParameters={"method.request.path.petId": True},
                ),
            ),
            _export("oas30", _exported_oas30(has_extensions=False), has_extensions=False),
            _export("oas30", _exported_oas30(has_extensions=True), has_extensions=True),
        ),
        "test_import_and_validate_rest_api[swagger-mock-cors.json]": (
            (
                "import_rest_api",
                {"body": _SAM, "failOnWarnings": True},
                201,
                api(name="products", rootResourceId="<root>", version="1.0"),
            ),
            ("get_models", {"restApiId": "<api-1>"}, 200, {"items": []}),
            _listed(
                _root(),
                _resource("product", "/product", "root", "GET", "OPTIONS"),
                _resource("one", "/product/{product_id}", "product", "GET", "OPTIONS"),
            ),
            *_sam_methods("product"),
            *_sam_methods("one", requestParameters={"method.request.path.product_id": True}),
        ),
        "test_import_rest_apis_with_base_path_oas30[ignore]": _base_path("ignore", ("/test",), ("/test",)),
        "test_import_rest_apis_with_base_path_oas30[prepend]": _base_path(
            "prepend",
            ("/base-var", "/base-var/test"),
            ("/base-url", "/base-url/part", "/base-url/part/test"),
        ),
        "test_import_rest_apis_with_base_path_oas30[split]": _base_path("split", ("/test",), ("/part", "/part/test")),
        "test_import_with_circular_models_and_request_validation": (
            (
                "import_rest_api",
                {"body": _CIRCULAR, "failOnWarnings": True},
                201,
                api(name="Circular", rootResourceId="<root>", version="1.0"),
            ),
            ("get_models", {"restApiId": "<api-1>"}, 200, {"items": By("name", _MODELS)}),
            (
                "get_request_validators",
                {"restApiId": "<api-1>"},
                200,
                {
                    "items": [
                        {
                            "id": "<validator>",
                            "name": "basic",
                            "validateRequestBody": True,
                            "validateRequestParameters": True,
                        }
                    ]
                },
            ),
            _listed(_root(), _resource("person-path", "/person", "root", "POST")),
            *_about(
                "person-path",
                "POST",
                method(
                    httpMethod="POST",
                    methodIntegration=_mock_integration(
                        "person-path",
                        {"responseTemplates": {"application/json": _ECHO}},
                        passthroughBehavior="WHEN_NO_TEMPLATES",
                    ),
                    methodResponses={"200": {"responseModels": {"application/json": "Empty"}, "statusCode": "200"}},
                    operationName="CreatePerson",
                    requestModels={"application/json": "Person"},
                    requestValidatorId="<validator>",
                ),
            ),
        ),
        "test_import_with_integer_http_status_code": (
            (
                "import_rest_api",
                {"body": _INTEGERS, "failOnWarnings": True},
                201,
                api(name="integers", rootResourceId="<root>", version="2.0"),
            ),
            _listed(_root(), _resource("test", "/test", "root", "GET")),
            *_about(
                "test",
                "GET",
                method(
                    httpMethod="GET",
                    methodIntegration=_mock_integration(
                        "test",
                        {"responseParameters": {_ORIGIN: "'*'"}},
                        requestParameters={"integration.request.header.X-Amz-Invocation-Type": "'Event'"},
                    ),
                    methodResponses={"200": {"responseParameters": {_ORIGIN: False}, "statusCode": "200"}},
                ),
            ),
        ),
    }
)
