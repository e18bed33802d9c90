"""What pages in browsers may ask of the companion: what its services let pages of their origin ask.

- S3: a CORS configuration of a bucket says which origins may do what. The companion is asked first, as browsers ask
  before requests that are not simple: so a page cannot write to a bucket by a simple one.
- Cognito: signing up and in, which pages of every origin may. These are not signed, and named by a field that
  no page sends without having asked.

Nothing is started for a page: what does not run has neither buckets nor users.

Sources: "Using cross-origin resource sharing (CORS)" (Amazon S3 User Guide); the Fetch standard, "CORS protocol".
"""

from typing import Final

from gatewright.base.errors import AwsError
from gatewright.base.messages import Headers, Request, Response
from gatewright.gateway.endpoint import domain_of
from gatewright.server.companion.passing import Passing
from gatewright.server.companion.s3_hosts import bucket_of_host

_COGNITO: Final = ("AWSCognitoIdentityProviderService.", "AWSCognitoIdentityService.")
_ASKING: Final = "access-control-request-method"
_ASKED_FIELDS: Final = "content-type, x-amz-target, x-amz-user-agent, amz-sdk-invocation-id, amz-sdk-request"
_SHOWN_FIELDS: Final = "x-amzn-RequestId, x-amzn-ErrorType, x-amzn-ErrorMessage, Date"


class Pages:
    """Answers pages."""

    def __init__(self, passing: Passing) -> None:
        self._passing = passing

    async def answer(self, request: Request, service: str | None) -> Response | None:
        """Answer a request of a page, signed for `service` or not at all; None for what it may not ask."""
        if not self._passing.is_open or request.headers.get("origin") is None:
            return None
        if service is None and _is_of_cognito(request):
            return await self._of_cognito(request)
        if service in (None, "s3") and _names_a_bucket(request):
            return await self._of_s3(request)
        return None

    async def _of_cognito(self, request: Request) -> Response:
        headers = Headers([("Access-Control-Allow-Origin", "*")])
        if request.method == "OPTIONS":
            headers += [
                ("Access-Control-Allow-Methods", "POST"),
                ("Access-Control-Allow-Headers", _ASKED_FIELDS),
                ("Access-Control-Max-Age", "600"),
            ]
            return Response(200, headers)
        answer = await self._passing.handle(request, None)
        headers.add("Access-Control-Expose-Headers", _SHOWN_FIELDS)
        return Response(answer.status, Headers([*answer.headers, *headers]), answer.body)

    async def _of_s3(self, request: Request) -> Response | None:
        if request.method == "OPTIONS":
            return await self._passing.handle(request, "s3")
        asked = [(name, request.headers.get(name) or "") for name in ("Host", "Origin")]
        asking = Request("OPTIONS", request.path, "", Headers([*asked, (_ASKING, request.method)]))
        try:
            allowed = await self._passing.handle(asking, "s3")
        except AwsError:
            return None
        methods = allowed.headers.get("access-control-allow-methods") or ""
        is_allowed = allowed.status == 200 and allowed.headers.get("access-control-allow-origin") is not None
        if not is_allowed or request.method not in [method.strip() for method in methods.split(",")]:
            return None
        return await self._passing.handle(request, "s3")


def _is_of_cognito(request: Request) -> bool:
    """Say whether a request calls Cognito, or asks whether it may call something at the root, where Cognito is."""
    if request.method == "OPTIONS":
        return request.path == "/" and not _names_a_bucket(request) and request.headers.get(_ASKING) == "POST"
    return (request.headers.get("x-amz-target") or "").startswith(_COGNITO)


def _names_a_bucket(request: Request) -> bool:
    return request.path != "/" or bucket_of_host(domain_of(request.headers.get("host") or "")) is not None
