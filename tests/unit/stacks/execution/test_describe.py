"""What there is: descriptions, lists, pages, templates, policies, drift.

Messages as recorded of AWS (localstack, api/test_stack_policies.snapshot.json, api/test_drift_detection.snapshot.json)
and as clients match them (findings of this project: `Stack with id NAME does not exist`).
"""

import json
from datetime import datetime

import pytest

from tests.unit.stacks.execution.nodes import GROUP, Stacks, template, thing


def test_a_stack_has_the_members_that_were_recorded(stacks: Stacks) -> None:
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"A": thing()}, Description="test <env>"))
    stack = stacks.stack()
    assert isinstance(stack.pop("CreationTime"), datetime)
    assert stack == {
        "StackId": stack["StackId"],
        "StackName": "app",
        "Description": "test <env>",
        "RollbackConfiguration": {},
        "StackStatus": "CREATE_COMPLETE",
        "DisableRollback": False,
        "NotificationARNs": [],
        "Tags": [],
        "EnableTerminationProtection": False,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }


def test_resources_are_described(stacks: Stacks) -> None:
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"A": thing(Metadata={"Purpose": "test"})}))
    resource = stacks.resources()["A"]
    assert resource["DriftInformation"] == {"StackResourceDriftStatus": "NOT_CHECKED"}
    detail = stacks.call("DescribeStackResource", StackName="app", LogicalResourceId="A")["StackResourceDetail"]
    assert json.loads(detail["Metadata"]) == {"Purpose": "test"}
    (summary,) = stacks.call("ListStackResources", StackName="app")["StackResourceSummaries"]
    assert summary["PhysicalResourceId"] == detail["PhysicalResourceId"] == resource["PhysicalResourceId"]
    by_id = stacks.call("DescribeStackResources", PhysicalResourceId=resource["PhysicalResourceId"])
    assert by_id["StackResources"] == [resource]
    assert stacks.refused("DescribeStackResource", StackName="app", LogicalResourceId="B") == (
        "ValidationError: Resource B does not exist for stack app"
    )


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        ("DescribeStacks", "Stack with id app does not exist"),
        ("DescribeStackEvents", "Stack [app] does not exist"),
        ("DescribeStackResources", "Stack with id app does not exist"),
        ("ListStackResources", "Stack with id app does not exist"),
        ("GetTemplate", "Stack with id app does not exist"),
        ("ListChangeSets", "Stack [app] does not exist"),
    ],
)
def test_a_stack_that_is_not_there(stacks: Stacks, operation: str, message: str) -> None:
    assert stacks.refused(operation, StackName="app") == f"ValidationError: {message}"


def test_stacks_are_listed_with_the_newest_first(stacks: Stacks) -> None:
    for name in ("one", "two", "three"):
        stacks.call("CreateStack", StackName=name, TemplateBody=template({"A": thing()}))
    stacks.call("DeleteStack", StackName="two")
    assert [stack["StackName"] for stack in stacks.call("DescribeStacks")["Stacks"]] == ["three", "one"]
    every = stacks.call("ListStacks")["StackSummaries"]
    assert [stack["StackName"] for stack in every] == ["three", "two", "one"]
    gone = stacks.call("ListStacks", StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]
    assert [stack["StackName"] for stack in gone] == ["two"]


def test_lists_come_in_pages(stacks: Stacks) -> None:
    body = template({f"T{number:03}": thing() for number in range(120)})
    stacks.call("CreateStack", StackName="app", TemplateBody=body)
    first = stacks.call("ListStackResources", StackName="app")
    second = stacks.call("ListStackResources", StackName="app", NextToken=first["NextToken"])
    names = [each["LogicalResourceId"] for each in first["StackResourceSummaries"] + second["StackResourceSummaries"]]
    assert names == [f"T{number:03}" for number in range(120)]
    assert "NextToken" not in second
    events, token, seen = [], None, 0
    while seen == 0 or token is not None:
        page = stacks.call("DescribeStackEvents", StackName="app", **({"NextToken": token} if token else {}))
        events += page["StackEvents"]
        token, seen = page.get("NextToken"), seen + 1
    assert len(events) == 362
    assert len({event["EventId"] for event in events}) == 362
    assert [event["Timestamp"] for event in events] == sorted((e["Timestamp"] for e in events), reverse=True)


