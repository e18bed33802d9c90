"""Notifications of buckets to functions, and the conditions of their policies.

Source: "Event message structure" (Amazon S3 User Guide). moto leaves parts of the record out; here it has them all.
"""

import itertools
from typing import Any, Final
from urllib.parse import quote_plus

from gatewright.companion.bucket_policies import applicable, takes_logs
from gatewright.companion.deliveries import Deliveries

_LOG_CHECK: Final = "_log_permissions_enabled_policy"
_LOG_ACL: Final = "_log_permissions_enabled_acl"
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
    from moto.s3.models import FakeBucket, S3Backend

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

    log_elsewhere = S3Backend.log_incoming_request
    has_log_acl = vars(FakeBucket)[_LOG_ACL].__func__

    def may_set_logging(target_bucket: Any, target_prefix: Any) -> bool:
        return True  # stacks set it while the target's policy is yet to be made: what counts is when S3 delivers

    def log_incoming_request(self: Any, request: Any, bucket_name: str) -> None:
        bucket = self.buckets.get(bucket_name)
        target = None if bucket is None else self.buckets.get(bucket.logging.get("TargetBucket"))
        if target is None:
            return
        written = f"{target.arn}/{bucket.logging.get('TargetPrefix', '')}log"
        policy = target.policy
        if has_log_acl(target) or (policy and takes_logs(policy.decode(), bucket.arn, bucket.account_id, written)):
            log_elsewhere(self, request, bucket_name)

    module["_get_s3_event"] = event_of
    module["_invoke_awslambda"] = invoke
    FakeBucket.get_permission = permission  # type: ignore[method-assign, assignment]
    setattr(FakeBucket, _LOG_CHECK, staticmethod(may_set_logging))
    S3Backend.log_incoming_request = log_incoming_request  # type: ignore[method-assign]
