"""`AWS::S3::Bucket`. Ref is the name.

Source: AWS::S3::Bucket (AWS CloudFormation User Guide). Each property but the name is set by an operation of its own
(`settings`).
"""

from typing import Any, Final

from gatewright.base.errors import AwsError, OperationNotImplemented
from gatewright.stacks.resource_types.adoption import is_ours
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import given_tags
from gatewright.stacks.resource_types.members import is_changed
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present
from gatewright.stacks.resource_types.s3.settings import NOT_BUILT, SETTINGS
from gatewright.stacks.resource_types.tags import as_list

_LONGEST_NAME: Final = 63
_EXISTS: Final = ("BucketAlreadyOwnedByYou", "BucketAlreadyExists")
_FIRST_REGION: Final = "us-east-1"
_DASHED_WEBSITES: Final = frozenset(
    {
        "us-east-1",
        "us-west-1",
        "us-west-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-northeast-1",
        "eu-west-1",
        "sa-east-1",
        "us-gov-west-1",
    }
)
"""Regions whose websites are at `s3-website-REGION`: "Amazon S3 endpoints and quotas" (AWS General Reference)."""


def create(call: Call, properties: Properties) -> Resource:
    """Create the bucket, then set what it is to have."""
    bucket = properties.get("BucketName") or call.physical_name(_LONGEST_NAME, lower=True)
    parameters: dict[str, Any] = {"Bucket": bucket}
    if call.region != _FIRST_REGION:
        parameters["CreateBucketConfiguration"] = {"LocationConstraint": call.region}
    if properties.get("ObjectLockEnabled"):
        parameters["ObjectLockEnabledForBucket"] = True
    if "OwnershipControls" in properties:
        parameters["ObjectOwnership"] = properties["OwnershipControls"]["Rules"][0]["ObjectOwnership"]
    _check(properties)
    _create(call, bucket, parameters)
    call.keep_id(bucket)
    _set(call, bucket, {}, properties)
    return _resource(call, bucket)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set what differs."""
    _check(new)
    _set(call, there.physical_id, old, new)
    return _resource(call, there.physical_id)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Delete the bucket. One that is not empty stays, and fails the deletion with S3's message."""
    with absence_is_done():
        call.services.call("s3", "DeleteBucket", {"Bucket": there.physical_id})


def read(call: Call, there: Resource) -> Properties | None:
    """Return what is known of the bucket by its properties' operations."""
    bucket = {"Bucket": there.physical_id}
    if if_present(call, "s3", "HeadBucket", bucket) is None:
        return None
    properties: dict[str, Any] = {"BucketName": there.physical_id}
    tagging = if_present(call, "s3", "GetBucketTagging", bucket)
    if tagging is not None:
        properties["Tags"] = tagging["TagSet"]
    versioning = call.services.call("s3", "GetBucketVersioning", bucket)
    if "Status" in versioning:
        properties["VersioningConfiguration"] = {"Status": versioning["Status"]}
    return properties


def _create(call: Call, bucket: str, parameters: dict[str, Any]) -> None:
    try:
        call.services.call("s3", "CreateBucket", parameters)
    except AwsError as error:
        if error.code in _EXISTS and is_ours(call, bucket):
            return
        raise


def _check(properties: Properties) -> None:
    for name in NOT_BUILT:
        if name in properties:
            raise OperationNotImplemented(f"AWS::S3::Bucket: the property {name} is not implemented by gatewright.")


def _set(call: Call, bucket: str, old: Properties, new: Properties) -> None:
    for name, setting in SETTINGS.items():
        if is_changed(old, new, [name]):
            setting(call, bucket, old.get(name), new.get(name))
    before, after = given_tags(call, old.get("Tags")) if old else {}, given_tags(call, new.get("Tags"))
    if after and before != after:
        call.services.call("s3", "PutBucketTagging", {"Bucket": bucket, "Tagging": {"TagSet": as_list(after)}})
    elif before and not after:
        call.services.call("s3", "DeleteBucketTagging", {"Bucket": bucket})


def _resource(call: Call, bucket: str) -> Resource:
    region, suffix = call.region, "amazonaws.com.cn" if call.partition == "aws-cn" else "amazonaws.com"
    separator = "-" if region in _DASHED_WEBSITES else "."
    return Resource(
        bucket,
        {
            "Arn": f"arn:{call.partition}:s3:::{bucket}",
            "DomainName": f"{bucket}.s3.{suffix}",
            "DualStackDomainName": f"{bucket}.s3.dualstack.{region}.{suffix}",
            "RegionalDomainName": f"{bucket}.s3.{region}.{suffix}",
            "WebsiteURL": f"http://{bucket}.s3-website{separator}{region}.{suffix}",
        },
    )


TYPE: Final = ResourceType("AWS::S3::Bucket", create, update, delete, read)
