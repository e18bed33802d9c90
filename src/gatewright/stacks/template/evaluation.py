"""A template with its parameters' values: which resources there are to be, in which order, with which properties."""

from collections.abc import Mapping
from dataclasses import replace

from gatewright.stacks.template.conditions import Conditions
from gatewright.stacks.template.dependencies import depends_on, resource_graph
from gatewright.stacks.template.dynamic_references import DynamicReferences
from gatewright.stacks.template.errors import TemplateError
from gatewright.stacks.template.intrinsics import NO_VALUE, Budget, Scope, evaluate
from gatewright.stacks.template.scalars import is_unknown, text_of
from gatewright.stacks.template.structure import check_export_name, check_policy
from gatewright.stacks.template.types import (
    UNKNOWN,
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

LONGEST_EXPORT = 1024


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
    output_declarations: Mapping[str, JsonObject]
    """As the template has them; only those whose Condition holds."""

    def __init__(self, template: Template, parameters: ParameterValues, environment: Environment, seams: Seams) -> None:
        conditions = Conditions()
        self.is_met = conditions.is_met
        self.scope = Scope(
            parameters=parameters.values,
            environment=environment,
            mappings=template.section("Mappings"),
            is_met=conditions.is_met,
            seams=seams,
        )
        conditions.evaluate(template.section("Conditions"), self.scope)
        self.conditions = conditions.values
        present = self._met(template.section("Resources"))
        self.dependencies = resource_graph(present, self.is_met, frozenset(parameters.entries))
        self.resources = {
            logical_id: self._declaration(logical_id, resource, present) for logical_id, resource in present.items()
        }
        self.output_declarations = self._met(template.section("Outputs"))
        self._references = DynamicReferences(seams)

    def _met(self, members: JsonObject) -> dict[str, JsonObject]:
        return {
            name: member
            for name, member in members.items()
            if "Condition" not in member or self.is_met(member["Condition"])
        }

    def _declaration(
        self, logical_id: str, resource: JsonObject, present: Mapping[str, JsonObject]
    ) -> ResourceDeclaration:
        def policy(member: str, default: str) -> str:
            found = evaluate(resource.get(member, default), self._renewed(None))
            return default if found is NO_VALUE else check_policy(logical_id, member, found)

        return ResourceDeclaration(
            logical_id=logical_id,
            type=resource["Type"],
            raw=resource,
            depends_on=tuple(name for name in depends_on(resource) if name in present),
            deletion_policy=policy("DeletionPolicy", "Delete"),
            update_replace_policy=policy("UpdateReplacePolicy", "Delete"),
            creation_policy=resource.get("CreationPolicy"),
            update_policy=resource.get("UpdatePolicy"),
            metadata=resource.get("Metadata"),
        )

    def _renewed(self, lookup: Lookup | None) -> Scope:
        return replace(self.scope, lookup=lookup, budget=Budget())

    def properties(self, logical_id: str, lookup: Lookup, *, dynamic_references: bool = True) -> JsonObject:
        """Return the properties of a resource, evaluated; members that are AWS::NoValue are gone.

        Dynamic references stay as they are written when `dynamic_references` is False: so they are compared and shown.
        Raises TemplateError.
        """
        resource = self.resources[logical_id]
        properties = evaluate(resource.raw.get("Properties", {}), self._renewed(lookup))
        if properties is NO_VALUE:
            return {}
        if not isinstance(properties, dict):
            raise TemplateError(f"Template error: the Properties of {logical_id} must be an object.")
        if dynamic_references:
            return dict(self._references.resolve(properties, f"{resource.type}/Properties"))
        return properties

    def evaluate(self, value: Json, lookup: Lookup) -> Json:
        """Return what any other part of a resource (metadata, a policy) evaluates to; None for AWS::NoValue.

        Raises TemplateError.
        """
        found = evaluate(value, self._renewed(lookup))
        return None if found is NO_VALUE else found

    def outputs(self, lookup: Lookup) -> list[Output]:
        """Return the outputs whose Condition holds. Raises TemplateError."""
        return [self._output(key, output, lookup) for key, output in self.output_declarations.items()]

    def _output(self, key: str, output: JsonObject, lookup: Lookup) -> Output:
        value = evaluate(output["Value"], self._renewed(lookup))
        text = str(UNKNOWN) if is_unknown(value) else text_of(self._references.resolve(value, f"Outputs/{key}"))
        if text is None:
            raise TemplateError(
                f"Template format error: Output {key} is malformed. The Value field of every Outputs member must "
                "evaluate to a String."
            )
        if "Export" not in output:
            return Output(key, text, output.get("Description"))
        export_name = text_of(evaluate(output["Export"]["Name"], self._renewed(None)))
        if len(text) > LONGEST_EXPORT:
            raise TemplateError(
                f"Cannot export output {key} with length {len(text)}. Max length of {LONGEST_EXPORT} exceeded."
            )
        return Output(key, text, output.get("Description"), check_export_name(key, export_name))
