"""The account's settings of API Gateway in a Region.

Source: the Account type and its operations in the "Amazon API Gateway REST API Reference".
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gatewright.base.operations import Shape
from gatewright.control.apigateway.documents import ACCOUNT, key
from gatewright.control.apigateway.errors import bad_request
from gatewright.control.apigateway.patch import (
    ADD,
    REMOVE,
    REPLACE,
    Change,
    Parse,
    PatchPath,
    PatchTable,
    name_paths_of_op,
    patched,
)
from gatewright.control.context import Context
from gatewright.store.types import Document

_USAGE_PLANS = "UsagePlans"
_API_KEY_VERSION = "4"
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)


def get_account(context: Context, request: Shape) -> Shape:
    """Return the account's settings."""
    with context.store.read() as reader:
        account = reader.get(key(context, ACCOUNT, ACCOUNT)) or {}
    return _presented(context, account)


def update_account(context: Context, request: Shape) -> Shape:
    """Patch the account's settings."""
    with context.store.write() as writer:
        account = writer.get(key(context, ACCOUNT, ACCOUNT)) or {}
        account = patched(account, request.get("patchOperations", []), _ACCOUNT_PATCH)
        writer.put(key(context, ACCOUNT, ACCOUNT), account)
    return _presented(context, account)


def _presented(context: Context, account: Document) -> Document:
    return {
        **account,
        "throttleSettings": {
            "burstLimit": context.node.account_burst_limit,
            "rateLimit": context.node.account_rate_limit,
        },
        "features": [_USAGE_PLANS],
        "apiKeyVersion": _API_KEY_VERSION,
    }


def _role_arn(value: str | None, path: str) -> object:
    if value and not _ROLE_ARN.fullmatch(value):
        raise bad_request(
            "The role ARN does not have required permissions configured. Please grant trust permission "
            "for API Gateway and add the required role policy."
        )
    return value or None


def _features(account: Document, change: Change, parse: Parse) -> None:
    """Leave the features as they are: every account has usage plans, and they cannot be taken away."""
    if change.text != _USAGE_PLANS:
        raise bad_request(f"Invalid feature specified: {change.text}. Must be one of: [{_USAGE_PLANS}]")
    if change.op == REMOVE:
        # The text is that of moto's tests (test_update_account_error).
        raise bad_request("Usage Plans cannot be disabled once enabled")


_ACCOUNT_PATCH = PatchTable(
    (
        PatchPath("/cloudwatchRoleArn", (REPLACE,), _role_arn),
        PatchPath("/features", (ADD, REMOVE), apply=_features),
    ),
    name_paths_of_op,
)

OPERATIONS: Mapping[str, Callable[[Context, Shape], Shape]] = MappingProxyType(
    {"GetAccount": get_account, "UpdateAccount": update_account}
)
