"""The values that templates are made of, and what templates read from outside.

Sources: AWS CloudFormation User Guide, "Template anatomy"; "Pseudo parameters reference"; "Intrinsic function
reference".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

# JSON of any form: what stands in a template has no narrower type before a resource type reads it.
Json = Any
JsonObject = dict[str, Any]


class Unknown(Enum):
    """What is not known before a resource exists; its text is what change sets show in its place."""

    UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}"

    def __str__(self) -> str:
        return str(self.value)


UNKNOWN = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class Template:
    """A template: its text as it came, and what stands in it.

    `document` has functions in their long form and keeps the order of the text. Its scalars are str, int, float, bool
    and None; dates are text. Nobody changes it.
    """

    text: str
    document: JsonObject

    def section(self, name: str) -> JsonObject:
        """Return a section that is an object; an absent one is empty."""
        section = self.document.get(name)
        return section if isinstance(section, dict) else {}


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a stack is: what the pseudo parameters say, but for AWS::NoValue."""

    account_id: str
    region: str
    partition: str
    url_suffix: str
    stack_name: str
    stack_id: str
    notification_arns: tuple[str, ...] = ()


class Seams(Protocol):
    """What templates read from outside."""

    def export(self, name: str) -> str | None:
        """Return the value of an export of this account and region, for Fn::ImportValue."""

    def stack_output(self, stack_name: str, output_name: str, region: str, role_arn: str | None) -> str | None:
        """Return an output of another stack, for Fn::GetStackOutput; None when there is none."""

    def ssm_parameter(self, name: str, version: int | None, *, with_decryption: bool) -> tuple[str, int] | None:
        """Return value and version of an SSM parameter, or None when there is none.

        The value of a StringList is its text, with commas. `with_decryption` asks for that of a SecureString.
        """

    def secret(self, secret_id: str, stage: str | None, version_id: str | None) -> str | None:
        """Return the SecretString of a secret (name or ARN), or None when there is none."""

    def object(self, location: str) -> bytes:
        """Return an object of S3 by its `s3://` URI or its URL. Raises AwsError."""

    def availability_zones(self, region: str) -> list[str]:
        """Return the names of a region's availability zones, for Fn::GetAZs."""

    def managed_policies(self) -> Mapping[str, str]:
        """Return the ARNs of AWS's managed policies by their names, for SAM."""

    def parameter_attribute(self, parameter_type: str, value: str, attribute: str) -> str | None:
        """Return an attribute of what a parameter names, for Fn::ValueOf: `AWS::EC2::Subnet::Id`, its id, `VpcId`.

        None when there is no such resource, or none with this attribute.
        """


class Macros(Protocol):
    """The macros of an account."""

    def call(self, name: str, fragment: Json, parameters: JsonObject, values: JsonObject) -> Json:
        """Return what a macro makes of a part of a template; `values` are those of the template's parameters.

        Raises TransformError for one that is not there, MacroError for one that fails.
        """


class Lookup(Protocol):
    """What the resources of a stack are by now."""

    def ref(self, logical_id: str) -> Json:
        """Return what Ref gives for a resource, or UNKNOWN."""

    def attribute(self, logical_id: str, name: str) -> Json:
        """Return what Fn::GetAtt gives, or UNKNOWN. Raises TemplateError for an attribute that the type has not."""


@dataclass(frozen=True, slots=True)
class ParameterDeclaration:
    """A parameter as the template declares it. Numbers of constraints are text, as the API gives them."""

    key: str
    type: str
    default: str | None = None
    no_echo: bool = False
    description: str | None = None
    allowed_values: tuple[str, ...] = ()
    allowed_pattern: str | None = None
    constraint_description: str | None = None
    min_length: str | None = None
    max_length: str | None = None
    min_value: str | None = None
    max_value: str | None = None


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """The value of one parameter."""

    declaration: ParameterDeclaration
    raw: str
    """What was given, or the default: for SSM types, the name of the SSM parameter."""
    value: str | list[str]
    """What Ref gives."""
    resolved: str | None = None
    """The text behind an SSM parameter; None for other types."""


@dataclass(frozen=True, slots=True)
class ParameterValues:
    """The values of a stack's parameters."""

    entries: Mapping[str, ParameterValue]

    @property
    def values(self) -> Mapping[str, str | list[str]]:
        """What Ref gives, by key; SSM types are resolved."""
        return {key: entry.value for key, entry in self.entries.items()}

    @property
    def raw(self) -> Mapping[str, str]:
        """What was given, or the default, by key: the `previous` of the stack's next update."""
        return {key: entry.raw for key, entry in self.entries.items()}

    def shown(self) -> list[dict[str, str]]:
        """Return the Parameters of DescribeStacks: NoEcho values are `****`, SSM types have a ResolvedValue."""
        return [_shown(entry) for entry in self.entries.values()]


def _shown(entry: ParameterValue) -> dict[str, str]:
    if entry.declaration.no_echo:
        return {"ParameterKey": entry.declaration.key, "ParameterValue": "****"}
    shown = {"ParameterKey": entry.declaration.key, "ParameterValue": entry.raw}
    return shown if entry.resolved is None else {**shown, "ResolvedValue": entry.resolved}


@dataclass(frozen=True, slots=True)
class ResourceDeclaration:
    """A resource that the stack is to have: its Condition holds.

    Its creation policy, update policy and metadata may name other resources: they are as the template has them, and
    `Evaluation.evaluate` makes values of their functions.
    """

    logical_id: str
    type: str
    raw: JsonObject
    """The resource as the template has it, with Properties as they are written."""
    depends_on: tuple[str, ...] = ()
    """What DependsOn names, but for resources whose own Condition does not hold."""
    deletion_policy: str = "Delete"
    """Delete, Retain, RetainExceptOnCreate or Snapshot."""
    update_replace_policy: str = "Delete"
    """Delete, Retain or Snapshot."""
    creation_policy: JsonObject | None = None
    update_policy: JsonObject | None = None
    metadata: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """An output of a stack whose Condition holds."""

    key: str
    value: str
    description: str | None = None
    export_name: str | None = None


@dataclass(frozen=True, slots=True)
class TemplateSummary:
    """What GetTemplateSummary and ValidateTemplate say of a template, in the shapes of their output."""

    parameters: Sequence[JsonObject]
    """The API's ParameterDeclaration: ParameterKey, DefaultValue, ParameterType, NoEcho, ParameterConstraints …"""
    capabilities: Sequence[str]
    capabilities_reason: str | None
    resource_types: Sequence[str]
    declared_transforms: Sequence[str]
    resource_identifier_summaries: Sequence[JsonObject]
    version: str | None
    description: str | None
    metadata: str | None
    """The Metadata section as JSON."""
