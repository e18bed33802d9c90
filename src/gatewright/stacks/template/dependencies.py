"""The graph of a template's resources: what must be there before what.

Messages are recorded by localstack: tests/aws/services/cloudformation/engine/test_references.snapshot.json and
test_conditions.snapshot.json.
"""

from collections.abc import Mapping

from gatewright.stacks.template.errors import TemplateError
from gatewright.stacks.template.functions import PSEUDO_PARAMETERS
from gatewright.stacks.template.references import IsMet, Reference, references_in
from gatewright.stacks.template.types import JsonObject

EVALUATED = ("Properties", "Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy")
"""The members of a resource that may have functions."""


def depends_on(resource: JsonObject) -> list[str]:
    """Return what DependsOn names."""
    named = resource.get("DependsOn", [])
    return [named] if isinstance(named, str) else list(named)


def resource_references(resource: JsonObject, is_met: IsMet | None = None) -> list[Reference]:
    """Return what a resource names in the members that may have functions. Raises TemplateError."""
    return references_in([resource[member] for member in EVALUATED if member in resource], is_met)


def unresolved(references: list[Reference], names: frozenset[str]) -> list[str]:
    """Return the names that are neither pseudo parameters nor among `names`, each once."""
    missing = [item.name for item in references if item.name not in names and item.name not in PSEUDO_PARAMETERS]
    return list(dict.fromkeys(missing))


def resource_graph(
    resources: Mapping[str, JsonObject], is_met: IsMet, parameters: frozenset[str]
) -> dict[str, frozenset[str]]:
    """Return what each resource needs first; `resources` are those whose Condition holds.

    DependsOn may name a resource that the stack does not have, whose condition does not hold; functions may not. Raises
    TemplateError.
    """
    names = parameters | resources.keys()
    graph = {}
    missing: list[str] = []
    for logical_id, resource in resources.items():
        references = resource_references(resource, is_met)
        missing += unresolved(references, names)
        needed = {item.name for item in references} | set(depends_on(resource))
        graph[logical_id] = frozenset(needed & resources.keys())
    if missing:
        raise TemplateError(unresolved_message(missing, "Resources"))
    return graph


def unresolved_message(missing: list[str], section: str) -> str:
    """Return what AWS says of names that lead nowhere."""
    names = ", ".join(dict.fromkeys(missing))
    return f"Template format error: Unresolved resource dependencies [{names}] in the {section} block of the template"


def refuse_cycles(graph: Mapping[str, frozenset[str]]) -> None:
    """Raise TemplateError with the resources that wait for each other, in the template's order."""
    left = _peeled(graph)
    if left:
        backwards: dict[str, set[str]] = {name: set() for name in left}
        for name in left:
            for needed in graph[name] & left:
                backwards[needed].add(name)
        in_cycles = _peeled(backwards)
        named = [name for name in graph if name in in_cycles]
        raise TemplateError(f"Circular dependency between resources: [{', '.join(named)}]")


def _peeled(graph: Mapping[str, frozenset[str] | set[str]]) -> set[str]:
    """Return what is left of a graph when what needs nothing is taken away, again and again."""
    waiting = {name: len(needed & graph.keys()) for name, needed in graph.items()}
    needed_by: dict[str, list[str]] = {name: [] for name in graph}
    for name, needed in graph.items():
        for other in needed & graph.keys():
            needed_by[other].append(name)
    ready = [name for name, count in waiting.items() if count == 0]
    while ready:
        name = ready.pop()
        del waiting[name]
        for other in needed_by[name]:
            waiting[other] -= 1
            if waiting[other] == 0:
                ready.append(other)
    return set(waiting)
