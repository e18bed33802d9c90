"""What an update will do to the resources of a stack, before it is done: what change sets show.

A plan knows what templates and properties say. What a resource will be called that is made anew nobody knows:
properties that need it are UNKNOWN, and their change is shown with its cause.

Source: DescribeChangeSet, ResourceChange, ResourceChangeDetail, ResourceTargetDefinition (AWS CloudFormation API
Reference); the details as recorded of AWS (localstack, test_change_sets.snapshot.json).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from typing import Any, Final, Protocol

from gatewright.stacks.execution.changes import Leaf, compared_properties, differences, recreation_of
from gatewright.stacks.execution.evaluations import EvaluatedStack
from gatewright.stacks.execution.exports import shown_outputs
from gatewright.stacks.execution.lookups import PlannedLookup
from gatewright.stacks.execution.places import STACK_TYPE
from gatewright.stacks.execution.references import Reference, references_in
from gatewright.stacks.execution.surroundings import FindType, Schema, Surroundings
from gatewright.stacks.resource_types.contract import Properties, ResourceType
from gatewright.stacks.template import TemplateError, read_template
from gatewright.stacks.template.types import Json
from gatewright.store.types import Document

_GONE: Final = frozenset({"DELETE_COMPLETE", "DELETE_SKIPPED"})
_PARAMETER: Final = "ParameterReference"
_OF_PROPERTIES: Final = frozenset({"Properties", "Tags"})
_ATTRIBUTES: Final = ("Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy")


@dataclass(frozen=True, slots=True)
class Detail:
    """One cause of one changed value."""

    source: str
    """DirectModification, ParameterReference, ResourceReference, ResourceAttribute or Automatic."""
    evaluation: str
    """Static or Dynamic."""
    attribute: str
    """Properties, Metadata, Tags …"""
    causing_entity: str | None = None
    leaf: Leaf | None = None
    """The value, of properties."""
    recreation: str = "Never"
    is_with_values_only: bool = False
    """Whether it is shown only to those who ask for property values."""
    is_without_values_only: bool = False
    """Whether it is shown only to those who do not ask for them."""

    def is_shown(self, *, with_values: bool) -> bool:
        """Say whether it is shown to those who ask for property values, or to those who do not."""
        return not (self.is_without_values_only if with_values else self.is_with_values_only)

    def shown(self, *, with_values: bool) -> dict[str, Any]:
        """Return it as DescribeChangeSet does."""
        target: dict[str, Any] = {"Attribute": self.attribute, "RequiresRecreation": self.recreation}
        if self.leaf is not None:
            target["Name"] = self.leaf.path[0]
            if with_values:
                target |= _values(self.leaf)
        shown = {"Target": target, "Evaluation": self.evaluation, "ChangeSource": self.source}
        if self.causing_entity is not None:
            shown["CausingEntity"] = self.causing_entity
        return shown


@dataclass(frozen=True, slots=True)
class Change:
    """What is to happen to one resource."""

    action: str
    """Add, Modify or Remove."""
    logical_id: str
    resource_type: str
    physical_id: str | None = None
    details: tuple[Detail, ...] = ()
    """Of Modify."""
    policy_action: str | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    change_set_id: str | None = None
    """The change set of a nested stack."""

    @property
    def replaces(self) -> bool:
        """Say whether there will be another resource in its stead, for certain."""
        return self.action == "Modify" and _replacement(self.details) == "True"

    def is_shown(self, *, with_values: bool) -> bool:
        """Say whether it is shown to those who ask for property values, or to those who do not."""
        return self.action != "Modify" or any(detail.is_shown(with_values=with_values) for detail in self.details)

    def shown(self, *, with_values: bool) -> dict[str, Any]:
        """Return it as DescribeChangeSet does."""
        details = [detail for detail in self.details if detail.is_shown(with_values=with_values)]
        listed: list[dict[str, Any]] = []
        for detail in details:
            shown_detail = detail.shown(with_values=with_values)
            if shown_detail not in listed:
                listed.append(shown_detail)
        shown = {
            "PolicyAction": self.policy_action,
            "Action": self.action,
            "LogicalResourceId": self.logical_id,
            "PhysicalResourceId": self.physical_id,
            "ResourceType": self.resource_type,
            "Replacement": _replacement(details) if self.action == "Modify" else None,
            "Scope": sorted({detail.attribute for detail in details}),
            "Details": listed,
            "ChangeSetId": self.change_set_id,
            "BeforeContext": _context(self.before) if with_values else None,
            "AfterContext": _context(self.after) if with_values else None,
        }
        return {
            "Type": "Resource",
            "ResourceChange": {name: value for name, value in shown.items() if value is not None},
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """What an operation will do."""

    changes: tuple[Change, ...]
    """By logical id."""
    has_effects: bool
    """Whether there is anything to do: outputs may change when no resource does."""
    outputs: tuple[Mapping[str, Any], ...] = ()
    """Those that the stack will have, as far as they are known; none of a stack that is not there yet."""

    def shown(self, *, with_values: bool = False) -> list[dict[str, Any]]:
        """Return the Changes of DescribeChangeSet."""
        shown = [change for change in self.changes if change.is_shown(with_values=with_values)]
        return [change.shown(with_values=with_values) for change in shown]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What becomes of a nested stack."""

    has_effects: bool
    outputs: Mapping[str, Any] | None
    """`Outputs.` and their names → their values; None when they are not known."""


