"""Templates: from their text to the properties of resources.

    read_template       text → Template: YAML or JSON, long form, checked for its structure
    resolve_parameters  what was given → ParameterValues
    expand              AWS::Include, AWS::LanguageExtensions, SAM, macros → Template without transforms
    check               all that CreateStack refuses before there is a stack
    Evaluation          conditions, resources, their order, their properties, outputs

Everything here is pure but for what comes through `Seams` and `Lookup`. What is wrong with a template is a
TemplateError with AWS's text.
"""

from gatewright.stacks.template.check import check, check_names
from gatewright.stacks.template.documents import read_template
from gatewright.stacks.template.errors import MacroError, TemplateError, TransformError
from gatewright.stacks.template.evaluation import Evaluation
from gatewright.stacks.template.expand import expand
from gatewright.stacks.template.parameters import declared_parameters, resolve_parameters
from gatewright.stacks.template.scalars import is_unknown, text_of
from gatewright.stacks.template.summary import summarize
from gatewright.stacks.template.types import (
    UNKNOWN,
    Environment,
    Json,
    JsonObject,
    Lookup,
    Macros,
    Output,
    ParameterDeclaration,
    ParameterValue,
    ParameterValues,
    ResourceDeclaration,
    Seams,
    Template,
    TemplateSummary,
    Unknown,
)

__all__ = [
    "UNKNOWN",
    "Environment",
    "Evaluation",
    "Json",
    "JsonObject",
    "Lookup",
    "MacroError",
    "Macros",
    "Output",
    "ParameterDeclaration",
    "ParameterValue",
    "ParameterValues",
    "ResourceDeclaration",
    "Seams",
    "Template",
    "TemplateError",
    "TemplateSummary",
    "TransformError",
    "Unknown",
    "check",
    "check_names",
    "declared_parameters",
    "expand",
    "is_unknown",
    "read_template",
    "resolve_parameters",
    "summarize",
    "text_of",
]
