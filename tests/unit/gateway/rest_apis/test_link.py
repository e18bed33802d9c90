"""Linking large APIs: "Amazon API Gateway quotas" let an API have 300 resources, and a template 300 KB."""

import time

import pytest

from gatewright.snapshot.types.rest_api import RestDeployment
from tests.unit.gateway.fakes import Gateway, request, snapshot
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
            for number in range(300)
        ),
        models=(("Pet", SCHEMA),),
    )


async def test_a_large_api_is_linked_at_once_in_all_its_stages() -> None:
    gateway = Gateway()
    stages = [stage(name=f"s{number}", deployment=large()) for number in range(5)]
    # Eagerly compiled, these 3000 templates take more than ten seconds, at each change of a stage.
    began = time.thread_time()
    gateway.link(snapshot(rest_api(*stages)))
    assert time.thread_time() - began < 1
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
