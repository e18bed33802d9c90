"""The phases of a route: bound in order, left out where they do nothing, ended early by errors."""

from dataclasses import replace

import pytest

from gatewright.gateway.integrations.refused import Refused
from gatewright.gateway.pipeline import Pipeline
from gatewright.snapshot.types import Cors
from tests.unit.gateway.fakes import API_ID, Gateway, http_api, http_proxy, integration, snapshot, stage

CORS = Cors(("*",), ("*",), ("*",), (), None, allow_credentials=False)
MAPPED = integration(
    request_parameters=(("append:header.a", "b"),), response_parameters=(("200", (("append:header.a", "b"),)),)
)


def pipeline_of(gateway: Gateway) -> Pipeline:
    found = gateway.execute_api.linked.apis[API_ID].stages["$default"].routes.match("GET", "/")
    assert found is not None
    return found[0].pipeline


def test_a_plain_route_has_the_account_throttle_alone() -> None:
    pipeline = pipeline_of(Gateway().serve(stage("$default")))
    assert [len(phases) for phases in (pipeline.request_phases, pipeline.response_phases, pipeline.final_phases)] == [
        1,
        0,
        0,
    ]


def test_every_phase_has_its_place() -> None:
    pipeline = pipeline_of(Gateway().serve(stage("$default", target=MAPPED, cors=CORS)))
    names = [
        [getattr(phase, "__name__", "") for phase in phases]
        for phases in (pipeline.request_phases, pipeline.response_phases, pipeline.final_phases)
    ]
    assert names == [["throttle", "integration_request"], ["integration_response"], ["method_response"]]


def test_an_empty_mapping_is_no_phase() -> None:
    target = integration(request_parameters=(("append:header.a", ""),), response_parameters=(("200", ()),))
    pipeline = pipeline_of(Gateway().serve(stage("$default", target=target)))
    assert (len(pipeline.request_phases), pipeline.response_phases) == (1, ())


async def test_an_integration_type_that_is_not_built(caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway().serve(stage("$default", target=integration(integration_type="MOCK")))
    assert pipeline_of(gateway).integration == Refused("integration type MOCK is not supported")
    assert (await gateway.get("/")).status == 500
    assert "integration type MOCK is not supported" in caplog.text


async def test_an_error_skips_the_mapping_of_responses() -> None:
    gateway = Gateway(b"no json")
    target = replace(MAPPED, response_parameters=(("500", (("overwrite:statuscode", "200"),)),))
    response = await gateway.serve(stage("$default", target=target)).get("/")
    assert (response.status, response.body) == (500, b'{"message":"Internal Server Error"}')


async def test_why_a_route_is_refused_is_said_when_it_is_linked(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "tests.gateway")
    Gateway().link(snapshot(http_api(stage("GET /x"), stage("GET /y", target=http_proxy("nonsense"))), functions=[]))
    assert f"API {API_ID}, GET /y: integration int1: not an http or https URL" in caplog.text