def test_a_template_is_returned_as_it_came(stacks: Stacks) -> None:
    text = (
        "Resources:\n  A:\n    Type: AWS::SSM::Parameter\n    Properties: {Type: String, Value: !Ref 'AWS::Region'}\n"
    )
    stacks.call("CreateStack", StackName="app", TemplateBody=text)
    answer = stacks.call("GetTemplate", StackName="app", TemplateStage="Original")
    assert answer == {"TemplateBody": text, "StagesAvailable": ["Original", "Processed"]}
    assert stacks.call("GetTemplate", StackName="app", TemplateStage="Processed")["TemplateBody"] == text


def test_a_template_is_summarized(stacks: Stacks) -> None:
    """What identifies resources of a type: recorded in localstack's resources/test_kinesis.snapshot.json."""
    parameters = {"P": {"Type": "Number", "Default": 1, "NoEcho": True, "Description": "How many"}}
    body = template({"A": thing({"Ref": "P"})}, Parameters=parameters, Description="Words")
    summary = stacks.call("GetTemplateSummary", TemplateBody=body)
    assert summary["ResourceTypes"] == ["AWS::SSM::Parameter"]
    assert summary["ResourceIdentifierSummaries"] == [
        {"ResourceType": "AWS::SSM::Parameter", "LogicalResourceIds": ["A"], "ResourceIdentifiers": ["Name"]}
    ]
    assert (summary["Parameters"][0]["ParameterKey"], summary["Description"]) == ("P", "Words")
    valid = stacks.call("ValidateTemplate", TemplateBody=body)
    assert valid == {
        "Description": "Words",
        "Parameters": [{"ParameterKey": "P", "DefaultValue": "1", "NoEcho": True, "Description": "How many"}],
    }
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"A": thing()}))
    assert stacks.call("GetTemplateSummary", StackName="app")["Parameters"] == []
    assert stacks.refused("ValidateTemplate", TemplateBody="{}").startswith("ValidationError: Template")


