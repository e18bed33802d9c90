"""Templates of stacks that are there, read again from their documents and evaluated."""

import dataclasses
import json
from typing import Any

from gatewright.stacks.execution.journal import StackGone
from gatewright.stacks.execution.lookups import HIDDEN
from gatewright.stacks.execution.places import TEMPLATE, Place
from gatewright.stacks.execution.seams import StackSeams
from gatewright.stacks.execution.surroundings import Surroundings
from gatewright.stacks.template import (
    Environment,
    Evaluation,
    Lookup,
    ParameterValues,
    Template,
    read_template,
    resolve_parameters,
)
from gatewright.stacks.template.types import Json
from gatewright.store.types import Document, Reader


class EvaluatedStack:
    """What the template of a stack says: its evaluation, and the same with NoEcho parameters hidden, for events."""

    def __init__(
        self, template: Template, parameters: ParameterValues, environment: Environment, seams: StackSeams
    ) -> None:
        """Raises TemplateError."""
        self.template = template
        self.parameters = parameters
        self.environment = environment
        self.seams = seams
        self.evaluation = Evaluation(template, parameters, environment, seams)
        hidden = _hidden(parameters)
        self._shown = None if hidden is None else Evaluation(template, hidden, environment, seams)

    def shown_properties(self, logical_id: str, lookup: Lookup, *, is_hiding: bool = False) -> dict[str, Any] | None:
        """Return the properties that events show, None when they are those that are compared.

        `is_hiding` says that the lookup gives other values than those that resources are made of.
        """
        if self._shown is None and not is_hiding:
            return None
        return (self._shown or self.evaluation).properties(logical_id, lookup, dynamic_references=False)

    def metadata(self, logical_id: str, lookup: Lookup) -> Json:
        """Return the Metadata attribute of a resource, evaluated."""
        return self.evaluation.evaluate(self.evaluation.resources[logical_id].metadata or {}, lookup)


def environment_of(place: Place, stack: Document) -> Environment:
    """Return what pseudo parameters say in a stack."""
    return Environment(
        account_id=place.account_id,
        region=place.region,
        partition=place.partition,
        url_suffix=place.url_suffix,
        stack_name=stack["StackName"],
        stack_id=stack["StackId"],
        notification_arns=tuple(stack.get("NotificationARNs", ())),
    )


def template_document(original: str, processed: Template | None) -> Document:
    """Return the document of a template; `processed` is None when it has no transforms."""
    document: Document = {"Original": original}
    if processed is not None:
        document["Processed"] = json.dumps(processed.document)
    return document


def load_template(reader: Reader, place: Place, uuid: str, stage: str) -> Document:
    """Return the document of a template of a stack: `current` or `previous`. Raises `StackGone`."""
    document = reader.get(place.key(TEMPLATE, f"{uuid}/{stage}"))
    if document is None:
        raise StackGone(f"{uuid}/{stage}")
    return document


def evaluate_stack(
    surroundings: Surroundings, place: Place, stack: Document, document: Document, raw: dict[str, str]
) -> EvaluatedStack:
    """Evaluate a template that was expanded before, with the `raw` values of its parameters. Raises TemplateError."""
    text: str = document["Processed"] if "Processed" in document else document["Original"]
    template = read_template(text)
    seams = StackSeams(surroundings.store, place, surroundings.services(place))
    declared = template.section("Parameters")
    given = {key: value for key, value in raw.items() if key in declared}
    parameters = resolve_parameters(template.document, given, {}, (), seams)
    return EvaluatedStack(template, parameters, environment_of(place, stack), seams)


def _hidden(parameters: ParameterValues) -> ParameterValues | None:
    """Return the parameters with the values of NoEcho ones hidden; None when there are none."""
    if not any(entry.declaration.no_echo for entry in parameters.entries.values()):
        return None
    entries = {
        key: dataclasses.replace(entry, value=HIDDEN) if entry.declaration.no_echo else entry
        for key, entry in parameters.entries.items()
    }
    return ParameterValues(entries)
