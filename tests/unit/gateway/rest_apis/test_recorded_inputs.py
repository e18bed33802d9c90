"""`$input` and `$context` in templates, as AWS was recorded to give them.

Sources: api-gateway-mapping-template, test/_.md (payloads, and its issue 5); localstack, pull requests 12379 (how lists
and maps print), 12413 (no body) and 12774; events that functions logged behind the console's template "Method Request
passthrough".
"""

import json
from typing import Any

import pytest

from gatewright.base.messages import Headers, Response
from tests.unit.gateway.fakes import API_ID, request
from tests.unit.gateway.rest_apis.recorded import error_of, json_of, serving, text_of
from tests.unit.gateway.rest_apis.rest_api import integration, method, mock, outcome, resource

_DOCUMENT = {"tags": ["a", "b/c"], "pets": [{"id": 1, "name": None, "ok": True}], "n": {"l": [{"foo": "bar"}]}, "e": []}


async def sent_to_endpoint(template: str, body: bytes, *headers: tuple[str, str]) -> str:
    """Return what a request template makes of a body."""
    target = integration(
        "HTTP",
        uri="https://origin.example.com/",
        request_templates=(("application/json", template),),
        responses=(outcome(),),
    )
    gateway = serving(resource("/a/{id}", method("POST", target)))
    gateway.client.answer = Response(200, Headers([("Content-Type", "application/json")]), b"{}")
    response = await gateway.send(request("POST", "/prod/a/7?q=1&q=2", *headers, body=body))
    assert response.status == 200, await text_of(response)
    return gateway.client.bodies[0].decode()


@pytest.mark.parametrize(
    ("template", "payload", "result"),
    [
        ("\"$input.path('$')\"", "a=b", '"a=b"'),
        ("\"$input.path('$')\"", '"a=b"', '"a=b"'),
        ("$input.json('$')", "a=b", '"a=b"'),
        ("$input.json('$')", '"a=b"', '"a=b"'),
        ("\"$input.path('$')\"", "{}", '"{}"'),
        ("\"$input.path('$')\"", '"{}"', '"{}"'),
        ("$input.json('$')", "{}", "{}"),
        ("$input.json('$')", "", "{}"),
        ("$input.path('$')", "", "{}"),
        ('{"name": "$input.path(\'$\')"}', "name=toqoz", '{"name": "name=toqoz"}'),
        ("\"$input.path('$')\"", "a{b", '"a{b"'),
        ("\"$input.path('$')\"", "a[", '"a["'),
        ("\"$input.path('$')\"", "null{", '"null{"'),
        ("\"$input.path('$')\"", "true{", '"true{"'),
        ("\"$input.path('$')\"", "undefined{", '"undefined{"'),
        ("$input", "", ""),
        ("$input.keySet", "", ""),
        ("$input.params.keySet", "", ""),
        ("$util", "", ""),
        ("$input.params", "", ""),
        ("$input.json", "", ""),
        ("$util.urlEncode", "", ""),
        ('$input.path("$").item2', '{"item1": 1}', ""),
        ("$input.path('$.item2')", '{"item1": 1}', ""),
        ("$input.json('$.item2')", '{"item1": 1}', '""'),
        ("$input.body", "", "{}"),
        ("$util.urlEncode($input.body)", "", "%7B%7D"),
        ("$input.body", "a=b", "a=b"),
    ],
)
async def test_what_payloads_are(template: str, payload: str, result: str) -> None:
    assert await sent_to_endpoint(template, payload.encode()) == result


@pytest.mark.parametrize("payload", [b"{a", b"[a", b"\n{wrongjson"])
async def test_what_begins_like_json_has_to_be_json(payload: bytes) -> None:
    gateway = serving(resource("/a", method("POST", mock(request_template="$input.path('$')"))))
    response = await gateway.send(request("POST", "/prod/a", body=payload))
    message = {"message": "Invalid JSON in request body"}
    assert await error_of(response) == (400, message, "BadRequestException")


@pytest.mark.parametrize(
    ("template", "result"),
    [
        ("$input.path('$.tags')", r'["a","b\/c"]'),
        ("$input.path('$.pets')", '[{"id":1,"name":null,"ok":true}]'),
        ("$input.path('$.pets[0]')", "{id=1, name=null, ok=true}"),
        ("$input.path('$.n')", '{l=[{"foo":"bar"}]}'),
        ("$input.path('$').e", "[]"),
        ("$input.path('$..foo')", '["bar"]'),
        ("$input.json('$.tags')", '["a","b/c"]'),
        ("#set($l = ['a', 1])$l", "[a, 1]"),
        ("#set($l = [])#set($x = $l.add('\"a\"'))$l", '["a"]'),
        ("$input.path('$.pets[0].name')", ""),
        ("$input.json('$.pets[0].name')", "null"),
    ],
)
async def test_how_values_print(template: str, result: str) -> None:
    assert await sent_to_endpoint(template, json.dumps(_DOCUMENT).encode()) == result


