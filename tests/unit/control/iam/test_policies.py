"""Managed policies, their versions and attachments; inline policies.

Members and messages as AWS answered them (localstack, test_iam_policies.snapshot.json, test_iam_roles.snapshot.json,
test_iam_managed_policies.snapshot.json).
"""

import json
from typing import Any

import pytest

from gatewright.control.context import Context
from gatewright.control.iam.managed_policies import aws_managed_policies
from gatewright.control.iam.policy_documents import check_identity_policy
from tests.unit.control.contexts import Contexts
from tests.unit.control.iam.calls import (
    ACCOUNT,
    BASIC,
    MISSING,
    READ,
    call,
    create_policy,
    create_role,
    decoded,
    failure,
)

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
WRITE = READ.replace("GetObject", "PutObject")


def get(context: Context, arn: str) -> dict[str, Any]:
    policy = call(context, "GetPolicy", PolicyArn=arn)["Policy"]
    assert isinstance(policy, dict)
    return policy


class TestCreatePolicy:
    def test_what_it_answers_and_what_get_policy_adds(self, context: Context) -> None:
        created = call(
            context, "CreatePolicy", PolicyName="reader", Path="/test/path/", PolicyDocument=READ, Description="reads"
        )["Policy"]
        identifier = created.pop("PolicyId")
        assert identifier.startswith("ANPA")
        assert created == {
            "PolicyName": "reader",
            "Arn": f"arn:aws:iam::{ACCOUNT}:policy/test/path/reader",
            "Path": "/test/path/",
            "DefaultVersionId": "v1",
            "AttachmentCount": 0,
            "PermissionsBoundaryUsageCount": 0,
            "IsAttachable": True,
            "CreateDate": "2026-01-01T00:00:00Z",
            "UpdateDate": "2026-01-01T00:00:00Z",
        }
        whole = {**created, "PolicyId": identifier, "Description": "reads", "Tags": []}
        assert get(context, created["Arn"]) == whole
        assert call(context, "ListPolicies", Scope="Local")["Policies"] == [{**created, "PolicyId": identifier}]

    def test_names_are_taken_once(self, context: Context) -> None:
        create_policy(context)
        text = "A policy called Reader already exists. Duplicate names are not allowed."
        assert failure(context, "CreatePolicy", PolicyName="Reader", PolicyDocument=READ) == (
            "EntityAlreadyExists",
            text,
        )

    def test_documents_are_checked(self, context: Context) -> None:
        assert failure(context, "CreatePolicy", PolicyName="p", PolicyDocument="{}") == (
            "MalformedPolicyDocument",
            "Syntax errors in policy.",
        )
        large = READ.replace('"*"', json.dumps([f"arn:aws:s3:::{number:060}" for number in range(100)]))
        assert failure(context, "CreatePolicy", PolicyName="p", PolicyDocument=large) == (
            "LimitExceeded",
            "Cannot exceed quota for PolicySize: 6144",
        )

    @pytest.mark.parametrize("operation", ["GetPolicy", "DeletePolicy", "ListPolicyVersions", "ListPolicyTags"])
    def test_of_a_policy_that_is_not_there(self, context: Context, operation: str) -> None:
        create_policy(context, "missing", Path="/elsewhere/")
        assert failure(context, operation, PolicyArn=MISSING) == ("NoSuchEntity", f"Policy {MISSING} was not found.")

    def test_what_is_no_arn(self, context: Context) -> None:
        text = ("ValidationError", "ARN longpolicynamebutnoarn is not valid.")
        assert failure(context, "GetPolicy", PolicyArn="longpolicynamebutnoarn") == text


