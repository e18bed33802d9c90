"""Linking large APIs: "Amazon API Gateway quotas" let an API have 300 resources, and a template 300 KB."""

from dataclasses import replace

import pytest

from gatewright.snapshot.types.rest_api import RestDeployment, RestGatewayResponse
from tests.unit.gateway.fakes import API_ID, Gateway, request, snapshot
from tests.unit.gateway.rest_apis.rest_api import deployment, method, mock, resource, rest_api, stage

TEMPLATE = """#set($root = $input.path('$'))
{"items": [#foreach($item in $root.items)
  {"name": "$item.name", #if($item.price > 10 && $item.kind == "big")"big": true,#else"big": false,#end "number": %d}
#end], "id": "$context.requestId"}"""
SCHEMA = '{"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "pattern": "^[a-z]+$"}}}'


def large() -> RestDeployment:
    return deployment(
        *(
            resource(
                f"/r{number}",
                method("POST", mock(TEMPLATE % number), request_models=(("application/json", "Pet"),)),
                method("PUT", mock(TEMPLATE % -number)),
            )
            for number in range(20)
        ),
        models=(("Pet", SCHEMA),),
    )


async def test_each_text_is_compiled_once_for_all_stages_and_changes() -> None:
    gateway = Gateway()
    stages = [stage(name=f"s{number}", deployment=large()) for number in range(5)]
    first = gateway.link(snapshot(rest_api(*stages))).rest_apis[API_ID].compiled
    assert (len(first.templates), len(first.models)) == (40, 1), (
        "two of each resource but the first, and the request template"
    )
    changed = [replace(stages[0], variables={"a": "b"}), *stages[1:4]]
    second = gateway.link(snapshot(rest_api(*changed), revision=2)).rest_apis[API_ID].compiled
    assert second is not first
    assert [second.templates[text] for text in second.templates] == [first.templates[text] for text in first.templates]
    assert second.models == first.models
    answer = await gateway.send(request("POST", "/s3/r7", body=b'{"name": "bo"}'))
    assert isinstance(answer.body, bytes)
    assert (answer.status, b'{"items": [], "id": "' in answer.body) == (200, True)
    refused = await gateway.send(request("POST", "/s3/r7", body=b'{"name": "BO"}'))
    assert refused.status == 400


@pytest.mark.parametrize("filling", ["", "x" * 20_000])
async def test_a_template_that_is_none_fails_its_method_only(filling: str) -> None:
    # "Internal server error" for what is wrong with a template (recorded of AWS); a short one compiles with a request.
    broken = mock("#if($x" + filling)
    gateway = Gateway()
    gateway.link(snapshot(rest_api(stage(resource("/a", method("GET", broken), method("PUT", mock("ok")))))))
    failed = await gateway.send(request("GET", "/prod/a"))
    assert (failed.status, failed.body) == (500, b'{"message":"Internal server error"}')
    assert (await gateway.send(request("PUT", "/prod/a"))).body == b"ok"


async def test_an_api_that_does_not_link_keeps_its_previous_form(caplog: pytest.LogCaptureFixture) -> None:
    # No AWS page: there, what is stored has been checked; here, nothing that is stored may keep others from changing.
    gateway = Gateway()
    gateway.link(snapshot(rest_api(stage(resource("/a", method("GET", mock("ok")))))))
    broken = RestGatewayResponse("DEFAULT_4XX", None, (("gatewayresponse.header.x", "no expression"),), ())
    gateway.link(snapshot(rest_api(stage(gateway_responses=(broken,))), revision=2))
    assert (await gateway.send(request("GET", "/prod/a"))).body == b"ok"
    assert "(my-api) does not link, its previous version keeps serving: Invalid mapping expression" in caplog.text
