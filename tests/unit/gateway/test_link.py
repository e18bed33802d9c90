"""Linking: what is taken over, what is linked again, what happens to an API that does not link."""

import logging
from dataclasses import replace

import pytest

from tests.unit.gateway.fakes import (
    Gateway,
    http_api,
    http_proxy,
    integration,
    qualified_function,
    snapshot,
    stage,
    whole_function,
)

OTHER_ARN = "arn:aws:lambda:us-east-2:123456789012:function:other"


async def test_what_did_not_change_is_taken_over() -> None:
    gateway = Gateway({"statusCode": 200})
    first = http_api(stage("$default"))
    second = http_api(stage("$default"), api_id="second")
    function = whole_function(qualified_function())
    before = gateway.link(snapshot(first, second, functions=[function]))
    renamed = replace(second, name="renamed")
    after = gateway.link(snapshot(first, renamed, functions=[function], revision=2))
    assert after.revision == 2
    assert after.apis[first.api_id] is before.apis[first.api_id]
    assert after.apis["second"] is not before.apis["second"]
    assert after.apis["second"].source is renamed


async def test_an_api_is_linked_again_when_its_function_changes() -> None:
    gateway = Gateway({"statusCode": 200})
    api = http_api(stage("$default"))
    proxy = http_api(stage("$default", target=http_proxy("https://example.com")), api_id="proxy")
    other = qualified_function(arn=OTHER_ARN, name="other")
    before = gateway.link(snapshot(api, proxy, functions=[qualified_function(), other]))
    same = gateway.link(snapshot(api, proxy, functions=[*snapshot(functions=[]).functions.values()]))
    assert same.apis[api.api_id] is not before.apis[api.api_id], "its function is gone"
    assert same.apis["proxy"] is before.apis["proxy"]
    assert (await gateway.get("/")).status == 500
    gateway.link(snapshot(api, proxy, functions=[qualified_function()], revision=3))
    assert (await gateway.get("/")).status == 200, "a function may come after the API that names it"


async def test_an_api_that_is_gone_is_not_served() -> None:
    gateway = Gateway({"statusCode": 200}).serve(stage("$default"))
    linked = gateway.link(snapshot(revision=2))
    assert dict(linked.apis) == {}
    assert (await gateway.get("/")).status == 404


async def test_an_api_that_does_not_link_keeps_serving(caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway({"statusCode": 200}).serve(stage("GET /a"))
    broken = integration(request_parameters=(("append:header.via", "x"),))
    with caplog.at_level(logging.ERROR):
        linked = gateway.link(
            snapshot(
                http_api(stage("GET /b", target=broken)),
                http_api(stage("GET /b", target=broken), api_id="new"),
                revision=2,
            )
        )
    assert (await gateway.get("/a")).status == 200
    assert "new" not in linked.apis
    assert "does not link, its previous version keeps serving: Operations on header via are restricted" in caplog.text
    assert "API new (my-api) does not link, it is not served" in caplog.text


async def test_functions_are_found_through_stage_variables() -> None:
    gateway = Gateway({"statusCode": 200})
    uri = "arn:aws:lambda:us-east-2:123456789012:function:${stageVariables.name}"
    target = integration(integration_uri=uri)
    api = http_api(
        stage("$default", target=target, variables={"name": "my-function"}),
        stage("$default", target=target, name="dev", variables={"name": "missing"}),
    )
    gateway.link(snapshot(api))
    assert (await gateway.get("/")).status == 200
    assert (await gateway.get("/dev")).status == 500
