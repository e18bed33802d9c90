"""Models and request validators, as the "Amazon API Gateway REST API Reference" describes Model and RequestValidator.

Texts and members that the pages do not have are those of recorded answers of AWS.
"""

import json

import pytest

from tests.unit.control.apigateway.calls import Calls

SCHEMA = '{"title": "Pet", "type": "object"}'
JSON = "application/json"
NO_SCHEMA = ("BadRequestException", "Model schema must have at least 1 property or array items defined")
VALIDATOR = ("NotFoundException", "Invalid Request Validator identifier specified")
NO_API = ("NotFoundException", "Invalid API identifier specified 123456789012:fake")


def pet(calls: Calls, api_id: str, name: str = "Pet", schema: str = SCHEMA) -> dict[str, object]:
    return calls("CreateModel", restApiId=api_id, name=name, contentType=JSON, schema=schema, description="")


def test_every_api_has_two_models(calls: Calls, api_id: str) -> None:
    empty, error = calls("GetModels", restApiId=api_id)["items"]
    assert (empty["name"], empty["contentType"]) == ("Empty", JSON)
    assert empty["description"] == "This is a default empty schema model"
    assert json.loads(empty["schema"]) == {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": "Empty Schema",
        "type": "object",
    }
    assert (error["name"], error["description"]) == ("Error", "This is a default error schema model")
    assert json.loads(error["schema"])["properties"] == {"message": {"type": "string"}}


def test_a_model_is_known_by_its_name(calls: Calls, api_id: str) -> None:
    model = pet(calls, api_id)
    assert model == {"id": model["id"], "name": "Pet", "contentType": JSON, "schema": SCHEMA}
    assert calls("GetModel", restApiId=api_id, modelName="Pet") == model
    assert calls("DeleteModel", restApiId=api_id, modelName="Pet") == {}
    missing = ("NotFoundException", "Invalid model name specified: Pet")
    for operation in ("GetModel", "DeleteModel"):
        assert calls.refusal(operation, restApiId=api_id, modelName="Pet") == missing
        assert calls.refusal(operation, restApiId="fake", modelName="Pet") == missing
    change = ("replace", "/schema", SCHEMA)
    assert calls.patch_refusal("UpdateModel", change, restApiId="fake", modelName="Pet") == missing
    assert calls.refusal("GetModels", restApiId="fake") == NO_API


def test_models_that_are_refused(calls: Calls, api_id: str) -> None:
    pet(calls, api_id)
    request = {"restApiId": api_id, "name": "Pet", "contentType": JSON, "schema": SCHEMA}
    conflict = ("ConflictException", "Model name already exists for this REST API")
    assert calls.refusal("CreateModel", **request) == conflict
    nameless = ("BadRequestException", "Model name must be non-empty")
    assert calls.refusal("CreateModel", **{**request, "name": ""}) == nameless
    assert calls.refusal("CreateModel", **{**request, "name": "a-b"})[0] == "BadRequestException"
    assert calls.refusal("CreateModel", **{**request, "name": "Cat", "schema": ""}) == NO_SCHEMA
    del request["schema"]
    assert calls.refusal("CreateModel", **{**request, "name": "Cat"}) == NO_SCHEMA
    assert calls.refusal("CreateModel", **{**request, "restApiId": "fake"}) == NO_API


def test_models_are_patched(calls: Calls, api_id: str) -> None:
    pet(calls, api_id)
    named = {"restApiId": api_id, "modelName": "Pet"}
    schema = '{"title": "Updated schema", "type": "object"}'
    calls.patch("UpdateModel", ("replace", "/description", "All pets"), **named)
    model = calls.patch("UpdateModel", ("replace", "/schema", schema), ("replace", "/description", ""), **named)
    assert model == {"id": model["id"], "name": "Pet", "contentType": JSON, "schema": schema}
    assert calls.patch_refusal("UpdateModel", ("replace", "/schema", ""), **named) == NO_SCHEMA
    assert calls.patch_refusal("UpdateModel", ("add", "/wrong-path", "x"), **named) == (
        "BadRequestException",
        "Invalid patch path  '/wrong-path' specified for op 'add'. Please choose supported operations",
    )
    assert calls.patch_refusal("UpdateModel", ("replace", "/name", "x"), **named) == (
        "BadRequestException",
        "Invalid patch path  '/name' specified for op 'replace'. Must be one of: [/description, /schema]",
    )


