"""Tokens of identity providers: what a JSON Web Token (RFC 7519) says of who shows it.

Source: AssumeRoleWithWebIdentity in the "API Reference" (STS): Provider is "the value of the iss field", Audience "the
client_id", SubjectFromWebIdentityToken the "sub" claim.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gatewright.control.sts.errors import expired_identity_token, invalid_identity_token

_NO_TOKEN: Final = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"  # noqa: S105


@dataclass(frozen=True, slots=True)
class WebIdentity:
    """Whom an identity provider speaks of."""

    issuer: str
    subject: str
    audience: str


def read_web_identity(token: str, now: float) -> WebIdentity:
    """Return what a token says. Raises InvalidIdentityToken, ExpiredTokenException."""
    claims = _claims(token)
    missing = [name for name in ("iss", "sub", "aud", "exp") if not claims.get(name)]
    if missing:
        raise invalid_identity_token(f"Missing a required claim: {missing[0]}")
    if not isinstance(claims["exp"], int | float) or not isinstance(claims["sub"], str):
        raise invalid_identity_token(_NO_TOKEN)
    if claims["exp"] <= now:
        raise expired_identity_token("Token expired: current date/time must be before the expiration date/time")
    audience = claims["aud"][0] if isinstance(claims["aud"], list) else claims["aud"]
    return WebIdentity(str(claims["iss"]), claims["sub"], str(claims.get("azp") or audience))


def _claims(token: str) -> Mapping[str, Any]:
    parts = token.split(".")
    try:
        if len(parts) != 3:
            raise ValueError("A token has three parts")
        header, claims = (json.loads(_decoded(part)) for part in parts[:2])
    except (ValueError, binascii.Error, RecursionError) as error:
        raise invalid_identity_token(_NO_TOKEN) from error
    if not isinstance(header, Mapping) or not isinstance(claims, Mapping):
        raise invalid_identity_token(_NO_TOKEN)
    return claims


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
