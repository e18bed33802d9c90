"""Rules of lifecycles.

Source: AWS::S3::Bucket Rule (AWS CloudFormation Template Reference); LifecycleRule (Amazon S3 API Reference).
"""

from collections.abc import Mapping
from typing import Any

from gatewright.stacks.resource_types.members import picked, renamed


def lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule as the operation takes it."""
    made: dict[str, Any] = {"Status": rule["Status"], "Filter": _filter(rule), **renamed(rule, {"Id": "ID"})}
    expiration = renamed(
        rule,
        {
            "ExpirationInDays": "Days",
            "ExpirationDate": "Date",
            "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker",
        },
    )
    if expiration:
        made["Expiration"] = expiration
    transitions = [*rule.get("Transitions", ()), *([rule["Transition"]] if "Transition" in rule else [])]
    if transitions:
        made["Transitions"] = [
            renamed(one, {"TransitionInDays": "Days", "TransitionDate": "Date", "StorageClass": "StorageClass"})
            for one in transitions
        ]
    made |= _of_noncurrent_versions(rule)
    if "AbortIncompleteMultipartUpload" in rule:
        made["AbortIncompleteMultipartUpload"] = rule["AbortIncompleteMultipartUpload"]
    return made


def _of_noncurrent_versions(rule: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "NoncurrentDays": "NoncurrentDays",
        "TransitionInDays": "NoncurrentDays",
        "NewerNoncurrentVersions": "NewerNoncurrentVersions",
        "StorageClass": "StorageClass",
    }
    made: dict[str, Any] = {}
    if "NoncurrentVersionExpiration" in rule:
        made["NoncurrentVersionExpiration"] = renamed(rule["NoncurrentVersionExpiration"], names)
    elif "NoncurrentVersionExpirationInDays" in rule:
        made["NoncurrentVersionExpiration"] = {"NoncurrentDays": rule["NoncurrentVersionExpirationInDays"]}
    single = [rule["NoncurrentVersionTransition"]] if "NoncurrentVersionTransition" in rule else []
    transitions = [*rule.get("NoncurrentVersionTransitions", ()), *single]
    if transitions:
        made["NoncurrentVersionTransitions"] = [renamed(one, names) for one in transitions]
    return made


def _filter(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a rule is about: one condition, or several that all hold."""
    parts: dict[str, Any] = picked(rule, ("Prefix",)) | renamed(
        rule, {"ObjectSizeGreaterThan": "ObjectSizeGreaterThan", "ObjectSizeLessThan": "ObjectSizeLessThan"}
    )
    tags = rule.get("TagFilters", [])
    if len(parts) + len(tags) > 1:
        return {"And": parts | ({"Tags": tags} if tags else {})}
    if tags:
        return {"Tag": tags[0]}
    return parts or {"Prefix": ""}
