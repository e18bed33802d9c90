"""What GetTemplateSummary and ValidateTemplate say of a template."""

from gatewright.stacks.template.types import Template, TemplateSummary


def summarize(template: Template) -> TemplateSummary:
    """Return what a template asks for. Takes the template as it was read, not expanded. Raises TemplateError."""
    raise NotImplementedError(template)
