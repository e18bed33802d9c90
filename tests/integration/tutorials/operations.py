"""What the documents of all tutorials are made of."""

from collections.abc import Iterable, Mapping
from typing import Any

ROLE = "arn:aws:iam::123456789012:role/apigAwsProxyRole"

Document = dict[str, Any]


def parameters(where: str, *names: str, required: bool | None = None) -> list[Document]:
    """Return the parameters of an operation."""
    needed = where == "path" if required is None else required
    return [{"name": name, "in": where, "required": needed, "type": "string"} for name in names]


def responses(schema: str = "Empty", headers: Iterable[str] = (), others: Iterable[str] = ()) -> Document:
    """Return the responses: 200 with a model and headers, others without."""
    success: Document = {"description": "200 response", "schema": {"$ref": f"#/definitions/{schema}"}}
    if names := {name: {"type": "string"} for name in headers}:
        success["headers"] = names
    return {"200": success, **{status: {"description": f"{status} response"} for status in others}}


def operation(
    integration: Document, described: list[Document] | None = None, answers: Document | None = None, **members: Any
) -> Document:
    """Return an operation."""
    return {
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "parameters": described or [],
        "responses": answers or responses(),
        "x-amazon-apigateway-integration": integration,
        **members,
    }


def integration(
    kind: str, uri: str, method: str, *, request: str | None = None, response: str | None = None, **members: Any
) -> Document:
    """Return an integration, with one template for requests and one for responses where they are given."""
    default: Document = {"statusCode": "200"}
    if response is not None:
        default["responseTemplates"] = {"application/json": response}
    made: Document = {"type": kind, "uri": uri, "httpMethod": method, "responses": {"default": default}}
    if request is not None:
        made["requestTemplates"] = {"application/json": request}
    if kind == "aws":
        made["credentials"] = ROLE
    return {"passthroughBehavior": "when_no_match", **made, **members}


def document(title: str, paths: Document, definitions: Mapping[str, Any], **members: Any) -> Document:
    """Return a document of OpenAPI 2.0."""
    return {
        "swagger": "2.0",
        "info": {"title": title, "version": "2016-10-13T23:04:43Z"},
        "basePath": "/test",
        "schemes": ["https"],
        "paths": paths,
        "definitions": dict(definitions),
        **members,
    }
