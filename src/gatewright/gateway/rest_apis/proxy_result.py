"""From the result of a function behind a Lambda proxy integration to a response.

Source: "Lambda proxy integrations in API Gateway", "Output format of a Lambda function for proxy integration": "If the
function output is of a different format, API Gateway returns a 502 Bad Gateway error response". What that means was
recorded of AWS by localstack (test_apigateway_lambda.py, test_aws_proxy_response_payload_format_validation) and by
aws/aws-lambda-dotnet (Tools/LambdaTestTool-v2, ApiGatewayResponseTestCases): a member that the format does not name is
malformed, a missing `statusCode` is 200, 0 is malformed, `"201"` is 201, `true` is a header's `true`, null members are
missing ones, and of a field in both groups the values of `multiValueHeaders` come first.
"""

from collections.abc import Callable
from typing import Final

import orjson

from gatewright.base.errors import GatewrightError
from gatewright.base.messages import Headers, Response
from gatewright.gateway.fields import field_value, is_field_name
from gatewright.gateway.rest_apis.binary_media import BinaryMediaTypes, result_body
from gatewright.gateway.rest_apis.header_remapping import CHANGED_RESPONSE_FIELDS, client_name

_MEMBERS: Final = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"})
_DEFAULT_FIELD: Final = ("Content-Type", "application/json")
_BODILESS_STATUSES: Final = frozenset({204, 304})  # RFC 9110 sections 15.3.5 and 15.4.5


class MalformedProxyResponse(GatewrightError):
    """A result that is no response: the client gets 502, the log the reason."""


def parse_proxy_result(payload: bytes, types: BinaryMediaTypes, header: Callable[[str], str | None]) -> Response:
    """Turn a function's result into a response; `header` gives the client's fields, whose Accept decides about base64.

    Raises `MalformedProxyResponse`, and `RestError` for base64 that is none.
    """
    try:
        result = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise MalformedProxyResponse(f"the result is not JSON: {error}") from error
    if not isinstance(result, dict):
        raise MalformedProxyResponse(f"the result is {_shown(result)}")
    if not result.keys() <= _MEMBERS:
        raise MalformedProxyResponse(f"the result has {sorted(result.keys() - _MEMBERS)[0][:80]!r}")
    status = result.get("statusCode")
    if type(status) is not int or not 200 <= status <= 599:
        status = _status(status)
    single, multi = result.get("headers"), result.get("multiValueHeaders")
    headers = Headers((_DEFAULT_FIELD,)) if not single and not multi else _headers(single, multi)
    text = result.get("body")
    if type(text) is not str:
        text = "" if text is None else _text("body", text)
    body = text.encode("utf-8", "replace")
    is_base64 = result.get("isBase64Encoded")
    if is_base64 and _is_true(is_base64):
        body = result_body(types, header("accept"), body, is_base64=True)
    return Response(status, headers, b"" if status in _BODILESS_STATUSES else body)


def _status(value: object) -> int:
    if value is None:
        return 200
    if isinstance(value, str) and len(value) < 10 and value.isascii() and value.strip().isdigit():
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    # 1xx is no final response; beyond 599 there is no class (RFC 9110 section 15).
    if isinstance(value, bool) or not isinstance(value, int) or not 200 <= value <= 599:
        raise MalformedProxyResponse(f"statusCode is {_shown(value)}")
    return value


def _headers(single: object, multi: object) -> Headers:
    """Return the fields of both groups; "if the same key-value pair is specified in both", it is there once."""
    fields = [] if multi is None else _multi_value_fields(multi)
    known = {(name.lower(), value) for name, value in fields} if fields else None
    if single is not None:
        if not isinstance(single, dict):
            raise MalformedProxyResponse(f"headers is {_shown(single)}")
        for name, value in single.items():
            if value is None:
                continue
            field = _field(name, value)
            if known is None or (name.lower(), field[1]) not in known:
                fields.append(field)
    headers, has_content_type = Headers(), False
    for field in fields:
        lowered = field[0].lower()
        if lowered in CHANGED_RESPONSE_FIELDS:
            known_as = client_name(field[0])
            if known_as is not None:
                headers.append((known_as, field[1]))
            continue
        if lowered == "content-type":
            has_content_type = True
        headers.append(field)
    if not has_content_type:
        headers.append(_DEFAULT_FIELD)
    return headers


def _multi_value_fields(multi: object) -> list[tuple[str, str]]:
    if not isinstance(multi, dict):
        raise MalformedProxyResponse(f"multiValueHeaders is {_shown(multi)}")
    fields = []
    for name, values in multi.items():
        if values is not None and not isinstance(values, list):
            raise MalformedProxyResponse(f"multiValueHeaders has {_shown(values)} for {name[:80]!r}")
        fields += [_field(name, value) for value in values or () if value is not None]
    return fields


def _field(name: str, value: object) -> tuple[str, str]:
    if not is_field_name(name):
        raise MalformedProxyResponse(f"{name[:80]!r} is no name of a header")
    text = field_value(value if type(value) is str else _text(name, value))
    if text is None:
        raise MalformedProxyResponse(f"header {name!r} has control characters in its value")
    return name, text


def _text(name: str, value: object) -> str:
    """Return a scalar as text, as Jackson makes a string of it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return orjson.dumps(value).decode()
    raise MalformedProxyResponse(f"{name[:80]} is {_shown(value)}")


def _is_true(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    if isinstance(value, int):
        return True
    raise MalformedProxyResponse(f"isBase64Encoded is {_shown(value)}")


def _shown(value: object) -> str:
    return "null" if value is None else f"{type(value).__name__} {str(value)[:80]!r}"
