"""`AWS::S3::BucketPolicy`. Ref is the bucket's name.

Source: AWS::S3::BucketPolicy (AWS CloudFormation User Guide).
"""

from typing import Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.json_text import json_text
from gatewright.stacks.resource_types.outcomes import absence_is_done


def create(call: Call, properties: Properties) -> Resource:
    """Set the bucket's policy."""
    bucket = properties["Bucket"]
    policy = json_text(properties["PolicyDocument"])
    call.services.call("s3", "PutBucketPolicy", {"Bucket": bucket, "Policy": policy})
    return Resource(bucket)


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set it again."""
    return create(call, new)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Take it away."""
    with absence_is_done():
        call.services.call("s3", "DeleteBucketPolicy", {"Bucket": there.physical_id})


TYPE: Final = ResourceType("AWS::S3::BucketPolicy", create, update, delete)
