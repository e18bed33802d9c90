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
from gatewright.control.apigateway import OPERATIONS
from gatewright.control.context import Context
from tests.unit.control.contexts import Contexts

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:pets"
INVOCATION = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
ROLE = "arn:aws:iam::123456789012:role/gateway"


@cache
def model() -> ServiceModel:
    return get_session().get_service_model("apigateway")


class Calls:
    """The operations, called by name: `calls("CreateRestApi", name=…)`."""

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
        if error.code not in ("NotImplemented", "AccessDeniedException"):
            shape = model().shape_for(error.code)
            assert shape.metadata["error"]["httpStatusCode"] == error.status
        return error

    def refusal(self, operation: str, **request: Any) -> tuple[str, str]:
        """Call an operation that fails, and return the code and the text of its error."""
        error = self.error(operation, **request)
        return error.code, error.message

    def patch(self, operation: str, *changes: tuple[str, ...], **request: Any) -> dict[str, Any]:
        """Call an Update operation; a change is `(op, path)` or `(op, path, value)`."""
        return self(operation, patchOperations=patch_operations(*changes), **request)

    def patch_refusal(self, operation: str, *changes: tuple[str, ...], **request: Any) -> tuple[str, str]:
        """Call an Update operation that fails, and return the code and the text of its error."""
        return self.refusal(operation, patchOperations=patch_operations(*changes), **request)

    def api(self, **request: Any) -> str:
        return str(self("CreateRestApi", **{"name": "pets", **request})["id"])

    def root(self, api_id: str) -> str:
        return str(self("GetRestApi", restApiId=api_id)["rootResourceId"])

    def resource(self, api_id: str, path: str) -> str:
        """Create the resources of a path that are not there yet; return the id of the last."""
        parent = self.root(api_id)
        for part in path.strip("/").split("/"):
            found = [
                resource["id"]
                for resource in self("GetResources", restApiId=api_id, limit=500)["items"]
                if (resource.get("parentId"), resource.get("pathPart")) == (parent, part)
            ]
            parent = (found or [self("CreateResource", restApiId=api_id, parentId=parent, pathPart=part)["id"]])[0]
        return parent

    def method(self, api_id: str, path: str = "/pets", http_method: str = "GET", **request: Any) -> dict[str, str]:
        """Create a method that asks for no authorization; return the members that name it."""
        resource_id = self.root(api_id) if path == "/" else self.resource(api_id, path)
        where = {"restApiId": api_id, "resourceId": resource_id, "httpMethod": http_method}
        self("PutMethod", **where, **{"authorizationType": "NONE", **request})
        return where

    def mock(self, api_id: str, path: str = "/pets", http_method: str = "GET", **request: Any) -> dict[str, str]:
        """Create a method with a MOCK integration; return the members that name it."""
        where = self.method(api_id, path, http_method)
        self("PutIntegration", **where, type="MOCK", **request)
        return where


def patch_operations(*changes: tuple[str, ...]) -> list[dict[str, str]]:
    return [dict(zip(("op", "path", "value"), change, strict=False)) for change in changes]


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
        # AWS answers null for an empty template.
        for member in value.values():
            if member is not None:
                check_members(shape.value, member, where)
    else:
        kinds = {
            "string": str,
            "boolean": bool,
            "integer": int,
            "long": int,
            "double": (int, float),
            "timestamp": str,
            "blob": bytes,
        }
        assert isinstance(value, kinds[shape.type_name]), where
