"""What a deployment freezes of an API, and what GetDeployment tells of it.

Source: "Deploy REST APIs in API Gateway" (API Gateway Developer Guide); texts as AWS answers them.
"""

from gatewright.control.apigateway.documents import (
    GATEWAY_RESPONSE,
    MODEL,
    REQUEST_VALIDATOR,
    RESOURCE,
    list_parts,
)
from gatewright.control.apigateway.errors import bad_request
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader


def freeze(context: Context, reader: Reader, api: Document) -> Document:
    """Return the copy of an API that a deployment serves. Raises BadRequestException when it cannot be deployed."""
    api_id = api["id"]
    resources = list_parts(context, reader, RESOURCE, api_id)
    methods = [method for resource in resources for method in resource.get("resourceMethods", {}).values()]
    if not methods:
        raise bad_request("The REST API doesn't contain any methods")
    if any("methodIntegration" not in method for method in methods):
        raise bad_request("No integration defined for method")
    return {
        "restApi": api,
        "resources": resources,
        "models": list_parts(context, reader, MODEL, api_id),
        "requestValidators": list_parts(context, reader, REQUEST_VALIDATOR, api_id),
        "gatewayResponses": list_parts(context, reader, GATEWAY_RESPONSE, api_id),
    }


def api_summary(deployed: Document) -> Document:
    """Return the member `apiSummary` of a deployment: its methods by path and HTTP method."""
    return {
        resource["path"]: {
            http_method: {
                "authorizationType": method.get("authorizationType", "NONE"),
                "apiKeyRequired": method.get("apiKeyRequired", False),
            }
            for http_method, method in sorted(resource["resourceMethods"].items())
        }
        for resource in sorted(deployed["resources"], key=lambda resource: str(resource["path"]))
        if resource.get("resourceMethods")
    }
