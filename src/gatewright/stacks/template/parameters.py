"""The parameters of a template: what is declared, and the values of a stack.

Messages: recorded by localstack (tests/aws/services/cloudformation/test_template_engine.snapshot.json: an SSM type
without a value; a parameter of an unknown type is in aws-samples/ecs-refarch-cloudformation, pull request 63);
constraints as in "CloudFormation template Parameters syntax" and in issues that cite them.
"""

from collections.abc import Collection, Iterable, Mapping

from gatewright.languages.java_patterns import compile_java
from gatewright.languages.patterns import PatternError, PatternTimeout, SearchTime
from gatewright.stacks.template.errors import TemplateError
from gatewright.stacks.template.parameter_types import ParameterType, is_number, parse_type
from gatewright.stacks.template.scalars import split_version, text_of
from gatewright.stacks.template.types import (
    Json,
    JsonObject,
    ParameterDeclaration,
    ParameterValue,
    ParameterValues,
    Seams,
)

_MEMBERS = frozenset(
    {
        "AllowedPattern",
        "AllowedValues",
        "ConstraintDescription",
        "Default",
        "Description",
        "MaxLength",
        "MaxValue",
        "MinLength",
        "MinValue",
        "NoEcho",
        "Type",
    }
)


def declared_parameters(document: JsonObject) -> list[ParameterDeclaration]:
    """Return the parameters that a template declares. Raises TemplateError."""
    parameters = document.get("Parameters", {})
    if not isinstance(parameters, dict):
        raise TemplateError("Template format error: Parameters section must be an object.")
    return [_declaration(key, members) for key, members in parameters.items()]


def _declaration(key: str, members: Json) -> ParameterDeclaration:
    if not isinstance(members, dict):
        raise TemplateError("Template format error: Any Parameters member must be an object.")
    for member in members:
        if member not in _MEMBERS:
            raise TemplateError(f"Invalid template parameter property '{member}'")
    type_name = members.get("Type")
    if not isinstance(type_name, str):
        raise TemplateError("Template format error: Every Parameters object must contain a Type member.")
    if parse_type(type_name) is None:
        raise TemplateError(f"Template format error: Unrecognized parameter type: {type_name}")
    allowed = members.get("AllowedValues", [])
    if not isinstance(allowed, list):
        raise TemplateError("Template format error: Every AllowedValues member must be a list.")

    def text(member: str, value: Json) -> str:
        found = text_of(value)
        if found is None:
            raise TemplateError(f"Template format error: Every {member} member must be a string.")
        return found

    def optional(member: str) -> str | None:
        return text(member, members[member]) if member in members else None

    return ParameterDeclaration(
        key=key,
        type=type_name,
        default=optional("Default"),
        no_echo=(optional("NoEcho") or "false").lower() == "true",
        description=optional("Description"),
        allowed_values=tuple(text("AllowedValues", value) for value in allowed),
        allowed_pattern=optional("AllowedPattern"),
        constraint_description=optional("ConstraintDescription"),
        min_length=optional("MinLength"),
        max_length=optional("MaxLength"),
        min_value=optional("MinValue"),
        max_value=optional("MaxValue"),
    )


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
    declarations = {declaration.key: declaration for declaration in declared_parameters(document)}
    unknown = [key for key in (*given, *use_previous) if key not in declarations]
    if unknown:
        raise TemplateError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    for key in use_previous:
        if key not in previous and key not in given:
            raise TemplateError(
                f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true for a parameter key "
                "not in the previous template"
            )
    raw = {key: previous[key] for key in use_previous if key in previous} | dict(given)
    for key, declaration in declarations.items():
        if key not in raw and declaration.default is not None:
            raw[key] = declaration.default
    _refuse_missing([declaration for key, declaration in declarations.items() if key not in raw])
    left = SearchTime()
    return ParameterValues(
        {key: _value(declaration, raw[key], seams, left) for key, declaration in declarations.items()}
    )


