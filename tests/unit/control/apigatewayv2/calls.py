"""Calls of the operations as the endpoint makes them, each also held against the output shape of botocore's model."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from botocore.model import ServiceModel, Shape
from botocore.session import get_session

from gatewright.base.errors import AwsError
from gatewright.base.ids import Ids
from gatewright.control.apigatewayv2 import OPERATIONS
from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:pets"
INVOCATION = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"


@cache
def model() -> ServiceModel:
    return get_session().get_service_model("apigatewayv2")


class Calls:
    """The operations, called by name: `calls("CreateApi", Name=…)`."""

    def __init__(self, contexts: Contexts) -> None:
        self.contexts = contexts
        # The counting entropy of the contexts repeats ids after 36 of them.
        self.context: Context = replace(contexts.context(), ids=Ids())

    def __call__(self, operation: str, **request: Any) -> dict[str, Any]:
        shapes = model().operation_model(operation)
        assert request.keys() <= shapes.input_shape.members.keys()
        result = OPERATIONS[operation](self.context, request)
        check_members(shapes.output_shape, result, operation)
        return dict(result)

    def error(self, operation: str, **request: Any) -> AwsError:
        """Call an operation that fails, and return its error; the store is as it was before."""
        before = self.contexts.store.revision()
        with pytest.raises(AwsError) as caught:
            self(operation, **request)
        assert self.contexts.store.revision() == before
        error = caught.value
        if error.code != "NotImplemented":
            shape = model().shape_for(error.code)
            assert shape.metadata["error"]["httpStatusCode"] == error.status
        return error

    def api(self, **request: Any) -> str:
        return str(self("CreateApi", **{"Name": "pets", "ProtocolType": "HTTP", **request})["ApiId"])

    def integration(self, api_id: str, **request: Any) -> dict[str, Any]:
        members = {"IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION, "PayloadFormatVersion": "2.0", **request}
        return self("CreateIntegration", ApiId=api_id, **members)

    def route(self, api_id: str, route_key: str, **request: Any) -> dict[str, Any]:
        return self("CreateRoute", ApiId=api_id, RouteKey=route_key, **request)

    def deployed_routes(self, api_id: str, deployment_id: str) -> list[str]:
        document = self.contexts.document("apigatewayv2", "deployed-routes", f"{api_id}/{deployment_id}")
        assert document is not None
        return sorted(route["RouteKey"] for route in document["Routes"])


def check_members(shape: Shape | None, value: Any, where: str) -> None:
    """Fail when a result has a member that its shape does not know."""
    if shape is None:
        assert value == {}, where
    elif shape.type_name == "structure":
        assert isinstance(value, Mapping), where
        assert value.keys() <= shape.members.keys(), where
        for name, member in value.items():
            check_members(shape.members[name], member, f"{where}.{name}")
    elif shape.type_name == "list":
        for member in value:
            check_members(shape.member, member, where)
    elif shape.type_name == "map":
        for member in value.values():
            check_members(shape.value, member, where)
    else:
        kinds = {
            "string": str,
            "boolean": bool,
            "integer": int,
            "double": (int, float),
            "timestamp": str,
            "blob": bytes,
        }
        assert isinstance(value, kinds[shape.type_name]), where
