"""From what a caller gives to what a stack is to be: parameters, transforms, checks, capabilities."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from gatewright.base.errors import AwsError
from gatewright.stacks.execution.evaluations import EvaluatedStack, environment_of, template_document
from gatewright.stacks.execution.macros import AccountMacros
from gatewright.stacks.execution.places import Place
from gatewright.stacks.execution.seams import StackSeams
from gatewright.stacks.execution.surroundings import FindType, Surroundings
from gatewright.stacks.template import (
    Template,
    TemplateError,
    check,
    expand,
    read_template,
    resolve_parameters,
    summarize,
)
from gatewright.store.types import Document

AUTO_EXPAND: Final = "CAPABILITY_AUTO_EXPAND"
_NAMED: Final = "CAPABILITY_NAMED_IAM"


@dataclass(frozen=True, slots=True)
class Given:
    """A template and the values of its parameters, as a caller gave them."""

    template: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    use_previous: Collection[str] = ()
    previous: Mapping[str, str] = field(default_factory=dict)
    """The raw values of the stack as it is."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A template that a stack can be made of."""

    document: Document
    """What is kept of it: `evaluations.template_document`."""
    evaluated: EvaluatedStack
    declared_transforms: tuple[str, ...]
    capabilities: frozenset[str]
    """Those of IAM that its resources need."""

    @property
    def description(self) -> str | None:
        """Return the Description of the template."""
        description = self.evaluated.template.document.get("Description")
        return None if description is None else str(description)


def prepare(surroundings: Surroundings, find_type: FindType, place: Place, stack: Document, given: Given) -> Prepared:
    """Return a template expanded, checked and evaluated. Raises TemplateError, AwsError.

    `stack` needs a name and an id; what else it has of an existing stack is not looked at.
    """
    template = read_template(given.template)
    seams = StackSeams(surroundings.store, place, surroundings.services(place))
    parameters = resolve_parameters(template.document, given.parameters, given.previous, given.use_previous, seams)
    environment = environment_of(place, stack)
    expanded = expand(template, parameters, environment, seams, AccountMacros(surroundings, place))
    if expanded is not template:
        declared = expanded.section("Parameters")
        raw = {key: value for key, value in parameters.raw.items() if key in declared}
        parameters = resolve_parameters(expanded.document, raw, {}, (), seams)
    types = _types(expanded.section("Resources"))
    _refuse_unknown_types(types, find_type)
    surroundings.expect(types)
    check(expanded, parameters, environment, seams)
    return Prepared(
        document=template_document(given.template, None if expanded is template else expanded),
        evaluated=EvaluatedStack(expanded, parameters, environment, seams),
        declared_transforms=tuple(summarize(template).declared_transforms),
        capabilities=frozenset(summarize(expanded).capabilities) - {AUTO_EXPAND},
    )


def nothing_of(surroundings: Surroundings, place: Place, stack: Document, given: Given) -> Prepared:
    """Return a template that a macro failed for: its stack is there, without resources, and fails.

    Raises TemplateError, AwsError.
    """
    seams = StackSeams(surroundings.store, place, surroundings.services(place))
    template = read_template(given.template)
    parameters = resolve_parameters(template.document, given.parameters, given.previous, given.use_previous, seams)
    head = {name: template.document[name] for name in ("Description",) if name in template.document}
    evaluated = EvaluatedStack(Template("{}", head), parameters, environment_of(place, stack), seams)
    return Prepared(template_document(given.template, None), evaluated, (), frozenset())


def refuse_expansion(text: str, given: Collection[str]) -> None:
    """Refuse a template with transforms that nobody acknowledged. Raises InsufficientCapabilitiesException.

    It is refused before they are run, whatever else it will need (localstack, test_template_engine.snapshot.json,
    test_capabilities_requirements).
    """
    if AUTO_EXPAND not in given and summarize(read_template(text)).declared_transforms:
        raise AwsError("InsufficientCapabilitiesException", f"Requires capabilities : [{AUTO_EXPAND}]")


def refuse_capabilities(prepared: Prepared, given: Collection[str], *, is_change_set: bool) -> None:
    """Refuse a template that needs more than the caller acknowledged. Raises InsufficientCapabilitiesException.

    A change set shows what transforms made of a template before it is executed: it needs no CAPABILITY_AUTO_EXPAND.
    """
    acknowledged = set(given) | ({"CAPABILITY_IAM"} if _NAMED in given else set())
    needed = [capability for capability in sorted(prepared.capabilities) if capability not in acknowledged]
    if prepared.declared_transforms and not is_change_set and AUTO_EXPAND not in acknowledged:
        needed.append(AUTO_EXPAND)
    if needed:
        text = f"Requires capabilities : [{', '.join(needed)}]"
        raise AwsError("InsufficientCapabilitiesException", text)


def _types(resources: Mapping[str, object]) -> frozenset[str]:
    declared = [resource for resource in resources.values() if isinstance(resource, dict)]
    return frozenset(resource["Type"] for resource in declared if isinstance(resource.get("Type"), str))


def _refuse_unknown_types(types: Collection[str], find_type: FindType) -> None:
    unknown = sorted(name for name in types if find_type(name) is None)
    if unknown:
        raise TemplateError(f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]")
