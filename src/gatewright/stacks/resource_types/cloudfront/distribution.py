"""`AWS::CloudFront::Distribution`. Ref is the id.

Source: AWS::CloudFront::Distribution (AWS CloudFormation User Guide). A distribution must be disabled before it can be
deleted.
"""

from typing import Any, Final

from gatewright.stacks.resource_types.cloudfront.distribution_config import distribution_config
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.given_tags import change_tags, given_tags
from gatewright.stacks.resource_types.outcomes import absence_is_done, if_present
from gatewright.stacks.resource_types.tags import as_list


def create(call: Call, properties: Properties) -> Resource:
    """Create the distribution; a repeated call with its reference answers with the same one, or is refused."""
    configuration = distribution_config(properties["DistributionConfig"], call.token)
    if call.earlier_id is not None:
        return _resource(call, call.earlier_id)
    tags = given_tags(call, properties.get("Tags"))
    request: dict[str, Any] = {"DistributionConfigWithTags": {"DistributionConfig": configuration, "Tags": {}}}
    request["DistributionConfigWithTags"]["Tags"] = {"Items": as_list(tags)}
    found = call.services.call("cloudfront", "CreateDistributionWithTags", request)["Distribution"]
    call.keep_id(found["Id"])
    return _resource(call, found["Id"])


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Change the configuration and the tags."""
    distribution = {"Id": there.physical_id}
    found = call.services.call("cloudfront", "GetDistribution", distribution)
    reference = found["Distribution"]["DistributionConfig"]["CallerReference"]
    configuration = distribution_config(new["DistributionConfig"], reference)
    request = {**distribution, "IfMatch": found["ETag"], "DistributionConfig": configuration}
    call.services.call("cloudfront", "UpdateDistribution", request)
    arn = found["Distribution"]["ARN"]
    change_tags(
        call,
        old.get("Tags"),
        new.get("Tags"),
        lambda tags: call.services.call(
            "cloudfront", "TagResource", {"Resource": arn, "Tags": {"Items": as_list(tags)}}
        ),
        lambda keys: call.services.call("cloudfront", "UntagResource", {"Resource": arn, "TagKeys": {"Items": keys}}),
    )
    return _resource(call, there.physical_id)


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Disable the distribution and delete it."""
    distribution = {"Id": there.physical_id}
    found = if_present(call, "cloudfront", "GetDistribution", distribution)
    if found is None:
        return
    etag = found["ETag"]
    configuration = found["Distribution"]["DistributionConfig"]
    if configuration["Enabled"]:
        request = {**distribution, "IfMatch": etag, "DistributionConfig": {**configuration, "Enabled": False}}
        etag = call.services.call("cloudfront", "UpdateDistribution", request)["ETag"]
    with absence_is_done():
        call.services.call("cloudfront", "DeleteDistribution", {**distribution, "IfMatch": etag})


def _resource(call: Call, distribution_id: str) -> Resource:
    found = call.services.call("cloudfront", "GetDistribution", {"Id": distribution_id})["Distribution"]
    return Resource(distribution_id, {"DomainName": found["DomainName"], "Id": distribution_id})


TYPE: Final = ResourceType("AWS::CloudFront::Distribution", create, update, delete, is_record=True)
