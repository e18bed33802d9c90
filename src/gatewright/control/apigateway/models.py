"""The models of a REST API: JSON schemas by name.

Source: the Model resource in the "Amazon API Gateway REST API Reference"; "Data models for REST APIs" (API Gateway
Developer Guide).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.documents import (
    MODEL,
    PART_ID_LENGTH,
    RESOURCE,
    find_part,
    list_parts,
    listed,
    page_of_documents,
    part_key,
    require_api,
    require_part,
)
from gatewright.control.apigateway.errors import bad_request, conflict
from gatewright.control.apigateway.model_schemas import check_model_schema, flattened, referenced_models, template
from gatewright.control.apigateway.patch import PatchPath, PatchTable, name_paths_of_op, patched, raw_text
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader, Writer

_NAME = re.compile(r"[a-zA-Z0-9]+")

_EMPTY = """{
  "$schema": "http://json-schema.org/draft-04/schema#",
  "title" : "Empty Schema",
  "type" : "object"
}"""
_ERROR = """{
  "$schema" : "http://json-schema.org/draft-04/schema#",
  "title" : "Error Schema",
  "type" : "object",
  "properties" : {
    "message" : { "type" : "string" }
  }
}"""
_DEFAULT_MODELS = (
    {"name": "Empty", "description": "This is a default empty schema model", "schema": _EMPTY},
    {"name": "Error", "description": "This is a default error schema model", "schema": _ERROR},
)


def create_model(context: Context, request: Shape) -> Shape:
    """Create a model."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        require_api(context, writer, api_id)
        return add_model(context, writer, api_id, request)


def get_model(context: Context, request: Shape) -> Shape:
    """Return a model; with `flatten` the models that it refers to are put in."""
    api_id = request["restApiId"]
    with context.store.read() as reader:
        model = require_model(context, reader, api_id, request["modelName"])
        if not request.get("flatten"):
            return model
        schemas = {each["name"]: each.get("schema", "") for each in list_parts(context, reader, MODEL, api_id)}
    return {**model, "schema": flattened(model.get("schema", ""), schemas)}


def get_models(context: Context, request: Shape) -> Shape:
    """List the models of an API in the order of their names."""
    api_id = request["restApiId"]
    with context.store.read() as reader:
        require_api(context, reader, api_id)
        return listed(*page_of_documents(context, reader, request, MODEL, parent_id=api_id))


def get_model_template(context: Context, request: Shape) -> Shape:
    """Return a mapping template that makes something of the model's form."""
    api_id = request["restApiId"]
    with context.store.read() as reader:
        model = require_model(context, reader, api_id, request["modelName"])
        schemas = {each["name"]: each.get("schema", "") for each in list_parts(context, reader, MODEL, api_id)}
    return {"value": template(model.get("schema", ""), schemas)}


def update_model(context: Context, request: Shape) -> Shape:
    """Change the schema or the description of a model by a patch."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        model = require_model(context, writer, api_id, request["modelName"])
        model = patched(model, request.get("patchOperations", ()), PATCH)
        check_model_schema(model.get("schema"), model["contentType"], _names(context, writer, api_id))
        writer.put(part_key(context, MODEL, api_id, model["name"]), model)
    return model


def delete_model(context: Context, request: Shape) -> Shape:
    """Delete a model that nothing refers to."""
    api_id, name = request["restApiId"], request["modelName"]
    with context.store.write() as writer:
        require_model(context, writer, api_id, name)
        for reference in _references(context, writer, api_id, name):
            raise conflict(f"Cannot delete model '{name}', is referenced in {reference}")
        writer.delete(part_key(context, MODEL, api_id, name))
    return {}


def require_model(context: Context, reader: Reader, api_id: str, name: str) -> Document:
    """Return a model. Raises NotFoundException, which AWS words the same when the API is not there."""
    return require_part(context, reader, MODEL, api_id, name, f"Invalid model name specified: {name}")


def add_model(context: Context, writer: Writer, api_id: str, request: Shape) -> Document:
    """Write a new model and return it. Raises BadRequestException, ConflictException."""
    name = request["name"]
    check_model_name(name)
    if find_part(context, writer, MODEL, api_id, name) is not None:
        raise conflict("Model name already exists for this REST API")
    check_model_schema(request.get("schema"), request["contentType"], {*_names(context, writer, api_id), name})
    model: Document = {
        "id": context.ids.resource_id(PART_ID_LENGTH),
        "name": name,
        "schema": request["schema"],
        "contentType": request["contentType"],
    }
    if request.get("description"):
        model["description"] = request["description"]
    writer.put(part_key(context, MODEL, api_id, name), model)
    return model


def check_model_name(name: str) -> None:
    """Raise BadRequestException for what no model can be called."""
    if not name:
        raise bad_request("Model name must be non-empty")
    if not _NAME.fullmatch(name):
        raise bad_request(f"Model name must be alphanumeric: {name}")


def put_default_models(context: Context, writer: Writer, api_id: str) -> None:
    """Write the models that every new API has."""
    for model in _DEFAULT_MODELS:
        add_model(context, writer, api_id, {**model, "contentType": "application/json"})


def _names(context: Context, reader: Reader, api_id: str) -> set[str]:
    return {model["name"] for model in list_parts(context, reader, MODEL, api_id)}


def _references(context: Context, reader: Reader, api_id: str, name: str) -> Iterator[str]:
    for resource in list_parts(context, reader, RESOURCE, api_id):
        for http_method, method in resource.get("resourceMethods", {}).items():
            # AWS's text has a second slash when the resource is the root.
            where = f"{resource['path']}/{http_method}"
            if name in method.get("requestModels", {}).values():
                yield f"method request: {where}"
            responses = method.get("methodResponses", {}).values()
            if any(name in response.get("responseModels", {}).values() for response in responses):
                yield f"method response: {where}"
    for model in list_parts(context, reader, MODEL, api_id):
        if model["name"] != name and name in referenced_models(model.get("schema", "")):
            yield f"model: {model['name']}"


PATCH = PatchTable((PatchPath("/description"), PatchPath("/schema", parse=raw_text)), name_paths_of_op)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateModel": create_model,
        "GetModel": get_model,
        "GetModels": get_models,
        "GetModelTemplate": get_model_template,
        "UpdateModel": update_model,
        "DeleteModel": delete_model,
    }
)