def test_iam_resources_are_acknowledged(stacks: Stacks) -> None:
    """ "Acknowledging IAM resources in CloudFormation templates"; the message as recorded (TestMacros)."""
    group = {"Type": GROUP}
    named = {"Type": GROUP, "Properties": {"GroupName": "admins"}}
    error = "InsufficientCapabilitiesException: Requires capabilities :"
    for resource, wanted in ((group, "CAPABILITY_IAM"), (named, "CAPABILITY_NAMED_IAM")):
        body = template({"G": resource})
        assert stacks.refused("CreateStack", StackName="app", TemplateBody=body) == f"{error} [{wanted}]"
    stacks.call(
        "CreateStack", StackName="app", TemplateBody=template({"G": group}), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    assert stacks.stack()["Capabilities"] == ["CAPABILITY_NAMED_IAM"]


def test_policies_are_read(stacks: Stacks) -> None:
    stacks.call("CreateStack", StackName="app", TemplateBody=template({"A": thing()}))
    assert stacks.call("GetStackPolicy", StackName="app") == {}
    stacks.call("SetStackPolicy", StackName="app", StackPolicyBody="{}")
    assert stacks.call("GetStackPolicy", StackName="app") == {"StackPolicyBody": "{}"}
    invalid = "ValidationError: Error validating stack policy: Invalid stack policy"
    statement = {"Effect": "Allow", "Action": "Delete:*", "Principal": "*", "Resource": "*"}
    for body in ("short", json.dumps({"Statement": [statement]}), json.dumps({"Statements": []})):
        assert stacks.refused("SetStackPolicy", StackName="app", StackPolicyBody=body) == invalid
    assert stacks.refused("SetStackPolicy", StackName="app", StackPolicyBody="{}", StackPolicyURL="x") == (
        "ValidationError: You cannot specify both StackPolicyURL and StackPolicyBody"
    )


def test_drift_is_found(stacks: Stacks) -> None:
    resources = {"A": thing("1"), "B": thing("2"), "C": thing("3")}
    stacks.call("CreateStack", StackName="app", TemplateBody=template(resources))
    ids = {name: each["PhysicalResourceId"] for name, each in stacks.resources().items()}
    stacks.world.things[ids["A"]]["Value"] = "other"
    del stacks.world.things[ids["B"]]
    detection = stacks.call("DetectStackDrift", StackName="app")
    status = stacks.call("DescribeStackDriftDetectionStatus", **detection)
    assert (status["DetectionStatus"], status["StackDriftStatus"], status["DriftedStackResourceCount"]) == (
        "DETECTION_COMPLETE",
        "DRIFTED",
        2,
    )
    drifts = stacks.call("DescribeStackResourceDrifts", StackName="app")["StackResourceDrifts"]
    assert [drift["StackResourceDriftStatus"] for drift in drifts] == ["MODIFIED", "DELETED", "IN_SYNC"]
    assert drifts[0]["PropertyDifferences"] == [
        {
            "PropertyPath": "/Value",
            "ExpectedValue": "1",
            "ActualValue": "other",
            "DifferenceType": "NOT_EQUAL",
        }
    ]
    assert stacks.stack()["DriftInformation"]["StackDriftStatus"] == "DRIFTED"
    again = stacks.call("DetectStackResourceDrift", StackName="app", LogicalResourceId="C")["StackResourceDrift"]
    assert again["StackResourceDriftStatus"] == "IN_SYNC"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:4566/bucket/a/b.json",
        "https://s3.amazonaws.com/bucket/a/b.json",
        "https://s3.eu-west-1.amazonaws.com/bucket/a/b.json",
        "https://s3-eu-west-1.amazonaws.com/bucket/a/b.json",
        "https://bucket.s3.amazonaws.com/a/b.json",
        "https://bucket.s3.eu-west-1.amazonaws.com/a/b.json",
        "https://bucket.s3-eu-west-1.amazonaws.com/a%2Fb.json",
        "https://bucket.s3.dualstack.eu-west-1.amazonaws.com/a/b.json",
        "http://bucket.localhost:4566/a/b.json",
        "http://bucket.s3.localhost:4566/a/b.json",
    ],
)
def test_templates_are_read_from_all_urls_that_clients_send(stacks: Stacks, url: str) -> None:
    """ "Methods for accessing a general purpose bucket" (Amazon S3 User Guide)."""
    stacks.world.objects["bucket/a/b.json"] = template({"A": thing()})
    stacks.call("CreateStack", StackName="app", TemplateURL=url)
    assert stacks.status() == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("s3://bucket/a/b.json", "S3 error: Domain name specified in bucket is not a valid S3 domain"),
        ("https://example.com/dummy.yml", "TemplateURL must be a supported URL."),
        ("./child.yaml", "TemplateURL must be a supported URL."),
    ],
)
def test_templates_are_not_read_from_other_urls(stacks: Stacks, url: str, message: str) -> None:
    """localstack, api/test_templates.snapshot.json, test_create_stack_from_s3_template_url."""
    stacks.world.objects["bucket/a/b.json"] = template({"A": thing()})
    assert stacks.refused("CreateStack", StackName="app", TemplateURL=url) == f"ValidationError: {message}"


def test_what_has_no_template_yet_is_refused(stacks: Stacks) -> None:
    """localstack, api/test_templates.snapshot.json: a stack in review, a change set without its stack."""
    request = {"ChangeSetName": "first", "ChangeSetType": "CREATE", "TemplateBody": template({"A": thing()})}
    stacks.call("CreateChangeSet", StackName="app", **request)
    assert stacks.refused("GetTemplateSummary", StackName="app") == (
        "ValidationError: GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks."
    )
    assert stacks.refused("GetTemplate", ChangeSetName="first") == "ValidationError: StackName is a required parameter."
