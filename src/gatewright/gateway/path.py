"""Paths as clients send them, and as functions see them.

API Gateway hands HTTP APIs' paths to integrations decoded (`rawPath`, in spite of its name, too).
"""

from urllib.parse import unquote


def octets_to_text(path: str) -> str:
    """Return a path whose characters stand for octets (ISO-8859-1) as UTF-8; what is none becomes U+FFFD."""
    return path.encode("latin-1", errors="replace").decode(errors="replace")


def decode_path(path: str) -> str:
    """Percent-decode a path. Malformed escapes stay as they are, octets that are no UTF-8 become U+FFFD."""
    return unquote(path) if "%" in path else path
