"""The transforms of a template, in the order in which AWS runs them.

Fn::Transform comes first, the innermost before the others; then the Transform section, in its order. That order is
recorded in localstack's tests/aws/services/cloudformation/test_template_engine.snapshot.json
(test_scope_order_and_parameters).

Source: AWS CloudFormation User Guide, "Perform custom processing on CloudFormation templates with template macros".
"""

from gatewright.stacks.template.conditions import Conditions
from gatewright.stacks.template.documents import LARGEST_BYTES, finish
from gatewright.stacks.template.errors import MacroError, TemplateError, TransformError
from gatewright.stacks.template.functions import unsupported
from gatewright.stacks.template.intrinsics import Scope
from gatewright.stacks.template.json_text import write_json
from gatewright.stacks.template.structure import has_transforms
from gatewright.stacks.template.transforms import include, language_extensions, serverless
from gatewright.stacks.template.types import Environment, Json, JsonObject, Macros, ParameterValues, Seams, Template


def declared_transforms(document: JsonObject) -> list[str]:
    """Return the names in the Transform section. Raises TransformError."""
    return [include.named_transform(transform)[0] for transform in _section(document)]


def _section(document: JsonObject) -> list[Json]:
    transforms = document.get("Transform", [])
    return transforms if isinstance(transforms, list) else [transforms]


def expand(
    template: Template, parameters: ParameterValues, environment: Environment, seams: Seams, macros: Macros
) -> Template:
    """Return the processed template, or the template itself when it has no transforms. Raises TransformError.

    The text of a processed template is JSON: what GetTemplate answers for the stage Processed. Extensions of the
    language without their transform are refused with a TemplateError.
    """
    names = declared_transforms(template.document)
    if not has_transforms(template.document):
        _refuse_extensions(template.document)
        return template
    scope = Scope(
        parameters=parameters.values,
        environment=environment,
        mappings=template.section("Mappings"),
        is_met=Conditions().is_met,
        seams=seams,
    )
    includes = include.Includes(seams, scope, macros)
    document = includes.expand({name: item for name, item in template.document.items() if name != "Transform"})
    if language_extensions.NAME not in names:
        _refuse_extensions(document)
    for transform in _section(template.document):
        document = _transformed(document, *include.named_transform(transform), includes, scope)
    text = write_json(document)
    if len(text.encode(errors="surrogatepass")) > LARGEST_BYTES:
        raise TransformError(f"The processed template may not exceed {LARGEST_BYTES} bytes in size.")
    return finish(text, document)


def _transformed(
    document: JsonObject, name: str, parameters: JsonObject, includes: include.Includes, scope: Scope
) -> JsonObject:
    if name == include.NAME:
        content = includes.content(parameters)
        if not isinstance(content, dict):
            raise TransformError(
                f"Transform {include.NAME} failed with: The specified S3 object's content should be valid Yaml/JSON"
            )
        return content | document
    if name == language_extensions.NAME:
        return language_extensions.transform(document, scope)
    if name == serverless.NAME:
        return serverless.transform(document, scope)
    made = includes.call_macro(name, document, parameters)
    if not isinstance(made, dict):
        raise MacroError("Template format error: unsupported structure.")
    return made


def _refuse_extensions(document: JsonObject) -> None:
    for name in language_extensions.extensions_in(
        [document.get(section, {}) for section in ("Conditions", "Resources", "Outputs", "Rules")]
    ):
        raise unsupported(name)
    resources = document.get("Resources", {})
    for resource in resources.values() if isinstance(resources, dict) else ():
        for member in ("DeletionPolicy", "UpdateReplacePolicy"):
            if isinstance(resource, dict) and not isinstance(resource.get(member, ""), str):
                raise TemplateError(f"Template format error: Every {member} member must be a string.")
