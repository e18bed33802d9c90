"""What a stage serves, as a definition that can be written as an OpenAPI document.

Source: GetExport in the "Amazon API Gateway REST API Reference": "exports a deployed version of a RestApi"; the
documentation is that of the documentation version which the stage publishes.
"""

import json

from gatewright.control.apigateway.documentation_versions import PARTS_OF_VERSION
from gatewright.control.apigateway.documents import DOCUMENTATION_VERSION, find_part
from gatewright.control.context import Context
from gatewright.languages.openapi.types import DocumentationPart, RestApiDefinition
from gatewright.store.types import Document, Reader


def deployed_definition(
    context: Context, reader: Reader, stage: Document, served: Document
) -> tuple[RestApiDefinition, str | None]:
    """Return the definition of a deployed API, and when its documentation was published."""
    api = served["restApi"]
    validators = {validator["id"]: validator["name"] for validator in served["requestValidators"]}
    version = stage.get("documentationVersion")
    published = find_part(context, reader, DOCUMENTATION_VERSION, api["id"], version) if version else None
    parts = published[PARTS_OF_VERSION] if published else []
    definition = RestApiDefinition(
        rest_api=api,
        resources={
            resource["path"]: {
                http_method: _method(resource, method, validators)
                for http_method, method in sorted(resource.get("resourceMethods", {}).items())
            }
            for resource in sorted(served["resources"], key=lambda resource: str(resource["path"]))
        },
        models=served["models"],
        request_validators=served["requestValidators"],
        gateway_responses=served["gatewayResponses"],
        documentation_parts=[DocumentationPart(part["location"], json.loads(part["properties"])) for part in parts],
        documentation_version=version if published else None,
    )
    return definition, published.get("createdDate") if published else None


def _method(resource: Document, method: Document, validators: dict[str, str]) -> Document:
    named = dict(method)
    if method.get("requestValidatorId") in validators:
        named["requestValidator"] = validators[method["requestValidatorId"]]
    integration = method.get("methodIntegration")
    if integration and integration.get("cacheNamespace") == resource["id"]:
        # The default; the id would mean nothing in another API.
        named["methodIntegration"] = {name: value for name, value in integration.items() if name != "cacheNamespace"}
    return named
