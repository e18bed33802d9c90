"""The payloads of function URLs: payload format 2.0 of HTTP APIs, but for a few members.

Source: "Invoking Lambda function URLs". What the page leaves open follows events and responses recorded of AWS: paths
are passed on undecoded, Content-Length only as it was sent, `authentication`, `pathParameters` and `stageVariables` are
absent, so is `authorizer` with auth type NONE, and a body without a content type is `application/json`.
"""

import json
import re

import orjson

from gatewright.base.messages import Request, Response
from gatewright.gateway.function_urls.callers import UrlCaller
from gatewright.gateway.payloads.http_prelude import collected_response
from gatewright.gateway.payloads.request_parts import body_text, header_fields, joined_query_fields
from gatewright.gateway.payloads.result import MalformedResult, build_response, inferred_response
from gatewright.languages.times import ClfClock

_ANONYMOUS = "anonymous"
_DEFAULT = "$default"
_JSON = "application/json"
# Sixteen digits in a row: an integer that orjson may not have room for, and would make a float of.
_LONG_NUMBER = re.compile(rb"[0-9]{16}")


class FunctionUrlEvent:
    """Encodes the events of one function URL."""

    __slots__ = ("_clf", "_url_id")

    def __init__(self, url_id: str, clf: ClfClock) -> None:
        self._url_id = url_id
        self._clf = clf

    def encode(
        self,
        request: Request,
        path: str,
        domain_name: str,
        body: bytes,
        request_id: str,
        trace_header: str,
        caller: UrlCaller | None,
    ) -> bytes:
        """Return the event in JSON. `path` is undecoded, `caller` who signed the request."""
        fields, cookies = header_fields(request, trace_header, None)
        event: dict[str, object] = {
            "version": "2.0",
            "routeKey": _DEFAULT,
            "rawPath": path,
            "rawQueryString": request.query,
        }
        if cookies:
            event["cookies"] = [cookie.strip() for line in cookies for cookie in line.split(";") if cookie.strip()]
        event["headers"] = fields
        if request.query:
            event["queryStringParameters"] = joined_query_fields(request.query)
        context: dict[str, object] = {
            "accountId": _ANONYMOUS if caller is None else caller.account_id,
            "apiId": self._url_id,
        }
        if caller is not None:
            context["authorizer"] = {"iam": _identity(caller)}
        context["domainName"] = domain_name
        context["domainPrefix"] = domain_name.partition(".")[0]
        context["http"] = {
            "method": request.method,
            "path": path,
            "protocol": f"HTTP/{request.http_version}",
            "sourceIp": request.peer_address,
            "userAgent": fields.get("user-agent", ""),
        }
        context["requestId"] = request_id
        context["routeKey"] = _DEFAULT
        context["stage"] = _DEFAULT
        context["time"] = self._clf.format(request.received_at)
        context["timeEpoch"] = int(request.received_at * 1000)
        event["requestContext"] = context
        is_base64 = False
        if body:
            event["body"], is_base64 = body_text(fields.get("content-type"), body)
        event["isBase64Encoded"] = is_base64
        return orjson.dumps(event)


def _identity(caller: UrlCaller) -> dict[str, str | None]:
    return {
        "accessKey": caller.access_key_id,
        "accountId": caller.account_id,
        "callerId": caller.user_id,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": caller.user_arn,
        "userId": caller.user_id,
    }


def parse_result(payload: bytes) -> Response:
    """Turn a function's result into a response. Raises `MalformedResult`.

    "If your function returns valid JSON and doesn't return a statusCode", status 200 and application/json are inferred.
    """
    try:
        result = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise MalformedResult(f"the result is not JSON: {error}") from error
    if not isinstance(result, dict) or result.get("statusCode") is None:
        return inferred_response(result, _rewritten(result, payload))
    return build_response(result, cookies=result.get("cookies"), multi_value_headers=None, default_content_type=_JSON)


def parse_streamed(payload: bytes) -> Response:
    """Turn what a function streamed, and was collected, into a response. Raises `MalformedResult`.

    It need not be JSON. Lambda was recorded in September 2026 to send such octets on as they are, but nothing of what
    follows a prelude (radkawar/stackd, docs/lambda.md and testdata/aws/lambda/urls_http.json).
    """
    try:
        orjson.loads(payload)
    except orjson.JSONDecodeError:
        return collected_response(payload)
    return parse_result(payload)


def _rewritten(result: object, payload: bytes) -> bytes:
    """Return JSON as a function URL writes it anew: without spaces, with characters instead of escapes.

    What can be read but not written, because it is nested too deeply, stays as it is.
    """
    try:
        if _LONG_NUMBER.search(payload):
            return json.dumps(json.loads(payload), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        return orjson.dumps(result)
    except (orjson.JSONEncodeError, RecursionError):
        return payload