_PASSTHROUGH = """\
#set($allParams = $input.params())
{
"body-json" : $input.json('$'),
"params" : {
#foreach($type in $allParams.keySet())
    #set($params = $allParams.get($type))
"$type" : {
    #foreach($paramName in $params.keySet())
    "$paramName" : "$util.escapeJavaScript($params.get($paramName))"
        #if($foreach.hasNext),#end
    #end
}
    #if($foreach.hasNext),#end
#end
},
"stage-variables" : {
#foreach($key in $stageVariables.keySet())
"$key" : "$util.escapeJavaScript($stageVariables.get($key))"
    #if($foreach.hasNext),#end
#end
},
"context" : {
    "account-id" : "$context.identity.accountId",
    "api-id" : "$context.apiId",
    "api-key" : "$context.identity.apiKey",
    "authorizer-principal-id" : "$context.authorizer.principalId",
    "caller" : "$context.identity.caller",
    "cognito-authentication-provider" : "$context.identity.cognitoAuthenticationProvider",
    "cognito-identity-pool-id" : "$context.identity.cognitoIdentityPoolId",
    "http-method" : "$context.httpMethod",
    "stage" : "$context.stage",
    "source-ip" : "$context.identity.sourceIp",
    "user" : "$context.identity.user",
    "user-agent" : "$context.identity.userAgent",
    "user-arn" : "$context.identity.userArn",
    "resource-id" : "$context.resourceId",
    "resource-path" : "$context.resourcePath"
    }
}
"""


async def test_the_events_of_method_request_passthrough() -> None:
    sent = (("Content-Type", "application/json"), ("x-Own", "1"), ("X-Forwarded-For", "203.0.113.9"))
    event: dict[str, Any] = json.loads(await sent_to_endpoint(_PASSTHROUGH, b'{"a": 1}', *sent))
    assert event["body-json"] == {"a": 1}
    assert list(event["params"]) == ["path", "querystring", "header"]
    assert (event["params"]["path"], event["params"]["querystring"]) == ({"id": "7"}, {"q": "2"})
    headers = event["params"]["header"]
    assert headers.pop("X-Amzn-Trace-Id").startswith("Root=1-")
    assert headers == {
        "Content-Type": "application/json",
        "Host": f"{API_ID}.execute-api.localhost:4566",
        "X-Forwarded-For": "203.0.113.9, 192.0.2.1",
        "X-Forwarded-Port": "4566",
        "X-Forwarded-Proto": "http",
        "x-Own": "1",
    }
    assert event["stage-variables"] == {}
    named = {
        "api-id": API_ID,
        "http-method": "POST",
        "stage": "prod",
        "source-ip": "192.0.2.1",
        "resource-id": "res1",
        "resource-path": "/a/{id}",
    }
    assert event["context"] == {name: named.get(name, "") for name in event["context"]}


async def test_forwarded_addresses_of_a_client_that_sends_several_lines() -> None:
    """As in proxy events; what Connection names is not seen."""
    lines = (("X-Forwarded-For", "203.0.113.9"), ("x-forwarded-for", "203.0.113.8"))
    template = "$input.params('X-Forwarded-For')|$input.params().header.get('X-Forwarded-For')"
    seen = await sent_to_endpoint(template, b"", *lines)
    assert seen == "|".join(["203.0.113.9, 203.0.113.8, 192.0.2.1"] * 2)
    seen = await sent_to_endpoint(template, b"", *lines, ("Connection", "x-forwarded-for"))
    assert seen == "192.0.2.1|192.0.2.1"


async def test_names_of_headers_are_compared_as_they_are_written() -> None:
    """ "Header names and query parameters are processed in a case-sensitive way" ("... important notes")."""
    template = "$input.params('x-own')|$input.params('X-Own')|$input.params('Q')|$input.params('Authorization')"
    seen = await sent_to_endpoint(template, b"", ("x-own", "1"), ("authorization", "me"))
    assert seen == "1|||me"


async def test_what_a_body_is_to_parameter_mappings() -> None:
    """localstack, tests/unit/services/apigateway/test_parameters_mapping.py: validated against AWS."""
    mappings = (
        ("integration.request.header.whole", "method.request.body"),
        ("integration.request.header.part", "method.request.body.pets[0].name"),
        ("integration.request.header.none", "method.request.body.pets.name"),
    )
    target = integration("HTTP", uri="https://o.example.com", request_parameters=mappings, responses=(outcome(),))
    gateway = serving(resource("/a", method("POST", target)))
    await gateway.send(request("POST", "/prod/a"))
    assert gateway.client.requests[0].headers.get("whole") == "{}"
    body = b'{"pets":[{"name":"nested"}]}'
    await gateway.send(request("POST", "/prod/a", body=body))
    sent = gateway.client.requests[1].headers
    assert (sent.get("whole"), sent.get("part"), sent.get("none")) == (body.decode(), "nested", None)
    response = await gateway.send(request("POST", "/prod/a", body=b"\n{wrongjson"))
    assert (response.status, await json_of(response)) == (400, {"message": "Invalid JSON in request body"})
