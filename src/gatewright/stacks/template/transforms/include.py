"""AWS::Include, a part of a template that is an object in S3; and Fn::Transform, which may name macros too.

AWS::Include stands in the Transform section, or as `Fn::Transform` anywhere; what it brings takes its place, beside
the members that are there already. Included content may have short forms, aliases and transforms of its own, which is
more than AWS has in some places. A macro is given the members that stand beside it, and what it makes of them replaces
them.

Sources: AWS CloudFormation Template Reference Guide, "AWS::Include transform" and "Fn::Transform"; messages:
localstack's test_template_engine.snapshot.json (a name that is no string), and issues that cite them.
"""

from dataclasses import dataclass, field

from gatewright.base.errors import AwsError
from gatewright.stacks.template.documents import LARGEST_BYTES, read_document
from gatewright.stacks.template.errors import TemplateError, TransformError
from gatewright.stacks.template.intrinsics import Scope, evaluate
from gatewright.stacks.template.json_text import check_depth
from gatewright.stacks.template.scalars import is_unknown, text_of
from gatewright.stacks.template.types import UNKNOWN, Json, JsonObject, Macros, Seams

NAME = "AWS::Include"
DEEPEST = 10
"""Included parts within included parts."""
MOST = 200
"""Included parts of one template."""


@dataclass(slots=True)
class Includes:
    """Puts included parts into a template, and what macros make of its parts."""

    seams: Seams
    scope: Scope
    macros: Macros
    left: int = MOST
    _read: dict[str, str] = field(default_factory=dict)

    def expand(self, value: Json, depth: int = 0) -> Json:
        """Return a value with all Fn::Transform in it done, the inner ones first. Raises TransformError."""
        if isinstance(value, list):
            return [self.expand(item, depth) for item in value]
        if not isinstance(value, dict):
            return value
        members = {name: self.expand(item, depth) for name, item in value.items() if name != "Fn::Transform"}
        if "Fn::Transform" not in value:
            return members
        wanted = value["Fn::Transform"]
        fragment: Json = members
        for transform in wanted if isinstance(wanted, list) else [wanted]:
            name, parameters = named_transform(transform)
            if name == NAME:
                fragment = self._beside(self.content(parameters, depth), fragment)
            else:
                fragment = self.call_macro(name, fragment, parameters)
        return fragment

    def _beside(self, content: Json, fragment: Json) -> Json:
        """Return included content with the members that stand beside it."""
        if isinstance(content, dict) and isinstance(fragment, dict):
            return content | fragment
        if fragment:
            raise _failed("The included content must be an object to stand beside other members.")
        return content

    def call_macro(self, name: str, fragment: Json, parameters: JsonObject) -> Json:
        """Return what a macro of the account makes of a part of the template. Raises TransformError."""
        if name.startswith("AWS::"):
            raise TransformError(f"No transform named {name} found.")
        given = {key: self._parameter(name, key, value) for key, value in parameters.items()}
        made = self.macros.call(name, fragment, given, dict(self.scope.parameters))
        check_depth(made)
        return made

    def _parameter(self, transform: str, key: str, value: Json) -> Json:
        try:
            found = evaluate(value, self.scope)
        except TemplateError:
            found = UNKNOWN
        if is_unknown(found):
            raise TransformError(
                f"The value of parameter {key} under transform {transform} must resolve to a string, number, boolean "
                "or a list of any of these."
            )
        return found

    def content(self, parameters: JsonObject, depth: int = 0) -> Json:
        """Return what the Location of a transform's parameters has. Raises TransformError."""
        location = self._location(parameters)
        self.left -= 1
        if depth >= DEEPEST or self.left < 0:
            raise _failed(f"A template can have {MOST} included parts, and {DEEPEST} of them within each other.")
        text = self._text(location)
        try:
            content = read_document(text, aliases=True)
        except TemplateError:
            raise _failed("The specified S3 object's content should be valid Yaml/JSON") from None
        if content is None:
            raise _failed("The specified S3 object's content should be valid Yaml/JSON")
        check_depth(content)
        return self.expand(content, depth + 1)

    def _location(self, parameters: JsonObject) -> str:
        try:
            location = text_of(evaluate(parameters.get("Location"), self.scope))
        except TemplateError:
            location = None
        if not location:
            raise TransformError(
                "The value of parameter Location under transform Include must resolve to a string, number, boolean or "
                "a list of any of these."
            )
        if not location.startswith(("s3://", "http://", "https://")):
            raise _failed("The location parameter is not a valid S3 uri.")
        return location

    def _text(self, location: str) -> str:
        if location not in self._read:
            try:
                content = self.seams.object(location)
            except AwsError as error:
                raise _failed(error.message) from None
            if len(content) > LARGEST_BYTES:
                raise _failed(f"The specified S3 object may not exceed {LARGEST_BYTES} bytes in size.")
            try:
                self._read[location] = content.decode()
            except UnicodeDecodeError:
                raise _failed("The specified S3 object's content should be valid Yaml/JSON") from None
        return self._read[location]


def named_transform(transform: Json) -> tuple[str, JsonObject]:
    """Return name and parameters of a transform: a text, or Name and Parameters. Raises TransformError."""
    name = transform.get("Name") if isinstance(transform, dict) else transform
    if not isinstance(name, str):
        raise TransformError("Key Name of transform definition must be a string.")
    parameters = transform.get("Parameters", {}) if isinstance(transform, dict) else {}
    if not isinstance(parameters, dict):
        raise TransformError("Key Parameters of transform definition must be a map.")
    return name, parameters


def _failed(reason: str) -> TransformError:
    return TransformError(f"Transform {NAME} failed with: {reason}")
