"""`AWS::ApiGateway::RestApi`. Ref is the id.

Source: AWS::ApiGateway::RestApi (AWS CloudFormation User Guide). Mode decides about updates: `overwrite` puts the
document in the place of the API, `merge` merges it; without it "the new API definition takes precedence, but any
container types such as endpoint configurations and binary media types are merged with the existing API", and
properties of the template hold beside the document.
"""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.apigateway.names import earlier, json_text, parameters, set_tags
from gatewright.stacks.resource_types.apigateway.patches import (
    PatchOperation,
    changes,
    element_changes,
    patch,
    replacements,
    settings_of,
    value_changes,
)
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import is_changed, picked
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present
from gatewright.stacks.resource_types.tags import tags_of

NAME: Final = "AWS::ApiGateway::RestApi"
_PATCHES: Final = MappingProxyType(
    {
        "ApiKeySourceType": "/apiKeySource",
        "Description": "/description",
        "DisableExecuteApiEndpoint": "/disableExecuteApiEndpoint",
        "EndpointAccessMode": "/endpointAccessMode",
        "MinimumCompressionSize": "/minimumCompressionSize",
        "Name": "/name",
        "Policy": "/policy",
        "SecurityPolicy": "/securityPolicy",
        "Version": "/version",
    }
)
_DEFAULTS: Final = MappingProxyType(
    {
        "/apiKeySource": "HEADER",
        "/description": "",
        "/disableExecuteApiEndpoint": "false",
        "/endpointAccessMode": "",
        "/minimumCompressionSize": "",
        "/policy": "",
        "/securityPolicy": "",
        "/version": "",
    }
)
_CREATED: Final = (
    "BinaryMediaTypes",
    "CloneFrom",
    "Description",
    "DisableExecuteApiEndpoint",
    "EndpointAccessMode",
    "EndpointConfiguration",
    "MinimumCompressionSize",
    "SecurityPolicy",
    "Version",
)
_DOCUMENT: Final = ("Body", "BodyS3Location", "Mode", "Parameters", "FailOnWarnings")
_OVERWRITE: Final = "overwrite"


def create(call: Call, properties: Properties) -> Resource:
    """Create the API, then put the document in its place that describes it."""
    document = _document(call, properties)
    api = earlier(call, "GetRestApis")
    if api is None:
        api = call.services.call("apigateway", "CreateRestApi", _creation(call, properties, document))
    call.keep_id(api["id"])
    if document is not None:
        _put(call, api["id"], properties, document)
    return _resource(api)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the API, and put another document in its place, or beside what is there."""
    target = {"restApiId": there.physical_id}
    patch(call, "UpdateRestApi", target, _changes(old, new))
    if is_changed(old, new, _DOCUMENT):
        document = _document(call, new)
        if document is not None:
            _put(call, there.physical_id, new, document)
    set_tags(call, f"/restapis/{there.physical_id}", tags_of(call, NAME, new))
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the API with all that belongs to it."""
    with absence_is_done():
        call.services.call("apigateway", "DeleteRestApi", {"restApiId": there.physical_id})


def read(call: Call, there: Resource) -> Properties | None:
    """Return what GetRestApi tells."""
    api = if_present(call, "apigateway", "GetRestApi", {"restApiId": there.physical_id})
    if api is None:
        return None
    names = {path.removeprefix("/"): name for name, path in _PATCHES.items() if name != "Policy"}
    properties = {names[member]: value for member, value in api.items() if member in names}
    return properties | ({"BinaryMediaTypes": api["binaryMediaTypes"]} if "binaryMediaTypes" in api else {})


