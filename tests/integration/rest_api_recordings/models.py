"""Models and request validators as AWS was recorded to answer about them (test_apigateway_api.snapshot.json)."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tests.integration.rest_api_recordings.methods import ANY, MADE, method
from tests.integration.rest_api_recordings.replay import By, Recordings, Step, bad_request, conflict, not_found, patch

_DRAFT = "http://json-schema.org/draft-04/schema#"
_CALC: Mapping[str, Any] = MappingProxyType(
    {
        "title": "Calc output",
        "type": "object",
        "properties": {
            "a": {"type": "number"},
            "b": {"type": "number"},
            "op": {"description": "operation of +, -, * or /", "type": "string"},
            "c": {"type": "number"},
        },
        "required": ["a", "b", "op"],
    }
)
_CALC_MODEL: Mapping[str, Any] = MappingProxyType(
    {
        "contentType": "application/json",
        "description": "Calc output model",
        "id": "<calc>",
        "name": "CalcOutput",
        "schema": _CALC,
    }
)
_JSON: Mapping[str, Any] = MappingProxyType({"contentType": "application/json", "description": ""})
_EMPTY_SCHEMA = bad_request("Model schema must have at least 1 property or array items defined")
_NO_VALIDATOR = not_found("Invalid Request Validator identifier specified")
_NO_API = not_found("Invalid API identifier specified <account>:api_id")
_BODY = "/validateRequestBody"


def _default(name: str, **members: Any) -> dict[str, Any]:
    return {
        "contentType": "application/json",
        "description": f"This is a default {name.lower()} schema model",
        "id": f"<{name.lower()}>",
        "name": name,
        "schema": {"$schema": _DRAFT, "title": f"{name} Schema", "type": "object", **members},
    }


def _create(name: str, **members: Any) -> tuple[str, dict[str, Any]]:
    schema = json.dumps({"title": name, "type": "object"})
    return "create_model", {"restApiId": "<api>", "name": name, **_JSON, "schema": schema, **members}


def _model(name: str, title: str = "") -> dict[str, Any]:
    return {
        "contentType": "application/json",
        "id": f"<{name.lower()}>",
        "name": name,
        "schema": {"title": title or name, "type": "object"},
    }


def _named(operation: str, name: str, api: str = "<api>") -> tuple[str, dict[str, Any]]:
    return operation, {"restApiId": api, "modelName": name}


def _update(name: str, *changes: tuple[str, ...], api: str = "<api>") -> tuple[str, dict[str, Any]]:
    return "update_model", {"restApiId": api, "modelName": name, "patchOperations": patch(*changes)}


def _used(name: str, where: str) -> Step:
    return (
        *_named("delete_model", name),
        *conflict(f"Cannot delete model '{name}', is referenced in method request: {where}"),
    )


def _validator(*, is_checking_body: bool = False) -> dict[str, Any]:
    return {
        "id": "<validator>",
        "name": "v",
        "validateRequestBody": is_checking_body,
        "validateRequestParameters": False,
    }


def _at(
    operation: str, api: str = "<api>", validator: str = "<validator>", **members: Any
) -> tuple[str, dict[str, Any]]:
    return operation, {"restApiId": api, "requestValidatorId": validator, **members}


def _update_validator(*change: str) -> tuple[str, dict[str, Any]]:
    return _at("update_request_validator", patchOperations=patch(change))


_MADE_VALIDATOR: Step = ("create_request_validator", {"restApiId": "<api>", "name": "v"}, 201, _validator())
_UPDATED = json.dumps({"title": "Updated schema", "type": "object"})
_UPDATE = (("replace", "/schema", _UPDATED), ("replace", "/description", ""))

RECORDINGS: Recordings = MappingProxyType(
    {
        "test_model_lifecycle": (
            MADE,
            (
                *_create("CalcOutput", description="Calc output model", schema=json.dumps(dict(_CALC))),
                201,
                _CALC_MODEL,
            ),
            (
                "get_models",
                {"restApiId": "<api>"},
                200,
                {
                    "items": By(
                        "name",
                        [
                            _CALC_MODEL,
                            _default("Empty"),
                            _default("Error", properties={"message": {"type": "string"}}),
                        ],
                    )
                },
            ),
            (*_named("get_model", "CalcOutput"), 200, _CALC_MODEL),
            (*_named("delete_model", "CalcOutput"), 202, {}),
        ),
        "test_model_validation": (
            MADE,
            (*_create("MySchema", restApiId="abcde0"), *not_found("Invalid API identifier specified <account>:abcde0")),
            ("get_models", {"restApiId": "abcde0"}, *not_found("Invalid API identifier specified <account>:abcde0")),
            (*_named("get_model", "MySchema", "abcde0"), *not_found("Invalid model name specified: MySchema")),
            (*_named("delete_model", "MySchema", "abcde0"), *not_found("Invalid model name specified: MySchema")),
            (*_create("MySchema"), 201, None),
            (*_create("MySchema"), *conflict("Model name already exists for this REST API")),
            (*_create(""), *bad_request("Model name must be non-empty")),
            (*_create("MyEmptySchema", schema=""), *_EMPTY_SCHEMA),
            ("create_model", {"restApiId": "<api>", "name": "MyEmptySchema", **_JSON}, *_EMPTY_SCHEMA),
            (
                "create_model",
                {"restApiId": "<api>", "name": "MyEmptySchemaXml", **_JSON, "contentType": "application/xml"},
                *_EMPTY_SCHEMA,
            ),
        ),
        "test_update_model": (
            MADE,
            (*_update("mySchema", *_UPDATE, api="abcde0"), *not_found("Invalid model name specified: mySchema")),
            (*_create("MySchema"), 201, _model("MySchema")),
            (*_update("MySchema", *_UPDATE), 200, _model("MySchema", "Updated schema")),
            (
                *_update("MySchema", ("add", "/wrong-path", "not supported op")),
                *bad_request(
                    "Invalid patch path  '/wrong-path' specified for op 'add'. Please choose supported operations"
                ),
            ),
            (
                *_update("MySchema", ("replace", "/name", "invalid")),
                *bad_request(
                    "Invalid patch path  '/name' specified for op 'replace'. Must be one of: [/description, /schema]"
                ),
            ),
            (*_update("MySchema", ("replace", "/schema", "")), *_EMPTY_SCHEMA),
        ),
        "test_put_method_model": (
            MADE,
            (*_create("MySchema"), 201, _model("MySchema")),
            (*_create("MySchemaTwo"), 201, _model("MySchemaTwo")),
            (
                "put_method",
                {**ANY, "authorizationType": "NONE", "requestModels": {"application/json": "MySchema"}},
                201,
                method(requestModels={"application/json": "MySchema"}),
            ),
            _used("MySchema", "//ANY"),
            (
                "update_method",
                {
                    **ANY,
                    "patchOperations": patch(("replace", "/requestModels/application~1json", "MySchemaTwo")),
                },
                200,
                method(requestModels={"application/json": "MySchemaTwo"}),
            ),
            (*_named("delete_model", "MySchema"), 202, {}),
            _used("MySchemaTwo", "//ANY"),
            (
                "create_resource",
                {"restApiId": "<api>", "parentId": "<root>", "pathPart": "test"},
                201,
                {"id": "<test>", ...: ...},
            ),
            (
                "put_method",
                {
                    **ANY,
                    "resourceId": "<test>",
                    "authorizationType": "NONE",
                    "requestModels": {"application/json": "MySchemaTwo"},
                },
                201,
                method(requestModels={"application/json": "MySchemaTwo"}),
            ),
            (
                "update_method",
                {
                    **ANY,
                    "resourceId": "<test>",
                    "patchOperations": patch(("remove", "/requestModels/application~1json", "MySchemaTwo")),
                },
                200,
                method(),
            ),
            _used("MySchemaTwo", "//ANY"),
            ("delete_method", ANY, 204, {}),
            (*_named("delete_model", "MySchemaTwo"), 202, {}),
        ),
        "test_validators_crud_no_api": (
            (
                "create_request_validator",
                {"restApiId": "test-fake-rest-id", "name": "v", "validateRequestBody": True},
                *bad_request("Invalid REST API identifier specified"),
            ),
            (
                "get_request_validators",
                {"restApiId": "test-fake-rest-id"},
                *not_found("Invalid API identifier specified <account>:test-fake-rest-id"),
            ),
        ),
        "test_request_validator_lifecycle": (
            MADE,
            _MADE_VALIDATOR,
            (*_at("get_request_validator"), 200, _validator()),
            ("get_request_validators", {"restApiId": "<api>"}, 200, {"items": [_validator()]}),
            (*_update_validator("replace", _BODY, "true"), 200, _validator(is_checking_body=True)),
            (*_update_validator("replace", _BODY), 200, _validator()),
            (*_at("get_request_validator"), 200, _validator()),
            (*_at("delete_request_validator"), 202, {}),
            (*_at("get_request_validator"), *_NO_VALIDATOR),
            ("get_request_validators", {"restApiId": "<api>"}, 200, {"items": []}),
        ),
        "test_invalid_request_validators": (
            MADE,
            _MADE_VALIDATOR,
            (*_at("get_request_validator", "api_id"), *_NO_VALIDATOR),
            (*_at("get_request_validator", validator="validator_id"), *_NO_VALIDATOR),
            ("get_request_validators", {"restApiId": "api_id"}, *_NO_API),
            (*_at("delete_request_validator", "api_id"), *_NO_VALIDATOR),
            (*_at("delete_request_validator", validator="validator_id"), *_NO_VALIDATOR),
        ),
        "test_invalid_update_request_validator_operations": (
            MADE,
            _MADE_VALIDATOR,
            *(
                (
                    *_update_validator(op, _BODY, "true"),
                    *bad_request(
                        f"Invalid patch path  '/validateRequestBody' specified for op '{op}'. "
                        "Please choose supported operations"
                    ),
                )
                for op in ("add", "remove")
            ),
            (
                *_update_validator("replace", "/invalidPath", "true"),
                *bad_request(
                    "Invalid patch path  '/invalidPath' specified for op 'replace'. "
                    "Must be one of: [/name, /validateRequestParameters, /validateRequestBody]"
                ),
            ),
            (*_update_validator("replace", "/name"), *bad_request("Request Validator name cannot be blank")),
        ),
    }
)