def test_a_model_in_use_stays(calls: Calls, api_id: str) -> None:
    pet(calls, api_id)

    def refusal() -> str:
        code, message = calls.refusal("DeleteModel", restApiId=api_id, modelName="Pet")
        assert code == "ConflictException"
        return message

    root = calls.method(api_id, "/", "ANY", requestModels={JSON: "Pet"})
    assert refusal() == "Cannot delete model 'Pet', is referenced in method request: //ANY"
    calls("DeleteMethod", **root)
    where = calls.method(api_id, "/test")
    calls("PutMethodResponse", **where, statusCode="200", responseModels={JSON: "Pet"})
    assert refusal() == "Cannot delete model 'Pet', is referenced in method response: /test/GET"
    calls("DeleteMethodResponse", **where, statusCode="200")
    reference = {"$ref": f"https://apigateway.amazonaws.com/restapis/{api_id}/models/Pet"}
    pet(calls, api_id, "Pets", json.dumps({"type": "array", "items": reference}))
    assert refusal() == "Cannot delete model 'Pet', is referenced in model: Pets"
    calls("DeleteModel", restApiId=api_id, modelName="Pets")
    calls("DeleteModel", restApiId=api_id, modelName="Pet")


@pytest.mark.parametrize(
    ("schema", "errors"),
    [
        ("not JSON", "Invalid model schema specified"),
        ('{"type": "pet"}', "Invalid model schema specified"),
        (
            '{"$ref": "https://apigateway.amazonaws.com/restapis/abc/models/Cat"}',
            "Invalid model identifier specified: Cat",
        ),
    ],
)
def test_a_schema_is_one_of_draft_4(calls: Calls, api_id: str, schema: str, errors: str) -> None:
    """ "Data models for REST APIs in API Gateway"."""
    refusal = ("BadRequestException", f"Invalid model specified: Validation Result: warnings : [], errors : [{errors}]")
    request = {"restApiId": api_id, "name": "Pet", "contentType": JSON}
    assert calls.refusal("CreateModel", **request, schema=schema) == refusal
    calls("CreateModel", **request, schema=SCHEMA)
    change = ("replace", "/schema", schema)
    assert calls.patch_refusal("UpdateModel", change, restApiId=api_id, modelName="Pet") == refusal
    # Only models of JSON are JSON schemas.
    calls("CreateModel", restApiId=api_id, name="Xml", contentType="application/xml", schema="<a/>")


def test_get_model_resolves_references_when_asked(calls: Calls, api_id: str) -> None:
    """GetModel: `flatten` resolves all external model references."""

    def reference(name: str) -> dict[str, str]:
        return {"$ref": f"https://apigateway.amazonaws.com/restapis/{api_id}/models/{name}"}

    pet(calls, api_id, "Toy", '{"type": "string"}')
    pet(calls, api_id, "Pet", json.dumps({"type": "object", "properties": {"toy": reference("Toy")}}))
    pets = json.dumps({"type": "array", "items": reference("Pet")})
    pet(calls, api_id, "Pets", pets)
    named = {"restApiId": api_id, "modelName": "Pets"}
    assert calls("GetModel", **named)["schema"] == pets
    assert json.loads(calls("GetModel", **named, flatten=True)["schema"]) == {
        "type": "array",
        "items": {"$ref": "#/definitions/Pet"},
        "definitions": {
            "Pet": {"type": "object", "properties": {"toy": {"$ref": "#/definitions/Toy"}}},
            "Toy": {"type": "string"},
        },
    }
    assert calls("GetModel", restApiId=api_id, modelName="Toy", flatten=True)["schema"] == '{"type": "string"}'


def test_a_template_makes_something_of_the_models_form(calls: Calls, api_id: str) -> None:
    """GetModelTemplate."""
    pet(calls, api_id, "Pet", '{"type": "object", "properties": {"name": {"type": "string"}}}')
    template = calls("GetModelTemplate", restApiId=api_id, modelName="Pet")["value"]
    assert template == '#set($inputRoot = $input.path(\'$\'))\n{\n  "name" : "foo"\n}'
    missing = ("NotFoundException", "Invalid model name specified: Cat")
    assert calls.refusal("GetModelTemplate", restApiId=api_id, modelName="Cat") == missing
    calls("CreateModel", restApiId=api_id, name="Xml", contentType="application/xml", schema="<a/>")
    assert calls.refusal("GetModelTemplate", restApiId=api_id, modelName="Xml")[0] == "BadRequestException"


