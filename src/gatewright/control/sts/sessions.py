"""Sessions: temporary credentials, and the documents that say what they are limited to.

The credentials say themselves whose they are (`base.session_tokens`), so no secret is written down. A session's
document has what access control needs besides: session policies, tags, the source identity. It is removed after its
end, by whoever asks for credentials next.
"""

from collections.abc import Mapping
from typing import Final

from gatewright.base.clock import utc
from gatewright.base.session_tokens import SessionClaims
from gatewright.control.context import Context
from gatewright.control.principals import SESSION, STS
from gatewright.store.types import Document, Writer

EXPIRY: Final = "expiry"
"""`SECONDS/ACCESS_KEY_ID`: which sessions end when, in this order."""
_MOST_REMOVED: Final = 100
"""Sessions that one call removes; it makes one."""
_SECONDS_DIGITS: Final = 12


def issue_session(
    context: Context, principal_arn: str, source_arn: str, account_id: str, seconds: int, limits: Mapping[str, object]
) -> Document:
    """Return the Credentials of a new session, kept with what limits it."""
    expires = int(context.clock.now()) + seconds
    claims = SessionClaims(principal_arn, source_arn, account_id, expires, context.ids.octets(8).hex())
    credentials = context.node.session_tokens.issue(claims)
    session = {"PrincipalArn": principal_arn, "SourceArn": source_arn, "Expiration": expires, **limits}
    with context.store.write() as writer:
        _remove_expired(context, writer)
        writer.put(context.global_key(STS, SESSION, credentials.access_key_id), session)
        place = f"{expires:0{_SECONDS_DIGITS}d}/{credentials.access_key_id}"
        writer.put(context.global_key(STS, EXPIRY, place), {"AccessKeyId": credentials.access_key_id})
    return {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": utc(expires).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _remove_expired(context: Context, writer: Writer) -> None:
    now = f"{int(context.clock.now()):0{_SECONDS_DIGITS}d}"
    account, region = context.caller.account_id, context.global_region
    for place, ended in writer.list(account, region, STS, EXPIRY, limit=_MOST_REMOVED):
        if place > now:
            return
        writer.delete(context.global_key(STS, EXPIRY, place))
        writer.delete(context.global_key(STS, SESSION, ended["AccessKeyId"]))
