"""AWS::LanguageExtensions: Fn::ForEach, Fn::Length, Fn::ToJsonString, defaults of Fn::FindInMap, functions as names.

Loops are unrolled here. The other functions are worked out here where they depend on parameters only, as AWS does (a
changed parameter makes another processed template); what depends on resources stays, and `evaluate` has it.

Sources: AWS CloudFormation Template Reference Guide, "AWS::LanguageExtensions transform" and "Fn::ForEach"; the form of
the messages: aws-cloudformation/cfn-language-discussion, issues 147 and 156 ("… layout is incorrect").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from gatewright.stacks.template.conditions import Conditions
from gatewright.stacks.template.errors import TemplateError, TransformError
from gatewright.stacks.template.functions import EXTENSIONS, function_of
from gatewright.stacks.template.intrinsics import NO_VALUE, NamesResource, Scope, evaluate
from gatewright.stacks.template.scalars import text_of
from gatewright.stacks.template.types import Json, JsonObject

NAME = "AWS::LanguageExtensions"
LOOP = "Fn::ForEach::"
MOST_NODES = 200_000
"""Values that loops may make: many times what a template of a megabyte has."""
MOST_CHARACTERS = 10_000_000

_LOOP_SECTIONS = ("Conditions", "Resources", "Outputs")
_NOT_ALPHANUMERIC = re.compile(r"[^a-zA-Z0-9]")


def transform(document: JsonObject, scope: Scope) -> JsonObject:
    """Return a template without the language's extensions. Raises TransformError."""
    loops = _Loops(scope)
    try:
        document = _with_section(document, "Conditions", loops, scope)
        conditions = Conditions()
        scope = replace(scope, mappings=document.get("Mappings", {}), is_met=conditions.is_met)
        loops.scope = scope
        conditions.evaluate(document.get("Conditions", {}), scope)
        for section in ("Resources", "Outputs"):
            document = _with_section(document, section, loops, scope)
    except TransformError:
        raise
    except TemplateError as error:
        raise failed(error.message) from None
    return document


def failed(reason: str) -> TransformError:
    """Return the error of this transform."""
    return TransformError(f"Transform {NAME} failed with: {reason}")


def _with_section(document: JsonObject, section: str, loops: "_Loops", scope: Scope) -> JsonObject:
    if not isinstance(document.get(section), dict):
        return document
    return document | {section: _resolved(loops.unroll(document[section]), scope)}


def extensions_in(value: Json) -> Iterator[str]:
    """Yield the names of extensions that a value uses."""
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict):
            for name, argument in item.items():
                if name in EXTENSIONS or name.startswith(LOOP):
                    yield name
                elif name == "Fn::FindInMap" and isinstance(argument, list) and len(argument) == 4:
                    yield "DefaultValue"
                stack.append(argument)


@dataclass(slots=True)
class _Loops:
    """Unrolls loops. What they make is counted, since three loops in each other can ask for millions of resources."""

    scope: Scope
    nodes: int = MOST_NODES
    characters: int = MOST_CHARACTERS

    def unroll(self, value: Json) -> Json:
        """Return a value with the loops in it unrolled. Raises TransformError."""
        if isinstance(value, list):
            return [self.unroll(item) for item in value]
        if not isinstance(value, dict):
            return value
        members: JsonObject = {}
        for name, item in value.items():
            for key, member in self._loop(item) if name.startswith(LOOP) else [(name, self.unroll(item))]:
                if key in members:
                    raise failed(f"Duplicate key {key} in {name}")
                members[key] = member
        return members

    def _loop(self, loop: Json) -> Iterator[tuple[str, Json]]:
        if not isinstance(loop, list) or len(loop) != 3:
            raise failed("Fn::ForEach layout is incorrect")
        identifier, collection, fragment = loop
        if not isinstance(identifier, str) or not identifier.isalnum() or not isinstance(fragment, dict):
            raise failed("Fn::ForEach layout is incorrect")
        if identifier in self.scope.parameters:
            raise failed(f"Fn::ForEach cannot use the name of a parameter as its identifier: {identifier}")
        for text in self._collection(collection):
            unrolled: JsonObject = self.unroll(self._replaced(fragment, identifier, text))
            yield from unrolled.items()

    def _collection(self, collection: Json) -> list[str]:
        items = evaluate(collection, self.scope)
        texts = [text_of(item) for item in items] if isinstance(items, list) else [None]
        known = [text for text in texts if text is not None]
        if len(known) < len(texts):
            raise failed("Fn::ForEach layout is incorrect: its collection must be a list of strings")
        return known

    def _replaced(self, value: Json, identifier: str, text: str) -> Json:
        self.nodes -= 1
        if self.nodes < 0:
            raise failed(f"Fn::ForEach makes more than {MOST_NODES} values")
        if isinstance(value, str):
            return self._replaced_text(value, identifier, text)
        if isinstance(value, list):
            return [self._replaced(item, identifier, text) for item in value]
        if not isinstance(value, dict):
            return value
        if value == {"Ref": identifier}:
            return text
        members = {}
        for name, item in value.items():
            key = self._replaced_text(name, identifier, text)
            if key in members:
                raise failed(f"Duplicate key {key}")
            members[key] = self._replaced(item, identifier, text)
        return members

    def _replaced_text(self, value: str, identifier: str, text: str) -> str:
        if identifier not in value:
            return value
        whole, letters = f"${{{identifier}}}", f"&{{{identifier}}}"
        self.characters -= len(value) + (value.count(whole) + value.count(letters)) * len(text)
        if self.characters < 0:
            raise failed(f"Fn::ForEach makes more than {MOST_CHARACTERS} characters")
        return value.replace(whole, text).replace(letters, _NOT_ALPHANUMERIC.sub("", text))


def _resolved(value: Json, scope: Scope) -> Json:
    """Return a value with what only extensions allow worked out, where it depends on no resource."""
    if isinstance(value, list):
        return [_resolved(item, scope) for item in value]
    if not isinstance(value, dict):
        return value
    call = function_of(value)
    if call is None:
        return {name: _resolved(item, scope) for name, item in value.items()}
    name, argument = call
    argument = _resolved(argument, scope)
    if name == "Ref" and not isinstance(argument, str):
        return {name: _name(argument, scope)}
    if name == "Fn::GetAtt" and isinstance(argument, list):
        return {name: [_name(item, scope) for item in argument]}
    if name in EXTENSIONS or (name == "Fn::FindInMap" and isinstance(argument, list)):
        try:
            found = evaluate({name: argument}, scope)
        except NamesResource:
            return {name: argument}
        return {"Ref": "AWS::NoValue"} if found is NO_VALUE else found
    return {name: argument}


def _name(value: Json, scope: Scope) -> str:
    text = text_of(evaluate(value, scope))
    if text is None:
        raise failed("Ref and Fn::GetAtt layout is incorrect")
    return text
