"""The JSONPath of REST APIs, which is Jayway's: `$input.path(x)`, `$input.json(x)` and `method.request.body.x`.

Sources: "Mapping template transformation for REST APIs" and "Parameter mapping source reference for REST APIs" (API
Gateway Developer Guide). HTTP APIs have a smaller language: `languages/json_path.py`.

    PathError       a text that is no path
    PathLimitError  a path that selects more from a document than a node has time for
    PayloadError    a payload that begins like JSON and is none
"""

from gatewright.languages.jayway.errors import PathError, PathLimitError, PayloadError
from gatewright.languages.jayway.parse import compile_path
from gatewright.languages.jayway.path import Path
from gatewright.languages.jayway.payload import parse_payload, write_json
from gatewright.languages.json_path import MISSING

__all__ = [
    "MISSING",
    "Path",
    "PathError",
    "PathLimitError",
    "PayloadError",
    "compile_path",
    "parse_payload",
    "write_json",
]
