"""Macros of an account: what AWS::CloudFormation::Macro makes, and what templates that name one become.

Sources: "Create a CloudFormation macro definition", "AWS::CloudFormation::Macro" (AWS CloudFormation User Guide,
Template Reference Guide); what functions are asked, and what is said of those that fail, as recorded of AWS
(localstack, test_template_engine.snapshot.json, TestMacros). What is said of a function that cannot be invoked is ours.
"""

import json
import logging
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.execution.places import MACRO, Place
from gatewright.stacks.execution.surroundings import Surroundings
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.template import MacroError, TransformError
from gatewright.stacks.template.types import Json, JsonObject
from gatewright.store.types import Document

_log = logging.getLogger(__name__)

MACRO_TYPE: Final = "AWS::CloudFormation::Macro"


class AccountMacros:
    """Calls the macros of one account and region."""

    def __init__(self, surroundings: Surroundings, place: Place) -> None:
        self._surroundings = surroundings
        self._place = place

    def call(self, name: str, fragment: Json, parameters: JsonObject, values: JsonObject) -> Json:
        """Return what a macro makes of a part of a template. Raises TransformError, MacroError."""
        short = name.removeprefix(f"{self._place.account_id}::")
        known_as = f"{self._place.account_id}::{short}"
        with self._surroundings.store.read() as reader:
            macro = reader.get(self._place.key(MACRO, short))
        if macro is None:
            raise TransformError(f"No transform named {known_as} found.")
        request_id = str(self._surroundings.ids.uuid())
        request: JsonObject = {
            "accountId": self._place.account_id,
            "fragment": fragment,
            "transformId": known_as,
            "requestId": request_id,
            "region": self._place.region,
            "params": parameters,
            "templateParameterValues": values,
        }
        return _fragment_of(self._ask(macro, known_as, request), known_as, request_id)

    def _ask(self, macro: Document, known_as: str, request: JsonObject) -> Any:
        """Return what the function answers; None when that is no JSON, or when it failed."""
        self._surroundings.catch_up()
        invocation = {"FunctionName": macro["FunctionName"], "Payload": json.dumps(request).encode()}
        try:
            answer = self._surroundings.services(self._place).call("lambda", "Invoke", invocation)
        except AwsError as error:
            _log.info("the macro %s cannot be called: %s", known_as, error.message)
            raise MacroError(f"Failed to execute transform {known_as}") from error
        if answer.get("FunctionError"):
            return None
        payload = answer.get("Payload") or b""
        try:
            return json.loads(payload if isinstance(payload, bytes | str) else payload.read())
        except ValueError:
            return None


def _fragment_of(answer: Any, known_as: str, request_id: str) -> Json:
    if not isinstance(answer, dict) or answer.get("requestId") != request_id or "fragment" not in answer:
        raise MacroError(f"Received malformed response from transform {known_as}")
    if str(answer.get("status")).lower() == "success":
        fragment: Json = answer["fragment"]
        return fragment
    message = answer.get("errorMessage")
    if message:
        raise MacroError(f"Transform {known_as} failed with: {message}")
    raise MacroError(f"Transform {known_as} failed without an error message.")


def macro_type(surroundings: Surroundings) -> ResourceType:
    """Return the type of macros: a name that templates call a function by."""

    def create(call: Call, properties: Properties) -> Resource:
        with surroundings.store.write() as writer:
            key = _place(call).key(MACRO, properties["Name"])
            there = writer.get(key)
            if there is not None and not _is_of(there, call):
                raise AwsError("AlreadyExists", f"Macro {properties['Name']} already exists")
            writer.put(key, {**properties, "StackId": call.stack_id, "LogicalResourceId": call.logical_id})
        return Resource(properties["Name"], {"Id": properties["Name"]})

    def update(call: Call, resource: Resource, old: Properties, new: Properties) -> Resource:
        return create(call, new)

    def delete(call: Call, resource: Resource, properties: Properties) -> None:
        with surroundings.store.write() as writer:
            key = _place(call).key(MACRO, resource.physical_id)
            there = writer.get(key)
            if there is not None and _is_of(there, call):
                writer.delete(key)

    return ResourceType(MACRO_TYPE, create, update, delete)


def _place(call: Call) -> Place:
    return Place(call.account_id, call.region, call.partition)


def _is_of(macro: Document, call: Call) -> bool:
    return bool(macro["StackId"] == call.stack_id and macro["LogicalResourceId"] == call.logical_id)