class TestVersions:
    def test_life(self, context: Context, contexts: Contexts) -> None:
        arn = create_policy(context)
        contexts.clock.advance(60)
        second = call(context, "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=WRITE, SetAsDefault=True)
        date = "2026-01-01T00:01:00Z"
        assert second == {"PolicyVersion": {"VersionId": "v2", "IsDefaultVersion": True, "CreateDate": date}}
        version = call(context, "GetPolicyVersion", PolicyArn=arn, VersionId="v2")["PolicyVersion"]
        assert decoded(version.pop("Document")) == json.loads(WRITE)
        assert version == second["PolicyVersion"]
        call(context, "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=READ)
        assert (get(context, arn)["DefaultVersionId"], get(context, arn)["UpdateDate"]) == ("v2", date)
        assert versions(context, arn) == [("v3", False), ("v2", True), ("v1", False)]
        call(context, "SetDefaultPolicyVersion", PolicyArn=arn, VersionId="v1")
        assert versions(context, arn) == [("v3", False), ("v2", False), ("v1", True)]
        call(context, "DeletePolicyVersion", PolicyArn=arn, VersionId="v3")
        assert versions(context, arn) == [("v2", False), ("v1", True)]

    def test_five_at_most_and_numbers_are_used_once(self, context: Context) -> None:
        arn = create_policy(context)
        for _ in range(4):
            call(context, "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=READ)
        text = (
            "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing "
            "version."
        )
        assert failure(context, "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=READ) == ("LimitExceeded", text)
        call(context, "DeletePolicyVersion", PolicyArn=arn, VersionId="v5")
        created = call(context, "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=READ)
        assert created["PolicyVersion"]["VersionId"] == "v6"

    @pytest.mark.parametrize("operation", ["GetPolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion"])
    def test_one_that_is_not_there(self, context: Context, operation: str) -> None:
        arn = create_policy(context)
        for policy in (arn, MISSING):
            text = f"Policy {policy} version v9 does not exist or is not attachable."
            assert failure(context, operation, PolicyArn=policy, VersionId="v9") == ("NoSuchEntity", text)

    def test_of_a_policy_that_is_not_there(self, context: Context) -> None:
        text = f"Policy {MISSING} does not exist or is not attachable."
        assert failure(context, "CreatePolicyVersion", PolicyArn=MISSING, PolicyDocument=READ) == ("NoSuchEntity", text)

    def test_the_default_stays(self, context: Context) -> None:
        arn = create_policy(context)
        assert failure(context, "DeletePolicyVersion", PolicyArn=arn, VersionId="v1") == (
            "DeleteConflict",
            "Cannot delete the default version of a policy.",
        )

    def test_a_policy_goes_when_one_version_is_left(self, context: Context, contexts: Contexts) -> None:
        arn = create_policy(context)
        call(context, "CreatePolicyVersion", PolicyArn=arn, PolicyDocument=READ)
        create_role(context)
        call(context, "AttachRolePolicy", RoleName="worker", PolicyArn=arn)
        assert failure(context, "DeletePolicy", PolicyArn=arn) == (
            "DeleteConflict",
            "Cannot delete a policy attached to entities.",
        )
        call(context, "DetachRolePolicy", RoleName="worker", PolicyArn=arn)
        assert "more than one version" in failure(context, "DeletePolicy", PolicyArn=arn)[1]
        call(context, "DeletePolicyVersion", PolicyArn=arn, VersionId="v2")
        call(context, "DeletePolicy", PolicyArn=arn)
        with contexts.store.read() as reader:
            assert [
                key for kind in ("policy", "policy-version", "attachment") for key in reader.scan("iam", kind)
            ] == []


def versions(context: Context, arn: str) -> list[tuple[str, bool]]:
    listed = call(context, "ListPolicyVersions", PolicyArn=arn)["Versions"]
    return [(version["VersionId"], version["IsDefaultVersion"]) for version in listed]


class TestAwsManagedPolicies:
    def test_every_one_is_whole(self) -> None:
        policies = aws_managed_policies()
        assert len(policies) >= 60
        for name, policy in policies.items():
            assert policy["PolicyName"] == name
            assert policy["PolicyId"].startswith("ANPA")
            assert len(policy["PolicyId"]) == 21
            check_identity_policy(policy["Document"], is_managed=True)
        assert list(policies) == sorted(policies)

    def test_what_applications_of_lambda_attach_is_there(self) -> None:
        assert set(aws_managed_policies()) >= {
            "AWSLambdaBasicExecutionRole",
            "AWSLambdaVPCAccessExecutionRole",
            "AWSLambdaRole",
            "AWSXRayDaemonWriteAccess",
            "AmazonAPIGatewayPushToCloudWatchLogs",
            "AWSLambdaSQSQueueExecutionRole",
            "AWSLambdaKinesisExecutionRole",
            "AWSLambdaDynamoDBExecutionRole",
            "AWSLambdaMSKExecutionRole",
            "AmazonS3ReadOnlyAccess",
            "AmazonDynamoDBFullAccess",
            "AdministratorAccess",
            "ReadOnlyAccess",
            "PowerUserAccess",
            "CloudWatchLambdaInsightsExecutionRolePolicy",
            "AWSStepFunctionsFullAccess",
            "AWSCodeDeployRoleForLambda",
        }

    def test_the_same_as_in_motos_collection(self) -> None:
        from moto.iam.aws_managed_policies import aws_managed_policies_data

        collected = json.loads(aws_managed_policies_data)
        for name, policy in aws_managed_policies().items():
            theirs = collected.get(name)
            if theirs is not None and theirs["DefaultVersionId"] == policy["DefaultVersionId"]:
                assert json.loads(policy["Document"]) == theirs["Document"], name
                assert policy["Path"] == theirs["Path"]

    def test_one_is_looked_at(self, context: Context) -> None:
        policy = get(context, BASIC)
        assert policy == {
            "PolicyName": "AWSLambdaBasicExecutionRole",
            "PolicyId": "ANPAJNCQGXC42545SKXIK",
            "Arn": BASIC,
            "Path": "/service-role/",
            "DefaultVersionId": "v1",
            "AttachmentCount": 0,
            "PermissionsBoundaryUsageCount": 0,
            "IsAttachable": True,
            "CreateDate": "2015-04-09T15:03:43Z",
            "UpdateDate": "2015-04-09T15:03:43Z",
            "Tags": [],
        }
        version = call(context, "GetPolicyVersion", PolicyArn=BASIC, VersionId="v1")["PolicyVersion"]
        assert decoded(version["Document"])["Statement"][0]["Resource"] == "*"
        assert versions(context, BASIC) == [("v1", True)]

    def test_in_another_partition(self, contexts: Contexts) -> None:
        china = contexts.context(region="cn-north-1", partition="aws-cn")
        arn = BASIC.replace("arn:aws:", "arn:aws-cn:")
        assert get(china, arn)["Arn"] == arn
        assert call(china, "ListPolicies", Scope="AWS")["Policies"][0]["Arn"].startswith("arn:aws-cn:iam::aws:policy/")

    def test_lists(self, context: Context) -> None:
        create_policy(context, "AdministratorAccess")
        create_role(context)
        call(context, "AttachRolePolicy", RoleName="worker", PolicyArn=BASIC)
        aws = call(context, "ListPolicies", Scope="AWS", MaxItems=1000)["Policies"]
        assert len(aws) > 100
        assert not any("/aws-service-role/" in policy["Arn"] for policy in aws)
        local = call(context, "ListPolicies", Scope="Local")["Policies"]
        assert [policy["Arn"] for policy in local] == [f"arn:aws:iam::{ACCOUNT}:policy/AdministratorAccess"]
        attached = call(context, "ListPolicies", OnlyAttached=True)["Policies"]
        assert [(policy["Arn"], policy["AttachmentCount"]) for policy in attached] == [(BASIC, 1)]
        assert call(context, "ListPolicies", PolicyUsageFilter="PermissionsBoundary")["Policies"] == []
        functions = call(context, "ListPolicies", Scope="AWS", PathPrefix="/job-function/")["Policies"]
        assert functions
        assert {policy["Path"] for policy in functions} == {"/job-function/"}
        seen, marker = [], None
        while True:
            page = call(context, "ListPolicies", **({"Marker": marker} if marker else {}))
            seen += [policy["Arn"] for policy in page["Policies"]]
            if not page["IsTruncated"]:
                break
            marker = page["Marker"]
        assert len(seen) == len(set(seen)) == len(aws) + 1

    def test_nobody_changes_them(self, context: Context) -> None:
        for operation, members in (
            ("DeletePolicy", {}),
            ("CreatePolicyVersion", {"PolicyDocument": READ}),
            ("SetDefaultPolicyVersion", {"VersionId": "v1"}),
            ("DeletePolicyVersion", {"VersionId": "v1"}),
        ):
            code, text = failure(context, operation, PolicyArn=BASIC, **members)
            assert (code, f"iam:{operation} on resource: policy {BASIC}" in text) == ("AccessDenied", True)
        assert failure(context, "TagPolicy", PolicyArn=BASIC, Tags=[])[0] == "InvalidInput"

    def test_those_that_are_not_known_can_be_attached_only(self, context: Context) -> None:
        """What AWS adds every week; see docs/differences.md."""
        new = "arn:aws:iam::aws:policy/SomethingNewOfAws"
        create_role(context)
        call(context, "AttachRolePolicy", RoleName="worker", PolicyArn=new)
        attached = call(context, "ListAttachedRolePolicies", RoleName="worker")["AttachedPolicies"]
        assert attached == [{"PolicyName": "SomethingNewOfAws", "PolicyArn": new}]
        code, text = failure(context, "GetPolicy", PolicyArn=new)
        assert (code, new in text) == ("NotImplemented", True)
        misplaced = "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole"
        text = f"Policy {misplaced} does not exist or is not attachable."
        assert failure(context, "AttachRolePolicy", RoleName="worker", PolicyArn=misplaced) == ("NoSuchEntity", text)


class TestAttachments:
    def test_life(self, context: Context) -> None:
        arn = create_policy(context, "zebra")
        create_role(context)
        empty = {"AttachedPolicies": [], "IsTruncated": False}
        assert call(context, "ListAttachedRolePolicies", RoleName="worker") == empty
        for policy in (arn, BASIC, BASIC):
            call(context, "AttachRolePolicy", RoleName="worker", PolicyArn=policy)
        assert call(context, "ListAttachedRolePolicies", RoleName="worker")["AttachedPolicies"] == [
            {"PolicyName": "AWSLambdaBasicExecutionRole", "PolicyArn": BASIC},
            {"PolicyName": "zebra", "PolicyArn": arn},
        ]
        below = call(context, "ListAttachedRolePolicies", RoleName="worker", PathPrefix="/service-role/")
        assert [policy["PolicyArn"] for policy in below["AttachedPolicies"]] == [BASIC]
        first = call(context, "ListAttachedRolePolicies", RoleName="worker", MaxItems=1)
        rest = call(context, "ListAttachedRolePolicies", RoleName="worker", Marker=first["Marker"])
        assert [each["PolicyName"] for each in rest["AttachedPolicies"]] == ["zebra"]
        assert get(context, arn)["AttachmentCount"] == get(context, BASIC)["AttachmentCount"] == 1
        call(context, "DetachRolePolicy", RoleName="worker", PolicyArn=arn)
        assert get(context, arn)["AttachmentCount"] == 0
        text = f"Policy {arn} was not found."
        assert failure(context, "DetachRolePolicy", RoleName="worker", PolicyArn=arn) == ("NoSuchEntity", text)

    def test_what_cannot_be_attached(self, context: Context) -> None:
        create_role(context)
        text = f"Policy {MISSING} does not exist or is not attachable."
        assert failure(context, "AttachRolePolicy", RoleName="worker", PolicyArn=MISSING) == ("NoSuchEntity", text)
        text = "ARN longpolicynamebutnoarn is not valid."
        refused = failure(context, "AttachRolePolicy", RoleName="worker", PolicyArn="longpolicynamebutnoarn")
        assert refused == ("ValidationError", text)

    def test_ten_at_most(self, context: Context) -> None:
        create_role(context)
        for number in range(10):
            arn = create_policy(context, f"p{number}")
            call(context, "AttachRolePolicy", RoleName="worker", PolicyArn=arn)
        assert failure(context, "AttachRolePolicy", RoleName="worker", PolicyArn=BASIC) == (
            "LimitExceeded",
            "Cannot exceed quota for PoliciesPerRole: 10",
        )
        call(context, "AttachRolePolicy", RoleName="worker", PolicyArn=arn)

    def test_entities_of_a_policy(self, context: Context) -> None:
        arn = create_policy(context)
        nobody = {"PolicyGroups": [], "PolicyUsers": [], "PolicyRoles": [], "IsTruncated": False}
        assert call(context, "ListEntitiesForPolicy", PolicyArn=arn) == nobody
        role = create_role(context)
        user = call(context, "CreateUser", UserName="ann")["User"]
        group = call(context, "CreateGroup", GroupName="all")["Group"]
        call(context, "AttachRolePolicy", RoleName="worker", PolicyArn=arn)
        call(context, "AttachUserPolicy", UserName="ann", PolicyArn=arn)
        call(context, "AttachGroupPolicy", GroupName="all", PolicyArn=arn)
        roles = [{"RoleName": "worker", "RoleId": role["RoleId"]}]
        everybody = {
            "PolicyGroups": [{"GroupName": "all", "GroupId": group["GroupId"]}],
            "PolicyUsers": [{"UserName": "ann", "UserId": user["UserId"]}],
            "PolicyRoles": roles,
            "IsTruncated": False,
        }
        assert call(context, "ListEntitiesForPolicy", PolicyArn=arn) == everybody
        of_roles = call(context, "ListEntitiesForPolicy", PolicyArn=arn, EntityFilter="Role")
        assert of_roles == {**nobody, "PolicyRoles": roles}
        assert call(context, "ListEntitiesForPolicy", PolicyArn=arn, EntityFilter="LocalManagedPolicy") == nobody
        first = call(context, "ListEntitiesForPolicy", PolicyArn=arn, MaxItems=2)
        assert (len(first["PolicyGroups"]), len(first["PolicyRoles"]), len(first["PolicyUsers"])) == (1, 1, 0)
        text = f"Policy {MISSING} does not exist or is not attachable."
        assert failure(context, "ListEntitiesForPolicy", PolicyArn=MISSING) == ("NoSuchEntity", text)


class TestInlinePolicies:
    def test_life(self, context: Context) -> None:
        create_role(context)
        for name in ("second", "first"):
            call(context, "PutRolePolicy", RoleName="worker", PolicyName=name, PolicyDocument=READ)
        call(context, "PutRolePolicy", RoleName="worker", PolicyName="first", PolicyDocument=WRITE)
        listed = call(context, "ListRolePolicies", RoleName="worker")
        assert listed == {"PolicyNames": ["first", "second"], "IsTruncated": False}
        policy = call(context, "GetRolePolicy", RoleName="Worker", PolicyName="first")
        assert (policy["RoleName"], policy["PolicyName"]) == ("worker", "first")
        assert decoded(policy["PolicyDocument"]) == json.loads(WRITE)
        call(context, "DeleteRolePolicy", RoleName="worker", PolicyName="first")
        text = "The role policy with name first cannot be found."
        for operation in ("GetRolePolicy", "DeleteRolePolicy"):
            assert failure(context, operation, RoleName="worker", PolicyName="first") == ("NoSuchEntity", text)

    @pytest.mark.parametrize(("entity", "size"), [("Role", 10240), ("User", 2048), ("Group", 5120)])
    def test_together_they_have_a_size(self, context: Context, entity: str, size: int) -> None:
        if entity == "Role":
            create_role(context)
        else:
            call(context, f"Create{entity}", **{f"{entity}Name": "worker"})
        half = READ.replace('"*"', json.dumps("arn:aws:s3:::" + "x" * (size // 2)))
        named = {f"{entity}Name": "worker"}
        call(context, f"Put{entity}Policy", **named, PolicyName="one", PolicyDocument=half)
        call(context, f"Put{entity}Policy", **named, PolicyName="one", PolicyDocument=half)
        refused = failure(context, f"Put{entity}Policy", **named, PolicyName="two", PolicyDocument=half)
        text = f"Maximum policy size of {size} bytes exceeded for {entity.lower()} worker"
        assert refused == ("LimitExceeded", text)

    def test_documents_are_checked(self, context: Context) -> None:
        create_role(context)
        refused = failure(context, "PutRolePolicy", RoleName="worker", PolicyName="p", PolicyDocument="{")
        assert refused == ("MalformedPolicyDocument", "Syntax errors in policy.")

    @pytest.mark.parametrize("version", [{}, {"Version": "2008-10-17"}])
    def test_they_may_be_of_the_older_version(self, context: Context, version: dict[str, str]) -> None:
        """As those are that AWS SAM makes of its policy templates; managed policies may not."""
        document = json.dumps({**version, "Statement": json.loads(READ)["Statement"]})
        create_role(context)
        call(context, "PutRolePolicy", RoleName="worker", PolicyName="p", PolicyDocument=document)
        refused = failure(context, "CreatePolicy", PolicyName="p", PolicyDocument=document)
        assert refused == ("MalformedPolicyDocument", "Policy document must be version 2012-10-17 or greater.")
