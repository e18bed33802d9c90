"""Payload format 2.0: members that have nothing to say are absent.

Source: "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway".
"""

import orjson

from gatewright.base.messages import Response
from gatewright.gateway.call import Call, RouteFacts
from gatewright.gateway.payloads.request_parts import body_text, header_fields, joined_query_fields
from gatewright.gateway.payloads.result import MalformedResult, build_response, inferred_response
from gatewright.languages.times import ClfClock


class EventV2:
    """Encodes the events of one route."""

    __slots__ = ("_clf", "_facts", "_stage_variables")

    def __init__(self, facts: RouteFacts, clf: ClfClock) -> None:
        self._facts = facts
        self._clf = clf
        self._stage_variables = orjson.Fragment(orjson.dumps(dict(facts.stage_variables)))

    def encode(self, call: Call, body: bytes) -> bytes:
        """Return the event in JSON."""
        facts, request = self._facts, call.request
        fields, cookies = header_fields(request, call.trace_header, len(body))
        raw_path = call.raw_path
        event: dict[str, object] = {
            "version": "2.0",
            "routeKey": facts.route_key,
            "rawPath": raw_path if call.target_path is None else call.target_path,
            "rawQueryString": request.query,
        }
        if cookies:
            event["cookies"] = [cookie.strip() for line in cookies for cookie in line.split(";") if cookie.strip()]
        event["headers"] = fields
        if request.query:
            event["queryStringParameters"] = joined_query_fields(request.query)
        event["requestContext"] = {
            "accountId": facts.account_id,
            "apiId": facts.api_id,
            "domainName": call.domain_name,
            "domainPrefix": call.domain_name.partition(".")[0],
            "http": {
                "method": request.method,
                "path": raw_path,
                "protocol": f"HTTP/{request.http_version}",
                "sourceIp": request.peer_address,
                "userAgent": fields.get("user-agent", ""),
            },
            "requestId": call.request_id,
            "routeKey": facts.route_key,
            "stage": facts.stage_name,
            "time": self._clf.format(request.received_at),
            "timeEpoch": int(request.received_at * 1000),
        }
        is_base64 = False
        if body:
            event["body"], is_base64 = body_text(fields.get("content-type"), body)
        if call.path_parameters:
            event["pathParameters"] = call.path_parameters
        event["isBase64Encoded"] = is_base64
        if facts.stage_variables:
            event["stageVariables"] = self._stage_variables
        return orjson.dumps(event)


def parse_result(payload: bytes) -> Response:
    """Turn a function's result into a response. Raises `MalformedResult`.

    "If your Lambda function returns valid JSON and doesn't return a statusCode", API Gateway assumes status 200,
    content type application/json, and takes the function's response as the body.
    """
    try:
        result = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise MalformedResult(f"the result is not JSON: {error}") from error
    if not isinstance(result, dict) or result.get("statusCode") is None:
        return inferred_response(result, payload)
    return build_response(result, cookies=result.get("cookies"), multi_value_headers=None)
