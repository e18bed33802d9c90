"""Template text, YAML or JSON, into a document in long form."""

from gatewright.stacks.template.errors import TemplateError
from gatewright.stacks.template.json_text import check_depth, read_json
from gatewright.stacks.template.structure import check_structure
from gatewright.stacks.template.types import Json, JsonObject, Template
from gatewright.stacks.template.yaml_text import read_yaml, split_attribute

LARGEST_BYTES = 1_000_000
"""A template that comes from S3, and one that transforms made: "Understand CloudFormation quotas"."""


def read_template(text: str) -> Template:
    """Read a template and check its structure. Raises TemplateError.

    The sections of a template that transforms have yet to work on are checked by `expand`, as transforms may need
    anything.
    """
    if len(text.encode(errors="surrogatepass")) > LARGEST_BYTES:
        raise TemplateError(f"Template may not exceed {LARGEST_BYTES} bytes in size.")
    document = read_document(text)
    if not isinstance(document, dict):
        raise TemplateError("Template format error: unsupported structure.")
    return finish(text, document)


def finish(text: str, document: JsonObject) -> Template:
    """Return the template that a text and what was read of it are. Raises TemplateError."""
    _refuse_nulls(document, "")
    _split_attributes(document)
    check_depth(document)
    check_structure(document)
    return Template(text, document)


def read_document(text: str, *, aliases: bool = False) -> Json:
    """Return what a text of JSON or YAML says, in long form. Raises TemplateError.

    `aliases` allows aliases and merges of YAML: included files may have them, templates may not.
    """
    return read_json(text) if text.lstrip().startswith("{") else read_yaml(text, aliases=aliases)


def _refuse_nulls(value: Json, path: str) -> None:
    """Raise TemplateError for null, wherever it stands; recorded in localstack's test_validations.snapshot.json."""
    if value is None:
        raise TemplateError(f"[{path}] 'null' values are not allowed in templates")
    if isinstance(value, dict):
        for key, item in value.items():
            _refuse_nulls(item, f"{path}/{key}")
    elif isinstance(value, list):
        for position, item in enumerate(value):
            _refuse_nulls(item, f"{path}/{position}")


def _split_attributes(value: Json) -> None:
    """Give Fn::GetAtt its two arguments where YAML has them as one text."""
    if isinstance(value, list):
        for item in value:
            _split_attributes(item)
    elif isinstance(value, dict):
        attribute = value.get("Fn::GetAtt")
        if len(value) == 1 and isinstance(attribute, str):
            value["Fn::GetAtt"] = split_attribute(attribute)
        for item in value.values():
            _split_attributes(item)
