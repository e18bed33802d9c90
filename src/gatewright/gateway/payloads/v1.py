"""Payload format 1.0 of HTTP APIs: every member is there, null where it has nothing to say.

Source: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway". Where events recorded of AWS differ from
the page's example, we follow the recordings: `identity` has `cognitoAmr`, `resourceId` is the route key, there is no
`authorizer` where nothing authorizes, and `requestId` is `extendedRequestId`.
"""

import orjson

from gatewright.base.messages import Response
from gatewright.gateway.call import Call, RouteFacts
from gatewright.gateway.payloads.request_parts import body_text, header_fields, query_fields
from gatewright.gateway.payloads.result import MalformedResult, build_response
from gatewright.languages.times import ClfClock

# API Gateway writes these names in its own case and Accept, Accept-* and Cookie in lower case, whatever the client
# wrote; the others stay as they came (recorded of AWS).
_CANONICAL_NAMES = (
    "Authorization",
    "Content-Length",
    "Content-Type",
    "Host",
    "User-Agent",
    "X-Amzn-Trace-Id",
    "X-Forwarded-For",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
)

_ADDED = frozenset({"content-length", "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"})
"""What API Gateway says itself, each in one value."""


class EventV1:
    """Encodes the events of one route."""

    __slots__ = ("_clf", "_facts", "_names", "_stage_variables")

    def __init__(self, facts: RouteFacts, clf: ClfClock) -> None:
        self._facts = facts
        self._clf = clf
        self._names = {name.lower(): name for name in _CANONICAL_NAMES}
        self._stage_variables = dict(facts.stage_variables) or None

    def encode(self, call: Call, body: bytes) -> bytes:
        """Return the event in JSON."""
        facts, request = self._facts, call.request
        headers, multi_value_headers = self._headers(call, len(body))
        query = query_fields(request.query)
        text, is_base64 = body_text(request.headers.get("content-type"), body) if body else (None, False)
        event = {
            "version": "1.0",
            "resource": facts.resource_path,
            "path": call.raw_path if call.target_path is None else call.target_path,
            "httpMethod": request.method,
            "headers": headers,
            "multiValueHeaders": multi_value_headers,
            "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
            "requestContext": self._request_context(call, headers.get("User-Agent", "")),
            "pathParameters": call.path_parameters or None,
            "stageVariables": self._stage_variables,
            "body": text,
            "isBase64Encoded": is_base64,
        }
        return orjson.dumps(event)

    def _headers(self, call: Call, body_length: int) -> tuple[dict[str, str], dict[str, list[str]]]:
        """Return the last value and all values of each header."""
        fields, _ = header_fields(call.request, call.trace_header, body_length)
        received: dict[str, list[str]] = {}
        written: dict[str, str] = {}
        for name, value in call.request.headers:
            lowered = name.lower()
            received.setdefault(lowered, []).append(value)
            written.setdefault(lowered, name)
        if "cookie" in received:
            fields["cookie"] = ""
        multi: dict[str, list[str]] = {}
        for lowered, joined in fields.items():
            values = [joined] if lowered in _ADDED else received[lowered]
            multi[self._spelled(lowered, written)] = values
        return {name: values[-1] for name, values in multi.items()}, multi

    def _spelled(self, lowered: str, written: dict[str, str]) -> str:
        if lowered in self._names:
            return self._names[lowered]
        return lowered if lowered.startswith("accept") or lowered == "cookie" else written[lowered]

    def _request_context(self, call: Call, user_agent: str) -> dict[str, object]:
        facts, request = self._facts, call.request
        return {
            "accountId": facts.account_id,
            "apiId": facts.api_id,
            "domainName": call.domain_name,
            "domainPrefix": call.domain_name.partition(".")[0],
            "extendedRequestId": call.request_id,
            "httpMethod": request.method,
            "identity": {
                "accessKey": None,
                "accountId": None,
                "caller": None,
                "cognitoAmr": None,
                "cognitoAuthenticationProvider": None,
                "cognitoAuthenticationType": None,
                "cognitoIdentityId": None,
                "cognitoIdentityPoolId": None,
                "principalOrgId": None,
                "sourceIp": request.peer_address,
                "user": None,
                "userAgent": user_agent,
                "userArn": None,
            },
            "path": call.raw_path,
            "protocol": f"HTTP/{request.http_version}",
            "requestId": call.request_id,
            "requestTime": self._clf.format(request.received_at),
            "requestTimeEpoch": int(request.received_at * 1000),
            "resourceId": facts.route_key,
            "resourcePath": facts.resource_path,
            "stage": facts.stage_name,
        }


def parse_result(payload: bytes) -> Response:
    """Turn a function's result into a response. Raises `MalformedResult`: nothing is inferred in format 1.0."""
    try:
        result = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise MalformedResult(f"the result is not JSON: {error}") from error
    if not isinstance(result, dict):
        raise MalformedResult("the result is no JSON object")
    return build_response(result, cookies=None, multi_value_headers=result.get("multiValueHeaders"))
