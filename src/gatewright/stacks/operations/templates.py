"""GetTemplate, GetTemplateSummary, ValidateTemplate.

Source: the pages of these operations (AWS CloudFormation API Reference); what they refuse as recorded of AWS
(localstack, api/test_templates.snapshot.json, resources/test_kinesis.snapshot.json).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from gatewright.base.operations import Shape
from gatewright.stacks.execution.places import TEMPLATE, require_stack
from gatewright.stacks.execution.statuses import IN_REVIEW
from gatewright.stacks.operations.change_sets import require_change_set
from gatewright.stacks.operations.context import StackContext, present
from gatewright.stacks.operations.inputs import template_text, validation_error
from gatewright.stacks.resource_types.schemas import schema_of
from gatewright.stacks.template import TemplateError, TemplateSummary, read_template, summarize
from gatewright.store.types import Document


def get_template(context: StackContext, request: Shape) -> Shape:
    """Return the template of a stack or of a change set: as it came, or as transforms made it."""
    with context.store.read() as reader:
        name = request.get("ChangeSetName")
        if name is not None:
            if request.get("StackName") is None and not name.startswith("arn:"):
                raise validation_error("StackName is a required parameter.")
            change_set = require_change_set(context, reader, name, request.get("StackName"))
            document: Document = change_set["Template"]
        elif request.get("StackName") is None:
            raise validation_error("StackName is required if ChangeSetName is not specified.")
        else:
            stack = require_stack(context.place, reader, request["StackName"])
            document = reader.get(context.place.key(TEMPLATE, f"{stack['Uuid']}/current")) or {"Original": "{}"}
    text = document["Original"]
    if request.get("TemplateStage") == "Processed":
        text = document.get("Processed", text)
    return {"TemplateBody": text, "StagesAvailable": ["Original", "Processed"]}


def get_template_summary(context: StackContext, request: Shape) -> Shape:
    """Say what a template, or that of a stack, asks for."""
    name = request.get("StackName")
    if name is not None:
        with context.store.read() as reader:
            stack = require_stack(context.place, reader, name)
            if stack["StackStatus"] == IN_REVIEW:
                raise validation_error(f"GetTemplateSummary cannot be called on {IN_REVIEW} stacks.")
            key = context.place.key(TEMPLATE, f"{stack['Uuid']}/current")
            text = (reader.get(key) or {"Original": "{}"})["Original"]
    else:
        text = template_text(context, request)
    summary = _summary(text)
    members = {
        **_of_summary(summary),
        "Parameters": list(summary.parameters),
        "ResourceTypes": list(summary.resource_types),
        "Version": summary.version,
        "Metadata": summary.metadata,
        "ResourceIdentifierSummaries": [_with_identifiers(found) for found in summary.resource_identifier_summaries],
    }
    return present(members)


def validate_template(context: StackContext, request: Shape) -> Shape:
    """Read a template."""
    summary = _summary(template_text(context, request))
    shown = ("ParameterKey", "DefaultValue", "NoEcho", "Description")
    parameters = [{name: parameter[name] for name in shown if name in parameter} for parameter in summary.parameters]
    return present({**_of_summary(summary), "Parameters": parameters})


def _summary(text: str) -> TemplateSummary:
    try:
        return summarize(read_template(text))
    except TemplateError as error:
        raise validation_error(error.message) from error


def _with_identifiers(summary: Mapping[str, Any]) -> Shape:
    """Add the properties by which resources of the type can be told apart, where the type is known."""
    schema = schema_of(summary["ResourceType"])
    if schema is None or not schema.primary_identifier:
        return dict(summary)
    return {**summary, "ResourceIdentifiers": list(schema.primary_identifier)}


def _of_summary(summary: TemplateSummary) -> dict[str, Any]:
    return {
        "Description": summary.description,
        "Capabilities": list(summary.capabilities) or None,
        "CapabilitiesReason": summary.capabilities_reason,
        "DeclaredTransforms": list(summary.declared_transforms) or None,
    }


OPERATIONS: Mapping[str, Callable[[StackContext, Shape], Shape]] = MappingProxyType(
    {
        "GetTemplate": get_template,
        "GetTemplateSummary": get_template_summary,
        "ValidateTemplate": validate_template,
    }
)
