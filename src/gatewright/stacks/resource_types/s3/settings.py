"""The settings of a bucket: the property's shape is made the operation's, which has other names for some members.

Sources: the properties of AWS::S3::Bucket (AWS CloudFormation Template Reference); PutBucketCors,
PutBucketLifecycleConfiguration, PutBucketNotificationConfiguration, PutBucketWebsite … (Amazon S3 API Reference).
"""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from gatewright.stacks.resource_types.contract import Call
from gatewright.stacks.resource_types.members import picked, renamed
from gatewright.stacks.resource_types.s3.lifecycle import lifecycle_rule
from gatewright.stacks.resource_types.s3.notifications import notification_configuration
from gatewright.stacks.resource_types.s3.replication import replication_configuration

Setting = Callable[[Call, str, Any, Any], None]
"""Sets a property of a bucket, given its old and its new value; None for one that is not there."""

NOT_BUILT: Final = (
    "AbacStatus",
    "AnalyticsConfigurations",
    "BucketNamePrefix",
    "BucketNamespace",
    "IntelligentTieringConfigurations",
    "InventoryConfigurations",
    "MetadataConfiguration",
    "MetadataTableConfiguration",
    "MetricsConfigurations",
)
_S3_ENCRYPTION: Final[Mapping[str, str]] = MappingProxyType({"SSEAlgorithm": "AES256"})
_CANNED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "AuthenticatedRead": "authenticated-read",
        "AwsExecRead": "aws-exec-read",
        "BucketOwnerFullControl": "bucket-owner-full-control",
        "BucketOwnerRead": "bucket-owner-read",
        "LogDeliveryWrite": "log-delivery-write",
        "Private": "private",
        "PublicRead": "public-read",
        "PublicReadWrite": "public-read-write",
    }
)


def _put(call: Call, bucket: str, operation: str, parameter: str, value: Any) -> None:
    call.services.call("s3", operation, {"Bucket": bucket, parameter: value})


def _set_acl(call: Call, bucket: str, old: Any, new: Any) -> None:
    _put(call, bucket, "PutBucketAcl", "ACL", _CANNED[new or "Private"])


def _set_acceleration(call: Call, bucket: str, old: Any, new: Any) -> None:
    status = {"Status": "Suspended" if new is None else new["AccelerationStatus"]}
    _put(call, bucket, "PutBucketAccelerateConfiguration", "AccelerateConfiguration", status)


def _set_versioning(call: Call, bucket: str, old: Any, new: Any) -> None:
    _put(call, bucket, "PutBucketVersioning", "VersioningConfiguration", new or {"Status": "Suspended"})


def _set_logging(call: Call, bucket: str, old: Any, new: Any) -> None:
    status: dict[str, Any] = {}
    if new is not None:
        target = {
            "TargetBucket": new.get("DestinationBucketName", bucket),
            "TargetPrefix": new.get("LogFilePrefix", ""),
        }
        status = {"LoggingEnabled": target | picked(new, ["TargetObjectKeyFormat"])}
    _put(call, bucket, "PutBucketLogging", "BucketLoggingStatus", status)


def _set_notifications(call: Call, bucket: str, old: Any, new: Any) -> None:
    configuration = notification_configuration(new or {})
    _put(call, bucket, "PutBucketNotificationConfiguration", "NotificationConfiguration", configuration)


def _set_object_lock(call: Call, bucket: str, old: Any, new: Any) -> None:
    configuration = new or {"ObjectLockEnabled": "Enabled"}
    _put(call, bucket, "PutObjectLockConfiguration", "ObjectLockConfiguration", configuration)


def _set_or_delete(
    call: Call, bucket: str, old: Any, new: Any, *, put: str, parameter: str, delete: str, make: Callable[[Any], Any]
) -> None:
    if new is None:
        call.services.call("s3", delete, {"Bucket": bucket})
    else:
        _put(call, bucket, put, parameter, make(new))


def _encryption(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rules: one that names no encryption leaves S3's own, SSE-S3, which has to be said to moto."""
    rules = []
    for rule in configuration["ServerSideEncryptionConfiguration"]:
        made: dict[str, Any] = picked(rule, ("BucketKeyEnabled", "BlockedEncryptionTypes"))
        made["ApplyServerSideEncryptionByDefault"] = dict(rule.get("ServerSideEncryptionByDefault", _S3_ENCRYPTION))
        rules.append(made)
    return {"Rules": rules}


def _cors(configuration: Mapping[str, Any]) -> dict[str, Any]:
    names = {"ExposedHeaders": "ExposeHeaders", "Id": "ID", "MaxAge": "MaxAgeSeconds"}
    same = ("AllowedHeaders", "AllowedMethods", "AllowedOrigins")
    return {"CORSRules": [picked(rule, same) | renamed(rule, names) for rule in configuration["CorsRules"]]}


def _lifecycle(configuration: Mapping[str, Any]) -> dict[str, Any]:
    return {"Rules": [lifecycle_rule(rule) for rule in configuration["Rules"]]}


def _website(configuration: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = picked(configuration, ["RedirectAllRequestsTo"])
    if "IndexDocument" in configuration:
        made["IndexDocument"] = {"Suffix": configuration["IndexDocument"]}
    if "ErrorDocument" in configuration:
        made["ErrorDocument"] = {"Key": configuration["ErrorDocument"]}
    if "RoutingRules" in configuration:
        made["RoutingRules"] = [
            {
                "Redirect": rule["RedirectRule"],
                **renamed(rule, {"RoutingRuleCondition": "Condition"}),
            }
            for rule in configuration["RoutingRules"]
        ]
    return made


def _as_it_is(configuration: Any) -> Any:
    return configuration


def _either(put: str, parameter: str, delete: str, make: Callable[[Any], Any] = _as_it_is) -> Setting:
    return partial(_set_or_delete, put=put, parameter=parameter, delete=delete, make=make)


SETTINGS: Final[Mapping[str, Setting]] = MappingProxyType(
    {
        "OwnershipControls": _either(
            "PutBucketOwnershipControls", "OwnershipControls", "DeleteBucketOwnershipControls"
        ),
        "PublicAccessBlockConfiguration": _either(
            "PutPublicAccessBlock", "PublicAccessBlockConfiguration", "DeletePublicAccessBlock"
        ),
        "AccessControl": _set_acl,
        "VersioningConfiguration": _set_versioning,
        "BucketEncryption": _either(
            "PutBucketEncryption", "ServerSideEncryptionConfiguration", "DeleteBucketEncryption", _encryption
        ),
        "CorsConfiguration": _either("PutBucketCors", "CORSConfiguration", "DeleteBucketCors", _cors),
        "LifecycleConfiguration": _either(
            "PutBucketLifecycleConfiguration", "LifecycleConfiguration", "DeleteBucketLifecycle", _lifecycle
        ),
        "WebsiteConfiguration": _either("PutBucketWebsite", "WebsiteConfiguration", "DeleteBucketWebsite", _website),
        "ReplicationConfiguration": _either(
            "PutBucketReplication", "ReplicationConfiguration", "DeleteBucketReplication", replication_configuration
        ),
        "AccelerateConfiguration": _set_acceleration,
        "LoggingConfiguration": _set_logging,
        "NotificationConfiguration": _set_notifications,
        "ObjectLockConfiguration": _set_object_lock,
    }
)
"""By property, in the order in which they are set: an ACL needs the ownership that allows it, replication versions."""
