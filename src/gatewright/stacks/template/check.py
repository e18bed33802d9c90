"""What CreateStack and CreateChangeSet refuse before there is a stack."""

from gatewright.stacks.template.types import ParameterValues, Template


def check(template: Template, parameters: ParameterValues) -> None:
    """Refuse names that lead nowhere, cycles, failed rules, functions that do not exist and what is over a limit.

    Takes an expanded template. Raises TemplateError.
    """
    raise NotImplementedError(template, parameters)
