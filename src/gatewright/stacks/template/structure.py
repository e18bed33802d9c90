"""The form of a template: sections, their members, names and numbers.

What is wrong is said in AWS's words, as recorded by localstack (tests/aws/services/cloudformation/api/
test_validations.snapshot.json, test_stacks.snapshot.json, engine/test_mappings.snapshot.json) or shown in issues:
names (aws-cloudformation/cfn-lint 160, aws/serverless-application-model 1608), members (aws/aws-cli 3361), exports
(kubernetes-retired/kube-aws 308, aws/aws-cdk 9733).
Sources: AWS CloudFormation User Guide, "Template anatomy" and "Understand CloudFormation quotas".
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from gatewright.stacks.template.errors import TemplateError
from gatewright.stacks.template.scalars import text_of
from gatewright.stacks.template.types import Json, JsonObject

SECTIONS = (
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
)
MOST: Mapping[str, int] = MappingProxyType({"Mappings": 200, "Outputs": 200, "Parameters": 200, "Resources": 500})
"""How many members a section may have."""
LONGEST_DESCRIPTION = 1024
LONGEST_EXPORT_NAME = 256
VERSION = "2010-09-09"

_NAME = re.compile(r"[a-zA-Z0-9]{1,255}")
_EXPORT_NAME = re.compile(r"[a-zA-Z0-9:-]+")
_RESOURCE_MEMBERS = frozenset(
    {
        "Type",
        "Properties",
        "Condition",
        "DependsOn",
        "CreationPolicy",
        "DeletionPolicy",
        "Description",
        "Metadata",
        "UpdatePolicy",
        "UpdateReplacePolicy",
        "Version",
    }
)
_OUTPUT_MEMBERS = frozenset({"Value", "Description", "Export", "Condition"})
_DELETION_POLICIES = frozenset({"Delete", "Retain", "RetainExceptOnCreate", "Snapshot"})
_REPLACE_POLICIES = frozenset({"Delete", "Retain", "Snapshot"})


def has_transforms(document: JsonObject) -> bool:
    """Tell whether transforms have yet to work on a template, or on a part of it."""
    if "Transform" in document:
        return True
    stack: list[Json] = [document]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if "Fn::Transform" in item:
                return True
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
    return False


def check_structure(document: JsonObject) -> None:
    """Refuse a document that is not formed like a template. Raises TemplateError."""
    if has_transforms(document):
        return
    unknown = [key for key in document if key not in SECTIONS]
    if unknown:
        raise TemplateError(f"Invalid template property or properties [{', '.join(unknown)}]")
    _check_head(document)
    resources = document.get("Resources", {})
    if not isinstance(resources, dict):
        raise TemplateError("Template format error: Any Resources member must be an object.")
    if not resources:
        raise TemplateError("Template format error: At least one Resources member must be defined.")
    for name in ("Conditions", "Hooks", "Mappings", "Metadata", "Outputs", "Parameters", "Rules"):
        if not isinstance(document.get(name, {}), dict):
            raise TemplateError(f"Template format error: {name} section must be an object.")
    _check_names(document)
    for name, mapping in document.get("Mappings", {}).items():
        _check_mapping(name, mapping)
    for name, condition in document.get("Conditions", {}).items():
        if not isinstance(condition, dict):
            raise TemplateError(f"Template format error: Every Conditions member must be an object: {name}.")
    for logical_id, resource in resources.items():
        _check_resource(logical_id, resource)
    for name, output in document.get("Outputs", {}).items():
        _check_output(name, output)


def _check_head(document: JsonObject) -> None:
    version = document.get("AWSTemplateFormatVersion", VERSION)
    if version != VERSION:
        raise TemplateError("Template format error: unsupported value for AWSTemplateFormatVersion.")
    description = document.get("Description", "")
    if not isinstance(description, str):
        raise TemplateError("Template format error: Description must be a string.")
    if len(description.encode()) > LONGEST_DESCRIPTION:
        raise TemplateError(f"Template format error: 'Description' length is greater than {LONGEST_DESCRIPTION}.")


def _check_names(document: JsonObject) -> None:
    kinds = {"Parameters": "Parameter", "Resources": "Resource", "Outputs": "Output", "Mappings": "Mapping"}
    for section, kind in kinds.items():
        members = document.get(section, {})
        if len(members) > MOST[section]:
            raise TemplateError(
                f"Template format error: Number of {section.lower()}, {len(members)}, "
                f"is greater than maximum allowed, {MOST[section]}"
            )
        for name in members:
            if not _NAME.fullmatch(name):
                raise TemplateError(f"Template format error: {kind} name {name} is non alphanumeric.")


def _check_mapping(name: str, mapping: Json) -> None:
    if not isinstance(mapping, dict):
        raise TemplateError(f"Template format error: Every Mappings member {name} must be a map")
    for key, attributes in mapping.items():
        if not isinstance(attributes, dict):
            # The recording names the key, not the mapping.
            raise TemplateError(f"Template format error: Every Mappings member {key} must be a map")
        for attribute, value in attributes.items():
            if not _NAME.fullmatch(attribute):
                raise TemplateError(
                    f"Template format error: Mappings attribute name '{attribute}' must contain only alphanumeric "
                    "characters."
                )
            items = value if isinstance(value, list) else [value]
            if any(text_of(item) is None for item in items):
                raise TemplateError("Template format error: Every Mappings attribute must be a String or a List.")


def _check_resource(logical_id: str, resource: Json) -> None:
    if not isinstance(resource, dict):
        raise TemplateError("Template format error: Any Resources member must be an object.")
    if "Type" not in resource:
        raise TemplateError(
            f"Template format error: [/Resources/{logical_id}] Every Resources object must contain a Type member."
        )
    for key in resource:
        if key not in _RESOURCE_MEMBERS:
            raise TemplateError(f"Invalid template resource property '{key}'")
    if not isinstance(resource["Type"], str):
        raise TemplateError(
            f"Template format error: [/Resources/{logical_id}/Type] Every Type member must be a string."
        )
    for member in ("Properties", "Metadata", "CreationPolicy", "UpdatePolicy"):
        if not isinstance(resource.get(member, {}), dict):
            raise TemplateError(f"Template format error: [/Resources/{logical_id}/{member}] must be an object.")
    if not isinstance(resource.get("Condition", ""), str):
        raise TemplateError(
            f"Template format error: [/Resources/{logical_id}] Every Condition member must be a string."
        )
    depends_on = resource.get("DependsOn", [])
    if not all(isinstance(item, str) for item in depends_on if isinstance(depends_on, list)) or not isinstance(
        depends_on, str | list
    ):
        raise TemplateError(f"Template format error: [/Resources/{logical_id}] Every DependsOn value must be a string.")
    for member in ("DeletionPolicy", "UpdateReplacePolicy"):
        policy = resource.get(member)
        if isinstance(policy, str):
            check_policy(logical_id, member, policy)


def check_policy(logical_id: str, member: str, policy: Json) -> str:
    """Return the value of a DeletionPolicy or UpdateReplacePolicy. Raises TemplateError for one that AWS has not."""
    allowed = _DELETION_POLICIES if member == "DeletionPolicy" else _REPLACE_POLICIES
    if not isinstance(policy, str):
        raise TemplateError(f"Template format error: Every {member} member must be a string.")
    if policy not in allowed:
        raise TemplateError(f"Template error: Unrecognized {member} {policy} for resource {logical_id}")
    return policy


def _check_output(name: str, output: Json) -> None:
    if not isinstance(output, dict) or "Value" not in output:
        raise TemplateError("Template format error: Every Outputs member must contain a Value object")
    for key in output:
        if key not in _OUTPUT_MEMBERS:
            raise TemplateError(f"Invalid template output property '{key}'")
    if not isinstance(output.get("Condition", ""), str):
        raise TemplateError(f"Template format error: [/Outputs/{name}] Every Condition member must be a string.")
    if not isinstance(output.get("Description", ""), str):
        raise TemplateError(f"Template format error: Output {name} is malformed. The Description must be a string.")
    if "Export" in output:
        export = output["Export"]
        export_name = export.get("Name") if isinstance(export, dict) and len(export) == 1 else None
        if not isinstance(export_name, dict):
            check_export_name(name, text_of(export_name))


def check_export_name(output: str, export_name: str | None) -> str:
    """Return the name of an export. Raises TemplateError for one that is empty or has other characters."""
    if export_name is None or not _EXPORT_NAME.fullmatch(export_name):
        raise TemplateError(
            f"Template format error: Output {output} is malformed. The Name field of every Export member must be "
            "specified and consist only of alphanumeric characters, colons, or hyphens."
        )
    if len(export_name) > LONGEST_EXPORT_NAME:
        raise TemplateError(
            f"Template format error: Output {output} is malformed. The Name field of every Export member must not be "
            f"longer than {LONGEST_EXPORT_NAME} characters."
        )
    return export_name
