"""What GetTemplateSummary and ValidateTemplate say of a template, and which capabilities it needs.

Sources: GetTemplateSummary and ValidateTemplate in the CloudFormation API Reference; "Acknowledging IAM resources in
CloudFormation templates" in the User Guide; recorded in localstack's api/test_templates.snapshot.json.
"""

from collections.abc import Mapping
from types import MappingProxyType

from gatewright.stacks.template.check import check_names
from gatewright.stacks.template.errors import TemplateError
from gatewright.stacks.template.expand import declared_transforms
from gatewright.stacks.template.json_text import write_json
from gatewright.stacks.template.parameters import declared_parameters
from gatewright.stacks.template.structure import has_transforms
from gatewright.stacks.template.transforms.language_extensions import LOOP
from gatewright.stacks.template.types import JsonObject, ParameterDeclaration, Template, TemplateSummary

_IAM_TYPES = frozenset(
    {
        "AWS::IAM::AccessKey",
        "AWS::IAM::Group",
        "AWS::IAM::InstanceProfile",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::IAM::User",
        "AWS::IAM::UserToGroupAddition",
    }
)
_IAM_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "AWS::IAM::Group": "GroupName",
        "AWS::IAM::InstanceProfile": "InstanceProfileName",
        "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
        "AWS::IAM::Role": "RoleName",
        "AWS::IAM::User": "UserName",
    }
)


def summarize(template: Template) -> TemplateSummary:
    """Return what a template asks for. Takes the template as it was read, not expanded. Raises TemplateError."""
    document = template.document
    if not has_transforms(document):
        check_names(document)
    transforms = declared_transforms(document)
    resources = _resources(document)
    by_type: dict[str, list[str]] = {}
    for logical_id, resource in resources.items():
        by_type.setdefault(resource["Type"], []).append(logical_id)
    capabilities, reasons = _capabilities(resources, transforms)
    description = document.get("Description")
    version = document.get("AWSTemplateFormatVersion")
    return TemplateSummary(
        parameters=[_parameter(declaration) for declaration in declared_parameters(document)],
        capabilities=capabilities,
        capabilities_reason=(
            f"The following resource(s) require capabilities: [{', '.join(reasons)}]" if capabilities else None
        ),
        resource_types=list(by_type),
        declared_transforms=transforms,
        resource_identifier_summaries=[
            {"ResourceType": resource_type, "LogicalResourceIds": names} for resource_type, names in by_type.items()
        ],
        version=version if isinstance(version, str) else None,
        description=description if isinstance(description, str) else None,
        metadata=write_json(document["Metadata"]) if "Metadata" in document else None,
    )


def _resources(document: JsonObject) -> dict[str, JsonObject]:
    """Return the resources that have a type; loops have none before they are unrolled."""
    resources = document.get("Resources", {})
    if not isinstance(resources, dict):
        raise TemplateError("Template format error: At least one Resources member must be defined.")
    return {
        name: resource
        for name, resource in resources.items()
        if not name.startswith(LOOP) and isinstance(resource, dict) and isinstance(resource.get("Type"), str)
    }


def _parameter(declaration: ParameterDeclaration) -> JsonObject:
    constraints = {"AllowedValues": list(declaration.allowed_values)} if declaration.allowed_values else {}
    members = {
        "ParameterKey": declaration.key,
        "DefaultValue": declaration.default,
        "ParameterType": declaration.type,
        "NoEcho": declaration.no_echo,
        "Description": declaration.description,
        "ParameterConstraints": constraints,
    }
    return {name: value for name, value in members.items() if value is not None}


def _capabilities(resources: Mapping[str, JsonObject], transforms: list[str]) -> tuple[list[str], list[str]]:
    """Return the capabilities that a template needs, and the types and transforms that need them."""
    iam = [resource for resource in resources.values() if resource["Type"] in _IAM_TYPES]
    is_named = any(_IAM_NAMES.get(resource["Type"], "") in resource.get("Properties", {}) for resource in iam)
    capabilities = []
    if iam:
        capabilities.append("CAPABILITY_NAMED_IAM" if is_named else "CAPABILITY_IAM")
    if transforms:
        capabilities.append("CAPABILITY_AUTO_EXPAND")
    return capabilities, list(dict.fromkeys([*(resource["Type"] for resource in iam), *transforms]))
