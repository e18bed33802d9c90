"""Integrations that call an operation of an AWS service: which there are, and what has to be mapped.

Source: "Integration subtype reference", "Create AWS service integrations for HTTP APIs" (API Gateway Developer Guide).
The form of the messages was seen of AWS (hashicorp/terraform-provider-aws issue 17348).
"""

from gatewright.base.integration_subtypes import SUBTYPES
from gatewright.control.apigatewayv2.errors import bad_request
from gatewright.control.apigatewayv2.parameter_mappings import is_request_value
from gatewright.store.types import Document


def check_subtype(integration: Document) -> None:
    """Raise BadRequestException when an integration cannot have its subtype."""
    subtype = integration["IntegrationSubtype"]
    if integration["IntegrationType"] != "AWS_PROXY":
        raise bad_request(
            f"IntegrationSubtype is not supported for integration of type {integration['IntegrationType']}"
        )
    if subtype not in SUBTYPES:
        raise bad_request(f"Invalid integration subtype specified: {subtype}")
    if integration.get("IntegrationUri"):
        raise bad_request("IntegrationUri must not be specified for an integration with IntegrationSubtype")
    if integration["PayloadFormatVersion"] != "1.0":
        version = integration["PayloadFormatVersion"]
        raise bad_request(f"PayloadFormatVersion {version} is not supported for IntegrationSubtype {subtype}")
    if not integration.get("CredentialsArn"):
        raise bad_request("CredentialsArn must be specified for an integration with IntegrationSubtype")


def check_service_parameters(integration: Document) -> None:
    """Raise BadRequestException with all that is wrong with the parameters of an operation."""
    name = integration.get("IntegrationSubtype")
    if name is None:
        return
    subtype, mapped = SUBTYPES[name], integration.get("RequestParameters") or {}
    errors = [f"Invalid parameter: {key} specified for {name}" for key in mapped if key not in subtype.parameters]
    errors += [
        f"Invalid source: {value} specified for destination: {key}"
        for key, value in mapped.items()
        if not is_request_value(value)
    ]
    errors += [f"Missing required parameter: {key}" for key in sorted(subtype.required - mapped.keys())]
    if errors:
        raise bad_request(
            f"Invalid selection expression specified: Validation Result: warnings : [], errors : [{', '.join(errors)}]"
        )
