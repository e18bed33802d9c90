"""Header fields that end at an HTTP hop, and the forms of values."""

import re

from gatewright.base.messages import Headers

# RFC 9110 section 7.6.1, with the two that it names as widespread.
HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)

_PLAIN_CONNECTIONS = frozenset({"keep-alive", "close"})

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2, token
# Spellings that functions use most: known without a look at their characters.
_USUAL_NAMES = frozenset({"content-type", "Content-Type", "cache-control", "Cache-Control", "location", "Location"})
_BROKEN_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")  # RFC 9110 section 5.5, field-value


def connection_options(value: str) -> frozenset[str]:
    """Return the names of fields that a Connection field marks as hop-by-hop."""
    lowered = value.lower()
    if lowered in _PLAIN_CONNECTIONS:
        return frozenset()
    return frozenset(option.strip() for option in lowered.split(","))


def end_to_end(headers: Headers) -> Headers:
    """Return the fields that a proxy passes on (RFC 9110 section 7.6.1)."""
    connection = headers.get("connection")
    dropped = HOP_BY_HOP if connection is None else HOP_BY_HOP | connection_options(connection)
    return Headers([field for field in headers if field[0].lower() not in dropped])


def is_field_name(name: str) -> bool:
    """Tell whether a text can be the name of a field."""
    return name in _USUAL_NAMES or _NAME.fullmatch(name) is not None


def field_value(text: str) -> str | None:
    """Return a text as a field's value: UTF-8 octets, each as one ISO-8859-1 character; None for control characters.

    White space around a value is no part of it (RFC 9110 section 5.5).
    """
    if not text.isprintable() and _BROKEN_VALUE.search(text) is not None:
        return None
    text = text.strip(" \t")
    return text if text.isascii() else text.encode(errors="replace").decode("latin-1")
