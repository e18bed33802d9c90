"""Properties that are JSON documents, or their text, on their way into operations that want the text."""

import json
from typing import Any


def json_text(document: Any) -> str:
    """Return the text of a document; text stays as it is."""
    return document if isinstance(document, str) else json.dumps(document, separators=(",", ":"))
