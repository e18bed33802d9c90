"""Mapping templates: compiled once, rendered for each call."""

from collections.abc import Mapping
from typing import Final

import regex

from gatewright.languages.vtl.contexts import Halt
from gatewright.languages.vtl.directives import Mentioned
from gatewright.languages.vtl.errors import TemplateError, TemplateFault, TemplateLimitFault
from gatewright.languages.vtl.limits import Dialect, Limits
from gatewright.languages.vtl.parser import Parser
from gatewright.languages.vtl.run import Run
from gatewright.languages.vtl.statements import CompiledUnit, Compiler

DEFAULT_LIMITS: Final = Limits()
# "Mapping template size": 300 KB, "Amazon API Gateway quotas and important notes".
TEMPLATE_BYTES: Final = 300 * 1024
# How many texts of #evaluate a template keeps compiled.
_EVALUATED: Final = 32


def compile_template(
    text: str, *, dialect: Dialect = Dialect.API_GATEWAY, maximum_bytes: int = TEMPLATE_BYTES
) -> "Template":
    """Compile a mapping template; TemplateError when the text is none, or is longer than `maximum_bytes` of UTF-8."""
    if len(text.encode("utf-8", "surrogatepass")) > maximum_bytes:
        raise TemplateError(f"the template is larger than {maximum_bytes} bytes")
    return Template(_compile(text, dialect), dialect)


def _compile(
    text: str, dialect: Dialect, defined: frozenset[str] = frozenset(), is_evaluated: bool = False
) -> CompiledUnit:
    mentioned = Mentioned()
    try:
        block = Parser(text, mentioned, dialect.directives, defined).template()
        return Compiler(dialect, mentioned, is_evaluated).unit(block)
    except RecursionError:
        raise TemplateError("the template nests too deep") from None


class Template:
    """A compiled template; any number of renderings may use it."""

    def __init__(self, unit: CompiledUnit, dialect: Dialect) -> None:
        self._unit = unit
        self._text = unit.text
        self._dialect = dialect
        self._evaluated: dict[tuple[str, frozenset[str]], CompiledUnit] = {}
        self.macros = unit.macros
        self.has_json_lists = dialect.has_json_lists
        self.compiled_patterns: dict[str, regex.Pattern[str]] = {}

    def render(self, variables: Mapping[str, object], limits: Limits = DEFAULT_LIMITS) -> str:
        """Return the output; `variables` keeps its entries, but what its values hold the template may change.

        TemplateFault when a method throws or a limit is exceeded.
        """
        run = Run()
        run.start(self, limits)
        try:
            text = self._text(variables, run) if self._text is not None else self._print(variables, run)
        except RecursionError:
            raise TemplateLimitFault("the template nests too deep") from None
        if len(text) > limits.output_characters:
            raise TemplateLimitFault("the output is too long")
        return text

    def _print(self, variables: Mapping[str, object], run: Run) -> str:
        """Return the output of a template whose variables are in a dict."""
        assert self._unit.main is not None
        output: list[str] = []
        try:
            self._unit.main(dict(variables), run, output)
        except Halt as halt:
            if halt.scope is not None:
                raise TemplateFault("#break: the loop has ended already") from None
        return run.finish(output)

    def evaluate(self, text: str, defined: frozenset[str]) -> CompiledUnit:
        """Return the compiled text of an #evaluate amid macros of these names."""
        key = (text, defined)
        found = self._evaluated.get(key)
        if found is None:
            if len(text) > TEMPLATE_BYTES:
                raise TemplateLimitFault("the text of #evaluate is too long")
            if len(self._evaluated) >= _EVALUATED:
                self._evaluated.clear()
            found = self._evaluated[key] = _compile(text, self._dialect, defined, is_evaluated=True)
        return found
