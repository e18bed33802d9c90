"""Log groups and their tags.

Texts and members as recorded: localstack/localstack, tests/aws/services/logs/test_logs_groups.snapshot.json;
radkawar/stackd, testdata/aws/logs/ingestion.json.
"""

import pytest

from tests.unit.control.logs.calls import Calls

ARN = "arn:aws:logs:us-east-1:123456789012:log-group:"


def test_a_group_is_described_with_all_that_aws_says_of_it(calls: Calls) -> None:
    calls("CreateLogGroup", logGroupName="/app/one", tags={"owner": "me"})
    calls("PutRetentionPolicy", logGroupName="/app/one", retentionInDays=1)
    assert calls("DescribeLogGroups", logGroupNamePrefix="/app/one") == {
        "logGroups": [
            {
                "logGroupName": "/app/one",
                "creationTime": calls.now_ms,
                "retentionInDays": 1,
                "metricFilterCount": 0,
                "arn": f"{ARN}/app/one:*",
                "storedBytes": 0,
                "kmsKeyId": None,
                "logGroupClass": "STANDARD",
                "logGroupArn": f"{ARN}/app/one",
                "deletionProtectionEnabled": False,
                "bearerTokenAuthenticationEnabled": False,
            }
        ]
    }
    calls("DeleteRetentionPolicy", logGroupName="/app/one")
    calls("DeleteRetentionPolicy", logGroupName="/app/one")
    [group] = calls("DescribeLogGroups")["logGroups"]
    assert group["retentionInDays"] is None


def test_names_that_are_taken_missing_or_too_long(calls: Calls) -> None:
    calls("CreateLogGroup", logGroupName="g")
    assert calls.error("CreateLogGroup", logGroupName="g") == (
        "ResourceAlreadyExistsException",
        "The specified log group already exists",
    )
    missing = ("ResourceNotFoundException", "The specified log group does not exist.")
    for operation, more in (
        ("DeleteLogGroup", {}),
        ("PutRetentionPolicy", {"retentionInDays": 1}),
        ("DeleteRetentionPolicy", {}),
        ("TagLogGroup", {"tags": {"a": "1"}}),
        ("UntagLogGroup", {"tags": ["a"]}),
        ("ListTagsLogGroup", {}),
        ("AssociateKmsKey", {"kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/a"}),
        ("CreateLogStream", {"logStreamName": "s"}),
        ("DescribeLogStreams", {}),
    ):
        assert calls.error(operation, logGroupName="none", **more) == missing
    assert calls.error("CreateLogGroup", logGroupName="a" * 513) == (
        "InvalidParameterException",
        "Invalid LogGroup or LogStream, both must have length less than or equal to 512.",
    )


@pytest.mark.parametrize("days", [0, 2, 8, 1000])
def test_days_that_there_are_none_of(calls: Calls, group: str, days: int) -> None:
    code, text = calls.error("PutRetentionPolicy", logGroupName=group, retentionInDays=days)
    assert code == "InvalidParameterException"
    assert text.startswith(
        f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: "
    )
    assert "[1, 3, 5, 7, 14, 30," in text


def test_pages_prefixes_and_parts_of_names(calls: Calls) -> None:
    for name in ("/b/data", "/a/data", "/a/logs", "/c"):
        calls("CreateLogGroup", logGroupName=name)

    def names(**request: object) -> list[str]:
        return [group["logGroupName"] for group in calls("DescribeLogGroups", **request)["logGroups"]]

    assert names() == ["/a/data", "/a/logs", "/b/data", "/c"]
    assert names(logGroupNamePrefix="/a") == ["/a/data", "/a/logs"]
    assert names(logGroupNamePattern="data") == ["/a/data", "/b/data"]
    assert names(logGroupNamePattern="Data") == []
    assert names(logGroupIdentifiers=[f"{ARN}/c", "/a/data", "none"]) == ["/c", "/a/data"]
    assert names(accountIdentifiers=["210987654321"]) == []
    assert names(logGroupClass="INFREQUENT_ACCESS") == []
    first = calls("DescribeLogGroups", limit=3)
    assert names(limit=3, nextToken=first["nextToken"]) == ["/c"]
    assert calls.error("DescribeLogGroups", nextToken="x") == (
        "InvalidParameterException",
        "The specified nextToken is invalid.",
    )
    assert calls.error("DescribeLogGroups", logGroupNamePrefix="a", logGroupNamePattern="b") == (
        "InvalidParameterException",
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
    )


