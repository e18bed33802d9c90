"""`AWS::Lambda::LayerVersion`, whose Ref is its ARN, and `AWS::Lambda::LayerVersionPermission`, whose Ref is that and
the id of the statement: `arn:aws:lambda:us-west-2:123456789012:layer:my-layer:1#engineering-org`. Every change
replaces either.

Source: the pages of these types (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.members import picked
from gatewright.stacks.resource_types.outcomes import absence_is_done

_LONGEST_NAME: Final = 64
_LONGEST_ID: Final = 100


def create(call: Call, properties: Properties) -> Resource:
    """Publish a version of the layer."""
    parameters = {
        "LayerName": properties.get("LayerName") or call.physical_name(_LONGEST_NAME),
        **picked(
            properties, ("CompatibleArchitectures", "CompatibleRuntimes", "Content", "Description", "LicenseInfo")
        ),
    }
    arn = call.services.call("lambda", "PublishLayerVersion", parameters)["LayerVersionArn"]
    return Resource(arn, {"LayerVersionArn": arn})


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the version; functions that use it keep it."""
    with absence_is_done():
        call.services.call("lambda", "DeleteLayerVersion", _version(there.physical_id))


def create_permission(call: Call, properties: Properties) -> Resource:
    """Add a statement to the policy of a version."""
    statement_id = call.physical_name(_LONGEST_ID)
    layer = properties["LayerVersionArn"]
    parameters = {
        **_version(layer),
        "StatementId": statement_id,
        **picked(properties, ("Action", "OrganizationId", "Principal")),
    }
    try:
        call.services.call("lambda", "AddLayerVersionPermission", parameters)
    except AwsError as error:
        if error.code != "ResourceConflictException" or not call.is_repeated:
            raise
    identifier = f"{layer}#{statement_id}"
    return Resource(identifier, {"Id": identifier})


def delete_permission(call: Call, there: Resource, properties: Properties) -> None:
    """Remove the statement."""
    layer, _, statement_id = there.physical_id.partition("#")
    with absence_is_done():
        call.services.call("lambda", "RemoveLayerVersionPermission", {**_version(layer), "StatementId": statement_id})


def _version(arn: str) -> dict[str, Any]:
    name, _, number = arn.rpartition(":")
    if not number.isdecimal():
        raise AwsError("InvalidRequest", f"{arn} is not the ARN of a layer version.")
    return {"LayerName": name, "VersionNumber": int(number)}


LAYER_VERSION: Final = ResourceType("AWS::Lambda::LayerVersion", create, None, delete)
LAYER_VERSION_PERMISSION: Final = ResourceType(
    "AWS::Lambda::LayerVersionPermission", create_permission, None, delete_permission
)
