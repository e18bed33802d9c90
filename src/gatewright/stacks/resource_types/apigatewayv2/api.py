"""`AWS::ApiGatewayV2::Api`. Ref is the id.

Source: AWS::ApiGatewayV2::Api (AWS CloudFormation User Guide). A document makes an HTTP API; properties of the
template hold beside it.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.apigatewayv2.listings import earlier, set_tags
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import is_changed, picked, with_defaults
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present
from gatewright.stacks.resource_types.tags import tags_of

NAME: Final = "AWS::ApiGatewayV2::Api"
_SERVICE: Final = "apigatewayv2"
_SETTINGS: Final = (
    "ApiKeySelectionExpression",
    "CorsConfiguration",
    "CredentialsArn",
    "Description",
    "DisableExecuteApiEndpoint",
    "DisableSchemaValidation",
    "IpAddressType",
    "Name",
    "RouteKey",
    "RouteSelectionExpression",
    "Target",
    "Version",
)
_DEFAULTS: Final = MappingProxyType(
    {
        "ApiKeySelectionExpression": "",
        "CorsConfiguration": {},
        "CredentialsArn": "",
        "Description": "",
        "DisableExecuteApiEndpoint": False,
        "DisableSchemaValidation": False,
        "IpAddressType": "ipv4",
        "Name": "",
        "RouteKey": "",
        "RouteSelectionExpression": "",
        "Target": "",
        "Version": "",
    }
)
_DOCUMENT: Final = ("Body", "BodyS3Location", "BasePath", "FailOnWarnings")


def create(call: Call, properties: Properties) -> Resource:
    """Create the API, and put the document in its place that describes it."""
    document = _document(call, properties)
    api = earlier(call, "GetApis")
    if api is None:
        request = picked(properties, (*_SETTINGS, "ProtocolType"))
        if document is not None:
            # Until the document is there, its title is not known to be the name.
            request = {"Name": call.logical_id, "ProtocolType": "HTTP", **request}
        if tags := tags_of(call, NAME, properties):
            request["Tags"] = tags
        api = call.services.call(_SERVICE, "CreateApi", request)
    call.keep_id(api["ApiId"])
    if document is not None:
        _reimport(call, api["ApiId"], properties, document)
    return _resource(call, api)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the API, or put another document in its place."""
    target = {"ApiId": there.physical_id}
    if is_changed(old, new, _DOCUMENT):
        document = _document(call, new)
        if document is not None:
            _reimport(call, there.physical_id, new, document)
    changes = with_defaults(picked(old, _SETTINGS), picked(new, _SETTINGS), _DEFAULTS)
    if changes.get("CorsConfiguration") == {}:
        del changes["CorsConfiguration"]
        call.services.call(_SERVICE, "DeleteCorsConfiguration", target)
    if changes:
        call.services.call(_SERVICE, "UpdateApi", {**target, **changes})
    set_tags(call, f"/apis/{there.physical_id}", tags_of(call, NAME, new))
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the API with all that belongs to it."""
    with absence_is_done():
        call.services.call(_SERVICE, "DeleteApi", {"ApiId": there.physical_id})


def read(call: Call, there: Resource) -> Properties | None:
    """Return what GetApi tells."""
    api = if_present(call, _SERVICE, "GetApi", {"ApiId": there.physical_id})
    return None if api is None else picked(api, (*_SETTINGS, "ProtocolType"))


def _document(call: Call, properties: Properties) -> str | None:
    """Return the document that describes the API: of the template, or of S3. Raises AwsError."""
    if "Body" in properties:
        body = properties["Body"]
        return body if isinstance(body, str) else json.dumps(body, separators=(",", ":"))
    if "BodyS3Location" not in properties:
        return None
    location: Mapping[str, str] = properties["BodyS3Location"]
    if not location.get("Bucket") or not location.get("Key"):
        raise AwsError("BadRequestException", "BodyS3Location must have a Bucket and a Key")
    names = {"Bucket": "Bucket", "Key": "Key", "Version": "VersionId", "Etag": "IfMatch"}
    request = {parameter: location[name] for name, parameter in names.items() if name in location}
    content: bytes = call.services.call("s3", "GetObject", request)["Body"]
    return content.decode("utf-8", "replace")


def _reimport(call: Call, api_id: str, properties: Properties, document: str) -> None:
    request: dict[str, Any] = {"ApiId": api_id, "Body": document, **picked(properties, ["FailOnWarnings"])}
    if "BasePath" in properties:
        request["Basepath"] = properties["BasePath"]
    call.services.call(_SERVICE, "ReimportApi", request)
    beside = picked(properties, _SETTINGS)
    if beside:
        call.services.call(_SERVICE, "UpdateApi", {"ApiId": api_id, **beside})


def _resource(call: Call, api: Mapping[str, Any]) -> Resource:
    api_id = api["ApiId"]
    arn = call.arn("execute-api", api_id)
    return Resource(api_id, {"ApiId": api_id, "ApiEndpoint": api["ApiEndpoint"], "ExecuteApiArn": arn})


API: Final = ResourceType(NAME, create, update, delete, read)
