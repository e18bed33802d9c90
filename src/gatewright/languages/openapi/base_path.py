"""The base path of a document, and what each mode of importing makes of it.

Source: "Set the OpenAPI basePath property" (API Gateway Developer Guide): `ignore` (the default), `prepend`, `split`.
"""

import re
from urllib.parse import urlsplit

from gatewright.languages.openapi.document import Version
from gatewright.languages.openapi.errors import OpenApiError
from gatewright.languages.openapi.types import Findings, JsonObject, as_list, as_object, as_text

IGNORE, PREPEND, SPLIT = "ignore", "prepend", "split"

_VARIABLE = re.compile(r"\{([^{}]+)\}")


def prefix_of(document: JsonObject, version: Version, mode: str | None, findings: Findings) -> str:
    """Return what every path gets before it: `` or `/v1/pets`. Raises OpenApiError for a mode that is none."""
    mode = (mode or IGNORE).lower()
    if mode not in {IGNORE, PREPEND, SPLIT}:
        raise OpenApiError("Enumeration value of OpenAPI basepath mode must be 'ignore', 'prepend' or 'split'")
    base_path = _base_path(document, version, findings)
    segments = [segment for segment in base_path.split("/") if segment]
    if mode == IGNORE:
        return ""
    # "split: the top-most path part is cut off", since it is what the stage or a custom domain stands for.
    kept = segments[1:] if mode == SPLIT else segments
    return "".join(f"/{segment}" for segment in kept)


def _base_path(document: JsonObject, version: Version, findings: Findings) -> str:
    if version is Version.SWAGGER:
        return as_text(document.get("basePath")) or ""
    servers = [as_object(server) for server in as_list(document.get("servers"))]
    if not servers:
        return ""
    if len(servers) > 1:
        # Recorded of AWS.
        findings.warn("More than one server provided. Ignoring all but the first for defining endpoint configuration")
    variables = as_object(servers[0].get("variables"))
    # "API Gateway uses the variable named basePath" if there is one, and else the path of the URL.
    if "basePath" in variables:
        return as_text(as_object(variables["basePath"]).get("default")) or ""
    url = as_text(servers[0].get("url")) or ""
    filled = _VARIABLE.sub(lambda found: as_text(as_object(variables.get(found[1])).get("default")) or "", url)
    try:
        return urlsplit(filled).path
    except ValueError:
        return ""
