"""The parameters of a template: what is declared, and the values of a stack."""

from collections.abc import Collection, Mapping

from gatewright.stacks.template.types import JsonObject, ParameterDeclaration, ParameterValues, Seams


def declared_parameters(document: JsonObject) -> list[ParameterDeclaration]:
    """Return the parameters that a template declares. Raises TemplateError."""
    raise NotImplementedError(document)


def resolve_parameters(
    document: JsonObject,
    given: Mapping[str, str],
    previous: Mapping[str, str],
    use_previous: Collection[str],
    seams: Seams,
) -> ParameterValues:
    """Return the values of a stack's parameters.

    `given` has the values of the call, `use_previous` the keys that it gives with UsePreviousValue, `previous` the
    `raw` values of the stack as it is. Raises TemplateError for values that are missing, too many or refused by a
    constraint.
    """
    raise NotImplementedError(document, given, previous, use_previous, seams)
