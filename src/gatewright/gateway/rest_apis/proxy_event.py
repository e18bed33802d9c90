"""The event of a Lambda proxy integration of a REST API: every member is there, null where it has nothing to say.

Source: "Lambda proxy integrations in API Gateway", "Input format of a Lambda function for proxy integration". Where
that page's example is older than the service, events recorded of AWS decide (localstack, test_apigateway_lambda.py;
aws/aws-lambda-dotnet, Tools/LambdaTestTool-v2, Snapshots/*Rest.json, of a regional API). `path`, its parameters and
`requestContext.path` are as the client sent them, undecoded; slashes before the first segment are one in `path`, and
one at the end is no part of a greedy parameter. The query is decoded. A body without octets is null. There is no
Content-Length, nor anything else that a method request does not have; Authorization, Host and User-Agent are spelled
so, other names as the client wrote them. Only edge-optimized APIs have what CloudFront adds.
"""

from types import MappingProxyType
from typing import Any, Final

import orjson

from gatewright.gateway.fields import connection_options
from gatewright.gateway.payloads.request_parts import forwarded_port
from gatewright.gateway.rest_apis.binary_media import BinaryMediaTypes, event_body
from gatewright.gateway.rest_apis.call import MethodFacts, RestCall
from gatewright.gateway.rest_apis.header_remapping import DROPPED_REQUEST_FIELDS
from gatewright.gateway.rest_apis.received_headers import SPELLED_FIELDS
from gatewright.languages.times import ClfClock
from gatewright.snapshot.types.rest_api import TEST_INVOKE_STAGE

# What becomes of a name, by its lower case: nothing of those that are dropped.
_SPELLINGS: Final = MappingProxyType(
    {
        **dict.fromkeys(DROPPED_REQUEST_FIELDS, ""),
        **SPELLED_FIELDS,
        "x-amzn-trace-id": "X-Amzn-Trace-Id",
        "x-forwarded-for": "X-Forwarded-For",
        "x-forwarded-port": "X-Forwarded-Port",
        "x-forwarded-proto": "X-Forwarded-Proto",
    }
)

Fields = tuple[dict[str, str], dict[str, list[str]]]
"""The last value and all values of each header."""


