"""What functions reach of their node."""

import orjson
import pytest

from gatewright.base.messages import Headers, Request, Response
from gatewright.server.for_functions import OwnPathsForFunctions, refuse_aws_call


async def own(request: Request) -> Response:
    return Response(200, Headers(), request.path.encode())


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/_gatewright/health", 200),
        ("/_gatewright/blobs/0123?Signature=x", 200),
        ("/_gatewright/cloudformation/responses/0123", 200),
        ("/_gatewright/other", 403),
        ("/_gatewright/other/../health", 403),
        ("/_gatewright/reset", 403),
        ("/_gatewright/packages/0123", 403),
        ("/_gatewright/", 403),
    ],
)
async def test_the_nodes_own_paths(path: str, status: int) -> None:
    assert (await OwnPathsForFunctions(own).handle(Request("GET", path, "", Headers()))).status == status


async def test_aws_calls_on_a_hardened_node() -> None:
    response = await refuse_aws_call(Request("GET", "/2015-03-31/functions", "", Headers()))
    assert isinstance(response.body, bytes)
    assert (response.status, orjson.loads(response.body)["__type"]) == (403, "AccessDeniedException")
    assert response.headers.get("x-amzn-errortype") == "AccessDeniedException"
