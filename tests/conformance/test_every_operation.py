"""Every operation in the models of the services that we serve is in an OPERATIONS table, or answers NotImplemented."""

import functools
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from gatewright.aws.catalog import Catalog
from gatewright.aws.endpoint import AwsEndpoint
from gatewright.base.ids import Ids
from gatewright.base.late import Late
from gatewright.base.messages import BytesBody
from gatewright.base.operations import Caller, Shape
from gatewright.control import apigateway, apigatewayv2, iam, lambda_, logs, sts
from gatewright.functions import invoke
from gatewright.gateway.rest_apis import invoke_for_test
from gatewright.stacks import operations as stack_operations
from tests.conformance.test_round_trips import Model, wire_request
from tests.conformance.values import make

TABLES: Mapping[str, frozenset[str]] = {
    "lambda": frozenset(lambda_.OPERATIONS) | frozenset(invoke.OPERATIONS),
    "apigateway": frozenset(apigateway.OPERATIONS) | frozenset(invoke_for_test.OPERATIONS),
    "apigatewayv2": frozenset(apigatewayv2.OPERATIONS),
    "cloudformation": frozenset(stack_operations.OPERATIONS),
    "iam": frozenset(iam.OPERATIONS),
    "logs": frozenset(logs.OPERATIONS),
    "sts": frozenset(sts.OPERATIONS),
}
OPERATIONS = [
    (service, operation)
    for service in TABLES
    for operation in ServiceModel(Loader().load_service_model(service, "service-2")).operation_names
]
CATALOG = Catalog(TABLES)


@functools.cache
def model(service: str) -> Model:
    botocores = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    ours = CATALOG.service(service)
    return Model(ours, botocores, ours.protocols[0])


async def call(service: str, operation: str, params: dict[str, Any]) -> tuple[int, str | None, str, list[str]]:
    """Return status, error type and message of a call, and which operation was called."""
    called: list[str] = []

    def recorder(name: str) -> Any:
        async def run(caller: Caller, request: Shape) -> Shape:
            called.append(name)
            return {}

        return run

    endpoint = AwsEndpoint(
        {service: Late(lambda: {name: recorder(name) for name in TABLES[service]})},
        account_id="123456789012",
        default_region="us-east-1",
        ids=Ids(),
        catalog=CATALOG,
    )
    of = model(service)
    request, body = wire_request(of, of.botocores.operation_model(operation), params)
    request.body = BytesBody(body)
    scope = next(iter(of.ours.scope_names))
    authorization = f"AWS4-HMAC-SHA256 Credential=AKID/20261123/us-east-1/{scope}/aws4_request, SignedHeaders=host"
    request.headers.append(("Authorization", f"{authorization}, Signature=0"))
    response = await endpoint.handle(request)
    assert isinstance(response.body, bytes)
    if of.protocol == "query":
        error = dict(re.findall(r"<(Code|Message)>(.*?)</", response.body.decode()))
        return response.status, error.get("Code"), error.get("Message", ""), called
    content = json.loads(response.body) if response.body else {}
    code = response.headers.get("x-amzn-errortype") or content.get("__type")
    return response.status, code, content.get("message", ""), called


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
async def test_an_operation_is_served_or_says_that_it_is_not(service: str, operation: str) -> None:
    shape = model(service).botocores.operation_model(operation).input_shape
    params = {} if shape is None else make(shape, 1, is_request=True)
    status, error, message, called = await call(service, operation, params)
    if operation in TABLES[service]:
        # Made-up values reach the operation or break a constraint of the model.
        refusals = ("ValidationException", "BadRequestException", "ValidationError", "InvalidParameterException")
        broken = {(400, code) for code in refusals}
        assert called == [operation] or (status, error) in broken
    else:
        assert (status, error, called) == (501, "NotImplemented", [])
        assert operation in message
        assert service in message


@pytest.mark.parametrize("service", TABLES)
def test_tables_hold_only_what_the_model_has(service: str) -> None:
    assert TABLES[service] <= CATALOG.service(service).operation_names
