"""API Gateway's mapping templates: the Velocity Template Language of Velocity 1.7, compiled to Python.

`compile_template(text).render(variables)`. Source: "Mapping template reference for REST APIs in API Gateway"; the
language is what Apache Velocity 1.7 makes of a text, held by a differential test.
"""

from gatewright.languages.vtl.errors import TemplateError, TemplateFault, TemplateLimitFault
from gatewright.languages.vtl.limits import Dialect, Limits
from gatewright.languages.vtl.template import DEFAULT_LIMITS, TEMPLATE_BYTES, Template, compile_template
from gatewright.languages.vtl.values import MISSING, HostObject

__all__ = [
    "DEFAULT_LIMITS",
    "MISSING",
    "TEMPLATE_BYTES",
    "Dialect",
    "HostObject",
    "Limits",
    "Template",
    "TemplateError",
    "TemplateFault",
    "TemplateLimitFault",
    "compile_template",
]
