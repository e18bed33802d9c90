"""From a function's result to a response.

Source: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway", "Lambda function response format". What the
page leaves open follows one rule: a scalar is taken for the type that the member has (`"200"` and `200`, `1` and `"1"`,
`true` and `"true"`), anything else is malformed; members that the page does not name are ignored.
"""

import base64
import binascii

import orjson

from gatewright.base.errors import GatewrightError
from gatewright.base.messages import Headers, Response
from gatewright.gateway.fields import HOP_BY_HOP, field_value, is_field_name

_DEFAULT_CONTENT_TYPE = "text/plain;charset=UTF-8"

# `wire` frames the response; a function's own framing fields would contradict it. `apigw-` is API Gateway's own.
_FORBIDDEN = HOP_BY_HOP | {"content-length", "apigw-requestid"}

_BODILESS_STATUSES = frozenset({204, 304})  # RFC 9110 sections 15.3.5 and 15.4.5


class MalformedResult(GatewrightError):
    """A result that is no response: the client gets 500, the log the reason."""


def inferred_response(result: object, payload: bytes) -> Response:
    """Build the response of a result without a status code: a JSON string is the text itself, all else is JSON."""
    body = result.encode() if isinstance(result, str) else payload
    return Response(200, Headers([("Content-Type", "application/json")]), body)


def build_response(
    result: dict[str, object],
    *,
    cookies: object,
    multi_value_headers: object,
    default_content_type: str = _DEFAULT_CONTENT_TYPE,
) -> Response:
    """Build the response that a result describes. Raises `MalformedResult`."""
    status = _status(result.get("statusCode"))
    headers, has_content_type = _headers(result.get("headers"), multi_value_headers)
    if cookies is not None:
        _add_cookies(headers, cookies)
    body = _body(result.get("body"), result.get("isBase64Encoded"))
    if status in _BODILESS_STATUSES:
        body = b""
    elif not has_content_type:
        headers.append(("Content-Type", default_content_type))
    return Response(status, headers, body)


def _status(value: object) -> int:
    if type(value) is int and 200 <= value <= 599:
        return value
    if isinstance(value, str) and len(value) < 10 and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    # 1xx is no final response; beyond 599 there is no class (RFC 9110 section 15).
    if isinstance(value, bool) or not isinstance(value, int) or not 200 <= value <= 599:
        raise MalformedResult(f"statusCode is {_shown(value)}")
    return value


def _headers(single: object, multi: object) -> tuple[Headers, bool]:
    """Return the fields and whether Content-Type is one of them.

    Where a name is in both, both count; a value that is in both is sent once, as `multiValueHeaders` has it.
    """
    if single is None:
        fields = []
    elif isinstance(single, dict):
        fields = [_field(name, value) for name, value in single.items() if value is not None]
    else:
        raise MalformedResult(f"headers is {_shown(single)}")
    if multi is not None:
        multi_values = _multi_values(multi)
        repeated = {(name.lower(), value) for name, value in multi_values}
        fields = [field for field in fields if (field[0].lower(), field[1]) not in repeated] + multi_values
    headers = Headers()
    has_content_type = False
    for field in fields:
        lowered = field[0].lower()
        if lowered == "content-type":
            has_content_type = True
        elif lowered in _FORBIDDEN:
            continue
        headers.append(field)
    return headers, has_content_type


def _multi_values(element: object) -> list[tuple[str, str]]:
    if not isinstance(element, dict):
        raise MalformedResult(f"multiValueHeaders is {_shown(element)}")
    fields = []
    for name, values in element.items():
        if values is not None and not isinstance(values, list):
            raise MalformedResult(f"multiValueHeaders has {_shown(values)} for {name!r}")
        fields += [_field(name, value) for value in values or () if value is not None]
    return fields


def _add_cookies(headers: Headers, cookies: object) -> None:
    """Add "each cookie" as "a set-cookie header"."""
    if not isinstance(cookies, list):
        raise MalformedResult(f"cookies is {_shown(cookies)}")
    headers.extend([("Set-Cookie", _value("cookies", cookie)) for cookie in cookies if cookie is not None])


def _field(name: str, value: object) -> tuple[str, str]:
    if not is_field_name(name):
        raise MalformedResult(f"{name!r} is no name of a header")
    return name, _value(name, value)


def _value(name: str, value: object) -> str:
    text = field_value(value if isinstance(value, str) else _text(name, value))
    if text is None:
        raise MalformedResult(f"header {name!r} has control characters in its value")
    return text


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return orjson.dumps(value).decode()
    raise MalformedResult(f"{name} is {_shown(value)}")


def _body(body: object, is_base64: object) -> bytes:
    if body is None:
        return b""
    text = body if isinstance(body, str) else _text("body", body)
    if is_base64 in (None, False) or (isinstance(is_base64, str) and is_base64.lower() != "true"):
        return text.encode("utf-8", "replace")
    try:
        # Encoders break lines after 76 characters (RFC 2045 section 6.8); nothing else may be among the alphabet.
        return base64.b64decode("".join(text.split()) if "\n" in text else text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedResult(f"body is not base64: {error}") from error


def _shown(value: object) -> str:
    if value is None:
        return "missing"
    return f"{type(value).__name__} {str(value)[:80]!r}"
