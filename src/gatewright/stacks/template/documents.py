"""Template text, YAML or JSON, into a document in long form."""

from gatewright.stacks.template.types import Template


def read_template(text: str) -> Template:
    """Read a template and check its structure. Raises TemplateError."""
    raise NotImplementedError(text)
