"""API keys: what callers of methods with `apiKeyRequired` send.

Source: the ApiKey type and its operations in the "Amazon API Gateway REST API Reference"; texts and what is answered
by which operation: recorded answers of AWS.
"""

import string
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.ids import Ids
from gatewright.base.operations import Shape
from gatewright.control.apigateway.constraints import API_KEYS_PER_REGION
from gatewright.control.apigateway.documents import (
    API_KEY,
    USAGE,
    USAGE_PLAN,
    USAGE_PLAN_KEY,
    key,
    list_documents,
    page_of_items,
    part_key,
    require,
    require_stage,
    timestamp,
)
from gatewright.control.apigateway.errors import bad_request, conflict, limit_exceeded
from gatewright.control.apigateway.patch import (
    ADD,
    REMOVE,
    REPLACE,
    Change,
    Parse,
    PatchPath,
    PatchTable,
    boolean,
    name_paths_of_op,
    patched,
)
from gatewright.control.apigatewayv2.tag_sets import checked_tags
from gatewright.control.context import Context
from gatewright.store.types import Document, Reader, Writer

INVALID_KEY = "Invalid API Key identifier specified"

_VALUE_ALPHABET = string.digits + string.ascii_letters
_VALUE_LENGTH = 40
_SHORTEST_VALUE = 20
_LONGEST_VALUE = 128
_LONGEST_NAME = 1024
_LONGEST_DESCRIPTION = 125_000
_ORDINAL = "ordinal"
"""The member of the document that no operation returns: less for a key that was made later."""
_LAST_MICROSECOND = (1 << 63) - 1


def create_api_key(context: Context, request: Shape) -> Shape:
    """Create a key, disabled unless `enabled` says otherwise, with a value of its own or the one that is given."""
    with context.store.write() as writer:
        stage_keys = []
        for stage_key in request.get("stageKeys") or ():
            api_id, stage_name = stage_key.get("restApiId") or "", stage_key.get("stageName") or ""
            require_stage(context, writer, api_id, stage_name)
            stage_keys.append(f"{api_id}/{stage_name}")
        value = request.get("value") or new_value(context.ids)
        check_value(value)
        existing = list_documents(context, writer, API_KEY)
        if any(api_key["value"] == value for api_key in existing):
            raise conflict("API Key already exists")
        check_room_for_key(len(existing))
        return _shown(add_api_key(context, writer, {**request, "value": value}, stage_keys), keeps_value=True)


def get_api_key(context: Context, request: Shape) -> Shape:
    """Return a key; its value when `includeValue` asks for it."""
    with context.store.read() as reader:
        api_key = require_api_key(context, reader, request["apiKey"])
    return _presented(api_key, includes_value=bool(request.get("includeValue")))


def get_api_keys(context: Context, request: Shape) -> Shape:
    """List the keys whose name begins with `nameQuery` and whose customer is `customerId`."""
    prefix, customer_id = request.get("nameQuery") or "", request.get("customerId")
    with context.store.read() as reader:
        found = [
            api_key
            for api_key in list_documents(context, reader, API_KEY)
            if api_key.get("name", "").startswith(prefix) and customer_id in (None, api_key.get("customerId"))
        ]
    keeps = bool(request.get("includeValues"))
    items = [(newest_first(api_key), _shown(api_key, keeps_value=keeps)) for api_key in found]
    return page_of_items(request, f"GetApiKeys/{prefix}/{customer_id}", items)


def update_api_key(context: Context, request: Shape) -> Shape:
    """Patch a key."""
    with context.store.write() as writer:
        api_key = require_api_key(context, writer, request["apiKey"])
        api_key = patched(api_key, request.get("patchOperations", []), _API_KEY_PATCH)
        for stage_key in api_key["stageKeys"]:
            require_stage(context, writer, *stage_key.partition("/")[::2])
        put_api_key(context, writer, api_key)
    return _presented(api_key, includes_value=False)


def delete_api_key(context: Context, request: Shape) -> Shape:
    """Delete a key and its places in usage plans."""
    with context.store.write() as writer:
        api_key = require_api_key(context, writer, request["apiKey"])
        writer.delete(key(context, API_KEY, api_key["id"]))
        for plan in list_documents(context, writer, USAGE_PLAN):
            for kind in (USAGE_PLAN_KEY, USAGE):
                writer.delete(part_key(context, kind, plan["id"], api_key["id"]))
    return {}


