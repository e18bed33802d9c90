"""What tests that hold REST APIs to recordings of AWS have in common."""

import json
from typing import Any

from gatewright.base.messages import Response
from gatewright.snapshot.types.rest_api import RestResource
from tests.unit.gateway.fakes import Gateway, read, snapshot
from tests.unit.gateway.rest_apis.rest_api import rest_api, stage

INTERNAL_SERVER_ERROR = (500, {"message": "Internal server error"}, "InternalServerErrorException")
# What the recordings hold of every response, but for the date and the connection, which the listener adds.
IDS = {"x-amzn-requestid", "x-amz-apigw-id"}


def serving(*resources: RestResource, answer: Any = None, **changes: Any) -> Gateway:
    """Return a gateway with a regional API, as most recordings were made of."""
    gateway = Gateway(answer)
    gateway.link(snapshot(rest_api(stage(*resources, **{"endpoint_type": "REGIONAL", **changes}))))
    return gateway


def names_of(response: Response) -> set[str]:
    return {name.lower() for name, _ in response.headers}


async def text_of(response: Response) -> str:
    return (await read(response)).decode()


async def json_of(response: Response) -> Any:
    return json.loads(await read(response))


async def error_of(response: Response) -> tuple[int, Any, str | None]:
    return response.status, await json_of(response), response.headers.get("x-amzn-errortype")
