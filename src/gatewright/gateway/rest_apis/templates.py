"""Mapping templates of one message: compiled when a method is linked, chosen by content type, rendered for a call.

Source: "Mapping templates in REST APIs in API Gateway", "Variables for data transformations for API Gateway".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gatewright.gateway.rest_apis.call import MethodFacts, RestCall
from gatewright.gateway.rest_apis.compiled import CompiledTemplate, CompiledTexts
from gatewright.gateway.rest_apis.errors import INTERNAL_SERVER_ERROR, ErrorKind, RestError
from gatewright.gateway.rest_apis.template_variables import PayloadFault, Reads, reads_of, template_variables
from gatewright.languages.vtl import Limits, TemplateError, TemplateFault, TemplateLimitFault
from gatewright.snapshot.types.rest_api import Pairs

DEFAULT_CONTENT_TYPE = "application/json"
_ANY_CONTENT_TYPE = "$default"
# What may stand in the way of all other requests: two hundredths of a second, and what is counted accordingly.
_AT_ONCE: Final = Limits(
    steps=20_000, output_characters=1 << 20, work_characters=5_000_000, pattern_seconds=0.01, seconds=0.02
)
_ASIDE: Final = Limits()


class MappingTakesLong(Exception):
    """A template that does more than may be done at once: the mapping is to be carried out in a thread."""


@dataclass(frozen=True, slots=True)
class MappingTemplate:
    """One template."""

    template: CompiledTemplate
    reads: Reads
    constant: str | None
    """What it renders for every call, where it asks for nothing."""
    constant_octets: bytes | None
    """The same in UTF-8."""

    def render(self, call: RestCall, body: bytes, fault: ErrorKind) -> str:
        """Return the text for a call; `body` is that of the message that is mapped.

        Raises `RestError`, and `MappingTakesLong` when it is not rendered aside.
        """
        if self.constant is not None:
            return self.constant
        template = self.template
        if isinstance(template, TemplateError):
            raise RestError(INTERNAL_SERVER_ERROR, f"mapping template: {template}")
        try:
            return template.render(template_variables(call, body, self.reads), _ASIDE if call.is_aside else _AT_ONCE)
        except PayloadFault as error:
            raise RestError(fault, str(error), message=str(error) if fault.status < 500 else None) from error
        except TemplateFault as error:
            if isinstance(error, TemplateLimitFault) and not call.is_aside:
                raise MappingTakesLong from error
            if call.log is not None:
                call.log.write(f"Execution failed due to configuration error: Unable to transform request: {error}")
            raise RestError(INTERNAL_SERVER_ERROR, f"mapping template: {error}") from error


@dataclass(frozen=True, slots=True)
class MappingTemplates:
    """The templates of a request or of a response, by content type."""

    by_type: Mapping[str, MappingTemplate]
    only: MappingTemplate | None
    """The one that there is, where no other is: a response's, whatever the client accepts."""

    def __bool__(self) -> bool:
        """Tell whether there is any."""
        return bool(self.by_type)

    def for_request(self, content_type: str | None) -> MappingTemplate | None:
        """Return the template for a request's Content-Type, `application/json` where it has none."""
        if not self.by_type:
            return None
        media_type = DEFAULT_CONTENT_TYPE if content_type is None else content_type.partition(";")[0].strip().lower()
        return self.by_type.get(media_type) or self.by_type.get(_ANY_CONTENT_TYPE)

    def for_response(self, accept: str | None) -> MappingTemplate | None:
        """Return the template for a client's Accept, else that for `application/json`, else the first."""
        if self.only is not None or not self.by_type:
            return self.only
        found = None if accept is None else self.by_type.get(accept.partition(";")[0].strip().lower())
        return found or self.by_type.get(DEFAULT_CONTENT_TYPE) or next(iter(self.by_type.values()))


def link_templates(templates: Pairs, compiled: CompiledTexts, facts: MethodFacts) -> MappingTemplates:
    """Link the templates of a method's message; an empty one is none."""
    linked = {name.lower(): _link(text, compiled, facts) for name, text in templates if text}
    return MappingTemplates(MappingProxyType(linked), next(iter(linked.values())) if len(linked) == 1 else None)


def _link(text: str, compiled: CompiledTexts, facts: MethodFacts) -> MappingTemplate:
    # Without a reference and a directive, a template is the text that it prints.
    constant = text if "$" not in text and "#" not in text else None
    octets = None if constant is None else constant.encode("utf-8", "replace")
    return MappingTemplate(compiled.template(text), reads_of(text, facts), constant, octets)
