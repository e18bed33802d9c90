"""`AWS::Lambda::Version`. Ref is the ARN of the version.

Source: AWS::Lambda::Version (AWS CloudFormation User Guide). Code and configuration that are those of the last version
make none: AWS fails the resource then.
"""

from typing import Any, Final

from gatewright.base.errors import AwsError
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.lambda_.provisioned import set_provisioned_concurrency
from gatewright.stacks.resource_types.members import is_changed, picked
from gatewright.stacks.resource_types.outcomes import absence_is_done


def create(call: Call, properties: Properties) -> Resource:
    """Publish a version; one that was there before is somebody else's."""
    function = {"FunctionName": properties["FunctionName"]}
    present = set() if call.is_repeated else _versions(call, function)
    published = call.services.call(
        "lambda", "PublishVersion", {**function, **picked(properties, ("CodeSha256", "Description"))}
    )
    version = published["Version"]
    if version in present:
        text = f"A version for this Lambda function exists ( {version} ). Modify the function to create a new version."
        raise AwsError("AlreadyExists", text)
    call.keep_id(published["FunctionArn"])
    if "RuntimePolicy" in properties:
        target = {**function, "Qualifier": version}
        call.services.call("lambda", "PutRuntimeManagementConfig", {**target, **properties["RuntimePolicy"]})
    _set_scaling(call, properties["FunctionName"], version, {}, properties)
    set_provisioned_concurrency(call, properties["FunctionName"], version, {}, properties)
    return _resource(published["FunctionArn"])


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change how the version scales, the one property that does not replace it."""
    _set_scaling(call, new["FunctionName"], there.attributes["Version"], old, new)
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the version."""
    with absence_is_done():
        call.services.call("lambda", "DeleteFunction", {"FunctionName": there.physical_id})


def _versions(call: Call, function: dict[str, Any]) -> set[str]:
    found: set[str] = set()
    marker: dict[str, Any] = {}
    while True:
        page = call.services.call("lambda", "ListVersionsByFunction", {**function, **marker})
        found |= {version["Version"] for version in page["Versions"]}
        if not page.get("NextMarker"):
            return found
        marker = {"Marker": page["NextMarker"]}


def _set_scaling(call: Call, function: str, version: str, old: Properties, new: Properties) -> None:
    if is_changed(old, new, ["FunctionScalingConfig"]):
        config = {"Qualifier": version, "FunctionScalingConfig": new.get("FunctionScalingConfig", {})}
        call.services.call("lambda", "PutFunctionScalingConfig", {"FunctionName": function, **config})


def _resource(arn: str) -> Resource:
    return Resource(arn, {"Version": arn.rpartition(":")[2], "FunctionArn": arn})


VERSION: Final = ResourceType("AWS::Lambda::Version", create, update, delete)
