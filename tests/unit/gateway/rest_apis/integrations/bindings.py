"""Bindings of single methods, over fakes, for tests of integrations."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from gatewright.base.ids import Ids
from gatewright.base.messages import Headers, Response
from gatewright.gateway.fault_log import FaultLog
from gatewright.gateway.rest_apis.binary_media import BinaryMediaTypes
from gatewright.gateway.rest_apis.binding import LinkedDeployment, RestBinding
from gatewright.gateway.rest_apis.compiled import CompiledTexts
from gatewright.gateway.rest_apis.gateway_responses import GatewayResponses
from gatewright.gateway.rest_apis.mapping_threads import MappingThreads
from gatewright.gateway.rest_apis.seams import RestSeams
from gatewright.gateway.rest_apis.usage_plans import UsagePlanDirectory
from gatewright.gateway.seams import ServiceCall
from gatewright.languages.times import ClfClock
from gatewright.snapshot.types.rest_api import RestIntegration
from tests.unit.gateway.fakes import FakeClient, FakeInvoker
from tests.unit.gateway.rest_apis import rest_api
from tests.unit.gateway.rest_apis.calls import StoppedClock, method_facts


class FakeEvents:
    """Takes no events."""

    async def submit(self, target: Any, event: bytes, *, request_id: str, trace_header: str | None = None) -> None:
        raise AssertionError("no event was expected")


@dataclass
class FakeServices:
    """Records calls of services and answers with a response or an error."""

    answer: Response | Exception = field(default_factory=lambda: Response(200, Headers(), b"{}"))
    calls: list[ServiceCall] = field(default_factory=list)

    async def call(self, call: ServiceCall) -> Response:
        self.calls.append(call)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class FakeRestInvoker(FakeInvoker):
    """Runs no streams."""

    async def invoke_streaming(self, target: Any, event: bytes, *, trace_header: str | None = None) -> Any:
        raise AssertionError("no stream was expected")


def binding(
    integration: RestIntegration,
    *,
    client: FakeClient | None = None,
    services: FakeServices | None = None,
    variables: Mapping[str, str] | None = None,
    binary: tuple[str, ...] = (),
    endpoint_type: str = "EDGE",
    clock: StoppedClock | None = None,
) -> RestBinding:
    clock = clock or StoppedClock()
    seams = RestSeams(
        invoker=FakeRestInvoker(),
        client=client or FakeClient(),
        clock=clock,
        ids=Ids(os.urandom),
        clf=ClfClock(),
        faults=FaultLog(logging.getLogger("test"), clock),
        events=FakeEvents(),
        services=services or FakeServices(),
        usage=UsagePlanDirectory(clock),
        mappings=MappingThreads(),
    )
    source = rest_api.deployment(binary_media_types=binary, endpoint_type=endpoint_type)
    deployment = LinkedDeployment(source, {}, BinaryMediaTypes(binary), GatewayResponses({}))
    return RestBinding(
        compiled=CompiledTexts(),
        facts=method_facts(stage_variables=MappingProxyType(dict(variables or {}))),
        request_method="ANY",
        method=rest_api.method("ANY", integration),
        deployment=deployment,
        settings=None,
        cache=None,
        buckets=(),
        functions={},
        roles={},
        seams=seams,
    )