def require_api_key(context: Context, reader: Reader, key_id: str) -> Document:
    """Return the document of a key. Raises NotFoundException."""
    return require(context, reader, API_KEY, key_id, INVALID_KEY)


def add_api_key(context: Context, writer: Writer, members: Shape, stage_keys: list[str]) -> Document:
    """Write a new key with the members of CreateApiKey; return its document. Its value is checked and is nobody's."""
    now = timestamp(context)
    api_key: Document = {
        "id": context.ids.resource_id(),
        "value": members["value"],
        "enabled": bool(members.get("enabled")),
        "createdDate": now,
        "lastUpdatedDate": now,
        "stageKeys": stage_keys,
        _ORDINAL: f"{_LAST_MICROSECOND - int(context.clock.now() * 1e6):019d}",
    }
    api_key |= {name: members[name] for name in ("name", "description", "customerId") if members.get(name)}
    if members.get("tags"):
        api_key["tags"] = checked_tags(context.caller, members["tags"])
    return put_api_key(context, writer, api_key)


def newest_first(api_key: Document) -> str:
    """Return the place of a key in listings: as AWS was recorded to list them, the latest before the others."""
    return f"{api_key.get(_ORDINAL, '')}/{api_key['id']}"


def put_api_key(context: Context, writer: Writer, api_key: Document) -> Document:
    """Check a key, write it as changed now, and return it. Raises BadRequestException."""
    if len(api_key.get("name", "")) > _LONGEST_NAME:
        raise bad_request(f"Invalid API Key name, can be at most {_LONGEST_NAME} characters.")
    if len(api_key.get("description", "")) > _LONGEST_DESCRIPTION:
        raise bad_request("Invalid API Key description specified.")
    api_key["lastUpdatedDate"] = timestamp(context)
    writer.put(key(context, API_KEY, api_key["id"]), api_key)
    return api_key


def check_room_for_key(existing: int) -> None:
    """Raise LimitExceededException when the account has all the keys that it can have."""
    if existing >= API_KEYS_PER_REGION:
        raise limit_exceeded("API Keys")


def check_value(value: str) -> None:
    """Raise BadRequestException when no key can have the value."""
    if len(value) < _SHORTEST_VALUE:
        raise bad_request(f"API Key value should be at least {_SHORTEST_VALUE} characters")
    if len(value) > _LONGEST_VALUE:
        raise bad_request(f"API Key value exceeds maximum size of {_LONGEST_VALUE} characters")


def new_value(ids: Ids) -> str:
    """Return a value such as AWS makes: 40 letters and digits."""
    number = ids.uuid().int << 128 | ids.uuid().int
    digits = []
    for _ in range(_VALUE_LENGTH):
        number, digit = divmod(number, len(_VALUE_ALPHABET))
        digits.append(_VALUE_ALPHABET[digit])
    return "".join(digits)


def _presented(api_key: Document, *, includes_value: bool) -> Document:
    # As AWS answers: tags even when there are none, but not in CreateApiKey and not in GetApiKeys.
    return {**_shown(api_key, keeps_value=includes_value), "tags": api_key.get("tags", {})}


def _shown(api_key: Document, *, keeps_value: bool) -> Document:
    hidden = (_ORDINAL,) if keeps_value else (_ORDINAL, "value")
    return {name: member for name, member in api_key.items() if name not in hidden}


def _stage_keys(api_key: Document, change: Change, parse: Parse) -> None:
    left = [stage_key for stage_key in api_key["stageKeys"] if stage_key != change.text]
    api_key["stageKeys"] = [*left, change.text or ""] if change.op == ADD else left


_API_KEY_PATCH = PatchTable(
    (
        PatchPath("/description"),
        PatchPath("/enabled", (REPLACE,), boolean),
        PatchPath("/name"),
        PatchPath("/customerId"),
        PatchPath("/stages", (ADD, REMOVE), apply=_stage_keys),
    ),
    name_paths_of_op,
)

OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateApiKey": create_api_key,
        "GetApiKey": get_api_key,
        "GetApiKeys": get_api_keys,
        "UpdateApiKey": update_api_key,
        "DeleteApiKey": delete_api_key,
    }
)
