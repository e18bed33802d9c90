"""Where a bucket's objects are copied to. Source: AWS::S3::Bucket ReplicationConfiguration (AWS CloudFormation Template
Reference); ReplicationConfiguration (Amazon S3 API Reference)."""

from collections.abc import Mapping
from typing import Any

from gatewright.stacks.resource_types.members import picked, renamed


def replication_configuration(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration as the operation takes it."""
    return {"Role": configuration["Role"], "Rules": [_rule(rule) for rule in configuration["Rules"]]}


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    same = (
        "DeleteMarkerReplication",
        "Destination",
        "ExistingObjectReplication",
        "Prefix",
        "Priority",
        "SourceSelectionCriteria",
        "Status",
    )
    made: dict[str, Any] = picked(rule, same) | renamed(rule, {"Id": "ID"})
    if "Filter" in rule:
        given = rule["Filter"]
        made["Filter"] = picked(given, ["Prefix"]) | renamed(given, {"TagFilter": "Tag"})
        if "And" in given:
            made["Filter"]["And"] = picked(given["And"], ["Prefix"]) | renamed(given["And"], {"TagFilters": "Tags"})
    return made
