"""The parts of a REST API, made from an imported definition with the functions of the operations that make them.

What such a function refuses is an error of the import, which names the part in AWS's words and goes on, so that an
answer has all errors of a document.

Source: "Errors and warnings from importing your API into API Gateway" (API Gateway Developer Guide); texts as AWS
answers them where known.
"""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.control.apigateway.documentation_import import put_parts
from gatewright.control.apigateway.documents import (
    DOCUMENTATION_PART,
    GATEWAY_RESPONSE,
    MODEL,
    PART_ID_LENGTH,
    REQUEST_VALIDATOR,
    RESOURCE,
    delete_parts,
    find_part,
    list_parts,
    part_key,
)
from gatewright.control.apigateway.gateway_responses import DEFAULT_STATUS_CODES, new_gateway_response
from gatewright.control.apigateway.integration_responses import put_response
from gatewright.control.apigateway.integrations import new_integration
from gatewright.control.apigateway.method_responses import add_method_response
from gatewright.control.apigateway.methods import add_method
from gatewright.control.apigateway.model_schemas import check_model_schema
from gatewright.control.apigateway.models import check_model_name
from gatewright.control.apigateway.request_validators import add_request_validator
from gatewright.control.apigateway.resources import add_resource, put_resource
from gatewright.control.context import Context
from gatewright.languages.openapi.schemas import invalid_format, missing_model
from gatewright.languages.openapi.types import RestApiDefinition
from gatewright.store.types import Document, Writer

_Made = TypeVar("_Made")

# Recorded of AWS for resources.
_QUOTA = "LimitExceededException"


