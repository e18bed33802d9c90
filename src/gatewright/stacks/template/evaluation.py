"""A template with its parameters' values: which resources there are to be, in which order, with which properties."""

from collections.abc import Mapping

from gatewright.stacks.template.types import (
    Environment,
    Json,
    JsonObject,
    Lookup,
    Output,
    ParameterValues,
    ResourceDeclaration,
    Seams,
    Template,
)


class Evaluation:
    """What an expanded and checked template says for one stack.

    Functions over UNKNOWN give UNKNOWN. Making one raises TemplateError where conditions or policies cannot be
    evaluated.
    """

    conditions: Mapping[str, bool]
    resources: Mapping[str, ResourceDeclaration]
    """By logical id, in the template's order; only those whose Condition holds."""
    dependencies: Mapping[str, frozenset[str]]
    """Logical id → what must be there first: DependsOn, Ref, Fn::GetAtt and Fn::Sub in what is evaluated."""

    def __init__(self, template: Template, parameters: ParameterValues, environment: Environment, seams: Seams) -> None:
        raise NotImplementedError(template, parameters, environment, seams)

    def properties(self, logical_id: str, lookup: Lookup, *, dynamic_references: bool = True) -> JsonObject:
        """Return the properties of a resource, evaluated; members that are AWS::NoValue are gone.

        Dynamic references stay as they are written when `dynamic_references` is False: so they are compared and shown.
        Raises TemplateError.
        """
        raise NotImplementedError(logical_id, lookup, dynamic_references)

    def evaluate(self, value: Json, lookup: Lookup) -> Json:
        """Return what any other part of the template (metadata, a policy) evaluates to. Raises TemplateError."""
        raise NotImplementedError(value, lookup)

    def outputs(self, lookup: Lookup) -> list[Output]:
        """Return the outputs whose Condition holds. Raises TemplateError."""
        raise NotImplementedError(lookup)
