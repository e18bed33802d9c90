"""The request validators of a REST API.

Source: the RequestValidator resource in the "Amazon API Gateway REST API Reference".
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.constraints import REQUEST_VALIDATORS_PER_API
from gatewright.control.apigateway.documents import (
    PART_ID_LENGTH,
    REQUEST_VALIDATOR,
    RESOURCE,
    REST_API,
    find,
    list_parts,
    listed,
    page_of_documents,
    part_key,
    require_api,
    require_part,
)
from gatewright.control.apigateway.errors import bad_request, conflict, limit_exceeded
from gatewright.control.apigateway.patch import PatchPath, PatchTable, boolean, name_paths_of_op, patched, raw_text
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader, Writer


def create_request_validator(context: Context, request: Shape) -> Shape:
    """Create a request validator."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        # Recorded of AWS: this operation has words of its own for an API that is not there.
        if find(context, writer, REST_API, api_id) is None:
            raise bad_request("Invalid REST API identifier specified")
        return add_request_validator(context, writer, api_id, request)


def get_request_validator(context: Context, request: Shape) -> Shape:
    """Return a request validator."""
    with context.store.read() as reader:
        return _require_validator(context, reader, request)


def get_request_validators(context: Context, request: Shape) -> Shape:
    """List the request validators of an API in the order of their ids."""
    api_id = request["restApiId"]
    with context.store.read() as reader:
        require_api(context, reader, api_id)
        return listed(*page_of_documents(context, reader, request, REQUEST_VALIDATOR, parent_id=api_id))


def update_request_validator(context: Context, request: Shape) -> Shape:
    """Change a request validator by a patch."""
    with context.store.write() as writer:
        validator = _require_validator(context, writer, request)
        validator = patched(validator, request.get("patchOperations", ()), PATCH)
        _check_name(validator["name"])
        others = list_parts(context, writer, REQUEST_VALIDATOR, request["restApiId"])
        _check_unique(validator["name"], [each for each in others if each["id"] != validator["id"]])
        writer.put(part_key(context, REQUEST_VALIDATOR, request["restApiId"], validator["id"]), validator)
    return validator


def delete_request_validator(context: Context, request: Shape) -> Shape:
    """Delete a request validator that no method uses."""
    api_id = request["restApiId"]
    with context.store.write() as writer:
        validator_id = _require_validator(context, writer, request)["id"]
        for resource in list_parts(context, writer, RESOURCE, api_id):
            for http_method, method in resource.get("resourceMethods", {}).items():
                if method.get("requestValidatorId") == validator_id:
                    raise conflict(
                        f"Cannot delete Request Validator '{validator_id}', is referenced in method: "
                        f"{http_method}/{resource['path']}"
                    )
        writer.delete(part_key(context, REQUEST_VALIDATOR, api_id, validator_id))
    return {}


def add_request_validator(context: Context, writer: Writer, api_id: str, request: Shape) -> Document:
    """Write a new request validator and return it. Raises BadRequestException."""
    name = request.get("name")
    _check_name(name)
    validators = list_parts(context, writer, REQUEST_VALIDATOR, api_id)
    _check_unique(name, validators)
    if len(validators) >= REQUEST_VALIDATORS_PER_API:
        raise limit_exceeded("RequestValidators")
    validator: Document = {
        "id": context.ids.resource_id(PART_ID_LENGTH),
        "name": name,
        "validateRequestBody": request.get("validateRequestBody", False),
        "validateRequestParameters": request.get("validateRequestParameters", False),
    }
    writer.put(part_key(context, REQUEST_VALIDATOR, api_id, validator["id"]), validator)
    return validator


def _check_name(name: str | None) -> None:
    if not name or not name.strip():
        raise bad_request("Request Validator name cannot be blank")


def _check_unique(name: str | None, validators: list[Document]) -> None:
    if any(validator["name"] == name for validator in validators):
        raise conflict("Request Validator name must be unique")


def _require_validator(context: Context, reader: Reader, request: Shape) -> Document:
    # AWS words it the same when the API is not there.
    return require_part(
        context,
        reader,
        REQUEST_VALIDATOR,
        request["restApiId"],
        request["requestValidatorId"],
        "Invalid Request Validator identifier specified",
    )


PATCH = PatchTable(
    (
        PatchPath("/name", parse=raw_text),
        PatchPath("/validateRequestParameters", parse=boolean),
        PatchPath("/validateRequestBody", parse=boolean),
    ),
    name_paths_of_op,
)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateRequestValidator": create_request_validator,
        "GetRequestValidator": get_request_validator,
        "GetRequestValidators": get_request_validators,
        "UpdateRequestValidator": update_request_validator,
        "DeleteRequestValidator": delete_request_validator,
    }
)