@dataclass(slots=True)
class Imported:
    """What an import could not make, and what it has to say."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def attempt(self, what: str, make: Callable[[], _Made]) -> _Made | None:
        """Make something; what is refused becomes an error of the import.

        A quota that is used up, and what is not built, are errors of the operation itself.
        """
        try:
            return make()
        except OperationNotImplemented:
            raise
        except AwsError as error:
            if error.code == _QUOTA:
                raise
            self.errors.append(f"{what}: {error.message}")
            return None


@dataclass(frozen=True, slots=True)
class _Import:
    context: Context
    writer: Writer
    api_id: str
    imported: Imported = field(default_factory=Imported)


def import_parts(
    context: Context,
    writer: Writer,
    api: Document,
    definition: RestApiDefinition,
    *,
    is_overwritten: bool = False,
    ignores_documentation: bool = False,
) -> Imported:
    """Make the parts of an API that a definition has; an overwrite takes those away that it has not."""
    run = _Import(context, writer, api["id"])
    if is_overwritten:
        _clear(run, definition)
    _import_models(run, definition)
    validators = _import_validators(run, definition)
    resources = _import_resources(run, definition)
    for path, methods in definition.resources.items():
        if methods and path in resources:
            _import_methods(run, resources[path], methods, validators)
    for response in definition.gateway_responses:
        _import_gateway_response(run, response)
    if not ignores_documentation:
        if is_overwritten:
            delete_parts(context, writer, DOCUMENTATION_PART, api["id"])
        run.imported.warnings += put_parts(context, writer, api["id"], definition.documentation_parts)[1]
    return run.imported


def _clear(run: _Import, definition: RestApiDefinition) -> None:
    for kind in (MODEL, REQUEST_VALIDATOR, GATEWAY_RESPONSE):
        delete_parts(run.context, run.writer, kind, run.api_id)
    for resource in list_parts(run.context, run.writer, RESOURCE, run.api_id):
        # Recorded of AWS: what has the same path keeps its id.
        if resource["path"] in definition.resources:
            resource.pop("resourceMethods", None)
            put_resource(run.context, run.writer, run.api_id, resource)
        else:
            run.writer.delete(part_key(run.context, RESOURCE, run.api_id, resource["id"]))


def _import_models(run: _Import, definition: RestApiDefinition) -> None:
    # Models may refer to each other in a circle: all names are known before the first is checked.
    names = {model["name"] for model in list_parts(run.context, run.writer, MODEL, run.api_id)}
    names |= {model["name"] for model in definition.models if _is_word(model["name"])}
    for model in definition.models:
        name = model["name"]
        checked = run.imported.attempt(f"Unable to create model for '{name}'", partial(_checked_model, model, names))
        if checked is None:
            _warn_of_uses(run, definition, name)
        if _is_word(name):
            # What refers to it is then not refused as well.
            before = find_part(run.context, run.writer, MODEL, run.api_id, name)
            model_id = before["id"] if before else run.context.ids.resource_id(PART_ID_LENGTH)
            run.writer.put(part_key(run.context, MODEL, run.api_id, name), {"id": model_id, **model})


def _is_word(name: str) -> bool:
    return name.isascii() and name.isalnum()


def _checked_model(model: Document, names: Set[str]) -> Document:
    check_model_name(model["name"])
    check_model_schema(model["schema"], model["contentType"], names)
    return model


def _warn_of_uses(run: _Import, definition: RestApiDefinition, name: str) -> None:
    # Recorded of AWS: each use of a model that could not be made is warned of as one of a model that is not there.
    for methods in definition.resources.values():
        for http_method, method in methods.items():
            used = [method.get("requestModels", {})]
            used += [response.get("responseModels", {}) for response in method.get("methodResponses", {}).values()]
            for models in used:
                for media_type, model_name in models.items():
                    if model_name == name:
                        run.imported.warnings += [missing_model(name)] * 2
                        run.imported.warnings.append(invalid_format(media_type, http_method))


def _import_validators(run: _Import, definition: RestApiDefinition) -> dict[str, str]:
    """Make the request validators and return the ids of all of them by name."""
    by_name = {
        validator["name"]: validator for validator in list_parts(run.context, run.writer, REQUEST_VALIDATOR, run.api_id)
    }
    for validator in definition.request_validators:
        name = validator["name"]
        before = by_name.get(name)
        if before is None:
            add = partial(add_request_validator, run.context, run.writer, run.api_id, validator)
            made = run.imported.attempt(f"Unable to create request validator '{name}'", add)
        else:
            made = {**before, **validator}
            run.writer.put(part_key(run.context, REQUEST_VALIDATOR, run.api_id, before["id"]), made)
        if made is not None:
            by_name[name] = made
    return {name: validator["id"] for name, validator in by_name.items()}


def _import_resources(run: _Import, definition: RestApiDefinition) -> dict[str, Document]:
    """Make the resources and return them by path; those below one that cannot be made are left out."""
    by_path = {resource["path"]: resource for resource in list_parts(run.context, run.writer, RESOURCE, run.api_id)}
    for path in definition.resources:
        parent, _, path_part = path.rpartition("/")
        above = by_path.get(parent or "/")
        if path in by_path or above is None:
            continue
        add = partial(add_resource, run.context, run.writer, run.api_id, above, path_part)
        made = run.imported.attempt(f"Unable to create resource at path '{path}'", add)
        if made is not None:
            by_path[path] = made
    return by_path


def _import_methods(
    run: _Import, resource: Document, methods: Mapping[str, Document], validators: Mapping[str, str]
) -> None:
    path = resource["path"]
    for http_method, described in methods.items():
        resource.get("resourceMethods", {}).pop(http_method, None)
        validator = described.get("requestValidator")
        # A validator that no one has defined is refused as an id would be that does not exist.
        members = {**described, "requestValidatorId": validators.get(validator, validator) if validator else None}
        add = partial(add_method, run.context, run.writer, run.api_id, resource, members)
        method = run.imported.attempt(f"Unable to put method '{http_method}' on resource at path '{path}'", add)
        if method is not None:
            _import_responses(run, method, described, path)
            _import_integration(run, resource, method, described)
    if not resource.get("resourceMethods"):
        resource.pop("resourceMethods", None)
    put_resource(run.context, run.writer, run.api_id, resource)


def _import_responses(run: _Import, method: Document, described: Document, path: str) -> None:
    where = f"on '{method['httpMethod']}' for resource at path '{path}'"
    for response in described.get("methodResponses", {}).values():
        add = partial(add_method_response, run.context, run.writer, run.api_id, method, response)
        run.imported.attempt(f"Unable to put method response {where}", add)


def _import_integration(run: _Import, resource: Document, method: Document, described: Document) -> None:
    integration = described.get("methodIntegration")
    if integration is None:
        return
    where = f"on '{method['httpMethod']}' for resource at path '{resource['path']}'"
    members = {**integration, "integrationHttpMethod": integration.get("httpMethod")}
    add = partial(new_integration, run.context, run.writer, run.api_id, resource, method, members)
    made = run.imported.attempt(f"Unable to put integration {where}", add)
    if made is None:
        return
    method["methodIntegration"] = made
    for response in integration.get("integrationResponses", {}).values():
        put = partial(put_response, method, response)
        run.imported.attempt(f"Unable to put integration response {where}", put)


def _import_gateway_response(run: _Import, described: Document) -> None:
    response_type = described["responseType"]
    if response_type not in DEFAULT_STATUS_CODES:
        run.imported.errors.append(f"Unable to put gateway response '{response_type}': Invalid response type specified")
        return
    new = partial(new_gateway_response, described)
    response = run.imported.attempt(f"Unable to put gateway response '{response_type}'", new)
    if response is not None:
        run.writer.put(part_key(run.context, GATEWAY_RESPONSE, run.api_id, response_type), response)
