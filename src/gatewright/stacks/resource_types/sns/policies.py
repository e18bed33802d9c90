"""`AWS::SNS::TopicPolicy` and `AWS::SNS::TopicInlinePolicy`: the policy of topics.

A topic always has a policy: without one of a template it has the one that CreateTopic gives it. Source:
AWS::SNS::TopicPolicy, AWS::SNS::TopicInlinePolicy (AWS CloudFormation User Guide); the policy of a new topic as
GetTopicAttributes shows it ("Using identity-based policies with Amazon SNS").
"""

from collections.abc import Iterable
from typing import Final

from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.json_text import json_text
from gatewright.stacks.resource_types.outcomes import absence_is_done

_OWNER_MAY: Final = (
    "GetTopicAttributes",
    "SetTopicAttributes",
    "AddPermission",
    "RemovePermission",
    "DeleteTopic",
    "Subscribe",
    "ListSubscriptionsByTopic",
    "Publish",
)


def create(call: Call, properties: Properties) -> Resource:
    """Set the policy of each topic."""
    _set(call, properties["Topics"], json_text(properties["PolicyDocument"]))
    name = call.physical_name()
    return Resource(name, {"Id": name})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set it again; topics that are not named any more get theirs back."""
    _restore(call, [arn for arn in old["Topics"] if arn not in new["Topics"]])
    _set(call, new["Topics"], json_text(new["PolicyDocument"]))
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Give each topic that is still there the policy of a new one."""
    _restore(call, properties["Topics"])


def create_inline(call: Call, properties: Properties) -> Resource:
    """Set the policy of the topic, whose ARN is the physical id."""
    _set(call, [properties["TopicArn"]], json_text(properties["PolicyDocument"]))
    return Resource(properties["TopicArn"])


def update_inline(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set it again."""
    return create_inline(call, new)


def delete_inline(call: Call, there: Resource, properties: Properties) -> None:
    """Give the topic the policy of a new one."""
    _restore(call, [there.physical_id])


def _set(call: Call, arns: Iterable[str], policy: str) -> None:
    for arn in arns:
        request = {"TopicArn": arn, "AttributeName": "Policy", "AttributeValue": policy}
        call.services.call("sns", "SetTopicAttributes", request)


def _restore(call: Call, arns: Iterable[str]) -> None:
    for arn in arns:
        with absence_is_done():
            _set(call, [arn], json_text(_policy_of_a_new_topic(call, arn)))


def _policy_of_a_new_topic(call: Call, arn: str) -> dict[str, object]:
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{name}" for name in _OWNER_MAY],
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": call.account_id}},
    }
    return {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}


TOPIC_POLICY: Final = ResourceType("AWS::SNS::TopicPolicy", create, update, delete)
TOPIC_INLINE_POLICY: Final = ResourceType("AWS::SNS::TopicInlinePolicy", create_inline, update_inline, delete_inline)