class LookIntoNested(Protocol):
    """Plans nested stacks (`nested_plans.NestedPlans`)."""

    def look(self, logical_id: str, resource: Document | None, properties: Callable[[], Properties]) -> Outlook | None:
        """Return what becomes of one, which is not there yet without a `resource`; None when nobody knows."""
        ...


def plan_creation(target: EvaluatedStack, nested: LookIntoNested) -> Plan:
    """Plan a stack that is not there yet."""
    planner = _Planner({}, {}, target, {}, is_tagged_anew=False)
    unknown = set(target.evaluation.resources)
    lookup = PlannedLookup({}, unknown)
    changes = [planner.addition(name, lookup, nested) for name in sorted(target.evaluation.resources)]
    return Plan(tuple(changes), has_effects=True)


def plan_update(
    surroundings: Surroundings,
    find_type: FindType,
    stack: Document,
    current: Document,
    resources: Mapping[str, Document],
    target: EvaluatedStack,
    tags: Sequence[Mapping[str, str]],
    nested: LookIntoNested,
) -> Plan:
    """Plan the update of a stack with a `current` template and `resources` to what `target` says."""
    there = {name: each for name, each in resources.items() if each["ResourceStatus"] not in _GONE}
    text = current.get("Processed", current.get("Original"))
    old_template = {} if text is None else read_template(text).section("Resources")
    is_tagged_anew = _tags(stack.get("Tags", ())) != _tags(tags)
    planner = _Planner(there, old_template, target, stack.get("RawParameters", {}), is_tagged_anew=is_tagged_anew)
    unknown: set[str] = set()
    lookup = PlannedLookup(there, unknown)
    changes = []
    for logical_id in _in_order(target):
        declaration = target.evaluation.resources[logical_id]
        resource = there.get(logical_id)
        if resource is None or not resource["PhysicalResourceId"]:
            change: Change | None = planner.addition(logical_id, lookup, nested)
        else:
            resource_type = find_type(declaration.type)
            schema = surroundings.schema_of(declaration.type)
            change = planner.modification(resource, resource_type, schema, lookup, unknown)
            if declaration.type == STACK_TYPE:
                change = planner.nested(resource, change, lookup, nested)
        if change is not None:
            changes.append(change)
            if change.action == "Add" or change.replaces:
                unknown.add(logical_id)
            else:
                planner.updated[logical_id] = change
    changes += [_removal(there[name]) for name in there if name not in target.evaluation.resources]
    is_unfinished = str(stack.get("StackStatus", "")).endswith("_FAILED")
    outputs = shown_outputs(target.evaluation.outputs(lookup))
    is_certain = any(change.is_shown(with_values=True) for change in changes)
    has_effects = is_certain or is_unfinished or is_tagged_anew or _outputs(outputs) != _outputs(stack["Outputs"])
    in_order = sorted(changes, key=lambda change: change.logical_id)
    return Plan(tuple(in_order), has_effects, tuple(outputs))


