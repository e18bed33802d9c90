"""`AWS::ECR::Repository`. Ref is the name.

Source: AWS::ECR::Repository (AWS CloudFormation User Guide).
"""

from typing import Any, Final

from gatewright.base.errors import OperationNotImplemented
from gatewright.stacks.resource_types.adoption import created_or_ours
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import change_tags, given_tags
from gatewright.stacks.resource_types.json_text import json_text
from gatewright.stacks.resource_types.members import is_changed, picked, renamed
from gatewright.stacks.resource_types.outcomes import absence_is_done
from gatewright.stacks.resource_types.tags import as_list

_LONGEST_NAME: Final = 256
_MUTABLE: Final = "MUTABLE"


def create(call: Call, properties: Properties) -> Resource:
    """Create the repository and set its policies."""
    name = properties.get("RepositoryName") or call.physical_name(_LONGEST_NAME, lower=True)
    parameters: dict[str, Any] = {
        "repositoryName": name,
        **renamed(properties, {"ImageTagMutability": "imageTagMutability"}),
    }
    if "ImageTagMutabilityExclusionFilters" in properties:
        text = "AWS::ECR::Repository: the property ImageTagMutabilityExclusionFilters is not implemented by gatewright."
        raise OperationNotImplemented(text)
    if "EncryptionConfiguration" in properties:
        names = {"EncryptionType": "encryptionType", "KmsKey": "kmsKey"}
        parameters["encryptionConfiguration"] = renamed(properties["EncryptionConfiguration"], names)
    if "ImageScanningConfiguration" in properties:
        parameters["imageScanningConfiguration"] = _scanning(properties)
    if tags := given_tags(call, properties.get("Tags")):
        parameters["tags"] = as_list(tags)
    created_or_ours(call, name, "ecr", "CreateRepository", parameters, "RepositoryAlreadyExistsException")
    call.keep_id(name)
    _set_policies(call, name, {}, properties)
    return _resource(call, name)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the settings, the policies and the tags."""
    name = there.physical_id
    if is_changed(old, new, ["ImageTagMutability"]):
        request = {"repositoryName": name, "imageTagMutability": new.get("ImageTagMutability", _MUTABLE)}
        call.services.call("ecr", "PutImageTagMutability", request)
    if is_changed(old, new, ["ImageScanningConfiguration"]):
        request = {"repositoryName": name, "imageScanningConfiguration": _scanning(new)}
        call.services.call("ecr", "PutImageScanningConfiguration", request)
    _set_policies(call, name, old, new)
    arn = there.attributes["Arn"]
    change_tags(
        call,
        old.get("Tags"),
        new.get("Tags"),
        lambda tags: call.services.call("ecr", "TagResource", {"resourceArn": arn, "tags": as_list(tags)}),
        lambda keys: call.services.call("ecr", "UntagResource", {"resourceArn": arn, "tagKeys": keys}),
    )
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the repository; one that is not empty stays unless `EmptyOnDelete` is true."""
    request = {"repositoryName": there.physical_id, "force": properties.get("EmptyOnDelete", False)}
    with absence_is_done():
        call.services.call("ecr", "DeleteRepository", request)


def _scanning(properties: Properties) -> dict[str, Any]:
    given = properties.get("ImageScanningConfiguration", {})
    return {"scanOnPush": given.get("ScanOnPush", False)}


def _set_policies(call: Call, name: str, old: Properties, new: Properties) -> None:
    repository = {"repositoryName": name}
    if is_changed(old, new, ["RepositoryPolicyText"]):
        if "RepositoryPolicyText" in new:
            policy = {"policyText": json_text(new["RepositoryPolicyText"])}
            call.services.call("ecr", "SetRepositoryPolicy", repository | policy)
        else:
            call.services.call("ecr", "DeleteRepositoryPolicy", repository)
    before, after = (picked(one.get("LifecyclePolicy", {}), ["LifecyclePolicyText"]) for one in (old, new))
    if before != after:
        if after:
            lifecycle = {"lifecyclePolicyText": after["LifecyclePolicyText"]}
            call.services.call("ecr", "PutLifecyclePolicy", repository | lifecycle)
        else:
            call.services.call("ecr", "DeleteLifecyclePolicy", repository)


def _resource(call: Call, name: str) -> Resource:
    found = call.services.call("ecr", "DescribeRepositories", {"repositoryNames": [name]})["repositories"][0]
    return Resource(name, {"Arn": found["repositoryArn"], "RepositoryUri": found["repositoryUri"]})


TYPE: Final = ResourceType("AWS::ECR::Repository", create, update, delete)
