"""Documents as text. Standard JSON rather than a faster one: it keeps every string and integer that JSON can say."""

import json

from gatewright.store.types import Document


def encode(document: Document) -> str:
    """Return a document as JSON in ASCII. Raises ValueError or TypeError for what JSON cannot hold."""
    return json.dumps(document, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def decode(text: str) -> Document:
    """Return the document that `encode` made a text of."""
    document: Document = json.loads(text)
    return document
