"""What CreateStack and CreateChangeSet refuse before there is a stack.

`check_names` needs no parameters, and is what ValidateTemplate refuses. Sources of the messages: see `functions`,
`conditions` and `dependencies`; exports: aws-cloudformation/cfn-lint, issue 1632; conditions that name a resource:
issue 99 there.
"""

from collections.abc import Iterator

from gatewright.stacks.template import functions
from gatewright.stacks.template.conditions import NOT_BOOLEAN, condition_order
from gatewright.stacks.template.dependencies import (
    EVALUATED,
    depends_on,
    refuse_cycles,
    resource_references,
    unresolved,
    unresolved_message,
)
from gatewright.stacks.template.errors import TemplateError
from gatewright.stacks.template.evaluation import Evaluation
from gatewright.stacks.template.functions import PSEUDO_PARAMETERS, check_arguments
from gatewright.stacks.template.parameters import declared_parameters
from gatewright.stacks.template.references import Reference, calls_in, references_in
from gatewright.stacks.template.rules import check_rules
from gatewright.stacks.template.types import Environment, Json, JsonObject, ParameterValues, Seams, Template


def check(template: Template, parameters: ParameterValues, environment: Environment, seams: Seams) -> None:
    """Refuse names that lead nowhere, cycles, failed rules, functions that do not exist and what is over a limit.

    Takes an expanded template. Raises TemplateError.
    """
    check_names(template.document)
    evaluation = Evaluation(template, parameters, environment, seams)
    check_rules(template.section("Rules"), parameters, evaluation.scope)
    refuse_cycles(evaluation.dependencies)
    names = frozenset(parameters.entries) | evaluation.resources.keys()
    missing = [
        name
        for output in evaluation.output_declarations.values()
        for name in unresolved(references_in(output["Value"], evaluation.is_met), names)
    ]
    if missing:
        # Without "Template format error: ", as recorded for a resource whose condition does not hold.
        raise TemplateError(unresolved_message(missing, "Outputs").removeprefix("Template format error: "))


def check_names(document: JsonObject) -> None:
    """Refuse what needs no parameters to be seen: unknown names and functions, arguments of another form.

    Raises TemplateError.
    """
    parameters = frozenset(declaration.key for declaration in declared_parameters(document))
    resources: JsonObject = document.get("Resources", {})
    for name in resources:
        if name in parameters:
            raise TemplateError(f"Template format error: {name} is the name of a parameter and of a resource.")
    conditions: JsonObject = document.get("Conditions", {})
    _check_conditions(conditions, parameters)
    for resource in resources.values():
        _check_calls([resource[member] for member in EVALUATED if member in resource], conditions, resources)
    names = parameters | resources.keys()
    _check_references([item for resource in resources.values() for item in _named(resource)], names, "Resources")
    _check_attributes([item for resource in resources.values() for item in resource_references(resource)], resources)
    outputs: JsonObject = document.get("Outputs", {})
    for output in outputs.values():
        _check_calls([output["Value"], output.get("Export", {})], conditions, resources)
    references = [item for output in outputs.values() for item in references_in(output["Value"])]
    _check_references(references, names, "Outputs")
    _check_attributes(references, resources)
    for name, output in outputs.items():
        if _depends(output.get("Export", {}), resources):
            raise TemplateError(
                f"Template format error: Output {name} is malformed.  The Name field of Export must not depend on any "
                "resources, imported values, or Fn::GetAZs."
            )
    for section in ("Resources", "Outputs"):
        _check_condition_members(document.get(section, {}), conditions, section)


def _named(resource: JsonObject) -> list[Reference]:
    return resource_references(resource) + [Reference(name) for name in depends_on(resource)]


def _check_references(references: list[Reference], names: frozenset[str], section: str) -> None:
    # An attribute of what is not there has a message of its own.
    missing = unresolved([item for item in references if not item.attribute], names)
    if missing:
        raise TemplateError(unresolved_message(missing, section))


def _check_attributes(references: list[Reference], resources: JsonObject) -> None:
    for item in references:
        if not item.attribute or item.name in resources:
            continue
        if item.in_sub:
            raise TemplateError(
                "Template error: instance of Fn::Sub references invalid resource attribute "
                f"{item.name}.{item.attribute}"
            )
        raise TemplateError(f"Template error: instance of Fn::GetAtt references undefined resource {item.name}")


def _check_calls(value: Json, conditions: JsonObject, resources: JsonObject) -> None:
    for name, argument in calls_in(value):
        if name in functions.BOOLEAN_FUNCTIONS:
            raise functions.unsupported(name)
        check_arguments(name, argument)
        if name == "Fn::If" and argument[0] not in conditions:
            raise TemplateError(f"Template error: unresolved condition dependency {argument[0]} in Fn::If")
        if name == "Fn::ImportValue" and _depends(argument, resources):
            raise TemplateError(functions.IMPORT_DEPENDS)


def _depends(value: Json, resources: JsonObject) -> bool:
    """Tell whether a value depends on resources, imported values or availability zones."""
    if any(item.attribute or item.name in resources for item in references_in(value)):
        return True
    return any(name in {"Fn::ImportValue", "Fn::GetAZs"} for name, _ in calls_in(value))


def _check_conditions(conditions: JsonObject, parameters: frozenset[str]) -> None:
    condition_order(conditions)
    for condition in conditions.values():
        for name, argument in _boolean_calls(condition):
            check_arguments(name, argument)
        for name, argument in calls_in(condition):
            check_arguments(name, argument)
        named = [item for item in references_in(condition) if item.name not in PSEUDO_PARAMETERS]
        missing = [item.name for item in named if item.attribute or item.name not in parameters]
        if missing:
            raise TemplateError(
                f"Template format error: Unresolved dependencies [{', '.join(dict.fromkeys(missing))}]. Cannot "
                "reference resources in the Conditions block of the template"
            )


def _boolean_calls(condition: Json) -> Iterator[tuple[str, Json]]:
    """Yield the boolean functions of a condition. Raises TemplateError where it has anything else in their place."""
    stack = [condition]
    while stack:
        value = stack.pop()
        name, argument = next(iter(value.items())) if isinstance(value, dict) and len(value) == 1 else ("", None)
        if name not in functions.BOOLEAN_FUNCTIONS:
            raise TemplateError(NOT_BOOLEAN)
        yield name, argument
        if name in {"Fn::And", "Fn::Or", "Fn::Not"}:
            stack.extend(argument if isinstance(argument, list) else [argument])


def _check_condition_members(members: JsonObject, conditions: JsonObject, section: str) -> None:
    for member in members.values():
        if member.get("Condition", next(iter(conditions), None)) not in (None, *conditions):
            raise TemplateError(
                f"Template format error: Unresolved condition dependency {member['Condition']} in the {section} block "
                "of the template"
            )
