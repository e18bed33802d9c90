"""Locations of documentation: which entity of an API a documentation part is about.

Source: the DocumentationPartLocation type in the "Amazon API Gateway REST API Reference", whose members say for which
types they are valid; texts as AWS answers them where known.
"""

from collections.abc import Iterable
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.errors import bad_request
from gatewright.store.types import Document

_MEMBERS = ("path", "method", "statusCode", "name")

_VALID_MEMBERS = MappingProxyType(
    {
        "API": (),
        "AUTHORIZER": ("name",),
        "MODEL": ("name",),
        "RESOURCE": ("path",),
        "METHOD": ("path", "method"),
        "PATH_PARAMETER": ("path", "method", "name"),
        "QUERY_PARAMETER": ("path", "method", "name"),
        "REQUEST_HEADER": ("path", "method", "name"),
        "REQUEST_BODY": ("path", "method"),
        "RESPONSE": ("path", "method", "statusCode"),
        "RESPONSE_HEADER": ("path", "method", "statusCode", "name"),
        "RESPONSE_BODY": ("path", "method", "statusCode"),
    }
)

LOCATION_TYPES = frozenset(_VALID_MEMBERS)

# "The default value is / for the root resource", "* for any method", "* for any status code".
_DEFAULTS = MappingProxyType({"path": "/", "method": "*", "statusCode": "*"})

LocationKey = tuple[str, ...]
"""A location with its defaults, which tells whether two are the same."""


def checked_location(location: Shape) -> Document:
    """Return a location as a document holds it. Raises BadRequestException."""
    kind = location["type"]
    valid = _VALID_MEMBERS[kind]
    if any(location.get(member) for member in _MEMBERS if member not in valid):
        invalid = _listed([member for member in _MEMBERS if member not in valid], "or")
        # The brackets are AWS's own: it answers a list of what is wrong.
        raise bad_request(f"[Location type: {kind} cannot have {invalid} defined.]")
    if "name" in valid and not location.get("name"):
        raise bad_request(f"[Location type: {kind} must have name defined.]")
    # Recorded of AWS (localstack, test_import_documentation_parts): what is left out is there as its default.
    return {"type": kind, **{member: location.get(member) or _DEFAULTS.get(member, "") for member in valid}}


def location_key(location: Document) -> LocationKey:
    """Return what is equal for equal locations."""
    members = (location.get(member) or _DEFAULTS.get(member, "") for member in _VALID_MEMBERS[location["type"]])
    return (location["type"], *members)


def location_text(location: Document) -> str:
    """Return a location as AWS's messages name it: `type 'API'`."""
    return ", ".join(f"{member} '{value}'" for member, value in location.items())


def undocumented(entities: Iterable[Document], documented: Iterable[Document]) -> list[Document]:
    """Return the locations of entities that have no documentation of their own."""
    known = {location_key(location) for location in documented}
    return [location for location in entities if location_key(location) not in known]


def _listed(members: list[str], word: str) -> str:
    return members[0] if len(members) == 1 else f"{', '.join(members[:-1])} {word} {members[-1]}"
