"""Access keys of users.

When a key was last used is known only while the node runs; a key that was not used since is answered as AWS answers one
that was never used.

Source: CreateAccessKey and its relatives in the "API Reference" (IAM); members and messages as recorded (localstack,
test_iam_users.snapshot.json).
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from gatewright.base.access_keys import USER_PREFIX, access_key_id, secret_access_key
from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.iam.documents import ACCESS_KEY, SERVICE, USER, as_date, now, put
from gatewright.control.iam.errors import access_denied, limit_exceeded, no_such_entity
from gatewright.control.iam.markers import page_of
from gatewright.control.iam.users import named_user
from gatewright.control.principals import calling_principal
from gatewright.store.types import Document, Key, Reader

_MOST_KEYS: Final = 2
_LISTED: Final = ("UserName", "AccessKeyId", "Status", "CreateDate")


def create_access_key(context: Context, request: Shape) -> Shape:
    """Create an access key of a user, two at most; only this answer has its secret."""
    with context.store.write() as writer:
        user = named_user(context, writer, request)
        keys = user.setdefault("AccessKeys", [])
        if len(keys) >= _MOST_KEYS:
            raise limit_exceeded(f"Cannot exceed quota for AccessKeysPerUser: {_MOST_KEYS}")
        access_key = {
            "UserName": user["UserName"],
            "AccessKeyId": access_key_id(USER_PREFIX, context.caller.account_id, context.ids.octets(5)),
            "Status": "Active",
            "SecretAccessKey": secret_access_key(context.ids.octets),
            "CreateDate": now(context),
        }
        keys.append(access_key["AccessKeyId"])
        put(context, writer, USER, user)
        writer.put(_key(context, access_key["AccessKeyId"]), access_key)
    return {"AccessKey": access_key}


def list_access_keys(context: Context, request: Shape) -> Shape:
    """List a user's access keys."""
    with context.store.read() as reader:
        user = named_user(context, reader, request)
        keys = [_require(context, reader, user, each) for each in sorted(user.get("AccessKeys", ()))]
    listed = [(each["AccessKeyId"], {name: each[name] for name in _LISTED}) for each in keys]
    shown, rest = page_of(request, f"ListAccessKeys/{user['UserName']}", listed)
    return {"AccessKeyMetadata": shown, **rest}


def update_access_key(context: Context, request: Shape) -> Shape:
    """Make an access key active or inactive."""
    with context.store.write() as writer:
        user = named_user(context, writer, request)
        access_key = _require(context, writer, user, request["AccessKeyId"])
        writer.put(_key(context, access_key["AccessKeyId"]), {**access_key, "Status": request["Status"]})
    return {}


def delete_access_key(context: Context, request: Shape) -> Shape:
    """Delete an access key."""
    with context.store.write() as writer:
        user = named_user(context, writer, request)
        access_key = _require(context, writer, user, request["AccessKeyId"])
        user["AccessKeys"].remove(access_key["AccessKeyId"])
        put(context, writer, USER, user)
        writer.delete(_key(context, access_key["AccessKeyId"]))
    return {}


def get_access_key_last_used(context: Context, request: Shape) -> Shape:
    """Return whose an access key is, and when it was last used for what."""
    identifier = request["AccessKeyId"]
    with context.store.read() as reader:
        access_key = reader.get(_key(context, identifier))
        if access_key is None:
            arn = calling_principal(context, reader).arn
            raise access_denied(
                f"User: {arn} is not authorized to perform iam:GetAccessKeyLastUsed on resource: "
                f"access key {identifier}"
            )
    use = context.node.access_key_use(identifier)
    last_used: Document = {"Region": "N/A", "ServiceName": "N/A"}
    if use is not None:
        date = as_date(use.seconds)
        last_used = {"LastUsedDate": date, "Region": use.region, "ServiceName": use.service}
    return {"UserName": access_key["UserName"], "AccessKeyLastUsed": last_used}


def _require(context: Context, reader: Reader, user: Document, identifier: str) -> Document:
    access_key = reader.get(_key(context, identifier)) if identifier in user.get("AccessKeys", ()) else None
    if access_key is None:
        raise no_such_entity(f"The Access Key with id {identifier} cannot be found.")
    return access_key


def _key(context: Context, identifier: str) -> Key:
    return context.global_key(SERVICE, ACCESS_KEY, identifier)


OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {
        "CreateAccessKey": create_access_key,
        "ListAccessKeys": list_access_keys,
        "UpdateAccessKey": update_access_key,
        "DeleteAccessKey": delete_access_key,
        "GetAccessKeyLastUsed": get_access_key_last_used,
    }
)
