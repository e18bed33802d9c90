""" "Tutorial: Create a REST API by importing an example": PetStore, with an origin of our own, which is here too."""

import json
import socket
from typing import Any

from tests.integration.origin import Origin, answer
from tests.integration.tutorials.operations import Document, document, integration, operation, parameters, responses

PETS = [
    {"id": 1, "type": "dog", "price": 249.99},
    {"id": 2, "type": "cat", "price": 124.99},
    {"id": 3, "type": "fish", "price": 0.99},
]
OUT_OF_RANGE = {"errors": [{"key": "GetPetRequest.petId", "message": "The value is out of range."}]}
ANYBODY = "Access-Control-Allow-Origin"
CORS = (ANYBODY, "Access-Control-Allow-Methods", "Access-Control-Allow-Headers")
HEADERS = "Content-Type,X-Amz-Date,Authorization,X-Api-Key"
PAGE = '<html><body><h1>Welcome to your Pet Store API</h1><a href="/$context.stage/pets">pets</a></body></html>'


def respond(upstream: Origin) -> Any:
    """Return what the PetStore website answers with, as the tutorials print it."""

    def found() -> Any:
        received = upstream.requests[-1]
        if received.line.startswith("POST "):
            return {"pet": json.loads(received.body), "message": "success"}
        name = received.target.partition("?")[0].rpartition("/")[2]
        if name == "pets":
            return PETS
        return next((pet for pet in PETS if str(pet["id"]) == name), OUT_OF_RANGE)

    def send(connection: socket.socket) -> None:
        answer(json.dumps(found(), indent=2).encode(), "200 OK", "Content-Type: application/json")(connection)

    return send


def pet_store(origin: str) -> Document:
    """Return the example API."""
    paths = {
        "/": {"get": _page()},
        "/pets": {
            "get": _asked("GET", f"{origin}/petstore/pets", "Pets", parameters("query", "type", "page")),
            "post": _asked("POST", f"{origin}/petstore/pets", "NewPetResponse", [_body()], operationId="CreatePet"),
            "options": _preflight("POST,GET,OPTIONS", []),
        },
        "/pets/{petId}": {
            "get": _asked(
                "GET", f"{origin}/petstore/pets/{{petId}}", "Pet", parameters("path", "petId"), operationId="GetPet"
            ),
            "options": _preflight("GET,OPTIONS", parameters("path", "petId")),
        },
    }
    return document("PetStore", paths, _definitions())


def _definitions() -> Document:
    price = {"price": {"type": "number"}}
    return {
        "Pets": {"type": "array", "items": {"$ref": "#/definitions/Pet"}},
        "Empty": {"type": "object"},
        "NewPetResponse": {
            "type": "object",
            "properties": {"pet": {"$ref": "#/definitions/Pet"}, "message": {"type": "string"}},
        },
        "Pet": {"type": "object", "properties": {"id": {"type": "string"}, "type": {"type": "string"}, **price}},
        "NewPet": {"type": "object", "properties": {"type": {"$ref": "#/definitions/PetType"}, **price}},
        "PetType": {"type": "string", "enum": ["dog", "cat", "fish", "bird", "gecko"]},
    }


def _body() -> Document:
    return {"in": "body", "name": "NewPet", "required": True, "schema": {"$ref": "#/definitions/NewPet"}}


def _asked(method: str, uri: str, schema: str, described: list[Document], **members: Any) -> Document:
    mapped = {
        f"integration.request.{place}.{each['name']}": f"method.request.{place}.{each['name']}"
        for each in described
        if (place := {"query": "querystring", "path": "path"}.get(each["in"]))
    }
    made = integration("http", uri, method, requestParameters=mapped)
    made["responses"]["default"]["responseParameters"] = {f"method.response.header.{ANYBODY}": "'*'"}
    return operation(made, described, responses(schema, [ANYBODY]), **members)


def _mock(values: dict[str, str]) -> Document:
    mapped = {f"method.response.header.{name}": f"'{value}'" for name, value in values.items()}
    return {
        "type": "mock",
        "passthroughBehavior": "when_no_match",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": {"statusCode": "200", "responseParameters": mapped}},
    }


def _preflight(methods: str, described: list[Document]) -> Document:
    return operation(_mock(dict(zip(CORS, ("*", methods, HEADERS), strict=True))), described, responses("Empty", CORS))


def _page() -> Document:
    made = _mock({"Content-Type": "text/html"})
    made["responses"]["default"]["responseTemplates"] = {"text/html": PAGE}
    return operation(made, [], responses("Empty", ["Content-Type"]), produces=["text/html"])
