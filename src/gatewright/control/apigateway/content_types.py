"""Maps by content type: templates, which a document keeps as they were sent, and models.

Source: requestTemplates, responseTemplates and requestModels in the "Amazon API Gateway REST API Reference".
"""

import re
from collections.abc import Mapping

from gatewright.control.apigateway.documents import MODEL, find_part
from gatewright.control.apigateway.errors import bad_request, invalid_content_type
from gatewright.control.context import Context
from gatewright.store.types import Reader

_NAME = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_CONTENT_TYPE = re.compile(rf"{_NAME}/{_NAME}(?:\s*;.*)?|\$default")


def templates(sent: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return templates as a document holds them: an empty one is null, as AWS answers it."""
    check_templates(sent)
    return {content_type: template or None for content_type, template in sent.items()}


def check_templates(sent: Mapping[str, object]) -> None:
    """Raise BadRequestException when a template stands under what is no content type."""
    for content_type in sent:
        if not _CONTENT_TYPE.fullmatch(content_type):
            raise invalid_content_type(content_type)


def check_models(context: Context, reader: Reader, api_id: str, models: Mapping[str, str]) -> None:
    """Raise BadRequestException when an API has not one of the models."""
    check_templates(models)
    for name in models.values():
        if not name or find_part(context, reader, MODEL, api_id, name) is None:
            raise bad_request(f"Invalid model identifier specified: {name}")