def test_request_validators(calls: Calls, api_id: str) -> None:
    validator = calls("CreateRequestValidator", restApiId=api_id, name="all")
    assert validator == {
        "id": validator["id"],
        "name": "all",
        "validateRequestBody": False,
        "validateRequestParameters": False,
    }
    named = {"restApiId": api_id, "requestValidatorId": validator["id"]}
    assert calls("GetRequestValidator", **named) == validator
    assert calls("GetRequestValidators", restApiId=api_id) == {"items": [validator]}
    changed = calls.patch("UpdateRequestValidator", ("replace", "/validateRequestBody", "true"), **named)
    assert changed == {**validator, "validateRequestBody": True}
    # A value that is not there is false.
    assert calls.patch("UpdateRequestValidator", ("replace", "/validateRequestBody"), **named) == validator
    assert calls("DeleteRequestValidator", **named) == {}
    assert calls.refusal("GetRequestValidator", **named) == VALIDATOR
    assert calls.refusal("DeleteRequestValidator", **named) == VALIDATOR
    assert calls("GetRequestValidators", restApiId=api_id) == {"items": []}


def test_request_validators_of_no_api(calls: Calls) -> None:
    """CreateRequestValidator alone answers 400 for an API that is not there."""
    assert calls.refusal("CreateRequestValidator", restApiId="fake", name="all") == (
        "BadRequestException",
        "Invalid REST API identifier specified",
    )
    assert calls.refusal("GetRequestValidators", restApiId="fake") == NO_API
    assert calls.refusal("GetRequestValidator", restApiId="fake", requestValidatorId="x") == VALIDATOR


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("add", "/validateRequestBody", "true"),
            "Invalid patch path  '/validateRequestBody' specified for op 'add'. Please choose supported operations",
        ),
        (
            ("replace", "/invalidPath", "true"),
            (
                "Invalid patch path  '/invalidPath' specified for op 'replace'. Must be one of: [/name, "
                "/validateRequestParameters, /validateRequestBody]"
            ),
        ),
        (("replace", "/name"), "Request Validator name cannot be blank"),
    ],
)
def test_patches_of_validators_that_are_refused(
    calls: Calls, api_id: str, change: tuple[str, ...], message: str
) -> None:
    validator = calls("CreateRequestValidator", restApiId=api_id, name="all")
    named = {"restApiId": api_id, "requestValidatorId": validator["id"]}
    assert calls.patch_refusal("UpdateRequestValidator", change, **named) == ("BadRequestException", message)


def test_names_of_validators_are_unique(calls: Calls, api_id: str) -> None:
    """Reported of AWS by users of the Serverless Framework."""
    calls("CreateRequestValidator", restApiId=api_id, name="all")
    other = calls("CreateRequestValidator", restApiId=api_id, name="other")["id"]
    unique = ("ConflictException", "Request Validator name must be unique")
    assert calls.refusal("CreateRequestValidator", restApiId=api_id, name="all") == unique
    named = {"restApiId": api_id, "requestValidatorId": other}
    assert calls.patch_refusal("UpdateRequestValidator", ("replace", "/name", "all"), **named) == unique
    calls.patch("UpdateRequestValidator", ("replace", "/name", "other"), **named)
    for number in range(18):
        calls("CreateRequestValidator", restApiId=api_id, name=str(number))
    refusal = calls.refusal("CreateRequestValidator", restApiId=api_id, name="x")
    assert refusal[0] == "LimitExceededException"


def test_a_validator_in_use_stays(calls: Calls, api_id: str) -> None:
    validator = calls("CreateRequestValidator", restApiId=api_id, name="all")["id"]
    where = calls.method(api_id, requestValidatorId=validator)
    named = {"restApiId": api_id, "requestValidatorId": validator}
    assert calls.refusal("DeleteRequestValidator", **named)[0] == "ConflictException"
    calls("DeleteMethod", **where)
    calls("DeleteRequestValidator", **named)
