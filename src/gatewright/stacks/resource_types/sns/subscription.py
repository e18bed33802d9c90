"""`AWS::SNS::Subscription`. Ref is the ARN.

Source: AWS::SNS::Subscription (AWS CloudFormation User Guide); SetSubscriptionAttributes (Amazon SNS API Reference).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from gatewright.base.errors import OperationNotImplemented
from gatewright.stacks.resource_types.contract import Call, Properties, Resource, ResourceType
from gatewright.stacks.resource_types.json_text import json_text
from gatewright.stacks.resource_types.members import picked, with_defaults
from gatewright.stacks.resource_types.outcomes import absence_is_done

_DEFAULTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "DeliveryPolicy": "{}",
        "FilterPolicy": "{}",
        "FilterPolicyScope": "MessageAttributes",
        "RawMessageDelivery": False,
        "RedrivePolicy": "{}",
        "ReplayPolicy": "{}",
        "SubscriptionRoleArn": "",
    }
)


def create(call: Call, properties: Properties) -> Resource:
    """Subscribe; a repeated Subscribe of the same endpoint answers with the same subscription."""
    region = properties.get("Region", call.region)
    if region != call.region:
        raise OperationNotImplemented(
            f"AWS::SNS::Subscription: a topic in another Region ({region}) is not implemented."
        )
    parameters = {
        **picked(properties, ("TopicArn", "Protocol", "Endpoint")),
        "Attributes": {name: json_text(value) for name, value in picked(properties, _DEFAULTS).items()},
        "ReturnSubscriptionArn": True,
    }
    arn = call.services.call("sns", "Subscribe", parameters)["SubscriptionArn"]
    return Resource(arn, {"Arn": arn})


def update(call: Call, there: Resource, old: Properties, new: Properties) -> Resource:
    """Set the attributes that differ."""
    for name, value in with_defaults(picked(old, _DEFAULTS), picked(new, _DEFAULTS), _DEFAULTS).items():
        attribute = {"AttributeName": name, "AttributeValue": json_text(value)}
        call.services.call("sns", "SetSubscriptionAttributes", {"SubscriptionArn": there.physical_id, **attribute})
    return there


def delete(call: Call, there: Resource, properties: Properties) -> None:
    """Unsubscribe."""
    with absence_is_done():
        call.services.call("sns", "Unsubscribe", {"SubscriptionArn": there.physical_id})


TYPE: Final = ResourceType("AWS::SNS::Subscription", create, update, delete)