def _creation(call: Call, properties: Properties, document: bytes | None) -> dict[str, Any]:
    request = parameters(properties, _CREATED)
    # Until the document is there, its title is not known to be its name.
    request["name"] = properties.get("Name") or (call.logical_id if document is not None else "")
    if "ApiKeySourceType" in properties:
        request["apiKeySource"] = properties["ApiKeySourceType"]
    if "Policy" in properties:
        request["policy"] = json_text(properties["Policy"])
    types = _parameters(properties).get("endpointConfigurationTypes")
    if types and "endpointConfiguration" not in request:
        request["endpointConfiguration"] = {"types": [types]}
    if tags := tags_of(call, NAME, properties):
        request["tags"] = tags
    return request


def _document(call: Call, properties: Properties) -> bytes | None:
    """Return the document that describes the API: of the template, or of S3. Raises AwsError."""
    if "Body" in properties:
        body = properties["Body"]
        return body.encode() if isinstance(body, str) else json.dumps(body, separators=(",", ":")).encode()
    if "BodyS3Location" not in properties:
        return None
    location: Mapping[str, str] = properties["BodyS3Location"]
    if not location.get("Bucket") or not location.get("Key"):
        raise AwsError("BadRequestException", "BodyS3Location must have a Bucket and a Key")
    names = {"Bucket": "Bucket", "Key": "Key", "Version": "VersionId", "ETag": "IfMatch"}
    request = {parameter: location[name] for name, parameter in names.items() if name in location}
    content: bytes = call.services.call("s3", "GetObject", request)["Body"]
    return content


def _put(call: Call, api_id: str, properties: Properties, document: bytes) -> None:
    target = {"restApiId": api_id}
    mode = properties.get("Mode")
    request: dict[str, Any] = {**target, "body": document, "mode": "merge" if mode == "merge" else _OVERWRITE}
    if "FailOnWarnings" in properties:
        request["failOnWarnings"] = properties["FailOnWarnings"]
    if options := _parameters(properties):
        request["parameters"] = options
    call.services.call("apigateway", "PutRestApi", request)
    kept = {**properties} if mode is None else picked(properties, ["Name"])
    operations = replacements(settings_of(_with_policy_text(kept), _PATCHES))
    operations += element_changes("/binaryMediaTypes", [], kept.get("BinaryMediaTypes", []))
    patch(call, "UpdateRestApi", target, operations)


def _changes(old: Properties, new: Properties) -> list[PatchOperation]:
    operations = changes(
        settings_of(_with_policy_text(old), _PATCHES), settings_of(_with_policy_text(new), _PATCHES), _DEFAULTS
    )
    operations += element_changes("/binaryMediaTypes", old.get("BinaryMediaTypes", []), new.get("BinaryMediaTypes", []))
    before, after = old.get("EndpointConfiguration", {}), new.get("EndpointConfiguration", {})
    was, wanted = before.get("Types", ["EDGE"]), after.get("Types", ["EDGE"])
    if was != wanted and was and wanted:
        operations.append({"op": "replace", "path": f"/endpointConfiguration/types/{was[0]}", "value": wanted[0]})
    if after.get("IpAddressType") and before.get("IpAddressType") != after["IpAddressType"]:
        path = "/endpointConfiguration/ipAddressType"
        operations.append({"op": "replace", "path": path, "value": after["IpAddressType"]})
    return operations + value_changes(
        "/endpointConfiguration/vpcEndpointIds", before.get("VpcEndpointIds", []), after.get("VpcEndpointIds", [])
    )


def _with_policy_text(properties: Properties) -> dict[str, Any]:
    policy = properties.get("Policy")
    return {**properties, **({"Policy": json_text(policy)} if policy is not None else {})}


def _parameters(properties: Properties) -> dict[str, str]:
    """Return the parameters of the import."""
    given = properties.get("Parameters", {})
    if not isinstance(given, Mapping):
        raise AwsError("BadRequestException", "Parameters must be a map of text")
    return {name: str(value) for name, value in given.items()}


def _resource(api: Mapping[str, Any]) -> Resource:
    return Resource(api["id"], {"RestApiId": api["id"], "RootResourceId": api["rootResourceId"]})


REST_API: Final = ResourceType(NAME, create, update, delete, read)
