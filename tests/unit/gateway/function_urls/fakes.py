"""Function URLs over a fake data plane of Lambda."""

import json
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gatewright.base.ids import Ids
from gatewright.base.messages import Request, Response
from gatewright.base.policy import Policy, parse_policy
from gatewright.gateway.function_urls.callers import Identify, UrlCaller
from gatewright.gateway.function_urls.link import link_urls
from gatewright.gateway.function_urls.linked import NO_URLS
from gatewright.gateway.function_urls.serve import FunctionUrls
from gatewright.languages.times import ClfClock
from gatewright.snapshot.types import Cors, FunctionUrl, QualifiedFunction
from tests.unit.gateway.fakes import (
    ACCOUNT,
    FUNCTION_ARN,
    FakeClock,
    FakeInvocation,
    counting_entropy,
    qualified_function,
    request,
    whole_function,
)

URL_ID = "kafkarecordsonceuponatime0123456"
HOST = f"{URL_ID}.lambda-url.us-east-2.localhost"
CALLER = UrlCaller("AKIDEXAMPLE", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)


def allow(action: str, *, effect: str = "Allow", principal: Any = "*", **condition: Any) -> dict[str, Any]:
    """Return a statement of a function's policy."""
    statement = {"Effect": effect, "Principal": principal, "Action": action, "Resource": FUNCTION_ARN}
    return {**statement, "Condition": condition} if condition else statement


URL = allow("lambda:InvokeFunctionUrl", StringEquals={"lambda:FunctionUrlAuthType": "NONE"})
FUNCTION = allow("lambda:InvokeFunction", Bool={"lambda:InvokedViaFunctionUrl": "true"})
"""The two statements of "Control access to Lambda function URLs"."""


def policy(*statements: Mapping[str, Any]) -> Policy:
    return parse_policy({"Version": "2012-10-17", "Statement": list(statements)})


def function_with_url(
    *statements: Mapping[str, Any], auth_type: str = "NONE", mode: str = "BUFFERED", cors: Cors | None = None
) -> QualifiedFunction:
    """Return a function with a URL, public unless statements say otherwise."""
    url = FunctionUrl(URL_ID, auth_type, mode, cors)
    return replace(qualified_function(policy(*(statements or (URL, FUNCTION)))), url=url)


@dataclass(frozen=True)
class FakeOutcome:
    error_code: str | None = None


class FakeStream:
    """A streamed invocation: pieces, and an error at their end or before their beginning."""

    def __init__(
        self,
        *pieces: bytes,
        content_type: str = "text/plain",
        error_code: str | None = None,
        failure: FakeInvocation | None = None,
    ) -> None:
        self.pieces = list(pieces)
        self.content_type = content_type
        self.failure = failure
        self.outcome: FakeOutcome | None = None
        self.is_closed = False
        self._error_code = error_code

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.pieces:
            yield self.pieces.pop(0)
        self.outcome = FakeOutcome(self._error_code)

    async def aclose(self) -> None:
        self.is_closed = True


@dataclass
class FakeLambda:
    """Records invocations and answers with a JSON value, octets, an error, or a stream."""

    answer: Any = None
    function_error: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    functions: list[QualifiedFunction] = field(default_factory=list)
    request_ids: list[str | None] = field(default_factory=list)
    trace_headers: list[str | None] = field(default_factory=list)

    async def invoke(
        self, target: QualifiedFunction, event: bytes, *, request_id: str | None = None, trace_header: str | None = None
    ) -> FakeInvocation:
        self._record(target, event, request_id, trace_header)
        payload = self.answer if isinstance(self.answer, bytes) else json.dumps(self.answer).encode()
        return FakeInvocation(payload, self.function_error)

    async def invoke_streaming(
        self, target: QualifiedFunction, event: bytes, *, request_id: str | None = None, trace_header: str | None = None
    ) -> FakeStream:
        self._record(target, event, request_id, trace_header)
        assert isinstance(self.answer, FakeStream)
        return self.answer

    def _record(self, target: QualifiedFunction, event: bytes, request_id: str | None, trace: str | None) -> None:
        self.events.append(json.loads(event))
        self.functions.append(target)
        self.request_ids.append(request_id)
        self.trace_headers.append(trace)
        if isinstance(self.answer, Exception):
            raise self.answer


class Urls:
    """Function URLs over fakes."""

    def __init__(self, answer: Any = None, *functions: QualifiedFunction, identify: Identify | None = None) -> None:
        self.invoker = FakeLambda(answer)
        self.clock = FakeClock()
        self.log = logging.getLogger("tests.function_urls")
        self.served = FunctionUrls(
            self.invoker,
            identify or (lambda _: None),
            clock=self.clock,
            ids=Ids(counting_entropy()),
            log=self.log,
        )
        served = [whole_function(each) for each in functions or (function_with_url(),)]
        self.served.swap(link_urls({each.arn: each for each in served}, NO_URLS, ClfClock()))

    async def send(self, sent: Request, url_id: str = URL_ID, host: str = HOST) -> Response:
        return await self.served.handle(sent, url_id, sent.path, host)

    async def get(self, target: str = "/", *headers: tuple[str, str]) -> Response:
        return await self.send(request("GET", target, *headers))


def fields(response: Response) -> dict[str, str]:
    """Return a response's headers by lower-cased name, without those of every response."""
    own = {name.lower(): value for name, value in response.headers}
    assert own.pop("x-amzn-requestid")
    assert own.pop("x-amzn-trace-id")
    return own
