"""IAM by boto3 and the AWS CLI, over the wire: the query protocol, and what its clients make of the answers."""

import json
import uuid
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.integration.nodes import Node, kill, running, start

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


def name_of(what: str) -> str:
    return f"{what}-{uuid.uuid4().hex[:8]}"


def refused(call: Any, **request: Any) -> dict[str, Any]:
    """Return the error and the status of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call(**request)
    response: dict[str, Any] = dict(caught.value.response)
    return {**response["Error"], "Status": response["ResponseMetadata"]["HTTPStatusCode"]}


def test_a_role_and_its_policies(node: Node) -> None:
    iam = node.client("iam")
    role, policy = name_of("role"), name_of("policy")
    created = iam.create_role(
        RoleName=role, AssumeRolePolicyDocument=json.dumps(TRUST), Tags=[{"Key": "a", "Value": ""}]
    )
    assert created["Role"]["AssumeRolePolicyDocument"] == TRUST
    assert created["ResponseMetadata"]["HTTPHeaders"]["content-type"] == "text/xml"
    assert iam.get_role(RoleName=role)["Role"]["CreateDate"] == created["Role"]["CreateDate"]
    arn = iam.create_policy(PolicyName=policy, PolicyDocument=json.dumps(READ))["Policy"]["Arn"]
    for attached in (BASIC, arn):
        iam.attach_role_policy(RoleName=role, PolicyArn=attached)
    iam.put_role_policy(RoleName=role, PolicyName="inline", PolicyDocument=json.dumps(READ))
    assert iam.get_role_policy(RoleName=role, PolicyName="inline")["PolicyDocument"] == READ
    assert iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"] == READ
    pages = iam.get_paginator("list_attached_role_policies").paginate(RoleName=role, PaginationConfig={"PageSize": 1})
    assert [[each["PolicyArn"] for each in page["AttachedPolicies"]] for page in pages] == [[BASIC], [arn]]
    conflict = refused(iam.delete_role, RoleName=role)
    assert conflict == {
        "Type": "Sender",
        "Code": "DeleteConflict",
        "Message": "Cannot delete entity, must detach all policies first.",
        "Status": 409,
    }
    for attached in (BASIC, arn):
        iam.detach_role_policy(RoleName=role, PolicyArn=attached)
    iam.delete_role_policy(RoleName=role, PolicyName="inline")
    iam.delete_role(RoleName=role)
    iam.delete_policy(PolicyArn=arn)
    gone = refused(iam.get_role, RoleName=role)
    assert (gone["Code"], gone["Status"]) == ("NoSuchEntity", 404)
    assert gone["Message"] == f"The role with name {role} cannot be found."


def test_waiters_and_resources_of_boto3(node: Node) -> None:
    iam = node.client("iam")
    role, profile = name_of("role"), name_of("profile")
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.get_waiter("role_exists").wait(RoleName=role, WaiterConfig={"MaxAttempts": 1})
    iam.create_instance_profile(InstanceProfileName=profile)
    iam.get_waiter("instance_profile_exists").wait(InstanceProfileName=profile, WaiterConfig={"MaxAttempts": 1})
    resource = boto3.resource(
        "iam", endpoint_url=node.url, aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1"
    )
    assert resource.Role(role).assume_role_policy_document == TRUST
    assert role in [each.name for each in resource.roles.all()]


def test_constraints_are_the_nodes_to_check(node: Node) -> None:
    iam = node.client("iam", is_checking=False)
    trust = json.dumps(TRUST)
    long = refused(iam.create_role, RoleName="x" * 65, AssumeRolePolicyDocument=trust)
    assert (long["Code"], long["Status"]) == ("ValidationError", 400)
    assert long["Message"] == (
        "1 validation error detected: Value at 'roleName' failed to satisfy constraint: Member must have length less "
        "than or equal to 64"
    )
    named = refused(iam.create_role, RoleName="a b", AssumeRolePolicyDocument=trust)
    assert named["Message"].startswith("The specified value for roleName is invalid.")
    placed = refused(iam.create_role, RoleName="x", Path="nowhere", AssumeRolePolicyDocument=trust)
    assert placed["Message"].startswith("The specified value for path is invalid.")
    missing = refused(iam.create_role, RoleName="x")
    assert "'assumeRolePolicyDocument' failed to satisfy constraint: Member must not be null" in missing["Message"]


def test_an_access_key_is_used(node: Node) -> None:
    iam = node.client("iam")
    user = name_of("user")
    iam.create_user(UserName=user)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    assert "LastUsedDate" not in iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    own = boto3.client(
        "iam",
        endpoint_url=node.url,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        region_name="us-east-1",
    )
    assert own.get_user()["User"]["UserName"] == user
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    assert used["UserName"] == user
    assert (used["AccessKeyLastUsed"]["ServiceName"], used["AccessKeyLastUsed"]["Region"]) == ("iam", "us-east-1")
    assert "LastUsedDate" in used["AccessKeyLastUsed"]


def test_what_is_not_built_says_so(node: Node) -> None:
    error = refused(node.client("iam").create_login_profile, UserName="ann", Password="correct horse battery staple")
    assert (error["Code"], error["Status"]) == ("NotImplemented", 501)
    assert "CreateLoginProfile" in error["Message"]


@pytest.mark.slow
def test_the_aws_cli(node: Node, tmp_path: Path) -> None:
    trust = tmp_path / "trust.json"
    trust.write_text(json.dumps(TRUST, indent=2))
    role = name_of("role")
    made = node.aws("iam", "create-role", "--role-name", role, "--assume-role-policy-document", f"file://{trust}")
    assert made["Role"]["AssumeRolePolicyDocument"] == TRUST
    node.aws("iam", "attach-role-policy", "--role-name", role, "--policy-arn", BASIC)
    attached = node.aws("iam", "list-attached-role-policies", "--role-name", role)
    assert attached["AttachedPolicies"] == [{"PolicyName": "AWSLambdaBasicExecutionRole", "PolicyArn": BASIC}]
    policy = node.aws("iam", "get-policy-version", "--policy-arn", BASIC, "--version-id", "v1")
    assert policy["PolicyVersion"]["Document"]["Statement"][0]["Effect"] == "Allow"


def test_records_survive_the_node(tmp_path: Path) -> None:
    arguments = ("--data-dir", str(tmp_path / "data"))
    node = start(*arguments)
    try:
        iam = node.client("iam")
        role = iam.create_role(RoleName="kept", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
        iam.attach_role_policy(RoleName="kept", PolicyArn=BASIC)
    finally:
        kill(node)
    with running(*arguments) as node:
        iam = node.client("iam")
        assert iam.get_role(RoleName="kept")["Role"]["RoleId"] == role["RoleId"]
        assert iam.get_policy(PolicyArn=BASIC)["Policy"]["AttachmentCount"] == 1