class _Planner:
    """Compares what is there with what a template says."""

    def __init__(
        self,
        resources: Mapping[str, Document],
        old_template: Mapping[str, Any],
        target: EvaluatedStack,
        old_parameters: Mapping[str, str],
        *,
        is_tagged_anew: bool,
    ) -> None:
        new = target.parameters.raw
        self._old_template = old_template
        self._target = target
        self._changed_parameters = {name for name in new if old_parameters.get(name) != new[name]}
        self._is_tagged_anew = is_tagged_anew
        self._resources = resources
        self._changed_nested: set[str] = set()
        self.updated: dict[str, Change] = {}
        """What is updated in place, or may be."""

    def addition(self, logical_id: str, lookup: PlannedLookup, nested: LookIntoNested) -> Change:
        declaration = self._target.evaluation.resources[logical_id]
        if declaration.type == STACK_TYPE:
            nested.look(logical_id, None, lambda: self._target.evaluation.properties(logical_id, lookup))
        after = self._shown(logical_id, lookup)
        return Change("Add", logical_id, declaration.type, after={"Properties": after})

    def modification(
        self,
        resource: Document,
        resource_type: ResourceType | None,
        schema: Schema | None,
        lookup: PlannedLookup,
        unknown: set[str],
    ) -> Change | None:
        """Return the change of a resource; None when it stays as it is. Raises TemplateError."""
        logical_id = resource["LogicalResourceId"]
        declaration = self._target.evaluation.resources[logical_id]
        if declaration.type != resource["ResourceType"] or resource_type is None:
            raise TemplateError(
                "Update of resource type is not permitted. The new template modifies resource type of the following "
                f"resources: [{logical_id}]"
            )
        old = compared_properties(resource)
        new = self._target.evaluation.properties(logical_id, lookup, dynamic_references=False)
        new = new if schema is None else schema.coerce(new)
        before, after = resource.get("ShownProperties", old), self._shown(logical_id, lookup)
        details: list[Detail] = []
        for leaf in differences(old, new):
            recreation = recreation_of(resource_type, schema, leaf, old, new)
            shown = Leaf(leaf.path, _shown_value(before, leaf, leaf.old), _shown_value(after, leaf, leaf.new))
            details += self._causes(logical_id, shown, recreation, unknown)
        details += self._attribute_details(resource, lookup)
        if self._is_tagged_anew and schema is not None and "Tags" in schema.properties:
            details.append(Detail("DirectModification", "Static", "Tags"))
        known = {(detail.leaf.path[0], detail.causing_entity) for detail in details if detail.leaf is not None}
        for name, reference in self._possible_causes(logical_id):
            if (name, str(reference)) not in known:
                leaf = Leaf((name,), None, None)
                recreation = recreation_of(resource_type, schema, leaf, old, new)
                source = _source(reference)
                details.append(_possible(source, str(reference), leaf, recreation))
        if not details:
            return None
        is_replaced = _replacement(details) == "True"
        return Change(
            "Modify",
            logical_id,
            declaration.type,
            resource["PhysicalResourceId"],
            tuple(details),
            _policy_action(declaration.update_replace_policy, "ReplaceAnd") if is_replaced else None,
            {"Properties": before},
            {"Properties": after},
        )

    def nested(
        self, resource: Document, change: Change | None, lookup: PlannedLookup, nested: LookIntoNested
    ) -> Change | None:
        """Return the change of a nested stack: its template may say something else although its properties do not."""
        logical_id = resource["LogicalResourceId"]
        outlook = nested.look(logical_id, resource, lambda: self._target.evaluation.properties(logical_id, lookup))
        lookup.outputs[logical_id] = None if outlook is None else outlook.outputs
        if outlook is None or not outlook.has_effects:
            return change
        self._changed_nested.add(logical_id)
        automatic = Detail("Automatic", "Dynamic", "Properties")
        if change is not None:
            return replace(change, details=(*change.details, automatic))
        shown = {"Properties": resource.get("ShownProperties", compared_properties(resource))}
        return Change(
            "Modify",
            logical_id,
            STACK_TYPE,
            resource["PhysicalResourceId"],
            (automatic,),
            before=shown,
            after=shown,
        )

    def _shown(self, logical_id: str, lookup: PlannedLookup) -> dict[str, Any]:
        shown = self._target.shown_properties(logical_id, lookup)
        if shown is not None:
            return shown
        return self._target.evaluation.properties(logical_id, lookup, dynamic_references=False)

    def _causes(self, logical_id: str, leaf: Leaf, recreation: str, unknown: set[str]) -> list[Detail]:
        name = leaf.path[0]
        old_raw, new_raw = (properties.get(name) for properties in self._raw_properties(logical_id))
        direct = Detail("DirectModification", "Static", "Properties", None, leaf, recreation)
        if old_raw != new_raw:
            return [direct]
        found = [cause for reference in references_in(new_raw) if (cause := self._cause(reference, unknown))]
        if not found:
            return [direct]
        details = [
            Detail(source, "Static", "Properties", str(reference), leaf, recreation) for source, reference in found
        ]
        is_parameter = found[0][0] == _PARAMETER
        dynamic = Detail("DirectModification", "Dynamic", "Properties", None, leaf, recreation, not is_parameter)
        unique = [detail for index, detail in enumerate(details) if detail not in details[:index]]
        return [*unique, dynamic]

    def _cause(self, reference: Reference, unknown: set[str]) -> tuple[str, Reference] | None:
        if reference.name in self._changed_parameters:
            return _PARAMETER, reference
        if reference.name in unknown or (reference.name in self._changed_nested and reference.attribute is not None):
            return _source(reference), reference
        return None

    def _possible_causes(self, logical_id: str) -> list[tuple[str, Reference]]:
        """Return the properties that may change although their text does not, with what they name.

        Any update in place may change any attribute. Who asks for property values is not told.
        """
        old, new = self._raw_properties(logical_id)
        same = [name for name in new if name in old and old[name] == new[name]]
        named = [(name, reference) for name in same for reference in references_in(new[name])]
        return [pair for pair in dict.fromkeys(named) if self._may_change(pair[1])]

    def _may_change(self, reference: Reference) -> bool:
        change = self.updated.get(reference.name)
        if change is None or not any(detail.attribute in _OF_PROPERTIES for detail in change.details):
            return False
        return reference.attribute is not None or _replacement(change.details) == "Conditional"

    def _raw_properties(self, logical_id: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the properties as the old and the new template have them."""
        old = self._old_template.get(logical_id, {}).get("Properties") or {}
        return old, self._target.evaluation.resources[logical_id].raw.get("Properties") or {}

    def _attribute_details(self, resource: Document, lookup: PlannedLookup) -> list[Detail]:
        logical_id = resource["LogicalResourceId"]
        old = self._old_template.get(logical_id, {})
        new = self._target.evaluation.resources[logical_id].raw
        changed = [name for name in _ATTRIBUTES if old.get(name) != new.get(name)]
        details = [Detail("DirectModification", "Static", name) for name in changed]
        if "Metadata" not in changed and _known(self._target.metadata(logical_id, lookup)) != resource.get("Metadata"):
            details += self._metadata_causes(new.get("Metadata"))
        return details

    def _metadata_causes(self, raw: Json) -> list[Detail]:
        """Return why Metadata that a template says as before is something else."""
        names = dict.fromkeys(reference.name for reference in references_in(raw))
        causes = [Detail(_PARAMETER, "Static", "Metadata", name) for name in names if name in self._changed_parameters]
        return [*causes, Detail("DirectModification", "Dynamic" if causes else "Static", "Metadata")]


def _in_order(target: EvaluatedStack) -> list[str]:
    """Return the resources, each after those that it needs."""
    names = target.evaluation.resources
    needs = {name: [need for need in target.evaluation.dependencies.get(name, ()) if need in names] for name in names}
    return list(TopologicalSorter(needs).static_order())


def _removal(resource: Document) -> Change:
    return Change(
        "Remove",
        resource["LogicalResourceId"],
        resource["ResourceType"],
        resource["PhysicalResourceId"],
        policy_action=_policy_action(resource.get("DeletionPolicy", "Delete"), ""),
        before={"Properties": resource.get("ShownProperties", compared_properties(resource))},
    )


def _shown_value(shown: Any, leaf: Leaf, value: Any) -> Any:
    """Return a value as it is shown, without what NoEcho parameters hide; None when there is none."""
    if value is None:
        return None
    for part in leaf.path:
        if isinstance(shown, Mapping) and part in shown:
            shown = shown[part]
        elif isinstance(shown, list) and part.isdecimal() and int(part) < len(shown):
            shown = shown[int(part)]
        else:
            return shown if isinstance(shown, str) else value
    return shown


def _source(reference: Reference) -> str:
    return "ResourceReference" if reference.attribute is None else "ResourceAttribute"


def _possible(source: str, causing_entity: str, leaf: Leaf, recreation: str) -> Detail:
    """Return what may change when its cause was updated."""
    return Detail(source, "Dynamic", "Properties", causing_entity, leaf, recreation, is_without_values_only=True)


def _replacement(details: Sequence[Detail]) -> str:
    """Return the Replacement of a change: what needs another resource only perhaps makes it Conditional."""
    if any(detail.recreation == "Always" and not detail.is_without_values_only for detail in details):
        return "True"
    return "Conditional" if any(detail.recreation != "Never" for detail in details) else "False"


def _policy_action(policy: str, prefix: str) -> str:
    kept = "Retain" if policy.startswith("Retain") else policy
    return f"{prefix}{kept}"


def _values(leaf: Leaf) -> dict[str, Any]:
    kind = "Add" if leaf.old is None else "Remove" if leaf.new is None else "Modify"
    values: dict[str, Any] = {"Path": f"/Properties/{'/'.join(leaf.path)}", "AttributeChangeType": kind}
    if leaf.old is not None:
        values["BeforeValue"] = _text(leaf.old)
    if leaf.new is not None:
        values["AfterValue"] = _text(leaf.new)
    return values


def _context(properties: Mapping[str, Any] | None) -> str | None:
    return None if properties is None else json.dumps(_known(properties), separators=(",", ":"))


def _text(value: Json) -> str:
    return (
        value if isinstance(value, str) else json.dumps(_known(value)) if isinstance(value, dict | list) else str(value)
    )


def _known(value: Json) -> Json:
    """Return a value with the text of UNKNOWN in its place."""
    if isinstance(value, dict):
        return {name: _known(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_known(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _tags(tags: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _outputs(outputs: Sequence[Mapping[str, Any]]) -> list[Json]:
    return sorted(json.dumps(_known(dict(output)), sort_keys=True) for output in outputs)
