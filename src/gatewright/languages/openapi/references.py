"""References within a document: `{"$ref": "#/parameters/Page"}`.

Only local ones are followed. "API Gateway important notes": `$ref` can't be used to reference other files.
"""

from gatewright.languages.openapi.types import Json, JsonObject, as_object

# A reference to a reference to a reference: nobody writes more, and a circle never ends.
_LONGEST_CHAIN = 20


def resolve(document: JsonObject, value: Json) -> JsonObject:
    """Return the object that a value is or refers to; an empty one when there is none."""
    found = as_object(value)
    for _ in range(_LONGEST_CHAIN):
        pointer = found.get("$ref")
        if not isinstance(pointer, str):
            return found
        found = as_object(_at(document, pointer))
    return {}


def name_of(pointer: str) -> str:
    """Return the last segment of a reference, which is the name of what it refers to."""
    return pointer.rsplit("/", 1)[-1].replace("~1", "/").replace("~0", "~")


def _at(document: JsonObject, pointer: str) -> Json:
    if not pointer.startswith("#/"):
        return None
    found: Json = document
    for segment in pointer[2:].split("/"):
        found = as_object(found).get(segment.replace("~1", "/").replace("~0", "~"))
    return found