class ProxyEvent:
    """Encodes the events of one method."""

    __slots__ = ("_binary", "_clf", "_facts", "_prefix", "_resource", "_spellings", "_stage_variables")

    def __init__(self, facts: MethodFacts, binary: BinaryMediaTypes, clf: ClfClock) -> None:
        self._facts = facts
        self._binary = binary
        self._clf = clf
        self._spellings = dict(_SPELLINGS)  # Looked up for every header: a proxy of it takes twice as long.
        self._prefix = f"/{facts.stage_name}/"
        self._resource = facts.resource_path.split("/")
        self._stage_variables = orjson.Fragment(orjson.dumps(dict(facts.stage_variables) or None))

    def encode(self, call: RestCall, body: bytes) -> bytes:
        """Return the event in JSON."""
        request = call.request
        query = call.query if request.query else {}
        headers, multi_value_headers = self._header_fields(call)
        path = self._path(call)
        parameters = call.path_parameters if "%" not in path else self._raw_parameters(path) or call.path_parameters
        text, is_base64 = (
            event_body(self._binary, call.request.headers.get("content-type"), body) if body else (None, False)
        )
        event = {
            "resource": self._facts.resource_path,
            "path": path,
            "httpMethod": request.method,
            "headers": headers or None,
            "multiValueHeaders": multi_value_headers or None,
            "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
            "multiValueQueryStringParameters": query or None,
            "pathParameters": parameters or None,
            "stageVariables": self._stage_variables,
            "requestContext": self._request_context(call, headers.get("User-Agent")),
            "body": text,
            "isBase64Encoded": is_base64,
        }
        return orjson.dumps(event)

    def _path(self, call: RestCall) -> str:
        """Return the path below the stage, with which a path that was asked for in another way does not begin."""
        path, prefix = call.raw_path, self._prefix
        if path.startswith(prefix):
            path = path[len(prefix) :]
        elif path == prefix[:-1]:
            return "/"
        return "/" + path.lstrip("/")

    def _request_context(self, call: RestCall, user_agent: str | None) -> dict[str, Any]:
        facts, request = self._facts, call.request
        identity: dict[str, str | None] = {
            "cognitoIdentityPoolId": None,
            "accountId": None,
            "cognitoIdentityId": None,
            "caller": None,
            "sourceIp": request.peer_address,
            "principalOrgId": None,
            "accessKey": None,
            "cognitoAuthenticationType": None,
            "cognitoAuthenticationProvider": None,
            "userArn": None,
            "userAgent": user_agent,
            "user": None,
        }
        if call.api_key is not None:
            identity["apiKey"] = call.api_key.value
            identity["apiKeyId"] = call.api_key.key_id
        context = {
            "resourceId": facts.resource_id,
            "resourcePath": facts.resource_path,
            "httpMethod": request.method,
            "extendedRequestId": call.extended_request_id,
            "requestTime": self._clf.format(request.received_at),
            "path": call.raw_path,
            "accountId": facts.account_id,
            "protocol": f"HTTP/{request.http_version}",
            "stage": facts.stage_name,
            "domainPrefix": call.domain_name.partition(".")[0],
            "requestTimeEpoch": int(request.received_at * 1000),
            "requestId": call.request_id,
            "identity": identity,
            "domainName": call.domain_name,
            "deploymentId": facts.deployment_id,
            "apiId": facts.api_id,
        }
        if facts.operation_name is not None:
            context["operationName"] = facts.operation_name
        return context

    def _raw_parameters(self, path: str) -> dict[str, str]:
        """Return the path parameters undecoded; none where the path has other segments than the resource."""
        segments = path.rstrip("/").split("/")
        parameters = {}
        for index, part in enumerate(self._resource):
            if index >= len(segments):
                return {}
            if part.endswith("+}"):
                parameters[part[1:-2]] = "/".join(segments[index:])
            elif part.startswith("{"):
                parameters[part[1:-1]] = segments[index]
        return parameters

    def _header_fields(self, call: RestCall) -> Fields:
        single: dict[str, str] = {}
        multi: dict[str, list[str]] = {}
        request, options, spell = call.request, frozenset[str](), self._spellings.get
        for name, value in request.headers:
            lowered = name.lower()
            spelling = spell(lowered)
            if spelling is not None:
                if not spelling:
                    if lowered == "connection":
                        options |= connection_options(value)
                    continue
                name = spelling
            if name in single:
                multi[name].append(value)
            else:
                multi[name] = [value]
            single[name] = value
        if options:
            for name in [name for name in single if name.lower() in options]:
                del single[name], multi[name]
        self._add_fields(call, single, multi)
        return single, multi

    def _add_fields(self, call: RestCall, single: dict[str, str], multi: dict[str, list[str]]) -> None:
        """Add what API Gateway adds, in the place of what the client sent of it."""
        request = call.request
        client = request.peer_address
        if "X-Forwarded-For" in multi:
            client = ", ".join([*filter(None, multi["X-Forwarded-For"]), client])
        trace, scheme = call.trace, request.scheme
        if not isinstance(trace, str):
            sent = multi.get("X-Amzn-Trace-Id")
            trace = call.begin_trace(trace, None if sent is None else sent[0])
        port = forwarded_port(single.get("Host", ""), scheme)
        single["X-Amzn-Trace-Id"] = trace
        single["X-Forwarded-For"] = client
        single["X-Forwarded-Port"] = port
        single["X-Forwarded-Proto"] = scheme
        multi["X-Amzn-Trace-Id"] = [trace]
        multi["X-Forwarded-For"] = [client]
        multi["X-Forwarded-Port"] = [port]
        multi["X-Forwarded-Proto"] = [scheme]


class InvokeTestEvent(ProxyEvent):
    """Encodes the events of TestInvokeMethod: no stage, no hop and no deployment, but an API key and an owner.

    Events of test invocations that functions logged show these members (test-invoke-api-key and the rest).
    """

    __slots__ = ()

    def _path(self, call: RestCall) -> str:
        return call.path

    def _add_fields(self, call: RestCall, single: dict[str, str], multi: dict[str, list[str]]) -> None:
        """Add nothing: without a header, `headers` is null."""

    def _request_context(self, call: RestCall, user_agent: str | None) -> dict[str, Any]:
        facts = self._facts
        context = super()._request_context(call, user_agent)
        del context["deploymentId"]
        context |= {
            "path": facts.resource_path,
            "domainName": "testPrefix.testDomainName",
            "domainPrefix": "testPrefix",
        }
        context["identity"] |= {
            "accountId": facts.account_id,
            "apiKey": "test-invoke-api-key",
            "apiKeyId": "test-invoke-api-key-id",
            "caller": facts.account_id,
            "sourceIp": "test-invoke-source-ip",
            "user": facts.account_id,
            "userArn": f"arn:{facts.partition}:iam::{facts.account_id}:root",
        }
        return context


def link_proxy_event(facts: MethodFacts, binary: BinaryMediaTypes, clf: ClfClock) -> ProxyEvent:
    """Return what encodes the events of a method."""
    return (InvokeTestEvent if facts.stage_name == TEST_INVOKE_STAGE else ProxyEvent)(facts, binary, clf)
