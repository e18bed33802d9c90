"""Notifications of buckets to functions, and the conditions of their policies.

Source: "Event message structure" (Amazon S3 User Guide). moto leaves parts of the record out; here it has them all.
"""

import itertools
from typing import Any, Final
from urllib.parse import quote_plus

from gatewright.companion.bucket_policies import applicable
from gatewright.companion.deliveries import Deliveries

_LOG_CHECK: Final = "_log_permissions_enabled_policy"
_sequence = itertools.count(1)


def completed(event: dict[str, Any], account_id: str, key: Any = None) -> dict[str, Any]:
    """Return moto's event with what S3's has besides."""
    for record in event["Records"]:
        bucket, item = record["s3"]["bucket"], record["s3"]["object"]
        record["userIdentity"] = {"principalId": f"AWS:{account_id}"}
        record["requestParameters"] = {"sourceIPAddress": "127.0.0.1"}
        record["responseElements"] = {"x-amz-request-id": "GATEWRIGHT", "x-amz-id-2": "gatewright"}
        bucket["ownerIdentity"] = {"principalId": account_id}
        version = getattr(key, "version_id", None)
        if version not in (None, "null"):
            item["versionId"] = version
        item["sequencer"] = f"{next(_sequence):018X}"
        if record["eventName"].startswith("ObjectRemoved:"):
            # "The object key size and eTag are not there for deletions."
            item.pop("size", None)
            item.pop("eTag", None)
        if key is not None:
            item["key"] = quote_plus(key.name, safe="/")
    return event


def apply(deliveries: Deliveries) -> None:
    """Let moto deliver to the node's functions, look at the conditions of policies, and take settings of logging."""
    from moto.iam.access_control import IAMPolicy, PermissionResult
    from moto.s3 import notifications
    from moto.s3.models import FakeBucket

    module = vars(notifications)
    make_event = module["_get_s3_event"]

    def event_of(event_name: str, bucket: Any, key: Any, notification_id: str) -> dict[str, Any]:
        return completed(make_event(event_name, bucket, key, notification_id), bucket.account_id, key)

    def invoke(account_id: str, event_body: Any, fn_arn: str, region_name: str) -> None:
        deliveries.to_function(fn_arn, event_body)

    def permission(bucket: Any, action: str, resource: str) -> Any:
        if bucket.policy is None:
            return PermissionResult.NEUTRAL
        return IAMPolicy(applicable(bucket.policy.decode())).is_action_permitted(action, resource)

    def may_deliver_logs(target_bucket: Any, target_prefix: Any) -> bool:
        return True  # the setting is taken without: stacks make it while the target's policy is yet to be made

    module["_get_s3_event"] = event_of
    module["_invoke_awslambda"] = invoke
    FakeBucket.get_permission = permission  # type: ignore[method-assign, assignment]
    setattr(FakeBucket, _LOG_CHECK, staticmethod(may_deliver_logs))