def test_a_list_by_patterns_and_tags(calls: Calls) -> None:
    """test_list_log_groups_with_pattern of the recordings; "ListLogGroups" (API Reference) for patterns and tags."""
    for name, tags in (("/a/data", {"env": "prod1"}), ("/b/data", {"env": "test"}), ("/c/logs", {})):
        calls("CreateLogGroup", logGroupName=name, tags=tags)

    def names(**request: object) -> list[str]:
        return [group["logGroupName"] for group in calls("ListLogGroups", **request)["logGroups"]]

    assert calls("ListLogGroups", logGroupNamePattern="no-such-group") == {"logGroups": []}
    assert calls("ListLogGroups", logGroupNamePattern="logs") == {
        "logGroups": [{"logGroupName": "/c/logs", "logGroupArn": f"{ARN}/c/logs", "logGroupClass": "STANDARD"}]
    }
    assert names() == ["/a/data", "/b/data", "/c/logs"]
    assert names(logGroupNamePattern="^/b/|logs") == ["/b/data", "/c/logs"]
    assert names(logGroupNamePattern="^data") == names(logGroupClass="INFREQUENT_ACCESS") == []
    assert names(fieldIndexNames=["level"]) == names(accountIdentifiers=["210987654321"]) == []
    for values, found in ((None, 2), (["prod*"], 1), (["!prod*"], 1), (["a", "*s*"], 1), (["prod"], 0)):
        wanted = {"key": "env"} if values is None else {"key": "env", "values": values}
        assert len(names(logGroupTags=[wanted])) == found
    first = calls("ListLogGroups", limit=2)
    assert names(limit=2, nextToken=first["nextToken"]) == ["/c/logs"]


def test_tags_by_name_and_by_both_forms_of_the_arn(calls: Calls) -> None:
    calls("CreateLogGroup", logGroupName="g", tags={"env": "testing1"})
    calls("TagResource", resourceArn=f"{ARN}g", tags={"test1": "val1", "test2": "val2"})
    calls("TagLogGroup", logGroupName="g", tags={"test3": "val3"})
    calls("TagResource", resourceArn=f"{ARN}g:*", tags={"test1": "changed"})
    everything = {"env": "testing1", "test1": "changed", "test2": "val2", "test3": "val3"}
    assert calls("ListTagsLogGroup", logGroupName="g") == {"tags": everything}
    assert calls("ListTagsForResource", resourceArn=f"{ARN}g:*") == {"tags": everything}
    calls("UntagLogGroup", logGroupName="g", tags=["test3", "absent"])
    calls("UntagResource", resourceArn=f"{ARN}g", tagKeys=["env", "test1"])
    assert calls("ListTagsForResource", resourceArn=f"{ARN}g") == {"tags": {"test2": "val2"}}


def test_tags_that_cannot_be(calls: Calls, group: str) -> None:
    assert (
        calls.error("TagResource", resourceArn=f"{ARN}{group}", tags={"aws:x": "1"})[0] == "InvalidParameterException"
    )
    many = {f"k{number}": "" for number in range(30)}
    calls("TagResource", resourceArn=f"{ARN}{group}", tags=many)
    more = {f"l{number}": "" for number in range(21)}
    assert calls.error("TagResource", resourceArn=f"{ARN}{group}", tags=more)[0] == "TooManyTagsException"
    assert calls.error("ListTagsForResource", resourceArn="none")[0] == "InvalidParameterException"
    assert calls.error("ListTagsForResource", resourceArn=f"{ARN}none")[0] == "ResourceNotFoundException"
    elsewhere = "arn:aws:logs:eu-west-1:123456789012:log-group:g"
    assert calls.error("ListTagsForResource", resourceArn=elsewhere)[0] == "ResourceNotFoundException"
    code, text = calls.error(
        "TagResource", resourceArn="arn:aws:logs:us-east-1:123456789012:destination:d", tags={"a": "b"}
    )
    assert (code, "destination" in text) == ("NotImplemented", True)


def test_a_key_is_noted(calls: Calls) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    calls("CreateLogGroup", logGroupName="g", kmsKeyId=key)
    assert calls("DescribeLogGroups")["logGroups"][0]["kmsKeyId"] == key
    calls("DisassociateKmsKey", logGroupName="g")
    assert calls("DescribeLogGroups")["logGroups"][0]["kmsKeyId"] is None
    calls("AssociateKmsKey", resourceIdentifier=f"{ARN}g", kmsKeyId=key)
    assert calls("DescribeLogGroups")["logGroups"][0]["kmsKeyId"] == key


def test_a_protected_group_is_not_deleted(calls: Calls) -> None:
    calls("CreateLogGroup", logGroupName="g", deletionProtectionEnabled=True)
    assert calls.error("DeleteLogGroup", logGroupName="g")[0] == "ValidationException"
    calls("PutLogGroupDeletionProtection", logGroupIdentifier=f"{ARN}g", deletionProtectionEnabled=False)
    calls("DeleteLogGroup", logGroupName="g")
    assert calls("DescribeLogGroups") == {"logGroups": []}
