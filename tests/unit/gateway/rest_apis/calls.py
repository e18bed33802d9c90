"""Requests to REST APIs on their way, for tests of single pieces."""

from collections.abc import Iterable
from typing import Any

from gatewright.base.messages import Headers, Request
from gatewright.gateway.rest_apis.call import MethodFacts, RestCall

ACCOUNT = "123456789012"
REGION = "us-east-2"
API_ID = "mnh1xmpli7"
RECEIVED_AT = 1584039838.39  # 12/Mar/2020:19:03:58 +0000
HOST = f"{API_ID}.execute-api.{REGION}.localhost"
REQUEST_ID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
EXTENDED_REQUEST_ID = "JKJaXmPLvHcESHA="
TRACE_HEADER = "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e"


class StoppedClock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.seconds = RECEIVED_AT

    def now(self) -> float:
        return self.seconds

    def monotonic(self) -> float:
        return self.seconds


def method_facts(**parts: Any) -> MethodFacts:
    known: dict[str, Any] = {
        "partition": "aws",
        "account_id": ACCOUNT,
        "region": REGION,
        "api_id": API_ID,
        "stage_name": "test",
        "deployment_id": "dep1oy",
        "resource_id": "r3s0rc",
        "resource_path": "/{proxy+}",
        "http_method": "ANY",
        "operation_name": None,
        "stage_variables": {},
        "is_canary": None,
    }
    return MethodFacts(**{**known, **parts})


def rest_call(
    facts: MethodFacts | None = None,
    *,
    method: str = "GET",
    path: str = "/test-path",
    query: str = "",
    headers: Iterable[tuple[str, str]] = (),
    path_parameters: dict[str, str] | None = None,
    **parts: Any,
) -> RestCall:
    facts = facts or method_facts()
    request = Request(
        method,
        f"/{facts.stage_name}{path}",
        query,
        Headers(headers),
        scheme="https",
        peer_address="192.0.2.1",
        received_at=RECEIVED_AT,
    )
    parameters = {} if path_parameters is None else path_parameters
    raw_path = f"/{facts.stage_name}{path}"
    return RestCall(
        request, facts, parameters, path, raw_path, HOST, REQUEST_ID, EXTENDED_REQUEST_ID, TRACE_HEADER, **parts
    )
