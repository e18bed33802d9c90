"""What is compiled of an API's texts, each text once: templates and models come again in each stage, and each change.

Compiling happens when the API is linked, in a worker thread: a large API may take seconds, and no request waits for it.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from gatewright.gateway.rest_apis.body_models import BodyModel
from gatewright.languages.vtl import Template, TemplateError, compile_template
from gatewright.snapshot.types.rest_api import Pairs

K = TypeVar("K")
V = TypeVar("V")

CompiledTemplate = Template | TemplateError
"""A template, or what is wrong with its text: only requests that it is chosen for fail."""


class CompiledTexts:
    """The templates and models of an API. Linking fills it, and takes over what its previous form had."""

    __slots__ = ("_old_models", "_old_templates", "models", "templates")

    def __init__(self, old: "CompiledTexts | None" = None) -> None:
        self.templates: dict[str, CompiledTemplate] = {}
        self.models: dict[tuple[str, Pairs], BodyModel] = {}
        self._old_templates: Mapping[str, CompiledTemplate] = old.templates if old else {}
        self._old_models: Mapping[tuple[str, Pairs], BodyModel] = old.models if old else {}

    def template(self, text: str) -> CompiledTemplate:
        """Return a template."""
        return _kept(self.templates, self._old_templates, text, _compile_template)

    def model(self, schema: str, models: Pairs) -> BodyModel:
        """Return a model, with those that it may refer to. Raises `ValueError`."""
        return _kept(self.models, self._old_models, (schema, models), _compile_model)

    def seal(self) -> None:
        """Let go of what the previous form had and this one has not."""
        self._old_templates, self._old_models = {}, {}


def _kept(kept: dict[K, V], old: Mapping[K, V], key: K, compile_it: Callable[[K], V]) -> V:
    found = kept.get(key)
    if found is None:
        found = old.get(key)
        kept[key] = found = compile_it(key) if found is None else found
    return found


def _compile_template(text: str) -> CompiledTemplate:
    try:
        return compile_template(text)
    except TemplateError as error:
        return error


def _compile_model(named: tuple[str, Pairs]) -> BodyModel:
    return BodyModel(*named)