def _refuse_missing(missing: list[ParameterDeclaration]) -> None:
    for declaration in missing:
        if type_of(declaration).is_ssm_value:
            raise TemplateError(f"Parameter {declaration.key} should either have input value or default value")
    if missing:
        raise TemplateError(f"Parameters: [{', '.join(declaration.key for declaration in missing)}] must have values")


def type_of(declaration: ParameterDeclaration) -> ParameterType:
    """Return the type of a declared parameter, taken apart."""
    found = parse_type(declaration.type)
    if found is None:
        raise TemplateError(f"Template format error: Unrecognized parameter type: {declaration.type}")
    return found


def _value(declaration: ParameterDeclaration, raw: str, seams: Seams, left: SearchTime) -> ParameterValue:
    parameter_type = type_of(declaration)
    if parameter_type.is_ssm_value:
        # Constraints of an SSM type are about the name of the SSM parameter: "CloudFormation-supplied parameter types".
        _check_constraints(declaration, [raw], left)
        resolved = _ssm_value(raw, seams)
        return ParameterValue(declaration, raw, parameter_type.read(resolved), resolved)
    value = parameter_type.read(raw)
    items = [value] if isinstance(value, str) else value
    if parameter_type.member == "Number" and not all(is_number(item) for item in items):
        raise TemplateError(_failed(declaration, "must be a number"))
    _check_constraints(declaration, items, left)
    return ParameterValue(declaration, raw, value)


def _ssm_value(raw: str, seams: Seams) -> str:
    name, version = split_version(raw)
    found = seams.ssm_parameter(name, version, with_decryption=False)
    if found is None:
        raise TemplateError(f"Unable to fetch parameters [{raw}] from parameter store for this account.")
    return found[0]


def _failed(declaration: ParameterDeclaration, constraint: str) -> str:
    if declaration.constraint_description:
        return f"Parameter '{declaration.key}' failed to satisfy constraint: {declaration.constraint_description}"
    return f"Parameter '{declaration.key}' {constraint}"


def _check_constraints(declaration: ParameterDeclaration, items: Iterable[str], left: SearchTime) -> None:
    for item in items:
        failed = _failed_constraint(declaration, item, left)
        if failed:
            raise TemplateError(_failed(declaration, failed))


def _failed_constraint(declaration: ParameterDeclaration, text: str, left: SearchTime) -> str | None:
    if declaration.allowed_values and text not in declaration.allowed_values:
        return "must be one of AllowedValues"
    if declaration.allowed_pattern is not None and not _is_match(declaration, text, left):
        return f"must match pattern {declaration.allowed_pattern}"
    if len(text) < _limit(declaration, declaration.min_length, 0):
        return f"must contain at least {declaration.min_length} characters"
    if len(text) > _limit(declaration, declaration.max_length, len(text)):
        return f"must contain at most {declaration.max_length} characters"
    if declaration.min_value is not None and _number(text) < _limit(declaration, declaration.min_value, 0):
        return f"must be a number not less than {declaration.min_value}"
    if declaration.max_value is not None and _number(text) > _limit(declaration, declaration.max_value, 0):
        return f"must be a number not greater than {declaration.max_value}"
    return None


def _limit(declaration: ParameterDeclaration, limit: str | None, absent: float) -> float:
    if limit is None:
        return absent
    if not is_number(limit):
        raise TemplateError(f"Template format error: a limit of parameter {declaration.key} is no number: {limit}")
    return float(limit)


def _number(text: str) -> float:
    return float(text) if is_number(text) else float("nan")


def _is_match(declaration: ParameterDeclaration, text: str, left: SearchTime) -> bool:
    try:
        return compile_java(declaration.allowed_pattern or "").is_match(text, left)
    except PatternError:
        raise TemplateError(
            f"Template format error: AllowedPattern of parameter {declaration.key} is no regular expression: "
            f"{declaration.allowed_pattern}"
        ) from None
    except PatternTimeout:
        raise TemplateError(
            f"Parameter '{declaration.key}': matching its AllowedPattern takes too long: {declaration.allowed_pattern}"
        ) from None
