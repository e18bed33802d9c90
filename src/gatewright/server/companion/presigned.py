"""Links to S3 that have expired: moto serves them for ever.

Sources: "Authenticating requests: using query parameters (AWS Signature Version 4)" (Amazon S3 API Reference), "Query
string request authentication alternative" (Signature Version 2); the answer as people quote it of S3.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qs

from gatewright.base.clock import utc
from gatewright.base.messages import Headers, Response

_AMZ_DATE = "%Y%m%dT%H%M%SZ"


def refuse_expired(query: str, now: float) -> Response | None:
    """Return S3's answer to a request whose query is signed and has expired; None for any other."""
    if "Signature=" not in query:
        return None
    given = {name: values[0] for name, values in parse_qs(query).items()}
    try:
        expires = _expires(given)
        shown = "" if expires is None else _iso(expires)
    except (ValueError, OverflowError):
        return None  # what is malformed is for S3 to refuse
    if expires is None or now < expires:
        return None
    members = {"Code": "AccessDenied", "Message": "Request has expired"}
    if "X-Amz-Expires" in given:
        members["X-Amz-Expires"] = str(int(given["X-Amz-Expires"]))
    members |= {"Expires": shown, "ServerTime": _iso(now)}
    listed = "".join(f"<{name}>{value}</{name}>" for name, value in members.items())
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{listed}</Error>'.encode()
    return Response(403, Headers([("Content-Type", "application/xml")]), body)


def _expires(given: Mapping[str, str]) -> float | None:
    """Return when a signature expires, in seconds since the epoch. Raises ValueError, OverflowError."""
    if "X-Amz-Signature" in given and "X-Amz-Date" in given and "X-Amz-Expires" in given:
        signed = datetime.strptime(given["X-Amz-Date"], _AMZ_DATE).replace(tzinfo=UTC)
        return signed.timestamp() + int(given["X-Amz-Expires"])
    if "Signature" in given and "AWSAccessKeyId" in given and "Expires" in given:
        return float(int(given["Expires"]))
    return None


def _iso(seconds: float) -> str:
    return utc(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")
