"""The transforms of a template, in the order in which AWS runs them."""

from gatewright.stacks.template.types import Environment, ParameterValues, Seams, Template


def expand(template: Template, parameters: ParameterValues, environment: Environment, seams: Seams) -> Template:
    """Return the processed template, or the template itself when it has no transforms. Raises TransformError.

    The text of a processed template is JSON: what GetTemplate answers for the stage Processed.
    """
    raise NotImplementedError(template, parameters, environment, seams)
