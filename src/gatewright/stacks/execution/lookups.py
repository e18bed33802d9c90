"""What Ref and Fn::GetAtt give: from resources that are there, and from those that a plan expects.

What is said of an attribute that a type has not was found in failed deployments (serverless-plugin-log-subscription,
issue 68; ministack, pull request 1628, which measured it).
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from gatewright.stacks.resource_types.schemas import schema_of
from gatewright.stacks.template import UNKNOWN, TemplateError
from gatewright.store.types import Document

HIDDEN: Final = "****"


class ResourceLookup:
    """Answers from the documents of resources as they are."""

    def __init__(self, resources: Mapping[str, Document]) -> None:
        self._resources = resources

    def ref(self, logical_id: str) -> Any:
        """Return the physical id; UNKNOWN when the resource is not there."""
        resource = self._resources.get(logical_id)
        return UNKNOWN if resource is None or not resource["PhysicalResourceId"] else resource["PhysicalResourceId"]

    def attribute(self, logical_id: str, name: str) -> Any:
        """Return an attribute. Raises TemplateError for one that the resource has not."""
        resource = self._resources.get(logical_id)
        if resource is None or not resource["PhysicalResourceId"]:
            return UNKNOWN
        return attribute_of(resource, name)


class ShownLookup(ResourceLookup):
    """Answers as events show it: attributes of custom resources that were answered with NoEcho are hidden."""

    @property
    def is_hiding(self) -> bool:
        """Say whether there is anything to hide."""
        return any(resource.get("IsHidden") for resource in self._resources.values())

    def attribute(self, logical_id: str, name: str) -> Any:
        """Return an attribute, or asterisks."""
        resource = self._resources.get(logical_id) or {}
        return HIDDEN if resource.get("IsHidden") else super().attribute(logical_id, name)


class PlannedLookup(ResourceLookup):
    """Answers from the documents, but for resources that are to be made anew, which nobody knows yet."""

    def __init__(self, resources: Mapping[str, Document], unknown: Collection[str]) -> None:
        super().__init__(resources)
        self.outputs: dict[str, Mapping[str, Any] | None] = {}
        """What nested stacks are to have, by `Outputs.` and their name; None where that is not known."""
        self._unknown = unknown

    def ref(self, logical_id: str) -> Any:
        """Return the physical id, or UNKNOWN."""
        return UNKNOWN if logical_id in self._unknown else super().ref(logical_id)

    def attribute(self, logical_id: str, name: str) -> Any:
        """Return an attribute, or UNKNOWN."""
        if logical_id in self._unknown:
            return UNKNOWN
        if logical_id not in self.outputs:
            return super().attribute(logical_id, name)
        outputs = self.outputs[logical_id]
        if outputs is not None:
            return attribute_of({**self._resources[logical_id], "Attributes": outputs}, name)
        attributes = self._resources[logical_id].get("Attributes") or {}
        return attributes.get(name, UNKNOWN)


def attribute_of(resource: Document, name: str) -> Any:
    """Return an attribute of a resource that is there. Raises TemplateError."""
    attributes: Mapping[str, Any] = resource.get("Attributes") or {}
    if name in attributes:
        return attributes[name]
    # `Fn::GetAtt: [Table, Stream.Arn]`: an attribute may be an object.
    value: Any = attributes
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            raise TemplateError(_missing(resource, name))
        value = value[part]
    return value


def _missing(resource: Document, name: str) -> str:
    resource_type, logical_id = resource["ResourceType"], resource["LogicalResourceId"]
    if resource_type.startswith("Custom::") or resource_type == "AWS::CloudFormation::CustomResource":
        return (
            f"CustomResource attribute error: Vendor response doesn't contain {name} attribute in object "
            f"{resource['PhysicalResourceId']}"
        )
    if resource_type == "AWS::CloudFormation::Stack":
        return f"Output '{name.removeprefix('Outputs.')}' not found in stack '{resource['PhysicalResourceId']}'"
    schema = schema_of(resource_type)
    if schema is not None and not schema.is_legacy:
        return f"Requested attribute {name} does not exist in schema for {resource_type}"
    return f"Template error: resource {logical_id} does not support attribute type {name} in Fn::GetAtt"
